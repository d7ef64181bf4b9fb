"""The real window, worked on by a script of edits and saves until the test kills the process.

``python tests/e2e/crash/driver.py SEED JOURNAL [FILE]``. Each edit types a higher learning rate, so
that any state tells how far the work had come; between them, weights are typed, units added and
removed, steps trained. The journal gets a line before and after each save, after each edit, and
every tenth of a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 - the path must be set first
from msgspec.structs import replace  # noqa: E402
from PySide6.QtCore import Qt, QTimer  # noqa: E402
from PySide6.QtGui import QAction  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QLineEdit, QToolButton  # noqa: E402

from gui.app import make_application, make_window, report_unexpected_errors  # noqa: E402
from gui.build_tab.tab import BuildTab  # noqa: E402
from gui.settings import settings  # noqa: E402
from main import prepare_environment  # noqa: E402
from model.experiment import Experiment  # noqa: E402
from model.files import encode  # noqa: E402
from model.places import WeightAt  # noqa: E402

RATE_STEP, FIRST_RATE = 1e-6, 0.004
TICK_S, STOPPED_S = 0.1, 1.0
KEY = Qt.Key


class Clock:
    """Seconds that this process was let run: a stop (SIGSTOP, a suspended machine) does not count.

    A thread that only sleeps is late by more than `STOPPED_S` when nothing runs at all.
    """

    def __init__(self, on_tick: Callable[[], None]) -> None:
        self._on_tick = on_tick
        self._seen, self._stopped = time.monotonic(), 0.0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(TICK_S)
            now = time.monotonic()
            late = now - self._seen - TICK_S
            self._stopped += late if late > STOPPED_S else 0.0
            self._seen = now
            self._on_tick()

    def now(self) -> float:
        """Return the time, which stands still after the last tick before a stop."""
        return min(time.monotonic(), self._seen + TICK_S + STOPPED_S) - self._stopped


def digest_of(experiment: Experiment) -> str:
    """Return a short name of all that an experiment holds.

    The order of the rows is an array of whole numbers that a file gives back as floats.
    """
    progress = experiment.progress
    if progress is not None and progress.order is not None:
        progress = replace(progress, order=progress.order.astype(np.float64))
    return hashlib.sha256(encode(replace(experiment, progress=progress))).hexdigest()


class Script:
    """Work on the window by key and mouse events, and keep a journal of it.

    Attributes
    ----------
    count
        How many times the learning rate has been raised.
    """

    def __init__(self, seed: int, journal: Path, path: Path | None) -> None:
        self._random = random.Random(seed)
        self._journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._saves = path is not None
        # Who saves all the time leaves nothing to recover; so some save seldom.
        self._saving = 3.0 if seed % 4 == 1 else 0.3
        self._window = make_window()
        report_unexpected_errors(self._window)
        self._window.resize(1440, 900)
        self._window.show()
        if path is not None:
            self._window.open_path(path)
        tab = self._window.tab(self._window.BUILD)
        assert isinstance(tab, BuildTab)
        self._tab, self._bench = tab, tab.workbench
        self._document = self._window.document
        self._document.path_changed.connect(self._on_path_changed)
        self._document.experiment_changed.connect(lambda: self._note("state"))
        self.count = 0
        self._clock = Clock(lambda: self._write({"what": "tick"}))
        QTimer.singleShot(100, self._begin)

    def _begin(self) -> None:
        self._note("ready")
        self._next()

    def _note(self, what: str) -> None:
        rate = self._document.experiment.training.learning_rate
        count = 0 if rate > FIRST_RATE else round(rate / RATE_STEP)
        digest = digest_of(self._document.experiment)
        self._write({"what": what, "count": count, "is": digest})

    def _write(self, line: dict[str, object]) -> None:
        text = json.dumps({**line, "t": self._clock.now()})
        os.write(self._journal, text.encode() + b"\n")

    def _next(self) -> None:
        QTimer.singleShot(self._random.randint(5, 120), self._do)

    def _do(self) -> None:
        deed = self._random.choices(
            (self._raise_rate, self._type_weight, self._change_units, self._train, self._save),
            (6, 2, 1, 1, self._saving),
        )[0]
        deed()
        self._next()

    # -- Deeds -------------------------------------------------------------------------------------

    def _raise_rate(self) -> None:
        self.count += 1
        line = self._bench.findChild(QLineEdit, "learning_rate_text")
        assert line is not None
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, f"{self.count * RATE_STEP:.6f}")
        QTest.keyClick(line, KEY.Key_Return)
        self._note("edit")

    def _type_weight(self) -> None:
        canvas = self._bench.canvas
        places = [at for gap in canvas.scene.edges.values() for at in gap.places()]
        at: WeightAt = self._random.choice(places)
        canvas.view.setFocus()
        canvas.view.move_to(at, by_keyboard=True)
        QTest.keyClick(canvas.view, KEY.Key_Return)
        spin = canvas.editor.spin
        spin.lineEdit().selectAll()
        QTest.keyClicks(spin, f"{self._random.uniform(-5, 5):.3f}")
        QTest.keyClick(spin, KEY.Key_Return)
        self._note("weight")

    def _change_units(self) -> None:
        name = self._random.choice(("layer_0_more", "layer_0_fewer"))
        button = self._bench.findChild(QToolButton, name)
        if button is not None and button.isVisible() and button.isEnabled():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            self._note("units")

    def _train(self) -> None:
        QTest.keyClick(self._tab, KEY.Key_S)
        self._note("step")

    def _save(self) -> None:
        if self._saves:
            self._note("saving")
            save = self._window.findChild(QAction, "file_save")
            assert save is not None
            save.trigger()

    def _on_path_changed(self) -> None:
        if not self._document.is_modified:
            self._note("saved")


def main() -> int:
    """Work until killed."""
    prepare_environment()
    app = make_application(sys.argv[:1])
    settings().setValue("first_run_left", True)
    path = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    script = Script(int(sys.argv[1]), Path(sys.argv[2]), path)
    status = app.exec()
    del script
    return status


if __name__ == "__main__":
    sys.exit(main())
