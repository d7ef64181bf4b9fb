"""Where the names of lines go on a plot: beside their own line, on no other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSizeF

from model.experiment import FloatArray

SAMPLES = 160
"""So many places along the plot at which lines are looked at."""

_SHARES = (0.86, 0.74, 0.97, 0.62, 0.5, 0.38, 0.26, 0.14)
_AWAY_PX = 2.0
_LOW_PX = 100.0
"""A plot so low shows no name that a line runs through."""


class NamePlace(Struct, frozen=True):
    """Where a name goes.

    Attributes
    ----------
    at
        Its right end and lower edge, in pixels from the plot's upper left corner.
    is_free
        Whether no line runs through it.
    """

    at: QPointF
    is_free: bool


def place_names(
    owners: FloatArray, others: FloatArray, names: Sequence[QSizeF], room: QSizeF
) -> list[NamePlace | None]:
    """Return a place for each name, ``None`` where nothing is seen of a run, or no place is left.

    Parameters
    ----------
    owners
        Heights of the named lines in pixels from the plot's upper edge, shape (names, `SAMPLES`);
        NaN where a line is not.
    others
        The same of the lines without a name, shape (lines, `SAMPLES`).
    names
        The size of each name in pixels.
    room
        The plot's size in pixels.
    """
    lines = np.concatenate([owners, others])
    taken: list[QRectF] = []
    places: list[NamePlace | None] = []
    for heights, size in zip(owners, names, strict=True):
        best: tuple[float, QRectF] | None = None
        for rect in _candidates(heights, size, room):
            if any(map(rect.intersects, taken)) or not QRectF(QPointF(), room).contains(rect):
                continue
            cost = _crossings(rect, lines, room)
            if best is None or cost < best[0]:
                best = cost, rect
        if best is None or (best[0] > 0.0 and room.height() < _LOW_PX):
            places.append(None)
            continue
        taken.append(best[1])
        places.append(NamePlace(best[1].bottomRight(), best[0] == 0.0))
    return places


def _candidates(heights: FloatArray, size: QSizeF, room: QSizeF) -> list[QRectF]:
    """Return the places above and below a line, the wanted ones first, and the one at its end."""
    seen = np.flatnonzero(np.isfinite(heights))
    if seen.size == 0:
        return []
    result = []
    for share in _SHARES:
        last = min(int(seen[-1]), round(share * (SAMPLES - 1)))
        right = max(last / (SAMPLES - 1) * room.width(), size.width() + 1)
        part = heights[_columns(right - size.width(), right, room)]
        part = part[np.isfinite(part)]
        if part.size:
            for top in (part.min() - size.height() - _AWAY_PX, part.max() + _AWAY_PX):
                result.append(QRectF(QPointF(right - size.width(), float(top)), size))
    end = seen[-1] / (SAMPLES - 1) * room.width()
    # A line that ends at once, for it ran away, most often does so at an edge.
    level = float(heights[seen[-1]]) - size.height() / 2
    beside = QPointF(end + 3 * _AWAY_PX, min(max(level, 0.0), room.height() - size.height()))
    return [*result, QRectF(beside, size)]


def _crossings(rect: QRectF, lines: FloatArray, room: QSizeF) -> float:
    """Return at how many samples a line runs through a rectangle."""
    part = lines[:, _columns(rect.left(), rect.right(), room)]
    return float(np.sum((part > rect.top()) & (part < rect.bottom())))


def _columns(left: float, right: float, room: QSizeF) -> slice:
    per_px = (SAMPLES - 1) / max(room.width(), 1.0)
    return slice(max(0, int(left * per_px)), int(right * per_px) + 2)
