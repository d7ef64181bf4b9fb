"""A switch, drawn as a track with a knob."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QCheckBox

from gui.theme import active, font
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.painting import draw_box, draw_ring, set_text_style, smooth_painter

_TRACK_W_PX, _TRACK_H_PX, _BESIDE_PX = 28, 16, 7


class Switch(QCheckBox):
    """A check box drawn as a track with a knob, and its text on the right."""

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(font(weight=500))

    def sizeHint(self) -> QSize:
        """Return the size of track and text."""
        text = QFontMetrics(font(weight=500)).horizontalAdvance(self.text())
        return QSize(_TRACK_W_PX + _BESIDE_PX + text + 2, 24)

    def minimumSizeHint(self) -> QSize:
        """Return the same size, since the text is never cut."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Accept clicks on the track and the text."""
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw track, knob, text, and the focus ring on keyboard focus."""
        theme = active()
        painter = smooth_painter(self)
        top = (self.height() - _TRACK_H_PX) / 2
        track = QRectF(1, top, _TRACK_W_PX, _TRACK_H_PX)
        on, lit = self.isChecked(), self.underMouse()
        ground = (theme.acch if lit else theme.acc) if on else (theme.t3 if lit else theme.line2)
        ground = ground if self.isEnabled() else theme.line
        draw_box(painter, track, _TRACK_H_PX / 2, ground)
        knob = _TRACK_H_PX - 4
        left = track.right() - knob - 2 if on else track.left() + 2
        painter.setBrush(QColor(theme.onacc if on else theme.bg1))
        painter.drawEllipse(QRectF(left, top + 2, knob, knob))
        if should_draw_focus_ring(self):
            draw_ring(painter, track.adjusted(-0.5, -1.5, 0.5, 1.5), 9, theme.t1, 1)
        set_text_style(painter, theme.t1 if self.isEnabled() else theme.line2, weight=500)
        text = self.rect().adjusted(_TRACK_W_PX + _BESIDE_PX, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
