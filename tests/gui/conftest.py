"""The whole window, for tests of what goes through all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QFontDatabase,
)
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app import style_application
from gui.document import ExperimentDocument
from gui.settings import choose_language
from gui.settings import language as language_in_use
from gui.theme.tokens import LIGHT, activate
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from vision.teaching.collection import Collection


@pytest.fixture(autouse=True)
def undressed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take off what the test has dressed the application in, and speak English again.

    Without a style sheet a window is made in half the time; most tests need none.
    """
    if "qapp" not in request.fixturenames:
        yield
        return
    app = request.getfixturevalue("qapp")
    yield
    if app.styleSheet():
        activate(app, LIGHT, "")
        app.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    if language_in_use() != "en":
        choose_language(app, "en")


@pytest.fixture
def dressed(qapp: QApplication) -> None:
    """Dress the application as it is at a first start."""
    style_application(qapp, "en", "light")


@pytest.fixture
def english(qapp: QApplication) -> None:
    """Speak English, its numbers too."""
    choose_language(qapp, "en")


@pytest.fixture(params=["en", "tr"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> str:
    """Speak each language in turn; return its code."""
    choose_language(qapp, request.param)
    return str(request.param)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what a screen reader is asked to speak."""
    found: list[str] = []
    tell = QAccessible.updateAccessibility

    def note(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            found.append(event.message())
        tell(event)

    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what opens the whole window or a whole tab to `make test-e2e`, which has the time."""
    for item in items:
        is_whole = bool({"closed_window", "tab"} & set(getattr(item, "fixturenames", ())))
        if is_whole and item.get_closest_marker("slow") is None:
            item.add_marker("thorough")


@pytest.fixture
def closed_window(qtbot: QtBot) -> GlassnetWindow:
    """Return the window, not shown yet; after the test it is closed as the user would."""
    window = GlassnetWindow(ExperimentDocument(default_experiment()))
    qtbot.addWidget(
        window, before_close_func=lambda w: qtbot.waitUntil(lambda: _closed(w), timeout=10_000)
    )
    return window


@pytest.fixture
def window(closed_window: GlassnetWindow, qtbot: QtBot) -> GlassnetWindow:
    """Return the shown window, on the first-run page."""
    with qtbot.waitExposed(closed_window):
        closed_window.show()
    qtbot.mouseMove(closed_window, QPoint(1, 1))  # a test before has left it somewhere
    return closed_window


def _closed(window: GlassnetWindow) -> bool:
    window.document.undo_stack.setClean()
    if window.session.teach_if_made is not None:
        window.session.teach.document.load(Collection(), None)
    return window.close()
