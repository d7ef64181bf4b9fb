"""What an earlier window left is found by a worker, and work made meanwhile is not lost."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.document.recovery import Autosave, Recovered, offer_recovery
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.files import write_experiment
from model.initialisers import initialise
from tests.gui.document.changes import PATIENT_MS, answer, change

WORK = initialise(default_experiment(seed=5))


def test_what_was_left_behind_is_found_by_a_worker(qtbot: QtBot, tmp_path: Path) -> None:
    left, found = tmp_path / "left.glassnet", list[Recovered]()
    write_experiment(WORK, left)
    autosave = Autosave(ExperimentDocument(default_experiment()), folder=tmp_path)
    autosave.find_orphan(found.append)
    assert found == []
    qtbot.waitUntil(lambda: len(found) == 1, timeout=PATIENT_MS)
    assert found[0] == Recovered(WORK, None, left)
    autosave.close()
    autosave.find_orphan(found.append)
    assert autosave.is_idle, "a window that has closed begins nothing"


def test_what_was_made_before_the_offer_is_asked_about(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    change(window.document, 1.5)
    left = Recovered(WORK, None, tmp_path / "left.glassnet")
    offer_recovery(window.session.autosave, left, window, window.files)
    answer(qtbot, window, "recovery_dialog", "recovery_recover")
    answer(qtbot, window, "unsaved_dialog", "unsaved_discard")
    assert window.document.experiment == left.work
    window.document.undo_stack.setClean()
