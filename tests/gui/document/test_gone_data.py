"""An experiment whose table has moved: found beside it, shown by the user, or given up."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.data.cache import forget_datasets
from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import CsvData, Experiment
from model.files import read_experiment, write_experiment
from tests.gui.document.changes import question
from tests.gui.finding import find

ROWS = "a,b,y\n" + "1,2,no\n2,1,yes\n" * 6


@pytest.fixture(params=[1, 40_000], ids=["small", "large"])
def saved(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return an experiment's file; its table is deleted after it was learned from."""
    home = tmp_path / "home"
    home.mkdir()
    table = home / "house.csv"
    table.write_text(ROWS + "1,2,no\n" * (request.param - 1))
    made = default_experiment(CsvData(str(table), features=("a", "b"), targets=("y",)), seed=3)
    path = tmp_path / "h.glassnet"
    write_experiment(edits.with_weight(ExperimentDocument(made).experiment, 0, 0, 0, 7.5), path)
    (tmp_path / "text").write_text(table.read_text())
    table.unlink()
    forget_datasets()
    return path


def table_of(experiment: Experiment) -> str:
    assert isinstance(experiment.data, CsvData)
    return experiment.data.path


def test_a_table_beside_the_experiment_is_used_and_said(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, saved: Path
) -> None:
    beside = saved.with_name("house.csv")
    saved.with_name("text").rename(beside)
    window.open_path(saved)
    qtbot.waitUntil(lambda: document.path == saved, timeout=20_000)
    assert table_of(document.experiment) == str(beside)
    assert document.experiment.network.layers[0].weights[0, 0] == 7.5
    assert document.is_modified
    assert window.message_bar.isVisible()
    assert "house.csv" in window.message_bar.text.text()
    window.files.save()
    assert table_of(read_experiment(saved)) == str(beside)


def test_the_user_finds_the_table(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, saved: Path
) -> None:
    elsewhere = saved.with_name("text").rename(saved.with_name("elsewhere.csv"))
    window.open_path(saved)
    qtbot.keyClick(question(qtbot, window, "gone_dialog"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(QFileDialog, "gone_file_dialog") is not None)
    chooser = find(window, QFileDialog, "gone_file_dialog")
    line = find(chooser, QLineEdit, "fileNameEdit")
    line.setText(str(elsewhere))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: document.path == saved, timeout=20_000)
    assert table_of(document.experiment) == str(elsewhere)
    assert document.experiment.network.layers[0].weights[0, 0] == 7.5
    assert document.is_modified


def test_without_its_table_an_experiment_opens_with_its_weights(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, saved: Path
) -> None:
    window.open_path(saved)
    qtbot.keyClick(question(qtbot, window, "gone_dialog"), Qt.Key.Key_Escape)
    qtbot.waitUntil(window.message_bar.isVisible)
    assert "house.csv" in window.message_bar.text.text()
    assert document.path == saved
    assert document.experiment.network.layers[0].weights[0, 0] == 7.5
    assert not document.is_modified
    assert window.session.build.state.data.error is not None
