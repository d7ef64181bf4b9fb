"""A person changes weights: by dragging, the wheel, the editor, the menu, several at once."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.network_view.weight_gesture import PAUSE_S
from model.places import UnitAt, WeightAt
from tests.gui.build_tab.network_view.hands import (
    Edit,
    make_state,
    move,
    spot,
    turn_wheel,
    with_weights,
)

EDGE = WeightAt(1, 0, 0)


def test_dragging_an_edge_sideways_changes_it_in_one_gesture(
    canvas: NetworkPanel, edits: list[Edit], qtbot: QtBot
) -> None:
    start = spot(canvas, EDGE)
    viewport = canvas.view.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for dx in (5, 20, 50):
        move(canvas, start + QPoint(dx, 0), held=True)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(50, 0))
    assert [e[:3] for e in edits] == [(1, 0, 0)] * 3
    assert edits[-1][3] == pytest.approx(-6.0 + 50 * 0.02)
    assert len({e[4] for e in edits}) == 1
    assert not canvas.editor.isVisible()

    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    move(canvas, start + QPoint(10, 0), held=True)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(10, 0))
    assert len({e[4] for e in edits}) == 2


def test_the_wheel_steps_a_tenth_and_with_shift_a_hundredth(
    canvas: NetworkPanel, edits: list[Edit]
) -> None:
    point = spot(canvas, EDGE)
    move(canvas, point)
    turn_wheel(canvas, point, 1)
    turn_wheel(canvas, point, 2)
    turn_wheel(canvas, point, -1, Qt.KeyboardModifier.ShiftModifier)
    assert [round(e[3], 6) for e in edits] == [-5.9, -5.7, -5.71]
    assert len({e[4] for e in edits}) == 1


def test_resting_on_an_edge_opens_an_editor_that_follows_training_and_leaves_the_keyboard(
    canvas: NetworkPanel, qtbot: QtBot
) -> None:
    move(canvas, spot(canvas, EDGE))
    editor = canvas.editor
    qtbot.waitUntil(editor.isVisible, timeout=2000)
    assert editor.spin.text() == "−6.000"
    assert not editor.spin.hasFocus()
    canvas.show_state(with_weights(make_state(), lambda network: network.set_weight(1, 0, 0, -7.5)))
    assert editor.spin.text() == "−7.500"
    move(canvas, QPoint(5, 5))
    qtbot.waitUntil(lambda: not editor.isVisible(), timeout=2000)


def _open(canvas: NetworkPanel, qtbot: QtBot) -> None:
    canvas.activateWindow()
    qtbot.mouseClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=spot(canvas, EDGE))
    qtbot.waitUntil(canvas.editor.spin.hasFocus)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3/4", 0.75),
        ("−0,5", -0.5),
        ("1 000", 1000.0),
        ("0.75 ", 0.75),
        ("1,5", 1.5),
        ("2e-1", 0.2),
    ],
)
@pytest.mark.parametrize("pasted", [False, True])
def test_what_is_typed_or_pasted_is_the_number_it_looks_like(
    canvas: NetworkPanel, edits: list[Edit], qtbot: QtBot, text: str, value: float, pasted: bool
) -> None:
    _open(canvas, qtbot)
    spin = canvas.editor.spin
    if pasted or not text.isascii():  # QTest has keys for ASCII alone
        QApplication.clipboard().setText(text)
        qtbot.keyClick(spin, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    else:
        qtbot.keyClicks(spin, text)
    assert spin.lineEdit().text() == text
    assert spin.property("invalid") == "false"
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert edits[-1][3] == value


@pytest.mark.parametrize("text", ["1.2.3", "1e", "3/4/5", "3/0", "2x", "9999999"])
def test_what_is_no_weight_is_marked_and_never_becomes_another_number(
    canvas: NetworkPanel,
    edits: list[Edit],
    build_model: BuildModel,
    qtbot: QtBot,
    text: str,
) -> None:
    _open(canvas, qtbot)
    spin = canvas.editor.spin
    qtbot.keyClicks(spin, text)
    assert spin.lineEdit().text() == text
    assert spin.property("invalid") == "true"
    qtbot.keyClick(spin, Qt.Key.Key_Up)
    assert spin.lineEdit().text() == text
    qtbot.keyClick(spin, Qt.Key.Key_Tab)
    assert not canvas.editor.isVisible()
    assert not edits or edits[-1][3] == -6.0
    weights = build_model.document.experiment.network.layers[1].weights
    assert weights is not None
    assert weights[0][0] == -6.0
    message = build_model.messages.shown
    assert message is not None
    assert f"“{text}” is no weight; it stays as it was." in message.sentence()
    _open(canvas, qtbot)
    assert spin.property("invalid") == "false"


def test_a_value_is_given_to_all_selected_weights_though_the_field_shows_it_already(
    canvas: NetworkPanel, edits: list[Edit], qtbot: QtBot
) -> None:
    others = [WeightAt(1, row, 0) for row in (1, 2, 3)]
    canvas.view.select(frozenset([EDGE, *others]))
    _open(canvas, qtbot)
    spin = canvas.editor.spin
    qtbot.keyClicks(spin, "-6")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert {WeightAt(*e[:3]): e[3] for e in edits} == dict.fromkeys(others, -6.0)


def test_arrows_in_the_editor_step(canvas: NetworkPanel, edits: list[Edit], qtbot: QtBot) -> None:
    _open(canvas, qtbot)
    spin = canvas.editor.spin
    qtbot.keyClick(spin, Qt.Key.Key_Up)
    qtbot.keyClick(spin, Qt.Key.Key_Up)
    qtbot.keyClick(spin, Qt.Key.Key_Down)
    assert [round(e[3], 6) for e in edits] == [-5.9, -5.8, -5.9]


def test_a_rubber_band_selects_edges_and_one_wheel_turns_them_all(
    canvas: NetworkPanel, edits: list[Edit], qtbot: QtBot
) -> None:
    viewport = canvas.view.viewport()
    layout = canvas.scene.layout_
    left, right = (round(c.x) for c in layout.columns[1:])
    corner = QPoint((left + right) // 2 - 40, 8)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=corner)
    move(canvas, corner + QPoint(80, 400), held=True)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=corner + QPoint(80, 400))
    assert canvas.scene.selected == {WeightAt(1, row, 0) for row in range(4)}

    turn_wheel(canvas, spot(canvas, EDGE), 1)
    assert {e[1]: round(e[3], 6) for e in edits} == {0: -5.9, 1: 0.9, 2: 3.8, 3: 4.2}
    assert len({e[4] for e in edits}) == 1


def test_control_click_adds_to_the_selection_and_delete_zeroes_it(
    canvas: NetworkPanel, edits: list[Edit], qtbot: QtBot
) -> None:
    viewport = canvas.view.viewport()
    for row in (0, 2):
        qtbot.mouseClick(
            viewport,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ControlModifier,
            spot(canvas, WeightAt(1, row, 0)),
        )
    assert canvas.scene.selected == {WeightAt(1, 0, 0), WeightAt(1, 2, 0)}
    canvas.view.move_to(WeightAt(1, 0, 0), by_keyboard=True)
    qtbot.keyClick(canvas.view, Qt.Key.Key_Delete)
    assert sorted(e[:4] for e in edits) == [(1, 0, 0, 0.0), (1, 2, 0, 0.0)]


def _menu(canvas: NetworkPanel, target: WeightAt, qtbot: QtBot) -> QMenu:
    viewport = canvas.view.viewport()
    point = spot(canvas, target)
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, point, viewport.mapToGlobal(point))
    QApplication.sendEvent(viewport, event)
    menus = canvas.view.findChildren(QMenu, "weight_menu")
    qtbot.waitUntil(lambda: menus[-1].isVisible())
    return menus[-1]


def test_a_pinned_edge_looks_pinned_and_its_menu_says_unpin(
    canvas: NetworkPanel, qtbot: QtBot
) -> None:
    place = WeightAt(0, 0, 0)
    before = canvas.view.grab().toImage()
    canvas.show_state(make_state(pinned=((0, 0),)))
    after = canvas.view.grab().toImage()
    ratio = before.devicePixelRatio()
    centre = spot(canvas, place) * ratio
    assert before.pixelColor(centre - QPoint(0, 6)) != after.pixelColor(centre - QPoint(0, 6))
    menu = _menu(canvas, place, qtbot)
    assert menu.actions()[0].text() == "Unpin"
    menu.close()
    assert canvas.scene.describe(place) == "x₁ → h₁, 2.500, pinned"


def test_a_drag_ends_when_its_weight_is_gone(
    canvas: NetworkPanel, edits: list[Edit], qtbot: QtBot
) -> None:
    start = spot(canvas, WeightAt(0, 0, 3))
    viewport = canvas.view.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    move(canvas, start + QPoint(10, 0), held=True)
    assert len(edits) == 1
    canvas.show_state(make_state(hidden=(2,)))
    move(canvas, start + QPoint(30, 0), held=True)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 0))
    assert len(edits) == 1
    assert not canvas.editor.isVisible()


def test_the_wheel_over_a_header_changes_nothing(
    canvas: NetworkPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    combo = canvas.headers.headers[0].activation
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(combo.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    before = build_model.document.experiment
    QApplication.sendEvent(combo, event)
    assert build_model.document.experiment is before
    assert combo.currentText() == "ReLU"


def test_resting_on_a_unit_tells_its_name_in_a_tool_tip(canvas: NetworkPanel, qtbot: QtBot) -> None:
    point = spot(canvas, UnitAt(0, 3))
    viewport = canvas.view.viewport()
    event = QHelpEvent(QEvent.Type.ToolTip, point, viewport.mapToGlobal(point))
    QApplication.sendEvent(viewport, event)
    assert QToolTip.text() == "h₄, ReLU, 2.60, ≈ x₂"
    QToolTip.hideText()


def test_after_a_pause_the_wheel_goes_on_from_what_is_shown(
    canvas: NetworkPanel, edits: list[Edit], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    point = spot(canvas, EDGE)
    move(canvas, point)
    turn_wheel(canvas, point, 1)
    now[0] += PAUSE_S / 2
    turn_wheel(canvas, point, 1)
    # As if both were undone: the canvas shows the old value again.
    canvas.show_state(make_state())
    now[0] += PAUSE_S * 2
    turn_wheel(canvas, point, 1)
    assert [round(e[3], 6) for e in edits] == [-5.9, -5.8, -5.9]
    assert edits[0][4] == edits[1][4] != edits[2][4]
