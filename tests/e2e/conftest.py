"""The real window, as `main.py` opens it, and a person in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.settings import settings
from gui.window import GlassnetWindow
from main import prepare_environment
from tests.e2e.builder import Builder
from tests.e2e.person import Person
from tests.e2e.reader import SOON_MS, Reader
from tests.e2e.vision.camera import Camera
from tests.gui.vision_tab.conftest import COFFEE
from vision.teaching.collection import Collection


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Prepare the environment as `main` does before the application object is made."""
    prepare_environment()
    return QApplication


@pytest.fixture(autouse=True)
def own_settings(own_folders: Path) -> None:
    """Give the test settings of its own: Qt looks up the folder only once a process."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(own_folders))


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, own_settings: None) -> Iterator[GlassnetWindow]:
    """Open the window cold, in English and light; close it as a person would.

    Not ``qtbot.addWidget``: it deletes the window at once, while a training may still be stopping.
    """
    from gui.app import make_window, style_application

    style_application(qapp, language="en", theme="light")
    window = make_window()
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    yield window
    window.document.undo_stack.setClean()
    if window.session.teach_if_made is not None:
        window.session.teach.document.load(Collection(), None)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    window.deleteLater()


@pytest.fixture
def person(qtbot: QtBot, window: GlassnetWindow) -> Person:
    """Return someone in front of the window."""
    return Person(qtbot, window)


@pytest.fixture
def newcomer(qtbot: QtBot, window: GlassnetWindow) -> Reader:
    """Return someone who sees the window for the first time."""
    person = Reader(qtbot, window)
    person.wait(person.find("first_run_train").isVisible, "the first page is shown", SOON_MS)
    return person


@pytest.fixture
def known(own_settings: None) -> None:
    """Remember that the first-run page was left: the person has been here before."""
    settings().setValue("first_run_left", True)


@pytest.fixture
def builder(known: None, qtbot: QtBot, window: GlassnetWindow, tmp_path: Path) -> Builder:
    """Return someone who builds: all panels are there, XOR is loaded."""
    return Builder(qtbot, window, tmp_path)


@pytest.fixture
def camera() -> Iterator[Camera]:
    """Return a running camera that shows a cup of coffee."""
    camera = Camera(COFFEE)
    camera.start()
    yield camera
    camera.kill()
