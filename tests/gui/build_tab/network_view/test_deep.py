"""A deep network keeps its columns apart, and scrolls sideways where they need more room."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QGraphicsSimpleTextItem, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.layout import Shown, arrange
from gui.build_tab.network_view.panel import NetworkPanel
from model.places import INPUTS, UnitAt
from tests.gui.build_tab.network_view.hands import make_state, move, show_captions, spot, turn_wheel

LAYERS = 12
LAST = UnitAt(LAYERS, 0)


@pytest.mark.parametrize("layers", [2, 6, 12, 20])
@pytest.mark.parametrize("size", [(682, 292), (852, 400), (1888, 808)])
@pytest.mark.parametrize("units", [1, 4, 12])
def test_columns_never_come_closer_than_a_unit_and_a_third(
    layers: int, size: tuple[int, int], units: int
) -> None:
    shown = [Shown((0, 1), 2), *[Shown(tuple(range(units)), units)] * layers, Shown((0,), 1)]
    layout = arrange(shown, *size, maps=True)
    for a, b in itertools.pairwise(layout.columns):
        assert b.x - a.x + 1 >= 4 / 3 * (a.size + b.size) / 2  # they stand on whole pixels
    assert layout.columns[-1].right < layout.width


@pytest.mark.parametrize("height", [292, 400, 800])
@pytest.mark.parametrize("inputs", [1, 8, 12])
@pytest.mark.parametrize("units", [1, 4, 12])
@pytest.mark.parametrize("outputs", [1, 3, 10, 12])
def test_every_unit_lies_within_the_height(
    height: int, inputs: int, units: int, outputs: int
) -> None:
    shown = [Shown(tuple(range(count)), count) for count in (inputs, units, outputs)]
    layout = arrange(shown, 852, height, maps=False)
    for column in layout.columns:
        assert column.ys[0] - column.size / 2 >= 0
        assert column.ys[-1] + column.size / 2 <= layout.height


@pytest.fixture
def deep(canvas: NetworkPanel) -> NetworkPanel:
    """Return a narrow canvas with twelve hidden layers."""
    canvas.resize(564, 600)
    canvas.show_state(make_state((4,) * LAYERS))
    QApplication.processEvents()
    return canvas


def header_offsets(canvas: NetworkPanel) -> list[int]:
    """Return how far each layer's header lies from its column, in pixels."""
    layout = canvas.scene.layout_
    assert layout is not None
    columns = [canvas.view.mapFromScene(c.x, 0).x() for c in layout.columns[1:]]
    return [
        abs(header.geometry().center().x() - x)
        for header, x in zip(canvas.headers.headers, columns, strict=True)
    ]


def is_in_sight(canvas: NetworkPanel, at: UnitAt) -> bool:
    item = canvas.scene.units[at]
    area = canvas.view.mapFromScene(item.mapRectToScene(item.square)).boundingRect()
    return canvas.view.viewport().rect().contains(area)


def test_a_deep_network_scrolls_and_its_headers_go_with_it(deep: NetworkPanel) -> None:
    assert is_in_sight(deep, UnitAt(INPUTS, 0))
    assert not is_in_sight(deep, LAST)
    assert max(header_offsets(deep)) <= 1
    turn_wheel(deep, QPoint(3, 3), -5)
    assert is_in_sight(deep, LAST)
    assert not is_in_sight(deep, UnitAt(INPUTS, 0))
    assert max(header_offsets(deep)) <= 1


def test_the_keyboard_brings_what_it_comes_to_into_sight(deep: NetworkPanel, qtbot: QtBot) -> None:
    deep.view.setFocus()
    for _ in range(LAYERS + 2):
        qtbot.keyClick(deep.view, Qt.Key.Key_Right)
    assert deep.scene.current is not None
    assert deep.scene.current.layer == LAYERS
    assert is_in_sight(deep, LAST)
    assert max(header_offsets(deep)) <= 1


def test_a_header_that_the_keyboard_comes_to_is_in_sight(deep: NetworkPanel, qtbot: QtBot) -> None:
    deep.activateWindow()
    deep.view.setFocus()
    qtbot.waitUntil(deep.view.hasFocus)
    stops = [stop for stop in deep.headers.tab_stops() if stop.isVisibleTo(deep)]

    def is_whole(stop: QWidget) -> bool:
        return deep.headers.rect().contains(QRect(stop.mapTo(deep.headers, QPoint()), stop.size()))

    assert not all(map(is_whole, stops))
    for stop in (*stops, *reversed(stops)):
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(stop.hasFocus)
        assert is_whole(stop), stop.objectName()


def texts(canvas: NetworkPanel) -> set[str]:
    """Return what is written at the drawing's units."""
    items = canvas.scene.items()
    return {i.text() for i in items if isinstance(i, QGraphicsSimpleTextItem) and i.isVisible()}


def test_texts_are_shown_only_at_the_unit_under_the_pointer(deep: NetworkPanel) -> None:
    captions = {(layer, 1): (f"caption {layer}", "") for layer in range(LAYERS)}
    show_captions(deep, make_state((4,) * LAYERS), captions)
    hidden = [UnitAt(layer, unit) for layer in range(LAYERS) for unit in range(4)]
    names = {deep.scene.name(at) for at in hidden}
    assert not texts(deep) & {*names, *(text for text, _ in captions.values())}
    for at in (UnitAt(2, 1), UnitAt(5, 1)):
        move(deep, spot(deep, at))
        style = deep.scene.units[at].style
        assert texts(deep) & names == {style.name}
        assert {style.value, style.caption} <= texts(deep)


def test_fitting_shrinks_a_deep_network_but_not_beyond_reading(
    deep: NetworkPanel, qtbot: QtBot
) -> None:
    assert deep.view.zoom == pytest.approx(0.8)
    deep.resize(852, 600)
    qtbot.waitUntil(lambda: deep.view.zoom > 0.8)
    assert deep.view.zoom < 1.0
    assert is_in_sight(deep, UnitAt(INPUTS, 0))
    assert is_in_sight(deep, LAST)
    deep.view.zoom_by(2.0)
    qtbot.keyClick(deep.view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert is_in_sight(deep, UnitAt(INPUTS, 0))
    assert is_in_sight(deep, LAST)
