"""The pictures inside the units: responses over the plane, or weights over the pixels."""

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
from model.places import UnitAt


def unit_picture(state: BuildState, at: UnitAt) -> QImage | None:
    """Return the picture of one unit as the drawing has it, ``None`` where it has none."""
    theme, layers = active(), state.experiment.network.layers
    if at.layer < 0:
        return None
    if state.maps is not None:
        values, gain = state.maps[at.layer][at.unit][None], HIDDEN_GAIN
        if at.layer == len(layers) - 1:
            values = normalise_output(state.maps[at.layer], layers[-1].activation)
            values, gain = values[at.unit][None], theme.output_gain
        else:
            values = values / unit_scale(values)
    elif (side := picture_side(state)) and at.layer < min(2, len(layers) - 1):
        weights = state.network.weights
        part = weights[at.layer][:, [at.unit]]
        part = weights[0] @ part if at.layer else part
        values, gain = part.T.reshape(1, side, side)[:, ::-1], 1.0
        values = values / max(float(np.abs(values).max()), 1e-9)
    else:
        return None
    sheet = TileSheet(1, values.shape[-1])
    sheet.fill(0, values, theme, gain)
    return sheet.images[0]


class UnitPictures:
    """Fill one sheet with the pictures of all drawn units.

    Where the network reads two columns, every unit shows its activation over their plane. Where
    the rows are pictures, the units of the first two hidden layers show their weights over the
    pixels; the second layer's are carried back through the first, ``W1 @ W2``. Other units have
    none.
    """

    def __init__(
        self, state: BuildState, layout: NetworkLayout, units: dict[UnitAt, UnitItem]
    ) -> None:
        self._columns = layout.columns
        self._items: list[UnitItem] = []
        self._waiting = slice(0, 0)
        self._inputs: tuple[Theme, Bounds] | None = None
        self._sheet: TileSheet | None = None
        layers, side = len(state.experiment.network.layers), picture_side(state)
        if state.has_maps:
            pictured, side = list(units), MAP_SIDE
        elif side:
            hidden = range(min(2, layers - 1))
            pictured = [at for at in units if at.layer in hidden]
        else:
            return
        self._sheet = TileSheet(len(pictured), side)
        self._items = [units[at] for at in pictured]

    def show_state(self, state: BuildState, weights: tuple[FloatArray, ...], whole: bool) -> bool:
        """Show the pictures of a state and its W of every layer; return whether any were made.

        All of them where `whole`; else one frame makes them and shows half, and the next frame
        shows the other half.
        """
        if self._sheet is None:
            return False
        waiting, self._waiting = self._waiting, slice(0, 0)
        if not whole and waiting.start < waiting.stop:
            self._show(waiting)
            return False
        first = 0
        if state.maps is not None:
            first = self._show_inputs(state, self._sheet)
            self._show_maps(state, state.maps, self._sheet)
        else:
            for values in self._pixel_weights(weights, self._sheet.side):
                peak = np.maximum(np.abs(values).max(axis=(1, 2), keepdims=True), 1e-9)
                self._sheet.fill(first, (values / peak)[:, ::-1], active(), 1.0)
                first += len(values)
            first = 0
        last = len(self._items)
        if not whole:
            middle = (first + last) // 2
            self._waiting, last = slice(middle, last), middle
        self._show(slice(first, last))
        return True

    def _show(self, part: slice) -> None:
        assert self._sheet is not None
        for item, image in zip(self._items[part], self._sheet.images[part], strict=True):
            item.show_picture(image)

    def _show_inputs(self, state: BuildState, sheet: TileSheet) -> int:
        """Draw the inputs' own maps, once a plane; return how many pictures stay as they are."""
        shown = active(), state.plane
        if self._inputs == shown:
            return len(self._columns[0].units)
        self._inputs = shown
        maps = input_maps(state.plane, state.dataset.features)
        sheet.fill(0, maps[list(self._columns[0].units)], active(), HIDDEN_GAIN)
        return 0

    def _show_maps(self, state: BuildState, all_maps: list[FloatArray], sheet: TileSheet) -> None:
        theme, layers = active(), state.experiment.network.layers
        first = len(self._columns[0].units)
        for column in self._columns[1:]:
            maps = all_maps[column.layer]
            if column.folded:
                maps = maps[list(column.units)]
            if column.layer == len(layers) - 1:
                values, gain = normalise_output(maps, layers[-1].activation), theme.output_gain
            else:
                values, gain = maps / unit_scale(maps), HIDDEN_GAIN
            sheet.fill(first, values, theme, gain)
            first += len(maps)

    def _pixel_weights(self, weights: tuple[FloatArray, ...], side: int) -> list[FloatArray]:
        """Return the weights of the first two hidden layers, each (units, side, side)."""
        result = []
        for column in self._columns[1:-1][:2]:
            shown = list(column.units)
            part = weights[column.layer][:, shown]
            if column.layer == 1:
                part = weights[0] @ part
            result.append(part.T.reshape(len(shown), side, side))
        return result
