"""Everything in the header is whole, whatever was chosen before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from tests.gui.texts import cut_texts

LANGUAGES = ("en", "tr")

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.mark.parametrize("width", [1024, 1440, 2560])
def test_the_header_is_whole_in_each_language_and_tab(
    window: GlassnetWindow, qtbot: QtBot, width: int
) -> None:
    window.resize(width, 900)
    header = window.header
    for code in ("tr", "en", "tr", "en"):
        button = header.languages.button(LANGUAGES.index(code))
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        for index in (window.VISION, window.BUILD):
            spot = header.tabs.tabRect(index).center()
            qtbot.mouseClick(header.tabs, Qt.MouseButton.LeftButton, pos=spot)
            QApplication.processEvents()
            arrows = [b for b in header.tabs.findChildren(QToolButton) if b.isVisible()]
            assert not arrows, (code, index)
            assert header.tabs.width() >= header.tabs.sizeHint().width(), (code, index)
            assert cut_texts(header) == []
            right = header.help_button.mapTo(header, QPoint(header.help_button.width(), 0)).x()
            assert right <= header.width()


def test_the_menu_of_the_title_is_about_what_it_names(window: GlassnetWindow, qtbot: QtBot) -> None:
    """A picture that is shown is nothing to save as an experiment, nor is a network's export."""
    offered = {}
    for index in (window.VISION, window.TEACH, window.BUILD):
        spot = window.header.tabs.tabRect(index).center()
        qtbot.mouseClick(window.header.tabs, Qt.MouseButton.LeftButton, pos=spot)
        actions = window.header.title.menu().actions()
        names = [action.menu() or action for action in actions if not action.isSeparator()]
        offered[index] = [one.objectName() for one in names]
    scale = ["larger", "smaller"]
    files = ["file_new", "file_open", "file_network", "recent_menu"]
    files += ["file_save", "file_save_as", "author"]
    assert offered[window.VISION] == ["open_source", "paste", "snapshot", "record", *scale]
    assert offered[window.TEACH] == [*files, "file_teach_export", *scale]
    assert offered[window.BUILD] == [*files, "file_export", *scale]
