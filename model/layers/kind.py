"""The protocol of a kind of layer: its shapes and its part of both passes.

Every layer keeps its parameters as one matrix, shape (rows, units), with the bias, if any, as the
last row. A kind defines the number of rows and the values they multiply. Activation, dropout,
penalties, pinned weights and the flat vector of all weights are the same for all kinds.

In the textbook's form examples come first, shape (examples, *shape). In the training kernels they
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
"""Shape of one example: (units,), or (channels, height, width)."""


class Source(NamedTuple):
    """A buffer that a layer reads, laid out as its kind needs it.

    Attributes
    ----------
    array
        The whole buffer, including padding such as a row of ones or a border of zeros.
    values
        The part filled by the layer before, shape (*shape, examples).
    """

    array: FloatArray
    values: FloatArray


class Slot(NamedTuple):
    """The arrays of one layer in a kernel.

    Attributes
    ----------
    matrix
        Weights, followed by the bias if there is one; shape (rows, units).
    gradient
        Same shape; ``None`` in a kernel that only evaluates.
    z, delta
        Weighted sums and dL/dz, contiguous, shape (*output shape, examples).
    """

    matrix: FloatArray
    gradient: FloatArray | None
    z: FloatArray
    delta: FloatArray


class FirstPass(NamedTuple):
    """The work of the first layer, whose batch is a different array at each step.

    Both functions take the batch, shape (inputs, examples), with a last row of ones if the layer
    has a bias; `forward` fills ``z``, `backward` the gradient.
    """

    forward: Callable[[FloatArray], object]
    backward: Callable[[FloatArray], object]


class Pass(NamedTuple):
    """The work of a later layer, as an ordered list of calls.

    `forward` fills ``z``; `backward` the gradient, and dL/da of the layer before.
    """

    forward: tuple[Call, ...]
    backward: tuple[Call, ...]


class Move(NamedTuple):
    """The change of a layer whose inputs have moved.

    Attributes
    ----------
    rows, units
        Previous index of each row and unit, negative for a new one.
    """

    rows: np.ndarray
    units: np.ndarray


class LayerKind(msgspec.Struct, frozen=True, tag_field="name", forbid_unknown_fields=True):
    """A kind of layer with its settings, as stored in files.

    Attributes
    ----------
    is_dense
        Whether each unit reads every value with its own weight, as ensembles assume.
    onnx_operators
        ONNX operators for layers of this kind; exports write the first.
    numpy_sums
        Expression of z in a NumPy script, in terms of ``a``, ``W`` and ``b``.
    """

    is_dense: ClassVar[bool] = False
    onnx_operators: ClassVar[tuple[str, ...]] = ()
    numpy_sums: ClassVar[str] = ""

    def only_dense(self) -> ModelError:
        """Return the error for features that support dense layers only."""
        return ModelError(
            "network.kind",
            "This takes dense layers only, and the network has one of the kind {kind}. Replace it "
            "by a dense layer first.",
            kind=type(self).__struct_config__.tag,
        )

    # -- Shapes ------------------------------------------------------------------------------------

    def check(self, layer: LayerSpec, shape: Shape, number: int) -> None:
        """Raise if a layer cannot read its input or has impossible settings.

        Parameters
        ----------
        layer
            Layer to check.
        shape
            Shape of its input.
        number
            Number of the layer, from 1.

        Raises
        ------
        ModelError
            With a code specific to the kind.
        """

    def output_shape(self, layer: LayerSpec, shape: Shape) -> Shape:
        """Return the output shape for an input of `shape`."""
        raise NotImplementedError

    def units(self, shape: Shape, wanted: int) -> int:
        """Return the number of units for an input of `shape`, given the requested number."""
        return wanted

    def rows(self, shape: Shape) -> int:
        """Return a layer's number of weight rows, without the bias row."""
        raise NotImplementedError

    def fans(self, layer: LayerSpec, shape: Shape) -> tuple[int, int]:
        """Return fan-in and fan-out for the initialiser, each at least 1."""
        raise NotImplementedError

    def reads(self, layer: LayerSpec, shape: Shape, cell: int) -> np.ndarray:
        """Return the values in a weighted sum, as indices into the flattened input.

        Value i is multiplied by row i of the weights, or by 1 if the kind has no weights.

        Parameters
        ----------
        layer, shape
            Layer and shape of its input.
        cell
            Index of the sum in the layer's flattened output.
        """
        raise NotImplementedError

    def matrix(self, layer: LayerSpec, shape: Shape, w: FloatArray) -> FloatArray:
        """Return the weights of the equivalent dense layer, shape (values, sums).

        Values that are not part of a sum have weight 0.
        """
        sums = math.prod(self.output_shape(layer, shape))
        made = np.zeros((math.prod(shape), sums), w.dtype)
        for cell in range(sums):
            made[self.reads(layer, shape, cell), cell] = w[:, cell] if len(w) else 1.0
        return made

    # -- Edits -------------------------------------------------------------------------------------

    def moved(self, layer: LayerSpec, shape: Shape, places: np.ndarray) -> Move:
        """Return the change of a layer whose input values have moved.

        Parameters
        ----------
        layer
            Layer to change.
        shape
            Previous shape of its input.
        places
            Previous index of each flattened value, negative for a new one.
        """
        raise NotImplementedError

    def rescaled(
        self, w: FloatArray, b: FloatArray, scale: FloatArray, shift: FloatArray
    ) -> tuple[FloatArray, FloatArray] | None:
        """Return W and b equivalent to `w` and `b` with inputs x * scale + shift, if they exist."""
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
        """Bind a layer that reads `source`, and writes the previous layer's dL/da to `before`."""
        raise NotImplementedError

    # -- Other programs ----------------------------------------------------------------------------

    def torch_module(self, layer: LayerSpec, shape: Shape) -> str:
        """Return the code of the equivalent PyTorch module.

        Its weights are the transpose of W; its bias has the shape of b.
        """
        raise self.only_dense()

    @classmethod
    def from_onnx(
        cls, attributes: Mapping[str, float], arrays: Sequence[FloatArray], width: int | None
    ) -> tuple[Self, FloatArray, FloatArray | None] | None:
        """Return a layer for an ONNX node, with W and b; ``None`` if the node does not match.

        Parameters
        ----------
        attributes, arrays
            Attributes of the node, and its constant inputs after x.
        width
            Number of input values; ``None`` if unknown.
        """
        return None
