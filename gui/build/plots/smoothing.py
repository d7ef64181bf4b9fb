"""A running mean that grows with its series."""

from __future__ import annotations

import numpy as np

from model.experiment import FloatArray

__all__ = ["RunningMean"]


class RunningMean:
    """Means over the last `window` values, one for each value so far.

    Notes
    -----
    ``m[i] = mean(v[max(0, i - window + 1) .. i])``, of what is finite there, so that one overflow
    does not wipe out the rest, and NaN where nothing is. Only new values are read.
    """

    def __init__(self, window: int) -> None:
        self.window = window
        self._length = 0
        self._sums: FloatArray = np.zeros(257)
        self._counts: FloatArray = np.zeros(257)
        self._means: FloatArray = np.empty(256)

    def extend(self, values: FloatArray) -> FloatArray:
        """Take the whole series as it is now and return its running mean, shape (n,)."""
        old, new = self._length, len(values)
        if new > len(self._means):
            room = max(new, 2 * len(self._means))
            self._means = np.concatenate([self._means[:old], np.empty(room - old)])
            self._sums = np.concatenate([self._sums[: old + 1], np.empty(room - old)])
            self._counts = np.concatenate([self._counts[: old + 1], np.empty(room - old)])
        if new > old:
            fresh = values[old:new]
            finite = np.isfinite(fresh)
            end = np.arange(old + 1, new + 1)
            begin = np.maximum(0, end - self.window)
            self._go_on(self._sums, np.where(finite, fresh, 0.0))
            self._go_on(self._counts, finite)
            taken = self._counts[end] - self._counts[begin]
            total = self._sums[end] - self._sums[begin]
            self._means[old:new] = np.where(taken > 0, total / np.maximum(taken, 1.0), np.nan)
            self._length = new
        return self._means[:new]

    def _go_on(self, running: FloatArray, fresh: FloatArray) -> None:
        """Append running sums of `fresh` to those known."""
        old = self._length
        part = running[old + 1 : old + 1 + len(fresh)]
        np.cumsum(fresh, out=part)
        part += running[old]
