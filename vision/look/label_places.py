"""Places for the labels of boxes, on the screen and in saved pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

LINE_PX, OUTSIDE_PX = 2, 1

MANY_BOXES = 16
"""Number of boxes from which labels are small and without figures."""

DASHES: tuple[tuple[int, ...], ...] = ((), (5, 2), (2, 2), (7, 2, 2, 2), (1, 2), (9, 3), (4, 4))
"""Dash patterns per class: drawn and skipped lengths in line widths; the first is solid."""


class Area(NamedTuple):
    """A rectangle, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def contains(self, other: Area) -> bool:
        """Return whether `other` lies inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def covers(self, other: Area) -> bool:
        """Return whether the two areas overlap by more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def place_labels(
    picture: Area, wishes: Sequence[tuple[Area, float, float]], line_px: float = LINE_PX
) -> list[Area | None]:
    """Return each label's place, in order of priority; None if there is no room.

    Parameters
    ----------
    wishes
        For each label its box, and the label's width and height.
    line_px
        Line width of a box.

    Notes
    -----
    A label is placed on the upper edge of its box, inside below it, at another edge, or at the
    right end of one. It stays within the picture and does not overlap other labels.
    """
    taken: list[Area] = []
    placed: list[Area | None] = []
    for box, width, height in wishes:
        found = next(
            (
                tab
                for tab in _places(picture, box, (width, height), line_px)
                if picture.contains(tab) and not any(tab.covers(other) for other in taken)
            ),
            None,
        )
        placed.append(found)
        if found is not None:
            taken.append(found)
    return placed


def _places(
    picture: Area, box: Area, size_wh: tuple[float, float], line_px: float
) -> Iterator[Area]:
    """Return the possible places of a label, best first, all within the picture."""
    width, height = size_wh
    half = line_px / 2

    def inside(x: float) -> float:
        return max(picture.left, min(x, picture.right - width))

    def area(left: float, top: float) -> Area:
        return Area(left, top, left + width, top + height)

    left, right = inside(box.left - half - OUTSIDE_PX), inside(box.right - width + OUTSIDE_PX)
    inner = inside(box.left + half)
    tops = (
        (left, right, box.top - height),
        (inner, right, box.top + half),
        (left, right, box.bottom + half),
        (inner, right, box.bottom - height - half),
    )
    for first, last, top in tops:
        yield area(first, top)
        yield area(max(last, first), top)
    for down in range(1, 4):
        yield area(inner, box.top + down * (height + 1))
