"""kill -9 while editing and saving: seconds are lost at most, files are never damaged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.document.recovery import Autosave
from model.defaults import default_experiment
from model.experiment import Experiment
from model.files import read_experiment

ROOT = Path(__file__).resolve().parents[3]
MOST_LOST_S = 5.0

_EDITOR = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from gui.document import ExperimentDocument, edits
from gui.document.recovery import Autosave
from model.defaults import default_experiment
from model.files import write_experiment
folder = Path(sys.argv[1])
app = QCoreApplication([])
document = ExperimentDocument(default_experiment(hidden=(64, 64)))
autosave = Autosave(document, folder=folder)
count = 0
def edit():
    global count
    count += 1
    document.edit("w", edits.with_weight(document.experiment, 0, 0, 0, float(count)))
    if count % 7 == 0:
        write_experiment(folder / "saved" / "mine.glassnet", document.experiment)
    print(count, flush=True)
timer = QTimer(interval=15)
timer.timeout.connect(edit)
timer.start()
app.exec()
"""


def value(experiment: Experiment) -> float:
    weights = experiment.network.layers[0].weights
    assert weights is not None
    return float(weights[0, 0])


def kill_once(folder: Path, seconds: float) -> None:
    """Let an editor work for a while, kill it, and look at what is left."""
    (folder / "saved").mkdir(parents=True)
    editor = subprocess.Popen(
        [sys.executable, "-c", _EDITOR, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert editor.stdout is not None
    seen: list[tuple[float, int]] = []
    first = editor.stdout.readline()
    started = time.monotonic()
    seen.append((started, int(first)))
    while time.monotonic() - started < seconds:
        seen.append((time.monotonic(), int(editor.stdout.readline())))
    editor.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    editor.wait(timeout=10)
    editor.stdout.close()
    last = seen[-1][1]
    saved = folder / "saved" / "mine.glassnet"
    if saved.exists():
        assert 7 <= value(read_experiment(saved)) <= last + 3
    autosave = Autosave(ExperimentDocument(default_experiment()), folder=folder)
    found = autosave.orphans()
    old_enough = [count for at, count in seen if killed - at > MOST_LOST_S]
    if old_enough:
        assert len(found) == 1
        assert value(found[0].experiment) >= old_enough[-1]
    for work in found:
        assert 1 <= value(work.experiment) <= last + 3
    autosave.close()


def kills(folder: Path, number: int, longest_s: float) -> None:
    draw = random.Random(5)
    for index in range(number):
        kill_once(folder / str(index), draw.uniform(0.1, longest_s))


def test_three_kills_damage_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    kill_once(tmp_path / "long", 6.5)
    kills(tmp_path, 2, 1.0)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_kills_damage_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    kills(tmp_path, 100, 7.0)
