"""Planes through the space of the columns, and a network's answers over them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec import Struct

from model.data import Dataset
from model.data.derived import Feature, derive
from model.experiment import FloatArray
from model.network import Network

MAP_SIDE = 50
"""Points along each side of a map."""

LONE_MARGIN = 0.58
"""Margin around rows that coincide: as wide as for the first points set by hand."""

_MARGIN = 0.12
"""Margin as a share of the span, with room for the rings of most points at the edge."""

Bounds = tuple[float, float, float, float]
"""Minimum and maximum of x, then of y."""


class Plane(Struct, frozen=True):
    """A plane through the space of the columns.

    Attributes
    ----------
    first, second
        Columns along x and y; `second` is -1 if there is only one column.
    held
        Values at which the other columns are held, shape (columns,).
    bounds
        Part of the plane that is shown.
    features
        Derived inputs of the columns, if any.
    """

    first: int
    second: int
    held: FloatArray
    bounds: Bounds
    features: tuple[Feature, ...] = ()


def plane_of(
    dataset: Dataset,
    first: int,
    second: int,
    row: FloatArray | None = None,
    bounds: Bounds | None = None,
) -> Plane:
    """Return the plane spanned by two columns.

    Parameters
    ----------
    dataset
        Data set whose rows determine the extent.
    first, second
        Columns along x and y; -1 for no second column.
    row
        Values at which the other columns are held, shape (columns,); ``None`` for their means.
    bounds
        Bounds that replace the computed ones, only if there are just these two columns.
    """
    features, dataset = dataset.features, dataset.columns
    held = dataset.x_means if row is None else np.asarray(row)
    if dataset.inputs == 2 and (first, second) == (0, 1):
        return Plane(0, 1, held, bounds or plane_around(dataset), features)
    along_y = _ends(dataset, second) if second >= 0 else (-1.0, 1.0)
    return Plane(first, second, held, (*_ends(dataset, first), *along_y), features)


def _ends(dataset: Dataset, column: int) -> tuple[float, float]:
    """Return a column's range over all rows, including a margin."""
    low, high = dataset.x_ranges[column].tolist()
    span = high - low
    if is_too_narrow(span, max(abs(low), abs(high))):
        return low - LONE_MARGIN, high + LONE_MARGIN
    margin = 0.5 * span if dataset.table_x is not None else _MARGIN * span
    return low - margin, high + margin


def is_too_narrow(span: float, size: float) -> bool:
    """Return whether a range is too small for an axis, given values of up to `size`."""
    return span <= 1e-9 * max(1.0, size)


def plane_around(dataset: Dataset) -> Bounds:
    """Return the visible part of the plane for a data set with at least two columns."""
    dataset = dataset.columns
    (x1_low, x1_high), (x2_low, x2_high) = dataset.x_ranges[:2].tolist()
    span = max(x1_high - x1_low, x2_high - x2_low)
    if is_too_narrow(span, max(abs(x1_high), abs(x2_high))):
        margin = LONE_MARGIN
    else:
        margin = 0.5 if dataset.table_x is not None and span <= 1.0 else _MARGIN * span
    return x1_low - margin, x1_high + margin, x2_low - margin, x2_high + margin


def plane_outputs(
    network: Network, plane: Plane, side: int = MAP_SIDE
) -> tuple[FloatArray, FloatArray]:
    """Return every output's weighted sum and answer over the plane.

    Both have shape (outputs, side, side), with row 0 at the lowest y.
    """
    z, a = network.activations(_grid_inputs(plane, side))[-1]
    return z.T.reshape(-1, side, side), a.T.reshape(-1, side, side)


def plane_unit(
    network: Network, plane: Plane, layer: int, unit: int, side: int = MAP_SIDE
) -> tuple[FloatArray, FloatArray]:
    """Return a unit's weighted sums and activations over the plane, shape (side, side) each.

    For layer -1, the inputs, both are the input itself.
    """
    grid = _grid_inputs(plane, side)
    if layer < 0:
        z = a = grid[:, unit]
    else:
        sums, activations = network.activations(grid)[layer]
        z, a = sums[:, unit], activations[:, unit]
    return z.reshape(side, side), a.reshape(side, side)


def _grid_inputs(plane: Plane, side: int) -> FloatArray:
    """Return the inputs at `side` by `side` points of the plane, shape (side * side, inputs)."""
    x_low, x_high, y_low, y_high = plane.bounds
    grid = np.repeat(plane.held[None, :], side * side, axis=0)
    grid[:, plane.first] = np.tile(np.linspace(x_low, x_high, side), side)
    if plane.second >= 0:
        grid[:, plane.second] = np.repeat(np.linspace(y_low, y_high, side), side)
    return derive(plane.features, grid)


@lru_cache(maxsize=4)
def grid_columns(
    bounds: Bounds, dtype: type[np.floating], features: tuple[Feature, ...] = ()
) -> FloatArray:
    """Return the inputs over a map of two columns, shape (inputs, MAP_SIDE * MAP_SIDE)."""
    plane = Plane(0, 1, np.zeros(2), bounds, features)
    return np.ascontiguousarray(_grid_inputs(plane, MAP_SIDE).T, dtype)


def input_maps(
    bounds: Bounds, features: tuple[Feature, ...] = (), side: int = MAP_SIDE
) -> FloatArray:
    """Return the value of each input over the plane of two columns, scaled to -1 to 1.

    Parameters
    ----------
    features
        Derived inputs of the columns; if empty, the inputs are the two columns.

    Returns
    -------
    numpy.ndarray
        Shape (inputs, side, side): for a column a ramp from -1 to 1, otherwise the values divided
        by their largest magnitude.
    """
    ramp = np.linspace(-1.0, 1.0, side)
    ramps = np.stack([np.tile(ramp, (side, 1)), np.tile(ramp[:, None], (1, side))])
    grid = _grid_inputs(Plane(0, 1, np.zeros(2), bounds), side)
    maps = [
        ramps[each.first]
        if each.kind == "column"
        else derive((each,), grid)[:, 0].reshape(side, side)
        for each in features or (Feature("column", 0, 0), Feature("column", 1, 1))
    ]
    found = np.nan_to_num(np.stack(maps))
    return np.asarray(found / np.maximum(np.abs(found).max(axis=(1, 2), keepdims=True), 1e-300))


def plane_for_points(points: FloatArray, dataset: Dataset, kept: Bounds | None) -> Bounds:
    """Return the plane for hand-made points: the current one, extended for points outside.

    Otherwise points would move under the pointer and the next click would miss them.

    Parameters
    ----------
    points
        x1, x2 and target of each point, shape (points, 3).
    dataset
        Data set with these points as rows.
    kept
        Previously shown bounds, if any.
    """
    wanted = plane_around(dataset)
    low_1, high_1, low_2, high_2 = kept = kept or wanted
    x1, x2 = points[:, 0], points[:, 1]
    if x1.min() >= low_1 and x1.max() <= high_1 and x2.min() >= low_2 and x2.max() <= high_2:
        return kept
    return (
        min(low_1, wanted[0]),
        max(high_1, wanted[1]),
        min(low_2, wanted[2]),
        max(high_2, wanted[3]),
    )
