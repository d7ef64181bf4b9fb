"""Every gradient against central differences of the very loss that is reported."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.data import Dataset
from model.experiment import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    Experiment,
    InitialiserSpec,
    LayerSpec,
    Loss,
    NetworkSpec,
    TrainingSpec,
)
from model.training.learner import Learner

SMOOTH = tuple(name for name in ACTIVATIONS if name != "step")
HIDDEN = tuple(name for name in SMOOTH if name != "softmax")


def dataset(outputs: int, loss: Loss, *, soft: bool = False, masked: bool = False) -> Dataset:
    """Return 7 random rows of 3 features whose targets suit the loss."""
    generator = np.random.default_rng(7)
    x = generator.normal(size=(7, 3))
    if loss in ("squared", "absolute", "huber"):
        y = 2.0 * generator.normal(size=(7, outputs))
    elif loss == "categorical_cross_entropy":
        y = np.eye(outputs)[generator.integers(0, outputs, 7)]
        if soft:
            y = generator.dirichlet(np.ones(outputs), 7)
    else:
        y = generator.integers(0, 2, (7, outputs)).astype(float)
        if soft:
            y = generator.random((7, outputs))
    mask = (generator.random((7, outputs)) < 0.7).astype(float) if masked else None
    return Dataset(
        x_train=x,
        y_train=y,
        x_test=x[:0],
        y_test=y[:0],
        feature_names=("a", "b", "c"),
        target_names=tuple(str(k) for k in range(outputs)),
        class_names=(),
        task="regression",
        mask_train=mask,
    )


def learner(
    data: Dataset, hidden: Activation, output: Activation, loss: Loss, l1: float, l2: float
) -> Learner:
    """Return a learner of a 3-4-outputs network with random weights and biases."""
    layers = (LayerSpec(4, hidden), LayerSpec(data.outputs, output))
    training = TrainingSpec(
        loss=loss, l1=l1, l2=l2, initialiser=InitialiserSpec("normal", 0.8, 0.3)
    )
    experiment = Experiment(network=NetworkSpec(3, layers), training=training, seed=3)
    return Learner(experiment, data)


def largest_difference(learning: Learner) -> float:
    """Return the largest |analytic - numeric| of all weights, relative to the gradient."""
    analytic = learning.gradient()
    numeric = np.empty_like(analytic)
    step = 1e-6
    for index in range(analytic.size):
        held = learning.theta[index]
        values = []
        for sign in (1.0, -1.0):
            learning.theta[index] = held + sign * step
            values.append(learning.train.loss() + learning.penalty())
        learning.theta[index] = held
        numeric[index] = (values[0] - values[1]) / (2.0 * step)
    return float(np.abs(analytic - numeric).max() / max(1.0, np.abs(analytic).max()))


@pytest.mark.parametrize(
    "penalty", [(0.0, 0.0), (0.02, 0.0), (0.0, 0.03)], ids=["none", "l1", "l2"]
)
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("output", SMOOTH)
@pytest.mark.parametrize("loss", LOSSES)
def test_output_activations_agree_with_central_differences(
    loss: Loss, output: Activation, outputs: int, penalty: tuple[float, float]
) -> None:
    learning = learner(dataset(outputs, loss), "tanh", output, loss, *penalty)
    assert largest_difference(learning) < 1e-6


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("loss", LOSSES)
def test_hidden_activations_agree_with_central_differences(
    loss: Loss, hidden: Activation, outputs: int
) -> None:
    output: Activation = "softmax" if loss == "categorical_cross_entropy" else "sigmoid"
    assert largest_difference(learner(dataset(outputs, loss), hidden, output, loss, 0, 0)) < 1e-6


@pytest.mark.parametrize("loss", LOSSES)
def test_free_answers_are_left_out(loss: Loss) -> None:
    data = dataset(3, loss, masked=True)
    output: Activation = "softmax" if loss == "categorical_cross_entropy" else "sigmoid"
    learning = learner(data, "tanh", output, loss, 0.0, 0.0)
    assert largest_difference(learning) < 1e-6
    assert data.mask_train is not None
    free = data.mask_train == 0.0
    other = np.where(free, 1.0 - data.y_train, data.y_train)
    if loss != "categorical_cross_entropy":  # whose targets sum to 1
        moved = learner(dataclasses.replace(data, y_train=other), "tanh", output, loss, 0.0, 0.0)
        assert moved.train.loss() == learning.train.loss()


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "categorical_cross_entropy"])
@pytest.mark.parametrize("output", ["sigmoid", "softmax", "identity"])
def test_soft_targets_agree_with_central_differences(loss: Loss, output: Activation) -> None:
    learning = learner(dataset(3, loss, soft=True), "tanh", output, loss, 0.0, 0.0)
    assert largest_difference(learning) < 1e-6


def test_three_layers_without_biases_agree_with_central_differences() -> None:
    layers = (
        LayerSpec(5, "elu", use_bias=False),
        LayerSpec(4, "softplus"),
        LayerSpec(2, "sigmoid", use_bias=False),
    )
    experiment = Experiment(
        network=NetworkSpec(3, layers),
        training=TrainingSpec(initialiser=InitialiserSpec("normal")),
    )
    learning = Learner(experiment, dataset(2, "binary_cross_entropy"))
    assert learning.theta.size == 3 * 5 + 5 * 4 + 4 + 4 * 2
    assert largest_difference(learning) < 1e-6


def test_a_wrong_gradient_is_noticed() -> None:
    learning = learner(dataset(1, "squared"), "tanh", "sigmoid", "squared", 0.0, 0.0)
    honest = learning.gradient

    def wrong() -> np.ndarray:
        gradient = honest()
        gradient[3] *= 1.0 + 1e-4
        gradient[3] += 1e-5
        return gradient

    learning.gradient = wrong  # type: ignore[method-assign]  # proves that the check can fail
    assert largest_difference(learning) > 1e-6
