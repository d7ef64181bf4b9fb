"""Questions to a series of millions of losses, asked block by block: no copy of it is made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from model.experiment import FloatArray

__all__ = ["count_finite", "last_finite", "lowest"]

_BLOCK = 1 << 16


def count_finite(values: FloatArray) -> int:
    """Return how many of the values are numbers, neither NaN nor infinite."""
    return sum(int(np.count_nonzero(np.isfinite(block))) for _, block in _blocks(values))


def last_finite(values: FloatArray) -> float:
    """Return the last value that is a number, NaN if there is none."""
    for _, block in reversed(list(_blocks(values))):
        finite = block[np.isfinite(block)]
        if len(finite):
            return float(finite[-1])
    return float("nan")


def lowest(values: FloatArray) -> int:
    """Return the index of the first of the smallest numbers, 0 if there is none."""
    best, at = np.inf, 0
    for start, block in _blocks(values):
        known = np.where(np.isfinite(block), block, np.inf)
        place = int(known.argmin())
        if known[place] < best:
            best, at = known[place], start + place
    return at


def _blocks(values: FloatArray) -> Iterator[tuple[int, FloatArray]]:
    for start in range(0, len(values), _BLOCK):
        yield start, values[start : start + _BLOCK]
