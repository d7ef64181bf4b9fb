"""Closed windows are destroyed between two events: not inside Qt's own work, not on a worker."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui import garbage
from gui.app import style_application
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.garbage import collect_between_events
from gui.window import GlassnetWindow
from model.defaults import default_experiment


@pytest.fixture
def few() -> Iterator[int]:
    """Let Python look for garbage after a few objects; return after how many."""
    before = gc.get_threshold()
    gc.set_threshold(50, 2, 2)
    yield 50
    gc.set_threshold(*before)


def forget_a_window(on_end: Callable[[], None]) -> None:
    """Make a window that nobody holds and that only a collection destroys."""
    window = QWidget()
    window.destroyed.connect(on_end)
    button = QPushButton(window)
    button.window_of_it = window  # type: ignore[attr-defined]  # the cycle
    window.button_of_it = button  # type: ignore[attr-defined]


def make_objects(number: int) -> list[list[int]]:
    return [[index] for index in range(number)]


class Busy(QWidget):
    """A widget whose override makes many objects."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[list[int]] = []

    def changeEvent(self, event: QEvent) -> None:
        """Make them."""
        self.made = make_objects(5_000)
        super().changeEvent(event)


def test_nothing_is_destroyed_inside_an_override(
    qtbot: QtBot, qapp: QApplication, few: int
) -> None:
    style_application(qapp, "en", "light")
    busy, ended = Busy(), list[bool]()
    qtbot.addWidget(busy)
    with qtbot.waitExposed(busy):
        busy.show()
    forget_a_window(lambda: ended.append(True))
    busy.made.clear()
    qapp.setStyleSheet(qapp.styleSheet() + "\n")
    assert len(busy.made) > few
    assert not ended
    qtbot.waitUntil(lambda: bool(ended))


def test_nothing_is_destroyed_by_a_worker(qtbot: QtBot, qapp: QApplication, few: int) -> None:
    style_application(qapp, "en", "light")
    ended: list[threading.Thread] = []
    forget_a_window(lambda: ended.append(threading.current_thread()))
    made: list[list[list[int]]] = []
    worker = threading.Thread(target=lambda: made.append(make_objects(100 * few)))
    worker.start()
    worker.join()
    assert not ended
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == [threading.main_thread()]


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take it back by themselves")
def test_free_memory_goes_back_to_the_system(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "TRIM_EVERY_MS", 20)
    blocks = [np.ones(100_000, np.uint8) for _ in range(1_000)]
    end_of_heap, full = np.ones(100_000, np.uint8), resident_bytes()
    blocks.clear()
    owner = QObject()
    collect_between_events(owner)
    qtbot.waitUntil(lambda: resident_bytes() < full - 50_000_000)
    del end_of_heap


WORKER = """
import os, sys, threading
import numpy as np
from PySide6.QtCore import QCoreApplication
from gui.garbage import collect_between_events, release_free_memory

def resident_bytes():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def work():
    blocks = [np.ones(100_000, np.uint8) for _ in range(400)]
    blocks.clear()

app = QCoreApplication([])
collect_between_events(app)
np.ones(30_000_000, np.uint8)  # once such a block was freed, glibc keeps twice as much
before = resident_bytes()
worker = threading.Thread(target=work)
worker.start()
worker.join()
release_free_memory()
print(resident_bytes() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take it back by themselves")
def test_what_a_worker_freed_goes_back_to_the_system() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WORKER],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) < 10_000_000


@pytest.mark.parametrize("page", ["first", "all panels"])
def test_a_window_leaves_no_widget_behind(qtbot: QtBot, qapp: QApplication, page: str) -> None:
    before = qapp.allWidgets()  # PySide gives each the same object again while this one lives
    window = GlassnetWindow(ExperimentDocument(default_experiment()))
    with qtbot.waitExposed(window):
        window.show()
    tab = window.build_tab
    if page == "all panels":
        tab.show_all_panels()
    qtbot.waitUntil(lambda: any(isinstance(w, Workbench) for w in qapp.allWidgets()))
    window.close()
    qtbot.waitUntil(window.isHidden)
    window.deleteLater()
    del tab, window

    def nothing_is_left() -> None:
        gc.collect()
        assert [widget for widget in qapp.allWidgets() if widget not in before] == []

    qtbot.waitUntil(nothing_is_left)
