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
from gui.widgets.painting import faded
from model.experiment import FloatArray
from model.training.loss_column import LossColumn

BLOCK = 64
"""Values in a block whose range is kept, so that a frame reads few of a million values."""


class Columns(NamedTuple):
    """The series in columns.

    Attributes
    ----------
    position
        Index into the series at the middle of each column, shape (columns,).
    low, high
        Smallest and largest value of each column; NaN where it holds no number.
    size
        How many values a full column holds; 1 means nothing was put together.
    """

    position: FloatArray
    low: FloatArray
    high: FloatArray
    size: int


def _numbers(values: FloatArray) -> FloatArray:
    """Return the values with NaN for overflows, which would hide the rest of their block."""
    return np.where(np.isfinite(values), values, np.nan)


class BlockRanges:
    """Smallest and largest values of the blocks of a growing series.

    Attributes
    ----------
    length
        How many values are known.
    """

    def __init__(self) -> None:
        self.length = 0
        self._values: FloatArray = np.empty(0)
        self._low, self._high = LossColumn(), LossColumn()

    def extend(self, values: FloatArray) -> None:
        """Update from the whole series, which may only have grown.

        Parameters
        ----------
        values
            Shape (n,) with n at least `length`; kept by reference, and only its new end is read.
        """
        known, full = self.length // BLOCK, len(values) // BLOCK
        self._values, self.length = values, len(values)
        fresh = _numbers(values[known * BLOCK : full * BLOCK]).reshape(-1, BLOCK)
        for ends, reduce in ((self._low, np.fmin.reduce), (self._high, np.fmax.reduce)):
            ends.reserve(full)
            ends.values[known:full] = reduce(fresh, axis=1)

    def columns(self, start: int, stop: int, most: int, plain: int = 0) -> Columns:
        """Return the values from `start` to `stop` in at most about `most` columns.

        Up to `plain` values (or `most`, where that is more) are returned one by one. Columns begin
        at fixed places of the series, so that a growing series does not shimmer; the first one may
        therefore begin a little before `start`.
        """
        start = max(0, start)
        stop = max(start, min(stop, self.length))
        count = stop - start
        if count <= max(most, plain):
            part = self._values[start:stop]
            return Columns(np.arange(start, stop, dtype=np.float64), part, part, 1)
        size = 1
        while count > size * most:
            size *= 2
        edges = np.arange(start // size * size, stop, size)
        if size < BLOCK:
            low = high = _numbers(self._values[edges[0] : stop])
            starts = edges - edges[0]
        else:
            first, full = edges[0] // BLOCK, stop // BLOCK
            rest = _numbers(self._values[full * BLOCK : stop])
            low = np.append(self._low.values[first:full], np.fmin.reduce(rest, initial=np.nan))
            high = np.append(self._high.values[first:full], np.fmax.reduce(rest, initial=np.nan))
            starts = (edges - edges[0]) // BLOCK
        middle = np.minimum(edges + 0.5 * (size - 1), stop - 1.0)
        return Columns(middle, np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts), size)

    def range(self) -> tuple[float, float]:
        """Return the smallest and largest value, (NaN, NaN) if there is none."""
        columns = self.columns(0, self.length, 64)
        low, high = _numbers(columns.low), _numbers(columns.high)
        return (
            float(np.fmin.reduce(low, initial=np.nan)),
            float(np.fmax.reduce(high, initial=np.nan)),
        )


class RunningMean:
    """Means over the last `window` values, one per value so far.

    Notes
    -----
    ``m[i] = mean(v[max(0, i - window + 1) .. i])``, of what is finite there, so that one overflow
    does not wipe out the rest, and NaN where nothing is. Only new values are read.
    """

    def __init__(self, window: int) -> None:
        self.window = window
        self._length = 0
        self._means = LossColumn()

    def extend(self, values: FloatArray) -> FloatArray:
        """Update from the whole series; return its running mean, shape (n,)."""
        old, new = self._length, len(values)
        if new > old:
            # The values that the first new mean looks back to, and the new ones.
            first = max(0, old - self.window + 1)
            seen = values[first:new]
            finite = np.isfinite(seen)
            sums = np.concatenate([[0.0], np.cumsum(np.where(finite, seen, 0.0))])
            counts = np.concatenate([[0], np.cumsum(finite)])
            end = np.arange(old - first + 1, new - first + 1)
            begin = np.maximum(0, end - self.window)
            taken = counts[end] - counts[begin]
            total = sums[end] - sums[begin]
            self._means.reserve(new)
            self._means.values[old:new] = np.where(taken > 0, total / np.maximum(taken, 1), np.nan)
            self._length = new
        return self._means.view(new)


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
        """Set the line's pen; the band has its colour and is thinner."""
        self._pen = pen
        self._brush = QBrush(faded(pen.color(), _BAND_ALPHA))
        self.update()

    def set_values(self, x: FloatArray, low: FloatArray, high: FloatArray, banded: bool) -> None:
        """Set `low` to `high` over `x`, shape (n,) each, omitting non-finite values."""
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


def _stretches(finite: np.ndarray) -> list[tuple[int, int]]:
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
        What to put into a plot.
    epochs
        The epoch of each value, rising; some may be missing.
    values
        The series as last given, shape (n,), smoothed where that is on.
    """

    def __init__(self) -> None:
        self.item = LineItem()
        self.epochs: range | np.ndarray = range(0)
        self.values: FloatArray = np.empty(0)
        self._given: FloatArray = self.values
        self._window = 1
        self.reset()

    def reset(self) -> None:
        """Clear the series."""
        self._ranges = BlockRanges()
        self._last = float("nan")
        self._mean = RunningMean(self._window) if self._window > 1 else None

    @property
    def is_smooth(self) -> bool:
        """Whether means over several epochs are drawn."""
        return self._window > 1

    def set_window(self, window: int) -> None:
        """Smooth over so many epochs; 1 shows the values themselves."""
        if window != self._window:
            self._window = window
            self.reset()
            self.show(self.epochs, self._given)

    def show(self, epochs: range | np.ndarray, values: FloatArray) -> None:
        """Update from the present series.

        Only its new end is read. A series that got shorter, or whose known end has changed, is
        taken to be another one.
        """
        known = self._ranges.length
        same = known == 0 or (
            len(values) >= known
            and epochs[0] == self.epochs[0]
            and (values[known - 1] == self._last or np.isnan(self._last))
        )
        if not same:
            self.reset()
            known = 0
        self.epochs, self._given = epochs, values
        if len(values) > known:
            self._last = float(values[-1])
            self.values = self._mean.extend(values) if self._mean is not None else values
            self._ranges.extend(self.values)
        elif len(values) == 0:
            self.values = values

    def range(self) -> tuple[float, float]:
        """Return the smallest and largest value, NaN where there is none."""
        return self._ranges.range()

    def value_at(self, epoch: float) -> tuple[float, float] | None:
        """Return the nearest epoch with its value, ``None`` if none is recorded."""
        if len(self.epochs) == 0 or self._ranges.length == 0:
            return None
        # Half-way between two it is the later one.
        last = self._ranges.length - 1
        if isinstance(self.epochs, range):
            ahead = min(epoch - self.epochs.start, last)  # infinity is the last
            index = max(math.floor(ahead + 0.5), 0)
        else:
            index = min(int(np.searchsorted(self.epochs, epoch, "right")), last)
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
        """Draw the part between two epochs on so many pixels.

        A line that may leave the axis' `y_range` is cut beyond it: Qt cannot draw as far as 1e300.
        """
        if self._ranges.length == 0:
            none = np.empty(0)
            self.item.set_values(none, none, none, False)
            return
        if isinstance(self.epochs, range):
            first = self.epochs.start
            start = math.ceil(low_epoch) - first - 1
            stop = math.floor(high_epoch) - first + 2
        else:
            start = int(np.searchsorted(self.epochs, low_epoch)) - 1
            stop = int(np.searchsorted(self.epochs, high_epoch, "right")) + 1
        part = self._ranges.columns(start, stop, width_px // _COLUMN_PX, width_px)
        x = np.floor(part.position)
        x = x + first if isinstance(self.epochs, range) else self.epochs[x.astype(np.intp)] * 1.0
        low, high = to_axis(part.low, is_log), to_axis(part.high, is_log)
        if y_range is not None:
            bottom, top = y_range
            edges = 2.0 * bottom - top, 2.0 * top - bottom
            low, high = np.clip(low, *edges), np.clip(high, *edges)
        self.item.set_values(x, low, high, banded=part.size > 1)
