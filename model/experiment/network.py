"""The network of an experiment: layers with their weights."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
from msgspec.structs import replace

from model.activations import ACTIVATION_KINDS
from model.arrays import frozen_array, same_values
from model.errors import require
from model.layers import DENSE, AnyLayerKind
from model.layers.kind import LayerKind, Shape

if TYPE_CHECKING:
    from model.activations.kind import ActivationKind

    Activation = str
else:
    Activation = Literal[tuple(ACTIVATION_KINDS)]  # a file with any other name is refused

ACTIVATIONS: tuple[Activation, ...] = tuple(ACTIVATION_KINDS)


class LayerSpec(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """One layer: ``a = activation(z)``; its kind computes the weighted sums z.

    Attributes
    ----------
    units
        Number of units, at least 1.
    activation
        Name of the activation function.
    use_bias
        Whether `biases` is added and trained.
    dropout
        Fraction of the layer's activations dropped during training, 0 to below 1.
    weights
        W, shape (inputs, units) for a dense layer, or ``None`` if not drawn yet.
    biases
        b, shape (units,), or ``None`` if not drawn yet.
    pinned
        Weights that training does not change, as (row, unit); row ``inputs`` is the bias.
    other_kind
        Kind of layer with its settings; omitted for a dense layer.

    Raises
    ------
    ModelError
        Code ``experiment.range`` for an unknown activation.
    """

    units: int
    activation: Activation = "relu"
    use_bias: bool = True
    dropout: float = 0.0
    weights: np.ndarray | None = None
    biases: np.ndarray | None = None
    pinned: tuple[tuple[int, int], ...] = ()
    other_kind: AnyLayerKind | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="kind")

    def __post_init__(self) -> None:
        """Make the arrays read-only, and omit the kind of a dense layer."""
        if self.other_kind == DENSE:
            msgspec.structs.force_setattr(self, "other_kind", msgspec.UNSET)
        known = ", ".join(ACTIVATIONS)
        require(self.activation in ACTIVATIONS, "The activation", self.activation, known)
        for name in ("weights", "biases"):
            value = getattr(self, name)
            if value is not None:
                value = np.asarray(value)  # lists of numbers are welcome, whole ones too
                if name == "weights" and value.shape == (0,):  # no rows, as in a file
                    value = value.reshape(0, self.units)
                floats = value if value.dtype.kind == "f" else value.astype(np.float64)
                msgspec.structs.force_setattr(self, name, frozen_array(floats))

    @property
    def kind(self) -> LayerKind:
        """The kind that computes the weighted sums."""
        return DENSE if self.other_kind is msgspec.UNSET else self.other_kind

    @property
    def activation_kind(self) -> ActivationKind:
        """The activation object for the layer's activation name."""
        return ACTIVATION_KINDS[self.activation]

    @property
    def weights_and_biases(self) -> tuple[np.ndarray, np.ndarray]:
        """W and b of a layer whose weights have been drawn."""
        assert self.weights is not None
        assert self.biases is not None
        return self.weights, self.biases

    def __eq__(self, other: object) -> bool:
        """Compare settings and all weights."""
        astuple = msgspec.structs.astuple
        return isinstance(other, LayerSpec) and same_values(astuple(self), astuple(other))

    __hash__ = None  # type: ignore[assignment]  # arrays cannot be hashed; say so plainly


class NetworkSpec(msgspec.Struct, frozen=True, dict=True, forbid_unknown_fields=True):
    """A stack of layers.

    Attributes
    ----------
    inputs
        Number of input values.
    layers
        Hidden layers first, the output layer last; at least one.
    """

    inputs: int
    layers: tuple[LayerSpec, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, followed by the number of units of each layer."""
        return self.inputs, *(layer.units for layer in self.layers)

    @cached_property
    def flow(self) -> tuple[Shape, ...]:
        """The shape of an example at the input and after each layer.

        Raises
        ------
        ModelError
            If a layer's kind cannot process the output of the layer before it.
        """
        shapes: list[Shape] = [(self.inputs,)]
        for number, layer in enumerate(self.layers, start=1):
            layer.kind.check(layer, shapes[-1], number)
            shapes.append(layer.kind.output_shape(layer, shapes[-1]))
        return tuple(shapes)

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """The shape of each layer's parameter matrix, with the bias as an additional row."""
        return tuple(
            (layer.kind.rows(shape) + layer.use_bias, layer.units)
            for layer, shape in zip(self.layers, self.flow, strict=False)
        )

    def parameter_count(self) -> int:
        """Return the number of trainable parameters."""
        return sum(rows * units for rows, units in self.shapes)

    def multiplication_count(self) -> int:
        """Return the approximate number of multiplications for one example."""
        return sum(
            math.prod(made) * layer.kind.rows(read)
            for layer, (read, made) in zip(self.layers, pairwise(self.flow), strict=True)
        )

    def weight_rows(self, layer: int) -> int:
        """Return a layer's number of weight rows, which is also the index of its bias row."""
        return self.layers[layer].kind.rows(self.flow[layer])

    def place(self, layer: int, row: int, unit: int) -> int:
        """Return a parameter's index in the flat vector; row ``inputs`` is the bias."""
        before = sum(rows * units for rows, units in self.shapes[:layer])
        return before + row * self.layers[layer].units + unit

    def reads(self, layer: int, unit: int) -> np.ndarray:
        """Return the units of the previous layer that enter a weighted sum, in row order."""
        spec = self.layers[layer]
        return spec.kind.reads(spec, self.flow[layer], unit)

    def readers(self, layer: int, unit: int) -> tuple[np.ndarray, np.ndarray]:
        """Return row and unit of each of the next layer's weights that multiply a unit."""
        units = range(math.prod(self.flow[layer + 2]))
        reads = np.array([self.reads(layer + 1, reader) for reader in units])
        readers, rows = np.nonzero(reads == unit)
        return rows, readers

    def with_layer(self, index: int, layer: LayerSpec) -> NetworkSpec:
        """Return the network with one layer replaced, counted from 0."""
        layers = list(self.layers)
        layers[index] = layer
        return replace(self, layers=tuple(layers))

    def with_weights(
        self, weights: Iterable[np.ndarray | None], biases: Iterable[np.ndarray | None]
    ) -> NetworkSpec:
        """Return the network with new weights and biases, one of each per layer."""
        layers = tuple(
            replace(layer, weights=w, biases=b)
            for layer, w, b in zip(self.layers, weights, biases, strict=True)
        )
        return replace(self, layers=layers)

    def without_weights(self) -> NetworkSpec:
        """Return the network without weights, so that new ones are drawn."""
        nothing = [None] * len(self.layers)
        return self.with_weights(nothing, nothing)
