"""Training, other files and the window's end while data are read, and all of it in any order."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.data.cache import forget_datasets
from model.defaults import default_experiment
from model.edits import network as edits
from model.files import write_experiment
from model.initialisers import initialise
from tests.gui.build_tab.agreement import assert_window_agrees
from tests.gui.build_tab.large_tables import TABLE_ROWS, write_table
from tests.gui.build_tab.looking import set_units
from tests.gui.build_tab.reading_hands import (
    new_start,
    press,
    settle,
    texts,
    undo,
)
from tests.gui.finding import find
from tests.gui.told import told

LEFT = Qt.MouseButton.LeftButton

pytestmark = pytest.mark.usefixtures("learns_from_table")


def test_a_new_start_while_training_ends_it_and_both_can_be_undone(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    controller = bench.model
    press(bench, "train")
    qtbot.waitUntil(lambda: controller.state.epoch > 2, timeout=20_000)
    new_start(bench)
    assert document.experiment.seed == 1
    settle(qtbot, bench)
    assert not controller.is_training
    anew = document.experiment
    assert anew.progress is None
    assert len(texts(document)) == 2
    undo(tab)
    settle(qtbot, bench)
    progress = document.experiment.progress
    assert progress is not None
    assert progress.epoch > 2, "what was learned is still there"
    assert_window_agrees(tab)


def test_a_large_file_that_is_opened_leaves_what_is_read_behind(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    path, data = tmp_path / "mine.glassnet", write_table(tmp_path / "mine.csv", TABLE_ROWS)
    write_experiment(default_experiment(data, seed=5), path)
    forget_datasets()
    new_start(bench)
    document.mark_saved(tmp_path / "before.glassnet")
    tab.open_path(path)
    assert document.path == path, "the value is there at once"
    settle(qtbot, bench)
    assert (document.experiment.data, document.experiment.seed) == (data, 5)
    assert document.undo_stack.count() == 0
    assert_window_agrees(tab)


def test_a_file_whose_table_went_bad_opens_with_its_weights(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    path, data = tmp_path / "mine.glassnet", write_table(tmp_path / "mine.csv", TABLE_ROWS)
    mine = default_experiment(data, seed=5)
    write_experiment(mine, path)
    forget_datasets()
    Path(data.path).write_bytes(b"a,b\n" + b"1,2\n" * 100_000)
    new_start(bench)
    document.mark_saved(tmp_path / "before.glassnet")
    with told(qtbot, bench.model.messages) as failed:
        tab.open_path(path)
    assert "mine.csv" in failed[0]
    settle(qtbot, bench)
    assert document.path == path
    assert document.experiment.network.inputs == mine.network.inputs
    assert bench.model.state.data.error is not None


def answer(qtbot: QtBot, window: GlassnetWindow, name: str) -> None:
    qtbot.waitUntil(lambda: window.findChild(QDialog, "unsaved_dialog") is not None)
    qtbot.mouseClick(find(find(window, QDialog, "unsaved_dialog"), QPushButton, name), LEFT)


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
    path = tmp_path / "wide.glassnet"
    wide = edits.with_units(default_experiment(seed=5), 0, 200)
    write_experiment(initialise(edits.with_layer_added(wide, 1, 200)), path)
    document.mark_saved(tmp_path / "before.glassnet")
    tab.open_path(path)
    set_units(bench, 0, 7, qtbot)
    answer(qtbot, window, "unsaved_cancel" if keeps else "unsaved_discard")
    settle(qtbot, bench)
    if keeps:
        assert document.experiment.network.layers[0].units == 7
        assert document.experiment.seed == 0
    else:
        qtbot.waitUntil(lambda: document.path == path)
        assert document.experiment.seed == 5
    assert_window_agrees(tab)
