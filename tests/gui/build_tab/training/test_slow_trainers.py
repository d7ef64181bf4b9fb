"""What takes long to make is made on a worker, and what a person does meanwhile wins."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.loss_panel.panel import LossPanel
from gui.build_tab.state import Activity
from gui.document import ExperimentDocument
from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import PlaneData, StopSpec, TrainingSpec
from model.training import Trainer
from model.training.live import takes_long
from tests.gui.finding import find
from tests.gui.threads_seen import threads_seen

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def document(qtbot: QtBot) -> ExperimentDocument:
    """Return a network so wide, on so many rows, that its trainer takes a while to make."""
    experiment = default_experiment(PlaneData("circle", points=10_000))
    training = replace(experiment.training, stop=StopSpec())
    return ExperimentDocument(edits.with_units(edits.with_training(experiment, training), 0, 500))


def edited(document: ExperimentDocument) -> TrainingSpec:
    return replace(document.experiment.training, learning_rate=0.125)


def wait_for_training(qtbot: QtBot, controller: BuildModel) -> None:
    qtbot.waitUntil(lambda: controller.is_training, timeout=20_000)


def test_the_trainer_is_made_outside_the_gui_thread(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    assert takes_long(document.experiment, controller.state.dataset)
    with threads_seen(Trainer.__init__) as threads:
        controller.train()
        assert controller.is_about_to_train
        assert not controller.is_training
        state = controller.state
        assert state.activity is Activity.PREPARING, "the button offers Pause at once"
        wait_for_training(qtbot, controller)
    assert threads
    assert threading.get_ident() not in threads
    assert controller.state.activity is Activity.TRAINING


def test_what_is_edited_meanwhile_is_what_is_trained(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    controller.train()
    assert controller.edit("rate", lambda e: edits.with_training(e, edited(document)))
    assert controller.edit("units", lambda e: edits.with_units(e, 0, 400))
    assert controller.is_about_to_train
    assert document.experiment.network.layers[0].units == 400
    wait_for_training(qtbot, controller)
    trainer = controller.training.trainer
    assert trainer is not None
    assert trainer.learner.training.learning_rate == 0.125
    assert trainer.learner.settings.network.layers[0].units == 400
    assert controller.training.synced == document.experiment
    assert controller.state.run.earlier == ()


@pytest.mark.parametrize(
    "take_back",
    [
        BuildModel.toggle_training,
        BuildModel.reset,
        BuildModel.new_start,
        lambda controller: controller.show_epoch(0),
    ],
    ids=["pause", "reset", "new start", "time machine"],
)
def test_training_is_taken_back_while_it_is_prepared(
    qtbot: QtBot,
    controller: BuildModel,
    take_back: Callable[[BuildModel], None],
) -> None:
    controller.train()
    take_back(controller)
    assert controller.state.activity is Activity.REST
    qtbot.waitUntil(lambda: controller.is_idle, timeout=20_000)
    assert not controller.is_training
    assert controller.training.trainer is None


def test_a_step_is_made_on_the_worker(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    with threads_seen(Trainer.step_batch) as threads:
        controller.step(whole_epoch=False)
        assert document.undo_stack.count() == 0, "the call does not wait for it"
        qtbot.waitUntil(lambda: document.undo_stack.count() == 1, timeout=20_000)
    assert threading.get_ident() not in threads
    assert document.experiment.progress is not None
    assert document.experiment.progress.step == 1
    assert not controller.is_training
    history = controller.state.run.history
    assert history is not None
    controller.step(whole_epoch=True)
    qtbot.waitUntil(lambda: controller.state.epoch == 1 and not controller.is_training)
    assert controller.state.run.history is history
    assert controller.state.run.earlier == ()


def test_no_training_begins_after_a_step_that_an_edit_has_ended(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    controller.step(whole_epoch=True)
    qtbot.waitUntil(lambda: controller.is_training, timeout=20_000)
    controller.edit("units", lambda e: edits.with_units(e, 0, 400))
    qtbot.waitUntil(lambda: not controller.is_training, timeout=20_000)
    assert document.experiment.network.layers[0].units == 400
    assert not controller.is_about_to_train


def test_figures_at_rest_come_from_the_worker(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    with threads_seen(Trainer.__init__) as threads:
        controller.edit("units", lambda e: edits.with_units(e, 0, 400))
        assert controller.state.snapshot is None
        qtbot.waitUntil(lambda: controller.state.snapshot is not None, timeout=20_000)
    assert threading.get_ident() not in threads
    assert controller.state.experiment is document.experiment


def test_the_epoch_is_known_before_its_figures(
    qtbot: QtBot, build_model: BuildModel, document: ExperimentDocument
) -> None:
    build_model.step(whole_epoch=True)
    qtbot.waitUntil(lambda: document.undo_stack.count() == 1, timeout=20_000)
    document.edit("title", replace(document.experiment, title="mine"))
    state = build_model.state
    assert (state.snapshot, state.epoch) == (None, 1)
    panel = LossPanel(build_model)
    qtbot.addWidget(panel)
    panel.show_state(state)
    box = find(panel, QLineEdit, "epoch_box")
    assert box.text() == "1", "not the start, where no figures are known either"
