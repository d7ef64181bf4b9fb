"""A growing array of one loss per epoch."""

from __future__ import annotations

import numpy as np

from model.experiment import FloatArray


class LossColumn:
    """A growing array of float64, with NaN for values not written yet.

    Attributes
    ----------
    values
        The whole array, including unused capacity. It is replaced when it grows, never resized, so
        existing views do not change.
    """

    def __init__(self) -> None:
        self.values: FloatArray = np.full(1024, np.nan)

    def write(self, index: int, value: float) -> None:
        """Write one value, growing if necessary."""
        self.reserve(index + 1)
        self.values[index] = value

    def reserve(self, length: int) -> None:
        """Make room for `length` values."""
        known = len(self.values)
        if length > known:
            grown = np.full(max(length, 2 * known), np.nan)
            grown[:known] = self.values
            self.values = grown

    def view(self, length: int) -> FloatArray:
        """Return the first `length` values, read-only."""
        view = self.values[:length]
        view.flags.writeable = False
        return view
