"""What a person may change while training runs: applied by the worker between two steps."""

from __future__ import annotations

from dataclasses import dataclass

from model.experiment import DataSpec, SplitSpec, TrainingSpec

__all__ = [
    "Message",
    "SetData",
    "SetLearningRate",
    "SetPinned",
    "SetSpeed",
    "SetTraining",
    "SetWeight",
]


@dataclass(frozen=True, slots=True)
class SetLearningRate:
    """Use another learning rate from the next step on."""

    rate: float


@dataclass(frozen=True, slots=True)
class SetTraining:
    """Use other training settings; the optimiser's averages stay where the optimiser does."""

    training: TrainingSpec


@dataclass(frozen=True, slots=True)
class SetWeight:
    """Set one weight; row ``inputs`` is the bias."""

    layer: int
    row: int
    unit: int
    value: float


@dataclass(frozen=True, slots=True)
class SetPinned:
    """Leave these weights of a layer alone from now on, as (row, unit)."""

    layer: int
    pinned: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SetData:
    """Learn from other data of the same width; ``None`` keeps the split."""

    data: DataSpec
    split: SplitSpec | None = None


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Run at most so many epochs a second; ``None`` runs flat out."""

    epochs_per_second: float | None


Message = SetLearningRate | SetTraining | SetWeight | SetPinned | SetData | SetSpeed
