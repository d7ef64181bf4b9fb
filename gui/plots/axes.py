"""Axes, grid and pens of all plots."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLocale, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsGridLayout, QSizePolicy, QStyleOptionGraphicsItem, QWidget

from gui.format import nice_step, percent, short_power, significant, steps_between, tick
from gui.theme import CAPTION_PX, active, font
from gui.widgets.painting import with_alpha


def cosmetic_pen(
    colour: str, width_px: float = 1.0, dashes: tuple[float, ...] = (), alpha: float = 1.0
) -> QPen:
    """Return a pen whose width ignores the zoom; dashes are in units of the width."""
    pen = QPen(with_alpha(colour, alpha), width_px)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    if dashes:
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def for_device(pen: QPen, painter: QPainter) -> QPen:
    """Return a cosmetic pen for a paint device, with its width in physical pixels.

    Used while painting, so that a picture written to a file does not depend on the screen.
    """
    ratio = painter.device().devicePixelRatio()
    if ratio == 1:
        return pen
    scaled = QPen(pen)
    scaled.setWidthF(pen.widthF() * ratio)
    return scaled


_LOG_STEPS = ((1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 2.0, 3.0, 4.0, 5.0, 7.0))
_LOG_APART_PX = 17.0
"""Minimum distance of two numbers on a logarithmic axis, slightly more than their height."""

LOSS_AXIS_PX = 46
"""Width of a loss axis, enough for 1e−10; pyqtgraph omits numbers wider than the axis."""


class QuietAxis(pg.AxisItem):
    """An axis with numbers but without line and tick marks.

    Attributes
    ----------
    is_log
        Whether the axis shows log10 of the values; ticks are then at 1, 3, 10, 30, ...
    is_share
        Whether the values are shares from 0 to 1, written as percentages.
    whole
        Whether ticks are limited to whole numbers (epochs).
    """

    def __init__(self, orientation: str, whole: bool = False) -> None:
        super().__init__(orientation, showValues=True, maxTickLength=0)
        self.is_log = self.is_share = False
        self.whole = whole
        self._written_in = QLocale()
        self.setStyle(tickTextOffset=6, autoExpandTextSpace=False, hideOverlappingLabels=False)

    def apply_theme(self) -> None:
        """Apply the theme's colours and font."""
        theme = active()
        self.setPen(cosmetic_pen(theme.bg1))
        self.setTextPen(theme.t2)
        self.setStyle(tickFont=font(CAPTION_PX))

    def paint(self, p: QPainter, opt: QStyleOptionGraphicsItem, widget: QWidget) -> None:
        """Paint the numbers, rendered again after a language change."""
        if self._written_in != QLocale():
            self._written_in = QLocale()
            self.picture = None
        super().paint(p, opt, widget)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, Any]]:
        """Return one level of ticks, spaced for legibility."""
        if size <= 0:  # the plot is lower than its axes
            return []
        if self.is_log:
            return [(1.0, self._log_ticks(minVal, maxVal, size))]
        span = maxVal - minVal
        if span <= 0:
            return []
        apart_px = 80 if self.orientation in ("bottom", "top") else 34
        step = nice_step(span * min(1.0, apart_px / size))
        if self.whole:
            step = 5.0 if step == 2.5 else max(1.0, step)
        return [(step, steps_between(minVal, maxVal, step))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Format the ticks in the current language."""
        if self.is_log:
            return [significant(10.0**v, 1) if abs(v) < 3.2 else short_power(v) for v in values]
        if self.is_share:
            return [percent(v, 0) for v in values]
        return [tick(v, spacing) for v in values]

    @staticmethod
    def _log_ticks(low: float, high: float, size: float) -> list[float]:
        decades = max(high - low, 1e-9)
        per_decade_px = size / decades
        if per_decade_px < 2 * _LOG_APART_PX:
            step = math.ceil(_LOG_APART_PX / per_decade_px)
            first = math.ceil(low / step)
            return [float(n * step) for n in range(first, math.floor(high / step) + 1)]
        ticks: list[float] = []
        for mantissas in _LOG_STEPS[0 if per_decade_px < 120 else 1 :]:
            ticks = [
                tick
                for exponent in range(math.floor(low) - 1, math.ceil(high) + 1)
                for tick in (exponent + math.log10(m) for m in mantissas)
                if low - 1e-9 <= tick <= high + 1e-9
            ]
            if len(ticks) > 1:  # one number alone tells nothing of the scale
                break
        return ticks


class Graticule(pg.GraphicsObject):
    """Hairlines through the ticks of both axes, beneath everything else in a view box."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self._plot = plot
        self.setZValue(-50)

    def boundingRect(self) -> QRectF:
        """Return the whole view."""
        return QRectF(self._plot.box.viewRect())

    def viewTransformChanged(self) -> None:
        """Update the lines for the view's new range."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the lines, one pixel wide."""
        box = self._plot.box
        (left, right), (low, high) = box.viewRange()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(for_device(cosmetic_pen(active().grat), painter))
        for side, size in (("bottom", box.width()), ("left", box.height())):
            ends = (left, right) if side == "bottom" else (low, high)
            for _step, ticks in self._plot.axes[side].tickValues(*ends, size):
                for at in ticks:
                    if side == "bottom":
                        painter.drawLine(QPointF(at, low), QPointF(at, high))
                    else:
                        painter.drawLine(QPointF(left, at), QPointF(right, at))


class Plot(pg.GraphicsView):
    """A view box in our style, with a left and a bottom axis.

    pyqtgraph's own ``PlotWidget`` creates a menu of 45 widgets, which no plot here uses.

    Attributes
    ----------
    box
        View box that holds the lines.
    axes
        ``left`` and ``bottom``.
    item
        Graphics item that holds view box and axes.
    """

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.enableMouse(False)
        self.item = pg.GraphicsWidget()
        self.item.setContentsMargins(0, 4, 14, 0)
        self.box = pg.ViewBox(enableMenu=False)
        self.box.disableAutoRange()
        self.axes = {"left": QuietAxis("left"), "bottom": QuietAxis("bottom", whole=True)}
        grid = QGraphicsGridLayout(self.item)
        grid.setContentsMargins(1, 1, 1, 1)
        grid.setSpacing(0)
        grid.addItem(self.box, 0, 1)
        for side, place in (("left", (0, 0)), ("bottom", (1, 1))):
            axis = self.axes[side]
            axis.linkToView(self.box)
            axis.setZValue(0.5)
            grid.addItem(axis, *place)
        self.setCentralItem(self.item)
        self.box.addItem(Graticule(self), ignoreBounds=True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything in it
        self.setAntialiasing(True)
        # Its ground is opaque.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.apply_theme()

    def apply_theme(self) -> None:
        """Apply the theme's colours."""
        theme = active()
        self.setBackground(theme.bg1)
        self.box.setBackgroundColor(theme.bg2)
        for axis in self.axes.values():
            axis.apply_theme()
