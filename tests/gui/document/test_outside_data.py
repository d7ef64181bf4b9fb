"""A stranger's experiment reads nothing outside its own folder before the user agrees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.data.cache import forget_datasets
from model.data.files.reading import forget_files
from model.defaults import default_experiment
from model.experiment import CsvData
from model.files import write_experiment
from tests.accesses import opens_of
from tests.gui.document.changes import answer, question
from tests.vision.teaching.drawn import drawn_folder
from vision.teaching.importing import import_folder
from vision.teaching.project import Project, write_project

ROWS = "a,b,y\n" + "1,2,no\n2,1,yes\n" * 6


@pytest.fixture
def table(tmp_path: Path) -> Path:
    table = tmp_path / "private" / "salaries.csv"
    table.parent.mkdir()
    table.write_text(ROWS)
    return table


@pytest.fixture
def stranger(tmp_path: Path, table: Path) -> Path:
    """Return an experiment that came by mail and reads the user's own table."""
    path = tmp_path / "mail" / "innocent.glassnet"
    path.parent.mkdir()
    data = CsvData(str(table), features=("a", "b"), targets=("y",))
    write_experiment(default_experiment(data, seed=3), path)
    forget_datasets()
    forget_files()
    return path


def test_nothing_is_read_before_the_user_agrees_to_the_file_by_name(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, stranger: Path, table: Path
) -> None:
    before, read_at = document.experiment, table.stat().st_atime_ns
    window.open_path(stranger)
    dialog = question(qtbot, window, "outside_dialog")
    said = " ".join(each.text() for each in dialog.findChildren(QLabel))
    assert "innocent.glassnet" in said
    assert str(table) in said.replace("\u200b", "")
    assert table.stat().st_atime_ns == read_at
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        qtbot.keyClick(question(qtbot, window, "outside_dialog"), key)
        qtbot.waitUntil(lambda: window.findChild(QDialog, "outside_dialog") is None)
        assert document.experiment is before
        assert document.path is None
        window.open_path(stranger)
    qtbot.keyClick(question(qtbot, window, "outside_dialog"), Qt.Key.Key_Escape)


def test_the_user_is_asked_once_for_a_file(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, stranger: Path
) -> None:
    window.open_path(stranger)
    answer(qtbot, window, "outside_dialog", "outside_read")
    qtbot.waitUntil(lambda: document.path == stranger)
    document.load(default_experiment(), None)
    window.open_path(stranger)
    assert document.path == stranger
    assert window.findChild(QDialog, "outside_dialog") is None


def test_what_was_saved_here_is_not_asked_about(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, table: Path, tmp_path: Path
) -> None:
    own = tmp_path / "elsewhere" / "own.glassnet"
    own.parent.mkdir()
    document.load(default_experiment(CsvData(str(table))), own)
    window.files.save()
    document.load(default_experiment(), None)
    window.open_path(own)
    assert document.path == own
    assert window.findChild(QDialog, "outside_dialog") is None


def test_a_link_out_of_the_folder_is_asked_about(
    qtbot: QtBot, window: GlassnetWindow, stranger: Path, table: Path
) -> None:
    link = stranger.with_name("harmless.csv")
    link.symlink_to(table)
    written = json.loads(stranger.read_text())
    written["data"]["path"] = "harmless.csv"
    stranger.write_text(json.dumps(written))
    window.open_path(stranger)
    dialog = question(qtbot, window, "outside_dialog")
    said = " ".join(each.text() for each in dialog.findChildren(QLabel)).replace("\u200b", "")
    assert str(table) in said
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_project_of_classes_asks_once_for_its_folders_outside(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    shapes, path = tmp_path / "private" / "shapes", tmp_path / "mail" / "shapes.glassteach"
    path.parent.mkdir()
    found = import_folder(drawn_folder(shapes, 2, ("discs", "stars")), lambda: False, print)
    write_project(Project(found.collection), path)
    document, picture = window.session.teach.document, shapes / "discs" / "000.png"
    with opens_of(picture) as opens:
        window.open_path(path)
        dialog = question(qtbot, window, "outside_dialog")
        said = " ".join(each.text() for each in dialog.findChildren(QLabel))
        assert path.name in said
        assert str(shapes / "discs") in said
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(QDialog, "outside_dialog") is None)
        assert document.path is None
        assert opens() == 0
    window.open_path(path)
    answer(qtbot, window, "outside_dialog", "outside_read")
    qtbot.waitUntil(lambda: document.path == path)
    files, own = window.session.teach_files, tmp_path / "elsewhere" / "own.glassteach"
    own.parent.mkdir()
    document.load(found.collection, own)
    files.save()
    qtbot.waitUntil(lambda: own in files.recent.paths())
    for known in (path, own):  # agreed to, or saved here
        files.new()
        window.open_path(known)
        qtbot.waitUntil(lambda known=known: document.path == known)  # type: ignore[misc]  # a lambda's default has no type
        assert window.findChild(QDialog, "outside_dialog") is None
