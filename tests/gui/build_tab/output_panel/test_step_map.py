"""The map of a unit that answers 0 or 1."""

from __future__ import annotations

import pytest

from gui.build_tab.output_panel.panel import OutputPanel
from model.experiment import Loss
from model.training import Trainer
from tests.gui.build_tab.plot_states import state_of
from tests.model.training.test_step_output import step_unit


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
