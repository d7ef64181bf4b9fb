"""Everything in the header is whole, whatever was chosen before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow

pytestmark = pytest.mark.usefixtures("dressed")


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
