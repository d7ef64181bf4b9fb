"""Two hundred steps of every optimiser beside scikit-learn, or beside its paper's equations."""

from __future__ import annotations

import warnings

import msgspec
import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from model.data import Dataset
from model.experiment import (
    Experiment,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    ScheduleSpec,
    TrainingSpec,
)
from model.initialisers import initialise
from model.training.learner import Learner
from model.training.optimisers import learning_rate_at

STEPS = 200


def rows(task: str) -> Dataset:
    """Return 20 random rows of 3 features."""
    generator = np.random.default_rng(5)
    x = generator.normal(size=(20, 3))
    if task == "regression":
        y = generator.normal(size=(20, 2))
    elif task == "binary":
        y = generator.integers(0, 2, (20, 1)).astype(float)
    else:
        y = np.eye(3)[np.arange(20) % 3]
    names = tuple(str(k) for k in range(y.shape[1]))
    return Dataset(x, y, x[:0], y[:0], ("a", "b", "c"), names, names, "multilabel")


def start(task: str, optimiser: OptimiserSpec, rate: float, l2: float = 0.0) -> Learner:
    """Return a 3-5-4-outputs learner of random weights."""
    data = rows(task)
    output, loss = {
        "regression": ("identity", "squared"),
        "binary": ("sigmoid", "binary_cross_entropy"),
        "multiclass": ("softmax", "categorical_cross_entropy"),
    }[task]
    layers = [
        {"units": 5, "activation": "tanh"},
        {"units": 4, "activation": "tanh"},
        {"units": data.outputs, "activation": output},
    ]
    spec = TrainingSpec(
        optimiser=optimiser,
        learning_rate=rate,
        l2=l2,
        initialiser=InitialiserSpec("normal", 0.7, 0.1),
    )
    experiment = Experiment(
        network=NetworkSpec(3, tuple(msgspec.convert(layer, LayerSpec) for layer in layers)),
        training=msgspec.structs.replace(spec, loss=loss),
        seed=8,
    )
    return Learner(initialise(experiment), data)


def sklearn_after(learner: Learner, task: str, **settings: object) -> list[np.ndarray]:
    """Return scikit-learn's weights and biases after the same steps from the same start."""
    kind = MLPRegressor if task == "regression" else MLPClassifier
    net = kind(
        hidden_layer_sizes=(5, 4),
        activation="tanh",
        batch_size=20,
        shuffle=False,
        random_state=0,
        **settings,
    )
    data = learner.dataset
    if task == "regression":
        target, extra = data.y_train, {}
    else:
        target = data.labels_train
        extra = {"classes": np.unique(target)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.partial_fit(data.x_train, target, **extra)
        # Take our start and a fresh optimiser in the place of what that first step left.
        for mine, theirs in zip(learner.network.weights, net.coefs_, strict=True):
            theirs[:] = mine
        for mine, theirs in zip(learner.network.biases, net.intercepts_, strict=True):
            theirs[:] = mine
        del net._optimizer
        for _ in range(STEPS):
            net.partial_fit(data.x_train, target)
    return [*net.coefs_, *net.intercepts_]


def ours_after(learner: Learner) -> list[np.ndarray]:
    for _ in range(STEPS):
        learner.advance()
    return [*learner.network.weights, *learner.network.biases]


def assert_same(ours: list[np.ndarray], theirs: list[np.ndarray]) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
@pytest.mark.parametrize(
    ("optimiser", "settings"),
    [
        (OptimiserSpec("sgd"), {"solver": "sgd", "momentum": 0.0}),
        (
            OptimiserSpec("momentum", momentum=0.8),
            {"solver": "sgd", "momentum": 0.8, "nesterovs_momentum": False},
        ),
        (
            OptimiserSpec("nesterov", momentum=0.8),
            {"solver": "sgd", "momentum": 0.8, "nesterovs_momentum": True},
        ),
        # scikit-learn adds epsilon before the bias correction, the paper and we after it.
        (OptimiserSpec("adam", epsilon=1e-30), {"solver": "adam", "epsilon": 1e-30}),
    ],
    ids=["sgd", "momentum", "nesterov", "adam"],
)
def test_scikit_learn_goes_the_same_way(
    task: str, optimiser: OptimiserSpec, settings: dict[str, object]
) -> None:
    rate = 0.01 if optimiser.name == "adam" else 0.1
    learner = start(task, optimiser, rate)
    theirs = sklearn_after(learner, task, alpha=0.0, learning_rate_init=rate, **settings)
    before = learner.theta.copy()
    ours = ours_after(learner)
    assert np.abs(learner.theta - before).max() > 0.05
    assert_same(ours, theirs)


def test_scikit_learn_penalises_alike() -> None:
    learner = start("binary", OptimiserSpec("sgd"), 0.1, l2=0.05)
    # Its penalty is divided by the rows, ours is not.
    theirs = sklearn_after(
        learner, "binary", alpha=0.05 * 20, learning_rate_init=0.1, solver="sgd", momentum=0.0
    )
    assert_same(ours_after(learner), theirs)


def test_schedules_by_hand() -> None:
    step = ScheduleSpec("step", every=10, factor=0.5)
    assert [learning_rate_at(0.8, step, e) for e in (0, 9, 10, 20, 39)] == [0.8, 0.8, 0.4, 0.2, 0.1]
    cosine = ScheduleSpec("cosine", every=100)
    found = [learning_rate_at(1.0, cosine, e) for e in (0, 50, 100, 500)]
    assert found == pytest.approx([1.0, 0.5, 0.0, 0.0], abs=1e-15)
    assert learning_rate_at(0.3, ScheduleSpec(), 1000) == 0.3
