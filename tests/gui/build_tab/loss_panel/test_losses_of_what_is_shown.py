"""Legend and timeline say what the network on show has, also where no line leads to it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from msgspec import structs
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel

from gui.build_tab.loss_panel.panel import LossPanel
from gui.build_tab.state import BuildState
from gui.format import significant
from model.training.history import History
from tests.gui.build_tab.plot_states import drag, state_of, trained
from tests.gui.finding import find


@pytest.fixture
def opened() -> BuildState:
    """Return the state of an experiment that was opened trained: its run is not known."""
    trainer, snapshots = trained()
    return state_of(trainer, snapshots[-1])


def legend(panel: LossPanel) -> str:
    return find(panel, QLabel, "loss_train_value").text()


def test_the_legend_names_the_loss_of_edited_weights(panel: LossPanel, opened: BuildState) -> None:
    trainer, _ = trained()
    panel.show_history(trainer.history)
    panel.show_state(opened)
    before = legend(panel)
    assert opened.snapshot is not None
    edited = structs.replace(opened.snapshot, train_loss=0.00004321)
    panel.show_state(dataclasses.replace(opened, snapshot=edited))
    assert legend(panel) == significant(0.00004321) != before
    assert panel.plot.marks()[0] == (120.0, 0.00004321), "the dot stands at what the legend says"
    low, high = panel.plot.plot.box.viewRange()[1]
    assert low < np.log10(0.00004321) < high
    assert np.isfinite(panel.plot.train.value_at(120.0)[1])


def test_knob_and_legend_of_an_opened_file_stay_at_its_epoch(
    panel: LossPanel, opened: BuildState
) -> None:
    panel.show_history(History(0, has_test=False))
    panel.show_state(opened)
    timeline = panel.timeline
    assert timeline.value() == timeline.maximum() == 120
    assert opened.snapshot is not None
    assert legend(panel) == significant(opened.snapshot.train_loss)
    start, end = (QPoint(round(timeline.x_of(epoch)), 10) for epoch in (100, 30))
    drag(timeline, start, end)
    assert timeline.value() == 120
