"""Keys of the whole tab."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

__all__ = ["add_keys"]


def add_keys(
    tab: QWidget, keys: str | QKeySequence.StandardKey, action: Callable[[], object]
) -> None:
    """Call `action` when a person presses `keys` while `tab` is the one on show."""
    shortcut = QShortcut(QKeySequence(keys), tab)
    # After a click on the tab's name the focus is in the header; a hidden tab's keys rest.
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.activated.connect(action)
