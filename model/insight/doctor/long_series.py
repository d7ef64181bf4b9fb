"""Questions to a series of millions of losses, asked block by block: no copy of it is made.

`leave` is called after each block: a series that lies in a file need not be in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from model.experiment import FloatArray

_BLOCK = 1 << 16


def _stay() -> None:
    """Leave nothing: the series lies in memory."""


def count_finite(values: FloatArray, leave: Callable[[], None] = _stay) -> int:
    """Return how many of the values are numbers, neither NaN nor infinite."""
    return sum(int(np.count_nonzero(np.isfinite(block))) for _, block in _blocks(values, leave))


def last_finite(values: FloatArray, leave: Callable[[], None] = _stay) -> float:
    """Return the last value that is a number, NaN if there is none."""
    for _, block in _blocks(values, leave, backwards=True):
        finite = block[np.isfinite(block)]
        if len(finite):
            return float(finite[-1])
    return float("nan")


def lowest(values: FloatArray, leave: Callable[[], None] = _stay) -> int:
    """Return the index of the first of the smallest numbers, 0 if there is none."""
    best, at = np.inf, 0
    for start, block in _blocks(values, leave):
        known = np.where(np.isfinite(block), block, np.inf)
        place = int(known.argmin())
        if known[place] < best:
            best, at = known[place], start + place
    return at


def _blocks(
    values: FloatArray, leave: Callable[[], None], backwards: bool = False
) -> Iterator[tuple[int, FloatArray]]:
    starts = range(0, len(values), _BLOCK)
    for start in reversed(starts) if backwards else starts:
        yield start, values[start : start + _BLOCK]
        leave()
