"""Kill the window at random moments of editing and saving: little is lost, nothing is damaged.

A driver process runs the real window and works on it by a seeded script, with a journal that
survives it. It is killed (SIGKILL), half of the time while it saves. Then the file is read, and a
new window is opened as after a crash.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from foundation.files import PART_SUFFIX
from gui.app import make_window, style_application
from gui.build_tab.tab import BuildTab
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import Experiment, TableData, with_past
from model.files import read_experiment, write_experiment
from model.initialisers import initialise
from tests.e2e.crash.driver import TICK_S, digest_of

DRIVER = Path(__file__).with_name("driver.py")
RATE_STEP, FIRST_RATE = 1e-6, 0.004
LOST_S = 5.0
"""Work that is older than this when the process dies must not be gone."""

AT_ONCE = 4
NOTHING = -1

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a matter of POSIX"),
    pytest.mark.timeout(3000),
]


@dataclass
class Victim:
    """A driver at work.

    Attributes
    ----------
    home
        The folder that holds its settings, its recovery copies, its file and its journal.
    dies_s
        How long after its first edit it is killed, by its own clock.
    while_saving
        Whether the kill waits for the next save, and how long after its begin it comes.
    """

    home: Path
    seed: int
    dies_s: float
    while_saving: float | None
    has_file: bool
    process: subprocess.Popen[bytes] | None = None

    @property
    def file(self) -> Path:
        return self.home / "work.glassnet"

    def start(self) -> None:
        """Start the driver on a file of its own, or on unsaved work."""
        self.home.mkdir()
        arguments = [sys.executable, str(DRIVER), str(self.seed), str(self.home / "journal")]
        if self.has_file:
            data = TableData("digits", "min_max") if self.seed % 3 == 0 else None
            write_experiment(initialise(default_experiment(data)), self.file)
            arguments.append(str(self.file))
        with (self.home / "errors").open("wb") as errors:
            self.process = subprocess.Popen(
                arguments, env=environment(self.home), stdout=errors, stderr=errors
            )

    def journal(self) -> list[dict[str, Any]]:
        """Return what the driver has noted so far; a line cut off by the kill is left out."""
        try:
            text = (self.home / "journal").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def await_and_kill(self) -> None:
        """Let it work, kill it, and remember when."""
        assert self.process is not None
        first_edit = self._await("edit", since=0)["t"]
        self._await_time(first_edit + self.dies_s)
        if self.while_saving is not None and self.has_file:
            self._await("saving", since=len(self.journal()))
            time.sleep(self.while_saving)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)

    def _await_time(self, moment: float) -> None:
        """Wait until it is so late by the driver's clock, which ticks in its journal."""
        assert self.process is not None
        while (left := moment - self.journal()[-1]["t"]) > TICK_S:
            assert self.process.poll() is None, (self.home / "errors").read_text()
            time.sleep(TICK_S / 2)
        # The moment of a kill is drawn: within a tick no condition says that it has come.
        time.sleep(max(0.0, left))

    def _await(self, what: str, since: int) -> dict[str, Any]:
        """Return the first line of the journal, of those from `since`, that tells of `what`."""
        assert self.process is not None
        deadline = time.monotonic() + 120
        while True:
            for line in self.journal()[since:]:
                if line["what"] == what:
                    return line
            assert self.process.poll() is None, (self.home / "errors").read_text()
            assert time.monotonic() < deadline, f"the driver never came to: {what}"
            time.sleep(0.002)


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a person whose home is `home`."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    own = {name: str(home / name.lower()) for name in names}
    return {**os.environ, **own, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}


def count_of(experiment: Experiment) -> int:
    """Return how far the work had come that an experiment is."""
    rate = experiment.training.learning_rate
    return 0 if rate > FIRST_RATE else round(rate / RATE_STEP)


@contextmanager
def new_window(qtbot: QtBot, home: Path, patch: pytest.MonkeyPatch) -> Iterator[GlassnetWindow]:
    """Open a window in the home of a victim, and close it in order."""
    with patch.context() as here:
        for name, value in environment(home).items():
            if name != "QT_QPA_PLATFORM":
                here.setenv(name, value)
        QSettings.setPath(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home / "xdg_config_home")
        )
        window = make_window()
        window.show()
        yield window
        window.close()
        qtbot.waitUntil(
            lambda: not window.isVisible() or question(window) is not None, timeout=10_000
        )
        box = question(window)
        if box is not None:
            press(box, "unsaved_discard")
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def question(window: GlassnetWindow) -> QDialog | None:
    """Return the question about unsaved work, where it is asked."""
    return window.findChild(QDialog, "unsaved_dialog")


def press(box: QDialog, name: str) -> None:
    button = box.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def recovered(qtbot: QtBot, window: GlassnetWindow) -> Experiment | None:
    """Take up what the window offers to recover; return it, ``None`` where it offers nothing."""
    tab = window.tab(window.BUILD)
    assert isinstance(tab, BuildTab)
    if not window.session.autosave.orphans():
        return None
    qtbot.waitUntil(lambda: window.findChild(QDialog, "recovery_dialog") is not None, timeout=5000)
    box = window.findChild(QDialog, "recovery_dialog")
    assert box is not None
    copies = set(window.session.autosave.folder.glob("*.glassnet"))
    press(box, "recovery_recover")
    experiment = window.document.experiment
    qtbot.waitUntil(window.session.autosave.copy.exists, timeout=10_000)
    qtbot.waitUntil(lambda: not any(c.exists() for c in copies), timeout=10_000)
    assert window.document.is_modified
    assert with_past(read_experiment(window.session.autosave.copy), None) == experiment
    return experiment


@dataclass(frozen=True)
class Verdict:
    """What was found after a kill.

    Attributes
    ----------
    lost_s
        The age, when the process died, of the oldest edit that is gone.
    had_old_work
        Whether there were edits that must not be gone.
    was_offered, left_parts
        Whether the new window offered work; how many half-written files the kill left.
    """

    lost_s: float
    had_old_work: bool
    was_offered: bool
    left_parts: int


def parts(home: Path) -> list[Path]:
    """Return the half-written files below a folder."""
    return list(home.rglob(f".*{PART_SUFFIX}"))


def judge(victim: Victim, qtbot: QtBot, patch: pytest.MonkeyPatch) -> Verdict:
    """Assert that little is lost and nothing damaged; return what was found."""
    assert victim.process is not None
    assert victim.process.returncode == -signal.SIGKILL, "it died of the kill"
    left_parts = parts(victim.home)
    journal = victim.journal()
    in_file = NOTHING
    if victim.has_file:
        in_file = count_of(read_experiment(victim.file))
        saved = max((x["count"] for x in journal if x["what"] == "saved"), default=0)
        begun = max((x["count"] for x in journal if x["what"] == "saving"), default=0)
        assert saved <= in_file <= max(begun, saved), "the file holds what was saved last"
    with new_window(qtbot, victim.home, patch) as window:
        experiment = recovered(qtbot, window)
        count = NOTHING if experiment is None else count_of(experiment)
        if experiment is not None:
            states = {x["is"] for x in journal if "is" in x}
            assert digest_of(experiment) in states
            # A kill right after a save leaves the copy of before it; the file is newer.
            is_in_save = victim.while_saving is not None
            assert count >= in_file or is_in_save, "recovery leads not behind the file"
            assert window.document.path == (victim.file if victim.has_file else None)
        if victim.has_file:
            assert count_of(read_experiment(victim.file)) == in_file
    killed_at = journal[-1]["t"]
    kept = max(count, in_file, 0)
    made = [x for x in journal if x["what"] == "edit"]
    lost = [x["t"] for x in made if x["count"] > kept]
    lost_s = killed_at - min(lost) if lost else 0.0
    assert lost_s <= LOST_S, f"work of {lost_s:.1f} s is gone"
    left = [path for path in (victim.home / "xdg_state_home").rglob("*") if path.is_file()]
    assert left == [], "a window that was closed in order leaves no copy"
    if victim.has_file:
        assert_cleared_by_the_next_save(victim.file)
    return Verdict(
        lost_s,
        had_old_work=killed_at - made[0]["t"] > LOST_S,
        was_offered=experiment is not None,
        left_parts=len(left_parts),
    )


def assert_cleared_by_the_next_save(file: Path) -> None:
    """Assert that a save, once time has passed, takes away what a kill left beside the file."""
    for part in parts(file.parent):
        os.utime(part, (0, 0))
    write_experiment(read_experiment(file), file)
    assert parts(file.parent) == []


def kill(
    kills: int, latest_s: float, folder: Path, qtbot: QtBot, patch: pytest.MonkeyPatch
) -> None:
    """Kill so many drivers, a few at work at once, and judge each."""
    dice = random.Random(20261124)
    victims = [
        Victim(
            home=folder / f"victim {n}",
            seed=n,
            dies_s=dice.uniform(0.2, latest_s),
            while_saving=dice.uniform(0.0, 0.012) if n % 2 else None,
            has_file=n % 5 != 4,
        )
        for n in range(kills)
    ]
    found = []
    for first in range(0, kills, AT_ONCE):
        group = victims[first : first + AT_ONCE]
        try:
            for victim in group:
                victim.start()
            for victim in sorted(group, key=lambda v: v.dies_s):
                victim.await_and_kill()
        finally:
            for victim in group:
                if victim.process is not None and victim.process.poll() is None:
                    victim.process.kill()
                    victim.process.wait()
        found += [judge(victim, qtbot, patch) for victim in group]
    # A driver that is killed early has nothing that must be kept; those drawn to live longer have,
    # however slow the machine is.
    long_lived = [victim.dies_s > LOST_S + 2 * TICK_S for victim in victims]
    assert any(long_lived)
    assert all(x.had_old_work for x, lived in zip(found, long_lived, strict=True) if lived)
    print(
        f"{len(found)} kills, {sum(x.had_old_work for x in found)} of work older than {LOST_S} s: "
        f"at most {max(x.lost_s for x in found):.2f} s lost, "
        f"recovery offered {sum(x.was_offered for x in found)} times, "
        f"{sum(x.left_parts for x in found)} half-written files cleared"
    )


@pytest.fixture
def dressed(qapp: QApplication) -> None:
    style_application(qapp, language="en", theme="light")


def test_eight_kills_cost_five_seconds_at_most(
    dressed: None, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill(8, 6.5, tmp_path, qtbot, monkeypatch)


@pytest.mark.slow
def test_a_hundred_kills_cost_five_seconds_at_most(
    dressed: None, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill(100, 9.0, tmp_path, qtbot, monkeypatch)
