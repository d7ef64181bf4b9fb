"""Every gradient against central differences of the very loss that is reported."""

from __future__ import annotations

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


def dataset(outputs: int, loss: Loss, *, masked: bool) -> Dataset:
    """Return 7 random rows of 3 features whose targets suit the loss, soft where they may be."""
    generator = np.random.default_rng(7)
    x = generator.normal(size=(7, 3))
    if loss in ("squared", "absolute", "huber"):
        y = 2.0 * generator.normal(size=(7, outputs))
    elif loss == "categorical_cross_entropy":
        y = generator.dirichlet(np.ones(outputs), 7)
    elif loss == "binary_cross_entropy":
        y = generator.random((7, outputs))
    else:
        y = generator.integers(0, 2, (7, outputs)).astype(float)
    mask = (generator.random((7, outputs)) < 0.7).astype(float) if masked else None
    names = tuple(map(str, range(outputs)))
    return Dataset(x, y, x[:0], y[:0], ("a", "b", "c"), names, (), "regression", mask_train=mask)


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


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("output", SMOOTH)
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_agree_with_central_differences(
    loss: Loss, output: Activation, outputs: int, masked: bool
) -> None:
    data = dataset(outputs, loss, masked=masked)
    for number, hidden in enumerate(HIDDEN):
        training = TrainingSpec(
            loss=loss,
            l1=0.02 * (number % 3 == 1),
            l2=0.03 * (number % 3 == 2),
            initialiser=InitialiserSpec("normal", 0.8, 0.3),
        )
        network = NetworkSpec(3, (LayerSpec(4, hidden), LayerSpec(outputs, output)))
        learner = Learner(Experiment(network=network, training=training, seed=3), data)
        assert largest_difference(learner) < 1e-6
