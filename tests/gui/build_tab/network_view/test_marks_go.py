"""A mark leaves no trace on the screen once it is gone, whatever it was on and at any zoom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.panel import NetworkPanel
from model.experiment import PlaneData
from model.places import INPUTS, Target, UnitAt, WeightAt
from tests.gui.build_tab.network_view.hands import make_state, move, spot

AWAY = QPoint(3, 3)
BIAS, EDGE, STEEP, OUT = WeightAt(0, 2, 1), WeightAt(0, 0, 0), WeightAt(0, 1, 0), WeightAt(1, 2, 0)
TARGETS: dict[str, Target] = {
    "input": UnitAt(INPUTS, 0),
    "hidden": UnitAt(0, 3),
    "output": UnitAt(1, 0),
    "rail": BIAS,
    "edge": EDGE,
    "steep edge": STEEP,
    "edge to the output": OUT,
}
Gesture = Callable[[NetworkPanel, QtBot, Target], None]


def screen_of(canvas: NetworkPanel) -> QImage:
    """Return what stands on the screen; ``grab`` would paint it anew."""
    for _ in range(3):
        QApplication.processEvents()
    viewport = canvas.view.viewport()
    corner = viewport.mapTo(canvas.window(), QPoint())
    size = viewport.size()
    picture = canvas.screen().grabWindow(
        canvas.window().winId(), corner.x(), corner.y(), size.width(), size.height()
    )
    return picture.toImage()


def hover(canvas: NetworkPanel, qtbot: QtBot, target: Target) -> None:
    move(canvas, spot(canvas, target))
    yield_to_screen(canvas)
    move(canvas, AWAY)


def select(canvas: NetworkPanel, qtbot: QtBot, target: Target) -> None:
    point = spot(canvas, target)
    qtbot.mouseClick(
        canvas.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, point
    )
    assert canvas.scene.selected == {target}
    yield_to_screen(canvas)
    qtbot.mouseClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=AWAY)
    assert not canvas.scene.selected


def ring(canvas: NetworkPanel, qtbot: QtBot, target: Target) -> None:
    canvas.view.setFocus()
    canvas.view.move_to(target, by_keyboard=True)
    yield_to_screen(canvas)
    canvas.zoom_box.tab_stops()[0].setFocus()
    assert not canvas.view.hasFocus()


def yield_to_screen(canvas: NetworkPanel) -> None:
    """Let the mark be painted; that it is seen is what makes its going worth a test."""
    canvas.setProperty("marked", screen_of(canvas))


@pytest.fixture
def settled(canvas: NetworkPanel, qtbot: QtBot) -> NetworkPanel:
    canvas.activateWindow()
    canvas.view.setFocus()
    move(canvas, AWAY)
    qtbot.waitUntil(canvas.view.hasFocus)
    return canvas


def assert_leaves_nothing(
    canvas: NetworkPanel, qtbot: QtBot, gesture: Gesture, target: Target
) -> None:
    gesture(canvas, qtbot, target)  # what the keyboard comes to is brought into view
    canvas.view.viewport().update()
    before = screen_of(canvas)
    gesture(canvas, qtbot, target)
    assert canvas.property("marked") != before
    after = screen_of(canvas)
    assert after == before, differing(before, after)


def differing(a: QImage, b: QImage) -> list[tuple[int, int]]:
    """Return the first pixels that two pictures differ in."""
    spots = (
        (x, y)
        for y in range(a.height())
        for x in range(a.width())
        if a.pixel(x, y) != b.pixel(x, y)
    )
    return [spot for spot, _ in zip(spots, range(5), strict=False)]


@pytest.mark.parametrize("gesture", [hover, select, ring])
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
@pytest.mark.parametrize("zoom", [1.0, 0.6, 1.7])
def test_a_mark_leaves_no_trace(
    settled: NetworkPanel, qtbot: QtBot, gesture: Gesture, target: Target, zoom: float
) -> None:
    settled.view.zoom_by(zoom, QPoint(0, 0) if zoom < 1 else spot(settled, target))
    assert_leaves_nothing(settled, qtbot, gesture, target)


@pytest.mark.parametrize("gesture", [hover, select, ring])
def test_a_mark_among_many_edges_leaves_no_trace(
    settled: NetworkPanel, qtbot: QtBot, gesture: Gesture
) -> None:
    settled.show_state(make_state((8, 8), PlaneData("spiral"), "tanh"))
    assert settled.scene.edges[1].dense
    target = settled.view.target_at(spot(settled, WeightAt(1, 2, 5)))
    assert isinstance(target, WeightAt)  # the nearest of those that cross there
    assert_leaves_nothing(settled, qtbot, gesture, target)
