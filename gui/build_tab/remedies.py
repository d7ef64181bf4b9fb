"""One-click remedies for experiments that cannot be trained."""

from __future__ import annotations

from msgspec.structs import replace

from foundation.text import tr
from gui.messages import LazyText
from model.edits.network import (
    Edit,
    with_activation,
    with_columns_of_data,
    with_dropout,
    with_layer_removed,
    with_training,
)
from model.errors import ModelError
from model.experiment import Experiment
from model.insight.doctor.mending import restart_at_lower_rate


def remedy_of(error: Exception) -> tuple[LazyText, Edit] | None:
    """Return the name and the edit of a remedy for a refused training."""
    if not isinstance(error, ModelError):
        return None
    match error.code:
        case "training.step_gradient":
            layer = error.values["layer"]
            return (
                lambda: tr("Use a sigmoid in layer {n}", n=layer),
                lambda experiment: with_activation(experiment, layer - 1, "sigmoid"),
            )
        case "training.perceptron_layers":
            return lambda: tr("Make it one layer of step units"), _one_step_layer
        case "training.loss_domain":
            return (
                lambda: tr("Use the squared loss"),
                lambda e: with_training(e, replace(e.training, loss="squared")),
            )
        case "training.margin_regression":
            return lambda: tr("Stop without a margin"), _without_margin
        case "network.inputs":
            n = error.values["data"]
            return lambda: tr("Give it {n} inputs", n=n), with_columns_of_data
        case "network.outputs":
            n = error.values["data"]
            return lambda: tr("Give it {n} output units", n=n), with_columns_of_data
        case "network.output_dropout":
            return (
                lambda: tr("Drop no output units"),
                lambda experiment: with_dropout(experiment, _last(experiment), 0.0),
            )
    return None


def lower_rate_and_restart() -> tuple[LazyText, Edit]:
    """Return the remedy for a run whose loss became NaN."""
    return lambda: tr("Start anew at a lower rate"), restart_at_lower_rate


def _last(experiment: Experiment) -> int:
    return len(experiment.network.layers) - 1


def _one_step_layer(experiment: Experiment) -> Experiment:
    while _last(experiment) > 0:
        experiment = with_layer_removed(experiment, 0)
    return with_activation(experiment, 0, "step")


def _without_margin(experiment: Experiment) -> Experiment:
    stop = replace(experiment.training.stop, margin=0.0)
    return with_training(experiment, replace(experiment.training, stop=stop))
