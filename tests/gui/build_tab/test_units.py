"""One unit and what the window shows of it: its map, its card, its end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.format import show_fixed
from model.experiment import ACTIVATIONS, GateData, TableData
from model.insight import Finding
from model.network import Network
from model.places import INPUTS, Target, UnitAt, WeightAt
from tests.gui.build_tab.looking import set_units
from tests.gui.build_tab.network_view.hands import move, spot
from tests.gui.build_tab.reading_hands import settle
from tests.gui.finding import find


def click(bench: Workbench, target: Target, qtbot: QtBot, keys: str = "") -> None:
    held = Qt.KeyboardModifier.ShiftModifier if keys else Qt.KeyboardModifier.NoModifier
    view = bench.canvas.view
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, spot(bench.canvas, target))


def type_weight(bench: Workbench, at: WeightAt, text: str, qtbot: QtBot) -> None:
    view = bench.canvas.view
    view.setFocus()
    view.move_to(at, by_keyboard=True)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    spin = bench.canvas.editor.spin
    qtbot.keyClicks(spin, text)
    qtbot.keyClick(spin, Qt.Key.Key_Return)


def units(document: ExperimentDocument) -> list[int]:
    return [layer.units for layer in document.experiment.network.layers]


def map_colour(bench: Workbench, x: float, y: float) -> QColor:
    plane = bench.output.map
    return plane.grab().toImage().pixelColor(plane.to_px(x, y).toPoint())


def text_of(bench: Workbench, name: str) -> str:
    return find(bench, QLabel, name).text()


# -- Removing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chosen", "left"), [((1,), [3, 1]), ((1, 3), [2, 1]), (range(4), [1])])
def test_the_menu_removes_the_unit_or_all_that_are_selected(
    bench: Workbench,
    document: ExperimentDocument,
    qtbot: QtBot,
    chosen: Sequence[int],
    left: list[int],
) -> None:
    view = bench.canvas.view
    if len(chosen) > 1:
        view.select(frozenset(UnitAt(0, unit) for unit in chosen))
    at = UnitAt(0, chosen[0])
    point, viewport = spot(bench.canvas, at), view.viewport()
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, point, viewport.mapToGlobal(point))
    QApplication.sendEvent(viewport, event)
    menu = view.findChildren(QMenu, "weight_menu")[-1]
    qtbot.waitUntil(menu.isVisible)
    action = next(a for a in menu.actions() if a.objectName() == "remove_units")
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: units(document) == left)


# -- Pointing --------------------------------------------------------------------------------------


def test_the_map_shows_the_unit_under_the_pointer_and_then_the_output_again(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    bench.model.choose_data(GateData("xor"))
    corners = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    places = [(x + 0.1, y + 0.2) for x, y in corners]
    outputs = [map_colour(bench, *place) for place in places]
    for unit in range(4):
        move(bench.canvas, spot(bench.canvas, UnitAt(0, unit)))
        _, a = Network.of(document.experiment).activations(np.array(places))[0]
        for place, value in zip(places, a[:, unit], strict=True):
            colour = map_colour(bench, *place)
            if abs(value) > 0.1:
                assert (colour.blue() > colour.red()) == (value > 0)
    assert text_of(bench, "output_title") == "Unit h₄"
    move(bench.canvas, QPoint(3, 3))
    assert [map_colour(bench, *place) for place in places] == outputs
    assert text_of(bench, "output_title") == "Output"


def test_units_of_a_network_of_many_inputs_are_shown_over_the_two_chosen(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    bench.model.choose_data(TableData("iris", "standard"))
    settle(qtbot, bench)
    before = bench.output.map.grab().toImage()
    move(bench.canvas, spot(bench.canvas, UnitAt(0, 0)))
    assert bench.output.map.grab().toImage() != before
    move(bench.canvas, QPoint(3, 3))
    assert bench.output.map.grab().toImage() == before


def test_removing_a_layer_by_keys_points_at_the_first_unit(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    find(bench.canvas, QToolButton, "layer_0_menu").setFocus(Qt.FocusReason.TabFocusReason)
    bench.canvas.findChild(QAction, "layer_0_remove").trigger()
    assert units(document) == [1]
    assert bench.canvas.view.hasFocus()
    assert text_of(bench, "output_title") == "Unit x₁"  # ringed: else nobody sees the keyboard


def test_a_unit_is_lit_no_more_once_the_finding_about_it_is_gone(bench: Workbench) -> None:
    def dead(unit: int) -> Finding:
        values = {"layer": 1, "unit": unit, "count": 1, "units": 4, "names": str(unit)}
        return Finding("dead_relu", "warning", values)

    doctor, units = bench.output.doctor, bench.canvas.scene.units
    doctor.show_findings([dead(3)])
    at = QPointF(3, 3)
    QApplication.sendEvent(doctor.cards[0], QEnterEvent(at, at, at))
    assert units[UnitAt(0, 2)].marks.lit
    doctor.show_findings([])
    assert not units[UnitAt(0, 2)].marks.lit


# -- The card --------------------------------------------------------------------------------------


def test_a_click_on_a_unit_opens_its_sum_which_follows_the_weights(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    card = bench.output.unit
    assert not card.isVisible()
    click(bench, UnitAt(0, 1), qtbot)
    assert card.isVisible()
    assert text_of(bench, "unit_card_title") == "h₂ · Tanh"
    assert bench.canvas.scene.units[UnitAt(0, 1)].marks.lit
    type_weight(bench, WeightAt(0, 1, 1), "2.5", qtbot)
    type_weight(bench, WeightAt(0, 2, 1), "-0.25", qtbot)
    terms = text_of(bench, "unit_card_terms")  # of the row 0 1
    assert "2.500" in terms
    assert "−0.250" in terms
    assert "<b>2.250</b>" in terms
    assert text_of(bench, "unit_card_formula") == "a = tanh z = 0.978"
    type_weight(bench, WeightAt(0, 0, 1), "-0.5", qtbot)
    assert '<td align="right">(−0.500)</td>' in text_of(bench, "unit_card_terms")
    click(bench, UnitAt(0, 1), qtbot)
    assert not card.isVisible()
    assert not bench.canvas.scene.units[UnitAt(0, 1)].marks.lit or bench.canvas.scene.hovered


def test_the_map_of_the_output_unit_is_that_of_the_network(bench: Workbench) -> None:
    places = [(0.1, 0.1), (0.1, 0.9), (0.9, 0.1), (0.9, 0.9)]
    of_network = [map_colour(bench, *place) for place in places]
    bench.model.point_at(UnitAt(0, 0))
    assert [map_colour(bench, *place) for place in places] != of_network
    bench.model.point_at(UnitAt(1, 0))
    assert [map_colour(bench, *place) for place in places] == of_network


def test_many_inputs_are_summed_up(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    bench.model.choose_data(TableData("digits", "min_max"))
    bench.model.choose_unit(UnitAt(0, 0))
    state = bench.model.state
    row, network = state.row_x, state.network
    products = row * network.weights[0][:, 0]
    rest = np.sort(np.abs(products))[-6:]
    terms = text_of(bench, "unit_card_terms")
    assert terms.count("<tr>") == 6 + 1 + 1 + 1
    assert "58 more" in terms
    assert f"<b>{products.sum() + network.biases[0][0]:.3f}</b>".replace("-", "−") in terms
    assert f"{products[np.abs(products) == rest[-1]][0]:.3f}".replace("-", "−") in terms


def test_a_card_goes_with_its_unit(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_unit(UnitAt(0, 3))
    set_units(bench, 0, 3, qtbot)
    settle(qtbot, bench)
    assert not bench.output.unit.isVisible()
    bench.model.choose_unit(UnitAt(INPUTS, 1))
    assert "0 to 1" in text_of(bench, "unit_card_terms")


def test_the_card_has_a_formula_for_every_activation(bench: Workbench) -> None:
    bench.model.choose_unit(UnitAt(1, 0))
    formulas = set()
    for activation in ACTIVATIONS:
        bench.model.set_activation(1, activation)
        a = bench.model.state.row_values[1][1][0]
        formula, _, value = text_of(bench, "unit_card_formula").rpartition(" = ")
        assert value == show_fixed(float(a), 3)
        formulas.add(formula)
    assert len(formulas) == len(ACTIVATIONS)
