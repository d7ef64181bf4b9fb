"""Level lines of a field over a grid, as line segments."""

from __future__ import annotations

from typing import cast

import numpy as np
from contourpy import FillType, LineType, SerialContourGenerator, ZInterp

from model.experiment import FloatArray


def class_borders(values: FloatArray) -> FloatArray:
    """Return the segments where the two largest classes tie, shape (segments, 2, 2).

    The format is that of :func:`level_segments`.

    Parameters
    ----------
    values
        Shape (classes, rows, columns), finite, two or more classes.
    """
    ordered = np.partition(values, len(values) - 2, axis=0)
    runner_up = np.where(values == ordered[-1], ordered[-2], ordered[-1])
    return np.concatenate([level_segments(ahead, 0.0) for ahead in values - runner_up])


def level_segments(field: FloatArray, level: float) -> FloatArray:
    """Return the segments on which `field` equals `level`, shape (segments, 2, 2).

    Each has two ends, (column, row) in grid steps from the first node.

    Parameters
    ----------
    field
        Shape (rows, columns), finite, two or more of each.
    level
        Level to trace.

    Notes
    -----
    Linear interpolation along the cells' edges. If all four edges of a cell are crossed, the mean
    of its corners decides which ends are connected.
    """
    rows, columns = (np.arange(size, dtype=np.float64) for size in field.shape)
    across, down = np.meshgrid(columns, rows)
    # Not by `contour_generator`: it looks for masks, and loads numpy.ma for that at every start.
    contours = SerialContourGenerator(
        across,
        down,
        np.asarray(field, np.float64),
        np.zeros(field.shape, np.bool_),
        line_type=LineType.Separate,
        fill_type=FillType.OuterCode,
        corner_mask=False,
        quad_as_tri=False,
        z_interp=ZInterp.Linear,
    )
    lines = cast(list[FloatArray], contours.lines(level))  # which `line_type` decides
    return np.concatenate(
        [np.empty((0, 2, 2)), *(np.stack([line[:-1], line[1:]], axis=1) for line in lines)]
    )
