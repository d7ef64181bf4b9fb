"""Weights by hand: typed, turned, dragged, walked to by keys, pinned; and undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint

from model.experiment import Experiment
from model.places import UnitAt, WeightAt
from tests.e2e.builder import SOON_MS, Builder


def weight_of(experiment: Experiment, at: WeightAt) -> float:
    spec = experiment.network.layers[at.layer]
    assert spec.weights is not None
    assert spec.biases is not None
    if at.row == len(spec.weights):
        return float(spec.biases[at.unit])
    return float(spec.weights[at.row, at.unit])


def check(builder: Builder, at: WeightAt, value: float) -> None:
    """Assert that the drawing, the table and the saved file hold the weight."""
    assert builder.canvas.scene.weight(at) == pytest.approx(value)
    saved = builder.save()
    assert weight_of(saved, at) == pytest.approx(value)
    assert [builder.cell(r, 3) for r in range(4)] == [f"{a:.3f}" for a in builder.answers(saved)]


def editor_is_open(builder: Builder) -> bool:
    return builder.focus == "weight_value"


def test_a_weight_is_clicked_and_typed(builder: Builder) -> None:
    at = WeightAt(0, 1, 2)
    builder.click_on(at)
    builder.wait(lambda: editor_is_open(builder), "the editor is open", SOON_MS)
    assert "h₃" in builder.text("weight_name")
    builder.press("Ctrl+A")
    builder.type("-1,75")
    builder.press("Enter")
    check(builder, at, -1.75)


def test_a_weight_is_typed_as_a_fraction_and_what_is_none_leaves_it(builder: Builder) -> None:
    at = WeightAt(0, 1, 2)
    for typed, value in (("3/4", 0.75), ("1.2.3", 0.75)):
        builder.click_on(at)
        builder.wait(lambda: editor_is_open(builder), "the editor is open", SOON_MS)
        builder.press("Ctrl+A")
        builder.type(typed)
        builder.press("Enter")
        check(builder, at, value)
    builder.wait(lambda: "1.2.3" in builder.text("message_text"), "it is said", SOON_MS)


def test_escape_brings_the_old_weight_back(builder: Builder) -> None:
    at = WeightAt(0, 1, 2)
    before = weight_of(builder.document.experiment, at)
    builder.click_on(at)
    builder.wait(lambda: editor_is_open(builder), "the editor is open", SOON_MS)
    builder.press("Ctrl+A")
    builder.type("9")
    builder.press("Escape")
    check(builder, at, before)


def test_the_wheel_changes_the_weight_under_it(builder: Builder) -> None:
    at = WeightAt(1, 3, 0)
    before = weight_of(builder.document.experiment, at)
    viewport = builder.canvas.view.viewport()
    builder.wheel(viewport, builder.spot(at), 3)
    builder.wait(
        lambda: builder.canvas.scene.weight(at) == pytest.approx(before + 0.3), "three", SOON_MS
    )
    builder.wheel(viewport, builder.spot(at), -1, keys="Shift")
    check(builder, at, before + 0.29)
    assert builder.document.undo_stack.count() <= 2


def test_a_dragged_weight_is_one_step(builder: Builder) -> None:
    at = WeightAt(1, 1, 0)
    before = weight_of(builder.document.experiment, at)
    start = builder.spot(at)
    builder.drag(builder.canvas.view.viewport(), start, start + QPoint(50, 0))
    builder.wait(
        lambda: builder.canvas.scene.weight(at) == pytest.approx(before + 1.0), "dragged", SOON_MS
    )
    assert builder.document.undo_stack.count() == 1
    check(builder, at, before + 1.0)
    builder.press("Ctrl+Z")
    builder.wait(
        lambda: builder.canvas.scene.weight(at) == pytest.approx(before), "undone", SOON_MS
    )
    builder.press("Ctrl+Shift+Z")
    check(builder, at, before + 1.0)


def test_a_bias_is_dragged_on_its_rail(builder: Builder) -> None:
    at = WeightAt(0, 2, 1)
    start = builder.spot(at)
    builder.drag(builder.canvas.view.viewport(), start, start + QPoint(12, 0))
    builder.wait(lambda: builder.canvas.scene.weight(at) > 0.1, "the bias has grown", SOON_MS)
    check(builder, at, builder.canvas.scene.weight(at))


def test_a_weight_is_walked_to_and_changed_by_keys(builder: Builder) -> None:
    at = WeightAt(0, 1, 1)
    before = weight_of(builder.document.experiment, at)
    builder.go_to(at)
    builder.press("Up", times=2)
    builder.wait(
        lambda: builder.canvas.scene.weight(at) == pytest.approx(before + 0.2), "two up", SOON_MS
    )
    builder.press("Enter")
    builder.wait(lambda: editor_is_open(builder), "the editor is open", SOON_MS)
    builder.press("Ctrl+A")
    builder.type("2.5")
    builder.press("Enter")
    check(builder, at, 2.5)


def test_a_pinned_weight_is_not_trained(builder: Builder) -> None:
    at, other = WeightAt(0, 0, 0), WeightAt(0, 1, 3)
    builder.click_on(at, button="right")
    builder.click_in_menu("pin")
    builder.wait(lambda: builder.canvas.scene.is_pinned(at), "it is pinned", SOON_MS)
    builder.go_to(other)
    builder.press("p")
    builder.wait(lambda: builder.canvas.scene.is_pinned(other), "so is the other", SOON_MS)
    before = builder.save()
    assert before.network.layers[0].pinned == ((0, 0), (1, 3))
    builder.click("train")
    builder.wait(lambda: builder.epoch >= 10, "ten epochs have gone by", SOON_MS)
    builder.click("train")
    builder.wait(lambda: builder.text("status_state") == "Paused", "it is paused", SOON_MS)
    after = builder.save()
    for pinned in (at, other):
        assert weight_of(after, pinned) == weight_of(before, pinned)
    free = WeightAt(0, 0, 1)
    assert weight_of(after, free) != weight_of(before, free)


def test_a_weight_is_set_to_zero_by_delete(builder: Builder) -> None:
    at = WeightAt(1, 2, 0)
    builder.go_to(at)
    builder.press("Del")
    check(builder, at, 0.0)


def test_a_click_on_a_unit_leaves_the_network_as_it_is(builder: Builder) -> None:
    before = builder.document.experiment
    builder.click_on(UnitAt(0, 0))
    assert builder.document.experiment == before
