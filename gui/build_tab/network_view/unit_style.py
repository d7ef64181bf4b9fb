"""How each unit looks: its name, value, caption, bias and marks, read from one state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

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
    """Return the bias at the end of every rail: 4, doubled until the largest bias fits."""
    largest = max((float(sizes(b).max(initial=0.0)) for b in biases), default=0.0)
    result = NARROWEST_BIAS_RANGE
    while result < largest and result < 1e12:
        result *= 2.0
    return result


def picture_side(state: BuildState) -> int:
    """Return the side of the pictures that the rows are, 0 where they are none."""
    if state.experiment.data.is_pictures:
        side = round(state.experiment.network.inputs**0.5)
        return side if side * side == state.experiment.network.inputs else 0
    return 0


class Rail(Struct, frozen=True):
    """The bias as a tick on a rail.

    Attributes
    ----------
    position
        Where the tick stands, -1 to 1.
    """

    position: float
    pinned: bool = False


class UnitStyle(Struct, frozen=True):
    """All that decides how a unit looks, but for its picture.

    Attributes
    ----------
    name, value, caption
        Texts; empty ones are not drawn.
    tone
        ``"warn"`` for a unit that carries nothing, else empty.
    fill
        -1 to 1, how far the value bar goes, or ``None`` where the unit has a picture.
    grey
        0 to 1, how dark an input pixel is, or ``None``.
    share
        0 to 1, a bar beside the unit (an output class), or ``None``.
    is_long
        Whether such a class's name is too long for the unit.
    rail
        The bias, or ``None``.
    lit, selected, ringed, chosen
        Marks: hovered somewhere, selected, keyboard focus, the class the network chose.
    is_told
        Whether a person is at the unit's layer, which then shows its texts where there is no room
        for all.
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
    lit: bool = False
    selected: bool = False
    ringed: bool = False
    chosen: bool = False
    is_told: bool = False

    @property
    def marks(self) -> tuple[bool, bool, bool, bool]:
        """The marks that no state has: `lit`, `selected`, `ringed` and `is_told`."""
        return self.lit, self.selected, self.ringed, self.is_told

    @property
    def frame(self) -> tuple[object, ...]:
        """What the square, its filling and its outline show."""
        marks = self.lit, self.selected, self.ringed, self.chosen
        return (*marks, self.fill, self.grey, self.tone, self.share is None)

    @property
    def chip(self) -> tuple[object, ...]:
        """What the value's chip shows."""
        return self.value, self.lit, self.ringed, self.is_told, self.share is None

    @property
    def written(self) -> tuple[object, ...]:
        """What the caption shows."""
        return self.caption, self.tone, self.is_told


@dataclass
class UnitStyles:
    """Make the style of any unit of one state.

    Attributes
    ----------
    biases
        The network's, one array a layer.
    names
        Names made so far; kept from state to state as long as the structure stays.
    """

    state: BuildState
    biases: tuple[FloatArray, ...]
    captions: Captions
    names: dict[UnitAt, str]
    _bias_range: float = field(init=False)

    def __post_init__(self) -> None:
        """Look up what all units share."""
        self._bias_range = bias_range(self.biases)
        network = self.state.experiment.network
        self._last = len(network.layers) - 1
        self._pinned = [frozenset(layer.pinned) for layer in network.layers]
        self._is_picture = picture_side(self.state) > 0
        self._has_maps = self.state.has_maps
        values = self.state.row_values
        self._chosen = int(decide(values[-1][1][None], "multiclass")[0]) if values else -1

    def name(self, at: UnitAt) -> str:
        """Return the unit's short name."""
        name = self.names.get(at)
        if name is None:
            name = unit_name(at, self.state.experiment.network, self.state.dataset)
            self.names[at] = name
        return name

    def value(self, at: UnitAt) -> float | None:
        """Return the unit's activation on the chosen row."""
        if at.layer == INPUTS:
            return None if self.state.row_x is None else float(self.state.row_x[at.unit])
        values = self.state.row_values
        return None if values is None else float(values[at.layer][1][at.unit])

    def value_text(self, at: UnitAt, value: float | None) -> str:
        """Return the chip's text: three decimals for outputs, two for hidden units."""
        if value is None:
            return ""
        dataset = self.state.dataset
        if at.layer == INPUTS:
            return show_number(dataset.x_in_own_units(at.unit, value), 3)
        if at.layer == self._last and dataset.task == "regression":
            value = dataset.y_in_own_units(at.unit, value)
        if abs(value) >= 1e5 or not np.isfinite(value):
            return show_number(value, 3)
        return show_fixed(value, 3 if at.layer == self._last else 2)

    def rail(self, at: UnitAt) -> Rail | None:
        """Return the unit's bias, ``None`` where it has none."""
        if at.layer == INPUTS:
            return None
        layer = self.state.experiment.network.layers[at.layer]
        if not layer.use_bias:
            return None
        inputs = self.state.experiment.network.inputs_of(at.layer)
        position = float(self.biases[at.layer][at.unit]) / self._bias_range
        # A step of a hundredth is under a pixel: smaller moves need no new drawing.
        position = round(position, 2) if np.isfinite(position) else 0.0
        return Rail(position, (inputs, at.unit) in self._pinned[at.layer])

    def style(self, at: UnitAt) -> UnitStyle:
        """Return all that the unit shows."""
        value = self.value(at)
        caption, tone = self.captions.get((at.layer, at.unit), ("", ""))
        share, chosen, grey, fill, is_long = None, False, None, None, False
        text = self.value_text(at, value)
        if at.layer == self._last and self._is_label_layer:
            share = 0.0 if value is None else min(max(value, 0.0), 1.0)
            chosen = at.unit == self._chosen
            text = "" if value is None else percent(share)
            # A hundredth of the bar is under half a pixel: smaller changes need no new drawing.
            share = round(share, 2)
            is_long = self._has_long_labels
            fill = round(share, 2) if is_long else None
        elif at.layer == INPUTS and self._is_picture:
            grey, text = self._grey(value), ""
        elif not self._has_maps:
            fill = self._fill(at, value)
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

    @property
    def _is_label_layer(self) -> bool:
        layer = self.state.experiment.network.layers[-1]
        return not self._has_maps and layer.units > 1 and layer.activation in ("softmax", "sigmoid")

    @cached_property
    def _has_long_labels(self) -> bool:
        """Whether a class's name is longer than the two letters that a box holds."""
        return any(
            len(self.name(UnitAt(self._last, unit))) > 2
            for unit in range(self.state.experiment.network.layers[-1].units)
        )

    def texts_px(self, inputs: Sequence[int], outputs: Sequence[int]) -> tuple[float, float]:
        """Return how wide the texts at the left of the inputs and right of the outputs are."""
        metrics = QFontMetricsF(font(TITLE_PX, 600))

        def widest(layer: int, units: Sequence[int]) -> float:
            names = (self.name(UnitAt(layer, unit)) for unit in units)
            return min(max(map(metrics.horizontalAdvance, names), default=0.0), NAME_PX)

        right = widest(self._last, outputs)
        if self._is_label_layer:
            right = max(right, BAR_PX + 64)
        return widest(INPUTS, inputs), right

    def _grey(self, value: float | None) -> float:
        if value is None or self.state.row_x is None:
            return 0.0
        peak = float(np.abs(self.state.row_x).max(initial=0.0)) or 1.0
        return float(min(max(abs(value) / peak, 0.0), 1.0))

    def _fill(self, at: UnitAt, value: float | None) -> float:
        if value is None or not np.isfinite(value):
            return 0.0
        values = self.state.row_values
        row = self.state.row_x if at.layer == INPUTS or values is None else values[at.layer][1]
        peak = max(1.0, 0.0 if row is None else float(np.abs(row).max(initial=0.0)))
        return round(min(max(value / peak, -1.0), 1.0), 2)
