"""The canvas without a mouse: every unit and weight is reached and named."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.network_view.view import CanvasView
from model.places import INPUTS, UnitAt, WeightAt
from tests.gui.build_tab.network_view.hands import Edit, make_state

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def view(canvas: NetworkPanel, qtbot: QtBot) -> CanvasView:
    """Return the view after Tab brought the keyboard there from the last header."""
    canvas.activateWindow()
    last = canvas.headers.headers[-1].tab_stops()[-1]
    last.setFocus()
    qtbot.waitUntil(last.hasFocus)
    qtbot.keyClick(last, Qt.Key.Key_Tab)
    qtbot.waitUntil(canvas.view.hasFocus)
    return canvas.view


def test_tab_walks_all_units_and_then_leaves(
    canvas: NetworkPanel, view: CanvasView, qtbot: QtBot
) -> None:
    seen = [canvas.scene.current]
    for _ in range(6):
        qtbot.keyClick(view, Qt.Key.Key_Tab)
        seen.append(canvas.scene.current)
    assert seen == list(canvas.scene.units)
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    assert not view.hasFocus()
    assert not canvas.scene.is_ringed


def test_arrows_move_between_neighbours(
    canvas: NetworkPanel, view: CanvasView, qtbot: QtBot
) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert canvas.scene.current == UnitAt(INPUTS, 1)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert canvas.scene.current.layer == 0
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert canvas.scene.current == UnitAt(1, 0)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert canvas.scene.current.layer == 0


def test_alt_arrow_selects_edges_and_arrows_change_them(
    canvas: NetworkPanel, view: CanvasView, edits: list[Edit], qtbot: QtBot
) -> None:
    view.move_to(UnitAt(0, 1), by_keyboard=True)
    places = []
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(view, key, ALT)
        places.append(canvas.scene.current)
    assert places == [WeightAt(0, row, 1) for row in range(3)], "the bias comes last"
    qtbot.keyClick(view, Qt.Key.Key_Up)
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert [round(e[3], 6) for e in edits] == [0.0, 0.01]
    assert edits[0][4] == edits[1][4]
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert canvas.scene.current == UnitAt(0, 1)


def test_enter_or_a_digit_opens_the_editor(
    canvas: NetworkPanel, view: CanvasView, edits: list[Edit], qtbot: QtBot
) -> None:
    view.move_to(WeightAt(0, 1, 2), by_keyboard=True)
    qtbot.keyClick(view, Qt.Key.Key_7)
    spin = canvas.editor.spin
    qtbot.waitUntil(spin.hasFocus)
    qtbot.keyClicks(spin, ".5")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert edits[-1][:4] == (0, 1, 2, 7.5)
    assert view.hasFocus()
    assert canvas.scene.current == WeightAt(0, 1, 2)


def pinned(model: BuildModel) -> list[tuple[tuple[int, int], ...]]:
    return [layer.pinned for layer in model.document.experiment.network.layers]


def units(model: BuildModel) -> list[int]:
    return [layer.units for layer in model.document.experiment.network.layers]


@pytest.mark.parametrize("at", [UnitAt(INPUTS, 0), UnitAt(1, 0)])
def test_inputs_and_outputs_stay(
    canvas: NetworkPanel, view: CanvasView, build_model: BuildModel, qtbot: QtBot, at: UnitAt
) -> None:
    view.move_to(at, by_keyboard=True)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert units(build_model) == [4, 1]


def test_the_unit_the_keyboard_is_on_is_pointed_out(
    canvas: NetworkPanel, view: CanvasView, build_model: BuildModel
) -> None:
    seen = []
    build_model.state_changed.connect(lambda state: seen.append(state.selection.pointed))
    view.move_to(UnitAt(0, 1), by_keyboard=True)
    view.move_to(WeightAt(0, 0, 1), by_keyboard=True)
    view.move_to(UnitAt(0, 3), by_keyboard=True)
    canvas.headers.headers[0].units.setFocus()
    assert seen == [UnitAt(0, 1), None, UnitAt(0, 3), None]


def test_what_the_keyboard_comes_to_is_said_once(
    canvas: NetworkPanel, view: CanvasView, said: list[str], on: list[str], qtbot: QtBot
) -> None:
    view.setFocus()
    on.clear()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    view.move_to(UnitAt(0, 1), by_keyboard=True)
    qtbot.keyClick(view, Qt.Key.Key_Left, ALT)
    qtbot.keyClick(view, Qt.Key.Key_Down, ALT)
    qtbot.keyClick(view, Qt.Key.Key_Down, ALT)
    assert on == [
        "x 2, input, 1",
        "h 2, ReLU, 0.00, dead",
        "x 1 to h 2, minus 0.600",
        "x 2 to h 2, minus 0.500",
        "b to h 2, minus 0.100",
    ]
    assert said == []
    assert "Tab goes from unit to unit" in view.accessibleDescription()


def test_what_keys_change_is_said(
    canvas: NetworkPanel, view: CanvasView, said: list[str], qtbot: QtBot
) -> None:
    view.move_to(UnitAt(0, 1), by_keyboard=True)
    qtbot.keyClick(view, Qt.Key.Key_Left, ALT)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert said == ["x 1 to h 2, minus 0.500"]
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.keyClick(view, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert said[-1] == "h 2, ReLU, 0.00, dead, selected"
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert said[-1] == "Units removed: 1"


def test_shift_and_arrows_select_as_a_rubber_band_does(
    canvas: NetworkPanel, view: CanvasView, on: list[str], build_model: BuildModel, qtbot: QtBot
) -> None:
    view.setFocus()
    view.move_to(UnitAt(0, 1), by_keyboard=True)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(view, key, Qt.KeyboardModifier.ShiftModifier)
    units = {UnitAt(0, 1), UnitAt(0, 2), UnitAt(0, 3)}
    assert canvas.scene.selected == units | {UnitAt(1, 0)}
    assert on[-1].endswith("selected")
    qtbot.keyClick(view, Qt.Key.Key_P)
    assert pinned(build_model) == [((2, 1), (2, 2), (2, 3)), ((4, 0),)], "the biases of all four"
    assert build_model.document.undo_stack.count() == 1
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert canvas.scene.selected == units | {UnitAt(1, 0)}, "an arrow alone selects nothing more"
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert canvas.scene.selected == frozenset()


def test_the_ring_is_for_the_keyboard_only(
    canvas: NetworkPanel, view: CanvasView, qtbot: QtBot
) -> None:
    assert canvas.scene.units[UnitAt(INPUTS, 0)].marks.ringed
    point = view.viewport_point(UnitAt(0, 0))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert canvas.scene.current == UnitAt(0, 0)
    assert not any(item.marks.ringed for item in canvas.scene.units.values())


def test_a_place_that_is_gone_is_forgotten(canvas: NetworkPanel, view: CanvasView) -> None:
    view.move_to(UnitAt(0, 3), by_keyboard=True)
    canvas.show_state(make_state(hidden=(2,)))
    assert canvas.scene.current is None


def test_the_window_s_shortcuts_do_not_take_the_canvas_s_keys(
    canvas: NetworkPanel, view: CanvasView, build_model: BuildModel, qtbot: QtBot
) -> None:
    taken = []
    for key in ("Right", "P", "Return"):
        shortcut = QShortcut(QKeySequence(key), canvas)
        shortcut.activated.connect(lambda key=key: taken.append(key))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert canvas.scene.current.layer == 0
    view.move_to(WeightAt(0, 0, 0), by_keyboard=True)
    qtbot.keyClick(view, Qt.Key.Key_P)
    assert pinned(build_model) == [((0, 0),), ()]
    assert taken == []
    view.move_to(UnitAt(0, 0), by_keyboard=True)
    qtbot.keyClick(view, Qt.Key.Key_P)
    assert taken == ["P"], "on a unit the key is the window's"
