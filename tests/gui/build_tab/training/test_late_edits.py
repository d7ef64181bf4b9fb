"""What a person does in the moment in which a run ends or pauses is never lost."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.document import ExperimentDocument
from model.defaults import default_experiment
from model.edits import network as edits
from model.edits import points as point_edits
from model.experiment import Experiment, PointsData, StopSpec
from model.training import Trainer
from tests.gui.build_tab.runs_seen import run_ends

POINTS = tuple((0.1 * i, 0.2 * i, float(i % 2)) for i in range(12))


@pytest.fixture
def document(qtbot: QtBot) -> ExperimentDocument:
    return ExperimentDocument(default_experiment(PointsData(POINTS)))


def set_stop(document: ExperimentDocument, stop: StopSpec) -> None:
    training = replace(document.experiment.training, stop=stop)
    document.edit("stop", replace(document.experiment, training=training))


def wait_for_the_worker(controller: BuildModel) -> None:
    """Wait until the worker has ended, while the event loop has not heard of it."""
    *_, thread = controller.training.controller.findChildren(QThread)  # others are at their end
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
    layer = experiment.network.layers[0]
    assert layer.weights is not None
    assert layer.weights[1, 0] == 3.25
    assert layer.pinned == ((0, 1),)
    assert experiment.training.learning_rate == 0.125
    assert isinstance(experiment.data, PointsData)
    assert experiment.data.points[0][:2] == (0.75, -0.5)
    assert controller.training.synced == experiment
    state = controller.state
    assert state.experiment is experiment
    assert state.network.weights[0][1, 0] == 3.25
    assert state.dataset.x_train[0].tolist() == [0.75, -0.5]
    assert state.snapshot is not None
    assert state.snapshot.train_loss == Trainer(experiment).snapshot().train_loss
    controller.step(whole_epoch=True)
    assert controller.training.trainer is trainer, "the same run goes on"
    learned = trainer.experiment()
    assert learned.network.layers[0].pinned == ((0, 1),)
    assert learned.training.learning_rate == 0.125
    assert trainer.dataset.x_train[0].tolist() == [0.75, -0.5]
    assert Trainer(experiment).step_epoch().train_loss == pytest.approx(
        trainer.history.train_loss[-1], rel=1e-9
    )


def test_edits_after_the_last_look_of_a_run_that_ends(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    set_stop(document, StopSpec(epochs=30))
    with run_ends(qtbot, controller):
        controller.train()
        wait_for_the_worker(controller)
        edit_everything(controller)
    assert controller.state.run.result is not None
    assert controller.state.run.result.reason == "epochs"
    assert document.undo_stack.text(document.undo_stack.count() - 2) == "point"
    assert "30" in document.undo_stack.undoText()
    assert controller.state.run.earlier == ()
    check_everything(controller, document)


def test_edits_after_the_last_look_of_a_run_that_pauses(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    set_stop(document, StopSpec())
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 10, timeout=10_000)
    with run_ends(qtbot, controller):
        controller.pause()
        wait_for_the_worker(controller)
        edit_everything(controller)
    check_everything(controller, document)


def first_weight(experiment: Experiment) -> float:
    weights = experiment.network.layers[0].weights
    assert weights is not None
    return float(weights[0, 0])


def test_undo_of_a_late_edit_is_late_too(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    set_stop(document, StopSpec(epochs=30))
    before = first_weight(document.experiment)
    with run_ends(qtbot, controller):
        controller.train()
        wait_for_the_worker(controller)
        assert controller.edit("weight", lambda e: edits.with_weight(e, 0, 0, 0, 1.5))
        document.undo_stack.undo()
    assert first_weight(document.experiment) == before
    assert controller.training.synced == document.experiment


def test_a_weight_set_just_before_an_edit_that_ends_the_run_is_kept(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    set_stop(document, StopSpec())
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 10, timeout=10_000)
    assert controller.edit("weight", lambda e: edits.with_weight(e, 0, 0, 0, 1.5))
    assert first_weight(controller.current_experiment()) == 1.5, (
        "a copy that is saved now has it, too"
    )
    assert controller.edit("units", lambda e: edits.with_units(e, 0, 6))
    assert document.experiment.network.layers[0].units == 6
    assert first_weight(document.experiment) == 1.5
    assert "Training" in document.undo_stack.text(document.undo_stack.count() - 2)
