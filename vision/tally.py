"""How often each name was found, in a picture and over the frames of a stream."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from vision.detections import Detections


@dataclass(frozen=True)
class NameCount:
    """How often one class was found.

    Attributes
    ----------
    most
        The most at once in one frame.
    frames
        In how many frames there was at least one.
    """

    index: int
    most: int
    frames: int


class Tally:
    """Count the objects of frame after frame.

    Attributes
    ----------
    counts
        A count for each class found so far, in the order in which they were first found; replaced
        as a whole, so that any thread may read it.
    """

    def __init__(self) -> None:
        self.counts: tuple[NameCount, ...] = ()
        self._most: Counter[int] = Counter()
        self._frames: Counter[int] = Counter()

    def add(self, found: Detections) -> None:
        """Count the objects of one more frame."""
        now = count_of(found)
        for index, count in now.items():
            self._most[index] = max(self._most[index], count)
            self._frames[index] += 1
        if now:
            self.counts = tuple(
                NameCount(index, most, self._frames[index]) for index, most in self._most.items()
            )


def count_of(found: Detections) -> Counter[int]:
    """Return how many objects there are of each class, the first found first."""
    return Counter(found.indices.tolist())
