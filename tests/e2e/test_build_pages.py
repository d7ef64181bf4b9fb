"""The first page and its lessons, the narrow window's drawer, and where the keyboard is led back.

Gates built by hand are here too: they are what the lessons lead to.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import GateData
from model.files import write_experiment
from model.places import UnitAt, WeightAt
from tests.e2e.builder import SOON_MS, Builder, set_weight
from tests.e2e.reader import Reader
from tests.e2e.ways import both

# -- The first page --------------------------------------------------------------------------------


def at_work(newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, folder: Path) -> Builder:
    """Return the same person once all panels are there."""
    newcomer.wait(newcomer.find("train").isVisible, "all panels are shown", SOON_MS)
    return Builder(qtbot, window, folder)


def test_space_trains_on_the_first_page(
    newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    newcomer.press("Space")
    builder = at_work(newcomer, qtbot, window, tmp_path)
    builder.wait(lambda: builder.rows_right == [True] * 4, "four rows are right")
    builder.wait(lambda: builder.text("status_state") == "Paused", "it stops by itself", SOON_MS)
    assert [round(a) for a in builder.answers(builder.save())] == [0, 1, 1, 0]


@both
def test_a_perceptron_is_seen_to_fail_at_xor(
    newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, tmp_path: Path, by_keys: bool
) -> None:
    newcomer.push("lesson_line", by_keys)
    builder = at_work(newcomer, qtbot, window, tmp_path)
    assert builder.drawn_units == [2, 1]
    for _ in range(3):
        builder.push("lesson_skip", by_keys)
    builder.push("rail_open", by_keys)
    builder.choose_tile_by("gate_tiles", "gate:xor", ["Right"] * 4, by_keys)
    builder.wait(lambda: builder.text("verdict_answer") == "No", "XOR: no", SOON_MS)
    builder.push("train", by_keys)
    builder.wait(lambda: builder.epoch > 0, "it trains", SOON_MS)
    builder.wait(lambda: not builder.tab.model.is_training, "the lesson's fifty epochs end")
    saved = builder.save()
    assert len(saved.network.layers) == 1
    assert [round(a) for a in builder.answers(saved)] != [0, 1, 1, 0]


def type_weight(builder: Builder, at: WeightAt, value: str, by_keys: bool) -> None:
    """Type a weight after a click on it, or after a walk to it; Tab keeps it."""
    if not by_keys:
        set_weight(builder, at, value, share=0.2)
        return
    builder.go_to(at)
    builder.type(value[0])
    builder.wait(lambda: builder.focus == "weight_value", "the editor is open", SOON_MS)
    builder.type(value[1:])
    builder.press("Tab")
    builder.wait(lambda: builder.focus == "network_view", "back in the drawing", SOON_MS)


@both
def test_and_is_built_by_hand(
    newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, tmp_path: Path, by_keys: bool
) -> None:
    newcomer.push("lesson_gate", by_keys)
    builder = at_work(newcomer, qtbot, window, tmp_path)
    assert builder.document.experiment.data == GateData("and")
    for row, value in ((0, "3.0"), (1, "3.0"), (2, "-4.5")):
        type_weight(builder, WeightAt(0, row, 0), value, by_keys)
    builder.wait(lambda: builder.rows_right == [True] * 4, "AND is built", SOON_MS)
    builder.wait(
        lambda: builder.canvas.scene.units[UnitAt(0, 0)].style.caption == "= AND", "= AND", SOON_MS
    )
    layer = builder.save().network.layers[0]
    assert layer.weights is not None
    assert layer.biases is not None
    assert (layer.weights.tolist(), layer.biases.tolist()) == ([[3.0], [3.0]], [-4.5])


@both
def test_a_saved_network_is_opened_from_the_first_page(
    newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, tmp_path: Path, by_keys: bool
) -> None:
    path = tmp_path / "given.glassnet"
    given = default_experiment(GateData("nor"), hidden=(3,), seed=5)
    write_experiment(given, path)
    newcomer.push("open_saved_network", by_keys)
    newcomer.name_file("open_dialog", path)
    builder = at_work(newcomer, qtbot, window, tmp_path)
    builder.wait(lambda: builder.drawn_units == [2, 3, 1], "its network is drawn", SOON_MS)
    builder.file = path
    assert builder.save().data == given.data
    builder.push("undo", by_keyboard=False)
    assert builder.document.experiment.data == given.data, "there is nothing to undo"


# -- Gates by hand ---------------------------------------------------------------------------------


@both
def test_xor_is_built_by_hand_from_nand_or_and_and(builder: Builder, by_keys: bool) -> None:
    builder.enter("layer_0_units", "2", by_keyboard=by_keys)
    builder.wait(lambda: builder.drawn_units == [2, 2, 1], "two hidden units", SOON_MS)
    if by_keys:
        builder.reach("layer_0_activation")
        builder.type("sigmoid")
    else:
        builder.choose("layer_0_activation", "Sigmoid")
    builder.wait(lambda: builder.choice("layer_0_activation") == "Sigmoid", "Sigmoid", SOON_MS)
    by_hand = {
        WeightAt(0, 0, 0): "-10",
        WeightAt(0, 1, 0): "-10",
        WeightAt(0, 2, 0): "15",
        WeightAt(0, 0, 1): "10",
        WeightAt(0, 1, 1): "10",
        WeightAt(0, 2, 1): "-5",
        WeightAt(1, 0, 0): "10",
        WeightAt(1, 1, 0): "10",
        WeightAt(1, 2, 0): "-15",
    }
    for at, value in by_hand.items():
        type_weight(builder, at, value, by_keys)
        assert builder.canvas.scene.weight(at) == float(value), at
    builder.wait(lambda: builder.rows_right == [True] * 4, "XOR is built", SOON_MS)
    captions = {
        at: builder.canvas.scene.units[at].style.caption
        for at in (UnitAt(0, 0), UnitAt(0, 1), UnitAt(1, 0))
    }
    assert list(captions.values()) == ["≈ NAND", "≈ OR", "= XOR"]
    saved = builder.save()
    answers = builder.answers(saved)
    assert [round(a) for a in answers] == [0, 1, 1, 0]
    assert [builder.cell(row, 3) for row in range(4)] == [f"{a:.3f}" for a in answers]


# -- The narrow window -----------------------------------------------------------------------------


@both
def test_the_drawer_of_the_narrow_window_opens_and_closes(
    builder: Builder, window: GlassnetWindow, by_keys: bool
) -> None:
    window.resize(1024, 680)
    rail = builder.find("rail_open")
    builder.wait(rail.isVisible, "the data have folded to a rail", SOON_MS)
    builder.push("rail_open", by_keys)
    tiles = builder.find("gate_tiles")
    builder.wait(tiles.isVisible, "the drawer is open", SOON_MS)
    builder.choose_tile_by("gate_tiles", "gate:and", [], by_keys)
    builder.wait(lambda: builder.document.experiment.data == GateData("and"), "AND", SOON_MS)
    if by_keys:
        builder.press("Escape")
        builder.wait(lambda: not tiles.isVisible(), "the drawer is closed", SOON_MS)
        assert builder.focus == "rail_open"
    else:
        builder.click("status_fact")
        builder.click(builder.canvas.view.viewport(), builder.spot(UnitAt(1, 0)))
        builder.wait(lambda: not tiles.isVisible(), "the drawer is closed", SOON_MS)
    assert builder.find("rail_tile").text() == "AND"  # type: ignore[attr-defined]  # a tool button
    assert builder.save().data == GateData("and")


# -- The keyboard ----------------------------------------------------------------------------------


@both
def test_a_units_card_is_closed(builder: Builder, by_keys: bool) -> None:
    before = builder.save()
    at = UnitAt(0, 1)
    if by_keys:
        builder.go_to(at)
        builder.press("Enter")
    else:
        builder.click_on(at)
    card = builder.find("unit_card")
    builder.wait(card.isVisible, "its card is open", SOON_MS)
    if by_keys:
        builder.press("Escape")
    else:
        builder.click("unit_card_close")
    builder.wait(lambda: not card.isVisible(), "the card is closed", SOON_MS)
    assert builder.save() == before


@both
def test_the_drawing_is_zoomed_by_its_buttons(builder: Builder, by_keys: bool) -> None:
    view = builder.canvas.view
    builder.push("zoom_in", by_keys)
    builder.wait(lambda: view.zoom > 1.05, "it is larger", SOON_MS)
    builder.push("zoom_out", by_keys)
    builder.push("zoom_out", by_keys)
    builder.wait(lambda: view.zoom < 0.95, "it is smaller", SOON_MS)
    builder.push("zoom_natural", by_keys)
    builder.wait(lambda: view.zoom == pytest.approx(1.0), "its natural size", SOON_MS)
    builder.push("zoom_fit", by_keys)
    builder.wait(lambda: view.zoom == pytest.approx(1.0), "it fits", SOON_MS)
    builder.save()


@both
def test_a_message_shows_its_details_and_goes(builder: Builder, by_keys: bool) -> None:
    before = builder.save()
    builder.window.show_unexpected_error("Traceback\nValueError: tried")
    bar = builder.find("message_bar", QWidget)
    builder.wait(bar.isVisible, "the message is shown", SOON_MS)
    details = builder.find("message_details_text", QPlainTextEdit)
    builder.push("message_details", by_keys)
    builder.wait(details.isVisible, "the details are shown", SOON_MS)
    assert "ValueError: tried" in details.toPlainText()
    builder.push("message_close", by_keys)
    builder.wait(lambda: not bar.isVisible(), "the message has gone", SOON_MS)
    assert builder.save() == before
