"""The circuit's card: drawn where every unit is a gate, told why where one is not, and copied."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.output_panel.circuit_card import CircuitCard
from gui.build_tab.workbench import Workbench
from model.edits import network as edits
from model.experiment import GateData, PlaneData
from model.places import UnitAt, WeightAt
from tests.gui.build_tab.looking import set_units
from tests.gui.build_tab.plot_states import point_at
from tests.gui.build_tab.reading_hands import settle
from tests.gui.build_tab.runs_seen import run_ends

LEFT = Qt.MouseButton.LeftButton
ADDER = ((0, 0), (0, 1), (1, 0), (1, 1)), ((0, 0), (0, 1), (0, 1), (1, 0))
type Matrix = list[list[float]]

NAND_OR: list[Matrix] = [[[-1, 1], [-1, 1], [1.5, -0.5]], [[8], [8], [-12]]]


@pytest.fixture
def card(bench: Workbench, qtbot: QtBot) -> CircuitCard:
    """Return the card of XOR built by hand of step units: NAND, OR and AND."""
    set_units(bench, 0, 2, qtbot)
    bench.model.edit("step", lambda e: edits.with_activation(e, 0, "step"))
    set_by_hand(bench, NAND_OR, qtbot)
    card = bench.output.circuit
    assert not card.isVisible()
    qtbot.mouseClick(card.toggle, LEFT)
    qtbot.waitUntil(lambda: not card.drawing.visibleRegion().isEmpty())  # it is scrolled to
    return card


def set_by_hand(bench: Workbench, layers: list[Matrix], qtbot: QtBot) -> None:
    """Set every weight; each layer's last row are the biases."""
    bench.model.set_weights(
        {
            WeightAt(layer, row, unit): float(value)
            for layer, matrix in enumerate(layers)
            for row, values in enumerate(matrix)
            for unit, value in enumerate(values)
        },
        "by hand",
    )
    settle(qtbot, bench)


def test_a_circuit_is_drawn_and_copied_as_formula_and_picture(
    bench: Workbench, card: CircuitCard, qtbot: QtBot
) -> None:
    assert card.isVisible()
    assert card.drawing.isVisible()
    formula = "ŷ = ¬(x₁ ∧ x₂) ∧ (x₁ ∨ x₂)"
    assert card.formula.text() == formula
    assert card.drawing.accessibleDescription() == formula
    assert card.remark.isHidden()
    clipboard = QGuiApplication.clipboard()
    qtbot.mouseClick(card.copy_formula, LEFT)
    assert clipboard.text() == formula
    qtbot.mouseClick(card.copy_picture, LEFT)
    picture = clipboard.image()
    assert picture.width() >= 2 * card.drawing.width()
    grounds = {picture.pixel(0, y) for y in range(picture.height())}
    assert len(grounds) == 1, "nothing is drawn on the edge"
    middle = picture.height() // 2
    assert len({picture.pixel(x, middle) for x in range(picture.width())}) > 2


def test_each_weight_that_makes_another_gate_changes_the_circuit(
    bench: Workbench, card: CircuitCard, qtbot: QtBot
) -> None:
    others: list[tuple[Matrix, str]] = [
        ([[-8], [-8], [12]], "ŷ = ¬(¬(x₁ ∧ x₂) ∧ (x₁ ∨ x₂))"),
        ([[8], [8], [-4]], "ŷ = 1"),
        ([[0], [-8], [4]], "ŷ = ¬(x₁ ∨ x₂)"),
        ([[8], [8], [-12]], "ŷ = ¬(x₁ ∧ x₂) ∧ (x₁ ∨ x₂)"),
    ]
    for output, formula in others:
        set_by_hand(bench, [NAND_OR[0], output], qtbot)
        assert card.formula.text() == formula
        assert card.drawing.accessibleDescription() == formula


def test_a_gate_that_is_pointed_at_lights_its_unit(
    bench: Workbench, card: CircuitCard, qtbot: QtBot
) -> None:
    bench.window().resize(1440, 1400)
    qtbot.waitUntil(lambda: bench.window().height() == 1400)
    before = card.drawing.grab().toImage()
    point_at(card.drawing, card.drawing.gate_rect(UnitAt(0, 1)).center().toPoint())
    qtbot.waitUntil(lambda: bench.model.state.selection.lit == UnitAt(0, 1))
    qtbot.waitUntil(lambda: card.drawing.grab().toImage() != before)
    point_at(bench.output.map, bench.output.map.rect().center())
    qtbot.waitUntil(lambda: bench.model.state.selection.lit is None)


def test_the_unit_that_cannot_be_read_is_named(
    bench: Workbench, card: CircuitCard, qtbot: QtBot
) -> None:
    set_by_hand(bench, [NAND_OR[0], [[0], [0], [0]]], qtbot)
    assert card.drawing.isHidden()
    assert card.copy_formula.isHidden()
    said = "ŷ cannot be read as a gate: it is undecided on 4 of 4 rows."
    assert card.formula.text() == said


def test_a_unit_that_does_nothing_is_not_needed(
    bench: Workbench, card: CircuitCard, qtbot: QtBot
) -> None:
    set_units(bench, 0, 3, qtbot)
    first: Matrix = [[-1, 1, 0.1], [-1, 1, 0], [1.5, -0.5, 2]]
    set_by_hand(bench, [first, [[8], [8], [0.01], [-12]]], qtbot)
    assert card.remark.text() == "Not needed for these answers: h₃."


def test_only_gates_of_two_inputs_have_a_circuit(
    bench: Workbench, card: CircuitCard, qtbot: QtBot
) -> None:
    bench.model.choose_data(PlaneData("circle"))
    settle(qtbot, bench)
    assert card.isHidden()
    assert card.toggle.isHidden()
    bench.model.choose_data(GateData("parity", 3))
    settle(qtbot, bench)
    assert card.isHidden()
    bench.model.choose_data(GateData("half_adder"))
    settle(qtbot, bench)
    assert card.isVisible()
    qtbot.mouseClick(card.toggle, LEFT)
    assert card.isHidden()
    qtbot.mouseClick(card.toggle, LEFT)
    assert card.isVisible()
    with run_ends(qtbot, bench.model, 30_000):
        bench.model.train()
    lines = card.formula.text().split("\n")
    assert [line.split(" = ")[0] for line in lines] == ["carry", "sum"]
    for row, wanted in zip(*ADDER, strict=True):
        signs = str.maketrans({"¬": "~", "∧": "&", "∨": "|", "⊕": "^", "₁": "1", "₂": "2"})
        values = dict(zip(("x1", "x2"), row, strict=True))
        for line, answer in zip(lines, wanted, strict=True):
            assert eval(line.split(" = ")[1].translate(signs), {}, values) & 1 == answer
