"""No text of Teach, of Vision and beside a lesson is cut, and nothing overlaps, at any size."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS
from gui.teach_tab.tab import TeachTab
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from tests.gui.build_tab.looking import bench, cut_anywhere
from tests.gui.test_translations import teach
from tests.tiers import first
from vision.result import Task

pytestmark = pytest.mark.usefixtures("dressed")


# -- Teach -----------------------------------------------------------------------------------------


def a_result(window: GlassnetWindow, qtbot: QtBot) -> None:
    teach(window, qtbot)
    window.session.teach.preview_file(ASSETS / "images" / "coffee.png")
    qtbot.waitUntil(lambda: window.session.teach.state.preview.look is not None, timeout=60_000)


def twelve_classes(window: GlassnetWindow, qtbot: QtBot) -> None:
    a_result(window, qtbot)
    for number in range(10):
        window.session.teach.add_class(f"Class {number}")


TEACH = (a_result, twelve_classes)


@pytest.mark.parametrize("state", first(1, TEACH), ids=lambda state: state.__name__)
def test_teach_is_whole(
    state: Callable[[GlassnetWindow, QtBot], None], window: GlassnetWindow, qtbot: QtBot
) -> None:
    state(window, qtbot)
    assert isinstance(window.pages.currentWidget(), TeachTab)
    qtbot.waitUntil(lambda: window.session.teach.is_idle, timeout=60_000)
    assert cut_anywhere(window, qtbot) == []


# -- Vision ----------------------------------------------------------------------------------------


def vision(window: GlassnetWindow) -> VisionTab:
    window.show_tab(window.VISION)
    return window.vision_tab


def at_rest(tab: VisionTab, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not tab.model.state.is_busy, timeout=60_000)


def shows(tab: VisionTab, name: str) -> bool:
    result = tab.model.state.result
    return result is not None and name in result.name


@pytest.mark.parametrize("task", first(1, [Task.CLASSIFICATION, Task.DETECTION, Task.MASK]))
def test_vision_is_whole(window: GlassnetWindow, task: Task, qtbot: QtBot) -> None:
    tab = vision(window)
    tab.model.choose_task(task)
    for name in ("coffee", "astronaut"):
        window.open_path(ASSETS / "images" / f"{name}.png")
        qtbot.waitUntil(partial(shows, tab, name), timeout=60_000)
    at_rest(tab, qtbot)
    assert cut_anywhere(window, qtbot) == []


@pytest.mark.thorough
def test_the_look_inside_is_whole(window: GlassnetWindow, qtbot: QtBot) -> None:
    tab = vision(window)
    window.open_path(ASSETS / "images" / "coffee.png")
    tab.model.look_inside()
    qtbot.waitUntil(lambda: tab.model.inside.state.view is not None, timeout=60_000)
    assert cut_anywhere(window, qtbot) == []


# -- Lessons ---------------------------------------------------------------------------------------


def test_build_between_a_lesson_and_the_microscope_is_whole(
    window: GlassnetWindow, qtbot: QtBot
) -> None:
    tab = bench(window)
    window.learn.open_by_id("hidden_layer")
    tab.model.open_microscope()
    qtbot.waitUntil(lambda: tab.workbench.is_idle, timeout=20_000)
    assert cut_anywhere(window, qtbot) == []
