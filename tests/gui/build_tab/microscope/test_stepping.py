"""A step with a batch of one leaves the microscope on what has just changed; a run is followed."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.panel import Microscope
from gui.build_tab.microscope.step_view import number, short_figure
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.theme import active
from model.edits.locks import LOCKS
from model.experiment import GateData, Optimiser, OptimiserSpec, PlaneData, SplitSpec
from model.insight.step.one_step import one_step
from model.insight.step.walk import Part, Place
from model.places import UnitAt
from tests.gui.build_tab.microscope.reading import table_row, text
from tests.gui.finding import find

HALF = 0.0005 * (1 + 1e-9)


@pytest.fixture
def one_by_one(scope: Microscope, bench: Workbench) -> Microscope:
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, batch_size=1), "Batch")
    return scope


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


@pytest.mark.parametrize(
    ("size", "noise", "note"),
    [
        (1, 0.0, "The last step used row {rows} alone: before, change and after."),
        (1, 0.2, "The last step used row {rows} alone: before, change and after."),
        (2, 0.0, "The last step used rows {rows}: before, change and after."),
        (0, 0.0, "The last step used all rows: before, change and after."),
    ],
)
def test_the_trainers_step_is_left_in_sight(
    scope: Microscope, bench: Workbench, size: int, noise: float, note: str
) -> None:
    model = bench.model
    if noise:
        model.edit_data(GateData("xor", copies=3, noise=noise), "Noise")
    model.set_dropout(0, 0.5)
    training = model.document.experiment.training
    model.set_training(replace(training, batch_size=size, l1=0.05, l2=0.2), "Batch")
    model.examine(UnitAt(0, 1), Part.SUM)
    model.examine_batch(size == 0)
    before = model.state.network
    model.step(whole_epoch=False)
    after, state = model.state.network, model.state
    assert state.snapshot is not None
    rows = state.snapshot.rows
    shown = ", ".join(str(row + 1) for row in state.rows_of(rows))
    assert text(scope, "note") == note.format(rows=shown)
    assert text(scope, "heading") == "Step 6 of 8: new weights" or size == 0
    for name, row in (("w₁", 0), ("w₂", 1)):
        old, _, new = table_row(scope, name)
        expected = before.weights[0][row, 1], after.weights[0][row, 1]
        assert (old, new) == pytest.approx(expected, abs=HALF)
    old, _, new = table_row(scope, "b")
    assert (old, new) == pytest.approx((before.biases[0][1], after.biases[0][1]), abs=HALF)
    if size == 1:
        assert scope.rows.combo.currentIndex() == state.row == state.rows_of(rows)[0]
        factor = short_figure(float(state.dataset.x_train[rows[0]][0]))
        assert f"·{factor} + " in text(scope, "sum_2").replace("(−", "−").replace(")", "")
    model.examine_batch(False)
    assert "The last step" not in text(scope, "note")
    assert table_row(scope, "w₁")[0] == pytest.approx(after.weights[0][0, 1], abs=HALF)


@pytest.mark.parametrize(
    ("optimiser", "of_batch"), [("sgd", False), ("adam", True)], ids=["row alone", "batch"]
)
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
        before = model.document.experiment
        (x,), (y,) = model.state.rows_at([3])
        step = one_step(before, model.state.dataset, x, y, of_batch=of_batch)
        undoable = model.document.undo_stack.count()
        qtbot.keyClick(scope.apply_button, Qt.Key.Key_Space)
        assert model.document.undo_stack.count() == undoable + 1
        network, progress = model.state.network, model.document.experiment.progress
        for layer, units in enumerate((4, 1)):
            shown = [step.unit(UnitAt(layer, unit)) for unit in range(units)]
            new = np.transpose([each.new[:-1] for each in shown])
            np.testing.assert_array_equal(network.weights[layer], new)
            np.testing.assert_array_equal(network.biases[layer], [each.new[-1] for each in shown])
        assert network.forward(x[None])[0] == pytest.approx(step.outputs_after)
        assert progress is not None
        assert (progress.step, progress.epoch) == (made, made if of_batch else 0)
        assert "before, change and after" in text(scope, "note")
        assert scope.again_button.hasFocus()
        qtbot.keyClick(scope.again_button, Qt.Key.Key_Space)
        assert model.state.selection.place == Place(Part.INPUTS, UnitAt(0, 0))
        assert text(scope, "note") == ""
        assert table_row(scope, "w₁")[0] == pytest.approx(network.weights[0][0, 0], abs=HALF)
    model.document.undo_stack.undo()
    assert model.document.experiment == before


def test_a_run_is_followed_with_its_memory_and_its_end_is_exact(
    scope: Microscope, bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    training = endless.experiment.training
    spec = replace(training.optimiser, name="momentum")
    bench.model.set_training(replace(training, optimiser=spec, learning_rate=0.01), "Optimiser")
    bench.model.examine(UnitAt(0, 0), Part.UPDATE)
    qtbot.waitUntil(lambda: scope.sheet.verticalScrollBar().value() > 0)
    start, above = text(scope, "term_2"), text(scope, "bias_1")
    assert "0.9·0.000 + " in start
    bench.model.train()
    qtbot.waitUntil(lambda: text(scope, "term_2") != start, timeout=10_000)
    assert bench.model.is_training
    assert "0.9·0.000 + " not in text(scope, "term_2")
    assert text(scope, "bias_1") == above, "what is out of sight waits for the end"
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=10_000)
    assert text(scope, "bias_1") != above
    progress = endless.experiment.progress
    assert progress is not None
    velocity = number(float(progress.slots[0][0]), is_factor=True, reckoned=True)
    assert f"0.9·{velocity.text}" in text(scope, "term_2")
    weights = bench.model.state.network.weights[0]
    assert table_row(scope, "w₁")[0] == pytest.approx(weights[0, 0], abs=HALF)
    bench.model.show_epoch(0)
    qtbot.waitUntil(lambda: text(scope, "epoch") == "epoch 0", timeout=10_000)
    assert text(scope, "bias_1") == above


def test_the_row_of_a_step_is_marked_on_the_map(bench: Workbench) -> None:
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, batch_size=1), "Batch")
    bench.model.choose_row(-1)
    bench.model.step(whole_epoch=False)
    bench.model.step(whole_epoch=False)
    assert find(bench.loss, QLabel, "epoch_of").text() == "/ 0 · step 2 of 4"
    state = bench.model.state
    (used,) = state.used_rows
    spot = bench.output.map.to_px(*state.dataset.x_train[used].tolist()).toPoint()
    above = bench.output.map.grab(QRect(spot - QPoint(9, 13), QSize(18, 8))).toImage()
    pixels = {above.pixelColor(x, y).name() for x in range(18) for y in range(8)}
    assert active().acc.lower() in pixels
