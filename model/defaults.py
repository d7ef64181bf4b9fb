"""The network and training proposed for each kind of data.

The choices are measured: `tests/model/test_defaults.py` trains each of them.
"""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from model.activations import ACTIVATION_KINDS
from model.data import Dataset, Task, build_dataset
from model.data.shape import DataShape
from model.data.sources.arrays import data_of
from model.experiment import (
    Activation,
    DataSpec,
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    Loss,
    NetworkSpec,
    Optimiser,
    OptimiserSpec,
    StopSpec,
    TrainingSpec,
)
from model.experiment.resizing import input_changes, moved
from model.losses import loss_fits
from model.optimisers import OPTIMISER_KINDS

MARGIN = 0.4
"""Margin required for every row of a truth table: outputs below 0.1 or above 0.9."""

LOTTERY_SEEDS = 100
"""Number of random starts in a seed lottery; for a gate they take seconds."""

_RATE_FACTORS = (0.1, 1 / 3, 1.0, 3.0, 10.0)
_SMALL_WIDTHS = (1, 2, 3, 4, 8)


def matching_initialiser(activation: Activation) -> InitialiserSpec:
    """Return the initialiser that suits hidden units with this activation.

    Notes
    -----
    For rectifiers, He initialisation with biases of 0.1: with zero biases, units that start on the
    wrong side of 0 for every row never learn (a 2-4-1 ReLU network then solves XOR from only half
    of the starts).
    """
    if ACTIVATION_KINDS[activation].is_rectifier:
        return InitialiserSpec("he", bias=0.1)
    return InitialiserSpec("xavier")


def matching_output(task: Task) -> tuple[Activation, Loss]:
    """Return the output activation and loss for a task."""
    if task == "regression":
        return "identity", "squared"
    if task == "multiclass":
        return "softmax", "categorical_cross_entropy"
    return "sigmoid", "binary_cross_entropy"


def perceptron_training(training: TrainingSpec) -> TrainingSpec:
    """Return the training adapted to a perceptron: its own rule, until every row is right.

    Notes
    -----
    Rosenblatt's rule processes one row at a time. A step unit answers 0 or 1, so the margin of a
    right answer is one half.
    """
    return replace(
        training,
        optimiser=replace(training.optimiser, name="perceptron"),
        learning_rate=OPTIMISER_KINDS["perceptron"].default_rate,
        batch_size=1,
        stop=replace(training.stop, margin=0.5),
    )


def without_perceptron_rule(
    training: TrainingSpec, optimiser: Optimiser, task: Task
) -> TrainingSpec:
    """Return the training for a network that is no longer a perceptron."""
    margin = 0.0 if task == "regression" else min(training.stop.margin, MARGIN)
    return replace(
        training,
        optimiser=replace(training.optimiser, name=optimiser),
        loss=matching_output(task)[1],
        learning_rate=OPTIMISER_KINDS[optimiser].default_rate,
        batch_size=0,
        stop=replace(training.stop, margin=margin),
    )


def training_for_output(experiment: Experiment, task: Task) -> TrainingSpec:
    """Return an experiment's training adapted to a new output activation.

    Notes
    -----
    A network without hidden layers and with a step output is a perceptron; with any other output it
    is not. A loss that does not fit (:func:`model.losses.loss_fits`) is replaced by the one made
    for the output: cross-entropy for sigmoid or softmax, squared error otherwise.
    """
    training, layers = experiment.training, experiment.network.layers
    output = layers[-1].activation
    follows_rule = training.optimiser.follows_rule
    if output == "step":
        is_new = len(layers) == 1 and not follows_rule
        return perceptron_training(training) if is_new else training
    if follows_rule:
        training = without_perceptron_rule(training, "sgd", task)
    if loss_fits(training.loss, output):
        return training
    loss: Loss = "squared"
    if output == "sigmoid" and task != "regression":
        loss = "binary_cross_entropy"
    elif output == "softmax" and task == "multiclass":
        loss = "categorical_cross_entropy"
    return replace(training, loss=loss)


def default_experiment(
    data: DataSpec | Dataset | None = None,
    *,
    hidden: tuple[int, ...] | None = None,
    seed: int = 0,
    dataset: Dataset | DataShape | None = None,
) -> Experiment:
    """Return an untrained experiment that learns this data well.

    Parameters
    ----------
    data
        Data specification, or a data set such as :func:`model.dataset` creates from arrays; XOR by
        default.
    hidden
        Units of each hidden layer, overriding the proposal; ``()`` for none.
    seed
        Seed of the experiment.
    dataset
        The rows of `data`, with any split, or their shape, if already known. Without `data`, the
        experiment learns from these rows.

    Returns
    -------
    Experiment
        Experiment without weights; training draws them from the seed.

    Raises
    ------
    ModelError
        If the data cannot be generated or read.
    """
    if isinstance(data, Dataset):
        dataset = data
        data = data_of(dataset)
    elif data is None:
        data = data_of(dataset) if isinstance(dataset, Dataset) else GateData()
    data = data.with_default_scaling()
    split = data.default_split
    if dataset is None:  # files are read as a whole, to find what is wrong with them
        shape = None if data.paths else data.shape()
        dataset = build_dataset(data, split, seed) if shape is None else shape
    proposal = data.proposal(dataset)
    output, loss = matching_output(dataset.task)
    layers = [
        LayerSpec(units, proposal.activation)
        for units in (proposal.hidden if hidden is None else hidden)
    ]
    is_exact = data.is_truth_table and dataset.task != "regression"
    training = TrainingSpec(
        loss=loss,
        optimiser=OptimiserSpec(proposal.optimiser),
        learning_rate=proposal.rate,
        batch_size=proposal.batch,
        initialiser=replace(matching_initialiser(proposal.activation), scale=proposal.scale),
        stop=StopSpec(epochs=proposal.epochs, margin=MARGIN if is_exact else 0.0),
        dtype=data.dtype,
    )
    return Experiment(
        data=data,
        split=split,
        network=NetworkSpec(dataset.inputs, (*layers, LayerSpec(dataset.outputs, output))),
        training=training,
        seed=seed,
    )


def fit_to(
    experiment: Experiment, data: DataSpec, *, old: DataShape, dataset: DataShape
) -> Experiment:
    """Return the experiment with other data, its inputs and outputs adapted.

    Parameters
    ----------
    experiment
        Experiment to adapt.
    data
        The new data.
    old, dataset
        Shapes of the old and the new data.

    Notes
    -----
    Hidden layers and training are kept, as are weights whose shapes still match. The output
    activation and the loss change only if the new task requires it.
    """
    split = experiment.split if experiment.split.test_fraction else data.default_split
    layers = list(experiment.network.layers)
    if dataset.inputs != experiment.network.inputs:
        changed = input_changes(experiment.network, 0, np.full(dataset.inputs, -1))
        layers = list(moved(experiment.network, changed))
        layers[0] = replace(layers[0], pinned=())
    training = experiment.training
    if (dataset.outputs, dataset.task) != (old.outputs, old.task):
        activation, loss = matching_output(dataset.task)
        last = replace(layers[-1], units=dataset.outputs, weights=None, biases=None, pinned=())
        if dataset.task != old.task:
            last = replace(last, activation=activation)
            if training.optimiser.follows_rule:
                training = without_perceptron_rule(training, "sgd", dataset.task)
            training = replace(training, loss=loss)
            if dataset.task == "regression":
                stop = replace(training.stop, margin=0.0)
                training = replace(training, stop=stop)
        layers[-1] = last
    return replace(
        experiment,
        data=data,
        split=split,
        network=NetworkSpec(dataset.inputs, tuple(layers)),
        training=training,
        progress=None,
    )


def swept_layer(experiment: Experiment, chosen: int = -1) -> int:
    """Return the index of the hidden layer to sweep; -1 if there is none.

    This is `chosen` if it is a hidden layer, otherwise the first.
    """
    hidden = len(experiment.network.layers) - 1
    return chosen if 0 <= chosen < hidden else min(0, hidden - 1)


def swept_rates(experiment: Experiment) -> tuple[float, ...]:
    """Return learning rates around, and including, the experiment's own."""
    rate = experiment.training.learning_rate
    return tuple(rate if near == 1.0 else float(f"{rate * near:.2g}") for near in _RATE_FACTORS)


def swept_widths(experiment: Experiment, layer: int) -> tuple[int, ...]:
    """Return widths around, and including, a layer's own; only 0 for layer -1."""
    if layer < 0:
        return (0,)
    width = experiment.network.layers[layer].units
    if width <= max(_SMALL_WIDTHS):
        return tuple(sorted({*_SMALL_WIDTHS, width}))
    return width // 4, width // 2, width, 2 * width
