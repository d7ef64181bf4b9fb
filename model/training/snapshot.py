"""Moments of a training: one to show, and one to continue from exactly."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from model.data import Dataset
from model.experiment import Experiment, FloatArray, OptimiserSpec, Progress

Reason = Literal["stopped", "epochs", "loss_below", "margin", "patience", "seconds", "diverged"]


class Snapshot(Struct, frozen=True, eq=False):
    """The state of training at one moment, as copies of its arrays.

    Attributes
    ----------
    epoch, step, batch
        Epochs and optimiser steps done, and batches done of the epoch under way.
    train_loss, test_loss
        Of these weights, while training goes on those of the last whole epoch; mean over rows, sum
        over outputs; ``test_loss`` is ``None`` without a test set.
    train_accuracy, test_accuracy
        Share of rows right, R squared for a regression.
    train_undecided, test_undecided
        How many of those rows are undecided, see :data:`model.metrics.UNDECIDED`.
    train_rows
        How many training rows are measured for both: of large data only the first.
    weights, biases
        One W, shape (inputs, units), and one b, shape (units,), a layer.
    rows
        After a single step on some of the training rows, which ones; else empty.
    progress
        What the next step starts from besides the weights, the optimiser's memory among it;
        ``None`` where it is so large that copying it would slow training.
    optimiser
        Whose memory that is.
    """

    epoch: int
    step: int
    batch: int
    train_loss: float
    test_loss: float | None
    train_accuracy: float
    test_accuracy: float | None
    train_rows: int
    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    train_undecided: int = 0
    test_undecided: int = 0
    rows: tuple[int, ...] = ()
    progress: Progress | None = None
    optimiser: OptimiserSpec | None = None


class RunResult(Struct, frozen=True, eq=False):
    """Why a run ended, and where.

    Attributes
    ----------
    reason
        ``"stopped"`` by the person, the stop rule that fired, or ``"diverged"``: the loss was no
        longer a finite number, and the weights are those of the last epoch whose loss was.
    snapshot
        The last state.
    """

    reason: Reason
    snapshot: Snapshot


class Checkpoint(Struct, frozen=True, eq=False):
    """Everything needed to continue exactly from the end of an epoch.

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
        """The size of the arrays in bytes."""
        return self.theta.nbytes + sum(slot.nbytes for slot in self.slots)
