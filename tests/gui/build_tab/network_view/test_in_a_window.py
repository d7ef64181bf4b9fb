"""The drawing in the whole window: menus that look like menus, and a drawer that gives way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.layout import NetworkLayout
from gui.build_tab.network_view.scene import NetworkScene
from gui.build_tab.network_view.view import CanvasView
from gui.build_tab.state import BuildState
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.settings import settings
from gui.window import MINIMUM_SIZE, GlassnetWindow
from model.experiment import GateData, TableData
from model.places import UnitAt
from tests.gui.build_tab.looking import SIZES, learn, resize
from tests.gui.finding import find

pytestmark = pytest.mark.usefixtures("dressed")


def test_the_smallest_window_has_its_drawing_from_the_start(
    document: ExperimentDocument, qtbot: QtBot
) -> None:
    settings().setValue("first_run_left", True)
    window = GlassnetWindow(document)
    window.resize(MINIMUM_SIZE)
    with qtbot.waitExposed(window):
        window.show()
    view = find(window, CanvasView, "network_view")
    assert view.viewport().height() == view.height()
    assert UnitAt(1, 0) in view.network_scene.units
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    window.deleteLater()


@pytest.mark.parametrize("size", SIZES)
def test_a_layers_name_has_the_arrow_of_a_menu(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    resize(window, qtbot, *size)
    for name in ("layer_0_menu", "layer_1_menu"):
        button = find(bench.canvas, QToolButton, name)
        assert not button.menu().isEmpty()
        image = button.grab().toImage()
        ground = image.pixelColor(1, button.height() // 2)
        words = button.fontMetrics().horizontalAdvance(button.text())
        beside = QRect(words + 7, 4, button.width() - words - 9, button.height() - 8)
        ink = [
            image.pixelColor(x, y)
            for x in range(beside.left(), beside.right())
            for y in range(beside.top(), beside.bottom())
        ]
        assert any(colour != ground for colour in ink)


def test_other_data_that_bring_or_take_a_line_over_the_panels_draw_the_network_once(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line of an article's recipe takes its height from the drawing."""
    resize(window, qtbot, 1440, 900)
    bench.model.choose_data(TableData("titanic"))
    bench.model.choose_version("published")
    qtbot.waitUntil(bench.recipe.isVisible)
    qtbot.waitUntil(lambda: bench.model.is_idle)
    built: list[NetworkLayout] = []
    build = NetworkScene.build

    def count(scene: NetworkScene, state: BuildState, layout: NetworkLayout) -> None:
        built.append(layout)
        build(scene, state, layout)

    monkeypatch.setattr(NetworkScene, "build", count)
    height = bench.canvas.view.height()
    bench.model.choose_data(GateData("and"))
    assert not bench.recipe.isVisible()
    assert bench.canvas.view.height() > height
    qtbot.waitUntil(lambda: bench.model.is_idle)
    assert len(built) == 1
    window.document.undo_stack.undo()
    assert bench.recipe.isVisible()
    assert bench.canvas.view.height() == height
    qtbot.waitUntil(lambda: bench.model.is_idle)
    assert len(built) == 2


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


def test_a_wide_window_gives_its_room_to_every_column(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    learn(tab, qtbot, TableData("digits", "min_max"), epochs=1)
    resize(window, qtbot, 1440, 900)
    narrow = bench.output.width(), len(bench.canvas.scene.units)
    resize(window, qtbot, 2560, 1440)
    assert bench.output.width() > 1.6 * narrow[0]
    assert len(bench.canvas.scene.units) > 1.4 * narrow[1]
    assert bench.canvas.width() > 0.6 * window.width()


def test_the_headers_stay_over_the_drawing_in_a_window_that_becomes_small(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    resize(window, qtbot, *SIZES[-1])
    resize(window, qtbot, *SIZES[0])
    headers, view = bench.canvas.headers, bench.canvas.view
    assert (headers.y(), headers.height()) == (0, view.y())
