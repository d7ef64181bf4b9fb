"""The ring round what the keyboard is with: shown where it came by keys, not by a click."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from gui.widgets.basic import set_role

_CAME_BY_KEYS = Qt.WidgetAttribute.WA_KeyboardFocusChange
"""Qt sets it on a window when Tab, an arrow key or a label's letter moves the keyboard in it."""
_IN_SHORTCUTS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def is_ringed(widget: QWidget) -> bool:
    """Tell whether a widget that paints its own ring is to show it."""
    return widget.hasFocus() and widget.property("ring") != "false"


class FocusRing(QObject):
    """Let the style sheet, by the property ``ring``, show the focus where it came by keys.

    Where it was neither a key nor a click that moved the keyboard, as when a dialog opens or a list
    closes, it stays as it was with what had the keyboard before.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("focus_ring")
        self._by_keys = False
        app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is None:
            return
        window, held = now.window(), QApplication.keyboardModifiers()
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._by_keys = False
        elif window.testAttribute(_CAME_BY_KEYS) or held & _IN_SHORTCUTS:
            self._by_keys = True
        window.setAttribute(_CAME_BY_KEYS, False)
        set_role(now, ring="true" if self._by_keys else "false")
