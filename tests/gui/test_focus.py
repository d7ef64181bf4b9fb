"""The keyboard's place is seen in every tab, page and dialog, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from gui.app import style_application
from gui.build_tab.data_panel.csv_dialog import CsvDialog
from gui.settings import ASSETS, choose_theme
from gui.window import GlassnetWindow
from tests.gui.build_tab.looking import bench
from tests.gui.focus_seen import reached_by_tab, unseen_focus
from tests.gui.teach_tab.conftest import import_now, train_now
from tests.vision.teaching.drawn import drawn_folder
from vision.result import Task

pytestmark = pytest.mark.thorough

Open = Callable[[GlassnetWindow, QtBot, Path], QWidget]


@pytest.fixture(autouse=True, params=["light", "dark"])
def dressed(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    """Dress the application in each theme, and again as at a first start afterwards."""
    style_application(qapp, "en", "light")
    choose_theme(qapp, request.param)
    yield
    style_application(qapp, "en", "light")


def microscope(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
    tab = bench(window)
    window.all_actions["microscope"].trigger()
    qtbot.waitUntil(lambda: tab.model.is_idle and tab.workbench.is_idle, timeout=20_000)
    return window


def dock(view: str) -> Open:
    def show(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
        tab = bench(window)
        tab.workbench.dock.choose(view)
        tab.model.step(whole_epoch=True)
        qtbot.waitUntil(lambda: tab.model.is_idle and tab.workbench.is_idle, timeout=20_000)
        return window

    return show


def lesson(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
    bench(window)
    window.learn.open_by_id("hidden_layer")
    return window


def vision(task: Task) -> Open:
    def show(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
        window.show_tab(window.VISION)
        tab = window.vision_tab
        window.open_path(ASSETS / "images" / "coffee.png")
        tab.model.choose_task(task)
        qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=30_000)
        return window

    return show


def inside(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
    vision(Task.CLASSIFICATION)(window, qtbot, folder)
    window.all_actions["inside"].trigger()
    window.show_tab(window.VISION)
    tab = window.vision_tab
    qtbot.waitUntil(lambda: tab.inside_page.isVisible(), timeout=30_000)
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=30_000)
    return window


def teach_empty(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
    window.show_tab(window.TEACH)
    return window


def taught(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
    window.show_tab(window.TEACH)
    tab = window.teach_tab
    import_now(tab, drawn_folder(folder / "drawn", 6, ("discs", "stars", "stripes")), qtbot)
    train_now(tab, qtbot)
    return window


def dialog(name: str) -> Open:
    def show(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
        window.show_tab(window.VISION)  # whose library one of them is
        window.all_actions[name].trigger()
        qtbot.waitUntil(lambda: any(map(QDialog.isVisible, window.findChildren(QDialog))))
        (found,) = (each for each in window.findChildren(QDialog) if each.isVisible())
        return found

    return show


def table(window: GlassnetWindow, qtbot: QtBot, folder: Path) -> QWidget:
    tab, path = bench(window), folder / "table.csv"
    path.write_text("a,b,y\n1,2,0\n3,4,1\n" * 20, encoding="utf-8")
    found = CsvDialog(tab.model, path, tab.workbench.data.reader, window)
    found.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    found.show()
    qtbot.waitUntil(lambda: not tab.workbench.data.reader.is_awaiting_result)
    return found


PAGES: dict[str, Open] = {
    "table": table,
    "microscope": microscope,
    **{view: dock(view) for view in ("weights", "hidden", "lottery", "landscape")},
    "lesson": lesson,
    **{f"vision {task.name.lower()}": vision(task) for task in Task},
    "vision inside": inside,
    "teach": teach_empty,
    "taught": taught,
    **{name: dialog(name) for name in ("guide", "glossary", "about", "library")},
}


@pytest.mark.parametrize("page", PAGES)
def test_where_the_keyboard_is_is_seen(
    page: str, window: GlassnetWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    root = PAGES[page](window, qtbot, tmp_path)
    root.activateWindow()
    qtbot.waitUntil(root.isActiveWindow, timeout=2000)
    assert reached_by_tab(root)
    assert unseen_focus(root, root, qtbot) == []
