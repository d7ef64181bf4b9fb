"""Recomputes one value of a network from its layer's input and compares it with OpenCV's."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vision.look.inside.activations import Activation
from vision.look.inside.graph import Graph, Kind, Layer, as_maps
from vision.look.inside.network import Forward
from vision.look.inside.window import window_of

type Block = npt.NDArray[np.float64]
"""Values (maps, height, width), float64."""


class Cell(NamedTuple):
    """A position in the maps of a layer."""

    channel: int
    row: int
    column: int


class Source(NamedTuple):
    """The origin of a value that a cell reads: a tensor and a position in it."""

    tensor: str
    cell: Cell


class Scaled(NamedTuple):
    """One scaling step: a factor and a shift."""

    factor: float
    shift: float


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one value of a layer is computed.

    Attributes
    ----------
    values
        Inputs that the cell reads, (maps, height, width); 0 in the padding.
    inside
        Mask of the values that are not padding, in the shape of `values`.
    weights
        Weights of the inputs, in the shape of `values`; None if nothing is weighted.
    bias
        Bias added to the sum, or None.
    total
        Result of the main operator, including the bias.
    scales
        Scaling steps applied to `total`, in order.
    scaled
        Value after the scaling steps.
    activation
        Final activation, or None.
    forward_value
        The value in the forward pass.
    """

    layer: Layer
    cell: Cell
    values: Block
    inside: npt.NDArray[np.bool_]
    weights: Block | None
    bias: float | None
    total: float
    scales: tuple[Scaled, ...]
    scaled: float
    activation: Activation | None
    result: float
    forward_value: float
    sources: Callable[[int, int, int], Source]

    @property
    def gap(self) -> float:
        """The difference of the two computations; NaN if only one of them is NaN."""
        same = self.result == self.forward_value or (
            math.isnan(self.result) and math.isnan(self.forward_value)
        )
        return 0.0 if same else abs(self.result - self.forward_value)

    @property
    def magnitude(self) -> float:
        """The largest term; a float32 sum is no more precise than its terms."""
        terms = self.values if self.weights is None else self.products
        largest = float(np.abs(terms).max(initial=0.0))
        for scale in self.scales:
            largest = max(largest * abs(scale.factor), abs(scale.shift))
        return max(largest, abs(self.result), abs(self.forward_value))

    @property
    def is_explained_by_rounding(self) -> bool:
        """Whether float32 rounding explains the gap."""
        # An infinite gap is no more than an infinite term, and explained by none.
        return self.gap == 0 or (math.isfinite(self.gap) and self.gap <= AGREEMENT * self.magnitude)

    @property
    def products(self) -> Block:
        """The terms of the sum, in the shape of `values`."""
        return self.values if self.weights is None else self.values * self.weights

    def largest(self, count: int) -> list[tuple[int, int, int]]:
        """Return the indices in `values` of the `count` largest terms, largest magnitude first."""
        flat = np.abs(self.products * self.inside).ravel()
        order = np.argsort(-flat, kind="stable")[:count]
        places = (np.unravel_index(int(place), self.values.shape) for place in order)
        return [(int(a), int(b), int(c)) for a, b, c in places]


AGREEMENT: Final = 1e-4
"""Tolerance between a float32 forward pass and a float64 sum, relative to the largest term."""


def explain(graph: Graph, forward: Forward, layer: Layer, cell: Cell) -> Explanation | None:
    """Recompute a value of a layer, in float64, from the tensors that the layer reads.

    Returns
    -------
    How the value is computed, or None for a layer that cannot be explained.

    Notes
    -----
    The inputs are taken from the forward pass, so the gap is that of this one layer.
    """
    known = all(forward.has(name) for name in (*layer.inputs, layer.output))
    if layer.kind is Kind.OTHER or not known:
        return None
    read = _READERS[layer.kind](graph, forward, layer, cell)
    output = forward.tensors[layer.output]
    index = _index(output.shape, cell)
    total, bias = read.total, None
    if layer.bias is not None:
        bias = float(np.broadcast_to(layer.bias, output.shape)[index])
        total += bias
    scaled, scales = total, []
    for scale in layer.scales:
        step = Scaled(
            float(np.broadcast_to(scale.factor, output.shape)[index]),
            float(np.broadcast_to(scale.shift, output.shape)[index]),
        )
        scales.append(step)
        scaled = scaled * step.factor + step.shift
    activation = layer.activation
    if activation is not None:
        activation = activation.for_map(index[1] if len(index) > 1 else 0)
    result = scaled if activation is None else activation(scaled)
    inside = read.inside
    return Explanation(
        layer,
        cell,
        read.values,
        np.ones(read.values.shape, bool) if inside is None else inside,
        read.weights,
        bias,
        total,
        tuple(scales),
        scaled,
        activation,
        result,
        float(output[index]),
        read.sources,
    )


def strongest_map(forward: Forward, layer: Layer) -> int:
    """Return the map of a layer whose values vary most between positions.

    If each map is a single value, return the largest one. A map that is constant everywhere reacts
    to nothing, however large its values are.
    """
    maps = forward.maps(layer.output)
    if maps.shape[1:] == (1, 1):
        return int(np.abs(maps).argmax())
    with np.errstate(invalid="ignore"):  # `argmax` takes a map that is not of numbers first
        return int(maps.reshape(len(maps), -1).std(axis=1).argmax())


def strongest_cell(forward: Forward, layer: Layer, channel: int) -> Cell:
    """Return a map's cell of largest magnitude; among several the most central.

    NaN ranks above all numbers, because it is what the user needs to see.
    """
    values = np.abs(forward.maps(layer.output)[channel])
    values = np.where(np.isnan(values), np.inf, values)
    places = np.argwhere(values == values.max())
    middle = (np.array(values.shape) - 1) / 2
    row, column = places[((places - middle) ** 2).sum(axis=1).argmin()]
    return Cell(channel, int(row), int(column))


def trace_to_map(graph: Graph, forward: Forward, source: Source) -> Source:
    """Trace a single value back to the map that it was computed from.

    If a mean, a maximum or a rearrangement computed it from one map, return the strongest cell of
    that map; otherwise `source` itself.
    """
    tensor, cell = source
    while True:
        layer = graph.layer_of(tensor)
        height, width = forward.maps(tensor).shape[1:]
        if layer is None or height * width > 1:
            break
        is_single = layer.kind in (Kind.REARRANGEMENT, Kind.MEAN, Kind.MAXIMUM)
        if not is_single or not forward.has(layer.inputs[0]):
            break
        read = explain(graph, forward, layer, cell)
        if read is None:
            break
        tensor, cell = read.sources(*read.largest(1)[0])
    return Source(tensor, cell)


# -- What each kind of layer reads -----------------------------------------------------------------


class _Read(NamedTuple):
    """A layer's input for one cell; `total` excludes the bias."""

    total: float
    values: Block
    sources: Callable[[int, int, int], Source]
    weights: Block | None = None
    inside: npt.NDArray[np.bool_] | None = None


def _index(shape: tuple[int, ...], cell: Cell) -> tuple[int, ...]:
    return _reshape_index(cell, as_maps(shape), shape)


def _cell(shape: tuple[int, ...], index: tuple[int, ...]) -> Cell:
    return Cell(*_reshape_index(index, shape, as_maps(shape)))


def _reshape_index(
    index: tuple[int, ...], shape: tuple[int, ...], other: tuple[int, ...]
) -> tuple[int, ...]:
    """Convert an index for an array to the index after reshaping it."""
    flat = int(np.ravel_multi_index(index, shape))
    return tuple(map(int, np.unravel_index(flat, other)))


def _weighted_window(graph: Graph, forward: Forward, layer: Layer, cell: Cell) -> _Read:
    """Read the patch under a convolution's kernel or a pooling's window."""
    tensor = layer.inputs[0]
    maps = forward.maps(tensor)
    count, height, width = maps.shape
    window = window_of(layer, (height, width))
    assert window is not None  # these kinds have one
    if layer.weights is None:
        first_map, weights = cell.channel, None
        depth = 1
    else:
        group = int(layer.attributes.get("group", 1))
        depth = count // group
        first_map = cell.channel // (len(layer.weights) // group) * depth
        weights = np.asarray(layer.weights[cell.channel], np.float64)
    top, left = window.first(cell.row, cell.column)
    rows = top + window.dilations[0] * np.arange(window.size[0])
    columns = left + window.dilations[1] * np.arange(window.size[1])
    at_rows, at_columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    plane = np.logical_and.outer(rows == at_rows, columns == at_columns)
    some = maps[first_map : first_map + depth, at_rows]
    values = np.where(plane, some[:, :, at_columns], np.float64(0))
    inside = np.broadcast_to(plane, values.shape)

    def source(part: int, row: int, column: int) -> Source:
        return Source(tensor, Cell(first_map + part, int(at_rows[row]), int(at_columns[column])))

    if layer.kind is Kind.MAXIMUM:
        return _Read(float(values[inside].max()), values, source, None, inside)
    if layer.kind is Kind.MEAN:
        counted = plane
        if layer.attributes.get("count_include_pad", 0):
            # Padding counts, but not what a rounded-up size adds beyond it.
            counted = np.logical_and.outer(
                rows < height + window.end_pads[0], columns < width + window.end_pads[1]
            )
        weights = np.full(values.shape, 1.0 / counted.sum())
    assert weights is not None
    return _Read(float((values * weights).sum()), values, source, weights, inside)


def _dense(graph: Graph, forward: Forward, layer: Layer, cell: Cell) -> _Read:
    """Read all values before a dense layer, as maps if these were flattened."""
    assert layer.weights is not None  # dense layers have them
    tensor = layer.inputs[0]
    array = forward.tensors[tensor]
    index = _index(forward.tensors[layer.output].shape, cell)
    row, unit = index[:-1], index[-1]
    values = np.asarray(array[row], np.float64)
    weights = np.asarray(layer.weights[:, unit], np.float64)
    maker = graph.layer_of(tensor)
    shape: tuple[int, int, int] = (values.size, 1, 1)
    if maker is not None and maker.kind is Kind.REARRANGEMENT and maker.operator != "Transpose":
        before = forward.maps(maker.inputs[0])
        if before.size == values.size:
            tensor, shape = maker.inputs[0], before.shape

    def source(part: int, down: int, across: int) -> Source:
        if shape[1:] != (1, 1) or tensor != layer.inputs[0]:
            return Source(tensor, Cell(part, down, across))
        return Source(tensor, _cell(array.shape, (*row, part)))

    total = float(values @ weights)
    return _Read(total, values.reshape(shape), source, weights.reshape(shape))


def _elementwise(graph: Graph, forward: Forward, layer: Layer, cell: Cell) -> _Read:
    """Read the value at the same position of every input tensor."""
    shape = forward.tensors[layer.output].shape
    index = _index(shape, cell)
    values, places = [], []
    for name in layer.inputs:
        array = forward.tensors[name]
        own = index[len(index) - array.ndim :]
        own = tuple(0 if side == 1 else at for side, at in zip(array.shape, own, strict=True))
        values.append(float(array[own]))
        places.append(Source(name, _cell(array.shape, own)))
    block = np.reshape(values, (-1, 1, 1))

    def source(part: int, _row: int, _column: int) -> Source:
        return places[part]

    if layer.kind is Kind.PRODUCT:
        return _Read(math.prod(values), block, source)
    weights = np.ones_like(block)
    if layer.operator == "Sub":
        weights[1:] = -1
    return _Read(float((block * weights).sum()), block, source, weights)


def _rearranged(graph: Graph, forward: Forward, layer: Layer, cell: Cell) -> _Read:
    """Read the single value that moves to this position."""
    tensor = layer.inputs[0]
    shape, before = forward.tensors[layer.output].shape, forward.tensors[tensor].shape
    index = _index(shape, cell)
    if layer.operator == "Transpose":
        order = list(layer.attributes.get("perm") or reversed(range(len(shape))))
        own = tuple(index[order.index(axis)] for axis in range(len(order)))
    else:
        own = _reshape_index(index, shape, before)
    return _single(forward, tensor, own)


def _concatenated(graph: Graph, forward: Forward, layer: Layer, cell: Cell) -> _Read:
    """Read the value of the concatenated tensor that covers this position."""
    index = list(_index(forward.tensors[layer.output].shape, cell))
    axis = int(layer.attributes.get("axis", 1)) % len(index)
    for name in layer.inputs:
        side = forward.tensors[name].shape[axis]
        if index[axis] < side:
            return _single(forward, name, tuple(index))
        index[axis] -= side
    raise AssertionError("a cell lies in one of the joined tensors")


def _single(forward: Forward, tensor: str, index: tuple[int, ...]) -> _Read:
    array = forward.tensors[tensor]
    value = float(array[index])
    place = Source(tensor, _cell(array.shape, index))
    return _Read(value, np.full((1, 1, 1), value), lambda _part, _row, _column: place)


def _softmax(graph: Graph, forward: Forward, layer: Layer, cell: Cell) -> _Read:
    """Read all values of a softmax."""
    tensor = layer.inputs[0]
    array = forward.tensors[tensor]
    index = _index(array.shape, cell)
    axis = layer.attributes.get("axis")
    if axis is None or (array.ndim == 4 and axis == 1 and array.shape[2:] == (1, 1)):
        axis = 1 if array.ndim > 1 else 0
    axis = int(axis) % array.ndim
    logits = np.asarray(np.moveaxis(array, axis, -1), np.float64)
    logits = logits[(*index[:axis], *index[axis + 1 :])]
    powers = np.exp(logits - logits.max())

    def source(part: int, _row: int, _column: int) -> Source:
        return Source(tensor, _cell(array.shape, (*index[:axis], part, *index[axis + 1 :])))

    return _Read(float(powers[index[axis]] / powers.sum()), logits.reshape(-1, 1, 1), source)


def _local(graph: Graph, forward: Forward, layer: Layer, cell: Cell) -> _Read:
    """Read the value and its neighbours in adjacent maps (Krizhevsky et al., 2012, 3.3)."""
    tensor = layer.inputs[0]
    maps = forward.maps(tensor)
    size = int(layer.attributes["size"])
    alpha, beta, bias = (
        float(layer.attributes.get(key, usual))
        for key, usual in (("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0))
    )
    first = max(0, cell.channel - (size - 1) // 2)
    last = min(len(maps), cell.channel + size // 2 + 1)
    values = np.asarray(maps[first:last, cell.row, cell.column], np.float64)
    squares = float((values * values).sum())
    total = values[cell.channel - first] / (bias + alpha / size * squares) ** beta

    def source(part: int, _row: int, _column: int) -> Source:
        return Source(tensor, Cell(first + part, cell.row, cell.column))

    return _Read(float(total), values.reshape(-1, 1, 1), source)


_READERS: Final[dict[Kind, Callable[[Graph, Forward, Layer, Cell], _Read]]] = {
    Kind.CONVOLUTION: _weighted_window,
    Kind.MAXIMUM: _weighted_window,
    Kind.MEAN: _weighted_window,
    Kind.DENSE: _dense,
    Kind.SUM: _elementwise,
    Kind.PRODUCT: _elementwise,
    Kind.SCALE: _elementwise,
    Kind.ACTIVATION: _elementwise,
    Kind.JOIN: _concatenated,
    Kind.REARRANGEMENT: _rearranged,
    Kind.SOFTMAX: _softmax,
    Kind.LOCAL_NORMALISATION: _local,
}


def scores_of(graph: Graph, classes: int) -> Layer | None:
    """Return the layer with one score per class, before any softmax, or None if there is none."""
    layer: Layer | None = graph.layers[-1] if graph.layers else None
    while layer is not None and layer.kind in (Kind.SOFTMAX, Kind.REARRANGEMENT):
        layer = graph.layer_of(layer.inputs[0])
    if layer is None or layer.maps_shape != (classes, 1, 1):
        return None
    return layer
