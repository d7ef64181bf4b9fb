"""The border on the map where answers jump, or hardly differ."""

from __future__ import annotations

import dataclasses
import itertools

import msgspec
import numpy as np
import pytest

from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.state import Activity
from model.defaults import default_experiment
from model.experiment import GateData, LayerSpec, Loss, NetworkSpec
from model.training import Trainer
from tests.gui.build_tab.plot_states import state_of
from tests.model.training.test_perceptron import step_unit

replace = msgspec.structs.replace


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "perceptron"])
def test_both_answers_of_a_step_unit_have_their_class_colour(
    panel: OutputPanel, loss: Loss
) -> None:
    trainer = Trainer(step_unit(loss))
    result = trainer.run(lambda: False, lambda snapshot: None)
    panel.show_state(state_of(trainer, result.snapshot))
    picture = panel.map.grab().toImage()
    zero = picture.pixelColor(panel.map.to_px(0.25, 0.25).toPoint())
    one = picture.pixelColor(panel.map.to_px(0.9, 0.8).toPoint())
    assert zero.red() > zero.blue() + 40  # orange, class 0
    assert one.blue() > one.red() + 40  # blue, class 1


def test_the_border_of_a_step_unit_is_a_straight_line(panel: OutputPanel) -> None:
    """The line runs where the weighted sum is 0, not around the corners of the map's cells."""
    unit = LayerSpec(1, "step", weights=np.array([[1.0], [1.7]]), biases=np.array([-1.3]))
    experiment = replace(step_unit("perceptron"), network=NetworkSpec(2, (unit,)))
    trainer = Trainer(experiment)
    panel.show_state(state_of(trainer, trainer.snapshot()))
    picture = panel.map.grab().toImage()
    x1 = np.linspace(-0.2, 1.2, 400)
    line = [panel.map.to_px(x, y).toPoint() for x, y in zip(x1, (1.3 - x1) / 1.7, strict=True)]
    assert max(picture.pixelColor(at).lightness() for at in line) < 100


@pytest.mark.parametrize("scale", [1e-6, 1e-9])
def test_the_border_of_tiny_weights_is_a_straight_line_while_training_runs(
    panel: OutputPanel, scale: float
) -> None:
    """Answers in 32 bits are all but one half then, in steps or all the same."""
    weights, bias = scale * np.array([[1.0], [1.7]]), scale * np.array([-1.3])
    unit = LayerSpec(1, "sigmoid", weights=weights, biases=bias)
    experiment = replace(default_experiment(GateData("or")), network=NetworkSpec(2, (unit,)))
    trainer = Trainer(experiment)
    state = dataclasses.replace(state_of(trainer, trainer.snapshot()), activity=Activity.TRAINING)
    assert state.running
    panel.show_state(state)
    picture = panel.map.grab().toImage()
    x1 = np.linspace(-0.2, 1.2, 400)
    line = [panel.map.to_px(x, y).toPoint() for x, y in zip(x1, (1.3 - x1) / 1.7, strict=True)]
    points = [panel.map.to_px(x, y).toPoint() for x, y in itertools.product((0, 1), (0, 1))]
    clear = [at for at in line if all((at - each).manhattanLength() > 24 for each in points)]
    for at in clear:
        beside = [picture.pixelColor(at.x(), at.y() + by).lightness() for by in (-1, 0, 1)]
        assert min(beside) < 100
