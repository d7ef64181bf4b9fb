"""A step with a batch of one leaves the microscope on what has just changed; a run is followed."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.panel import Microscope
from gui.build_tab.microscope.step_view import number
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.theme import active
from model.edits.locks import LOCKS
from model.experiment import GateData, Optimiser, OptimiserSpec, PlaneData, SplitSpec
from model.insight.step.one_step import one_step
from model.insight.step.walk import Part, Place
from model.places import UnitAt
from tests.gui.build_tab.microscope.reading import table_row, text
from tests.gui.counting import Counter
from tests.gui.finding import find

HALF = 0.0005 * (1 + 1e-9)


@pytest.fixture
def one_by_one(scope: Microscope, bench: Workbench) -> Microscope:
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, batch_size=1), "Batch")
    return scope


def test_before_change_and_after_are_those_of_the_step(
    one_by_one: Microscope, bench: Workbench
) -> None:
    bench.model.examine(UnitAt(0, 1), Part.UPDATE)
    before = bench.model.document.experiment.network
    bench.model.step(whole_epoch=False)
    after, state = bench.model.document.experiment.network, bench.model.state
    assert state.snapshot is not None
    (row,) = state.snapshot.rows
    assert text(one_by_one, "note").startswith(f"The last step used this row ({row + 1})")
    assert state.row == row
    assert one_by_one.rows.combo.currentIndex() == row
    assert before.layers[0].weights is not None
    assert after.layers[0].weights is not None
    assert before.layers[0].biases is not None
    assert after.layers[0].biases is not None
    assert not np.array_equal(before.layers[0].biases, after.layers[0].biases)
    old, _, new = table_row(one_by_one, "b")
    assert (old, new) == pytest.approx(
        (before.layers[0].biases[1], after.layers[0].biases[1]), abs=HALF
    )
    for source, name in enumerate(("w₁", "w₂")):
        old, _, new = table_row(one_by_one, name)
        assert old == pytest.approx(before.layers[0].weights[source, 1], abs=HALF)
        assert new == pytest.approx(after.layers[0].weights[source, 1], abs=HALF)
    x = state.dataset.x_train[row]
    assert f"·{x[0]:.0f} + " in text(one_by_one, "sum_formula")


def test_a_step_on_one_row_is_the_one_made_with_its_penalty_and_drop_out(
    one_by_one: Microscope, bench: Workbench
) -> None:
    bench.model.set_dropout(0, 0.5)
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, l1=0.05, l2=0.2), "Penalty")
    bench.model.examine(UnitAt(0, 1), Part.UPDATE)
    bench.model.examine_batch(False)
    for _ in range(3):
        before = bench.model.document.experiment.network.layers[0].weights
        bench.model.step(whole_epoch=False)
        after = bench.model.document.experiment.network.layers[0].weights
        assert before is not None
        assert after is not None
        assert text(one_by_one, "note").startswith("The last step used this row")
        for source, name in enumerate(("w₁", "w₂")):
            old, _, new = table_row(one_by_one, name)
            assert old == pytest.approx(before[source, 1], abs=HALF)
            assert new == pytest.approx(after[source, 1], abs=HALF)
    bench.model.examine_batch(False)
    assert "The last step" not in text(one_by_one, "note")
    old, _, _ = table_row(one_by_one, "w₁")
    assert old == pytest.approx(after[0, 1], abs=HALF)


@pytest.mark.parametrize("of_batch", [False, True], ids=["row alone", "batch"])
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_the_step_shown_is_made_and_the_next_begins_with_its_weights(
    scope: Microscope, bench: Workbench, qtbot: QtBot, optimiser: Optimiser, of_batch: bool
) -> None:
    model = bench.model
    training = model.document.experiment.training
    model.set_training(replace(training, optimiser=OptimiserSpec(optimiser)), "Optimiser")
    model.lock(LOCKS)  # as a lesson may: a step is no edit by hand
    model.examine_batch(of_batch)
    for made in (1, 2):
        model.examine(UnitAt(1, 0), Part.AGAIN)
        scope.next_button.setFocus()
        qtbot.keyClick(scope.next_button, Qt.Key.Key_Space)
        assert scope.apply_button.hasFocus(), "Next has come to the end"
        assert not scope.next_button.isVisible()
        before, dataset = model.document.experiment, model.state.dataset
        (x,), (y,) = model.state.rows_at([3])
        step = one_step(before, dataset, x, y, of_batch=of_batch)
        predicted = [float(each) for each in step.outputs_after]
        steps_before = model.document.undo_stack.count()
        qtbot.keyClick(scope.apply_button, Qt.Key.Key_Space)
        after = model.document.experiment
        assert model.document.undo_stack.count() == steps_before + 1
        for layer, spec in enumerate(after.network.layers):
            assert spec.weights is not None
            assert spec.biases is not None
            for unit in range(spec.units):
                shown = step.unit(UnitAt(layer, unit))
                np.testing.assert_array_equal(spec.weights[:, unit], shown.new_weights)
                assert spec.biases[unit] == shown.new_bias
        assert after.progress is not None
        assert after.progress.step == made
        assert after.progress.epoch == (made if of_batch else 0)
        assert "before, change and after" in text(scope, "note")
        assert model.state.network.forward(x[None])[0].tolist() == pytest.approx(predicted)
        assert scope.again_button.hasFocus()
        qtbot.keyClick(scope.again_button, Qt.Key.Key_Space)
        assert model.state.selection.place == Place(Part.INPUTS, UnitAt(0, 0))
        assert text(scope, "note") == ""
        assert after.network.layers[0].weights is not None
        assert table_row(scope, "w₁")[0] == pytest.approx(
            after.network.layers[0].weights[0, 0], abs=HALF
        )
    model.document.undo_stack.undo()
    assert model.document.experiment == before


def test_a_row_of_the_test_set_is_not_learned(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    bench.model.choose_data(PlaneData("moons", 40))
    bench.model.set_split(SplitSpec(test_fraction=0.5), "Split")
    bench.model.choose_row(30)
    bench.model.examine(UnitAt(0, 0), Part.PREDICT)
    qtbot.waitUntil(lambda: bench.is_up_to_date)
    assert not scope.apply_button.isEnabled()
    bench.model.choose_row(3)
    assert scope.apply_button.isEnabled()


def test_the_first_weight_explained_is_one_that_the_row_moves(
    scope: Microscope, bench: Workbench
) -> None:
    bench.model.choose_row(1)  # of XOR: 0 1
    bench.model.examine(UnitAt(0, 0), Part.UPDATE)
    item = scope.update_card.table.currentItem()
    assert item is not None
    assert scope.update_card.table.item(item.row(), 0).text() == "w₂"


def test_the_microscope_opens_at_the_inputs(bench: Workbench) -> None:
    bench.model.open_microscope()
    assert bench.model.state.selection.place == Place(Part.INPUTS, UnitAt(0, 0))


def test_a_noisy_copy_of_a_row_is_the_one_that_was_used(
    one_by_one: Microscope, bench: Workbench
) -> None:
    bench.model.edit_data(GateData("xor", copies=3, noise=0.2), "Noise")
    bench.model.step(whole_epoch=False)
    state = bench.model.state
    assert state.snapshot is not None
    (row,) = state.snapshot.rows
    x = state.dataset.x_train[row]
    shown = f"·{x[0]:.3f}" if x[0] >= 0 else f"·(−{-x[0]:.3f})"
    assert shown in text(one_by_one, "sum_formula")


def test_another_row_or_an_undo_leaves_the_step_behind(
    one_by_one: Microscope, bench: Workbench
) -> None:
    bench.model.step(whole_epoch=False)
    assert text(one_by_one, "note")
    row = (bench.model.state.row + 1) % 4
    bench.model.choose_row(row)
    assert text(one_by_one, "note") == ""
    bench.model.step(whole_epoch=False)
    assert text(one_by_one, "note")
    bench.model.document.undo_stack.undo()
    assert text(one_by_one, "note") == ""


def test_a_step_on_all_rows_shows_the_present_weights(scope: Microscope, bench: Workbench) -> None:
    bench.model.step(whole_epoch=False)
    assert text(scope, "note") == ""
    weights = bench.model.document.experiment.network.layers[0].weights
    assert weights is not None
    assert table_row(scope, "w₁")[0] == pytest.approx(weights[0, 0], abs=HALF)


def test_a_run_is_followed_and_its_end_is_exact(
    scope: Microscope, bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    first = text(scope, "sum_formula")
    bench.model.train()
    qtbot.waitUntil(lambda: text(scope, "sum_formula") != first, timeout=10_000)
    assert bench.model.is_training
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=10_000)
    weights = endless.experiment.network.layers[0].weights
    assert weights is not None
    assert table_row(scope, "w₁")[0] == pytest.approx(weights[0, 0], abs=HALF)
    assert table_row(scope, "w₂")[0] == pytest.approx(weights[1, 0], abs=HALF)


def test_what_is_out_of_sight_waits_until_a_run_rests(
    scope: Microscope, bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    below = find(scope, QWidget, "microscope_loss_change")
    assert below.visibleRegion().isEmpty()
    formula, change = text(scope, "sum_formula"), text(scope, "loss_change")
    bench.model.train()
    qtbot.waitUntil(lambda: text(scope, "sum_formula") != formula, timeout=10_000)
    assert text(scope, "loss_change") == change
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=10_000)
    assert text(scope, "loss_change") != change


def test_a_card_whose_heading_alone_is_in_sight_waits_too(
    scope: Microscope, bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    card, bar = scope.update_card, scope.sheet.verticalScrollBar()
    below_heading = card.y() + card.whose.geometry().bottom() + 1
    bar.triggerAction(bar.SliderAction.SliderSingleStepAdd)  # what a person does
    bar.setValue(below_heading - scope.sheet.viewport().height())
    assert not card.whose.visibleRegion().isEmpty()
    formula, row = text(scope, "sum_formula"), table_row(scope, "w₁")
    bench.model.train()
    qtbot.waitUntil(lambda: text(scope, "sum_formula") != formula, timeout=10_000)
    assert table_row(scope, "w₁") == row
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=10_000)
    assert table_row(scope, "w₁") != row


def test_numbers_that_follow_a_run_ask_no_other_panel_for_room(
    scope: Microscope, bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    bench.model.train()
    around, shown = scope.parentWidget(), {text(scope, "epoch")}
    assert around is not None
    qtbot.waitUntil(lambda: text(scope, "epoch") not in shown, timeout=10_000)
    asked = Counter(around, QEvent.Type.LayoutRequest)
    qtbot.waitUntil(lambda: shown.add(text(scope, "epoch")) or len(shown) > 12, timeout=30_000)
    assert asked.count < 6  # where an epoch has a digit more, or the loss
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=10_000)


def test_an_old_epoch_is_looked_at_too(scope: Microscope, bench: Workbench) -> None:
    start = text(scope, "sum_formula")
    for _ in range(3):
        bench.model.step(whole_epoch=True)
    assert text(scope, "epoch") == "epoch 3"
    assert text(scope, "sum_formula") != start
    bench.model.show_epoch(0)
    assert text(scope, "epoch") == "epoch 0"
    assert text(scope, "sum_formula") == start


def test_a_step_on_a_small_batch_is_left_in_sight(scope: Microscope, bench: Workbench) -> None:
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, batch_size=2), "Batch")
    before = bench.model.document.experiment.network
    bench.model.step(whole_epoch=False)
    state = bench.model.state
    assert state.selection.of_batch
    assert text(scope, "heading") == "Step 6 of 8: new weights"
    assert state.snapshot is not None
    rows = ", ".join(str(row + 1) for row in state.rows_of(state.snapshot.rows))
    assert text(scope, "note") == f"The last step used rows {rows}: before, change and after."
    after = bench.model.document.experiment.network
    for network, column in ((before, 0), (after, 2)):
        biases = network.layers[0].biases
        assert biases is not None
        assert table_row(scope, "b")[column] == pytest.approx(biases[0], abs=HALF)


def test_a_step_on_all_rows_is_seen_as_a_batch(scope: Microscope, bench: Workbench) -> None:
    bench.model.examine_batch(True)
    before = bench.model.document.experiment.network.layers[0].biases
    bench.model.step(whole_epoch=False)
    after = bench.model.document.experiment.network.layers[0].biases
    assert text(scope, "note") == "The last step used all rows: before, change and after."
    assert before is not None
    assert after is not None
    old, _, new = table_row(scope, "b")
    assert (old, new) == pytest.approx((before[0], after[0]), abs=HALF)


def test_a_run_by_momentum_is_followed_with_its_memory(
    scope: Microscope, bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    training = endless.experiment.training
    spec = replace(training.optimiser, name="momentum")
    bench.model.set_training(replace(training, optimiser=spec, learning_rate=0.01), "Optimiser")
    bench.model.examine(UnitAt(0, 0), Part.UPDATE)
    start = text(scope, "term_2")
    assert "0.9·0.000 + " in start
    bench.model.train()
    qtbot.waitUntil(lambda: text(scope, "term_2") != start, timeout=10_000)
    assert bench.model.is_training
    assert "0.9·0.000 + " not in text(scope, "term_2")
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=10_000)
    progress = endless.experiment.progress
    assert progress is not None
    velocity = number(float(progress.slots[0][0]), is_factor=True, reckoned=True)
    assert f"0.9·{velocity.text}" in text(scope, "term_2")


def test_steps_are_counted_and_the_rows_marked(bench: Workbench) -> None:
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, batch_size=1), "Batch")
    bench.model.choose_row(-1)
    clean = bench.output.map.grab().toImage()
    bench.model.step(whole_epoch=False)
    bench.model.step(whole_epoch=False)
    assert find(bench.loss, QLabel, "epoch_of").text() == "/ 0 · step 2 of 4"
    state = bench.model.state
    assert len(state.used_rows) == 1
    assert state.snapshot is not None
    x = state.dataset.x_train[state.snapshot.rows[0]]
    spot = bench.output.map.to_px(float(x[0]), float(x[1])).toPoint()
    marked = bench.output.map.grab().toImage()
    over = [(across, -13 + down) for across in range(-9, 9) for down in range(8)]
    around = [marked.pixelColor(spot.x() + across, spot.y() + down) for across, down in over]
    accent = QColor(active().acc)
    assert any(abs(c.red() - accent.red()) + abs(c.green() - accent.green()) < 24 for c in around)
    assert marked != clean
