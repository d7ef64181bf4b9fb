"""The dock: its tabs, the weights' histograms, and the loss as its first tab."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.panel import DockPanel
from gui.build_tab.loss_panel.panel import LossPanel
from gui.build_tab.weight_figures import histogram
from tests.gui.build_tab.plot_states import state_of, trained


def test_histogram_puts_zero_between_two_bars_and_keeps_what_lies_beyond() -> None:
    counts = histogram(np.array([-9.0, -0.01, 0.01, 0.02, 9.0]), 2.0)
    assert counts[0] == 1
    assert counts[19] == 1
    assert counts[20] == 2
    assert counts[-1] == 1
    assert counts.sum() == 5


def test_weights_of_the_state_are_counted(qtbot: QtBot, build_model: BuildModel) -> None:
    dock = DockPanel(build_model)
    qtbot.addWidget(dock)
    dock.show()
    trainer, snapshots = trained(hidden=(4, 3))
    state = state_of(trainer, snapshots[-1])
    dock.show_state(state)
    sizes = [int(counts.sum()) for counts in dock.weights.view.counts]
    assert sizes == [8, 12, 3]
    negative = int((state.network.weights[0] < 0).sum())
    assert int(dock.weights.view.counts[0][:20].sum()) == negative
    assert "Hidden 2 · 12" in dock.weights.view.in_words()


def test_the_loss_becomes_the_first_tab_and_comes_back(
    qtbot: QtBot, build_model: BuildModel
) -> None:
    dock, loss = DockPanel(build_model), LossPanel(build_model)
    qtbot.addWidget(dock)
    dock.resize(700, 260)
    dock.show()
    trainer, snapshots = trained()
    loss.show_history(trainer.history)
    dock.insert_loss_panel(loss)
    assert dock.current == "loss"
    assert loss.isVisible()
    assert loss.header.branch.isVisible()
    bar = dock.tabs
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    assert dock.current == "weights"
    assert not loss.header.isVisible()
    dock.release_loss_panel()
    qtbot.addWidget(loss)
    loss.show()
    assert loss.header.isVisible()
    assert loss.header.window() is loss
    assert bar.tabText(0) == "Weights"
    loss.show_state(state_of(trainer, snapshots[-1]))
    assert loss.timeline.value() == 120
