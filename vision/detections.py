"""Boxes around objects: score thresholds and non-maximum suppression."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

MAX_CANDIDATES: Final = 1000
"""Maximum number of boxes kept per picture; a network may propose 100,000."""

type Boxes = npt.NDArray[np.float32]
"""Corners (N, 4), float32: left, top, right, bottom; (0, 4) if there are no boxes."""


@dataclass(frozen=True, eq=False)
class Detections:
    """Objects found in one picture.

    Attributes
    ----------
    xyxy
        Corners (N, 4), float32; in pixels of the picture unless stated otherwise.
    scores
        Scores (N,), float32, 0 to 1.
    indices
        Class indices (N,), int32.
    """

    xyxy: Boxes
    scores: npt.NDArray[np.float32]
    indices: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        """Check that all arrays have the same length.

        Raises
        ------
        ValueError
            If their lengths differ.
        """
        count = len(self.scores)
        if self.xyxy.shape != (count, 4) or self.indices.shape != (count,):
            shapes = self.xyxy.shape, self.scores.shape, self.indices.shape
            raise ValueError(f"boxes, scores and classes do not belong together: {shapes}")

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Detections:
        """Return a subset of the detections, selected by indices or by a mask."""
        return Detections(self.xyxy[rows], self.scores[rows], self.indices[rows])


NO_DETECTIONS: Final = Detections(
    np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int32)
)


@dataclass(frozen=True)
class Limits:
    """The thresholds for showing boxes.

    Attributes
    ----------
    score
        Minimum score, 0 to 1.
    overlap
        Maximum intersection over union of two boxes of one class, 0 to 1; of two boxes that overlap
        more, only the better one is kept.
    """

    score: float = 0.3
    overlap: float = 0.5


@dataclass(frozen=True, eq=False)
class Selection:
    """The boxes that pass the limits.

    Attributes
    ----------
    kept
        Boxes to show, best first.
    dropped
        Boxes with a sufficient score that overlap a better box too much, best first.
    """

    limits: Limits
    kept: Detections
    dropped: Detections


def clip_to_picture(found: Detections, picture_wh: tuple[int, int]) -> Detections:
    """Return the best `MAX_CANDIDATES` boxes, clipped to the picture, best first.

    Boxes with a corner or score that is not finite, and boxes entirely outside the picture, are
    dropped. Equal scores keep their order.
    """
    is_number = np.isfinite(found.xyxy).all(axis=1) & np.isfinite(found.scores)
    if not is_number.all():
        found = found.take(is_number)
    width, height = picture_wh
    bounds = np.array([width, height, width, height], np.float32)
    xyxy = np.clip(found.xyxy, 0, bounds)
    there = (xyxy[:, 2] > xyxy[:, 0]) & (xyxy[:, 3] > xyxy[:, 1])
    rows = np.flatnonzero(there)
    rows = rows[np.argsort(-found.scores[rows], kind="stable")[:MAX_CANDIDATES]]
    return Detections(xyxy[rows], found.scores[rows], found.indices[rows])


def select(candidates: Detections, limits: Limits) -> Selection:
    """Apply the limits to sorted `candidates` with non-maximum suppression.

    Notes
    -----
    Non-maximum suppression, class by class: the best box is kept, boxes of its class that overlap
    it by more than the limit are dropped, and so on with the best of the rest. Whether a box is
    kept depends on better ones alone.
    """
    over = candidates.take(candidates.scores >= np.float32(limits.score))
    if not len(over):
        return Selection(limits, NO_DETECTIONS, NO_DETECTIONS)
    sizes = over.xyxy[:, 2:] - over.xyxy[:, :2]
    rectangles = np.concatenate([over.xyxy[:, :2], sizes], axis=1)
    # The scores are all good enough; OpenCV wants them above its threshold, not at it.
    suppress: Any = cv2.dnn.NMSBoxesBatched  # it takes arrays, but is declared for lists
    found = suppress(rectangles, over.scores, over.indices, -1.0, limits.overlap)
    kept = np.sort(np.asarray(found, np.intp).reshape(-1))
    is_dropped = np.ones(len(over), np.bool_)
    is_dropped[kept] = False
    return Selection(limits, over.take(kept), over.take(is_dropped))


@dataclass(frozen=True)
class ClassCount:
    """Counts of one class over several frames.

    Attributes
    ----------
    most
        Maximum number of objects in a single frame.
    frames
        Number of frames with at least one object.
    """

    index: int
    most: int
    frames: int


class Tally:
    """Counts objects over frames.

    Attributes
    ----------
    counts
        Counts by class, in the order in which the classes were first found. The mapping is replaced
        rather than changed, so any thread may read it.
    """

    def __init__(self) -> None:
        self.counts: tuple[ClassCount, ...] = ()
        self._most: Counter[int] = Counter()
        self._frames: Counter[int] = Counter()

    def add(self, found: Detections) -> None:
        """Count the objects of another frame."""
        now = count_by_class(found)
        for index, count in now.items():
            self._most[index] = max(self._most[index], count)
            self._frames[index] += 1
        if now:
            self.counts = tuple(
                ClassCount(index, most, self._frames[index]) for index, most in self._most.items()
            )


def count_by_class(found: Detections) -> Counter[int]:
    """Return the number of objects of each class, in order of first occurrence."""
    return Counter(found.indices.tolist())
