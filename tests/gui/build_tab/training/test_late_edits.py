"""What a person does in the moment in which a run ends or pauses is never lost."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.document import ExperimentDocument
from gui.workers import RunState
from model.defaults import default_experiment
from model.edits import network as edits
from model.edits import points as point_edits
from model.experiment import Experiment, PointsData, StopSpec

POINTS = tuple((0.1 * i, 0.2 * i, float(i % 2)) for i in range(12))


@pytest.fixture
def document(qtbot: QtBot) -> ExperimentDocument:
    return ExperimentDocument(default_experiment(PointsData(POINTS)))


def set_stop(document: ExperimentDocument, stop: StopSpec) -> None:
    training = replace(document.experiment.training, stop=stop)
    document.edit("stop", replace(document.experiment, training=training))


def wait_for_the_worker(controller: BuildModel) -> None:
    """Wait until the worker has ended, while the event loop has not heard of it."""
    (thread,) = controller.findChildren(QThread)
    assert thread.wait(10_000)
    assert controller.is_training


def edit_everything(controller: BuildModel) -> None:
    """Type a weight, another rate and a pin, and move a point, each as one edit."""

    def with_rate(experiment: Experiment) -> Experiment:
        training = replace(experiment.training, learning_rate=0.125)
        return edits.with_training(experiment, training)

    def with_point(experiment: Experiment) -> Experiment:
        assert isinstance(experiment.data, PointsData)
        moved = point_edits.with_point_moved(experiment.data, 0, 0.75, -0.5)
        return edits.with_data(experiment, moved)

    assert controller.edit("weight", lambda e: edits.with_weight(e, 0, 1, 0, 3.25))
    assert controller.edit("rate", with_rate)
    assert controller.edit("pin", lambda e: edits.with_pin_toggled(e, 0, 0, 1))
    assert controller.edit("point", with_point)


def check_everything(controller: BuildModel, document: ExperimentDocument) -> None:
    """Assert that document, trainer and panels agree on all that was edited."""
    experiment, trainer = document.experiment, controller.training.trainer
    assert trainer is not None
    assert not trainer.has_mail
    learned = trainer.experiment()
    for held in (experiment, learned):
        layer = held.network.layers[0]
        assert layer.weights is not None
        assert layer.weights[1, 0] == 3.25
        assert layer.pinned == ((0, 1),)
        assert held.training.learning_rate == 0.125
        assert isinstance(held.data, PointsData)
        assert held.data.points[0][:2] == (0.75, -0.5)
        assert held.progress == experiment.progress
    assert trainer.dataset.x_train[0].tolist() == [0.75, -0.5]
    assert controller.training.synced == experiment
    state = controller.state
    assert state.experiment is experiment
    assert state.network.weights[0][1, 0] == 3.25
    assert state.dataset.x_train[0].tolist() == [0.75, -0.5]
    assert state.snapshot is not None
    assert state.snapshot.train_loss == trainer.history.train_loss[-1]


def test_edits_after_the_last_look_of_a_run_that_ends(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    set_stop(document, StopSpec(epochs=30))
    with qtbot.waitSignal(controller.run_ended, timeout=10_000) as ended:
        controller.train()
        wait_for_the_worker(controller)
        edit_everything(controller)
    check_everything(controller, document)
    assert ended.args[0].reason == "epochs"
    assert document.undo_stack.text(document.undo_stack.count() - 2) == "point"
    assert "30" in document.undo_stack.undoText()
    assert not controller.is_training
    assert controller.state.run.earlier == ()
    controller.train()
    assert controller.state.run.earlier == (), "it is the same run that goes on"


def test_edits_after_the_last_look_of_a_run_that_pauses(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    set_stop(document, StopSpec())
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 10, timeout=10_000)
    with qtbot.waitSignal(controller.run_ended, timeout=10_000):
        controller.pause()
        wait_for_the_worker(controller)
        edit_everything(controller)
    check_everything(controller, document)


def first_weight(experiment: Experiment) -> float:
    weights = experiment.network.layers[0].weights
    assert weights is not None
    return float(weights[0, 0])


def test_an_edit_that_arrives_while_a_late_one_is_made(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    """The late edit is made by a worker again, which has a last look of its own."""
    set_stop(document, StopSpec(epochs=30))
    edited: list[bool] = []

    def edit_behind_it(state: RunState) -> None:
        if state is RunState.RUNNING:  # posted now, so it comes before the worker's end

            def edit() -> None:
                wait_for_the_worker(controller)
                edit_everything(controller)
                edited.append(True)
                controller._runner.state_changed.disconnect(edit_behind_it)

            QTimer.singleShot(0, controller, edit)

    with qtbot.waitSignal(controller.run_ended, timeout=10_000):
        controller.train()
        wait_for_the_worker(controller)
        assert controller.edit("weight", lambda e: edits.with_weight(e, 0, 0, 0, 1.5))
        controller._runner.state_changed.connect(edit_behind_it)
    assert edited == [True]
    check_everything(controller, document)
    assert first_weight(document.experiment) == 1.5


def test_an_edit_that_cannot_be_taken_live_still_waits_its_turn(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    set_stop(document, StopSpec(epochs=30))
    with qtbot.waitSignal(controller.run_ended, timeout=10_000):
        controller.train()
        wait_for_the_worker(controller)
        assert controller.edit("weight", lambda e: edits.with_weight(e, 0, 0, 0, 1.5))
        assert controller.edit("units", lambda e: edits.with_units(e, 0, 6), goes_on=False)
    assert document.experiment.network.layers[0].units == 6
    assert first_weight(document.experiment) == 1.5


def test_undo_of_a_late_edit_is_late_too(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    set_stop(document, StopSpec(epochs=30))
    before = first_weight(document.experiment)
    with qtbot.waitSignal(controller.run_ended, timeout=10_000):
        controller.train()
        wait_for_the_worker(controller)
        assert controller.edit("weight", lambda e: edits.with_weight(e, 0, 0, 0, 1.5))
        document.undo_stack.undo()
    assert first_weight(document.experiment) == before
    assert controller.training.synced == document.experiment
