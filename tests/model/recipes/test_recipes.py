"""The figures of the articles' notes that take many runs to obtain are obtained again."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from model.defaults import default_experiment
from model.experiment import (
    PlaneData,
    TableData,
)
from model.recipes import hand_set_network, quadrant_answers, recipe_for
from model.recipes.quadrants import gate_weights
from model.training import Trainer

pytestmark = pytest.mark.thorough


def printed(values: np.ndarray, digits: int) -> list[float]:
    return [round(float(v), digits) for v in values]


def test_hand_set_weights_emulate_the_gates() -> None:
    (w1, w2), b = gate_weights("and")
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    answers = 1 / (1 + np.exp(-(corners @ np.array([w1, w2]) + b)))
    assert printed(answers, 4) == [0.0, 0.0067, 0.0067, 0.9933]
    points = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1], [0.1, 0.1]], float)
    answers = quadrant_answers(hand_set_network(), points)
    assert printed(answers, 4) == [0.9857, 0.9857, -0.9847, -0.9847, -0.4363]
    assert round(float(answers[4]), 2) == -0.44
    assert hand_set_network().data == PlaneData("quadrants", 200, noise=0.0)


def test_the_corrected_titanic_network_beats_always_saying_died_from_most_starts() -> None:
    better = 0
    for seed in range(4):
        recipe = recipe_for(replace(default_experiment(TableData("titanic")), seed=seed))
        assert recipe is not None
        trainer = Trainer(recipe.corrected)
        accuracy = trainer.run().snapshot.test_accuracy
        died = 1.0 - trainer.dataset.y_test.mean()
        better += accuracy is not None and bool(accuracy > died + 0.08)
    assert better >= 3
