"""What an earlier window left is found by a worker, and work made meanwhile is not lost."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.document.recovery import Recovered, offer_recovery
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.initialisers import initialise
from tests.gui.document.changes import answer, change

WORK = initialise(default_experiment(seed=5))


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
