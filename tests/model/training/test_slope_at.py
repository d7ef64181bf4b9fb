"""The slope that is taken at the activation by mistake: trainer, ensemble, textbook and trace."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from model.activations import activate, bind, derivative
from model.experiment import (
    ACTIVATIONS,
    Activation,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    StopSpec,
    TrainingSpec,
)
from model.initialisers import initialise
from model.insight import check_gradient
from model.insight.step.trace import trace
from model.training import Trainer
from model.training.ensemble.population import Population
from model.training.learner import Learner
from model.training.messages import SetSettings


def experiment(hidden: Activation = "sigmoid", epochs: int = 20) -> Experiment:
    training = TrainingSpec(
        loss="squared", learning_rate=0.7, stop=StopSpec(epochs=epochs), slope_at="a"
    )
    layers = (LayerSpec(3, hidden), LayerSpec(1, "sigmoid"))
    return initialise(
        Experiment(data=GateData("xor"), network=NetworkSpec(2, layers), training=training)
    )


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in ("softmax", "step")])
def test_the_slope_is_that_of_the_activated_value(name: Activation) -> None:
    z = np.linspace(-2.0, 2.0, 9)[None, :]
    a = z.copy()
    kernel = bind(name, a, "a")
    kernel.forward()
    slopes = np.ones_like(a)
    kernel.backward(slopes)
    assert np.array_equal(a, activate(name, z.T).T)
    assert slopes == pytest.approx(derivative(name, a.T).T, rel=4e-16)


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu"])
def test_one_row_traced_by_the_book_is_what_the_trainer_does(hidden: Activation) -> None:
    start = experiment(hidden)
    gradients = np.zeros_like(Learner(start).theta)
    for row in range(4):
        found = trace(start, row)
        parts = zip(found.weight_gradients, found.bias_gradients, strict=True)
        gradients += np.concatenate([np.vstack([w, b]).ravel() for w, b in parts]) / 4.0
    assert Learner(start).gradient() == pytest.approx(gradients, rel=1e-13, abs=1e-16)


def test_it_is_no_gradient() -> None:
    wrong = experiment()
    right = replace(wrong, training=replace(wrong.training, slope_at="z", l1=0.02, l2=0.03))
    assert check_gradient(right, 1, 0, 0).passed
    assert not check_gradient(wrong, 1, 0, 0).passed


def test_a_lottery_makes_the_same_mistake() -> None:
    start = replace(experiment(), seed=5)
    bare = tuple(replace(layer, weights=None, biases=None) for layer in start.network.layers)
    start = replace(start, network=replace(start.network, layers=bare))
    alone = Trainer(start)
    alone.run()
    (member,) = Population(start, [5]).run().values()
    together = member.experiment.network.layers[0].weights
    assert together == pytest.approx(alone.network.weights[0], rel=1e-12)


def test_it_can_be_mended_while_training() -> None:
    learner = Learner(experiment())
    wrong = learner.gradient()
    training = replace(learner.training, slope_at="z")
    learner.apply(SetSettings(replace(learner.settings, training=training)))
    right = Learner(replace(experiment(), training=learner.training)).gradient()
    assert np.array_equal(learner.gradient(), right)
    assert not np.allclose(wrong, right)
