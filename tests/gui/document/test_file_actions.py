"""New, open, save, recent files, and the question about unsaved work, through the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.sources import suggested_file_name
from gui.document import ExperimentDocument
from gui.document.files import RecentFiles
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import CsvData, DataSpec, GateData, TableData
from model.files import read_experiment
from tests.gui.document.changes import answer, change
from tests.gui.finding import find


def trigger(window: GlassnetWindow, name: str) -> None:
    find(window, QAction, name).trigger()


@pytest.mark.parametrize(
    ("data", "english", "turkish"),
    [
        (GateData("half_adder"), "half-adder-2-8-2", "yarı-topl-2-8-2"),
        (GateData("b_and_not_a"), "b-and-not-a-2-4-1", "b-and-not-a-2-4-1"),
        (TableData("iris"), "iris-4-8-3", "iris-4-8-3"),
        (
            CsvData("/tables/Ağustos 7.csv", features=("a",), targets=("b",)),
            "ağustos-7-2-4-1",
            "ağustos-7-2-4-1",
        ),
    ],
)
def test_the_proposed_name_is_in_the_language_in_use(
    qapp: QApplication, data: DataSpec, english: str, turkish: str
) -> None:
    experiment = default_experiment(data if not isinstance(data, CsvData) else GateData("xor"))
    experiment = replace(experiment, data=data)
    assert suggested_file_name(experiment) == english
    choose_language(qapp, "tr")
    assert suggested_file_name(experiment) == turkish
    choose_language(qapp, "en")
    named = replace(experiment, title="Mine")
    assert suggested_file_name(named) == "Mine"


def test_new_asks_about_unsaved_work_and_cancel_keeps_it(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument
) -> None:
    change(document)
    before = document.experiment
    trigger(window, "file_new")
    said = find(find(window, QDialog, "unsaved_dialog"), QLabel, "unsaved_dialog_text").text()
    assert said == "Save “XOR, seed 0”?"
    answer(qtbot, window, "unsaved_dialog", "unsaved_cancel")
    assert document.experiment is before
    trigger(window, "file_new")
    answer(qtbot, window, "unsaved_dialog", "unsaved_discard")
    qtbot.waitUntil(lambda: not document.is_modified, timeout=2000)
    assert document.experiment != before


@pytest.mark.parametrize(
    ("data", "is_other"),
    [
        (GateData("xor", noise=0.1), False),
        (GateData("and"), True),
    ],
)
def test_other_data_ask_about_unsaved_work_in_the_file_of_before(
    qtbot: QtBot,
    window: GlassnetWindow,
    document: ExperimentDocument,
    tmp_path: Path,
    data: DataSpec,
    is_other: bool,
) -> None:
    path = tmp_path / "wine.glassnet"
    document.mark_saved(path)
    change(document)
    before = document.experiment
    window.session.build.choose_data(data)
    if is_other:
        assert document.experiment is before
        said = find(find(window, QDialog, "unsaved_dialog"), QLabel, "unsaved_dialog_text").text()
        assert said == "Save the changes to wine.glassnet?"
        answer(qtbot, window, "unsaved_dialog", "unsaved_save")
        assert read_experiment(path) == before
    assert document.experiment.data == data
    assert document.path == (None if is_other else path)


def test_closing_asks_about_unsaved_work(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, tmp_path: Path
) -> None:
    path = tmp_path / "mine.glassnet"
    change(document)
    document.mark_saved(path)
    change(document, 9.0)
    window.close()
    answer(qtbot, window, "unsaved_dialog", "unsaved_cancel")
    assert window.isVisible()
    window.close()
    answer(qtbot, window, "unsaved_dialog", "unsaved_save")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=3000)
    assert read_experiment(path).network.layers[0].weights[0, 0] == 9.0


def test_a_file_that_cannot_be_written_is_reported_until_it_can(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, tmp_path: Path
) -> None:
    path = tmp_path / "iş" / "mine.glassnet"
    change(document)
    document.mark_saved(path)
    change(document, 3.0)
    trigger(window, "file_save")
    assert window.message_bar.isVisible()
    assert document.is_modified
    path.parent.mkdir()
    trigger(window, "file_save")
    assert path.exists()
    assert not window.message_bar.isVisible()


def test_a_recent_path_that_the_system_cannot_look_for_is_no_file(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("recent_files", [str(tmp_path / ("x" * 5000))])
    file = tmp_path / "a.glassnet"
    file.touch()
    recent = RecentFiles(settings)
    recent.add(file)
    assert recent.paths() == [file]
