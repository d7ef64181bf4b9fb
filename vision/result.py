"""The result of any model for a picture: its best guess, and its timings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from vision.pictures.preprocessing import Rectangle

TOP: Final = 5
"""Default number of best labels in a result."""


class Task(StrEnum):
    """The task of a model; the value is the `task` of its manifest."""

    CLASSIFICATION = "classification"
    DETECTION = "detection"
    MASK = "mask"


@dataclass(frozen=True)
class Timings:
    """The duration of each stage in milliseconds; 0 for a stage that was skipped."""

    read_ms: float = 0.0
    preprocess_ms: float = 0.0
    forward_ms: float = 0.0
    postprocess_ms: float = 0.0
    draw_ms: float = 0.0


@dataclass(frozen=True)
class ScoredLabel:
    """A class with its probability (0-1), or an object with its score."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True, eq=False)
class Result:
    """A model's result for one picture.

    Attributes
    ----------
    top
        The best classes, or the best objects, best first; empty if nothing was found.
    timings
        Duration of each stage.
    seen
        The part of the picture that the network saw, in picture pixels.
    """

    top: tuple[ScoredLabel, ...]
    timings: Timings
    seen: Rectangle

    @property
    def best(self) -> ScoredLabel | None:
        """The first of `top`, or None if it is empty."""
        return self.top[0] if self.top else None

    def best_labels(self, count: int) -> tuple[ScoredLabel, ...]:
        """Return at most the `count` best labels, best first."""
        return self.top[:count]

    def is_sure(self, threshold: float) -> bool:
        """Return whether the result reaches `threshold` (0-1); True unless a classification."""
        return True

    def with_timings(self, **parts: float) -> Self:
        """Return a copy with some timings replaced, e.g. ``draw_ms=2.1``."""
        return replace(self, timings=replace(self.timings, **parts))
