"""A dense layer: z = x @ W + b, so every unit reads every value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from model.arrays import FloatArray
from model.layers.kind import FirstPass, LayerKind, Move, Pass, Shape, Slot, Source

if TYPE_CHECKING:
    from model.experiment import LayerSpec


class Dense(LayerKind, frozen=True, tag="dense"):
    """Weighted sums over all inputs; pictures are flattened by channel, then row."""

    is_dense: ClassVar[bool] = True
    onnx_operators: ClassVar[tuple[str, ...]] = ("Gemm", "MatMul")
    numpy_sums: ClassVar[str] = "a @ W + b"

    def output_shape(self, layer: LayerSpec, shape: Shape) -> Shape:
        return (layer.units,)

    def rows(self, shape: Shape) -> int:
        return math.prod(shape)

    def fans(self, layer: LayerSpec, shape: Shape) -> tuple[int, int]:
        return self.rows(shape), layer.units

    def moved(self, layer: LayerSpec, shape: Shape, places: np.ndarray) -> Move:
        return Move(places, np.arange(layer.units))

    def rescaled(
        self, w: FloatArray, b: FloatArray, scale: FloatArray, shift: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        return scale[:, None] * w, b + shift @ w

    def reads(self, layer: LayerSpec, shape: Shape, cell: int) -> np.ndarray:
        return np.arange(self.rows(shape))

    def matrix(self, layer: LayerSpec, shape: Shape, w: FloatArray) -> FloatArray:
        return w

    def sums(self, w: FloatArray, b: FloatArray | None, x: FloatArray) -> FloatArray:
        z: FloatArray = x.reshape(len(x), len(w)) @ w
        if b is not None:
            z += b
        return z

    def sums_of_columns(self, w: FloatArray, b: FloatArray | None, x: FloatArray) -> FloatArray:
        z: FloatArray = w.T @ x.reshape(len(w), x.shape[-1])
        if b is not None:
            z += b[:, None]
        return z

    def sums_back(
        self, w: FloatArray, x: FloatArray, delta: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        return x.reshape(len(x), len(w)).T @ delta, (delta @ w.T).reshape(x.shape)

    def source(
        self, layer: LayerSpec, shape: Shape, examples: int, dtype: np.dtype[np.floating]
    ) -> Source:
        ones = np.ones((self.rows(shape) + 1, examples), dtype)
        values = ones[:-1]
        return Source(ones if layer.use_bias else values, values.reshape(*shape, examples))

    def bind_first(self, layer: LayerSpec, shape: Shape, slot: Slot) -> FirstPass:
        return FirstPass(
            partial(slot.matrix.T.dot, out=slot.z),
            methodcaller("dot", slot.delta.T, slot.gradient),
        )

    def bind(self, layer: LayerSpec, source: Source, slot: Slot, before: FloatArray) -> Pass:
        carried = before.reshape(-1, before.shape[-1])
        weights = slot.matrix[: len(carried)]
        return Pass(
            (partial(slot.matrix.T.dot, source.array, slot.z),),
            (
                partial(source.array.dot, slot.delta.T, slot.gradient),
                partial(weights.dot, slot.delta, carried),
            ),
        )

    def torch_module(self, layer: LayerSpec, shape: Shape) -> str:
        bias = "" if layer.use_bias else ", bias=False"
        return f"nn.Linear({self.rows(shape)}, {layer.units}{bias})"

    @classmethod
    def from_onnx(
        cls, attributes: Mapping[str, float], arrays: Sequence[FloatArray], width: int | None
    ) -> tuple[Self, FloatArray, FloatArray | None] | None:
        if attributes.get("transA"):
            return None
        weights, *biases = arrays
        if attributes.get("transB"):
            weights = weights.T
        weights = weights * attributes.get("alpha", 1.0)
        return cls(), weights, biases[0] * attributes.get("beta", 1.0) if biases else None
