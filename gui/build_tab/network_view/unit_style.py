"""The look of each unit: name, value, caption, bias and marks, read from one state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from PySide6.QtGui import QFontMetricsF

from gui.build_tab.names import unit_name
from gui.build_tab.network_view.captions import Captions
from gui.build_tab.network_view.edges_item import sizes
from gui.build_tab.state import BuildState
from gui.format import percent, show_fixed, show_number
from gui.theme import TITLE_PX, font
from model.experiment import FloatArray
from model.metrics import decide
from model.places import INPUTS, UnitAt

BAR_PX, NAME_PX = 44.0, 170.0
NARROWEST_BIAS_RANGE = 4.0


def bias_range(biases: tuple[FloatArray, ...]) -> float:
    """Return the bias at the ends of all rails: 4, doubled until the largest bias fits."""
    largest = max((float(sizes(b).max(initial=0.0)) for b in biases), default=0.0)
    result = NARROWEST_BIAS_RANGE
    while result < largest and result < 1e12:
        result *= 2.0
    return result


def picture_side(state: BuildState) -> int:
    """Return the side length in pixels of rows that are pictures, otherwise 0."""
    if state.experiment.data.is_pictures:
        side = round(state.experiment.network.inputs**0.5)
        return side if side * side == state.experiment.network.inputs else 0
    return 0


class Rail(Struct, frozen=True):
    """The bias as a tick on a rail.

    Attributes
    ----------
    position
        Position of the tick, -1 to 1.
    """

    position: float
    pinned: bool = False


class UnitMarks(Struct, frozen=True):
    """The marks of pointer, keyboard and selection on a unit.

    Attributes
    ----------
    lit, selected, ringed
        Hovered somewhere, selected, with keyboard focus.
    """

    lit: bool = False
    selected: bool = False
    ringed: bool = False

    @property
    def is_at_hand(self) -> bool:
        """Whether the user is at the unit, whose texts then cover its neighbours."""
        return self.lit or self.ringed


class UnitStyle(Struct, frozen=True):
    """A unit's look, without its picture and marks.

    Attributes
    ----------
    name, value, caption
        Texts; empty ones are not drawn.
    tone
        ``"warn"`` for a dead unit, otherwise empty.
    fill
        Length of the value bar, -1 to 1, or ``None`` if the unit has a picture.
    grey
        Darkness of an input pixel, 0 to 1, or ``None``.
    share
        Length of the bar next to an output class, 0 to 1, or ``None``.
    is_long
        Whether the name of such a class is too long for the unit.
    rail
        The bias, or ``None``.
    chosen
        Whether the unit is the predicted class.
    """

    name: str = ""
    value: str = ""
    caption: str = ""
    tone: str = ""
    fill: float | None = None
    grey: float | None = None
    share: float | None = None
    is_long: bool = False
    rail: Rail | None = None
    chosen: bool = False


class UnitStyles:
    """Creates the styles of a state's units."""

    def __init__(self, state: BuildState, captions: Captions) -> None:
        self._state, self._captions = state, captions
        self._network = state.experiment.network
        self._bias_range = bias_range(state.network.biases)
        self._last = len(self._network.layers) - 1
        self._pinned = [frozenset(layer.pinned) for layer in self._network.layers]
        self._is_picture = picture_side(state) > 0
        values = state.row_values
        self._chosen = int(decide(values[-1][1][None], "multiclass")[0]) if values else -1
        output = self._network.layers[-1]
        self._is_label_layer = (
            not state.has_maps and output.units > 1 and output.activation in ("softmax", "sigmoid")
        )
        names = (self.name(UnitAt(self._last, unit)) for unit in range(output.units))
        self._has_long_labels = self._is_label_layer and any(len(name) > 2 for name in names)

    def name(self, at: UnitAt) -> str:
        """Return the unit's short name."""
        return unit_name(at, self._network, self._state.dataset)

    def _row(self, layer: int) -> FloatArray | None:
        """Return a layer's activations for the chosen row."""
        if layer == INPUTS:
            return self._state.row_x
        values = self._state.row_values
        return None if values is None else values[layer][1]

    def value_text(self, at: UnitAt, value: float | None) -> str:
        """Return the value's text: three decimals for outputs, two for hidden units."""
        if value is None:
            return ""
        dataset = self._state.dataset
        if at.layer == INPUTS:
            return show_number(dataset.x_in_data_units(at.unit, value), 3)
        if at.layer == self._last and dataset.task == "regression":
            value = dataset.y_in_data_units(at.unit, value)
        if abs(value) >= 1e5 or not np.isfinite(value):
            return show_number(value, 3)
        return show_fixed(value, 3 if at.layer == self._last else 2)

    def rail(self, at: UnitAt) -> Rail | None:
        """Return the unit's bias, ``None`` if it has none."""
        if at.layer == INPUTS or not self._network.layers[at.layer].use_bias:
            return None
        position = float(self._state.network.biases[at.layer][at.unit]) / self._bias_range
        # A step of a hundredth is under a pixel: smaller moves need no new drawing.
        position = round(position, 2) if np.isfinite(position) else 0.0
        bias = self._network.weight_rows(at.layer), at.unit
        return Rail(position, bias in self._pinned[at.layer])

    def style(self, at: UnitAt) -> UnitStyle:
        """Return a unit's complete style."""
        row = self._row(at.layer)
        value = None if row is None else float(row[at.unit])
        caption, tone = self._captions.get((at.layer, at.unit), ("", ""))
        share, chosen, grey, fill, is_long = None, False, None, None, False
        text = self.value_text(at, value)
        if at.layer == self._last and self._is_label_layer:
            share = 0.0 if value is None else min(max(value, 0.0), 1.0)
            chosen = at.unit == self._chosen
            text = "" if value is None else percent(share)
            # A hundredth of the bar is under half a pixel: smaller changes need no new drawing.
            share = round(share, 2)
            is_long = self._has_long_labels
            fill = share if is_long else None
        elif at.layer == INPUTS and self._is_picture:
            grey, text = abs(_part_of_peak(value, row)), ""
        elif not self._state.has_maps:
            fill = round(_part_of_peak(value, row, 1.0), 2)
        return UnitStyle(
            name=self.name(at),
            value=text,
            caption=caption,
            tone=tone,
            fill=fill,
            grey=grey,
            share=share,
            is_long=is_long,
            rail=self.rail(at),
            chosen=chosen,
        )

    def texts_px(self, inputs: Sequence[int], outputs: Sequence[int]) -> tuple[float, float]:
        """Return the widths of the texts left of the inputs and right of the outputs."""
        metrics = QFontMetricsF(font(TITLE_PX, 600))

        def widest(layer: int, units: Sequence[int]) -> float:
            names = (self.name(UnitAt(layer, unit)) for unit in units)
            return min(max(map(metrics.horizontalAdvance, names), default=0.0), NAME_PX)

        right = widest(self._last, outputs)
        if self._is_label_layer:
            right = max(right, BAR_PX + 64)
        return widest(INPUTS, inputs), right


def _part_of_peak(value: float | None, row: FloatArray | None, least: float = 1e-9) -> float:
    """Return a value as a share of the largest of its row, -1 to 1."""
    if value is None or row is None or not np.isfinite(value):
        return 0.0
    peak = max(least, float(np.abs(row).max(initial=0.0)))
    return min(max(value / peak, -1.0), 1.0)
