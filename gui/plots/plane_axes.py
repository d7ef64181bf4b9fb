"""The two axes of a decision map: numbers, names, margins and scale."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from gui.format import nice_step, steps_between, tick
from gui.theme import CAPTION_PX, active, font
from gui.widgets.painting import with_alpha

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 18.0, 2.0, 1.0, 18.0
_NUMBERS_PX = 24.0
_NAME_BESIDE_PX, _NAME_ABOVE_PX, _NAME_APART_PX = 24.0, 21.0, 6.0
_TICK_APART_PX = 84.0
_MIN_PX = 20.0
UNSCALED = (0.0, 1.0)
"""Offset and spread of an axis without scaling."""


class PlaneAxes:
    """Maps between a decision map's plane and its widget's pixels.

    Attributes
    ----------
    bounds
        Lowest and highest x, lowest and highest y, in the plane's units.
    names
        Names of x and y; an empty second one means that y has no meaning and no numbers.
    units
        Offset and spread of x and y. The axis numbers are ``place * spread + offset``, which undoes
        the scaling of the data.
    most_px
        Maximum side of a square map.
    most_ratio
        Maximum ratio of the map's width to its height: 1 for a square.
    apart_px
        Minimum distance of two numbers.
    beside_px
        Maximum width of a y name left of the map; wider names are written above it.
    paints_names
        Whether the names are painted; otherwise the space is left for another widget.
    frame_px
        Space left of the map for the y name, in addition to the width of its text.
    """

    def __init__(self) -> None:
        self.bounds = (0.0, 1.0, 0.0, 1.0)
        self.names = ("", "")
        self.units = (UNSCALED, UNSCALED)
        self.most_px, self.apart_px = 400, _TICK_APART_PX
        self.most_ratio = 1.0
        self.beside_px, self.paints_names = _NAME_BESIDE_PX, True
        self.frame_px = _NAME_APART_PX
        self._left_px, self._top_px = _LEFT_PX, _TOP_PX

    # -- Room --------------------------------------------------------------------------------------

    def make_room(self, width_px: int) -> bool:
        """Reserve the margins for numbers and names; return whether they changed."""
        metrics = QFontMetricsF(font(CAPTION_PX))
        # The room that numbers take narrows the map, and a narrower map may have other numbers.
        side = min(width_px - _LEFT_PX - _RIGHT_PX, float(self.most_px))
        sizes = (side, side - _NUMBERS_PX) if self.names[1] else ()
        ticks = [each for size in sizes for each in self._ticks(1, size)]
        name_px = metrics.horizontalAdvance(self.names[1])
        is_above = name_px > self.beside_px
        widest = max((metrics.horizontalAdvance(text) for _, text in ticks), default=0.0)
        left = max(_LEFT_PX, widest + 6, 0.0 if is_above else name_px + self.frame_px)
        before = self._left_px, self._top_px
        self._left_px, self._top_px = left, _NAME_ABOVE_PX if is_above else _TOP_PX
        return (self._left_px, self._top_px) != before

    def area(self, size: QSize) -> QRectF:
        """Return the map's rectangle in a widget of the given size, in pixels."""
        room = size.width() - self._left_px - _RIGHT_PX
        high = min(room, float(self.most_px), size.height() - self._top_px - _BOTTOM_PX)
        high = max(_MIN_PX, high)
        wide = max(high, min(room, self.most_ratio * high))
        return QRectF(self._left_px, self._top_px, wide, high)

    def height_for(self, width_px: int) -> int:
        """Return the widget's height for a width."""
        side = min(width_px - self._left_px - _RIGHT_PX, float(self.most_px))
        return int(side + self._top_px + _BOTTOM_PX)

    def _ticks(self, axis: int, size_px: float) -> list[tuple[float, str]]:
        """Return the tick positions and labels of an axis with a length of `size_px`."""
        offset, spread = self.units[axis]
        low, high = (end * spread + offset for end in self.bounds[2 * axis : 2 * axis + 2])
        step = nice_step((high - low) * min(1.0, self.apart_px / max(size_px, 1.0)))
        values = steps_between(low, high, step)
        return [((value - offset) / spread, tick(value, step)) for value in values]

    # -- Scale -------------------------------------------------------------------------------------

    def to_px(self, ground: QRectF, x: float, y: float) -> QPointF:
        """Return the pixel position of a point of the plane on the map `ground`."""
        x_low, x_high, y_low, y_high = self.bounds
        return QPointF(
            ground.left() + (x - x_low) / (x_high - x_low) * ground.width(),
            ground.top() + (y_high - y) / (y_high - y_low) * ground.height(),
        )

    def to_plane(self, ground: QRectF, at: QPointF) -> tuple[float, float]:
        """Return the point of the plane under a pixel, clamped to the map `ground`."""
        x_low, x_high, y_low, y_high = self.bounds
        across = min(1.0, max(0.0, (at.x() - ground.left()) / ground.width()))
        up = min(1.0, max(0.0, (ground.bottom() - at.y()) / ground.height()))
        return x_low + across * (x_high - x_low), y_low + up * (y_high - y_low)

    # -- Painting ----------------------------------------------------------------------------------

    def paint_graticule(self, painter: QPainter, ground: QRectF) -> None:
        """Draw a faint grid line at each number."""
        painter.setPen(with_alpha(active().t1, 0.14))
        x_low, _, y_low, _ = self.bounds
        for x, _ in self._ticks(0, ground.width()):
            at = round(self.to_px(ground, x, y_low).x()) + 0.5
            painter.drawLine(QPointF(at, ground.top()), QPointF(at, ground.bottom()))
        if self.names[1]:
            for y, _ in self._ticks(1, ground.height()):
                at = round(self.to_px(ground, x_low, y).y()) + 0.5
                painter.drawLine(QPointF(ground.left(), at), QPointF(ground.right(), at))

    def paint_texts(self, painter: QPainter, ground: QRectF) -> None:
        """Write numbers and names around the map."""
        caption = font(CAPTION_PX)
        painter.setFont(caption)
        painter.setPen(QColor(active().t2))
        metrics = QFontMetricsF(caption)
        self._paint_below(painter, ground, metrics)
        if self.names[1]:
            self._paint_beside(painter, ground, metrics)

    def _paint_below(self, painter: QPainter, ground: QRectF, metrics: QFontMetricsF) -> None:
        y_low = self.bounds[2]
        base = ground.bottom() + 4 + metrics.ascent()
        name = _whole(self.names[0], metrics, ground.width())
        name_width = metrics.horizontalAdvance(name)
        for x, text in self._ticks(0, ground.width()):
            width = metrics.horizontalAdvance(text)
            at = self.to_px(ground, x, y_low).x() - width / 2
            if at + width < ground.right() - name_width - 6:
                painter.drawText(QPointF(max(at, ground.left()), base), text)
        if self.paints_names:
            painter.drawText(QPointF(ground.right() - name_width, base), name)

    def _paint_beside(self, painter: QPainter, ground: QRectF, metrics: QFontMetricsF) -> None:
        x_low = self.bounds[0]
        is_above = self._top_px > _TOP_PX
        y_name_bottom = (0 if is_above else ground.top()) + metrics.ascent()
        name = _whole(self.names[1], metrics, ground.right())
        if self.paints_names:
            painter.drawText(QPointF(0, y_name_bottom), name)
        for y, text in self._ticks(1, ground.height()):
            at = self.to_px(ground, x_low, y).y() + metrics.ascent() / 2 - 1
            if at - metrics.ascent() > y_name_bottom + metrics.descent() and at < ground.bottom():
                left = ground.left() - 4 - metrics.horizontalAdvance(text)
                painter.drawText(QPointF(max(0.0, left), at), text)


def _whole(name: str, metrics: QFontMetricsF, room_px: float) -> str:
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room_px)
