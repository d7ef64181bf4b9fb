"""Edits of points placed by hand, as pure functions."""

from __future__ import annotations

from msgspec.structs import replace

from model.experiment import PointsData

FEWEST_POINTS = 1


def with_point_added(data: PointsData, x1: float, x2: float, target: int) -> PointsData:
    """Return the data with one more point, adding its class if that is new."""
    classes = max(data.classes, target + 1)
    return replace(data, points=(*data.points, (x1, x2, float(target))), classes=classes)


def with_point_moved(data: PointsData, index: int, x1: float, x2: float) -> PointsData:
    """Return the data with one point moved."""
    moved = (x1, x2, data.points[index][2])
    return replace(data, points=(*data.points[:index], moved, *data.points[index + 1 :]))


def with_point_erased(data: PointsData, index: int) -> PointsData:
    """Return the data without one point; the last point cannot be removed."""
    if len(data.points) <= FEWEST_POINTS:
        return data
    return replace(data, points=data.points[:index] + data.points[index + 1 :])
