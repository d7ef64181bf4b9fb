"""The drawing in the whole window: menus that look like menus, and a drawer that gives way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.window import GlassnetWindow
from tests.gui.build_tab.looking import resize
from tests.gui.finding import find

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.mark.parametrize("key", [None, Qt.Key.Key_Space])
def test_the_drawer_gives_way_when_training_starts(
    tab: BuildTab,
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    key: Qt.Key | None,
) -> None:
    resize(window, qtbot, 1024, 680)
    qtbot.mouseClick(bench.arrangement.rail.more, Qt.MouseButton.LeftButton)
    assert bench.data.isVisible()
    if key is None:
        qtbot.mouseClick(find(window, QPushButton, "train"), Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(bench.data, key)
    qtbot.waitUntil(lambda: not bench.data.isVisible(), timeout=5000)
    assert not bench.data.hasFocus()
    tab.model.pause()
    qtbot.waitUntil(lambda: not tab.model.state.running, timeout=5000)
    qtbot.mouseClick(bench.arrangement.rail.more, Qt.MouseButton.LeftButton)
    assert bench.data.isVisible()
