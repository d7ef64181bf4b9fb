"""Scaling of feature columns, fitted on the training rows only."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from model.arrays import FloatArray
from model.errors import require

Scaling = Literal["none", "standard", "min_max"]


def scale_columns(
    train: FloatArray, test: FloatArray, scaling: Scaling
) -> tuple[FloatArray, FloatArray, FloatArray | None, FloatArray | None]:
    """Scale training and test columns, fitted on the training part.

    Parameters
    ----------
    train, test
        Shape (rows, features).
    scaling
        ``"standard"``: (x - mean) / deviation; ``"min_max"``: (x - min) / (max - min).

    Returns
    -------
    tuple
        The scaled parts, and offset and spread, shape (features,), or ``None`` if nothing was
        scaled.

    Raises
    ------
    ModelError
        Code ``experiment.range`` for an unknown scaling.

    Notes
    -----
    A column that is constant in training becomes 0 there: it carries no information, and is
    shifted but not divided.
    """
    known = get_args(Scaling)
    require(scaling in known, "The scaling", scaling, ", ".join(known))
    if scaling == "none" or len(train) == 0:
        return train, test, None, None
    offset, spread, is_flat = fit_columns(train, scaling)
    scaled = (train - offset) / spread
    scaled[:, is_flat] = 0.0
    return scaled, (test - offset) / spread, offset, spread


def scaling_of_targets(task: str, scaling: Scaling) -> Scaling:
    """Return the scaling of targets: standard in a regression with scaled inputs, else none."""
    return "none" if task != "regression" or scaling == "none" else "standard"


def fit_columns(
    train: FloatArray, scaling: Scaling
) -> tuple[FloatArray, FloatArray, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Return offset, spread and constancy of each training column, shape (features,) each.

    Notes
    -----
    scaled = (x - offset) / spread; the spread of a constant column is 1.
    """
    columns = train.shape[1]
    if scaling == "none":
        return np.zeros(columns), np.ones(columns), np.zeros(columns, np.bool_)
    if scaling == "standard":
        offset, spread = train.mean(axis=0), train.std(axis=0)
    else:
        offset = train.min(axis=0)
        spread = train.max(axis=0) - offset
    # Rounding leaves a constant column a deviation of some ulps of its size, not exactly 0.
    is_flat = spread <= 1e-12 * np.maximum(np.abs(offset), 1e-300)
    return offset, np.where(is_flat, 1.0, spread), is_flat


def to_data_units(
    values: FloatArray, offset: FloatArray | None, spread: FloatArray | None
) -> FloatArray:
    """Return scaled values, shape (..., columns), in the unit of the data.

    Notes
    -----
    value = scaled * spread + offset; values that were not scaled are returned unchanged.
    """
    return values if offset is None or spread is None else values * spread + offset


def to_scaled(
    values: FloatArray, offset: FloatArray | None, spread: FloatArray | None
) -> FloatArray:
    """Return values, shape (..., columns), scaled from the unit of the data."""
    return values if offset is None or spread is None else (values - offset) / spread


def shortest_unscaled(value: float, offset: float, spread: float) -> float:
    """Return the shortest unscaled number that scales to a value, as in its table.

    Notes ----- (x - offset) / spread and its inverse are four roundings, each of at most half a
    unit in the last place of a number no larger than |value * spread| + |offset|.
    """
    own = value * spread + offset
    if (offset, spread) == (0.0, 1.0) or not np.isfinite(own):
        return own
    slack = 2.0 * np.finfo(np.float64).eps * (abs(value * spread) + abs(offset))
    shorter = (float(f"{own:.{digits}g}") for digits in range(1, 17))
    return next((x for x in (0.0, *shorter) if abs(x - own) <= slack), own)
