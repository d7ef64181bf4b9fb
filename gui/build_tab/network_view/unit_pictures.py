"""The pictures in the units: responses over the plane, or weights over the pixels."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from gui.build_tab.network_view.layout import NetworkLayout
from gui.build_tab.network_view.unit_item import UnitItem
from gui.build_tab.network_view.unit_style import picture_side
from gui.build_tab.state import BuildState
from gui.plots.colours import HIDDEN_GAIN, TileSheet, normalise_output, unit_scale
from gui.theme import Theme, active
from model.experiment import FloatArray
from model.insight.plane import MAP_SIDE, Bounds, input_maps
from model.places import INPUTS, UnitAt


def unit_picture(state: BuildState, at: UnitAt) -> QImage | None:
    """Return the picture of one unit in the drawing, ``None`` if it has none."""
    if at.layer < 0 or (not state.has_maps and at.layer not in _pictured_layers(state)):
        return None
    values, gain = _tiles(state, at.layer, (at.unit,))
    sheet = TileSheet(1, values.shape[-1])
    sheet.fill(0, values, active(), gain)
    return sheet.images[0]


def _pictured_layers(state: BuildState) -> range:
    """Return the layers whose units show their weights over the pixels."""
    hidden = len(state.experiment.network.layers) - 1
    return range(min(2, hidden) if picture_side(state) else 0)


def _tiles(state: BuildState, layer: int, units: tuple[int, ...]) -> tuple[FloatArray, float]:
    """Return the pictures of a layer's units as numbers from -1 to 1, and their gain."""
    shown, spec = list(units), state.experiment.network.layers[layer]
    if state.maps is not None:
        maps = state.maps[layer]
        if len(shown) < len(maps):
            maps = maps[shown]
        if layer == len(state.maps) - 1:
            return normalise_output(maps, spec.activation), active().output_gain
        return maps / unit_scale(maps), HIDDEN_GAIN
    matrices, side = state.network.matrices, picture_side(state)
    part = matrices[0][:, shown] if layer == 0 else matrices[0] @ matrices[layer][:, shown]
    values = part.T.reshape(len(shown), side, side)[:, ::-1]
    return values / np.maximum(np.abs(values).max(axis=(1, 2), keepdims=True), 1e-9), 1.0


class UnitPictures:
    """The pictures of all drawn units in one sheet.

    If the network reads two columns, every unit shows its activation over their plane. If the rows
    are pictures, the units of the first two hidden layers show their weights over the pixels; those
    of the second layer are multiplied back through the first, ``W1 @ W2``. Other units have none.
    """

    def __init__(
        self, state: BuildState, layout: NetworkLayout, units: dict[UnitAt, UnitItem]
    ) -> None:
        self._waiting = slice(0, 0)
        self._inputs: tuple[Theme, Bounds] | None = None
        self._sheet: TileSheet | None = None
        layers = range(INPUTS, len(layout.columns)) if state.has_maps else _pictured_layers(state)
        self._columns = [column for column in layout.columns if column.layer in layers]
        self._items = [item for at, item in units.items() if at.layer in layers]
        if self._items:
            side = MAP_SIDE if state.has_maps else picture_side(state)
            self._sheet = TileSheet(len(self._items), side)

    def show_state(self, state: BuildState, whole: bool) -> bool:
        """Show the pictures of a state; return whether any were made.

        If `whole`, all are shown; otherwise one frame makes them and shows half, and the next frame
        shows the other half.
        """
        if self._sheet is None:
            return False
        waiting, self._waiting = self._waiting, slice(0, 0)
        if not whole and waiting.start < waiting.stop:
            self._show(waiting)
            return False
        first, at, last = 0, 0, len(self._items)
        for column in self._columns:
            if column.layer != INPUTS:
                values, gain = _tiles(state, column.layer, column.units)
                self._sheet.fill(at, values, active(), gain)
            elif self._inputs != (active(), state.plane):  # they are drawn once a plane
                self._inputs = active(), state.plane
                maps = input_maps(state.plane, state.dataset.features)[list(column.units)]
                self._sheet.fill(at, maps, active(), HIDDEN_GAIN)
            else:
                first = len(column.units)
            at += len(column.units)
        if not whole:
            middle = (first + last) // 2
            self._waiting, last = slice(middle, last), middle
        self._show(slice(first, last))
        return True

    def _show(self, part: slice) -> None:
        assert self._sheet is not None
        for item, image in zip(self._items[part], self._sheet.images[part], strict=True):
            item.show_picture(image)
