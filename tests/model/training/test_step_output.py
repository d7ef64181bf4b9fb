"""A unit that answers 0 or 1 is decided at one half, whatever loss is left beside it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from model.defaults import default_experiment
from model.experiment import Experiment, GateData, LayerSpec, Loss, NetworkSpec, OptimiserSpec
from model.metrics import decision_threshold
from model.training import Trainer

replace = msgspec.structs.replace


def step_unit(loss: Loss) -> Experiment:
    """Return AND for one step unit under the perceptron rule, with the usual stop rules."""
    usual = default_experiment(GateData("and"), hidden=())
    training = replace(usual.training, optimiser=OptimiserSpec("perceptron"), loss=loss)
    network = NetworkSpec(2, (LayerSpec(1, "step"),))
    return replace(usual, network=network, training=training)


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "hinge", "perceptron", "squared"])
def test_a_step_unit_stops_once_every_row_is_right(loss: Loss) -> None:
    trainer = Trainer(step_unit(loss))
    assert decision_threshold(trainer.experiment()) == 0.5
    result = trainer.run(lambda: False, lambda snapshot: None)
    assert result.reason == "margin"
    assert result.snapshot.epoch < trainer.experiment().training.stop.epochs
    answers = trainer.network.forward(trainer.dataset.x_train)
    np.testing.assert_array_equal(answers, trainer.dataset.y_train)
