"""The window follows the system's theme until a person chooses one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app import dress_application, follow_system_theme
from gui.settings import choose_theme, settings
from gui.theme import active
from gui.widgets.basic import set_role
from gui.widgets.panel import Panel


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    dress_application(qapp, "en", "light")
    follow_system_theme(qapp)
    yield qapp
    dress_application(qapp, "en", "light")


def test_it_changes_with_the_system(app: QApplication) -> None:
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert active().is_dark
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not active().is_dark


def test_what_a_person_chose_stays(app: QApplication) -> None:
    settings().setValue("theme", "light")
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not active().is_dark


class Dressed(Panel):
    """A panel that notes the theme it is dressed in anew."""

    def __init__(self) -> None:
        super().__init__()
        self.themes: list[str] = []
        set_role(self, role="panel")  # so that the style sheet changes its palette

    def restyle(self) -> None:
        self.themes.append(active().name)


def test_a_panel_is_dressed_anew_once_for_each_change(app: QApplication, qtbot: QtBot) -> None:
    panel = Dressed()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    assert panel.themes == []
    choose_theme(app, "dark")
    choose_theme(app, "light")
    assert panel.themes == ["dark", "light"]
