"""What the drawing and the output show: maps, heat maps in units, edges, the confusion matrix."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from gui.theme import active
from model.metrics import confusion
from model.places import UnitAt, WeightAt
from tests.e2e.builder import SOON_MS, Builder, is_blue, is_orange, set_weight


def learn_xor(builder: Builder) -> None:
    builder.click("train")
    builder.wait(lambda: builder.rows_right == [True] * 4, "XOR is learned", SOON_MS)
    builder.wait(lambda: builder.text("status_state") == "Paused", "it stops by itself", SOON_MS)


def test_the_decision_map_shows_what_is_learned(builder: Builder) -> None:
    learn_xor(builder)
    for x, y, wanted in ((0, 0, is_orange), (0, 1, is_blue), (1, 0, is_blue), (1, 1, is_orange)):
        beside = builder.map_colour(x + 0.12 * (1 - 2 * x), y + 0.12 * (1 - 2 * y))
        assert wanted(beside), (x, y, beside.name())
    saved = builder.save()
    assert [round(a) for a in builder.answers(saved)] == [0, 1, 1, 0]
    builder.press("r")
    builder.wait(lambda: builder.epoch == 0, "it is untrained again", SOON_MS)
    answers = builder.answers(builder.save())
    assert [round(a) for a in answers] != [0, 1, 1, 0]
    for (x, y), a in zip(((0, 0), (0, 1), (1, 0), (1, 1)), answers, strict=True):
        colour = builder.map_colour(x + 0.12 * (1 - 2 * x), y + 0.12 * (1 - 2 * y))
        if abs(a - 0.5) > 0.15:
            assert (is_blue if a > 0.5 else is_orange)(colour), (x, y, a, colour.name())


def test_a_point_on_the_map_lights_its_row(builder: Builder) -> None:
    place = builder.map.to_px(1.0, 0.0).toPoint()
    builder.hover(builder.map, place)
    builder.wait(lambda: builder.tab.model.state.row == 2, "row 1 0 is chosen", SOON_MS)
    assert builder.canvas.scene.units[UnitAt(-1, 0)].style.value == "1"
    assert builder.canvas.scene.units[UnitAt(-1, 1)].style.value == "0"


def test_two_inputs_are_tried_by_hand(builder: Builder) -> None:
    learn_xor(builder)
    builder.reach("probe_toggle")
    builder.press("Space")
    builder.enter("probe_input_0", "0,25", by_keyboard=True)
    builder.enter("probe_input_1", "0.75", by_keyboard=True)
    network = builder.tab.model.state.network
    answer = float(network.forward(np.array([[0.25, 0.75]]))[0, 0])
    builder.wait(lambda: f"{answer:.3f}" in builder.text("probe_answer"), "the answer", SOON_MS)
    builder.save()


def unit_corner(builder: Builder, at: UnitAt, right: bool, top: bool) -> QColor:
    """Return the colour near a corner of a unit's square."""
    item = builder.canvas.scene.units[at]
    square = item.square
    across = square.left() + square.width() * (0.85 if right else 0.12)
    down = square.top() + square.height() * (0.35 if top else 0.88)
    where = builder.canvas.view.mapFromScene(item.mapToScene(QPointF(across, down)))
    return builder.pixel(builder.canvas.view.viewport(), where)


def test_each_unit_shows_a_heat_map_of_its_response(builder: Builder) -> None:
    assert is_orange(unit_corner(builder, UnitAt(-1, 0), right=False, top=False))
    assert is_blue(unit_corner(builder, UnitAt(-1, 0), right=True, top=False))
    set_weight(builder, WeightAt(0, 0, 1), "8")
    set_weight(builder, WeightAt(0, 1, 1), "0")
    assert is_blue(unit_corner(builder, UnitAt(0, 1), right=True, top=False))
    assert is_orange(unit_corner(builder, UnitAt(0, 1), right=False, top=False))
    set_weight(builder, WeightAt(0, 0, 1), "-8")
    assert is_orange(unit_corner(builder, UnitAt(0, 1), right=True, top=False))
    assert is_blue(unit_corner(builder, UnitAt(0, 1), right=False, top=False))
    weights = builder.save().network.layers[0].weights
    assert weights is not None
    assert weights[:, 1].tolist() == [-8.0, 0.0]


def edge_ink(image: QImage, at: QPoint, colour: QColor) -> int:
    """Return how many pixels of a colour lie on a short vertical line through a point."""
    ratio = image.devicePixelRatio()
    count = 0
    for y in range(round((at.y() - 8) * ratio), round((at.y() + 9) * ratio)):
        here = image.pixelColor(round(at.x() * ratio), y)
        apart = (
            abs(here.red() - colour.red())
            + abs(here.green() - colour.green())
            + abs(here.blue() - colour.blue())
        )
        count += apart < 60
    return count


def most_ink(builder: Builder, at: WeightAt, colour: QColor) -> int:
    """Return the thickness of an edge, looked for at places where it may be dashed."""
    image = builder.image(builder.canvas.view.viewport())
    return max(edge_ink(image, builder.along(at, s), colour) for s in np.linspace(0.3, 0.6, 13))


def test_edges_show_sign_and_size_of_their_weights(builder: Builder) -> None:
    edge = WeightAt(1, 0, 0)
    positive, negative = QColor(active().pos), QColor(active().neg)
    set_weight(builder, edge, "3")
    thick = most_ink(builder, edge, positive)
    assert thick >= 3
    assert most_ink(builder, edge, negative) == 0
    set_weight(builder, edge, "0,8")
    assert 0 < most_ink(builder, edge, positive) < thick
    set_weight(builder, edge, "-3")
    assert most_ink(builder, edge, negative) >= 3
    assert most_ink(builder, edge, positive) == 0
    image = builder.image(builder.canvas.view.viewport())
    gaps = [
        edge_ink(image, builder.along(edge, s), negative) == 0 for s in np.linspace(0.1, 0.9, 81)
    ]
    assert 10 < sum(gaps) < 70, "a negative edge is dashed"
    weights = builder.save().network.layers[1].weights
    assert weights is not None
    assert weights[0, 0] == -3.0


def test_unit_and_edge_follow_a_weight_changed_by_keys(builder: Builder) -> None:
    edge = WeightAt(0, 0, 1)
    positive, negative = QColor(active().pos), QColor(active().neg)
    for typed, colour, right_side in (("8", positive, is_blue), ("-8", negative, is_orange)):
        builder.go_to(edge)
        builder.press("Enter")
        builder.wait(lambda: builder.focus == "weight_value", "the editor is open", SOON_MS)
        builder.press("Ctrl+A")
        builder.type(typed)
        builder.press("Enter")
        builder.wait(lambda: builder.focus == "network_view", "the value is kept", SOON_MS)
        builder.press("Tab")  # the ring and the editor are away from the edge
        editor = builder.canvas.editor
        builder.wait(lambda e=editor: not e.isVisible(), "the editor is closed", SOON_MS)
        assert right_side(unit_corner(builder, UnitAt(0, 1), right=True, top=False))
        assert most_ink(builder, edge, colour) >= 3
    weights = builder.save().network.layers[0].weights
    assert weights is not None
    assert weights[0, 1] == -8.0


def test_edges_follow_training(builder: Builder) -> None:
    before = builder.image(builder.canvas.view.viewport())
    learn_xor(builder)
    assert builder.image(builder.canvas.view.viewport()) != before
    saved = builder.save()
    for layer, spec in enumerate(saved.network.layers):
        drawn = builder.canvas.scene.edges[layer].weights
        assert spec.weights is not None
        np.testing.assert_array_equal(drawn, spec.weights)


def test_the_confusion_matrix_counts_the_answers(builder: Builder) -> None:
    builder.choose_tile("plane_tiles", "plane:gaussians")
    builder.wait(lambda: "Gaussians" in builder.text("data_summary"), "Gaussians", SOON_MS)
    builder.click("train")
    builder.wait(lambda: builder.epoch >= 5, "five epochs have gone by", SOON_MS)
    if builder.tab.model.is_training:
        builder.click("train")
    builder.wait(lambda: builder.text("status_state") == "Paused", "it is paused", SOON_MS)
    state = builder.tab.model.state
    guesses = state.network.forward(state.dataset.x_test)[:, 0] > 0.5
    truth = state.dataset.y_test[:, 0] > 0.5
    counts = confusion(guesses.astype(int), truth.astype(int), 2)
    matrix = builder.find("confusion_small", QWidget)
    assert matrix.isVisible()
    builder.wait(lambda: np.array_equal(matrix.counts, counts), "the counts are shown", SOON_MS)  # type: ignore[attr-defined]
    right = int((guesses == truth).sum())
    assert builder.text("test_counts") == f"{right} / {len(truth)}"
    assert builder.text("test_accuracy") == f"{100 * right / len(truth):.1f}%"
    assert builder.save().network.layers[-1].units == 1
