"""One loss series as a line of the plot: decimated, smoothed, logarithmic where wanted."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from gui.build.loss.decimation import MinMaxPyramid
from gui.build.loss.smoothing import RunningMean
from gui.build.plots.pens import for_device
from model.experiment import FloatArray

__all__ = ["LineItem", "LossLine", "to_axis"]

_BAND_ALPHA = 0.4
_COLUMN_PX = 2


def to_axis(values: FloatArray, is_log: bool) -> FloatArray:
    """Return the values in axis units: log10 where `is_log`, NaN for what has no logarithm."""
    if not is_log:
        return values
    positive = np.where(values > 0, values, np.nan)
    return np.asarray(np.log10(positive))


class LineItem(pg.GraphicsObject):
    """A polyline, and where many values share a column the band from smallest to largest.

    A band and its middle are drawn in the time of a short line, however much the values jump;
    stroking the jumps themselves would cost tens of milliseconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[QPolygonF] = []
        self._bands: list[QPolygonF] = []
        self._rect = QRectF()
        self._pen = QPen()
        self._brush = QBrush()

    def set_pen(self, pen: QPen) -> None:
        """Choose the line's pen; the band takes its colour, thinner."""
        self._pen = pen
        tint = QColor(pen.color())
        tint.setAlphaF(_BAND_ALPHA)
        self._brush = QBrush(tint)
        self.update()

    def set_values(self, x: FloatArray, low: FloatArray, high: FloatArray, banded: bool) -> None:
        """Draw `low` to `high` over `x`, shape (n,) each, leaving out what is not finite."""
        finite = np.isfinite(low) & np.isfinite(high)
        self._lines, self._bands = [], []
        for start, stop in _stretches(finite):
            xs, below, above = x[start:stop], low[start:stop], high[start:stop]
            self._lines.append(arrayToQPolygonF(xs, 0.5 * (below + above) if banded else below))
            if banded:
                around = np.concatenate([xs, xs[::-1]])
                self._bands.append(arrayToQPolygonF(around, np.concatenate([above, below[::-1]])))
        self.prepareGeometryChange()
        self._rect = QRectF()
        if finite.any():
            bottom, top = float(low[finite].min()), float(high[finite].max())
            self._rect = QRectF(float(x[0]), bottom, float(x[-1] - x[0]), top - bottom)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return what the values cover."""
        return self._rect

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the bands, then the line."""
        # A band's edge jumps from column to column; smoothing it takes three times as long.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._brush)
        for band in self._bands:
            painter.drawPolygon(band)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(for_device(self._pen, painter))
        for line in self._lines:
            painter.drawPolyline(line)


def _stretches(finite: np.ndarray) -> list[tuple[int, int]]:
    """Return start and stop of every stretch of finite values, at least two long."""
    if finite.all():
        return [(0, len(finite))] if len(finite) > 1 else []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2) if b - a > 1]


class LossLine:
    """A growing series and the item that shows it.

    Attributes
    ----------
    item
        What to put into a plot.
    epochs
        The epoch of each value.
    values
        The series as last given, shape (n,), smoothed where that is on.
    """

    def __init__(self) -> None:
        self.item = LineItem()
        self.epochs = range(0)
        self.values: FloatArray = np.empty(0)
        self._window = 1
        self.reset()

    def reset(self) -> None:
        """Forget the series; what is shown next is another one."""
        self._pyramid = MinMaxPyramid()
        self._last = float("nan")
        self._mean = RunningMean(self._window) if self._window > 1 else None

    @property
    def is_smooth(self) -> bool:
        """Whether what is drawn are means over several epochs."""
        return self._window > 1

    def set_window(self, window: int) -> None:
        """Smooth over so many epochs; 1 shows the values themselves."""
        if window != self._window:
            self._window = window
            self.reset()

    def show(self, epochs: range, values: FloatArray) -> None:
        """Take the series as it is now.

        Only its new end is read. A series that got shorter, or whose known end has changed, is
        taken to be another one.
        """
        known = self._pyramid.length
        same = known == 0 or (
            len(values) >= known
            and epochs.start == self.epochs.start
            and (values[known - 1] == self._last or np.isnan(self._last))
        )
        if not same:
            self.reset()
            known = 0
        self.epochs = epochs
        if len(values) > known:
            self._last = float(values[-1])
            self.values = self._mean.extend(values) if self._mean is not None else values
            self._pyramid.extend(self.values)
        elif len(values) == 0:
            self.values = values

    def range(self) -> tuple[float, float]:
        """Return the smallest and largest value, NaN where there is none."""
        return self._pyramid.range()

    def value_at(self, epoch: float) -> tuple[float, float] | None:
        """Return the nearest epoch and its value, or ``None`` where none is recorded."""
        if len(self.epochs) == 0 or self._pyramid.length == 0:
            return None
        # Half-way between two it is the later one.
        index = math.floor(epoch - self.epochs.start + 0.5)
        index = min(max(index, 0), self._pyramid.length - 1)
        value = float(self.values[index])
        return None if math.isnan(value) else (float(self.epochs[index]), value)

    def draw(self, low_epoch: float, high_epoch: float, width_px: int, is_log: bool) -> None:
        """Draw what lies between two epochs on so many pixels."""
        if self._pyramid.length == 0:
            none = np.empty(0)
            self.item.set_values(none, none, none, False)
            return
        first = self.epochs.start
        start = math.ceil(low_epoch) - first - 1
        stop = math.floor(high_epoch) - first + 2
        part = self._pyramid.columns(start, stop, width_px // _COLUMN_PX, width_px)
        x = first + np.floor(part.position)
        low = to_axis(part.low, is_log)
        if part.size == 1:
            self.item.set_values(x, low, low, False)
        else:
            self.item.set_values(x, low, to_axis(part.high, is_log), True)
