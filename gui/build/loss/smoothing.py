"""A running mean that grows with its series."""

from __future__ import annotations

import numpy as np

from model.experiment import FloatArray
from model.training.loss_column import LossColumn

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
        self._means = LossColumn()

    def extend(self, values: FloatArray) -> FloatArray:
        """Take the whole series as it is now and return its running mean, shape (n,)."""
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
            self._means.let_go(new)
            self._length = new
        return self._means.view(new)
