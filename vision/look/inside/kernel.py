"""A map's kernel as a single unit: a weighted sum of a patch, with example patches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.look.inside.activations import Activation
from vision.look.inside.cell import Cell, Explanation, explain
from vision.look.inside.constants import Array
from vision.look.inside.graph import Graph, Kind
from vision.look.inside.network import Forward

type Numbers = npt.NDArray[np.float64]

MAX_INPUTS: Final = 1_500
"""Maximum inputs; a larger unit cannot be inspected weight by weight."""

MAX_PATCHES: Final = 100


@dataclass(frozen=True, eq=False)
class Kernel:
    """A map's computation for every patch, in the form of a unit.

    Attributes
    ----------
    explanation
        How the chosen cell of the map is computed.
    weights
        (inputs,), map by map and row by row, including the layer's scaling.
    bias
        Bias, including the layer's scaling.
    activation
        Activation of the unit by ONNX's name, or None for the plain sum.
    upper_bound
        Upper bound of the layer's activation that the unit's lacks, or None.
    missing_activation
        Activation of the layer that a unit cannot have, or None.
    """

    explanation: Explanation
    weights: Numbers
    bias: float
    activation: str | None = None
    upper_bound: float | None = None
    missing_activation: Activation | None = None


def kernel_of(told: Explanation | None, known: Collection[str]) -> Kernel | None:
    """Return a map of a layer as a unit, or None if it is not one.

    Parameters
    ----------
    told
        How a cell of the map is computed, or None if it is not explained.
    known
        Activations that a unit can have, by ONNX's names, with their default parameters.

    Notes
    -----
    A sum z = w x + b that is scaled to f z + s has the weights f w and the bias f b + s.
    ``HardSigmoid`` is min(max(0, alpha z + beta), 1): a ReLU of a scaled sum, up to 1.
    """
    if told is None or told.weights is None or told.weights.size > MAX_INPUTS:
        return None
    layer = told.layer
    added = [layer.bias, *(part for scale in layer.scales for part in (scale.factor, scale.shift))]
    has_places = layer.maps_shape[1:] != (1, 1)
    if layer.kind not in (Kind.CONVOLUTION, Kind.DENSE):
        return None
    if has_places and not all(map(_is_constant_per_map, added)):
        return None
    steps: list[tuple[float, float]] = list(told.scales)
    activation = told.activation
    parameters = () if activation is None else activation.parameters
    name: str | None = None
    bound: float | None = None
    match "" if activation is None else activation.name:
        case "Clip" if parameters[0] == 0:
            name, bound = "Relu", parameters[1]
        case "HardSigmoid":
            name, bound = "Relu", 1.0
            steps.append((parameters[0], parameters[1]))
        case other if other in known and parameters == _USUAL.get(other, ()):
            name = other
    weights, bias = told.weights.ravel(), told.bias or 0.0
    for factor, shift in steps:
        weights, bias = factor * weights, factor * bias + shift
    return Kernel(told, weights, bias, name, bound, None if name else activation)


def patches_of(graph: Graph, forward: Forward, kernel: Kernel) -> tuple[Numbers, Numbers]:
    """Return the inputs of some cells of a kernel's map, and the unit's targets for them.

    Returns
    -------
    rows, targets
        (rows, inputs) and (rows,): the chosen cell first, then evenly spaced ones, without those at
        the bound. Targets are the map's values; the sums instead if
        `missing_activation` is set, and for a chosen cell at the bound.
    """
    layer, chosen = kernel.explanation.layer, kernel.explanation.cell
    values = forward.maps(layer.output)[chosen.channel]
    free = (
        np.ones(values.shape, bool) if kernel.upper_bound is None else values < kernel.upper_bound
    )
    free[chosen.row, chosen.column] = False
    places = np.argwhere(free)
    some = np.linspace(0, len(places) - 1, min(len(places), MAX_PATCHES - 1)).astype(int)
    cells = [chosen, *(Cell(chosen.channel, int(row), int(col)) for row, col in places[some])]
    rows, outputs = [], []
    for cell in cells:
        told = explain(graph, forward, layer, cell)
        assert told is not None  # as the chosen cell, which is of the same map
        rows.append(told.values.ravel())
        outputs.append(_target(kernel, told))
    return np.array(rows), np.array(outputs)


def _target(kernel: Kernel, told: Explanation) -> float:
    """Return the unit's target for a cell's input."""
    if kernel.missing_activation is not None:
        return told.scaled
    if kernel.upper_bound is not None and told.forward_value >= kernel.upper_bound:
        return float(told.values.ravel() @ kernel.weights + kernel.bias)
    return told.forward_value


_USUAL: Final = {"LeakyRelu": (0.01,), "Elu": (1.0,)}


def _is_constant_per_map(part: Array | None) -> bool:
    """Return whether a broadcast constant has one value per map."""
    return part is None or part.size == 1 or part.shape[-2:] == (1, 1)
