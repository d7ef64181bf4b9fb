"""The first page's cards: a painted picture, a title and a line, and a click."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.format import show_fixed
from gui.plots.colours import diverging, picture_of
from gui.settings import ASSETS
from gui.theme import BODY_PX, FIGURE_PX, RADIUS_CARD_PX, Theme, active, font
from gui.widgets.basic import PRESS_KEYS, label, set_role
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.layouts import vbox
from gui.widgets.painting import draw_box, draw_ring, set_text_style, smooth_painter
from gui.widgets.panel import Panel
from gui.widgets.texts import worded

PICTURE_PX = 148
_SIDE_PX, _FRAME_PX = 16, 1
_XOR = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))
_AND_W, _AND_B = 3.0, -4.5


def _mark(painter: QPainter, theme: Theme, target: int, centre: QPointF, size: float) -> None:
    """Paint a point of class 0 (circle) or 1 (square) with a pale outline."""
    painter.setPen(QPen(QColor(theme.bg1), 1.5))
    painter.setBrush(QColor(theme.classes[target]))
    box = QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size)
    if target:
        painter.drawRect(box)
    else:
        painter.drawEllipse(box)


def _axes(box: QRectF, low: float, high: float) -> Callable[[float, float], QPointF]:
    """Return a function that maps points of a square plane to a box, with y upwards."""
    scale = box.width() / (high - low)
    return lambda x, y: QPointF(box.left() + (x - low) * scale, box.bottom() - (y - low) * scale)


class _Picture(QWidget):
    """The upper part of a card."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(72)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(300, PICTURE_PX)

    def _begin(self) -> QPainter:
        """Return a painter clipped to the card's rounded corners, over a background."""
        painter = smooth_painter(self)
        shape = QPainterPath()
        radius = RADIUS_CARD_PX - 1
        below = QRectF(self.rect()).adjusted(0, 0, 0, radius)
        shape.addRoundedRect(below, radius, radius)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), QColor(active().bg2))
        return painter

    def _end(self, painter: QPainter) -> None:
        """Draw the line between picture and text."""
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), QColor(active().line))
        painter.end()


class LinePicture(_Picture):
    """XOR's four points with lines, none of which separates them."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the points, three lines and the best count."""
        theme, painter = active(), self._begin()
        side = min(self.height() - 36.0, 112.0)
        left = max(20.0, self.width() / 2 - side - 12)
        box = QRectF(left, (self.height() - side) / 2, side, side)
        at = _axes(box, 0.0, 1.0)
        draw_box(painter, box, 5, theme.bg1, theme.line)
        painter.setPen(QPen(QColor(theme.runs), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(at(0.0, 0.5), at(1.0, 0.5))
        painter.drawLine(at(0.4, 1.0), at(1.0, 0.4))
        painter.setPen(QPen(QColor(theme.t1), 1.8))
        painter.drawLine(at(0.0, 0.62), at(0.62, 0.0))
        for x, y, target in _XOR:
            _mark(painter, theme, target, at(0.18 + 0.64 * x, 0.18 + 0.64 * y), 11)
        text = QRectF(box.right() + 24, box.top() + side * 0.12, 150, 26)
        set_text_style(painter, theme.t1, FIGURE_PX, 600)
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), "3 / 4")
        set_text_style(painter, theme.t2, BODY_PX)
        below = QRectF(text.left(), text.bottom() + 2, 150, 40)
        words = tr("rows, at best,\nwith one straight line")
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap), words)
        self._end(painter)


class GatePicture(_Picture):
    """Two weights and a bias, and the AND gate they form."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint three sliders and the resulting map."""
        theme, painter = active(), self._begin()
        side = min(self.height() - 40.0, 96.0)
        groove_px = min(104.0, self.width() - side - 140.0)
        left = (self.width() - (30 + groove_px + 62 + side)) / 2
        box = QRectF(left + groove_px + 92, (self.height() - side) / 2, side, side)
        self._paint_map(painter, theme, box)
        step = side / 3
        for row, (name, value) in enumerate((("w₁", _AND_W), ("w₂", _AND_W), ("b", _AND_B))):
            y = box.top() + step * (row + 0.5)
            tone, ink, sign = theme.neg, theme.neg_text, ""
            if value > 0:
                tone, ink, sign = theme.pos, theme.pos_text, "+"
            set_text_style(painter, theme.t1, BODY_PX)
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(left, y - 10, 26, 20), middle, name)
            groove = QRectF(left + 30, y - 2, groove_px, 4)
            zero, knob = groove.center().x(), groove.center().x() + value / 10.0 * groove_px
            draw_box(painter, groove, 2, theme.bg3)
            painter.fillRect(QRectF(min(zero, knob), y - 2, abs(knob - zero), 4), QColor(tone))
            draw_box(painter, QRectF(knob - 7, y - 7, 14, 14), 7, theme.bg1, theme.line2)
            set_text_style(painter, ink, BODY_PX, 600)
            text = QRectF(groove.right() + 12, y - 10, 44, 20)
            painter.drawText(text, middle, sign + show_fixed(value, 1))
        self._end(painter)

    def _paint_map(self, painter: QPainter, theme: Theme, box: QRectF) -> None:
        axis = np.linspace(-0.5, 1.5, 48)
        z = _AND_W * axis[None, :] + _AND_W * axis[::-1, None] + _AND_B
        value = 2.0 / (1.0 + np.exp(-z)) - 1.0
        painter.drawImage(box, picture_of(diverging(value, theme)))
        at = _axes(box, -0.5, 1.5)
        painter.setPen(QPen(QColor(theme.t1), 1.6))
        painter.drawLine(at(0.0, 1.5), at(1.5, 0.0))
        painter.setPen(QPen(QColor(theme.line2), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        for x, y, _ in _XOR:
            _mark(painter, theme, int(x and y), at(x, y), 10)


class PhotoPicture(_Picture):
    """A cup of coffee with the bundled classifier's label."""

    def __init__(self) -> None:
        super().__init__()
        self._photo = QImage(str(ASSETS / "images" / "coffee.png"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the centre of the photograph and its label."""
        painter = self._begin()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._photo.isNull():
            return
        scale = max(self.width() / self._photo.width(), self.height() / self._photo.height())
        width, height = self.width() / scale, self.height() / scale
        source = QRectF(
            (self._photo.width() - width) / 2, (self._photo.height() - height) / 3, width, height
        )
        painter.drawImage(QRectF(self.rect()), self._photo, source)
        painter.setFont(font(BODY_PX, 600))
        text = "espresso"
        room = painter.fontMetrics().horizontalAdvance(text) + 16
        box = QRectF(12, self.height() - 34, room, 24)
        draw_box(painter, box, 3, QColor(0, 0, 0, 190))
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        self._end(painter)


class LessonCard(Panel):
    """A picture, a title and a sentence that open a lesson on a click, Enter or Space."""

    clicked = Signal()

    def __init__(
        self, object_name: str, picture: QWidget, do: Callable[[], None], title: str, text: str
    ) -> None:
        """Lay the picture over a title and a sentence, given as English catalogue texts."""
        super().__init__(object_name)
        self.clicked.connect(do)
        worded(self, accessible_name=title, tip=text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        sentence = label("label", wrap=True, text=text)
        sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        words = vbox(
            label("card-title", wrap=True, text=title),
            sentence,
            gap=4,
            margins=(_SIDE_PX, 10, _SIDE_PX, 12),
        )
        # The words take no more than they need.
        vbox((picture, 1000), (words, 1), on=self, gap=0, margins=_FRAME_PX)
        set_role(self, role="card")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Treat a press and release inside as a click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter or Space."""
        if event.key() in PRESS_KEYS:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the focus ring."""
        super().paintEvent(event)
        if should_draw_focus_ring(self):
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            draw_ring(smooth_painter(self), box, RADIUS_CARD_PX, active().acc)
