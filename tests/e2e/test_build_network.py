"""Building a network: layers, units, activations, the classic perceptron; by mouse and by keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint

from model.experiment import GateData
from model.network import Network
from model.places import UnitAt, WeightAt
from tests.e2e.builder import SOON_MS, Builder


def shape(builder: Builder) -> list[tuple[int, str]]:
    return [(x.units, x.activation) for x in builder.document.experiment.network.layers]


def test_a_network_is_built_by_clicking(builder: Builder) -> None:
    assert builder.drawn_units == [2, 4, 1]
    builder.click("add_layer_1")
    builder.wait(lambda: builder.drawn_units == [2, 4, 4, 1], "a second hidden layer is drawn")
    builder.click("layer_1_fewer")
    builder.wait(lambda: builder.drawn_units == [2, 4, 3, 1], "one unit fewer is drawn")
    builder.click("layer_0_more")
    builder.wait(lambda: builder.drawn_units == [2, 5, 3, 1], "one unit more is drawn")
    assert builder.text("layer_0_units") == "5"
    assert builder.text("layer_1_units") == "3"
    assert builder.text("status_fact") == f"{2 * 5 + 5 + 5 * 3 + 3 + 3 + 1} parameters"
    saved = builder.save()
    assert [x.units for x in saved.network.layers] == [5, 3, 1]
    assert Network.of(saved).parameter_count() == 37


def test_a_layer_is_removed_from_its_menu(builder: Builder) -> None:
    builder.pick("layer_0_menu", "layer_0_remove")
    builder.wait(lambda: builder.drawn_units == [2, 1], "the hidden layer is gone")
    assert [x.units for x in builder.save().network.layers] == [1]


def test_particular_units_are_removed_by_mouse(builder: Builder) -> None:
    before = builder.document.experiment.network.layers
    builder.click_on(UnitAt(0, 0), keys="shift")
    builder.click_on(UnitAt(0, 2), keys="shift")
    builder.click_on(UnitAt(0, 2), button="right")
    builder.click_in_menu("remove_units")
    builder.wait(lambda: builder.drawn_units == [2, 2, 1], "two units are gone")
    saved = builder.save().network.layers
    np.testing.assert_array_equal(saved[0].weights, before[0].weights[:, [1, 3]])
    np.testing.assert_array_equal(saved[1].weights, before[1].weights[[1, 3]])
    builder.press("Ctrl+Z")
    builder.wait(lambda: builder.drawn_units == [2, 4, 1], "both are back")
    assert builder.save().network.layers == before


def test_units_in_a_rubber_band_are_pinned_together(builder: Builder) -> None:
    corner, across = QPoint(60, 40), builder.canvas.view.viewport()
    first, last = builder.spot(UnitAt(0, 0)), builder.spot(UnitAt(0, 3))
    builder.drag(across, first - corner, last + corner)
    hidden = {UnitAt(0, unit) for unit in range(4)}
    builder.wait(lambda: builder.canvas.scene.selected == hidden, "four are selected", SOON_MS)
    builder.click_on(UnitAt(0, 1), button="right")
    builder.click_in_menu("pin")
    builder.wait(lambda: builder.canvas.scene.is_pinned(WeightAt(0, 2, 3)), "pinned", SOON_MS)
    assert builder.save().network.layers[0].pinned == tuple((2, unit) for unit in range(4))


def test_units_passed_with_shift_are_pinned_together_by_keys(builder: Builder) -> None:
    builder.go_to(UnitAt(0, 0))
    builder.press("Shift+Down", times=3)
    hidden = {UnitAt(0, unit) for unit in range(4)}
    builder.wait(lambda: builder.canvas.scene.selected == hidden, "four are selected", SOON_MS)
    builder.press("p")
    builder.wait(lambda: builder.canvas.scene.is_pinned(WeightAt(0, 2, 3)), "pinned", SOON_MS)
    assert builder.save().network.layers[0].pinned == tuple((2, unit) for unit in range(4))


def test_a_particular_unit_is_removed_by_keys(builder: Builder) -> None:
    before = builder.document.experiment.network.layers
    builder.go_to(UnitAt(0, 1))
    builder.press("Enter")
    builder.wait(lambda: builder.text("unit_card_title") == "h₂ · Tanh", "its card is open")
    builder.press("Delete")
    builder.wait(lambda: builder.drawn_units == [2, 3, 1], "a unit is gone")
    saved = builder.save().network.layers
    np.testing.assert_array_equal(saved[0].weights, before[0].weights[:, [0, 2, 3]])


def test_a_network_is_built_by_keys(builder: Builder) -> None:
    builder.reach("add_layer_0")
    builder.press("Space")
    builder.wait(lambda: builder.drawn_units == [2, 4, 4, 1], "a layer is drawn")
    builder.enter("layer_0_units", "7", by_keyboard=True)
    builder.wait(lambda: builder.drawn_units == [2, 7, 4, 1], "seven units are drawn")
    builder.reach("layer_1_fewer")
    builder.press("Space")
    builder.wait(lambda: builder.drawn_units == [2, 7, 3, 1], "one unit fewer is drawn")
    builder.reach("layer_1_menu")
    builder.press_menu_entry("Remove layer")
    builder.wait(lambda: builder.drawn_units == [2, 7, 1], "the layer is gone")
    assert [x.units for x in builder.save().network.layers] == [7, 1]


def test_each_layer_has_an_activation_of_its_own(builder: Builder) -> None:
    builder.click("add_layer_1")
    builder.wait(lambda: builder.drawn_units == [2, 4, 4, 1], "a second hidden layer is drawn")
    builder.choose("layer_0_activation", "ReLU")
    builder.reach("layer_1_activation")
    builder.type("soft")
    builder.wait(
        lambda: shape(builder) == [(4, "relu"), (4, "softplus"), (1, "sigmoid")],
        "each layer has the activation chosen",
        SOON_MS,
    )
    for layer, text in ((0, "ReLU"), (1, "Softplus"), (2, "Sigmoid")):
        assert builder.choice(f"layer_{layer}_activation") == text
    saved = builder.save()
    assert [x.activation for x in saved.network.layers] == ["relu", "softplus", "sigmoid"]
    shown = [builder.cell(row, 3) for row in range(4)]
    assert shown == [f"{a:.3f}" for a in builder.answers(saved)]


def make_perceptron(builder: Builder) -> None:
    builder.pick("layer_0_menu", "layer_0_remove")
    builder.wait(lambda: builder.drawn_units == [2, 1], "the hidden layer is gone")
    builder.choose("layer_0_activation", "Step")
    builder.choose("loss", "Perceptron")
    builder.choose("optimiser", "Perceptron")


def test_the_classic_perceptron_learns_or(builder: Builder) -> None:
    make_perceptron(builder)
    builder.choose_tile("gate_tiles", "gate:or")
    builder.wait(lambda: builder.document.experiment.data == GateData("or"), "OR is loaded")
    assert shape(builder) == [(1, "step")]
    builder.click("train")
    builder.wait(lambda: builder.rows_right == [True] * 4, "all rows of OR are right", SOON_MS)
    builder.wait(lambda: not builder.tab.model.is_training, "it stops by itself", SOON_MS)
    saved = builder.save()
    assert saved.training.optimiser.name == "perceptron"
    assert saved.training.loss == "perceptron"
    assert [round(a) for a in builder.answers(saved)] == [0, 1, 1, 1]
    assert [builder.cell(row, 3) for row in range(4)] == ["0.000", "1.000", "1.000", "1.000"]


def test_the_classic_perceptron_cannot_learn_xor(builder: Builder) -> None:
    make_perceptron(builder)
    builder.click("train")
    builder.wait(lambda: builder.epoch >= 20, "twenty epochs have gone by", SOON_MS)
    builder.click("train")
    builder.wait(lambda: not builder.tab.model.is_training, "it is paused", SOON_MS)
    assert builder.rows_right.count(True) < 4
    saved = builder.save()
    assert [round(a) for a in builder.answers(saved)] != [0, 1, 1, 0]


def test_the_classic_perceptron_is_built_by_keys(builder: Builder) -> None:
    builder.reach("layer_0_menu")
    builder.press_menu_entry("Remove layer")
    builder.wait(lambda: builder.drawn_units == [2, 1], "the hidden layer is gone")
    for name, wanted in (
        ("layer_0_activation", "Step"),
        ("loss", "Perceptron"),
        ("optimiser", "Perceptron"),
    ):
        builder.reach(name)
        builder.type(wanted)
        builder.wait(lambda n=name, w=wanted: builder.choice(n) == w, f"{name} is shown", SOON_MS)
    builder.reach("gate_tiles")
    builder.press("Home")
    builder.press("Enter")
    builder.wait(lambda: builder.document.experiment.data == GateData("and"), "AND", SOON_MS)
    builder.press("Space")
    builder.wait(lambda: builder.rows_right == [True] * 4, "all rows of AND are right", SOON_MS)
    builder.wait(lambda: not builder.tab.model.is_training, "it stops by itself", SOON_MS)
    saved = builder.save()
    assert shape(builder) == [(1, "step")]
    assert (saved.training.loss, saved.training.optimiser.name) == ("perceptron", "perceptron")
    assert [round(a) for a in builder.answers(saved)] == [0, 0, 0, 1]
