"""Runs: the present one and those before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gui.build_tab.names import data_name
from gui.format import show_number
from model.experiment import Experiment, FloatArray
from model.training import History

__all__ = ["RunRecord", "past_run"]


@dataclass(frozen=True, eq=False)
class RunRecord:
    """One earlier run, kept to compare with.

    Attributes
    ----------
    name
        What it is called beside its line, for example "seed 42".
    settings
        Names and values for the table of runs, already written out for a person.
    epochs
        Epoch of each value, n of them.
    train, test
        Losses, shape (n,); `test` is ``None`` without test rows.
    visible
        Whether its line is drawn.
    """

    name: str
    settings: Mapping[str, str]
    epochs: range
    train: FloatArray
    test: FloatArray | None = None
    visible: bool = True


def past_run(experiment: Experiment, history: History, name: str) -> RunRecord | None:
    """Return a run that is over, or ``None`` where it never made a step."""
    if len(history) < 2:
        return None
    test = history.test_loss
    training = experiment.training
    units = (experiment.network.inputs, *(layer.units for layer in experiment.network.layers))
    return RunRecord(
        name=name,
        settings={
            "data": data_name(experiment.data),
            "seed": str(experiment.seed),
            "layers": "-".join(map(str, units)),
            "activation": experiment.network.layers[0].activation,
            "optimiser": training.optimiser.name,
            "rate": show_number(training.learning_rate),
            "batch": str(training.batch_size),
            "loss": training.loss,
            "l1": show_number(training.l1),
            "l2": show_number(training.l2),
        },
        epochs=history.epochs,
        train=history.train_loss.copy(),
        test=None if test is None else test.copy(),
    )
