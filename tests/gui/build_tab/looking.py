"""What many tests do with a window: teach it something, size its layers, make it large."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.window import GlassnetWindow
from model.experiment import DataSpec

__all__ = ["SIZES", "bench", "learn", "resize", "set_units"]

SIZES = ((1024, 680), (1280, 720), (1440, 900), (2560, 1440))


def learn(tab: BuildTab, qtbot: QtBot, data: DataSpec, epochs: int = 12) -> None:
    """Choose data, keep a third of the rows back, and train for a while."""
    tab.model.choose_data(data)
    controller = tab.model
    qtbot.waitUntil(lambda: controller.derived.is_idle, timeout=10_000)
    controller.edit(
        "Split", lambda e: replace(e, split=replace(e.split, test_fraction=0.3, stratify=True))
    )
    for _ in range(epochs):
        controller.step(whole_epoch=True)
    qtbot.waitUntil(lambda: tab.workbench.is_idle, timeout=20_000)


def set_units(bench: Workbench, layer: int, units: int, qtbot: QtBot) -> None:
    """Type another number of units over a layer."""
    field = bench.canvas.headers.headers[layer].units
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, str(units))
    qtbot.keyClick(field, Qt.Key.Key_Return)


def resize(window: GlassnetWindow, qtbot: QtBot, width: int, height: int) -> None:
    window.resize(width, height)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == (width, height), timeout=2000)
    for _ in range(3):  # what is laid out anew may ask for more of it
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def bench(window: GlassnetWindow) -> BuildTab:
    """Return Build with its panels in sight, in the place of the first page."""
    tab = window.tab(window.BUILD)
    assert isinstance(tab, BuildTab)
    tab.show_all_panels()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return tab
