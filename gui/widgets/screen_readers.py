"""Gives screen readers the interfaces of our widgets."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface


def install_accessible_interfaces() -> None:
    """Install the accessible interfaces of drawn items, lists and switches."""
    QAccessible.installFactory(_interface_of)


def _interface_of(_class_name: str, owner: QObject) -> QAccessibleInterface | None:
    from gui.widgets.accessible_interfaces import interface_of  # late: most starts need none

    return interface_of(owner)
