"""What a person does while data are read, and how a test waits for the end of it.

A worker's end reaches the window by the event loop alone, so what a test does before it waits
happens while the data are still being read.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.state import Activity
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from tests.gui.finding import find

__all__ = [
    "choose_tile",
    "is_reading",
    "move_split",
    "new_start",
    "press",
    "redo",
    "settle",
    "texts",
    "undo",
]

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def is_reading(bench: Workbench) -> bool:
    """Tell whether the rows of what is shown are being read."""
    return bench.model.state.data.share is not None


def settle(qtbot: QtBot, bench: Workbench) -> None:
    """Wait until nothing is read, nothing waits for it, and every panel shows what has come."""
    qtbot.waitUntil(lambda: bench.model.derived.is_idle, timeout=20_000)
    qtbot.waitUntil(lambda: bench.model.state.activity is not Activity.PREPARING, timeout=20_000)
    qtbot.waitUntil(lambda: bench.is_up_to_date)


def undo(tab: BuildTab) -> None:
    QTest.keyClick(tab, KEY.Key_Z, CTRL)


def redo(tab: BuildTab) -> None:
    QTest.keyClick(tab, KEY.Key_Z, CTRL | SHIFT)


def press(bench: Workbench, name: str) -> None:
    QTest.mouseClick(find(bench, QWidget, name), LEFT)


def new_start(bench: Workbench) -> None:
    press(bench, "new_start")


def choose_tile(bench: Workbench, tiles: str, key: str) -> None:
    found = find(bench, TileList, tiles)
    QTest.mouseClick(found.viewport(), LEFT, pos=found.tile_rect(key).center().toPoint())


def move_split(bench: Workbench, steps: int) -> None:
    slider = find(bench, QWidget, "split")
    assert slider.isVisible()
    slider.setFocus()
    for _ in range(abs(steps)):
        QTest.keyClick(slider, KEY.Key_Right if steps > 0 else KEY.Key_Left)


def texts(document: ExperimentDocument) -> list[str]:
    """Return what the steps that can be undone are called, after the first one."""
    stack = document.undo_stack
    return [stack.text(index) for index in range(1, stack.index())]
