"""The whole tab in a real window: what clicks and keys do to screen and document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.data import named_data
from model.experiment import (
    GateData,
    PlaneData,
    PointsData,
    SplitSpec,
    TableData,
    TruthTableData,
)
from model.insight import Finding
from model.metrics import RIGHT
from model.places import UnitAt
from tests.gui.finding import find

LEFT = Qt.MouseButton.LeftButton


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
    qtbot.mouseClick(find(tab, QPushButton, "show_all_panels"), LEFT)
    assert tab.title() == "XOR, seed 0"
    assert tab.workbench.isVisible()
    again = GlassnetWindow(ExperimentDocument(document.experiment))
    second = again.tab(again.BUILD)
    assert isinstance(second, BuildTab)
    assert second.first_run is None
    again.close()
    again.deleteLater()


def test_lists_keep_their_own_keys_and_leave_single_keys_to_the_tab(
    qtbot: QtBot, bench: Workbench, tab: BuildTab
) -> None:
    samples = bench.data.samples
    tab.model.open_microscope(UnitAt(0, 0))
    for data, parts in (
        (named_data("and"), (bench.data.tiles[0], bench.data.table.view)),
        (TableData("iris"), (samples.mistakes, bench.microscope.update_card.table)),
    ):
        assert tab.model.choose_data(data)
        for part in parts:
            epoch = tab.model.state.epoch + 1
            qtbot.keyClick(part, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
            assert tab.model.state.epoch == epoch
            for key in (Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Up):
                qtbot.keyClick(part, key)
                assert tab.model.state.epoch == epoch


def test_single_keys_are_letters_in_a_field(
    qtbot: QtBot, bench: Workbench, tab: BuildTab, document: ExperimentDocument
) -> None:
    bench.bar.seed.setFocus()
    qtbot.keyClicks(bench.bar.seed, "s")
    assert document.experiment.progress is None
    qtbot.keyClick(tab, Qt.Key.Key_S)
    assert document.experiment.progress is not None


def test_inputs_outputs_and_rows_come_and_go_and_a_target_is_freed(
    qtbot: QtBot, bench: Workbench, document: ExperimentDocument
) -> None:
    table = bench.data.table
    for name, inputs, outputs in (
        ("table_input_added", 3, 1),
        ("table_output_added", 3, 2),
        ("table_output_removed", 3, 1),
        ("table_input_removed", 2, 1),
    ):
        find(bench, QAction, name).trigger()
        network = document.experiment.network
        assert (network.inputs, network.layers[-1].units) == (inputs, outputs)
    assert document.experiment.data == GateData("xor")
    qtbot.mouseClick(find(bench, QWidget, "table_add_row"), LEFT)
    assert table.model.rowCount() == 5
    table.view.setFocus()
    table.view.setCurrentIndex(table.model.index(4, 0))
    qtbot.keyClick(table.view, Qt.Key.Key_Delete)
    assert document.experiment.data == GateData("xor")
    table.view.setCurrentIndex(table.model.index(1, 0))
    qtbot.keyClick(table.view, Qt.Key.Key_X)
    data = document.experiment.data
    assert isinstance(data, TruthTableData)
    assert data.targets[1] == (None,)
    assert marks(bench)[1] is None


def test_hovering_a_row_lights_it_everywhere(qtbot: QtBot, bench: Workbench, tab: BuildTab) -> None:
    view = bench.data.table.view

    def lights() -> bool:
        """Point at the row where it is now: what the window makes late may move it."""
        qtbot.mouseMove(view.viewport(), QPoint(2, 2))
        where = view.visualRect(bench.data.table.model.index(2, 0)).center()
        qtbot.mouseMove(view.viewport(), where)
        return tab.model.state.row == 2

    qtbot.waitUntil(lights, timeout=10_000)


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
    bench.output.doctor.make_cards()
    qtbot.waitUntil(lambda: bench.is_idle, timeout=60_000)
    wanted = (
        *("truth_table", "all_rows", "table_scaling", "copies", "features_open"),
        *("map_second_input", "add_class_0", "unit_card_close"),
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
