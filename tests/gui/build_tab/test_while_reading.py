"""What is done while data are read: nothing is lost, the newest wish wins, all panels agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.derived_data import DerivedData
from gui.build_tab.state import Activity
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.data.cache import forget_datasets
from model.data.files.reading import forget_files
from model.defaults import default_experiment
from model.experiment import CsvData, GateData, PlaneData, SplitSpec, StopSpec
from tests.gui.build_tab.agreement import assert_window_agrees
from tests.gui.build_tab.large_tables import FEATURES, TABLE_ROWS, write_table
from tests.gui.build_tab.looking import set_units
from tests.gui.build_tab.reading_hands import (
    choose_tile,
    is_reading,
    move_split,
    new_start,
    press,
    redo,
    settle,
    texts,
    undo,
)
from tests.gui.finding import find
from tests.gui.told import failures, told

KEY, FEW, LEFT = Qt.Key, 12, Qt.MouseButton.LeftButton

pytestmark = pytest.mark.usefixtures("learns_from_table")


def test_undo_takes_a_new_start_back_that_is_being_read(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    before = document.experiment
    new_start(bench)
    assert is_reading(bench)
    undo(tab)
    assert not is_reading(bench)
    settle(qtbot, bench)
    assert document.experiment is before
    assert texts(document) == []
    assert_window_agrees(tab)


def test_sliders_and_lists_come_back_when_what_they_said_is_taken_back(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    scaling = bench.data.samples.scaling
    forget_datasets()  # else what the worker has read meanwhile is at hand
    move_split(bench, 3)
    scaling.setFocus()
    QTest.keyClick(scaling, KEY.Key_Down)
    assert scaling.currentData() != "standard"
    assert is_reading(bench)
    undo(tab)
    assert scaling.currentData() == "standard"
    undo(tab)
    settle(qtbot, bench)
    assert texts(document) == []
    assert_window_agrees(tab)


def test_reading_that_is_given_up_can_be_taken_up_again(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    forget_datasets()
    forget_files()
    new_start(bench)
    bench.model.stop_waiting()
    settle(qtbot, bench)
    assert document.experiment.seed == 1, "the edit stays"
    assert bench.model.state.data.is_given_up
    again = find(bench, QPushButton, "loading_cancel")
    qtbot.waitUntil(again.isVisible)
    assert again.text() == "Read them again"
    QTest.mouseClick(again, LEFT)
    settle(qtbot, bench)
    assert bench.model.state.data.is_ready
    assert not again.isVisible()
    assert_window_agrees(tab)


def test_a_slider_that_is_dragged_while_data_are_read_is_one_step_a_gesture(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    start = document.experiment.split.test_fraction
    move_split(bench, 3)
    bench.model.end_gesture()
    move_split(bench, 1)
    settle(qtbot, bench)
    assert document.experiment.split.test_fraction < start
    assert texts(document) == ["Split", "Split"]
    bench.model.end_gesture()
    move_split(bench, 1)
    settle(qtbot, bench)
    assert texts(document) == ["Split"] * 3
    assert_window_agrees(tab)


def test_other_data_chosen_while_data_are_read_win(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    other = write_table(tmp_path / "other.csv", TABLE_ROWS)
    bench.model.choose_data(other)
    choose_tile(bench, "plane_tiles", "plane:circle")
    settle(qtbot, bench)
    circle = document.experiment
    assert isinstance(circle.data, PlaneData)
    assert len(texts(document)) == 2
    assert_window_agrees(tab)
    undo(tab)
    settle(qtbot, bench)
    assert document.experiment.data == other
    assert_window_agrees(tab)


def test_a_step_that_cannot_be_read_is_shown_and_undone_like_any_other(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    gone = write_table(tmp_path / "gone.csv", TABLE_ROWS)
    bench.model.choose_data(gone)
    settle(qtbot, bench)
    choose_tile(bench, "gate_tiles", "gate:and")
    choose_tile(bench, "gate_tiles", "gate:xor")
    Path(gone.path).unlink()
    forget_datasets()
    undo(tab)
    with told(qtbot, bench.model.messages) as failed:
        undo(tab)
    assert "gone.csv" in failed[0]
    undone = document.experiment
    assert undone.data == gone
    assert bench.model.state.data.error is not None
    assert len(bench.model.state.dataset.x_train) == 0
    with told(qtbot, bench.model.messages) as failed:
        press(bench, "train")
    assert "gone.csv" in failed[0], "Train says why it cannot"
    redo(tab)
    redone = document.experiment
    assert redone.data == GateData("and")
    assert bench.model.state.data.is_ready
    settle(qtbot, bench)
    assert_window_agrees(tab)
    undo(tab)
    undo(tab)
    settle(qtbot, bench)
    assert document.experiment.data != gone
    assert_window_agrees(tab)


def test_an_edit_that_cannot_be_read_takes_no_other_with_it(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b,c,d,e,f,y\n" + "1,2,3,4,5,6,1\n" * 30_000 + "1,2,3,4\n")
    with told(qtbot, bench.model.messages) as failed:
        new_start(bench)
        bench.model.choose_data(CsvData(str(bad), features=FEATURES, targets=("y",)))
        bench.model.set_split(SplitSpec(0.5), "Split", "")
    assert "bad.csv" in failed[0]
    settle(qtbot, bench)
    assert document.experiment.seed == 1
    assert document.experiment.split.test_fraction == 0.5
    assert texts(document) == ["New start, seed 1", "Split"]
    assert_window_agrees(tab)


def test_data_that_turn_out_bad_in_a_training_are_said_once_and_end_it(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    other, model = write_table(tmp_path / "other.csv", TABLE_ROWS), bench.model
    model.choose_data(other)  # now its columns are known
    settle(qtbot, bench)
    undo(tab)
    settle(qtbot, bench)
    with Path(other.path).open("a") as file:
        file.write("1,2,3,4\n")
    training = replace(document.experiment.training, stop=StopSpec())
    document.edit("no stop", replace(document.experiment, training=training))
    model.train()
    qtbot.waitUntil(lambda: model.state.running, timeout=20_000)
    said = failures(model.messages)
    model.choose_data(other)
    assert model.is_training, "on the rows before"
    set_units(bench, 0, 7, qtbot)
    assert model.is_about_to_train
    qtbot.waitUntil(lambda: model.state.data.error is not None, timeout=20_000)
    assert not model.is_about_to_train
    assert model.state.activity is Activity.REST
    assert len(said) == 1


def test_the_worker_that_reads_rows_works_out_what_the_window_asks_of_all_of_them(
    qtbot: QtBot, table: CsvData, nothing_read_before: None
) -> None:
    owner = QObject()
    errors: list[Exception] = []
    data = DerivedData(owner, lambda: None, lambda error, _: errors.append(error))
    data.follow(default_experiment(table))
    qtbot.waitUntil(lambda: data.status.is_ready and data.is_idle)
    assert vars(data.dataset).keys() >= {"x_means", "x_ranges", "y_ranges", "class_counts"}
    assert errors == []
