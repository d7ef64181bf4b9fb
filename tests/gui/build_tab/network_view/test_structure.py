"""Layers and units are added, removed and set by the headers; the drawing follows the state."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.panel import NetworkPanel
from gui.widgets.fields import ChoiceCombo
from model.experiment import LayerSpec, PlaneData, TableData
from model.places import INPUTS, UnitAt
from tests.gui.build_tab.network_view.hands import make_state, move, turn_wheel
from tests.gui.finding import find


def _layers(model: BuildModel) -> tuple[LayerSpec, ...]:
    return model.document.experiment.network.layers


def test_a_layer_more_or_less_brings_and_takes_a_header(
    canvas: NetworkPanel, build_model: BuildModel
) -> None:
    assert canvas.headers.texts() == ["Inputs 2", "Hidden 4, ReLU", "Output 1, Sigmoid"]
    build_model.add_layer(1)
    canvas.show_state(build_model.state)
    assert canvas.headers.texts() == [
        "Inputs 2",
        "Hidden 1\u2009·\u20094, ReLU",
        "Hidden 2\u2009·\u20094, ReLU",
        "Output 1, Sigmoid",
    ]
    find(canvas, ChoiceCombo, "layer_2_activation").chosen.emit("tanh")
    assert [layer.activation for layer in _layers(build_model)] == ["relu", "relu", "tanh"]
    build_model.remove_layer(1)
    canvas.show_state(build_model.state)
    assert canvas.headers.texts() == ["Inputs 2", "Hidden 4, ReLU", "Output 1, Tanh"]
    find(canvas, ChoiceCombo, "layer_1_activation").chosen.emit("sigmoid")
    assert [layer.activation for layer in _layers(build_model)] == ["relu", "sigmoid"]


def test_the_activation_is_chosen_by_keyboard(
    canvas: NetworkPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    combo = canvas.findChild(QComboBox, "layer_0_activation")
    qtbot.keyClicks(combo, "Tanh")
    assert [layer.activation for layer in _layers(build_model)] == ["tanh", "sigmoid"]
    assert combo.findData("softmax") < 0
    assert canvas.findChild(QComboBox, "layer_1_activation").findData("softmax") >= 0


def test_what_a_lesson_keeps_is_put_back_in_the_header(
    canvas: NetworkPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    build_model.lock(("activation", "units", "bias"))
    combo = canvas.findChild(QComboBox, "layer_0_activation")
    units = canvas.findChild(QLineEdit, "layer_0_units")
    bias = canvas.findChild(QAction, "layer_0_bias")

    def type_units() -> None:
        units.selectAll()
        qtbot.keyClicks(units, "7")
        qtbot.keyClick(units, Qt.Key.Key_Return)

    for act in (lambda: qtbot.keyClicks(combo, "Tanh"), type_units, bias.trigger):
        act()
        canvas.show_state(build_model.state)
        assert (combo.currentData(), units.text(), bias.isChecked()) == ("relu", "4", True)


@pytest.mark.parametrize("hidden", [(), (4,), (2, 3), (16,) * 8, (1,) * 10])
@pytest.mark.parametrize("size", [(564, 366), (853, 493), (1500, 900)])
def test_headers_never_overlap(
    canvas: NetworkPanel, hidden: tuple[int, ...], size: tuple[int, int]
) -> None:
    canvas.resize(*size)
    canvas.show_state(make_state(hidden=hidden))
    row = canvas.headers
    shown = [w for w in (*row.headers, *row.adders) if w.isVisible()]
    assert len(shown) >= len(row.headers)
    widgets = sorted(shown, key=lambda w: w.x())
    for a, b in itertools.pairwise(widgets):
        assert a.geometry().right() <= b.x() + 1, (a.objectName(), b.objectName())
    across = canvas.view.horizontalScrollBar()
    across.setValue(across.maximum())  # a drawing too wide scrolls, and the headers with it
    assert widgets[-1].geometry().right() <= row.width()


def test_the_drawing_follows_another_structure(canvas: NetworkPanel) -> None:
    canvas.show_state(make_state(hidden=(1,)))
    assert not find(canvas, QToolButton, "layer_0_fewer").isEnabled()
    canvas.show_state(make_state(hidden=(3, 2)))
    assert set(canvas.scene.units) == {
        *(UnitAt(INPUTS, i) for i in range(2)),
        *(UnitAt(0, i) for i in range(3)),
        *(UnitAt(1, i) for i in range(2)),
        UnitAt(2, 0),
    }
    assert [len(e.places()) for e in canvas.scene.edges.values()] == [6, 6, 2]


def test_large_layers_are_folded_and_can_be_opened(canvas: NetworkPanel, qtbot: QtBot) -> None:
    canvas.show_state(make_state(hidden=(24, 16), data=TableData("digits"), output="softmax"))
    columns = canvas.scene.layout_.columns
    assert [(len(c.units), c.folded) for c in columns] == [(8, 56), (8, 16), (8, 8), (10, 0)]
    picker = canvas.findChild(QToolButton, "layer_0_fold")
    assert picker.text() == "8/24 ▾"
    _fit, _, sixteen, every = picker.menu().actions()[:4]
    sixteen.trigger()
    assert len(canvas.scene.layout_.columns[1].units) == 16
    every.trigger()
    assert canvas.scene.layout_.columns[1].folded == 0
    assert every.isChecked()
    canvas.resize(853, 900)  # a choice stays, and what fits is more
    fitting, *others = (len(column.units) for column in canvas.scene.layout_.columns)
    assert fitting > 8
    assert others == [24, fitting, 10]


def test_the_most_active_units_of_the_row_are_shown(canvas: NetworkPanel) -> None:
    state = make_state(hidden=(24,), data=PlaneData("circle"), row=3)
    canvas.show_state(state)
    values = abs(state.row_values[0][1])
    shown = canvas.scene.layout_.columns[1].units
    assert sorted(values[list(shown)]) == pytest.approx(sorted(values)[-8:])


def test_edges_under_a_quarter_of_the_strongest_are_hidden_where_folded(
    canvas: NetworkPanel,
) -> None:
    state = make_state(hidden=(24,), data=PlaneData("circle"))
    canvas.show_state(state)
    edges = canvas.scene.edges[0]
    size = abs(state.network.weights[0][:, list(edges.target.units)])
    assert len(edges.places()) == int((size >= 0.25 * size.max()).sum()) < size.size


def test_zoom_buttons_and_fit(canvas: NetworkPanel, qtbot: QtBot) -> None:
    box = canvas.zoom_box
    assert box.natural.text() == "100%"
    qtbot.mouseClick(box.zoom_in, Qt.MouseButton.LeftButton)
    assert box.natural.text() == "125%"
    qtbot.keyClick(canvas.view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert box.natural.text() == "100%"
    assert canvas.view.is_fitted


def test_the_wheel_with_control_zooms_about_the_pointer_and_the_middle_button_pans(
    canvas: NetworkPanel, qtbot: QtBot
) -> None:
    view, viewport = canvas.view, canvas.view.viewport()
    point = QPoint(300, 200)
    under = view.mapToScene(point)
    move(canvas, point)
    turn_wheel(canvas, point, 3, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom == pytest.approx(1.15**3)
    assert (view.mapToScene(point) - under).manhattanLength() < 3

    before = view.mapToScene(point)
    qtbot.mousePress(viewport, Qt.MouseButton.MiddleButton, pos=point)
    move(canvas, point + QPoint(-40, -25), held=True)
    qtbot.mouseRelease(viewport, Qt.MouseButton.MiddleButton, pos=point + QPoint(-40, -25))
    moved = view.mapToScene(point) - before
    assert moved.x() == pytest.approx(40 / view.zoom, abs=1.5)
    assert moved.y() == pytest.approx(25 / view.zoom, abs=1.5)


def test_the_activation_stands_under_the_units_where_a_row_is_too_short(
    canvas: NetworkPanel,
) -> None:
    canvas.show_state(make_state(hidden=(4, 4), activation="leaky_relu"))
    for header in canvas.headers.headers[:2]:
        at = header.activation.mapTo(header, QPoint())
        assert at.y() > header.units.mapTo(header, QPoint()).y()
        assert header.rect().contains(QRect(at, header.activation.size()))
