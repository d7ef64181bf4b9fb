"""Earlier runs as the loss panel shows them: their losses and the settings that made them."""

from __future__ import annotations

from gui.build.data_panel.catalogue import data_name
from gui.build.loss.runs import RunRecord
from gui.numbers import show_number
from model.experiment import Experiment
from model.training import History

__all__ = ["past_run"]


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
