"""A long growing series as a line: thinned, smoothed, drawn."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygonF

from gui.plots.axes import for_device
from gui.widgets.painting import with_alpha
from model.experiment import FloatArray

BLOCK = 64
"""Values in a block whose range is kept."""


class Columns(NamedTuple):
    """A series reduced to columns.

    Attributes
    ----------
    position
        Index into the series at the middle of each column, shape (columns,).
    low, high
        Smallest and largest value of each column; NaN if it has no number.
    size
        Number of values per full column; 1 if nothing was reduced.
    """

    position: FloatArray
    low: FloatArray
    high: FloatArray
    size: int


def extremes_of(values: FloatArray) -> tuple[float, float]:
    """Return the smallest and largest number, NaN if there is none."""
    low, high = np.fmin.reduce(values, initial=np.nan), np.fmax.reduce(values, initial=np.nan)
    return float(low), float(high)


class Blocks:
    """The ranges of each full block of a growing series, so that a frame reads only new values.

    Attributes
    ----------
    low, high
        Smallest and largest value of each full block, NaN if it has no number.
    extremes
        Those of all full blocks.
    """

    def __init__(self) -> None:
        self.low: FloatArray = np.empty(0)
        self.high: FloatArray = np.empty(0)
        self.extremes = math.nan, math.nan
        self._last = math.nan

    def extend(self, values: FloatArray) -> None:
        """Add the new blocks of a series; one whose known end differs is another series."""
        known = len(self.low) * BLOCK
        is_same = len(values) >= known and (
            not known or values[known - 1] == self._last or math.isnan(self._last)
        )
        if not is_same:
            self.low = self.high = np.empty(0)
            self.extremes = math.nan, math.nan
            known = 0
        full = len(values) // BLOCK * BLOCK
        if full > known:
            new = values[known:full].reshape(-1, BLOCK)
            self.low = np.concatenate([self.low, np.fmin.reduce(new, axis=1)])
            self.high = np.concatenate([self.high, np.fmax.reduce(new, axis=1)])
            self.extremes = extremes_of(np.append(new, self.extremes))
            self._last = float(values[full - 1])


def columns(
    values: FloatArray, blocks: Blocks, start: int, stop: int, most: int, plain: int = 0
) -> Columns:
    """Return the values from `start` to `stop` in approximately `most` columns or fewer.

    Up to `plain` values, or `most` if that is more, are returned unreduced. Columns begin at fixed
    positions of the series, so that a growing series does not flicker; the first one may therefore
    begin slightly before `start`. `blocks` are those of `values`.
    """
    start = max(0, start)
    stop = max(start, min(stop, len(values)))
    if stop - start <= max(most, plain):
        part = values[start:stop]
        return Columns(np.arange(start, stop, dtype=np.float64), part, part, 1)
    size = 1
    while stop - start > size * most:
        size *= 2
    edges = np.arange(start // size * size, stop, size)
    middle = np.minimum(edges + 0.5 * (size - 1), stop - 1.0)
    first, full = edges[0], stop // size * size
    low, high, unit = values, values, 1
    if size >= BLOCK:
        low, high, unit = blocks.low, blocks.high, BLOCK
    whole = slice(first // unit, full // unit)
    low = np.fmin.reduce(low[whole].reshape(-1, size // unit), axis=1)
    high = np.fmax.reduce(high[whole].reshape(-1, size // unit), axis=1)
    if stop > full:
        low = np.append(low, np.fmin.reduce(values[full:stop]))
        high = np.append(high, np.fmax.reduce(values[full:stop]))
    return Columns(middle, low, high, size)


def running_mean(values: FloatArray, window: int) -> FloatArray:
    """Return the mean of the last `window` values at each position, shape (n,).

    Notes
    -----
    ``m[i] = mean(v[max(0, i - window + 1) .. i])`` of the finite values, so that one overflow does
    not invalidate the rest, and NaN if there are none.
    """
    finite = np.isfinite(values)
    sums, counts = np.cumsum(np.where(finite, values, 0.0)), np.cumsum(finite)
    for totals in (sums, counts):
        totals[window:] -= totals[:-window].copy()
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


_BAND_ALPHA = 0.4
_COLUMN_PX = 2


def to_axis(values: FloatArray, is_log: bool) -> FloatArray:
    """Return the values in axis units: log10 if `is_log`, NaN where undefined."""
    if not is_log:
        return values
    positive = np.where(values > 0, values, np.nan)
    return np.asarray(np.log10(positive))


class LineItem(pg.GraphicsObject):
    """A polyline, with a band from smallest to largest where many values share a column.

    A band and its middle line take no longer to draw than a short line, however much the values
    jump; stroking the jumps would take tens of milliseconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[QPolygonF] = []
        self._bands: list[QPolygonF] = []
        self._rect = QRectF()
        self._pen = QPen()
        self._brush = QBrush()

    def set_pen(self, pen: QPen) -> None:
        """Set the line's pen; the band has its colour and is thinner."""
        self._pen = pen
        self._brush = QBrush(with_alpha(pen.color(), _BAND_ALPHA))
        self.update()

    def set_values(self, x: FloatArray, low: FloatArray, high: FloatArray, banded: bool) -> None:
        """Set `low` to `high` over `x`, shape (n,) each, omitting non-finite values."""
        finite = np.isfinite(low) & np.isfinite(high)
        self._lines, self._bands = [], []
        for start, stop in _finite_runs(finite):
            xs, below, above = x[start:stop], low[start:stop], high[start:stop]
            self._lines.append(arrayToQPolygonF(xs, 0.5 * (below + above) if banded else below))
            if banded:
                around = np.concatenate([xs, xs[::-1]])
                self._bands.append(arrayToQPolygonF(around, np.concatenate([above, below[::-1]])))
        self.prepareGeometryChange()
        self._rect = QRectF()
        if finite.any():
            left, right = x[finite][[0, -1]].tolist()
            bottom, top = float(low[finite].min()), float(high[finite].max())
            self._rect = QRectF(left, bottom, right - left, top - bottom)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the values' bounding rectangle."""
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


def _finite_runs(finite: np.ndarray) -> list[tuple[int, int]]:
    """Return start and stop of every run of at least two finite values."""
    if finite.all():
        return [(0, len(finite))] if len(finite) > 1 else []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2) if b - a > 1]


class LossLine:
    """A growing series with the item that draws it.

    Attributes
    ----------
    item
        Graphics item to add to a plot.
    epochs
        Epoch of each value, ascending; some may be missing.
    values
        The series as last set, shape (n,), smoothed if smoothing is on.
    """

    def __init__(self) -> None:
        self.item = LineItem()
        self.epochs: range | np.ndarray = range(0)
        self.values: FloatArray = np.empty(0)
        self._given: FloatArray = self.values
        self._blocks = Blocks()
        self._window = 1

    @property
    def is_smooth(self) -> bool:
        """Whether means over several epochs are drawn."""
        return self._window > 1

    def set_window(self, window: int) -> None:
        """Smooth over `window` epochs; 1 shows the values unsmoothed."""
        self._window = window
        self.show(self.epochs, self._given)

    def show(self, epochs: range | np.ndarray, values: FloatArray) -> None:
        """Set the series, and smooth it if smoothing is on."""
        self.epochs, self._given = epochs, values
        self.values = running_mean(values, self._window) if self.is_smooth else values
        self._blocks.extend(self.values)

    def range(self) -> tuple[float, float]:
        """Return the smallest and largest value, NaN if there is none."""
        rest = self.values[len(self._blocks.low) * BLOCK :]
        low, high = extremes_of(np.append(rest, self._blocks.extremes))
        if not math.isfinite(high):  # it overflowed somewhere
            low, high = extremes_of(self.values[np.isfinite(self.values)])
        return low, high

    def _count_below(self, epoch: float, including: bool = False) -> int:
        """Return how many epochs are less than one, or equal to it if `including`."""
        if isinstance(self.epochs, range):
            count = min(max(epoch - self.epochs.start, -1.0), float(len(self.epochs)))
            return max(0, math.floor(count) + 1 if including else math.ceil(count))
        return int(np.searchsorted(self.epochs, epoch, "right" if including else "left"))

    def value_at(self, epoch: float) -> tuple[float, float] | None:
        """Return the nearest epoch with its value, ``None`` if none is recorded."""
        if len(self.values) == 0:
            return None
        # Half-way between two it is the later one.
        index = min(self._count_below(epoch, including=True), len(self.values) - 1)
        if index and epoch - self.epochs[index - 1] < self.epochs[index] - epoch:
            index -= 1
        value = float(self.values[index])
        return None if math.isnan(value) else (float(self.epochs[index]), value)

    def draw(
        self,
        low_epoch: float,
        high_epoch: float,
        width_px: int,
        is_log: bool,
        y_range: tuple[float, float] | None = None,
    ) -> None:
        """Draw the part between two epochs over `width_px` pixels.

        Values outside the axis' `y_range` are clipped, since Qt cannot draw as far as 1e300.
        """
        if len(self.values) == 0:
            none = np.empty(0)
            self.item.set_values(none, none, none, False)
            return
        start = self._count_below(low_epoch) - 1
        stop = self._count_below(high_epoch, including=True) + 1
        part = columns(self.values, self._blocks, start, stop, width_px // _COLUMN_PX, width_px)
        if isinstance(self.epochs, range):
            x = np.floor(part.position) + self.epochs.start
        else:
            x = self.epochs[part.position.astype(np.intp)].astype(np.float64)
        low, high = to_axis(part.low, is_log), to_axis(part.high, is_log)
        if y_range is not None:
            bottom, top = y_range
            edges = 2.0 * bottom - top, 2.0 * top - bottom
            low, high = np.clip(low, *edges), np.clip(high, *edges)
        self.item.set_values(x, low, high, banded=part.size > 1)
