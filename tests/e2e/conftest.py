"""The real window, as `main.py` opens it, and a person in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from main import prepare_environment
from tests.e2e.person import Person


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Prepare the environment as `main` does before the application object is made."""
    prepare_environment()
    return QApplication


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[GlassnetWindow]:
    """Open the window cold, in English and light; close it as a person would.

    Not ``qtbot.addWidget``: it deletes the window at once, while a training may still be stopping.
    """
    from gui.app import dress_application, make_window

    dress_application(qapp, language="en", theme="light")
    window = make_window()
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    yield window
    window.document.undo_stack.setClean()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    window.deleteLater()


@pytest.fixture
def person(qtbot: QtBot, window: GlassnetWindow) -> Person:
    """Return someone in front of the window."""
    return Person(qtbot, window)
