"""Scaling of feature columns, fitted on the training rows alone."""

from __future__ import annotations

from typing import Literal

import numpy as np

from model.experiment import FloatArray

__all__ = ["Scaling", "scale_columns"]

Scaling = Literal["none", "standard", "min_max"]


def scale_columns(
    train: FloatArray, test: FloatArray, scaling: Scaling
) -> tuple[FloatArray, FloatArray]:
    """Return both parts, scaled by what the training part says.

    Parameters
    ----------
    train, test
        Shape (rows, features).
    scaling
        ``"standard"``: (x - mean) / deviation; ``"min_max"``: (x - min) / (max - min).

    Notes
    -----
    A column that is constant in training becomes 0 in training: it carries nothing, and is
    shifted but not divided.
    """
    if scaling == "none" or len(train) == 0:
        return train, test
    if scaling == "standard":
        offset, spread = train.mean(axis=0), train.std(axis=0)
    else:
        offset = train.min(axis=0)
        spread = train.max(axis=0) - offset
    # Rounding leaves a constant column a deviation of some ulps of its size, not exactly 0.
    flat = spread <= 1e-12 * np.maximum(np.abs(offset), 1e-300)
    spread = np.where(flat, 1.0, spread)
    scaled = (train - offset) / spread
    scaled[:, flat] = 0.0
    return scaled, (test - offset) / spread
