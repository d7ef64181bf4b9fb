"""Checks of an experiment before training; each error suggests a remedy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from model.data.dataset import Dataset
from model.errors import ModelError, require
from model.experiment import (
    LOSSES,
    OPTIMISERS,
    SCHEDULES,
    Experiment,
    LayerSpec,
    TrainingSpec,
)
from model.initialisers import check_initialiser
from model.losses import LOSS_KINDS


def _check_name(what: str, name: str, known: Sequence[str]) -> None:
    require(name in known, what, name, ", ".join(known))


def _check_training(training: TrainingSpec) -> None:
    """Check every name and the range of every number."""
    optimiser, schedule, stop = training.optimiser, training.schedule, training.stop
    _check_name("The loss", training.loss, LOSSES)
    _check_name("The optimiser", optimiser.name, OPTIMISERS)
    _check_name("The schedule", schedule.name, SCHEDULES)
    for what, value in (
        ("The learning rate", training.learning_rate),
        ("l1", training.l1),
        ("l2", training.l2),
        ("clip_norm", training.clip_norm),
        ("weight_decay", optimiser.weight_decay),
        ("The schedule's factor", schedule.factor),
    ):
        require(math.isfinite(value) and value >= 0.0, what, value, "a number from 0")
    require(training.batch_size >= 0, "The batch size", training.batch_size, "0 (all) or more")
    for name in ("momentum", "beta1", "beta2"):
        value = getattr(optimiser, name)
        require(0.0 <= value < 1.0, name, value, "0 to below 1")
    epsilon = optimiser.epsilon
    is_small = math.isfinite(epsilon) and epsilon > 0.0
    require(is_small, "epsilon", epsilon, "a small number above 0")
    require(schedule.every >= 1, "The schedule's length", schedule.every, "1 epoch or more")
    check_initialiser(training.initialiser)
    for name in ("epochs", "loss_below", "margin", "patience", "seconds"):
        value = getattr(stop, name)
        require(value >= 0, f"The stop rule {name}", value, "0 (off) or more")


def _check_layer(number: int, layer: LayerSpec, *, last: bool) -> None:
    require(layer.units >= 1, f"Layer {number}'s number of units", layer.units, "1 or more")
    require(0.0 <= layer.dropout < 1.0, f"Layer {number}'s drop-out", layer.dropout, "0 to below 1")
    if last and layer.dropout > 0.0:
        raise ModelError(
            "network.output_dropout",
            "The output layer drops units. Set its drop-out to 0 and drop hidden units instead.",
        )
    if layer.activation_kind.is_joint and not last:
        raise ModelError(
            "network.hidden_softmax",
            "Layer {layer} is hidden and uses softmax, which belongs to the output layer. "
            "Choose another activation for it.",
            layer=number,
        )


def _check_steps(experiment: Experiment) -> None:
    """Reject step activations that block gradients, and their absence if the rule needs them."""
    layers = experiment.network.layers
    steps = [n + 1 for n, layer in enumerate(layers) if not layer.activation_kind.has_slope]
    if not experiment.training.optimiser.follows_rule:
        if steps:
            raise ModelError(
                "training.step_gradient",
                "Layer {layer} uses the step activation, whose slope is 0, so {optimiser} cannot "
                "train it. Use the perceptron rule with no hidden layer, or a sigmoid.",
                layer=steps[0],
                optimiser=experiment.training.optimiser.name,
            )
    elif len(layers) > 1 or not steps:
        raise ModelError(
            "training.perceptron_layers",
            "The perceptron rule trains one layer of step units. Hidden layers here: {hidden}; the "
            "output is {activation}. Remove the hidden layers and choose step, or choose another "
            "optimiser.",
            hidden=len(layers) - 1,
            activation=layers[-1].activation,
        )


def check_experiment(experiment: Experiment) -> None:
    """Check everything that does not depend on the data.

    Raises
    ------
    ModelError
        Codes ``experiment.range``, ``network.hidden_softmax``, ``network.output_dropout``,
        ``training.step_gradient``, ``training.perceptron_layers``.
    """
    layers = experiment.network.layers
    require(experiment.network.inputs >= 1, "The number of inputs", experiment.network.inputs, "1")
    for number, layer in enumerate(layers, start=1):
        _check_layer(number, layer, last=number == len(layers))
    _check_training(experiment.training)
    _check_steps(experiment)


def check_columns(experiment: Experiment, dataset: Dataset) -> None:
    """Check that inputs and outputs match the data's features and targets.

    Raises
    ------
    ModelError
        Codes ``network.inputs``, ``network.outputs``.
    """
    network = experiment.network
    if network.inputs != dataset.inputs:
        raise ModelError(
            "network.inputs",
            "The network has {network} inputs, but the data have {data}. Make one with {data}, or "
            "choose other columns.",
            network=network.inputs,
            data=dataset.inputs,
        )
    if network.layers[-1].units != dataset.outputs:
        raise ModelError(
            "network.outputs",
            "The output layer has {network} units, but the data have {data} targets. Give it "
            "{data} units, or choose other targets.",
            network=network.layers[-1].units,
            data=dataset.outputs,
        )


def check_fit(experiment: Experiment, dataset: Dataset) -> None:
    """Check that the network and the loss fit the data.

    Raises
    ------
    ModelError
        As :func:`check_columns`; also codes ``training.perceptron_domain``,
        ``training.loss_domain`` and ``training.margin_regression``.
    """
    check_columns(experiment, dataset)
    training = experiment.training
    y = np.concatenate((dataset.y_train, dataset.y_test))
    loss = training.loss
    outside = first_outside(loss, y)
    if outside is not None:
        row, column = outside
        if training.optimiser.follows_rule:
            raise ModelError(
                "training.perceptron_domain",
                "Row {row} has the target {value} in {column}, but a perceptron answers 0 or 1. "
                "Choose another optimiser than the perceptron rule.",
                row=row + 1,
                value=float(y[row, column]),
                column=dataset.target_names[column],
            )
        raise ModelError(
            "training.loss_domain",
            "Row {row} has the target {value} in {column}, which {loss} cannot measure; it needs "
            "{wanted}. Choose squared, absolute or huber.",
            row=row + 1,
            value=float(y[row, column]),
            column=dataset.target_names[column],
            loss=loss,
            wanted=LOSS_KINDS[loss].domain,
        )
    if training.stop.margin > 0.0 and dataset.task == "regression":
        raise ModelError(
            "training.margin_regression",
            "A margin needs classes, but the target is a value. Stop on the loss instead.",
        )


def first_outside(loss: str, y: np.ndarray) -> tuple[int, int] | None:
    """Return row and column of the first target that the loss cannot handle.

    ``None`` if there is none.

    Parameters
    ----------
    loss
        Name of the loss.
    y
        Targets, shape (rows, outputs).
    """
    is_outside = LOSS_KINDS[loss].is_outside
    if is_outside is None or len(y) == 0 or not (wrong := is_outside(y)).any():
        return None
    row, column = np.argwhere(wrong)[0]
    return int(row), int(column)
