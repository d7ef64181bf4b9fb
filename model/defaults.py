"""The network and training proposed for each kind of data.

The choices are measured: `tests/model/test_defaults.py` trains every one of them.
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
from model.experiment.resizing import moved, moves_behind
from model.losses import loss_fits
from model.optimisers import OPTIMISER_KINDS

MARGIN = 0.4
"""By how much every row of a truth table is to be right: outputs below 0.1 or above 0.9."""

LOTTERY_SEEDS = 100
"""How many random starts a seed lottery draws: of a gate those take seconds."""

_RATE_FACTORS = (0.1, 1 / 3, 1.0, 3.0, 10.0)
_SMALL_WIDTHS = (1, 2, 3, 4, 8)


def matching_initialiser(activation: Activation) -> InitialiserSpec:
    """Return the initialiser that suits hidden units with this activation.

    Notes
    -----
    He with biases of 0.1 for the rectifiers: with biases of 0, units that start on the wrong side
    of 0 for every row never learn (2-4-1 ReLU then solves XOR from half of the starts).
    """
    if ACTIVATION_KINDS[activation].is_rectifier:
        return InitialiserSpec("he", bias=0.1)
    return InitialiserSpec("xavier")


def matching_output(task: Task) -> tuple[Activation, Loss]:
    """Return the output activation and loss that suit the task."""
    if task == "regression":
        return "identity", "squared"
    if task == "multiclass":
        return "softmax", "categorical_cross_entropy"
    return "sigmoid", "binary_cross_entropy"


def perceptron_training(training: TrainingSpec) -> TrainingSpec:
    """Return a perceptron's training: its own rule, row by row, until every row is right.

    Notes
    -----
    The rule is Rosenblatt's, which looks at one row after the other. The answers of a step unit are
    0 and 1, so a right one is right by one half.
    """
    return replace(
        training,
        optimiser=replace(training.optimiser, name="perceptron"),
        learning_rate=OPTIMISER_KINDS["perceptron"].default_rate,
        batch_size=1,
        stop=replace(training.stop, margin=0.5),
    )


def rule_left(training: TrainingSpec, optimiser: Optimiser, task: Task) -> TrainingSpec:
    """Return the training of a network that was a perceptron before."""
    margin = 0.0 if task == "regression" else min(training.stop.margin, MARGIN)
    return replace(
        training,
        optimiser=replace(training.optimiser, name=optimiser),
        loss=matching_output(task)[1],
        learning_rate=OPTIMISER_KINDS[optimiser].default_rate,
        batch_size=0,
        stop=replace(training.stop, margin=margin),
    )


def fitted_training(experiment: Experiment, task: Task) -> TrainingSpec:
    """Return an experiment's training adapted to a new output activation.

    Notes
    -----
    A step output without hidden layers is a perceptron, and any other output is none. A loss that
    does not fit (:func:`model.losses.loss_fits`) gives way to the one made for the output: the
    cross-entropy of a sigmoid or a softmax, else the squared error.
    """
    training, layers = experiment.training, experiment.network.layers
    output = layers[-1].activation
    follows_rule = training.optimiser.follows_rule
    if output == "step":
        is_new = len(layers) == 1 and not follows_rule
        return perceptron_training(training) if is_new else training
    if follows_rule:
        training = rule_left(training, "sgd", task)
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
        What to learn from, also as a data set, such as :func:`model.dataset` makes of arrays; XOR
        by default.
    hidden
        Units of the hidden layers, where the proposal's own are not wanted; ``()`` for none.
    seed
        Of the experiment.
    dataset
        The data's rows, split in whatever way, or their shape, where it is known. Without `data`
        the experiment learns from these rows.

    Returns
    -------
    Experiment
        Without weights: training draws them from the seed.

    Raises
    ------
    ModelError
        Where the data cannot be made or read.
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
    experiment, data
        What was learned from other data, and the new ones.
    old, dataset
        The shapes of both.

    Notes
    -----
    Hidden layers and training stay; weights are kept where the shapes are, and the output
    activation and the loss change only where the new task asks for others.
    """
    split = experiment.split if experiment.split.test_fraction else data.default_split
    layers = list(experiment.network.layers)
    if dataset.inputs != experiment.network.inputs:
        changed = moves_behind(experiment.network, 0, np.full(dataset.inputs, -1))
        layers = list(moved(experiment.network, changed))
        layers[0] = replace(layers[0], pinned=())
    training = experiment.training
    if (dataset.outputs, dataset.task) != (old.outputs, old.task):
        activation, loss = matching_output(dataset.task)
        last = replace(layers[-1], units=dataset.outputs, weights=None, biases=None, pinned=())
        if dataset.task != old.task:
            last = replace(last, activation=activation)
            if training.optimiser.follows_rule:
                training = rule_left(training, "sgd", dataset.task)
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
    """Return the index of the hidden layer to sweep, by default the first; -1 for none."""
    hidden = len(experiment.network.layers) - 1
    return chosen if 0 <= chosen < hidden else min(0, hidden - 1)


def swept_rates(experiment: Experiment) -> tuple[float, ...]:
    """Return learning rates around the experiment's own, which is included."""
    rate = experiment.training.learning_rate
    return tuple(rate if near == 1.0 else float(f"{rate * near:.2g}") for near in _RATE_FACTORS)


def swept_widths(experiment: Experiment, layer: int) -> tuple[int, ...]:
    """Return widths around that of a layer, its own included; only 0 for layer -1."""
    if layer < 0:
        return (0,)
    width = experiment.network.layers[layer].units
    if width <= max(_SMALL_WIDTHS):
        return tuple(sorted({*_SMALL_WIDTHS, width}))
    return width // 4, width // 2, width, 2 * width
