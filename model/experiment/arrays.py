"""Read-only arrays, and equality of optional ones: what the frozen structs need."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]


def frozen_array(value: FloatArray) -> FloatArray:
    """Return `value` itself where it is read-only, else a read-only copy of it."""
    if not value.flags.writeable:
        return value
    return sealed(value.copy())


def sealed(value: FloatArray) -> FloatArray:
    """Make an array that nobody else holds, or a view, read-only, and return it."""
    value.setflags(write=False)
    return value


def same_array(a: FloatArray | None, b: FloatArray | None) -> bool:
    """Tell whether two optional arrays hold the same numbers in the same shape."""
    if a is None or b is None:
        return a is b
    return a is b or np.array_equal(a, b)
