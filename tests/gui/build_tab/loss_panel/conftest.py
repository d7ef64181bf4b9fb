"""The loss panel alone, and a model that has trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.loss_panel.panel import LossPanel
from model.defaults import default_experiment
from model.experiment import StopSpec
from model.training.runs import Losses, RunRecord, record_of

EPOCHS = 400


def earlier(train: np.ndarray, seed: int = 0, **others: Any) -> RunRecord:
    """Return an earlier run on XOR with these losses."""
    losses = Losses(range(len(train)), np.asarray(train))
    run = record_of(default_experiment(), losses, before=0)
    return replace(run, seed=seed, **others)


@pytest.fixture
def panel(qtbot: QtBot, build_model: BuildModel) -> LossPanel:
    result = LossPanel(build_model)
    qtbot.addWidget(result)
    result.resize(560, 300)
    with qtbot.waitExposed(result):
        result.show()
    return result


@pytest.fixture
def learned(qtbot: QtBot, build_model: BuildModel, panel: LossPanel) -> BuildModel:
    """Return the panel's model after a run of 400 epochs, all of which the panel follows."""
    model = build_model
    training = replace(model.state.experiment.training, stop=StopSpec(epochs=EPOCHS))
    model.set_training(training, "Stop")
    model.set_speed(None)
    model.train()
    qtbot.waitUntil(lambda: not model.is_training, timeout=20_000)
    history = model.state.run.history
    assert history is not None
    panel.show_history(history)
    model.state_changed.connect(panel.show_state)
    panel.show_state(model.state)
    return model
