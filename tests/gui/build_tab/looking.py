"""What many tests do with a window: teach it something, size its layers, make it large."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.experiment import DataSpec
from tests.gui.texts import cut_texts, overlaps

__all__ = ["EVERY_SIZE", "SIZES", "bench", "cut_anywhere", "learn", "resize", "set_units"]

SIZES = ((1024, 680), (1280, 720), (1440, 900), (2560, 1440))
EVERY_SIZE = (*SIZES[:2], (1309, 818), (1366, 768), *SIZES[2:])
"""Also a usual laptop's, and a window of 1440 by 900 at the first step of larger text."""


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


def cut_anywhere(
    window: GlassnetWindow,
    qtbot: QtBot,
    show: Callable[[], QWidget] | None = None,
    sizes: Iterable[tuple[int, int]] = EVERY_SIZE,
) -> list[str]:
    """Return what is cut or overlaps in either language, at each size after the one before.

    `show` brings out what is looked at, each time anew; without it that is the window.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    found = []
    for language in ("en", "tr"):
        choose_language(app, language)
        for size in sizes:
            resize(window, qtbot, *size)
            looked_at = window if show is None else show()
            qtbot.waitUntil(looked_at.isVisible, timeout=2000)
            for _ in range(3):
                QCoreApplication.sendPostedEvents()
            assert len([w for w in looked_at.findChildren(QWidget) if w.isVisible()]) > 2
            told = cut_texts(looked_at) + overlaps(looked_at)
            found += [f"{language} {size}: {text}" for text in told]
            if looked_at is not window:
                looked_at.close()
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return found
