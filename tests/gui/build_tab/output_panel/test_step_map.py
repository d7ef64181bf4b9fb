"""The border on the map where answers jump, or hardly differ."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
import pytest

from gui.build_tab.output_panel.panel import OutputPanel
from model.defaults import default_experiment
from model.experiment import Activation, GateData, LayerSpec, Loss, NetworkSpec
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


@pytest.mark.parametrize(
    ("activation", "scale"), [("step", 1.0), ("sigmoid", 1e-6), ("sigmoid", 1e-9)]
)
def test_the_border_of_one_unit_is_a_straight_line(
    panel: OutputPanel, activation: Activation, scale: float
) -> None:
    """It runs where the weighted sum is 0, not around the corners of the map's cells.

    In a training answers are of 32 bits: those of tiny weights are all but one half.
    """
    weights, bias = scale * np.array([[1.0], [1.7]]), scale * np.array([-1.3])
    unit = LayerSpec(1, activation, weights=weights, biases=bias)
    experiment = replace(step_unit("perceptron"), network=NetworkSpec(2, (unit,)))
    if activation == "sigmoid":
        experiment = replace(default_experiment(GateData("or")), network=experiment.network)
    trainer = Trainer(experiment)
    panel.show_state(state_of(trainer, trainer.snapshot(), running=activation == "sigmoid"))
    picture = panel.map.grab().toImage()
    points = [panel.map.to_px(x, y).toPoint() for x, y in itertools.product((0, 1), (0, 1))]
    for x in np.linspace(-0.2, 1.2, 400).tolist():
        at = panel.map.to_px(x, (1.3 - x) / 1.7).toPoint()
        if all((at - each).manhattanLength() > 24 for each in points):
            beside = [picture.pixelColor(at.x(), at.y() + by).lightness() for by in (-1, 0, 1)]
            assert min(beside) < 100
