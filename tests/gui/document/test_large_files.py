"""A large network is written and recovered by a worker, and what is made meanwhile is not lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.document.document_files import WRITTEN_AT_ONCE
from gui.document.recovery import Autosave, Recovered, offer_recovery
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import Experiment, PlaneData
from model.files import write_experiment
from model.initialisers import initialise
from tests.gui.document.changes import change, weight
from tests.gui.finding import find

PATIENT_MS = 60_000


def large() -> Experiment:
    experiment = default_experiment(PlaneData("moons"))
    for layer in (0, 1):
        experiment = edits.with_layer_added(experiment, layer)
    for layer in (0, 1):
        experiment = edits.with_units(experiment, layer, 400)
    experiment = initialise(experiment)
    weights = experiment.network.layers[1].weights
    assert weights is not None
    assert weights.size > WRITTEN_AT_ONCE
    return experiment


@pytest.fixture
def path(qtbot: QtBot, window: GlassnetWindow, tmp_path: Path) -> Path:
    """Return the file of a large experiment that is open and changed."""
    path = tmp_path / "large.glassnet"
    write_experiment(large(), path)
    window.open_path(path)
    qtbot.waitUntil(lambda: window.document.path == path, timeout=PATIENT_MS)
    change(window.document, 1.5)
    return path


def save(window: GlassnetWindow) -> None:
    find(window, QAction, "file_save").trigger()


def is_saved(qtbot: QtBot, window: GlassnetWindow) -> None:
    qtbot.waitUntil(lambda: window.files.is_idle, timeout=PATIENT_MS)


def answer(qtbot: QtBot, window: GlassnetWindow, dialog: str, button: str) -> None:
    qtbot.waitUntil(lambda: window.findChild(QDialog, dialog) is not None, timeout=PATIENT_MS)
    box = find(window, QDialog, dialog)
    qtbot.mouseClick(find(box, QPushButton, button), Qt.MouseButton.LeftButton)


def test_a_large_save_is_told_and_is_no_change_on_disk(
    qtbot: QtBot, window: GlassnetWindow, path: Path
) -> None:
    said: list[str] = []
    window.session.messages.said.connect(said.append)
    before = path.read_bytes()
    save(window)
    assert window.files.is_writing
    assert path.read_bytes() == before
    assert window.document.is_modified, "nothing is saved yet"
    is_saved(qtbot, window)
    assert weight(path) == 1.5
    assert not window.document.is_modified
    assert ["large.glassnet" in sentence for sentence in said] == [True, True]
    change(window.document, 2.5)
    save(window)
    is_saved(qtbot, window)
    assert window.findChild(QDialog, "changed_dialog") is None
    assert weight(path) == 2.5


def test_what_is_made_during_a_save_counts_as_unsaved(
    qtbot: QtBot, window: GlassnetWindow, path: Path
) -> None:
    document = window.document
    save(window)
    change(document, 2.5)
    is_saved(qtbot, window)
    assert weight(path) == 1.5
    assert document.is_modified
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.is_modified, "what was in the file before is in no file any more"
    document.undo_stack.redo()
    document.undo_stack.redo()
    save(window)
    save(window)
    is_saved(qtbot, window)
    assert weight(path) == 2.5
    assert not document.is_modified


def test_a_large_save_that_fails_is_told(qtbot: QtBot, window: GlassnetWindow, path: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    save(window)
    qtbot.waitUntil(window.message_bar.isVisible, timeout=PATIENT_MS)
    assert "large.glassnet" in window.message_bar.text.text()
    assert window.document.is_modified
    is_saved(qtbot, window)


def test_closing_waits_for_a_save(qtbot: QtBot, window: GlassnetWindow, path: Path) -> None:
    save(window)
    window.close()
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENT_MS)
    assert weight(path) == 1.5


def test_what_is_made_while_a_save_before_the_end_is_written_is_asked_about(
    qtbot: QtBot, window: GlassnetWindow, path: Path
) -> None:
    window.close()
    answer(qtbot, window, "unsaved_dialog", "unsaved_save")
    assert window.files.is_writing
    change(window.document, 2.5)
    qtbot.waitUntil(lambda: weight(path) == 1.5, timeout=PATIENT_MS)
    is_saved(qtbot, window)
    assert window.isVisible()
    answer(qtbot, window, "unsaved_dialog", "unsaved_discard")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENT_MS)
    assert weight(path) == 1.5


def test_another_document_waits_for_a_save(
    qtbot: QtBot, window: GlassnetWindow, path: Path
) -> None:
    saved = window.document.experiment
    save(window)
    find(window, QAction, "file_new").trigger()
    assert window.document.experiment is saved
    qtbot.waitUntil(lambda: window.document.path is None, timeout=PATIENT_MS)
    assert window.findChild(QDialog, "unsaved_dialog") is None, "all of it was saved"
    assert weight(path) == 1.5


def test_what_was_left_behind_is_found_by_a_worker(qtbot: QtBot, tmp_path: Path) -> None:
    left, found = tmp_path / "left.glassnet", list[Recovered]()
    write_experiment(large(), left)
    autosave = Autosave(ExperimentDocument(default_experiment()), folder=tmp_path)
    autosave.find_orphan(found.append)
    assert found == []
    qtbot.waitUntil(lambda: len(found) == 1, timeout=PATIENT_MS)
    assert found[0] == Recovered(large(), None, left)
    autosave.close()
    autosave.find_orphan(found.append)
    assert autosave.is_idle, "a window that has closed begins nothing"


def test_what_was_made_before_the_offer_is_asked_about(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    change(window.document, 1.5)
    left = Recovered(large(), None, tmp_path / "left.glassnet")
    offer_recovery(window.session.autosave, left, window, window.files)
    answer(qtbot, window, "recovery_dialog", "recovery_recover")
    answer(qtbot, window, "unsaved_dialog", "unsaved_discard")
    assert window.document.experiment == left.work
    window.document.undo_stack.setClean()
