"""The way back through a large run is made on a worker, and what a person wants next wins."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest
from msgspec.structs import replace
from pyqtgraph import InfiniteLine
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.progress_strip import ProgressStrip
from gui.build_tab.state import Activity
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import PlaneData, StopSpec
from model.training import History
from model.training.live import takes_long
from tests.gui.build_tab.runs_seen import run_ends
from tests.gui.finding import find
from tests.gui.threads_seen import threads_seen
from tests.gui.told import told

KEY, EPOCHS = Qt.Key, 4


@pytest.fixture
def document(qtbot: QtBot) -> ExperimentDocument:
    """Return a network so wide, on so many rows, that one look at them is a pause."""
    experiment = default_experiment(PlaneData("circle", points=10_000))
    training = replace(experiment.training, stop=StopSpec(epochs=EPOCHS), batch_size=0)
    return ExperimentDocument(edits.with_units(edits.with_training(experiment, training), 0, 500))


def train(qtbot: QtBot, controller: BuildModel) -> None:
    with run_ends(qtbot, controller, 60_000):
        controller.train()
    assert takes_long(controller.state.experiment, controller.state.dataset)
    assert controller.state.epoch == EPOCHS


def arrive(qtbot: QtBot, controller: BuildModel) -> None:
    qtbot.waitUntil(lambda: controller.state.activity is not Activity.TRAVELLING, timeout=20_000)


def test_an_old_epoch_is_made_again_on_the_worker(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    train(qtbot, controller)
    history, newest = controller.state.run.history, document.experiment
    assert history is not None
    with threads_seen(History.restore) as threads:
        controller.show_epoch(2)
        assert controller.state.epoch == EPOCHS, "it is not made in this call"
        assert controller.state.run.wanted_epoch == 2
        arrive(qtbot, controller)
    assert threads
    assert threading.get_ident() not in threads
    assert controller.state.epoch == 2
    assert document.experiment is newest
    wanted = history.restore(2).network.layers[0].weights
    assert wanted is not None
    np.testing.assert_array_equal(controller.state.network.weights[0], wanted)
    controller.show_epoch(EPOCHS)
    assert controller.shown is controller.document.experiment, "the present is at hand"


def test_the_newest_of_many_epochs_wins(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    train(qtbot, controller)
    shown: list[int] = []
    controller.state_changed.connect(lambda state: shown.append(state.epoch))
    for epoch in (1, 2, 3, 0, 1):
        controller.show_epoch(epoch)
    arrive(qtbot, controller)
    assert set(shown) == {EPOCHS, 1}
    shown.clear()
    controller.show_epoch(0)
    controller.show_epoch(1)
    arrive(qtbot, controller)
    assert set(shown) == {1}, "back where it is"


def test_keys_count_from_where_they_lead(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, bench: Workbench
) -> None:
    controller = tab.model
    train(qtbot, controller)
    for _ in range(3):
        QTest.keyClick(tab, KEY.Key_Left)
    QTest.keyClick(tab, KEY.Key_Right)
    arrive(qtbot, controller)
    assert controller.state.epoch == EPOCHS - 2
    lines = [item for item in bench.loss.plot.plot.items() if isinstance(item, InfiniteLine)]
    assert [line.value() for line in lines if line.isVisible()] == [EPOCHS - 2]


def test_branching_waits_for_the_epoch(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    train(qtbot, controller)
    controller.branch(1)
    run = controller.state.run
    assert run.earlier == ()
    arrive(qtbot, controller)
    qtbot.waitUntil(lambda: controller.is_idle, timeout=20_000)
    assert document.experiment.progress is not None
    assert document.experiment.progress.epoch == 1
    assert len(controller.state.run.earlier) == 1
    assert "1" in document.undo_stack.undoText()


@pytest.mark.parametrize("pauses", [False, True])
def test_training_begins_from_the_epoch_that_is_gone_to(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument, pauses: bool
) -> None:
    train(qtbot, controller)
    controller.show_epoch(1)
    controller.toggle_training()
    assert controller.is_about_to_train
    if pauses:
        controller.toggle_training()
        assert not controller.is_about_to_train
        arrive(qtbot, controller)
        assert controller.state.epoch == 1
        assert not controller.is_training
        return
    with run_ends(qtbot, controller, 60_000):
        arrive(qtbot, controller)
    assert controller.state.run.first_epoch == 1
    assert len(controller.state.run.earlier) == 1


def test_what_is_waited_for_is_said_and_can_be_given_up(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, bench: Workbench
) -> None:
    strip = find(bench, ProgressStrip, "loading_strip")
    text = find(bench, QLabel, "loading_text")
    button = find(bench, QPushButton, "loading_cancel")
    qtbot.waitUntil(lambda: bench.is_idle and bench.is_up_to_date, timeout=20_000)
    state = tab.model.state
    run = replace(state.run, wanted_epoch=3)
    for activity, said in (
        (Activity.TRAVELLING, "Going back to epoch 3"),
        (Activity.PREPARING, "Preparing the training"),
    ):
        strip.show_state(dataclasses.replace(state, activity=activity, run=run))
        qtbot.waitUntil(strip.isVisible)
        assert text.text() == said
        assert (strip.bar.minimum(), strip.bar.maximum()) == (0, 0), "there is no telling how far"
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not strip.isVisible()


def test_a_way_that_leads_nowhere_ends(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    train(qtbot, controller)
    with told(qtbot, controller.messages) as failed:
        controller.show_epoch(EPOCHS + 1)
        controller.train()
        assert controller.is_about_to_train
    assert f"Epoch {EPOCHS + 1}" in failed[0]
    arrive(qtbot, controller)
    assert not controller.is_about_to_train
    assert controller.state.run.wanted_epoch == EPOCHS
