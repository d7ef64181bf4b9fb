"""Training as the window sees it: runs, live edits, the way back, failures, closing."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.document import ExperimentDocument
from model.edits import network as edits
from model.experiment import DataSpec, Experiment, GateData, StopSpec, TableData, TruthTableData
from model.network import Network
from tests.gui.build_tab.runs_seen import run_ends
from tests.gui.told import failures, told


def without_stop(document: ExperimentDocument) -> None:
    """Let training go on until it is paused."""
    training = replace(document.experiment.training, stop=StopSpec())
    document.edit("no stop", replace(document.experiment, training=training))


def run_until_end(qtbot: QtBot, controller: BuildModel) -> None:
    with run_ends(qtbot, controller):
        controller.train()


def run_to(qtbot: QtBot, controller: BuildModel, epoch: int) -> None:
    """Train at least to an epoch, and pause."""
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch >= epoch, timeout=10000)
    with run_ends(qtbot, controller):
        controller.pause()


def weights(experiment: Experiment) -> list[np.ndarray]:
    return [layer.weights for layer in experiment.network.layers if layer.weights is not None]


def test_training_learns_xor_and_is_one_step_to_undo(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    before = document.experiment
    run_until_end(qtbot, controller)
    after = document.experiment
    assert document.undo_stack.count() == 1
    assert after.progress is not None
    assert str(after.progress.epoch) in document.undo_stack.undoText()
    outputs = controller.state.table_outputs
    assert outputs is not None
    assert ((outputs[:, 0] > 0.5) == [False, True, True, False]).all()
    document.undo_stack.undo()
    assert document.experiment == before
    assert controller.state.epoch == 0
    np.testing.assert_array_equal(
        controller.state.network.forward(np.eye(2)), Network.of(before).forward(np.eye(2))
    )
    document.undo_stack.redo()
    assert document.experiment == after
    assert controller.state.epoch == after.progress.epoch


def test_train_pressed_after_a_rule_has_fired_trains_on(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    stop = StopSpec(epochs=2000, margin=0.4)
    training = replace(document.experiment.training, stop=stop)
    document.edit("stop", replace(document.experiment, training=training))
    run_until_end(qtbot, controller)
    solved = controller.state.epoch
    assert 0 < solved < 2000
    for wanted in (2000, 4000):
        run_until_end(qtbot, controller)
        assert controller.state.epoch == wanted
    assert controller.state.run.earlier == ()
    history = controller.state.run.history
    assert history is not None
    assert len(history) == 4001


def test_a_rate_changed_while_training_reaches_the_worker(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    without_stop(document)
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 10, timeout=10000)
    training = replace(document.experiment.training, learning_rate=0.125)
    assert controller.edit("rate", lambda e: edits.with_training(e, training))
    trainer = controller.training.trainer
    assert trainer is not None
    qtbot.waitUntil(lambda: trainer.learner.training.learning_rate == 0.125, timeout=5000)
    assert controller.is_training
    with run_ends(qtbot, controller):
        controller.pause()
    assert document.experiment.training.learning_rate == 0.125


def test_a_unit_added_while_training_keeps_the_present_weights_and_trains_on(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    without_stop(document)
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 20, timeout=10000)
    controller.edit("units", lambda e: edits.with_units(e, 0, 6))
    stack = document.undo_stack
    assert stack.undoText() == "units", "an edit never waits"
    assert stack.text(stack.index() - 2).startswith("Training, "), "what was learned is a step"
    assert document.experiment.network.layers[0].units == 6
    assert controller.is_about_to_train
    qtbot.waitUntil(lambda: controller.is_training and controller.state.epoch > 5, timeout=5000)
    with run_ends(qtbot, controller):
        controller.pause()
    assert len(controller.state.run.earlier) == 1
    assert document.experiment.network.layers[0].units == 6


def test_undo_past_a_run_that_still_goes_on_gives_it_up(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    without_stop(document)
    run_to(qtbot, controller, 20)
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 40, timeout=10000)
    document.undo_stack.undo()
    assert not controller.is_training
    assert document.experiment.progress is None
    assert controller.state.epoch == 0
    np.testing.assert_array_equal(
        controller.state.network.weights[0], weights(document.experiment)[0]
    )


def test_any_epoch_can_be_shown_and_trained_on_from(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    run_until_end(qtbot, controller)
    last = controller.state.epoch
    newest = controller.state.network.weights[0].copy()
    history = controller.state.run.history
    assert history is not None
    loss = float(history.train_loss[10])
    controller.show_epoch(10)
    assert controller.state.epoch == 10
    assert controller.shown is not controller.document.experiment
    assert controller.state.snapshot is not None
    assert controller.state.snapshot.train_loss == loss
    controller.show_epoch(last)
    assert controller.shown is controller.document.experiment
    np.testing.assert_array_equal(controller.state.network.weights[0], newest)
    controller.show_epoch(10)
    run_until_end(qtbot, controller)
    assert len(controller.state.run.earlier) == 1
    assert len(controller.state.run.earlier[0].epochs) == last + 1
    assert controller.state.run.first_epoch == 10
    assert controller.state.epoch == last
    np.testing.assert_array_equal(controller.state.network.weights[0], newest)


def test_the_undo_of_an_edit_gives_back_the_weights_of_the_run_it_ended(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    run_until_end(qtbot, controller)
    learned = document.experiment
    controller.set_units(0, 5)
    assert [run.units for run in controller.state.run.earlier] == [(2, 4, 1)]
    document.undo_stack.undo()
    assert document.experiment == learned
    assert [run.units for run in controller.state.run.earlier] == [(2, 4, 1)]


_ROWS = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
_EQUAL, _AND = (
    TruthTableData(("a", "b"), ("y",), _ROWS, targets)
    for targets in (((1.0,), (0.0,), (1.0,)), ((0.0,), (0.0,), (1.0,)))
)


@pytest.mark.parametrize(
    ("first", "other", "compares"),
    [
        (GateData("parity", 3), GateData("parity", 4), False),
        (_EQUAL, _AND, False),
        (_AND, replace(_AND, copies=3, noise=0.1), True),
        (TableData("iris"), TableData("iris", "standard"), True),
    ],
)
def test_a_run_stays_in_the_plot_where_the_same_is_asked(
    controller: BuildModel, first: DataSpec, other: DataSpec, compares: bool
) -> None:
    controller.edit("data", lambda e: edits.with_chosen_data(e, first))
    controller.step(True)
    controller.edit("seed", lambda e: edits.with_seed(e, 1))
    controller.step(True)
    controller.edit("data", lambda e: edits.with_chosen_data(e, other))
    controller.step(True)
    assert {run.visible for run in controller.state.run.earlier} == {compares}


@pytest.mark.parametrize(
    "change",
    [
        lambda e: edits.with_data(e, _EQUAL),
        lambda e: edits.with_training(e, replace(e.training, loss="squared")),
    ],
    ids=["data", "loss"],
)
def test_a_run_is_compared_by_the_data_and_the_loss_that_it_was_trained_with(
    controller: BuildModel, change: edits.Edit
) -> None:
    controller.edit("data", lambda e: edits.with_chosen_data(e, _AND))
    controller.step(True)
    trained = controller.state.experiment
    controller.edit("another task, at rest", change)
    controller.new_start(1)
    (run,) = controller.state.run.earlier
    assert (run.data, run.training) == (trained.data, trained.training)
    assert not run.visible
    controller.edit("the first task", lambda e: edits.with_data(e, _AND))
    controller.edit("its loss", lambda e: edits.with_training(e, trained.training))
    (run,) = controller.state.run.earlier
    assert run.visible


def test_a_step_is_one_batch_and_a_whole_epoch_is_several(
    controller: BuildModel, document: ExperimentDocument
) -> None:
    training = replace(document.experiment.training, batch_size=1)
    controller.edit("batch", lambda e: edits.with_training(e, training))
    controller.step(False)
    progress = document.experiment.progress
    assert progress is not None
    assert (progress.epoch, progress.step) == (0, 1)
    controller.step(True)
    progress = document.experiment.progress
    assert progress is not None
    assert (progress.epoch, progress.step) == (1, 4)
    document.undo_stack.undo()
    assert document.experiment.progress is not None
    assert document.experiment.progress.step == 1


def test_reset_gives_the_same_first_weights_and_a_new_start_others(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    first = weights(document.experiment)
    run_until_end(qtbot, controller)
    controller.reset()
    assert document.experiment.progress is None
    for a, b in zip(weights(document.experiment), first, strict=True):
        np.testing.assert_array_equal(a, b)
    controller.new_start()
    assert document.experiment.seed == 1
    assert not np.array_equal(weights(document.experiment)[0], first[0])


def test_data_that_cannot_be_read_change_nothing(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    before = document.experiment
    with told(qtbot, controller.messages) as failed:
        assert not controller.edit(
            "gate", lambda e: edits.with_chosen_data(e, GateData("no such gate"))
        )
    assert "no such gate" in failed[0]
    assert document.experiment is before


def test_other_data_of_the_same_shape_are_taken_live(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    without_stop(document)
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 10, timeout=10000)
    controller.edit("and", lambda e: edits.with_chosen_data(e, GateData("and")))
    assert controller.is_training

    def learned() -> bool:
        outputs = controller.state.table_outputs
        return outputs is not None and ((outputs[:, 0] > 0.5) == [False, False, False, True]).all()

    qtbot.waitUntil(learned, timeout=10000)
    with run_ends(qtbot, controller):
        controller.pause()
    assert document.experiment.data == GateData("and")


def test_runs_belong_to_their_document(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    without_stop(document)
    run_to(qtbot, controller, 20)
    controller.new_start()
    run_to(qtbot, controller, 20)
    run = controller.state.run
    assert len(run.earlier) == 1
    document.undo_stack.undo()
    run = controller.state.run
    assert len(run.earlier) == 1, "undo stays in the document"
    document.load(replace(document.experiment, seed=7), None)
    run = controller.state.run
    assert run.earlier == ()
    assert run.history is None
    run_to(qtbot, controller, 20)
    assert controller.state.run.earlier == ()


def test_a_training_ends_with_its_document(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    without_stop(document)
    opened = document.experiment
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 10, timeout=10000)
    document.load(opened, None)  # the very same: its trainer could go on
    assert controller.state.run.history is None
    qtbot.waitUntil(lambda: not controller.is_training, timeout=5000)
    assert controller.state.run.earlier == ()
    assert document.experiment == opened
    assert document.undo_stack.count() == 0
    assert controller.state.epoch == 0


def with_step_output(experiment: Experiment) -> Experiment:
    """Return what no gradient can train."""
    *hidden, last = experiment.network.layers
    layers = (*hidden, replace(last, activation="step"))
    return replace(experiment, network=replace(experiment.network, layers=layers))


def test_undo_to_what_cannot_be_trained_ends_the_run(
    qtbot: QtBot, controller: BuildModel, document: ExperimentDocument
) -> None:
    without_stop(document)
    good = document.experiment
    document.edit("step", with_step_output(good))
    document.edit("back", good)
    said = failures(controller.messages)
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 3)
    document.undo_stack.undo()
    assert not controller.is_training
    qtbot.waitUntil(lambda: controller.is_idle)
    assert controller.state.experiment.network.layers[-1].activation == "step"
    assert said == []
