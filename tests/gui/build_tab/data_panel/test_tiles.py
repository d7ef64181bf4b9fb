"""The tiles of the data: the marked one is the data's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.sources import GATE_TILES
from gui.build_tab.workbench import Workbench

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def _centre(tiles: TileList, key: str) -> QPoint:
    return tiles.tile_rect(key).center().toPoint()


def _press_and_think_again(tiles: TileList) -> None:
    QTest.mousePress(tiles.viewport(), LEFT, NONE, _centre(tiles, "gate:and"))
    QTest.mouseRelease(tiles.viewport(), LEFT, NONE, QPoint(-20, -20))


def _click_with_ctrl(tiles: TileList) -> None:
    ctrl = Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(tiles.viewport(), LEFT, ctrl, _centre(tiles, "gate:xor"))


def _walk_on(tiles: TileList) -> None:
    QTest.keyClick(tiles, Qt.Key.Key_Right)
    assert GATE_TILES[tiles.currentIndex().row()].key == "gate:xnor"


@pytest.mark.parametrize("act", [_press_and_think_again, _click_with_ctrl, _walk_on])
def test_what_chooses_no_data_marks_no_other_tile(
    qtbot: QtBot, act: Callable[[TileList], None]
) -> None:
    tiles = TileList("gate_tiles", GATE_TILES, lambda _: None)
    qtbot.addWidget(tiles)
    tiles.show()
    tiles.show_key("gate:xor")
    act(tiles)
    assert tiles.selected_key() == "gate:xor"


def test_the_tile_that_was_clicked_stays_in_sight(bench: Workbench) -> None:
    tiles = bench.data.tiles[2]
    QTest.mouseClick(tiles.viewport(), LEFT, NONE, _centre(tiles, "table:symptoms"))
    tile = tiles.tile_rect("table:symptoms").toRect()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    assert tiles.viewport().visibleRegion().boundingRect().contains(tile)
