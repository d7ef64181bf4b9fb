"""Snapshots of a training, for display and for exact continuation."""

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
        Epochs and optimiser steps done, and batches done in the current epoch.
    train_loss, test_loss
        Losses of these weights, or of the last whole epoch during training; mean over rows, sum
        over outputs; ``test_loss`` is ``None`` without a test set.
    train_accuracy, test_accuracy
        Fraction of right rows, R squared for a regression.
    train_undecided, test_undecided
        Number of undecided rows, see :data:`model.metrics.UNDECIDED`.
    train_rows
        Number of training rows used for accuracy and undecided rows: for large data only the first.
    weights, biases
        W, shape (inputs, units), and b, shape (units,), of each layer.
    rows
        Training rows of a single step on a batch; otherwise empty.
    progress
        State, apart from the weights, that the next step starts from, including the optimiser's;
        ``None`` if it is so large that copying it would slow training.
    optimiser
        Optimiser that the state belongs to.
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
    """The reason for the end of a run, and its final state.

    Attributes
    ----------
    reason
        ``"stopped"`` by the user, the stop rule that applied, or ``"diverged"``: the loss was not
        finite, and the weights are those of the last epoch with a finite loss.
    snapshot
        Final state.
    """

    reason: Reason
    snapshot: Snapshot


class Checkpoint(Struct, frozen=True, eq=False):
    """Everything needed to continue exactly from the end of an epoch.

    Attributes
    ----------
    experiment
        Settings at that time, without weights.
    dataset
        Data set at that time.
    epoch, step
        Number of epochs and steps done.
    theta, slots
        Weights and the optimiser's averages, flat.
    generator
        State of the generator in NumPy's format.
    messages
        Number of the history's messages already applied.
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
