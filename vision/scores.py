"""Tell whether what a network gives are shares from 0 to 1 or logits."""

from __future__ import annotations

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
