"""Copies of unsaved work: written soon, locked, offered after a crash, gone after a save."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.document.recovery import Autosave, Recovered, constant_getter, offer_recovery
from gui.messages import Messages
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.edits import network as edits
from model.files import read_experiment, write_experiment
from model.initialisers import initialise
from tests.gui.document.changes import answer, change

ROOT = Path(__file__).resolve().parents[3]
DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def document_with_a_change() -> ExperimentDocument:
    document = ExperimentDocument(default_experiment())
    document.edit("weight", edits.with_weight(document.experiment, 0, 0, 0, 1.25))
    return document


def finish(qtbot: QtBot, autosave: Autosave) -> None:
    qtbot.waitUntil(lambda: autosave.is_idle, timeout=5000)


def let_go_of(autosave: Autosave) -> None:
    """Free a copy, as the system does when a process dies."""
    autosave.copy.with_suffix(".lock").unlink()


def test_a_change_is_copied_within_five_seconds(qtbot: QtBot, tmp_path: Path) -> None:
    document = ExperimentDocument(default_experiment())
    autosave = Autosave(document, folder=tmp_path)
    # It is due in time; how long a busy machine then takes to write a file is not ours to say.
    with qtbot.waitSignal(autosave.saved, timeout=60_000):
        document.edit("weight", edits.with_weight(document.experiment, 0, 0, 0, 1.25))
        timers = autosave.findChildren(QTimer, options=DIRECT)
        assert 0 < min(timer.remainingTime() for timer in timers if timer.isActive()) <= 4000
    assert read_experiment(autosave.copy) == document.experiment
    autosave.close()
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_tried_again_without_another_change(qtbot: QtBot, tmp_path: Path) -> None:
    folder, messages = tmp_path / "copies", Messages()
    folder.write_text("in the way")
    document = ExperimentDocument(default_experiment())
    autosave = Autosave(document, folder=folder, messages=messages)
    with qtbot.waitSignal(messages.changed, timeout=60_000):
        document.edit("weight", edits.with_weight(document.experiment, 0, 0, 0, 1.25))
    messages.clear()
    with qtbot.waitSignal(autosave.saved, timeout=60_000):
        folder.unlink()
    assert read_experiment(autosave.copy) == document.experiment
    assert messages.shown is None
    autosave.close()


def test_a_save_makes_the_copy_needless(qtbot: QtBot, tmp_path: Path) -> None:
    document = document_with_a_change()
    autosave = Autosave(document, folder=tmp_path)
    autosave.save_now()
    finish(qtbot, autosave)
    assert autosave.copy.exists()
    write_experiment(document.experiment, tmp_path / "mine.glassnet")
    document.mark_saved(tmp_path / "mine.glassnet")
    assert not autosave.copy.exists()
    autosave.close()


def test_what_a_training_of_a_saved_file_has_reached_is_kept(qtbot: QtBot, tmp_path: Path) -> None:
    document, file, copies = document_with_a_change(), tmp_path / "a.glassnet", tmp_path / "copies"
    reached = edits.with_weight(document.experiment, 0, 0, 0, 7.5)
    autosave = Autosave(document, present=lambda: constant_getter(reached), folder=copies)
    write_experiment(document.experiment, file)
    document.mark_saved(file)
    autosave.set_training(True)
    autosave.save_now()
    finish(qtbot, autosave)
    assert read_experiment(autosave.copy) == reached
    document.mark_saved(file)
    let_go_of(autosave)
    other = Autosave(ExperimentDocument(default_experiment()), folder=copies)
    assert [found.work for found in other.orphans()] == [reached]
    autosave.set_training(False)
    assert not autosave.copy.exists(), "a run that changed nothing leaves nothing"
    autosave.close()
    other.close()


_VICTIM = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from gui.document import ExperimentDocument
from model.edits import network as edits
from gui.document.recovery import Autosave
from model.defaults import default_experiment
app = QCoreApplication([])
document = ExperimentDocument(default_experiment())
document.file.path = Path("somewhere.glassnet")
autosave = Autosave(document, folder=Path(sys.argv[1]))
document.edit("weight", edits.with_weight(document.experiment, 0, 0, 0, 6.5))
autosave.saved.connect(lambda: print("saved", flush=True))
autosave.save_now()
app.exec()
"""


def test_work_of_a_killed_process_is_found_once(qtbot: QtBot, tmp_path: Path) -> None:
    victim = subprocess.Popen(
        [sys.executable, "-c", _VICTIM, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert victim.stdout.readline() == "saved\n"
    autosave = Autosave(ExperimentDocument(default_experiment()), folder=tmp_path)
    assert autosave.orphans() == []
    victim.send_signal(signal.SIGKILL)
    victim.wait(timeout=10)
    victim.stdout.close()
    found = autosave.orphans()
    assert len(found) == 1
    weights = found[0].work.network.layers[0].weights
    assert weights[0, 0] == 6.5
    assert found[0].path == Path("somewhere.glassnet")
    found[0].forget()
    assert autosave.orphans() == []
    autosave.close()


def test_what_a_killed_window_had_only_begun_to_write_is_deleted(
    qtbot: QtBot, tmp_path: Path
) -> None:
    alive = Autosave(document_with_a_change(), folder=tmp_path)
    alive.save_now()
    finish(qtbot, alive)
    kept = {path.name for path in tmp_path.iterdir()}
    stem = alive.copy.stem
    (tmp_path / f".{stem}.glassnet.abc.part").write_text("{")
    for name in (".dead.glassnet.abc.part", ".dead.json.abc.part", "dead.json"):
        (tmp_path / name).write_text("{")
    other = Autosave(ExperimentDocument(default_experiment()), folder=tmp_path)
    assert other.orphans() == []
    assert {path.name for path in tmp_path.iterdir()} == {*kept, f".{stem}.glassnet.abc.part"}
    alive.close()
    other.close()


def test_what_was_made_before_the_offer_is_asked_about(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    change(window.document, 1.5)
    left = Recovered(initialise(default_experiment(seed=5)), None, tmp_path / "left.glassnet")
    offer_recovery(window.session.autosave, left, window, window.files)
    answer(qtbot, window, "recovery_dialog", "recovery_recover")
    answer(qtbot, window, "unsaved_dialog", "unsaved_discard")
    assert window.document.experiment == left.work
    window.document.undo_stack.setClean()
