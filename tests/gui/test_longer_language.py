"""A language 40 % longer than English is cut nowhere in the smallest window."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea, QWidget
from pytestqt.exceptions import TimeoutError as QtBotTimeout
from pytestqt.qtbot import QtBot

from gui.app import dress_application
from gui.settings import ASSETS
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from tests.gui.build_tab.looking import bench, resize
from tests.gui.pseudo import pseudo, pseudo_file
from tests.gui.texts import cut_texts
from vision.result import Task

SMALLEST = (1024, 680)
# Shortened on purpose, with all of it in the tool tip.
SHORTENED = ("status_sentence", "verdict_note", "training_bar/Field/", "compute_choice")


pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def longer(tmp_path_factory: pytest.TempPathFactory) -> QTranslator:
    translator = QTranslator()
    assert translator.load(str(pseudo_file(tmp_path_factory.mktemp("pseudo"))))
    return translator


@pytest.fixture(autouse=True)
def spoken(qapp: QApplication, longer: QTranslator) -> Iterator[None]:
    dress_application(qapp, "en", "light")
    qapp.installTranslator(longer)
    yield
    qapp.removeTranslator(longer)


@pytest.fixture
def small(window: GlassnetWindow, qtbot: QtBot) -> GlassnetWindow:
    resize(window, qtbot, *SMALLEST)
    return window


def cut(root: QWidget) -> list[str]:
    """Return what is cut, and what is wider than the column that it scrolls in."""
    found = [text for text in cut_texts(root) if not any(name in text for name in SHORTENED)]
    for area in root.findChildren(QScrollArea):
        content = area.widget()
        if content is not None and area.isVisible() and content.width() > area.width():
            found.append(f"{area.objectName()}: {content.width()} px wide in {area.width()}")
    return found


def whole(qtbot: QtBot, root: QWidget) -> None:
    """Wait until nothing is cut; say what is where something stays so."""
    with contextlib.suppress(QtBotTimeout):
        qtbot.waitUntil(lambda: cut(root) == [], timeout=3000)
    assert cut(root) == []


def test_the_language_is_longer_and_keeps_what_is_filled_in() -> None:
    text = "Layer {n}: <b>{units}</b> units"
    assert len(pseudo(text)) > len(text) + 4
    assert "{n}: <b>{units}</b>" in pseudo(text)


def test_the_first_page_is_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    whole(qtbot, small)


@pytest.mark.parametrize("view", ["weights", "hidden", "lottery", "landscape"])
def test_build_is_whole(small: GlassnetWindow, view: str, qtbot: QtBot) -> None:
    tab = bench(small)
    tab.workbench.dock.choose(view)
    tab.model.step(whole_epoch=True)
    qtbot.waitUntil(lambda: tab.model.is_idle and tab.workbench.is_idle, timeout=20_000)
    whole(qtbot, small)
    tab.workbench.arrangement.show_data()
    whole(qtbot, small)


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.DETECTION, Task.MASK])
def test_vision_is_whole(small: GlassnetWindow, task: Task, qtbot: QtBot) -> None:
    tab = small.show_tab(small.VISION)
    assert isinstance(tab, VisionTab)
    small.open_path(ASSETS / "images" / "coffee.png")
    tab.model.choose_task(task)
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=30_000)
    whole(qtbot, small)


def test_a_lesson_is_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    bench(small)
    small.learn.open_named("hidden_layer")
    whole(qtbot, small)


@pytest.mark.parametrize("name", ["guide", "keys", "glossary", "about"])
def test_a_dialog_is_whole(small: GlassnetWindow, name: str, qtbot: QtBot) -> None:
    small.all_actions[name].trigger()
    dialog = small.findChildren(QDialog)[-1]
    qtbot.waitUntil(dialog.isVisible)
    whole(qtbot, dialog)


def test_a_message_is_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    bench(small)
    small.show_unexpected_error("Traceback\nValueError: tried")
    whole(qtbot, small)
