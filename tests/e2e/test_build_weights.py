"""Weights by hand: typed, turned, dragged, walked to by keys, pinned; and undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint

from model.experiment import Experiment
from model.places import WeightAt
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
