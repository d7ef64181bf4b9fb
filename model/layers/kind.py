"""The protocol of a kind of layer: its shapes and its part of both passes.

Every layer keeps its numbers as one matrix, shape (rows, units), whose last row is the bias where
there is one. A kind says how many rows there are and what they are multiplied by. Activation,
drop-out, penalties, pinned weights and the flat vector of all weights are the same for all kinds.

In the textbook's form examples come first, shape (examples, *shape). In the kernels that train they
come **last**, shape (*shape, examples).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

import msgspec
import numpy as np

from model.arrays import FloatArray
from model.errors import ModelError

if TYPE_CHECKING:
    from model.experiment import LayerSpec

Call = Callable[[], object]
Shape = tuple[int, ...]
"""Of one example: (units,), or (channels, height, width)."""


class Source(NamedTuple):
    """A buffer that a layer reads, laid out as its kind needs it.

    Attributes
    ----------
    array
        All of it, such as a row of ones or a border of zeros.
    values
        The part that the layer before fills, shape (*shape, examples).
    """

    array: FloatArray
    values: FloatArray


class Slot(NamedTuple):
    """The arrays of one layer in a kernel.

    Attributes
    ----------
    matrix
        Weights, then the bias where there is one; shape (rows, units).
    gradient
        Likewise; ``None`` in a kernel that only evaluates.
    z, delta
        Weighted sums and dL/dz, contiguous, shape (*output shape, examples).
    """

    matrix: FloatArray
    gradient: FloatArray | None
    z: FloatArray
    delta: FloatArray


class FirstPass(NamedTuple):
    """The work of the first layer, whose batch is another array at each step.

    Each takes the batch, shape (inputs, examples), with a last row of ones where the layer has a
    bias; `forward` fills ``z``, `backward` the gradient.
    """

    forward: Callable[[FloatArray], object]
    backward: Callable[[FloatArray], object]


class Pass(NamedTuple):
    """The work of a later layer, as calls in order.

    `forward` fills ``z``; `backward` the gradient, and dL/da of the layer before.
    """

    forward: tuple[Call, ...]
    backward: tuple[Call, ...]


class Move(NamedTuple):
    """How a layer changes when it reads different values than before.

    Attributes
    ----------
    rows, units
        Where each of its rows and units was, negative for a new one.
    """

    rows: np.ndarray
    units: np.ndarray


class LayerKind(msgspec.Struct, frozen=True, tag_field="name", forbid_unknown_fields=True):
    """A kind of layer with its settings, as stored in files.

    Attributes
    ----------
    is_dense
        Whether each unit reads every value by a weight of its own, as ensembles take for granted.
    onnx_operators
        ONNX's operators that are layers of this kind; exports write the first.
    numpy_sums
        The expression of z in a NumPy script, of ``a``, ``W`` and ``b``.
    """

    is_dense: ClassVar[bool] = False
    onnx_operators: ClassVar[tuple[str, ...]] = ()
    numpy_sums: ClassVar[str] = ""

    def only_dense(self) -> ModelError:
        """Return the error of whatever takes dense layers only."""
        return ModelError(
            "network.kind",
            "This takes dense layers only, and the network has one of the kind {kind}. Replace it "
            "by a dense layer first.",
            kind=type(self).__struct_config__.tag,
        )

    # -- Shapes ------------------------------------------------------------------------------------

    def check(self, layer: LayerSpec, shape: Shape, number: int) -> None:
        """Refuse a layer that cannot read its input, or has impossible settings.

        Parameters
        ----------
        shape
            Of what it would read.
        number
            Which layer it is, from 1.

        Raises
        ------
        ModelError
            A code of the kind's own.
        """

    def output_shape(self, layer: LayerSpec, shape: Shape) -> Shape:
        """Return the output shape for an input of `shape`."""
        raise NotImplementedError

    def units(self, shape: Shape, wanted: int) -> int:
        """Return how many units a layer with an input of `shape` gets if `wanted` are wanted."""
        return wanted

    def rows(self, shape: Shape) -> int:
        """Return a layer's number of weight rows, without the bias row."""
        raise NotImplementedError

    def fans(self, layer: LayerSpec, shape: Shape) -> tuple[int, int]:
        """Return fan-in and fan-out for the initialiser, each at least 1."""
        raise NotImplementedError

    def reads(self, layer: LayerSpec, shape: Shape, cell: int) -> np.ndarray:
        """Return which values a weighted sum adds, as indices into the flattened input.

        Value i is multiplied by row i of the weights; of a kind without any, by 1.

        Parameters
        ----------
        cell
            Which sum, as a place in what the layer makes, flattened.
        """
        raise NotImplementedError

    def matrix(self, layer: LayerSpec, shape: Shape, w: FloatArray) -> FloatArray:
        """Return by what each value read is multiplied in each sum, 0 where it is not in it.

        Shape (values, sums): the W of a dense layer that does the same.
        """
        sums = math.prod(self.output_shape(layer, shape))
        made = np.zeros((math.prod(shape), sums), w.dtype)
        for cell in range(sums):
            made[self.reads(layer, shape, cell), cell] = w[:, cell] if len(w) else 1.0
        return made

    # -- Edits -------------------------------------------------------------------------------------

    def moved(self, layer: LayerSpec, shape: Shape, places: np.ndarray) -> Move:
        """Return how a layer changes when the values that it reads have moved.

        Parameters
        ----------
        shape
            Of what it read before.
        places
            Where each value was, flattened; negative for a new one.
        """
        raise NotImplementedError

    def rescaled(
        self, w: FloatArray, b: FloatArray, scale: FloatArray, shift: FloatArray
    ) -> tuple[FloatArray, FloatArray] | None:
        """Return W and b that make of x what these make of x * scale + shift, if there are any."""
        return None

    # -- The definition ----------------------------------------------------------------------------

    def sums(self, w: FloatArray, b: FloatArray | None, x: FloatArray) -> FloatArray:
        """Return z for `x` of shape (examples, *shape)."""
        raise NotImplementedError

    def sums_of_columns(self, w: FloatArray, b: FloatArray | None, x: FloatArray) -> FloatArray:
        """Return z for `x` of shape (*shape, examples)."""
        return np.moveaxis(self.sums(w, b, np.moveaxis(x, -1, 0)), 0, -1)

    def sums_back(
        self, w: FloatArray, x: FloatArray, delta: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return dL/dW and dL/dx for dL/dz, shape (examples, *output shape)."""
        raise NotImplementedError

    # -- Training ----------------------------------------------------------------------------------

    def source(
        self, layer: LayerSpec, shape: Shape, examples: int, dtype: np.dtype[np.floating]
    ) -> Source:
        """Make the buffer that a layer reads."""
        raise NotImplementedError

    def bind_first(self, layer: LayerSpec, shape: Shape, slot: Slot) -> FirstPass:
        """Bind the layer that reads the batch."""
        raise NotImplementedError

    def bind(self, layer: LayerSpec, source: Source, slot: Slot, before: FloatArray) -> Pass:
        """Bind a layer that reads `source` and carries dL/da back to `before`, laid out as z."""
        raise NotImplementedError

    # -- Other programs ----------------------------------------------------------------------------

    def torch_module(self, layer: LayerSpec, shape: Shape) -> str:
        """Return PyTorch's module; its weights have the shape of ours turned, as its bias has."""
        raise self.only_dense()

    @classmethod
    def from_onnx(
        cls, attributes: Mapping[str, float], arrays: Sequence[FloatArray], width: int | None
    ) -> tuple[Self, FloatArray, FloatArray | None] | None:
        """Return a layer that an ONNX node is, with W and b; ``None`` where it cannot be one.

        Parameters
        ----------
        attributes, arrays
            Of the node: what it is set to, and the constants that it reads after x.
        width
            How many values it is given; ``None`` where that is not known.
        """
        return None
