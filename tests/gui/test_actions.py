"""Menus, buttons, keys and the sheet of keys show the same actions."""

from __future__ import annotations

from html import unescape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.actions import Place
from gui.build_tab.tab import BuildTab
from gui.shell.key_sheet import KeySheet
from gui.window import GlassnetWindow


@pytest.fixture
def tab(window: GlassnetWindow) -> BuildTab:
    tab = window.build_tab
    tab.show_all_panels()
    return tab


def test_a_button_is_named_after_the_step_that_it_takes_back(
    window: GlassnetWindow, tab: BuildTab, qtbot: QtBot
) -> None:
    header, undo = window.header, window.all_actions["undo"]
    assert not undo.isEnabled()
    assert not header.undo_button.isEnabled()
    tab.model.set_units(0, 5)
    assert header.undo_button.isEnabled()
    assert header.undo_button.toolTip() == undo.toolTip() == "Undo: Layer 1: 5 units (Ctrl+Z)"
    qtbot.mouseClick(header.undo_button, Qt.MouseButton.LeftButton)
    assert tab.model.state.experiment.network.layers[0].units == 4
    assert window.all_actions["redo"].isEnabled()
    qtbot.keyClick(tab, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert tab.model.state.experiment.network.layers[0].units == 5


def test_the_sheet_of_keys_lists_every_action_that_has_one(
    window: GlassnetWindow, qtbot: QtBot
) -> None:
    sheet = KeySheet(window, window.all_actions)
    qtbot.addWidget(sheet)
    text = unescape("".join(label.text() for label in sheet.findChildren(QLabel)))
    actions: list[QAction] = [a for place in Place for a in window.all_actions.of(place)]
    with_keys = [action for action in actions if action.shortcuts()]
    assert len(with_keys) > 20
    assert [a.text() for a in with_keys if f">{a.text().removesuffix('…')}<" not in text] == []


def test_single_keys_act_in_build_and_leave_fields_alone(
    window: GlassnetWindow, tab: BuildTab, qtbot: QtBot
) -> None:
    qtbot.keyClick(tab, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: tab.model.state.epoch == 1)
    seed = tab.workbench.bar.seed
    seed.setFocus()
    qtbot.keyClick(seed, Qt.Key.Key_R)
    assert tab.model.state.epoch == 1


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
