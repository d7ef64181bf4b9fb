"""The perceptron rule on gates, and what cannot be trained at all."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal

from model.data import TWO_INPUT_GATES
from model.defaults import default_experiment, perceptron_training
from model.errors import ModelError
from model.experiment import (
    LOSSES,
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    Loss,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    ScheduleSpec,
    StopSpec,
    TrainingSpec,
)
from model.training import (
    Trainer,
)
from tests.model.refusals import refused


@pytest.mark.parametrize("gate", TWO_INPUT_GATES)
def test_the_perceptron_learns_what_a_line_can_separate(gate: str) -> None:
    layers = (LayerSpec(1, "step"),)
    training = TrainingSpec(
        loss="perceptron",
        optimiser=OptimiserSpec("perceptron"),
        learning_rate=1.0,
        batch_size=1,
        stop=StopSpec(epochs=300, margin=0.5),
    )
    reached = []
    for seed in range(5):
        spec = Experiment(
            data=GateData(gate), network=NetworkSpec(2, layers), training=training, seed=seed
        )
        result = Trainer(spec).run()
        reached.append((result.reason, result.snapshot.train_accuracy == 1.0))
    if gate in ("xor", "xnor"):
        assert set(reached) == {("epochs", False)}
    else:
        assert set(reached) == {("margin", True)}


def test_the_perceptron_rule_by_hand() -> None:
    layer = LayerSpec(1, "step", weights=np.array([[0.5], [-0.5]]), biases=np.array([0.25]))
    training = TrainingSpec(
        loss="perceptron",
        optimiser=OptimiserSpec("perceptron"),
        learning_rate=0.5,
        batch_size=1,
        shuffle=False,
    )
    trainer = Trainer(
        Experiment(data=GateData("and"), network=NetworkSpec(2, (layer,)), training=training)
    )
    # 00: z = 0.25, says 1, should be 0: b -= 0.5. 01: z = -0.75, right. 10: z = 0.25, says 1:
    # w1 -= 0.5 and b -= 0.5. 11: z = -1.25, says 0, should be 1: all += 0.5.
    trainer.step_epoch()
    assert trainer.network.weights[0].ravel().tolist() == [0.5, 0.0]
    assert trainer.network.biases[0].tolist() == [-0.25]


WRONG: Any = "no_such"
"""A name that mypy would not let through."""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"training": TrainingSpec(loss=WRONG)}, "experiment.range"),
        ({"training": TrainingSpec(optimiser=OptimiserSpec(WRONG))}, "experiment.range"),
        ({"training": TrainingSpec(schedule=ScheduleSpec(WRONG))}, "experiment.range"),
        ({"training": TrainingSpec(initialiser=InitialiserSpec(WRONG))}, "experiment.range"),
        ({"network": NetworkSpec(3, (LayerSpec(1, "sigmoid"),))}, "network.inputs"),
        ({"network": NetworkSpec(2, (LayerSpec(2, "sigmoid"),))}, "network.outputs"),
        ({"network": NetworkSpec(2, (LayerSpec(0), LayerSpec(1)))}, "experiment.range"),
        ({"network": NetworkSpec(2, (LayerSpec(10**9), LayerSpec(1)))}, "network.too_large"),
        ({"network": NetworkSpec(0, (LayerSpec(1),))}, "experiment.range"),
        (
            {"network": NetworkSpec(2, (LayerSpec(2, "step"), LayerSpec(1)))},
            "training.step_gradient",
        ),
        (
            {"network": NetworkSpec(2, (LayerSpec(2, "softmax"), LayerSpec(1)))},
            "network.hidden_softmax",
        ),
        ({"network": NetworkSpec(2, (LayerSpec(1, weights=np.ones((3, 1))),))}, "network.shape"),
        (
            {"network": NetworkSpec(2, (LayerSpec(1, weights=np.full((2, 1), np.nan)),))},
            "network.not_finite",
        ),
        (
            {"training": TrainingSpec(optimiser=OptimiserSpec("perceptron"))},
            "training.perceptron_layers",
        ),
        ({"training": TrainingSpec(learning_rate=float("inf"))}, "experiment.range"),
        ({"training": TrainingSpec(loss="categorical_cross_entropy")}, "training.loss_domain"),
        ({"seed": -1}, "seed.negative"),
        ({"data": GateData("nope")}, "data.unknown_gate"),
        ({"data": PlaneData("regression_plane")}, "training.loss_domain"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_remedy(
    change: dict[str, object], code: str
) -> None:
    with refused(code) as caught:
        Trainer(msgspec.structs.replace(Experiment(), **change))
    assert len(caught.value.sentence()) > 20


def step_unit(loss: Loss) -> Experiment:
    """Return AND for one step unit under the perceptron rule, with the usual stop rules."""
    usual = default_experiment(GateData("and"), hidden=())
    training = replace(usual.training, optimiser=OptimiserSpec("perceptron"), loss=loss)
    network = NetworkSpec(2, (LayerSpec(1, "step"),))
    return replace(usual, network=network, training=training)


# -- Its loss --------------------------------------------------------------------------------------


def perceptron(gate: str, weights: list[float], bias: float, **more: Any) -> Trainer:
    """Return one step unit with these weights, about to learn a gate by the rule."""
    layer = LayerSpec(1, "step", weights=np.array(weights).reshape(-1, 1), biases=np.array([bias]))
    training = perceptron_training(TrainingSpec(shuffle=False, **more))
    return Trainer(
        Experiment(data=GateData(gate), network=NetworkSpec(2, (layer,)), training=training)
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_of_a_perceptron_is_its_share_of_mistakes_whatever_was_chosen(loss: Loss) -> None:
    # z = -.5, .5, .5, 1.5 on 00, 01, 10, 11: right for OR, and one mistake for XOR.
    assert perceptron("or", [1.0, 1.0], -0.5, loss=loss).snapshot().train_loss == 0.0
    assert perceptron("xor", [1.0, 1.0], -0.5, loss=loss).snapshot().train_loss == 0.25
    # At z = 0 it says 0, which is a mistake where 1 is wanted.
    assert perceptron("xor", [0.0, 0.0], 0.0, loss=loss).snapshot().train_loss == 0.5
    learning = Trainer(step_unit(loss))
    assert learning.run().reason == "margin"
    answers = learning.network.forward(learning.dataset.x_train)
    assert_array_equal(answers, learning.dataset.y_train)


def test_a_perceptron_of_values_is_refused_with_its_own_remedy() -> None:
    training = perceptron_training(TrainingSpec())
    experiment = Experiment(
        data=PlaneData("regression_plane"),
        network=NetworkSpec(2, (LayerSpec(1, "step"),)),
        training=training,
    )
    with pytest.raises(ModelError, match="perceptron answers 0 or 1"):
        Trainer(experiment)
