"""Where a field over a grid passes a level, as line segments."""

from __future__ import annotations

import numpy as np

from model.experiment import FloatArray

__all__ = ["level_segments"]


def level_segments(field: FloatArray, level: float) -> FloatArray:
    """Return the segments on which `field` equals `level`.

    Parameters
    ----------
    field
        Shape (rows, columns), finite.
    level
        The value sought.

    Returns
    -------
    numpy.ndarray
        Shape (segments, 2, 2): two ends, each (column, row), in grid steps from the first node.

    Notes
    -----
    Marching squares with linear interpolation on the cell edges. Where all four edges are crossed,
    the mean of the corners decides which ends belong together.

    References
    ----------
    Lorensen and Cline 1987, in two dimensions.
    """
    g = np.asarray(field, dtype=np.float64) - level
    inside = g > 0
    corners = inside[:-1, :-1].astype(np.intp) + inside[:-1, 1:] + inside[1:, 1:] + inside[1:, :-1]
    rows, columns = np.nonzero((corners > 0) & (corners < 4))
    if len(rows) == 0:
        return np.empty((0, 2, 2))
    a, b = g[rows, columns], g[rows, columns + 1]
    c, d = g[rows + 1, columns + 1], g[rows + 1, columns]
    ends = np.full((4, len(rows), 2), np.nan)
    for edge, first, second, x, y in (
        (0, a, b, None, 0.0),
        (1, b, c, 1.0, None),
        (2, d, c, None, 1.0),
        (3, a, d, 0.0, None),
    ):
        crossed = (first > 0) != (second > 0)
        share = np.divide(first, first - second, out=np.zeros_like(first), where=crossed)
        ends[edge, :, 0] = np.where(crossed, columns + (share if x is None else x), np.nan)
        ends[edge, :, 1] = np.where(crossed, rows + (share if y is None else y), np.nan)
    crossed_edges = np.isfinite(ends[:, :, 0])
    saddle = crossed_edges.all(axis=0)
    return np.concatenate(
        [_two(ends, crossed_edges, ~saddle), _four(ends, saddle, a, a + b + c + d)]
    )


def _two(ends: FloatArray, crossed: np.ndarray, simple: np.ndarray) -> FloatArray:
    """Join the two ends of the cells that have two."""
    cells = np.flatnonzero(simple)
    first = crossed[:, cells].argmax(axis=0)
    last = 3 - crossed[::-1, cells].argmax(axis=0)
    return np.stack([ends[first, cells], ends[last, cells]], axis=1)


def _four(ends: FloatArray, saddle: np.ndarray, a: FloatArray, total: FloatArray) -> FloatArray:
    """Join the ends of saddle cells around the corners that differ from the middle."""
    cells = np.flatnonzero(saddle)
    around_a = (a[cells] > 0) != (total[cells] > 0)
    left = np.where(around_a[:, None], ends[3, cells], ends[1, cells])
    right = np.where(around_a[:, None], ends[1, cells], ends[3, cells])
    return np.concatenate(
        [
            np.stack([ends[0, cells], left], axis=1),
            np.stack([ends[2, cells], right], axis=1),
        ]
    )
