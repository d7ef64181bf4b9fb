"""What a person does while data are read: nothing is lost, the newest wish wins, all panels agree.

A worker's end reaches the window by the event loop alone, so what a test does before it waits
happens while the data are still being read.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.build.build_tab import BuildTab
from gui.build.data_panel.tiles import TileList
from gui.build.workbench import Workbench
from gui.document import ExperimentDocument, datasets, edits
from gui.document.data_loader import DataLoader
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import CsvData, Experiment, GateData, PlaneData, SplitSpec
from model.files import write_experiment
from tests.gui.build.agreement import assert_window_agrees
from tests.gui.build.large_tables import FEATURES, write_table

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ROWS = 14_000
FEW = 12


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> CsvData:
    data = write_table(tmp_path_factory.mktemp("reading") / "table.csv", ROWS)
    assert Path(data.path).stat().st_size > datasets.AT_ONCE_BYTES
    return data


@pytest.fixture(autouse=True)
def is_read(
    bench: Workbench,
    document: ExperimentDocument,
    qtbot: QtBot,
    table: CsvData,
    nothing_read_before: None,
) -> None:
    """Let the document learn from the table, by one step."""
    bench.choose_data(table)
    settle(qtbot, bench)
    assert document.experiment.data == table
    assert document.undo_stack.count() == 1


def loader_of(bench: Workbench) -> DataLoader:
    return bench._controller.loader


def settle(qtbot: QtBot, bench: Workbench) -> None:
    """Wait until nothing is read and nothing waits for it."""
    controller = bench._controller
    qtbot.waitUntil(
        lambda: controller.loader.is_idle and not controller._pending.is_waiting, timeout=20_000
    )
    qtbot.waitUntil(lambda: controller.supply.is_idle, timeout=20_000)


def undo(tab: BuildTab) -> None:
    QTest.keyClick(tab, KEY.Key_Z, CTRL)


def redo(tab: BuildTab) -> None:
    QTest.keyClick(tab, KEY.Key_Z, CTRL | SHIFT)


def press(bench: Workbench, name: str) -> None:
    button = bench.findChild(QWidget, name)
    assert button is not None
    QTest.mouseClick(button, LEFT)


def new_start(bench: Workbench) -> None:
    press(bench, "new_start")


def choose_tile(bench: Workbench, tiles: str, key: str) -> None:
    found = bench.findChild(TileList, tiles)
    assert found is not None
    QTest.mouseClick(found.viewport(), LEFT, pos=found.tile_rect(key).center().toPoint())


def move_split(bench: Workbench, steps: int) -> None:
    slider = bench.findChild(QWidget, "split")
    assert slider is not None
    assert slider.isVisible()
    slider.setFocus()
    for _ in range(abs(steps)):
        QTest.keyClick(slider, KEY.Key_Right if steps > 0 else KEY.Key_Left)


def texts(document: ExperimentDocument) -> list[str]:
    """Return what the steps that can be undone are called, after the first one."""
    stack = document.undo_stack
    return [stack.text(index) for index in range(1, stack.index())]


def test_undo_takes_a_new_start_back_that_is_being_read(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    before = document.experiment
    new_start(bench)
    assert loader_of(bench).is_wanted
    undo(tab)
    assert not loader_of(bench).is_wanted
    settle(qtbot, bench)
    assert document.experiment is before
    assert texts(document) == []
    assert_window_agrees(tab)


def test_sliders_and_lists_come_back_when_what_they_said_is_taken_back(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    scaling = bench.data.samples.scaling
    for take_back in (lambda: undo(tab), loader_of(bench).cancel):
        move_split(bench, 3)
        scaling.setFocus()
        QTest.keyClick(scaling, KEY.Key_Down)
        assert scaling.currentData() != "standard"
        take_back()
        if loader_of(bench).is_wanted:
            undo(tab)
        settle(qtbot, bench)
        assert scaling.currentData() == "standard"
        assert texts(document) == []
        assert_window_agrees(tab)


def test_a_list_comes_back_when_what_it_said_is_refused(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, table: CsvData
) -> None:
    before, scaling = Path(table.path).read_bytes(), bench.data.samples.scaling
    try:
        Path(table.path).write_text("a,b\n1\n")
        with qtbot.waitSignal(bench._controller.failed, timeout=20_000):
            scaling.setFocus()
            QTest.keyClick(scaling, KEY.Key_Down)
    finally:
        Path(table.path).write_bytes(before)
    assert scaling.currentData() == "standard"


def test_redo_brings_back_what_was_taken_back_while_it_was_read(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    new_start(bench)
    undo(tab)
    redo(tab)
    settle(qtbot, bench)
    assert document.experiment.seed == 1
    assert texts(document) == ["New start, seed 1"]
    undo(tab)
    settle(qtbot, bench)
    assert document.experiment.seed == 0
    assert_window_agrees(tab)


def test_two_quick_new_starts_are_two_starts_and_two_steps(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    seeds: list[int] = []
    document.experiment_changed.connect(lambda _, new: seeds.append(new.seed))
    new_start(bench)
    new_start(bench)
    settle(qtbot, bench)
    assert seeds == [2], "the first one is never shown: its data need not be read"
    assert texts(document) == ["New start, seed 1", "New start, seed 2"]
    assert_window_agrees(tab)
    undo(tab)
    settle(qtbot, bench)
    assert document.experiment.seed == 1
    assert_window_agrees(tab)


def test_undo_takes_back_one_of_two_quick_new_starts(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    new_start(bench)
    new_start(bench)
    undo(tab)
    settle(qtbot, bench)
    assert document.experiment.seed == 1
    assert texts(document) == ["New start, seed 1"]
    redo(tab)
    settle(qtbot, bench)
    assert document.experiment.seed == 2
    assert texts(document) == ["New start, seed 1", "New start, seed 2"]


def test_a_split_after_a_new_start_loses_neither(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    before = document.experiment.split
    new_start(bench)
    bench.data.split_edited.emit(SplitSpec(0.5, before.stratify), "Split", "split")
    bench.data.split_edited.emit(SplitSpec(before.test_fraction, True), "By class", "")
    settle(qtbot, bench)
    assert document.experiment.seed == 1
    assert document.experiment.split == SplitSpec(0.5, True), "each changes what it is about"
    assert texts(document) == ["New start, seed 1", "Split", "By class"]
    assert_window_agrees(tab)


def test_a_slider_that_is_dragged_while_data_are_read_is_one_step_a_gesture(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    start = document.experiment.split.test_fraction
    move_split(bench, 3)
    bench.data.gesture_ended.emit()
    move_split(bench, 1)
    settle(qtbot, bench)
    assert document.experiment.split.test_fraction < start
    assert texts(document) == ["Split", "Split"]
    bench.data.gesture_ended.emit()
    move_split(bench, 1)
    settle(qtbot, bench)
    assert texts(document) == ["Split"] * 3
    assert_window_agrees(tab)


def test_what_is_made_after_a_wish_is_undone_before_it(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    units = document.experiment.network.layers[0].units
    new_start(bench)
    bench.canvas.units_changed.emit(0, 7)
    undo(tab)
    assert document.experiment.network.layers[0].units == units
    assert loader_of(bench).is_wanted, "the new start came before"
    undo(tab)
    assert not loader_of(bench).is_wanted
    settle(qtbot, bench)
    assert document.experiment.seed == 0
    assert texts(document) == []
    assert_window_agrees(tab)


def test_other_data_chosen_while_data_are_read_win(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    other = write_table(tmp_path / "other.csv", ROWS)
    bench.choose_data(other)
    choose_tile(bench, "plane_tiles", "plane:circle")
    settle(qtbot, bench)
    assert isinstance(document.experiment.data, PlaneData)
    assert len(texts(document)) == 1
    assert_window_agrees(tab)
    undo(tab)
    settle(qtbot, bench)
    assert isinstance(document.experiment.data, CsvData)
    assert document.experiment.data != other
    assert_window_agrees(tab)


def test_other_data_chosen_after_a_new_start_come_after_it(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    new_start(bench)
    choose_tile(bench, "gate_tiles", "gate:and")
    settle(qtbot, bench)
    assert document.experiment.data == GateData("and")
    assert document.experiment.seed == 1
    assert [text.split(",")[0] for text in texts(document)] == ["New start", "Data: AND"]
    assert_window_agrees(tab)


def test_undo_is_hammered_to_data_that_have_to_be_read(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, table: CsvData
) -> None:
    for seed in (1, 2, 3):
        new_start(bench)
        settle(qtbot, bench)
        assert document.experiment.seed == seed
    datasets._kept.clear()
    seeds: list[int] = []
    document.experiment_changed.connect(lambda _, new: seeds.append(new.seed))
    for _ in range(2):
        undo(tab)
        assert document.experiment.seed == 3, "it is not read in this call"
    settle(qtbot, bench)
    assert seeds == [1], "one way of two steps"
    assert document.undo_stack.index() == 2
    assert_window_agrees(tab)
    datasets._kept.clear()
    redo(tab)
    redo(tab)
    undo(tab)
    settle(qtbot, bench)
    assert seeds == [1, 2]
    datasets._kept.clear()
    undo(tab)
    redo(tab)
    settle(qtbot, bench)
    assert seeds == [1, 2], "there and back again"
    datasets._kept.clear()
    for _ in range(FEW):
        undo(tab)
    settle(qtbot, bench)
    assert document.undo_stack.index() == 0
    assert isinstance(document.experiment.data, GateData)
    assert_window_agrees(tab)


def test_what_is_made_while_undo_reads_ends_the_undo(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    new_start(bench)
    settle(qtbot, bench)
    datasets._kept.clear()
    undo(tab)
    bench.canvas.units_changed.emit(0, 7)
    settle(qtbot, bench)
    assert document.experiment.seed == 1
    assert document.experiment.network.layers[0].units == 7
    assert texts(document) == ["New start, seed 1", "Layer 1: 7 units"]
    assert_window_agrees(tab)


def test_undo_stops_before_a_step_that_cannot_be_read(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    gone = write_table(tmp_path / "gone.csv", ROWS)
    bench.choose_data(gone)
    settle(qtbot, bench)
    choose_tile(bench, "gate_tiles", "gate:and")
    choose_tile(bench, "gate_tiles", "gate:xor")
    Path(gone.path).unlink()
    datasets._kept.clear()
    with qtbot.waitSignal(tab._files.failed, timeout=20_000) as failed:
        undo(tab)
        undo(tab)
    assert "gone.csv" in failed.args[0]
    assert document.experiment.data == GateData("and")
    assert_window_agrees(tab)


def test_an_edit_that_cannot_be_read_takes_no_other_with_it(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b,c,d,e,f,y\n" + "1,2,3,4,5,6,1\n" * 30_000 + "1,2,3,4\n")
    with qtbot.waitSignal(bench._controller.failed, timeout=20_000) as failed:
        new_start(bench)
        bench.choose_data(CsvData(str(bad), features=FEATURES, targets=("y",)))
        bench.data.split_edited.emit(SplitSpec(0.5), "Split", "")
    assert "bad.csv" in failed.args[0]
    settle(qtbot, bench)
    assert document.experiment.seed == 1
    assert document.experiment.split.test_fraction == 0.5
    assert texts(document) == ["New start, seed 1", "Split"]
    assert_window_agrees(tab)


def test_an_edit_that_needs_the_end_of_training_keeps_what_was_learned(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    controller = bench._controller
    press(bench, "train")
    qtbot.waitUntil(lambda: controller.shown_epoch > 2, timeout=20_000)
    bench.data.split_edited.emit(SplitSpec(0.5), "Split", "")
    qtbot.waitUntil(lambda: document.experiment.split.test_fraction == 0.5, timeout=20_000)
    progress = document.experiment.progress
    if controller.is_running:
        assert progress is None, "it was taken live"
        with qtbot.waitSignal(controller.run_ended, timeout=20_000):
            controller.pause()
    assert document.experiment.progress is not None
    assert document.experiment.progress.epoch > 2
    settle(qtbot, bench)
    assert_window_agrees(tab)


def test_a_new_start_while_training_ends_it_and_both_can_be_undone(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    controller = bench._controller
    press(bench, "train")
    qtbot.waitUntil(lambda: controller.shown_epoch > 2, timeout=20_000)
    new_start(bench)
    assert controller.is_running
    settle(qtbot, bench)
    qtbot.waitUntil(lambda: document.experiment.seed == 1, timeout=20_000)
    assert not controller.is_running
    assert document.experiment.progress is None
    assert len(texts(document)) == 2
    undo(tab)
    settle(qtbot, bench)
    progress = document.experiment.progress
    assert progress is not None
    assert progress.epoch > 2, "what was learned is still there"
    assert_window_agrees(tab)


def test_train_and_undo_while_a_new_start_is_read(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    controller = bench._controller
    new_start(bench)
    press(bench, "train")
    assert controller.is_about_to_train
    undo(tab)
    assert not controller.is_about_to_train
    settle(qtbot, bench)
    assert not controller.is_running
    assert document.experiment.seed == 0
    assert texts(document) == []


def test_a_file_that_is_opened_leaves_what_is_read_behind(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.glassnet"
    mine = default_experiment(PlaneData("moons"), seed=5)
    write_experiment(path, mine)
    document.mark_saved(tmp_path / "before.glassnet")
    new_start(bench)
    tab.open_path(path)
    assert document.path == path
    settle(qtbot, bench)
    assert document.experiment.seed == 5
    assert document.undo_stack.count() == 0
    redo(tab)
    assert document.experiment.seed == 5
    assert_window_agrees(tab)


def test_a_large_file_that_is_opened_leaves_what_is_read_behind(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    path, data = tmp_path / "mine.glassnet", write_table(tmp_path / "mine.csv", ROWS)
    write_experiment(path, default_experiment(data, seed=5))
    datasets._kept.clear()
    document.mark_saved(tmp_path / "before.glassnet")
    new_start(bench)
    tab.open_path(path)
    assert document.path != path
    settle(qtbot, bench)
    assert document.path == path
    assert (document.experiment.data, document.experiment.seed) == (data, 5)
    assert document.undo_stack.count() == 0
    assert_window_agrees(tab)


def test_a_new_start_goes_on_when_a_file_cannot_be_opened(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    path, data = tmp_path / "mine.glassnet", write_table(tmp_path / "mine.csv", ROWS)
    write_experiment(path, default_experiment(data, seed=5))
    document.mark_saved(tmp_path / "before.glassnet")
    datasets._kept.clear()
    Path(data.path).write_bytes(b"a,b\n" + b"1,2\n" * 100_000)
    with qtbot.waitSignal(tab._files.failed, timeout=20_000):
        new_start(bench)
        tab.open_path(path)
    settle(qtbot, bench)
    assert document.experiment.seed == 1
    assert texts(document) == ["New start, seed 1"]
    assert_window_agrees(tab)


def answer(qtbot: QtBot, window: GlassnetWindow, name: str) -> None:
    qtbot.waitUntil(lambda: window.findChild(QDialog, "unsaved_dialog") is not None)
    dialog = window.findChild(QDialog, "unsaved_dialog")
    assert dialog is not None
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    qtbot.mouseClick(button, LEFT)


@pytest.mark.parametrize("keeps", [True, False])
def test_what_is_made_while_a_file_is_opened_is_asked_about(
    window: GlassnetWindow,
    bench: Workbench,
    tab: BuildTab,
    document: ExperimentDocument,
    qtbot: QtBot,
    tmp_path: Path,
    keeps: bool,
) -> None:
    path, data = tmp_path / "mine.glassnet", write_table(tmp_path / "mine.csv", ROWS)
    write_experiment(path, default_experiment(data, seed=5))
    document.mark_saved(tmp_path / "before.glassnet")
    tab.open_path(path)
    bench.canvas.units_changed.emit(0, 7)
    answer(qtbot, window, "unsaved_cancel" if keeps else "unsaved_discard")
    settle(qtbot, bench)
    if keeps:
        assert document.experiment.network.layers[0].units == 7
        assert document.experiment.seed == 0
    else:
        qtbot.waitUntil(lambda: document.path == path)
        assert document.experiment.seed == 5
    assert_window_agrees(tab)


def test_closing_while_a_new_start_waits_for_training(
    window: GlassnetWindow, bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    controller = bench._controller
    press(bench, "train")
    qtbot.waitUntil(lambda: controller.shown_epoch > 2, timeout=20_000)
    new_start(bench)
    new_start(bench)
    window.close()
    assert not controller._pending.is_waiting
    qtbot.waitUntil(lambda: controller.is_idle and loader_of(bench).is_idle, timeout=20_000)
    assert document.experiment.seed == 0
    qtbot.waitUntil(lambda: window.findChild(QDialog, "unsaved_dialog") is not None)
    answer(qtbot, window, "unsaved_discard")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_deeds_comes_to_rest_in_agreement(
    bench: Workbench,
    tab: BuildTab,
    document: ExperimentDocument,
    qtbot: QtBot,
    table: CsvData,
    seed: int,
) -> None:
    """Whatever is done while data are read, all panels agree and every step can be walked."""
    chance = random.Random(seed)

    def drag() -> None:
        view = bench.canvas.view
        QTest.mouseClick(view.viewport(), LEFT, pos=QPoint(3, 3))
        bench._controller.apply("weight", lambda e: edits.with_weight(e, 0, 0, 0, chance.random()))

    deeds = [
        lambda: new_start(bench),
        lambda: undo(tab),
        lambda: redo(tab),
        lambda: move_split(bench, chance.choice((-2, 1, 2))),
        lambda: bench.choose_data(table),
        lambda: choose_tile(bench, "plane_tiles", "plane:circle"),
        lambda: choose_tile(bench, "gate_tiles", "gate:and"),
        drag,
    ]
    weights = [3, 4, 2, 2, 2, 1, 1, 2]
    for _ in range(25):
        for deed in chance.choices(deeds, weights, k=chance.randint(1, 4)):
            deed()
        if chance.random() < 0.3:
            datasets._kept.clear()
        settle(qtbot, bench)
        assert_window_agrees(tab)
    stack = document.undo_stack
    line = [document.experiment_at(index) for index in range(stack.count() + 1)]
    assert document.experiment == line[stack.index()]
    for index in [*reversed(range(stack.index())), *range(1, stack.count() + 1)]:
        (undo if index < stack.index() else redo)(tab)
        settle(qtbot, bench)
        assert document.experiment == line[index]
        assert stack.index() == index
    assert all(isinstance(each, Experiment) for each in line)
