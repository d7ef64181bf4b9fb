"""The ring around the control that a task needs: nothing moves, and nothing is in the way."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.learn.screen import Screen
from gui.theme import RADIUS_FIELD_PX, active
from gui.widgets.painting import smooth_painter

_RING_PX, _HALO_PX, _GAP_PX = 2, 5, 2
_AROUND_PX = _GAP_PX + _RING_PX + _HALO_PX
_FOLLOW_MS = 50


class Ring(QWidget):
    """Ring a control and stay around it; what is under the ring can be used as ever."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self.setObjectName("ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._screen = screen
        self._name = ""
        self._has_scrolled = False
        self._timer = QTimer(self, interval=_FOLLOW_MS)
        self._timer.timeout.connect(self._follow)

    def show_around(self, name: str) -> None:
        """Ring the control of that name; an empty one rings nothing."""
        if name == self._name:
            return
        self._name, self._has_scrolled = name, False
        if name:
            self._timer.start()
            self._follow()
        else:
            self._timer.stop()
            self.hide()

    def _follow(self) -> None:
        """Stay around the control, which may come only now, move, or go."""
        control = self._screen.control(self._name)
        if control is None:
            self.hide()
            return
        if not self._has_scrolled:
            self._has_scrolled = True
            self._screen.scroll_to(control)
        top = control.window()
        if self.parentWidget() is not top:
            self.setParent(top)
        seen = control.visibleRegion().boundingRect()
        if seen.isEmpty():
            self.hide()
            return
        around = QRect(control.mapTo(top, seen.topLeft()), seen.size())
        around = around.adjusted(-_AROUND_PX, -_AROUND_PX, _AROUND_PX, _AROUND_PX)
        if around != self.geometry():
            self.setGeometry(around)
        if self.isHidden():
            self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring and its halo."""
        painter = smooth_painter(self)
        accent, halo = QColor(active().acc), QColor(active().acc)
        halo.setAlphaF(0.16)
        for colour, width, inset in (
            (halo, _HALO_PX, _HALO_PX / 2),
            (accent, _RING_PX, _HALO_PX + _RING_PX / 2),
        ):
            painter.setPen(QPen(colour, width))
            box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            radius = RADIUS_FIELD_PX + _AROUND_PX - inset
            painter.drawRoundedRect(box, radius, radius)
