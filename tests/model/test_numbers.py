"""Activations, initialisers, network, metrics and losses, by hand and by independent formulas."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn import metrics as reference

from model.errors import ModelError
from model.experiment import (
    Activation,
    Experiment,
    Initialiser,
    InitialiserSpec,
    LayerSpec,
    Loss,
    NetworkSpec,
    TrainingSpec,
)
from model.initialisers import draw_layer, initialise
from model.metrics import (
    accuracy,
    baseline,
    confusion,
    decide,
    decision_threshold,
    margins,
    r_squared,
)
from model.network import Network
from model.randomness import generator_from, generator_state, streams
from tests.model.refusals import refused

Z = np.array([[-800.0, -3.0, -0.5], [0.0, 0.5, 40.0]])


def test_a_weight_is_set_by_its_place_and_rows_must_fit() -> None:
    network = Network(NetworkSpec(2, (LayerSpec(2), LayerSpec(1, "identity"))))
    network.set_weight(1, 2, 0, 3.5)  # the bias
    assert network.forward(np.array([[1.0, 2.0]])).tolist() == [[3.5]]
    assert network.parameter_count() == 9
    for place in ((2, 0, 0), (0, 3, 0), (0, 0, 2), (-1, 0, 0)):
        with pytest.raises(ModelError):
            network.set_weight(*place, 1.0)
    with refused("network.input_shape"):
        network.forward(np.zeros((3, 4)))


@pytest.mark.parametrize(
    ("name", "scale"),
    [("normal", -1.0), ("uniform", -1.0), ("uniform", 1.7e308), ("he", 1.7e308), ("xavier", -0.5)],
)
def test_weights_that_cannot_be_drawn_are_refused(name: Initialiser, scale: float) -> None:
    training = TrainingSpec(initialiser=InitialiserSpec(name, scale=scale))
    with refused("experiment.range") as caught:
        initialise(Experiment(training=training))
    assert caught.value.values["value"] == scale


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("normal", 0.7),
        ("uniform", 0.7 / np.sqrt(3)),
        ("xavier", 0.7 * np.sqrt(2 / 500)),
        ("he", 0.7 * np.sqrt(2 / 300)),
        ("lecun", 0.7 * np.sqrt(1 / 300)),
        ("constant", 0.0),
        ("zeros", 0.0),
    ],
)
def test_initialisers_have_the_deviation_they_promise(name: str, deviation: float) -> None:
    spec = InitialiserSpec(name, 0.7)  # type: ignore[arg-type]  # the parameter's literals
    drawn = draw_layer(spec, LayerSpec(200), (300,), np.random.default_rng(0))
    assert drawn.shape == (300, 200)
    assert drawn.std() == pytest.approx(deviation, rel=0.02, abs=1e-15)
    assert drawn.mean() == pytest.approx(0.7 if name == "constant" else 0.0, abs=0.01)


def test_typed_weights_leave_the_others_draws_alone() -> None:
    typed = LayerSpec(4, "tanh", weights=np.ones((2, 4)))
    plain = Experiment(seed=3)
    mixed = Experiment(seed=3, network=NetworkSpec(2, (typed, LayerSpec(1, "sigmoid"))))
    a, b = initialise(plain).network.layers, initialise(mixed).network.layers
    assert b[0].weights is not None
    assert b[0].weights.tolist() == np.ones((2, 4)).tolist()
    assert_array_equal(a[1].weights, b[1].weights)


def test_generators_go_on_from_their_state() -> None:
    generator = streams(5).order
    generator.random(7)
    again = generator_from(generator_state(generator))
    assert again.random(5).tolist() == generator.random(5).tolist()
    for damaged in ({}, {"state": {"state": "x", "inc": "1"}}, {"state": 3}):
        with refused("progress.generator"):
            generator_from(damaged)


def test_metrics_agree_with_scikit_learn() -> None:
    generator = np.random.default_rng(2)
    actual = generator.integers(0, 3, 200)
    outputs = generator.random((200, 3)) + np.eye(3)[actual]
    y = np.eye(3)[actual]
    predicted = decide(outputs, "multiclass")
    matrix = confusion(predicted, actual, 3)
    assert_array_equal(matrix, reference.confusion_matrix(actual, predicted))
    assert accuracy(outputs, y, "multiclass") == reference.accuracy_score(actual, predicted)
    values, guesses = generator.normal(size=(50, 1)), generator.normal(size=(50, 1))
    assert r_squared(guesses, values) == pytest.approx(reference.r2_score(values, guesses))
    for equal in (np.ones((4, 1)), np.full((3, 2), 0.1), np.array([[2.5]])):
        assert np.isnan(r_squared(equal, equal)), "nothing varies that could be explained"
        assert np.isnan(r_squared(equal + 1.0, equal))


def test_baselines_ignore_the_inputs() -> None:
    y = np.array([[0.0], [0.0], [1.0]])
    assert baseline(y, y, "binary") == pytest.approx(2 / 3)
    assert baseline(y, np.array([[1.0], [1.0]]), "binary") == 0.0
    assert baseline(y, y, "regression") == pytest.approx(0.0)
    both = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0]])
    assert baseline(both, both, "multilabel") == pytest.approx(2 / 3)


def test_margins_by_hand() -> None:
    outputs, y = np.array([[0.9], [0.4], [0.2]]), np.array([[1.0], [1.0], [0.0]])
    assert margins(outputs, y, "binary") == pytest.approx([0.4, -0.1, 0.3])
    assert margins(outputs, y, "binary", mask=np.array([[1.0], [0.0], [1.0]]))[1] == np.inf
    classes = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
    targets = np.array([[1.0, 0, 0], [1.0, 0, 0]])
    assert margins(classes, targets, "multiclass") == pytest.approx([0.25, -0.05])
    assert margins(np.array([[3.0]]), np.array([[2.5]]), "regression") == pytest.approx([-0.5])


@pytest.mark.parametrize(
    ("loss", "output", "threshold"),
    [
        ("binary_cross_entropy", "sigmoid", 0.5),
        ("binary_cross_entropy", "identity", 0.0),
        ("hinge", "identity", 0.0),
        ("hinge", "tanh", 0.0),
        ("perceptron", "step", 0.5),
        ("squared", "identity", 0.5),
    ],
)
def test_logits_are_decided_at_nought(loss: Loss, output: Activation, threshold: float) -> None:
    experiment = Experiment(
        network=NetworkSpec(2, (LayerSpec(1, output),)), training=TrainingSpec(loss=loss)
    )
    assert decision_threshold(experiment) == threshold


@pytest.mark.parametrize("dtype", ["int32", "float16", "complex128"])
def test_a_network_is_of_float64_or_float32(dtype: str) -> None:
    with pytest.raises(ModelError, match="float64 or float32"):
        Network(NetworkSpec(1, (LayerSpec(1, weights=np.ones((1, 1))),)), dtype)
