"""The whole tab in a real window: what clicks and keys do to screen and document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.data import named_data
from model.edits.tables import with_row_removed
from model.experiment import (
    GateData,
    PlaneData,
    PointsData,
    SplitSpec,
    StopSpec,
    TableData,
    TruthTableData,
)
from model.insight import Finding
from model.metrics import RIGHT, WRONG
from model.places import UnitAt
from model.recipes.quadrants import by_hand
from tests.gui.finding import find

LEFT = Qt.MouseButton.LeftButton


def click_cell(
    qtbot: QtBot, bench: Workbench, row: int, column: int, button: Qt.MouseButton = LEFT
) -> None:
    view = bench.data.table.view
    centre = view.visualRect(bench.data.table.model.index(row, column)).center()
    qtbot.mouseClick(view.viewport(), button, pos=centre)


def click_tile(qtbot: QtBot, tiles: TileList, key: str) -> None:
    qtbot.mouseClick(tiles.viewport(), LEFT, pos=tiles.tile_rect(key).center().toPoint())


def marks(bench: Workbench) -> list[int | None]:
    table = bench.data.table.model
    return [table.outcome(row) for row in range(len(table.table.rows))]


def test_one_click_in_a_cold_window_trains_xor_to_four_green_rows(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab
) -> None:
    page = tab.first_run
    assert page is not None
    right, wrong, undecided = page.counts()
    assert right + wrong + undecided == 4
    assert right < 4
    qtbot.mouseClick(page.train_button, LEFT)
    assert tab.first_run is None
    qtbot.waitUntil(lambda: marks(tab.workbench) == [RIGHT] * 4, timeout=20000)
    qtbot.waitUntil(lambda: not tab.model.is_training, timeout=20000)
    assert "All 4 rows correct since epoch" in window.status.sentence.text()
    assert window.status.state.text() == "Paused"


def test_what_is_said_of_the_end_of_a_run_comes_back_with_it(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, bench: Workbench
) -> None:
    sentence = window.status.sentence
    tab.model.train()
    qtbot.waitUntil(lambda: "since epoch" in sentence.text(), timeout=20000)
    said = sentence.text()
    qtbot.keyClick(tab, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: "since epoch" not in sentence.text())
    qtbot.keyClick(tab, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: sentence.text() == said)


def test_the_first_run_page_is_shown_once(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, document: ExperimentDocument
) -> None:
    assert tab.first_run is not None
    assert tab.title() == ""
    qtbot.mouseClick(tab.first_run.panels_button, LEFT)
    assert tab.title() == "XOR, seed 0"
    assert tab.workbench.isVisible()
    again = GlassnetWindow(ExperimentDocument(document.experiment))
    second = again.tab(again.BUILD)
    assert isinstance(second, BuildTab)
    assert second.first_run is None
    again.close()
    again.deleteLater()


def test_space_trains_and_pauses_also_after_a_tile_was_clicked(
    qtbot: QtBot, bench: Workbench, tab: BuildTab, document: ExperimentDocument
) -> None:
    click_tile(qtbot, bench.data.tiles[0], "gate:and")
    training = replace(document.experiment.training, stop=StopSpec())
    document.edit("no stop", replace(document.experiment, training=training))
    qtbot.keyClick(bench.data.tiles[0], Qt.Key.Key_Space)
    assert tab.model.is_training
    assert bench.bar.train_button.text() == "Pause"
    qtbot.waitUntil(lambda: tab.model.state.epoch > 5, timeout=5000)
    qtbot.keyClick(tab, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not tab.model.is_training, timeout=5000)
    assert bench.bar.train_button.text() == "Train"


def test_the_mistakes_and_the_weights_keep_their_keys_at_the_end(
    qtbot: QtBot, bench: Workbench, tab: BuildTab
) -> None:
    assert tab.model.choose_data(TableData("iris"))
    qtbot.keyClick(tab, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert tab.model.state.epoch == 1
    bench.data.samples.mistakes.setFocus()
    tab.model.open_microscope(UnitAt(0, 0))
    for part in (bench.data.samples.mistakes, bench.microscope.update_card.table):
        for key in (Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Up):
            qtbot.keyClick(part, key)
            assert tab.model.state.epoch == 1


def test_single_keys_reach_the_tab_from_mistakes_and_weights(
    qtbot: QtBot, bench: Workbench, tab: BuildTab
) -> None:
    assert tab.model.choose_data(TableData("iris"))
    tab.model.open_microscope(UnitAt(0, 0))
    for epoch, part in enumerate(
        (bench.data.samples.mistakes, bench.microscope.update_card.table), start=1
    ):
        qtbot.keyClick(part, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda epoch=epoch: tab.model.state.epoch == epoch)  # type: ignore[misc]  # a lambda's default has no type


@pytest.mark.parametrize("key", [Qt.Key.Key_Home, Qt.Key.Key_Left])
def test_at_the_end_of_a_list_its_keys_do_not_travel_in_time(
    qtbot: QtBot, bench: Workbench, tab: BuildTab, key: Qt.Key
) -> None:
    qtbot.keyClick(tab, Qt.Key.Key_S)
    click_tile(qtbot, bench.data.tiles[0], "gate:and")
    assert tab.model.state.epoch == 1
    qtbot.keyClick(bench.data.tiles[0], key)
    assert tab.model.state.epoch == 1
    click_cell(qtbot, bench, 0, 0)
    qtbot.keyClick(bench.data.table.view, key)
    assert tab.model.state.epoch == 1


def test_single_keys_are_letters_in_a_field(
    qtbot: QtBot, bench: Workbench, tab: BuildTab, document: ExperimentDocument
) -> None:
    bench.bar.seed.setFocus()
    qtbot.keyClicks(bench.bar.seed, "s")
    assert document.experiment.progress is None
    qtbot.keyClick(tab, Qt.Key.Key_S)
    assert document.experiment.progress is not None


def test_a_clicked_target_flips_and_the_gate_is_recognised(
    qtbot: QtBot, bench: Workbench, tab: BuildTab, document: ExperimentDocument
) -> None:
    weights = document.experiment.network
    click_cell(qtbot, bench, 3, 2)
    assert document.experiment.data == GateData("or")
    assert document.experiment.network == weights
    assert tab.title() == "OR, seed 0"
    index = bench.data.table.model.index(3, 2)
    assert index.data() == "1"
    document.undo_stack.undo()
    assert document.experiment.data == GateData("xor")
    assert index.data() == "0"


def test_a_target_can_be_left_free(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    bench.data.table.view.setFocus()
    click_cell(qtbot, bench, 1, 0)
    qtbot.keyClick(bench.data.table.view, Qt.Key.Key_X)
    data = document.experiment.data
    assert isinstance(data, TruthTableData)
    assert data.targets[1] == (None,)
    assert marks(bench)[1] is None


def test_rows_inputs_and_outputs_are_added_and_removed(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    def choose(name: str) -> None:
        find(bench, QAction, name).trigger()

    choose("table_input_added")
    assert document.experiment.network.inputs == 3
    assert len(bench.data.table.model.table.rows) == 8
    choose("table_output_added")
    assert document.experiment.network.layers[-1].units == 2
    choose("table_output_removed")
    choose("table_input_removed")
    assert document.experiment.network.inputs == 2
    assert document.experiment.data == GateData("xor")
    qtbot.mouseClick(bench.data.table.add_button, LEFT)
    data = document.experiment.data
    assert isinstance(data, TruthTableData)
    assert len(data.rows) == 5
    click_cell(qtbot, bench, 4, 0)
    qtbot.keyClick(bench.data.table.view, Qt.Key.Key_Delete)
    assert document.experiment.data == GateData("xor")


def test_hovering_a_row_lights_it_everywhere(qtbot: QtBot, bench: Workbench, tab: BuildTab) -> None:
    view = bench.data.table.view

    def lights() -> bool:
        """Point at the row where it is now: what the window makes late may move it."""
        qtbot.mouseMove(view.viewport(), QPoint(2, 2))
        where = view.visualRect(bench.data.table.model.index(2, 0)).center()
        qtbot.mouseMove(view.viewport(), where)
        return tab.model.state.row == 2

    qtbot.waitUntil(lights, timeout=10_000)


def test_a_tile_brings_its_data_and_a_network_that_suits_them(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    click_tile(qtbot, bench.data.tiles[1], "plane:spiral")
    spiral = document.experiment
    assert isinstance(spiral.data, PlaneData)
    assert [layer.units for layer in spiral.network.layers] == [16, 16, 1]
    document.undo_stack.undo()
    assert document.experiment.data == GateData("xor")
    assert bench.data.tiles[0].currentIndex().data() == "XOR"


@pytest.mark.parametrize(
    ("name", "steps", "read"),
    [
        ("copies", 3, lambda e: e.data.copies == 4),
        ("noise", 5, lambda e: e.data.noise == 0.05),
        ("split", -10, lambda e: e.split.test_fraction == 0.1),
    ],
)
def test_a_slider_is_one_step_to_undo(
    qtbot: QtBot,
    bench: Workbench,
    document: ExperimentDocument,
    name: str,
    steps: int,
    read: Callable[[Any], bool],
) -> None:
    before = document.experiment
    slider = find(bench, QWidget, name)
    slider.setFocus()
    for _ in range(abs(steps)):
        qtbot.keyClick(slider, Qt.Key.Key_Right if steps > 0 else Qt.Key.Key_Left)
    assert read(document.experiment)
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.experiment == before


def test_each_rate_typed_is_a_step_to_undo(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    before = document.experiment.training.learning_rate
    field = find(bench, QLineEdit, "learning_rate_text")
    for text in ("0.25", "0.125"):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.experiment.training.learning_rate == 0.25
    document.undo_stack.undo()
    assert document.experiment.training.learning_rate == before


def test_settings_go_into_the_document_and_back(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    bar = bench.bar
    edit = bar.rate.lineEdit()
    assert edit is not None
    bar.rate.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "0,25")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert document.experiment.training.learning_rate == 0.25
    bar.optimiser.setFocus()
    qtbot.keyClicks(bar.optimiser, "Adam")
    qtbot.waitUntil(lambda: document.experiment.training.optimiser.name == "adam", timeout=1000)
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.experiment.training.learning_rate == 0.5
    assert bar.rate.currentText() == "0.5"
    assert bar.optimiser.currentData() == "sgd"


def test_a_typed_seed_draws_other_weights_and_the_dice_the_next(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    seed = find(bench, QLineEdit, "seed")
    seed.selectAll()
    qtbot.keyClicks(seed, "93")
    qtbot.keyClick(seed, Qt.Key.Key_Return)
    assert document.experiment.seed == 93
    qtbot.mouseClick(find(bench, QToolButton, "new_start"), LEFT)
    assert document.experiment.seed == 94
    assert seed.text() == "94"


def test_bad_numbers_are_put_back(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    seed = bench.bar.seed
    seed.setFocus()
    seed.selectAll()
    qtbot.keyClicks(seed, "-3")
    assert seed.property("invalid") == "true"
    qtbot.keyClick(seed, Qt.Key.Key_Return)
    assert seed.text() == "0"
    assert document.experiment.seed == 0


def test_under_1280_pixels_data_fold_to_a_rail_with_a_drawer(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench
) -> None:
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: bench.arrangement.is_compact, timeout=2000)
    assert window.width() == 1100
    assert not bench.data.isVisible()
    assert bench.arrangement.rail.isVisible()
    qtbot.mouseClick(bench.arrangement.rail.tile, LEFT)
    assert bench.data.isVisible()
    qtbot.keyClick(bench.data, Qt.Key.Key_Escape)
    assert not bench.data.isVisible()
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: not bench.arrangement.is_compact, timeout=2000)
    assert bench.data.isVisible()


def test_between_a_lesson_and_the_microscope_the_dock_is_whole(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench
) -> None:
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: not bench.arrangement.is_compact, timeout=2000)
    bench.make_room(330)
    assert not bench.arrangement.is_loss_in_dock
    bench.model.open_microscope(UnitAt(0, 0))
    qtbot.waitUntil(lambda: bench.microscope.isVisible(), timeout=2000)
    row = bench.dock.parentWidget()
    qtbot.waitUntil(lambda: bench.dock.geometry().right() <= row.width(), timeout=2000)
    assert bench.dock.width() >= bench.dock.minimumSizeHint().width()
    bench.model.close_microscope()
    bench.make_room(0)
    assert not bench.arrangement.is_loss_in_dock
    assert bench.loss.isVisible()


def test_the_keyboard_stays_on_the_timeline_where_the_loss_moves(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench
) -> None:
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: not bench.arrangement.is_compact, timeout=2000)
    bench.make_room(330)
    timeline = bench.loss.timeline
    timeline.setFocus()
    bench.model.open_microscope(UnitAt(0, 0))
    qtbot.waitUntil(lambda: bench.arrangement.is_loss_in_dock, timeout=2000)
    assert timeline.hasFocus()
    bench.model.close_microscope()
    assert not bench.arrangement.is_loss_in_dock
    assert timeline.hasFocus()


def test_the_smallest_window_is_not_forced_wider(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench
) -> None:
    window.resize(1024, 680)
    qtbot.waitUntil(lambda: window.width() == 1024, timeout=2000)
    assert bench.width() == 1024
    for button in bench.bar.findChildren(QPushButton):
        right = button.mapTo(bench.bar, button.rect().bottomRight()).x()
        assert right <= bench.bar.width()


def test_closing_the_window_while_training_ends_cleanly(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench, tab: BuildTab
) -> None:
    experiment = window.document.experiment
    training = replace(experiment.training, stop=StopSpec())
    window.document.load(replace(experiment, training=training), None)
    tab.model.train()
    qtbot.waitUntil(lambda: tab.model.state.epoch > 10, timeout=5000)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=1000)
    assert not tab.model.is_training


def test_texts_follow_the_language(qtbot: QtBot, window: GlassnetWindow, bench: Workbench) -> None:
    sentence = find(window, QLabel, "status_sentence")
    assert sentence.text().startswith("1 of 4 rows right, 1 undecided.")


def test_a_tables_scaling_is_chosen_below_it(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    click_tile(qtbot, bench.data.tiles[2], "table:iris")
    data = document.experiment.data
    assert isinstance(data, TableData)
    assert data.scaling == "standard"
    scaling = bench.data.samples.scaling
    assert scaling.isVisible()
    assert scaling.currentData() == "standard"
    scaling.setFocus()
    qtbot.keyClick(scaling, Qt.Key.Key_Down)
    changed = document.experiment.data
    assert isinstance(changed, TableData)
    assert changed.scaling == "min_max"
    counted = bench.data.samples.counts.accessibleDescription().split("; ")
    assert [counts.split(": ")[1] for counts in counted] == ["35 + 15"] * 3


def test_a_loss_that_reads_answers_otherwise_moves_the_ticks(
    bench: Workbench, document: ExperimentDocument
) -> None:
    hidden, last = document.experiment.network.layers
    constant = replace(
        last, activation="identity", weights=np.zeros((4, 1)), biases=np.array([0.3])
    )
    network = replace(document.experiment.network, layers=(hidden, constant))
    zeros, ones = [RIGHT, WRONG, WRONG, RIGHT], [WRONG, RIGHT, RIGHT, WRONG]
    for loss, wanted in (("squared", zeros), ("binary_cross_entropy", ones), ("squared", zeros)):
        training = replace(document.experiment.training, loss=loss)
        document.edit(loss, replace(document.experiment, network=network, training=training))
        assert marks(bench) == wanted


def test_a_split_by_class_keeps_each_classs_share(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    bench.model.choose_data(PlaneData("gaussians", 200))
    box = bench.data.foot.split.by_class
    assert box.isVisible()
    on = not document.experiment.split.stratify
    for wanted in (on, not on):
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
        assert document.experiment.split.stratify == wanted == box.isChecked()
    bench.model.set_split(SplitSpec(0.25, stratify=True), "Split", "")
    labels = bench.model.state.dataset.y_test[:, 0]
    assert labels.mean() == 0.5
    document.undo_stack.undo()
    bench.model.choose_data(PlaneData("regression_plane", 200))
    assert not box.isVisible()


def test_other_data_start_anew_under_their_own_name(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench, document: ExperimentDocument
) -> None:
    document.load(by_hand(), None)
    hand_set = document.experiment
    assert window.header.title.text() == "same signs"
    click_tile(qtbot, bench.data.tiles[2], "table:titanic")
    assert window.header.title.text() == "Titanic, seed 0"
    units = [layer.units for layer in hand_set.network.layers]
    chosen = document.experiment.network
    assert [layer.units for layer in chosen.layers] == units
    assert chosen.layers[0] != hand_set.network.layers[0]
    document.undo_stack.undo()
    assert document.experiment == hand_set
    assert window.header.title.text() == "same signs"


def test_other_data_begin_a_document_of_their_own(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench, document: ExperimentDocument
) -> None:
    document.mark_saved(Path("mine.glassnet"))
    click_tile(qtbot, bench.data.tiles[2], "table:titanic")
    assert window.header.title.text() == "Titanic, seed 0"
    document.undo_stack.undo()
    assert window.header.title.text() == "mine"


def tab_order(bench: Workbench) -> list[str]:
    """Return the names of what Tab comes to, from the training bar on."""
    stops, at = [bench.bar.reset_button.objectName()], bench.bar.reset_button.nextInFocusChain()
    while at is not None and at is not bench.bar.reset_button:
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.append(at.objectName())
        at = at.nextInFocusChain()
    return stops


def test_tab_comes_to_parts_made_late_where_they_stand(bench: Workbench, qtbot: QtBot) -> None:
    finding = Finding("single_softmax", "warning", {})
    bench.output.doctor.show_findings([finding, finding])
    bench.model.choose_data(named_data("iris"))
    bench.output.make_parts()
    qtbot.waitUntil(lambda: bench.is_idle, timeout=60_000)
    wanted = (
        *("truth_table", "all_rows", "table_scaling", "copies", "features_open"),
        *("map_second_input", "add_class_0", "confusion_link", "unit_card_close"),
        *("comparison_fold", "finding_0_fix", "finding_1_fold", "finding_1_fix", "circuit_toggle"),
    )
    stops = tab_order(bench)
    assert [name for name in stops if name in wanted] == list(wanted)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_the_chosen_row_stays_with_its_point(tab: BuildTab, share: float) -> None:
    model = tab.model
    model.choose_data(PointsData(tuple((x / 8, -x / 4, float(x % 2)) for x in range(8))))
    model.set_split(SplitSpec(test_fraction=share), "")
    model.choose_row(4)
    state = model.state
    point = state.columns_at([4])[0].tolist()

    def chosen() -> list[float]:
        return model.state.columns_at([model.chosen_row])[0].tolist()

    model.erase_point(0)
    assert chosen() == point
    assert model.state.row == model.chosen_row
    model.document.undo_stack.undo()
    assert chosen() == point
    model.add_point(0.9, 0.9, 1)
    assert chosen() == point
    model.erase_point(round(point[0] * 8))
    assert (model.chosen_row, model.state.row) == (-1, -1)


def test_the_chosen_row_stays_with_its_row_of_a_truth_table(tab: BuildTab) -> None:
    model = tab.model
    rows = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    table = TruthTableData(("a", "b"), ("c",), rows, ((0.0,), (None,), (None,), (1.0,)))
    model.choose_data(table)
    model.choose_row(2)
    model.edit_data(with_row_removed(table, 0), "")
    assert model.state.columns_at([model.chosen_row])[0].tolist() == [1.0, 0.0]
