"""A running mean that grows with its series."""

from __future__ import annotations

import numpy as np

from model.experiment import FloatArray

__all__ = ["RunningMean"]


class RunningMean:
    """Means over the last `window` values, one for each value so far.

    Notes
    -----
    ``m[i] = mean(v[max(0, i - window + 1) .. i])``, from running sums of what is finite, so that
    one overflow does not wipe out the rest. Only new values are read.
    """

    def __init__(self, window: int) -> None:
        self.window = window
        self._length = 0
        self._sums: FloatArray = np.zeros(257)
        self._means: FloatArray = np.empty(256)

    def extend(self, values: FloatArray) -> FloatArray:
        """Take the whole series as it is now and return its running mean, shape (n,)."""
        old, new = self._length, len(values)
        if new > len(self._means):
            room = max(new, 2 * len(self._means))
            self._means = np.concatenate([self._means[:old], np.empty(room - old)])
            self._sums = np.concatenate([self._sums[: old + 1], np.empty(room - old)])
        if new > old:
            fresh = np.nan_to_num(values[old:new], nan=0.0, posinf=0.0, neginf=0.0)
            np.cumsum(fresh, out=self._sums[old + 1 : new + 1])
            self._sums[old + 1 : new + 1] += self._sums[old]
            index = np.arange(old, new)
            begin = np.maximum(0, index - self.window + 1)
            taken = index + 1 - begin
            self._means[old:new] = (self._sums[index + 1] - self._sums[begin]) / taken
            self._length = new
        return self._means[:new]
