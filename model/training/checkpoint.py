"""A moment of training that can be gone on from exactly."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from model.data import Dataset
from model.experiment import Experiment, FloatArray


class Checkpoint(Struct, frozen=True, eq=False):
    """All that is needed to go on exactly from the end of an epoch.

    Attributes
    ----------
    experiment
        The settings then, without weights.
    dataset
        The arrays then.
    epoch, step
        How far it had come.
    theta, slots
        Weights and the optimiser's averages, flat.
    generator
        State of the generator, as NumPy gives it.
    messages
        How many of the history's messages were applied before.
    """

    experiment: Experiment
    dataset: Dataset
    epoch: int
    step: int
    theta: FloatArray
    slots: tuple[FloatArray, ...]
    generator: Any
    messages: int

    @property
    def nbytes(self) -> int:
        """Memory held by the arrays, in bytes."""
        return self.theta.nbytes + sum(slot.nbytes for slot in self.slots)
