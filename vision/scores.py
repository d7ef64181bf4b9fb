"""Tell whether what a network gives are scores, and shares from 0 to 1 or logits."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

_ROUNDING: Final = 1e-6
"""By so much a softmax or a sigmoid in single precision may leave 0 to 1."""


def are_within_unit(scores: npt.NDArray[np.float32]) -> bool:
    """Tell whether all scores lie in 0-1, up to rounding; those that are no numbers do not count.

    If not, they are logits: what a softmax or a sigmoid gives lies there.
    """
    low, high = np.nanmin(scores, initial=0), np.nanmax(scores, initial=1)
    return bool(low >= -_ROUNDING and high <= 1 + _ROUNDING)


def is_score_like(shape: tuple[int, ...], rows: int = 1) -> bool:
    """Tell whether a shape is (N, classes) or (classes,), give or take sides of 1."""
    size = math.prod(shape)
    if size % rows or size // rows < 2:
        return False
    if rows > 1 and (not shape or shape[0] != rows):
        return False
    long_sides = [side for side in (shape[1:] if rows > 1 else shape) if side > 1]
    return len(long_sides) == 1
