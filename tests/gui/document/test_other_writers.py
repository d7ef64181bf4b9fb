"""A file that another window writes to or deletes: noticed, asked about, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import GateData
from model.files import read_experiment, write_experiment
from model.initialisers import initialise
from tests.gui.document.changes import answer, change, weight
from tests.gui.finding import find

THEIRS = initialise(default_experiment(GateData("nand"), seed=7))


@pytest.fixture
def path(window: GlassnetWindow, document: ExperimentDocument, tmp_path: Path) -> Path:
    """Return the file of the document, opened and then changed in the window."""
    path = tmp_path / "mine.glassnet"
    write_experiment(default_experiment(GateData("xor"), seed=3), path)
    window.open_path(path)
    assert document.path == path
    change(document, 1.5)
    return path


def press_save(qtbot: QtBot, window: GlassnetWindow) -> None:
    window.activateWindow()  # no window manager does it when a dialog has closed
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)


def come_back(qtbot: QtBot, window: GlassnetWindow) -> None:
    """Go to another window and return."""
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_the_other_ones_work_is_not_overwritten_silently(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, path: Path
) -> None:
    write_experiment(THEIRS, path)
    press_save(qtbot, window)
    answer(qtbot, window, "changed_dialog", "changed_cancel")
    assert read_experiment(path) == THEIRS
    assert document.is_modified
    press_save(qtbot, window)
    answer(qtbot, window, "changed_dialog", "changed_overwrite")
    assert weight(path) == 1.5
    assert not document.is_modified
    change(document, 2.5)
    press_save(qtbot, window)  # what lies there is this window's own again
    assert weight(path) == 2.5


def test_save_as_keeps_both(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, path: Path
) -> None:
    write_experiment(THEIRS, path)
    press_save(qtbot, window)
    answer(qtbot, window, "changed_dialog", "changed_save_as")
    qtbot.waitUntil(lambda: window.findChild(QFileDialog, "save_dialog") is not None)
    chooser = find(window, QFileDialog, "save_dialog")
    line = find(chooser, QLineEdit, "fileNameEdit")
    other = path.with_name("other.glassnet")
    line.setText(str(other))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(other.exists)
    assert weight(other) == 1.5
    assert read_experiment(path) == THEIRS
    assert document.path == other


def test_a_deleted_file_is_written_anew_and_said(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, path: Path
) -> None:
    path.unlink()
    come_back(qtbot, window)
    qtbot.waitUntil(window.message_bar.isVisible)
    assert "mine.glassnet" in window.message_bar.text.text()
    assert not window.message_bar.remedy_button.isVisible()
    press_save(qtbot, window)
    assert weight(path) == 1.5
    assert window.message_bar.isVisible()
    assert "deleted" in window.message_bar.text.text()


def test_coming_back_tells_once_and_offers_to_reload(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, path: Path
) -> None:
    come_back(qtbot, window)
    assert not window.message_bar.isVisible()
    write_experiment(THEIRS, path)
    come_back(qtbot, window)
    qtbot.waitUntil(window.message_bar.isVisible)
    assert "mine.glassnet" in window.message_bar.text.text()
    window.session.messages.clear()
    come_back(qtbot, window)
    assert not window.message_bar.isVisible()
    write_experiment(default_experiment(GateData("or"), seed=7), path)
    press_save(qtbot, window)
    answer(qtbot, window, "changed_dialog", "changed_reload")
    write_experiment(THEIRS, path)
    come_back(qtbot, window)
    qtbot.waitUntil(window.message_bar.isVisible)
    qtbot.mouseClick(window.message_bar.remedy_button, Qt.MouseButton.LeftButton)
    assert document.experiment == THEIRS
    assert not window.message_bar.isVisible()


def test_work_that_was_recovered_does_not_undo_what_came_after(
    qtbot: QtBot, window: GlassnetWindow, document: ExperimentDocument, path: Path
) -> None:
    document.undo_stack.setClean()
    window.files.recover(default_experiment(GateData("and"), seed=1), path)
    write_experiment(THEIRS, path)
    press_save(qtbot, window)
    answer(qtbot, window, "changed_dialog", "changed_cancel")
    assert read_experiment(path) == THEIRS
