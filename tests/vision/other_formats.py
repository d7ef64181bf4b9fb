"""Write small TFLite networks, byte by byte.

References
----------
FlatBuffers documentation, "Internals"; TFLite's schema, version 3.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.float32]


def kernel_and_bias(classes: int = 4, size: int = 8) -> tuple[Array, Array]:
    """Return a convolution as large as its picture: (size, size, 3, classes), and (classes,)."""
    random = np.random.default_rng(0)
    kernel = random.standard_normal((size, size, 3, classes)).astype(np.float32) / np.float32(size)
    return kernel, random.standard_normal(classes).astype(np.float32)


@dataclass
class _Table:
    """A FlatBuffers table: its fields in order; None leaves one out."""

    fields: list[Any]


@dataclass
class _Number:
    """A scalar field, by its struct letter."""

    kind: str
    value: float


class _FlatWriter:
    """Write a FlatBuffer front to back: parents first, references filled in afterwards."""

    def __init__(self) -> None:
        self.out = bytearray()

    def align(self, size: int) -> None:
        self.out += bytes(-len(self.out) % size)

    def put(self, value: Any) -> int:
        """Append a table, list, text, bytes or array; return where it begins."""
        if isinstance(value, _Table):
            return self._table(value)
        if isinstance(value, np.ndarray):
            data = value.tobytes()
            self.out += bytes(-(len(self.out) + 4) % 16)
            start = len(self.out)
            self.out += (
                struct.pack("<I", len(data) if value.dtype == np.uint8 else value.size) + data
            )
            return start
        self.align(4)
        start = len(self.out)
        if isinstance(value, str):
            self.out += struct.pack("<I", len(value)) + value.encode() + b"\0"
            return start
        self.out += struct.pack("<I", len(value)) + bytes(4 * len(value))
        for index, one in enumerate(value):
            self._point(start + 4 + 4 * index, self.put(one))
        return start

    def _point(self, where: int, target: int) -> None:
        struct.pack_into("<I", self.out, where, target - where)

    def _table(self, table: _Table) -> int:
        places, body = [], bytearray(4)
        for one in table.fields:
            if one is None:
                places.append(0)
                continue
            size = struct.calcsize("<" + one.kind) if isinstance(one, _Number) else 4
            body += bytes(-len(body) % size)
            places.append(len(body))
            value = one.value if isinstance(one, _Number) else 0
            body += struct.pack("<" + (one.kind if isinstance(one, _Number) else "I"), value)
        table_size, vtable_size = len(body), 4 + 2 * len(places)
        self.out += bytes(-(len(self.out) + vtable_size) % 4)
        vtable = len(self.out)
        self.out += struct.pack(f"<{2 + len(places)}H", vtable_size, table_size, *places)
        start = len(self.out)
        struct.pack_into("<i", body, 0, start - vtable)
        self.out += body
        for one, place in zip(table.fields, places, strict=True):
            if place and not isinstance(one, _Number):
                self._point(start + place, self.put(one))
        return start


@dataclass(frozen=True)
class TfliteTensor:
    """A tensor of a TFLite file: its shape, type, values, scale and zero.

    Of one that is sparse, what is said about which values are stored is empty.
    """

    shape: tuple[int, ...]
    kind: str = "float32"
    values: npt.NDArray[np.generic] | None = None
    scale: tuple[float, ...] = ()
    zero: tuple[int, ...] = ()
    axis: int = 0
    is_sparse: bool = False


type Tensor = TfliteTensor | tuple[int, ...] | npt.NDArray[Any]
"""A tuple is the shape of floats that are computed, an array a constant."""

# TFLite's number of each type.
_KINDS = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int8": 9}


def _tensor(one: Tensor) -> TfliteTensor:
    if isinstance(one, TfliteTensor):
        return one
    return TfliteTensor(one) if isinstance(one, tuple) else constant(one)


def constant(
    values: npt.NDArray[Any], scale: tuple[float, ...] = (), zero: int = 0
) -> TfliteTensor:
    """Return a constant, whose scales lie along its last side where it has several."""
    axis = values.ndim - 1 if len(scale) > 1 else 0
    zeros = (zero,) * len(scale)
    return TfliteTensor(values.shape, values.dtype.name, values, scale, zeros, axis)


@dataclass(frozen=True)
class TfliteOperator:
    """An operator: TFLite's code, inputs, outputs, the number of its options' kind, and those.

    An option is a `struct` letter with a value; an operator that is not TFLite's own has a name.
    """

    code: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options_kind: int = 0
    options: tuple[tuple[str, float] | None, ...] = ()
    name: str | None = None


def tflite_network(
    tensors: Sequence[Tensor],
    operators: list[TfliteOperator],
    outputs: tuple[int, ...],
    inputs: tuple[int, ...] = (0,),
) -> bytes:
    """Return a TFLite file of a graph; unless said otherwise, its first tensor is its input."""
    buffers = [_Table([None])]
    written = []
    for number, one in enumerate(map(_tensor, tensors)):
        place = 0
        if one.values is not None:
            place = len(buffers)
            buffers.append(_Table([np.frombuffer(one.values.tobytes(), np.uint8)]))
        quantization = None
        if one.scale:
            scales = np.asarray(one.scale, "<f4"), np.asarray(one.zero, "<i8")
            quantization = _Table([None, None, *scales, None, None, _Number("i", one.axis)])
        sides = np.asarray(one.shape, "<i4")
        kind, held = _Number("b", _KINDS[one.kind]), _Number("I", place)
        sparsity = _Table([]) if one.is_sparse else None
        written.append(_Table([sides, kind, held, f"t{number}", quantization, None, sparsity]))
    codes, calls = [], []
    for number, call in enumerate(operators):
        old, new = _Number("b", min(call.code, 127)), _Number("i", call.code)
        codes.append(_Table([old, call.name, _Number("i", 1), new]))
        options = _Table([one and _Number(*one) for one in call.options])
        ends = (np.asarray(some, "<i4") for some in (call.inputs, call.outputs))
        kind = _Number("B", call.options_kind)
        calls.append(_Table([_Number("I", number), *ends, kind, options if call.options else None]))
    ends = (np.asarray(some, "<i4") for some in (inputs, outputs))
    subgraph = _Table([written, *ends, calls, "main"])
    model = _Table([_Number("I", 3), codes, [subgraph], "made for a test", buffers])
    writer = _FlatWriter()
    writer.out += bytes(4) + b"TFL3"
    struct.pack_into("<I", writer.out, 0, writer.put(model))
    return bytes(writer.out)


def tflite_model(kernel: Array, bias: Array) -> bytes:
    """Return a TFLite model of one convolution."""
    size, classes = kernel.shape[0], kernel.shape[3]
    # TFLite keeps kernels as (units, height, width, channels).
    weights = np.ascontiguousarray(kernel.transpose(3, 0, 1, 2))
    tensors: list[Tensor] = [(1, size, size, 3), weights, bias, (1, 1, 1, classes)]
    return tflite_network(tensors, [tflite_convolution((0, 1, 2), 3, padding=1)], (3,))


def tflite_convolution(
    inputs: tuple[int, ...], output: int, padding: int, stride: int = 1, fused: int = 0
) -> TfliteOperator:
    """Return a convolution; `padding` is 0 for SAME and 1 for VALID."""
    options = (("b", padding), ("i", stride), ("i", stride), ("b", fused))
    return TfliteOperator(3, inputs, (output,), 1, options)
