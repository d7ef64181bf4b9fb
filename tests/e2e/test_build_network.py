"""Building a network: layers, units, activations, the classic perceptron; by mouse and by keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint

from model.places import UnitAt, WeightAt
from tests.e2e.builder import SOON_MS, Builder


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
