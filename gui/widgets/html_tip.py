"""A tool tip for HTML, since Qt's own tips show plain text (gui/theme/style_sheet.qss)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gui.widgets.basic import as_html, set_role

_OFFSET_PX = QPoint(2, 21)
"""Distance from the pointer, the same as Qt's."""
_SHOWN_MS, _LETTER_MS = 10_000, 40
_ENDS = frozenset(
    {
        QEvent.Type.ToolTip,
        QEvent.Type.Leave,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.FocusIn,
        QEvent.Type.FocusOut,
        QEvent.Type.WindowActivate,
        QEvent.Type.WindowDeactivate,
    }
)


class HtmlTip(QLabel):
    """Shows HTML near the pointer until it leaves; names in it must be escaped.

    Parameters
    ----------
    html
        Content of the tip.
    at
        Position of the pointer on the screen.
    over
        Widget under the pointer.
    """

    def __init__(self, html: str, at: QPoint, over: QWidget) -> None:
        super().__init__(over.window(), Qt.WindowType.ToolTip)
        self.setObjectName("html_tip")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_role(self, role="tip")
        as_html(self).setWordWrap(True)
        self.setText(html)
        self.adjustSize()
        self._place(at, over.screen().availableGeometry())
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        QTimer.singleShot(_SHOWN_MS + _LETTER_MS * len(html), self, self.close)
        self.show()

    def _place(self, at: QPoint, screen: QRect) -> None:
        """Place the tip under the pointer, or above it at the bottom of the screen."""
        place = QRect(at + _OFFSET_PX, self.size())
        if place.bottom() > screen.bottom():
            place.moveBottom(at.y() - _OFFSET_PX.x())
        place.moveRight(min(place.right(), screen.right()))
        place.moveLeft(max(place.left(), screen.left()))
        self.setGeometry(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide when the pointer leaves, or on any input."""
        if event.type() in _ENDS:
            self.close()
        return False
