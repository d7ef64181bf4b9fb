"""A long series drawn in few columns: the smallest and largest value of each, and none left out.

A million losses do not fit on 500 pixels. Skipping values would hide the spike that matters, so
each column shows the range of all values in it. The ranges of blocks of 64, 128, 256, ... values
are kept and only ever appended to, so that a redraw looks at about as many numbers as columns.
Of a very long series the ranges of its smallest blocks go, so that they never take a megabyte;
where they would be drawn, the values themselves are few enough to read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.experiment import FloatArray

__all__ = ["BLOCK", "KEPT_BLOCKS", "Columns", "MinMaxPyramid"]

BLOCK = 64
"""Values in the smallest block whose range is kept, while the series is short."""

KEPT_BLOCKS = 1 << 14
"""The most blocks of one size whose ranges are kept."""


class Columns(NamedTuple):
    """The series as columns.

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


class _Level:
    """Ranges of the full blocks of one size, in arrays that grow by doubling."""

    def __init__(self) -> None:
        self.count = 0
        self.low: FloatArray = np.empty(64)
        self.high: FloatArray = np.empty(64)

    def append(self, low: FloatArray, high: FloatArray) -> None:
        end = self.count + len(low)
        if end > len(self.low):
            room = max(end, 2 * len(self.low))
            self.low, self.high = self._grown(self.low, room), self._grown(self.high, room)
        self.low[self.count : end] = low
        self.high[self.count : end] = high
        self.count = end

    def _grown(self, known: FloatArray, room: int) -> FloatArray:
        # What is not written takes no memory yet.
        grown = np.empty(room)
        grown[: self.count] = known[: self.count]
        return grown


def _numbers(values: FloatArray) -> FloatArray:
    """Return the values with NaN for an overflow, which would hide the rest of its block."""
    return np.where(np.isfinite(values), values, np.nan)


class MinMaxPyramid:
    """Ranges of blocks of a series that grows at its end.

    Attributes
    ----------
    length
        How many values are known.
    """

    def __init__(self) -> None:
        self.length = 0
        self._values: FloatArray = np.empty(0)
        self._block = BLOCK
        self._levels = [_Level()]

    def extend(self, values: FloatArray) -> None:
        """Take the whole series as it is now; what was there before must not have changed.

        Parameters
        ----------
        values
            Shape (n,) with n at least `length`; kept by reference, and only its new end is read.
        """
        self._values = values
        self.length = len(values)
        block, base = self._block, self._levels[0]
        full = self.length // block
        if full > base.count:
            fresh = _numbers(values[base.count * block : full * block]).reshape(-1, block)
            base.append(np.fmin.reduce(fresh, axis=1), np.fmax.reduce(fresh, axis=1))
        below = base
        for number in range(1, max(1, full.bit_length())):
            if number == len(self._levels):
                self._levels.append(_Level())
            level = self._levels[number]
            start, pairs = level.count, below.count // 2
            if pairs > start:
                level.append(
                    np.fmin.reduce(below.low[2 * start : 2 * pairs].reshape(-1, 2), axis=1),
                    np.fmax.reduce(below.high[2 * start : 2 * pairs].reshape(-1, 2), axis=1),
                )
            below = level
        while self._levels[0].count > KEPT_BLOCKS:
            del self._levels[0]
            self._block *= 2

    def columns(self, start: int, stop: int, most: int, plain: int = 0) -> Columns:
        """Return the values from `start` up to `stop` in at most about `most` columns.

        Up to `plain` values (or `most`, where that is more) are returned one by one. Blocks lie at
        fixed places of the series, so that a growing series does not shimmer; the first column may
        therefore begin a little before `start`.
        """
        start, stop = max(0, start), min(stop, self.length)
        count = max(0, stop - start)
        if count <= max(most, plain):
            part = self._values[start:stop]
            return Columns(np.arange(start, stop, dtype=np.float64), part, part, 1)
        size = 1
        while count > size * most:
            size *= 2
        first, last = start // size, -(-stop // size)
        full = min(last, stop // size)
        low, high = self._full_blocks(first, full, size)
        if last > full:
            rest = _numbers(self._values[full * size : stop])
            low = np.append(low, np.fmin.reduce(rest))
            high = np.append(high, np.fmax.reduce(rest))
        middle = np.arange(first, last, dtype=np.float64) * size + 0.5 * (size - 1)
        return Columns(np.minimum(middle, stop - 1.0), low, high, size)

    def _full_blocks(self, first: int, last: int, size: int) -> tuple[FloatArray, FloatArray]:
        if size < self._block:
            blocks = _numbers(self._values[first * size : last * size]).reshape(-1, size)
            return np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1)
        level = self._levels[(size // self._block).bit_length() - 1]
        return level.low[first:last].copy(), level.high[first:last].copy()

    def range(self) -> tuple[float, float]:
        """Return the smallest and largest value of all, (NaN, NaN) where there is none."""
        if self.length == 0:
            return float("nan"), float("nan")
        columns = self.columns(0, self.length, 64)
        low, high = _numbers(columns.low), _numbers(columns.high)
        return float(np.fmin.reduce(low)), float(np.fmax.reduce(high))
