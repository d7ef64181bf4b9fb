"""Earlier runs: their losses, kept small, and the settings that made them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gui.numbers import show_number
from model.experiment import Experiment, FloatArray
from model.training import History

__all__ = ["PastRun", "past_run"]


@dataclass(frozen=True, eq=False)
class PastRun:
    """A run that has ended.

    Attributes
    ----------
    name
        ``"seed 42"``, or what a person called it.
    settings
        What made it, by name.
    epochs, train, test
        Epoch numbers and losses; `test` is ``None`` without a test set.
    visible
        Whether the loss plot shows it.
    """

    name: str
    epochs: np.ndarray
    train: FloatArray
    test: FloatArray | None
    settings: dict[str, str] = field(default_factory=dict)
    visible: bool = True


def past_run(experiment: Experiment, history: History, number: int) -> PastRun | None:
    """Return a run that is over, or ``None`` where it never made a step."""
    if len(history) < 2:
        return None
    test = history.test_loss
    training = experiment.training
    return PastRun(
        name=f"seed {experiment.seed}",
        epochs=history.epochs,
        train=history.train_loss.copy(),
        test=None if test is None else test.copy(),
        settings={
            "run": str(number),
            "seed": str(experiment.seed),
            "layers": "-".join(str(n) for n in (experiment.network.inputs, *_units(experiment))),
            "optimiser": training.optimiser.name,
            "rate": show_number(training.learning_rate),
            "batch": str(training.batch_size),
            "loss": training.loss,
        },
    )


def _units(experiment: Experiment) -> list[int]:
    return [layer.units for layer in experiment.network.layers]
