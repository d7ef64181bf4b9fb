"""Logic gates in the window."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from foundation.text import mark, tr
from gui.build_tab.sources.painting import paint_map
from gui.build_tab.sources.view import GATES as SECTION
from gui.build_tab.sources.view import SourceView, Tile
from model.data.gates import GATES, TWO_INPUT_GATES, truth_table
from model.experiment import FloatArray, GateData

_GRAY_CODE = {1: (0, 1), 2: (0, 1, 3, 2)}
_NAMES: dict[str, object] = {
    "and": "AND",
    "or": "OR",
    "nand": "NAND",
    "nor": "NOR",
    "xor": "XOR",
    "xnor": "XNOR",
    "not": "NOT",
    "majority": mark("Majority"),
    "parity": mark("Parity"),
    "half_adder": mark("Half adder"),
    "full_adder": mark("Full adder"),
    "false": mark("always 0"),
    "true": mark("always 1"),
}
_TILES = "and or nand nor xor xnor not majority:3 parity:3 half_adder full_adder"
_MENU = "all_16"
"""Key of the tile that opens a menu of all two-input gates."""


def gate_formula(gate: str) -> str:
    """Return a two-input gate as the formula below a unit: "x₁ ∧ ¬x₂"."""
    return GATES[gate].symbol.replace("A", "x₁").replace("B", "x₂")


def _source_name(gate: str) -> str:
    """Return a gate's English name; an unnamed gate has its formula.

    An unknown gate from a file keeps its name in the file.
    """
    return str(_NAMES.get(gate) or (gate_formula(gate) if gate in GATES else gate))


def karnaugh(values: FloatArray) -> FloatArray:
    """Arrange a gate's outputs as a Karnaugh map.

    Parameters
    ----------
    values
        Outputs in counting order of the inputs, shape (2^inputs,), at most 4 inputs.

    Returns
    -------
    numpy.ndarray
        Row 0 on top. Two inputs: x1 to the right, x2 upwards; more: Gray code along both sides.
    """
    inputs = len(values).bit_length() - 1
    if inputs == 1:
        return values.reshape(1, 2)
    if inputs == 2:
        return values.reshape(2, 2).T[::-1]
    across = inputs - inputs // 2
    table = values.reshape(2**across, -1)
    return table[np.ix_(_GRAY_CODE[across], _GRAY_CODE[inputs - across])].T[::-1]


def _paint_gate(gate: GateData, painter: QPainter, area: QRectF) -> None:
    _, y = truth_table(gate.name, gate.inputs)
    outputs = y.shape[1]
    maps = [karnaugh(y[:, i]) for i in range(outputs)]
    side = min(11.0, (area.width() - 4 * (outputs - 1)) / outputs / maps[0].shape[1])
    width = side * maps[0].shape[1]
    left = area.center().x() - (width * outputs + 4 * (outputs - 1)) / 2
    for index, cells in enumerate(maps):
        height = side * cells.shape[0]
        top = area.center().y() - height / 2
        place = QRectF(QPointF(left + index * (width + 4), top), QSizeF(width, height))
        paint_map(painter, cells, place, 1.0)


def _paint_all_gates(painter: QPainter, area: QRectF) -> None:
    side = area.width() / 8
    for index, name in enumerate(TWO_INPUT_GATES):
        _, y = truth_table(name, 2)
        row, column = divmod(index, 8)
        top = area.center().y() + (row - 1) * side
        place = QRectF(area.left() + column * side, top, side - 1.5, side - 1.5)
        paint_map(painter, karnaugh(y[:, 0]), place, 0.4)


def _tile(name: str) -> Tile:
    """Return the tile of a gate's command-line name, where ":3" is the number of inputs."""
    gate = GateData.named(name)
    assert gate is not None
    source_name = _source_name(gate.name)
    return Tile(f"gate:{gate.name}", gate, source_name, SECTION, partial(_paint_gate, gate))


class GateView(SourceView[GateData]):
    """Logic gates."""

    kind = GateData
    tiles = (
        *map(_tile, _TILES.split()),
        Tile(_MENU, None, mark("All 16"), SECTION, _paint_all_gates),
    )

    def key(self, data: GateData) -> str:
        key = super().key(data)
        is_own = any(tile.key == key for tile in self.tiles)
        return key if is_own or data.name not in TWO_INPUT_GATES else _MENU

    def title(self, data: GateData) -> str:
        return tr(_source_name(data.name))

    def file_title(self, data: GateData) -> str:
        # Not by signs of logic.
        return data.name.replace("_", " ") if self.key(data) == _MENU else self.title(data)

    def has_known_words(self, data: GateData) -> bool:
        return True
