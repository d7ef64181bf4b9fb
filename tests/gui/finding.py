"""Find what a window holds by its kind and object name, and its tool tips."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gui.widgets.html_tip import HtmlTip


def find[W: QObject](within: QObject, kind: type[W], name: str) -> W:
    """Return the one of a kind and name below an object; it must be there."""
    found = within.findChild(kind, name)
    assert found is not None, name
    return found


def tip_of(widget: QWidget, point: QPoint = QPoint(2, 2)) -> str:  # noqa: B008 - not changed
    """Rest the pointer on a widget; return its tool tip."""
    QToolTip.hideText()
    event = QHelpEvent(QEvent.Type.ToolTip, point, widget.mapToGlobal(point))
    QApplication.sendEvent(widget, event)
    tips = [tip for tip in QApplication.topLevelWidgets() if isinstance(tip, HtmlTip)]
    shown = [tip.text() for tip in tips if tip.isVisible()]
    return shown[0] if shown else QToolTip.text()
