"""Runs that are over, kept to compare with."""

from __future__ import annotations

from dataclasses import dataclass

from model.experiment import Activation, DataSpec, Experiment, FloatArray, TrainingSpec
from model.training.history import History


@dataclass(frozen=True, eq=False)
class RunRecord:
    """One earlier run: its losses, and what it was trained with.

    Attributes
    ----------
    data, seed, training
        As in the experiment.
    units
        The inputs, then the units of each layer.
    activation
        Of the first layer.
    epochs
        Epoch of each value, n of them.
    train, test
        Losses, shape (n,); `test` is ``None`` without test rows.
    before
        How many runs with its seed came before.
    name
        What a person calls it, or empty.
    visible
        Whether its line is drawn.
    version
        Which version of an article's recipe it is: ``"published"``, ``"corrected"``, or empty.
    """

    data: DataSpec
    seed: int
    training: TrainingSpec
    units: tuple[int, ...]
    activation: Activation
    epochs: range
    train: FloatArray
    test: FloatArray | None = None
    before: int = 0
    name: str = ""
    visible: bool = True
    version: str = ""


def past_run(experiment: Experiment, history: History, before: int) -> RunRecord | None:
    """Return a run that is over, or ``None`` where it never made a step."""
    if len(history) < 2:
        return None
    network, test = experiment.network, history.test_loss
    return RunRecord(
        data=experiment.data,
        seed=experiment.seed,
        training=experiment.training,
        units=(network.inputs, *(layer.units for layer in network.layers)),
        activation=network.layers[0].activation,
        epochs=history.epochs,
        train=history.train_loss.copy(),
        test=None if test is None else test.copy(),
        before=before,
    )
