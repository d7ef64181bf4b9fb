"""The part of the picture that a cell depends on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vision.look.inside.cell import Cell
from vision.look.inside.graph import Graph, Kind, Layer, as_maps
from vision.look.inside.window import window_of


class Box(NamedTuple):
    """A range of rows and columns of maps, the end excluded."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """The number of columns."""
        return self.right - self.left


_SAME_PLACE = (
    Kind.SUM,
    Kind.PRODUCT,
    Kind.SCALE,
    Kind.ACTIVATION,
    Kind.JOIN,
    Kind.LOCAL_NORMALISATION,
    Kind.REARRANGEMENT,
    Kind.SOFTMAX,
)


def receptive_field(graph: Graph, layer: Layer, cell: Cell) -> Box:
    """Return the part of the picture's tensor that a cell can depend on.

    Notes
    -----
    Computed backwards through the windows of all preceding layers (Araujo, Norris and Sim,
    "Computing Receptive Fields of Convolutional Neural Networks", 2019); a layer of unknown kind
    depends on its whole input.
    """
    boxes = {layer.output: Box(cell.row, cell.column, cell.row + 1, cell.column + 1)}
    for one in reversed(graph.layers):
        box = boxes.pop(one.output, None)
        if box is None:
            continue
        for name in one.inputs:
            needed = _needed(graph, one, name, box)
            boxes[name] = needed if name not in boxes else _hull(boxes[name], needed)
    whole = Box(0, 0, *graph.shape[-2:])
    return boxes.get(graph.picture, whole)


def _needed(graph: Graph, layer: Layer, name: str, box: Box) -> Box:
    """Return the part of an input that a layer needs for a part of its output."""
    maker = graph.layer_of(name)
    shape = graph.shape if maker is None else maker.shape
    _, height, width = as_maps(shape)
    window = window_of(layer, (height, width))
    if window is not None:
        top, left = window.first(box.top, box.left)
        bottom, right = window.first(box.bottom - 1, box.right - 1)
        down, across = window.span
        wanted = (top, left, bottom + down, right + across)
        inside = np.clip(wanted, (0, 0, 1, 1), (height - 1, width - 1, height, width))
        return Box(*inside.tolist())
    is_same = layer.maps_shape[1:] == (height, width) and layer.kind in _SAME_PLACE
    return box if is_same else Box(0, 0, height, width)


def _hull(one: Box, other: Box) -> Box:
    return Box(
        min(one.top, other.top),
        min(one.left, other.left),
        max(one.bottom, other.bottom),
        max(one.right, other.right),
    )
