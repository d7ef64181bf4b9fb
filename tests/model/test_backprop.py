"""The readable definition against an oracle of single numbers, and the kernels against it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from model.backprop import forward, loss_and_gradients
from model.data import Dataset
from model.errors import ModelError
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
from model.initialisers import initialise
from model.training.learner import Learner
from tests.model import scalar_oracle
from tests.model.refusals import refused

# The oracle adds exactly (fsum) and calls libm where NumPy has polynomials of its own, each good to
# 4 units in the last place. Sums here have at most 7 x 5 terms of size 1 to 30, through three
# layers: 1e3 roundings of 1.1e-16, of values below 100.
NEAR: dict[str, Any] = {"rtol": 1e-11, "atol": 1e-12}


def targets(outputs: int, loss: Loss, rows: int) -> np.ndarray:
    """Return random targets that suit the loss."""
    generator = np.random.default_rng(outputs)
    if loss in ("squared", "absolute", "huber"):
        return 2.0 * generator.normal(size=(rows, outputs))
    if loss == "categorical_cross_entropy":
        return generator.dirichlet(np.ones(outputs), rows)
    return generator.integers(0, 2, (rows, outputs)).astype(float)


def experiment(
    hidden: tuple[Activation, ...], output: Activation, outputs: int, loss: Loss, *, bias: bool
) -> Experiment:
    """Return an experiment of 3 inputs, some hidden layers and an output layer, weights drawn."""
    layers = (
        *(LayerSpec(5 - number, name, use_bias=bias) for number, name in enumerate(hidden)),
        LayerSpec(outputs, output),
    )
    training = TrainingSpec(loss=loss, initialiser=InitialiserSpec("normal", 0.8, 0.3))
    return initialise(Experiment(network=NetworkSpec(3, layers), training=training, seed=5))


def combinations() -> Iterator[tuple[tuple[Activation, ...], Activation, int, Loss, bool]]:
    """Yield every loss with every output, every hidden activation, one and several outputs."""
    hidden = [name for name in ACTIVATIONS if name not in ("step", "softmax")]
    for loss in LOSSES:
        for number, output in enumerate(ACTIVATIONS):
            for outputs in (1, 3):
                depth = number % 3
                names = tuple(hidden[(number + k) % len(hidden)] for k in range(depth))
                yield names, output, outputs, loss, bool(outputs > 1)
    for name in hidden:
        yield (name, name), "sigmoid", 1, "binary_cross_entropy", True


COMBINATIONS = tuple(combinations())
# A step learns by the perceptron rule alone, which test_perceptron holds.
TRAINED = tuple(one for one in COMBINATIONS if one[1] != "step")


def rows_of(made: Experiment, loss: Loss) -> tuple[np.ndarray, np.ndarray]:
    """Return 7 random rows and their targets."""
    x = np.random.default_rng(2).normal(size=(7, 3))
    return x, targets(made.network.layers[-1].units, loss, 7)


@pytest.mark.parametrize(("hidden", "output", "outputs", "loss", "bias"), COMBINATIONS)
def test_every_number_is_the_oracles(
    hidden: tuple[Activation, ...], output: Activation, outputs: int, loss: Loss, bias: bool
) -> None:
    made = experiment(hidden, output, outputs, loss, bias=bias)
    x, t = rows_of(made, loss)
    plain = scalar_oracle.plain_layers(made.network.layers)
    rows = [
        scalar_oracle.follow(plain, row, target, [1.0] * outputs, loss)
        for row, target in zip(x.tolist(), t.tolist(), strict=True)
    ]
    value, gradients = loss_and_gradients(made.network, x, t, loss)
    wanted = math.fsum(row.loss for row in rows) / len(rows)
    assert value == pytest.approx(wanted, rel=1e-11, abs=1e-12)
    for number, passed in enumerate(forward(made.network, x)):
        assert_allclose(passed.z, [row.z[number] for row in rows], **NEAR)
        assert_allclose(passed.a, [row.a[number] for row in rows], **NEAR)
    for (number, row, unit), slope in scalar_oracle.mean_gradient(rows).items():
        own = gradients[number]
        found = own.weights[row, unit] if row < len(own.weights) else own.biases[unit]
        assert found == pytest.approx(slope, rel=1e-11, abs=1e-12)
    for layer, gradient in zip(made.network.layers, gradients, strict=True):
        assert layer.use_bias or not gradient.biases.any()


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("hidden", "output", "outputs", "loss", "bias"), TRAINED)
def test_the_training_kernels_compute_the_definition(
    hidden: tuple[Activation, ...],
    output: Activation,
    outputs: int,
    loss: Loss,
    bias: bool,
    masked: bool,
) -> None:
    made = experiment(hidden, output, outputs, loss, bias=bias)
    x, t = rows_of(made, loss)
    mask = (np.random.default_rng(4).random(t.shape) < 0.7).astype(float) if masked else None
    data = Dataset(
        x_train=x,
        y_train=t,
        x_test=x[:0],
        y_test=t[:0],
        feature_names=("a", "b", "c"),
        target_names=tuple(map(str, range(outputs))),
        class_names=(),
        task="regression",
        mask_train=mask,
    )
    learner = Learner(made, data)
    value, gradients = loss_and_gradients(made.network, x, t, loss, mask)
    flat = [
        part
        for gradient, layer in zip(gradients, made.network.layers, strict=True)
        for part in (gradient.weights.ravel(), gradient.biases if layer.use_bias else [])
    ]
    with np.errstate(over="ignore"):
        assert learner.train.loss() == pytest.approx(value, rel=1e-11, abs=1e-12)
    assert_allclose(learner.gradient(), np.concatenate(flat), **NEAR)


def test_a_network_worked_out_by_hand() -> None:
    """One row through 2-2-1, sigmoid throughout, squared loss; all on half a page of paper.

    x = (1, 0), t = 1. W1 = ((.5, -.5), (.3, .8)), b1 = (0, 0); W2 = (1, -1), b2 = 0.

    z1 = (.5, -.5), a1 = (.6225, .3775); z2 = .6225 - .3775 = .2449, a2 = .5609.
    L = (.5609 - 1)^2 / 2 = .0964. delta2 = (.5609 - 1) * .5609 * .4391 = -.1081.
    dL/dW2 = (-.1081 * .6225, -.1081 * .3775) = (-.0673, -.0408).
    delta1 = (-.1081 * 1, -.1081 * -1) * .6225 * .3775 = (-.0254, .0254).
    dL/dW1 = ((-.0254, .0254), (0, 0)).
    """
    network = NetworkSpec(
        2,
        (
            LayerSpec(2, "sigmoid", weights=np.array([[0.5, -0.5], [0.3, 0.8]])),
            LayerSpec(1, "sigmoid", weights=np.array([[1.0], [-1.0]])),
        ),
    )
    x, t = np.array([[1.0, 0.0]]), np.array([[1.0]])
    value, (first, second) = loss_and_gradients(network, x, t, "squared")
    hidden, output = forward(network, x)
    # Four printed digits are within half a unit of the fourth.
    near: dict[str, Any] = {"rtol": 0.0, "atol": 5e-5}
    assert_allclose(hidden.a, [[0.6225, 0.3775]], **near)
    assert_allclose(output.z, [[0.2449]], **near)
    assert_allclose(output.a, [[0.5609]], **near)
    assert_allclose(value, 0.0964, **near)
    assert_allclose(second.delta, [[-0.1081]], **near)
    assert_allclose(second.weights, [[-0.0673], [-0.0408]], **near)
    assert_allclose(first.delta, [[-0.0254, 0.0254]], **near)
    assert_allclose(first.weights, [[-0.0254, 0.0254], [0.0, 0.0]], **near)


X, T = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
EYE = NetworkSpec(2, (LayerSpec(2, "sigmoid", weights=np.eye(2)),))
UNDRAWN = NetworkSpec(2, (*EYE.layers, LayerSpec(2)))
OTHER_SHAPE = NetworkSpec(2, (LayerSpec(3, weights=np.eye(2)),))


@pytest.mark.parametrize(
    ("network", "x", "t", "mask", "code"),
    [
        (UNDRAWN, X, T, None, "network.not_drawn"),
        (OTHER_SHAPE, X, np.zeros((2, 3)), None, "network.shape"),
        (EYE, np.zeros((2, 3)), T, None, "network.input_shape"),
        (EYE, X[None], T, None, "network.input_shape"),
        # NumPy would stretch each of these over the outputs and give the loss of something else.
        (EYE, X, T[:1], None, "network.target_shape"),
        (EYE, X, T[:, :1], None, "network.target_shape"),
        (EYE, X, T[0], None, "network.target_shape"),
        (EYE, X, T, np.ones(2), "network.target_shape"),
        (EYE, X[:0], T[:0], None, "experiment.range"),
    ],
)
def test_what_does_not_fit_is_refused(
    network: NetworkSpec, x: np.ndarray, t: np.ndarray, mask: np.ndarray | None, code: str
) -> None:
    with refused(code):
        loss_and_gradients(network, x, t, "squared", mask)


@pytest.mark.parametrize("wrong", [{"name": "mse"}, {"name": "squared", "slope_at": "q"}])
def test_a_loss_or_slope_that_is_not_known_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="Use "):
        loss_and_gradients(EYE, X, T, **wrong)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_large_sums_give_the_limit_and_no_warning(activation: Activation) -> None:
    network = NetworkSpec(2, (LayerSpec(2, activation, weights=np.eye(2) * -1e3),))
    value, (gradient,) = loss_and_gradients(network, X, T, "absolute")
    assert np.isfinite(value)
    assert np.isfinite(gradient.weights).all()
