"""A plot of a few curves with dots, painted by Qt alone, fast enough for every training frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from gui.format import nice_step, steps_between, tick
from gui.theme import CAPTION_PX, active, font
from gui.widgets.painting import draw_box, smooth_painter, with_alpha
from model.experiment import Activation, FloatArray
from model.insight.curves import Span, activation_curve

_PAD_PX, _TICK_PX, _UNITS_BESIDE_PX = 6, 16, 34
_DOT_PX, _LARGE_DOT_PX = 3.5, 4.5
_TICK_APART_PX = 44
_GROUND_ALPHA = 210 / 255
"""Opacity behind a name, so that it is readable over a curve."""


class Line(Struct, frozen=True, eq=False):
    """A curve.

    Attributes
    ----------
    x, y
        Shape (points,) each.
    token, width_px, is_dashed
        Colour token of the theme, line width and style.
    """

    x: FloatArray
    y: FloatArray
    token: str = "t2"
    width_px: float = 1.8
    is_dashed: bool = False


class Dot(Struct, frozen=True):
    """A marked point.

    Attributes
    ----------
    x, y
        Position; clamped to the edge of the plot.
    name
        Text next to the dot, or empty.
    is_chosen
        Whether the dot is larger and filled, with lines to the axes.
    """

    x: float
    y: float
    name: str = ""
    is_chosen: bool = True


class Curves(Struct, frozen=True, eq=False):
    """The static content beneath the dots.

    Attributes
    ----------
    lines
        The curves, from bottom to top.
    flat
        Ranges of x to shade.
    x_name, y_name
        Names of the axes, used if they have numbers.
    """

    lines: tuple[Line, ...]
    flat: tuple[Span, ...] = ()
    x_name: str = ""
    y_name: str = ""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Lowest and highest x, then y, which includes 0, and 1 if it is nearly reached."""
        x = np.concatenate([line.x for line in self.lines])
        y = np.concatenate([line.y for line in self.lines])
        y = y[np.isfinite(y)]
        low, high = min(float(y.min(initial=0.0)), 0.0), max(float(y.max(initial=0.0)), 1e-9)
        low, high = (
            -1.0 if -1.0 < low < -_NEAR_ONE else low,
            1.0 if _NEAR_ONE < high < 1.0 else high,
        )
        return float(x.min()), float(x.max()), low, high


_NEAR_ONE = 0.98
"""Curves that reach this value are taken to approach 1, as sigmoid's does."""


@lru_cache(16)
def activation_curves(name: Activation, reach: float, shift: float = 0.0) -> Curves:
    """Return an activation's curve and slope as drawn everywhere, from a cache."""
    curve = activation_curve(name, reach, shift)
    slope = Line(curve.z, curve.slope, "t3", 1.0, is_dashed=True)
    return Curves((slope, Line(curve.z, curve.a)), curve.flat)


class CurvePlot(QWidget):
    """A plot of curves with flat regions shaded, and dots that move over them.

    Parameters
    ----------
    size
        Minimum width, and height.
    has_numbers
        Whether the axes have numbers and names.
    """

    def __init__(self, object_name: str, size: QSize, has_numbers: bool = False) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._has_numbers = has_numbers
        self.setMinimumSize(size)
        self.setFixedHeight(size.height())
        self._curves: Curves | None = None
        self._bounds = (0.0, 1.0, 0.0, 1.0)
        self._dots: tuple[Dot, ...] = ()

    def show_curves(self, curves: Curves | None) -> None:
        """Show other curves, or only the background."""
        self._curves = curves
        if curves is not None:
            self._bounds = curves.bounds
        self.update()

    def show_dots(self, dots: Sequence[Dot], spoken: str) -> None:
        """Move the dots; `spoken` describes the plot for screen readers."""
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)
        self._dots = tuple(dots)
        self.update()

    # -- Places ------------------------------------------------------------------------------------

    def _to_polygon(self, line: Line) -> QPolygonF:
        """Return a curve's points in pixels."""
        (low, high, bottom, top), area = self._bounds, self._area
        across = np.clip((line.x - low) / (high - low), 0.0, 1.0)
        up = np.clip((line.y - bottom) / (top - bottom), 0.0, 1.0)
        x, y = area.left() + across * area.width(), area.bottom() - up * area.height()
        return arrayToQPolygonF(x, y)

    @property
    def _area(self) -> QRectF:
        area = QRectF(self.rect()).adjusted(_PAD_PX, _PAD_PX + 2, -_PAD_PX, -_PAD_PX - 2)
        if self._has_numbers:
            area.adjust(_UNITS_BESIDE_PX - _PAD_PX, _TICK_PX - 4, 0, -_TICK_PX)
        return area

    def _at(self, x: float, y: float) -> QPointF:
        """Return a point's position, clamped to the plot's edge."""
        low, high, bottom, top = self._bounds
        area = self._area
        across = min(max((x - low) / (high - low), 0.0), 1.0)
        up = min(max((y - bottom) / (top - bottom), 0.0), 1.0)
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    # -- Qt ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the background, flat regions, axes, curves and dots."""
        theme, curves = active(), self._curves
        painter = smooth_painter(self)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        draw_box(painter, box, 3, theme.bg2, theme.line)
        if curves is None:
            return
        area = self._area
        for low, high in curves.flat:
            left, right = self._at(low, 0.0).x(), self._at(high, 0.0).x()
            shade = QRectF(left, area.top(), right - left, area.height())
            painter.fillRect(shade, QColor(theme.bg3))
        self._paint_axes(painter)
        for line in curves.lines:
            dash = Qt.PenStyle.DashLine if line.is_dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(getattr(theme, line.token)), line.width_px, dash))
            painter.drawPolyline(self._to_polygon(line))
        for dot in sorted(self._dots, key=lambda dot: dot.is_chosen):
            self._paint_dot(painter, dot)

    def _paint_axes(self, painter: QPainter) -> None:
        theme, (low, high, bottom, top) = active(), self._bounds
        painter.setPen(QPen(QColor(theme.line2 if self._has_numbers else theme.line), 1))
        painter.drawLine(self._at(low, 0.0), self._at(high, 0.0))
        if low <= 0.0 <= high:
            painter.drawLine(self._at(0.0, bottom), self._at(0.0, top))
        if not self._has_numbers or self._curves is None:
            return
        area, face = self._area, font(CAPTION_PX)
        painter.setFont(face)
        painter.setPen(QColor(theme.t3))
        metrics = QFontMetricsF(face)
        middle = Qt.AlignmentFlag.AlignVCenter
        name = self._curves.x_name
        beside = area.right() - metrics.horizontalAdvance(name)
        for value, text in _ticks(low, high, area.width() / _TICK_APART_PX):
            at = self._at(value, 0.0).x()
            half = metrics.horizontalAdvance(text) / 2
            if at + half < beside - 6:
                place = QPointF(max(at - half, area.left()), area.bottom() + metrics.ascent() + 3)
                painter.drawText(place, text)
        painter.setPen(QColor(theme.t2))
        painter.drawText(QPointF(beside, area.bottom() + metrics.ascent() + 3), name)
        painter.drawText(QPointF(_PAD_PX, _PAD_PX + metrics.ascent() - 3), self._curves.y_name)
        painter.setPen(QColor(theme.t3))
        for value, text in _ticks(bottom, top, area.height() / 26):
            at = self._at(low, value).y()
            box = QRectF(0, at - 8, _UNITS_BESIDE_PX - 4, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, text)

    def _paint_dot(self, painter: QPainter, dot: Dot) -> None:
        if math.isnan(dot.x) or math.isnan(dot.y):
            return
        theme, area = active(), self._area
        at, ink = self._at(dot.x, dot.y), QColor(theme.acc)
        if dot.is_chosen:
            painter.setPen(QPen(ink, 1, Qt.PenStyle.DashLine))
            painter.drawLine(at, QPointF(at.x(), area.bottom()))
            painter.drawLine(at, QPointF(area.left(), at.y()))
        size, edge_px, edge, filling = _DOT_PX, 1.6, ink, QColor(theme.bg1)
        if dot.is_chosen:
            size, edge_px, edge, filling = _LARGE_DOT_PX, 1.0, filling, ink
        painter.setPen(QPen(edge, edge_px))
        painter.setBrush(filling)
        painter.drawEllipse(at, size, size)
        if dot.name:
            face = font(CAPTION_PX, 600)
            wide = QFontMetricsF(face).horizontalAdvance(dot.name)
            painter.setFont(face)
            painter.setPen(ink)
            left = at.x() + 8 if at.x() + 8 + wide < area.right() else at.x() - 8 - wide
            baseline = max(at.y() - 6, area.top() + 8)
            ground = with_alpha(theme.bg2, _GROUND_ALPHA)
            painter.fillRect(QRectF(left - 2, baseline - 11, wide + 4, 14), ground)
            painter.drawText(QPointF(left, baseline), dot.name)


def _ticks(low: float, high: float, most: float) -> list[tuple[float, str]]:
    """Return at most `most` round values from `low` to `high` with their labels."""
    step = nice_step((high - low) / max(most, 1.0))
    return [(value, tick(value, step)) for value in steps_between(low, high, step)]
