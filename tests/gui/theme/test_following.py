"""The window follows the system's theme until the user chooses one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gui.app import follow_system_theme, style_application
from gui.settings import settings
from gui.theme import active


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    style_application(qapp, "en", "light")
    follow_system_theme(qapp)
    yield qapp
    style_application(qapp, "en", "light")


def test_it_changes_with_the_system(app: QApplication) -> None:
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert active().is_dark
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not active().is_dark


def test_what_the_user_chose_stays(app: QApplication) -> None:
    settings().setValue("theme", "light")
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not active().is_dark
