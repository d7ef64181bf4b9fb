"""The content of a TFLite file: tensors with values and scales, and operators in order.

References
----------
FlatBuffers documentation, "Internals"; TFLite's schema, version 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.formats.tflite.flatbuffer import Reader, Table, TfliteError, TfliteInputsError

type Numbers = npt.NDArray[np.float32]

# TFLite's numbers of its types. What is quantised has a scale and a zero.
_DTYPES: Final[dict[int, type[np.generic]]] = {
    0: np.float32,
    1: np.float16,
    2: np.int32,
    3: np.uint8,
    4: np.int64,
    7: np.int16,
    9: np.int8,
}
_CUSTOM: Final = 32


@dataclass(frozen=True, eq=False)
class Tensor:
    """One tensor.

    Attributes
    ----------
    shape
        Shape as in TFLite, channels last.
    values
        Stored values of a constant; None if the tensor is computed.
    scale, zero
        A stored number q represents (q - zero) scale. One of each, or one per index along `axis`;
        empty if the tensor is not quantised.
    axis
        Axis along which the scales apply.
    dtype
        Type of the stored numbers; None if NumPy has no equivalent here.
    """

    shape: tuple[int, ...]
    values: npt.NDArray[np.generic] | None
    scale: Numbers
    zero: Numbers
    axis: int
    dtype: type[np.generic] | None

    @property
    def is_quantised(self) -> bool:
        """Whether stored integers represent real values."""
        whole = self.dtype is not None and np.issubdtype(self.dtype, np.integer)
        return whole and self.scale.size > 0

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The smallest and largest representable value, None if unlimited."""
        if not self.is_quantised or self.scale.size != 1:
            return None
        limits = np.iinfo(self.dtype)  # type: ignore[type-var,arg-type]  # it is a whole number's
        scale, zero = float(self.scale[0]), float(self.zero[0])
        return (limits.min - zero) * scale, (limits.max - zero) * scale

    def dequantised(self) -> Numbers:
        """Return a constant's dequantised values.

        Raises
        ------
        TfliteError
            If it is not a constant, or its scales do not fit its shape.
        """
        if self.values is None:
            raise TfliteError("a weight is computed")
        found = np.asarray(self.values, np.float32)
        if not self.is_quantised:
            return found
        scale, zero = self.scale, self.zero
        if scale.size > 1:
            # Of a bias, some files name the side of the kernel that its scales are from.
            axis = 0 if found.ndim == 1 else self.axis
            if not 0 <= axis < found.ndim or scale.size != found.shape[axis]:
                raise TfliteError("the scales of a weight do not fit its shape")
            sides = [-1 if side == axis else 1 for side in range(found.ndim)]
            scale, zero = scale.reshape(sides), zero.reshape(sides)
        with np.errstate(over="ignore"):  # what is not finite is refused where it is used
            return (found - zero) * scale

    def to_integers(self) -> list[int]:
        """Return a constant's integers.

        Raises
        ------
        TfliteError
            If it is not a constant of integers.
        """
        is_whole = self.values is not None and np.issubdtype(self.values.dtype, np.integer)
        if not is_whole or self.values is None:
            raise TfliteError("a size is computed")
        return [int(one) for one in self.values.ravel()]


@dataclass(frozen=True, eq=False)
class Operator:
    """An operator: its kind, the tensors it reads (-1 for none) and writes, and its options.

    The kind is TFLite's number, or the name of a custom operator, whose options are in `custom`.
    """

    kind: int | str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    reader: Reader
    options: Table | None
    custom: bytes = b""

    def integer(self, number: int, default: int = 0) -> int:
        """Return a 32-bit integer option."""
        return self._option(number, "i", default)

    def byte(self, number: int) -> int:
        """Return a one-byte option."""
        return self._option(number, "b", 0)

    def number(self, number: int, default: float = 0.0) -> float:
        """Return a float option."""
        at = None if self.options is None else self.options.field(number)
        return default if at is None else self.reader.float32(at)

    def _option(self, number: int, kind: str, default: int) -> int:
        at = None if self.options is None else self.options.field(number)
        return self.reader.number(kind, at, default)


@dataclass(frozen=True, eq=False)
class TfliteGraph:
    """The first graph of a file; see `read_graph`.

    Attributes
    ----------
    input, outputs
        Indices into `tensors`.
    """

    tensors: tuple[Tensor, ...]
    input: int
    outputs: tuple[int, ...]
    operators: tuple[Operator, ...]


def read_graph(data: bytes) -> TfliteGraph:
    """Return a file's first graph.

    Raises
    ------
    TfliteError
        If the file is inconsistent; the message says where.
    TfliteInputsError
        If it has several inputs, or none.
    """
    reader = Reader(data)
    model = reader.child(0)
    codes: list[int | str] = []
    for code in reader.tables(model.field(1)):
        # Codes above 127 stand in a field of their own.
        number = max(reader.number("b", code.field(0)), reader.number("i", code.field(3)))
        name = reader.content(code.field(1)).decode("utf-8", "replace")
        codes.append(name if number == _CUSTOM else number)
    buffers = [one.field(0) for one in reader.tables(model.field(4))]
    graphs = reader.tables(model.field(2))
    if not graphs:
        raise TfliteError("there is no graph in it")
    graph = graphs[0]
    tables = reader.tables(graph.field(0))
    tensors = tuple(_tensor(reader, one, buffers) for one in tables)
    inputs, outputs = (tuple(reader.integers(graph.field(number))) for number in (1, 2))
    if any(not 0 <= index < len(tensors) for index in inputs + outputs):
        raise TfliteError("an input or output is no tensor of it")
    operators = tuple(
        _operator(reader, one, codes, len(tensors)) for one in reader.tables(graph.field(3))
    )
    if len(inputs) != 1:
        names = [reader.content(tables[one].field(3)) for one in inputs]
        raise TfliteInputsError([name.decode("utf-8", "replace") for name in names])
    if not outputs:
        raise TfliteError("it has no outputs")
    return TfliteGraph(tensors, inputs[0], outputs, operators)


def _operator(reader: Reader, table: Table, codes: list[int | str], tensors: int) -> Operator:
    code = reader.number("I", table.field(0))
    if code >= len(codes):
        raise TfliteError("an operator has no code")
    inputs, outputs = (tuple(reader.integers(table.field(number))) for number in (1, 2))
    if any(not -1 <= index < tensors for index in inputs + outputs):
        raise TfliteError("an operator reads or writes no tensor of it")
    at = table.field(4)
    options = None if at is None else reader.child(at)
    return Operator(codes[code], inputs, outputs, reader, options, reader.content(table.field(5)))


def _tensor(reader: Reader, table: Table, buffers: list[int | None]) -> Tensor:
    shape = tuple(reader.integers(table.field(0)))
    count = math.prod(shape)
    if any(side < 0 for side in shape) or count > 1 << 30:
        raise TfliteError("a tensor has the shape {shape}", shape=str(shape))
    kind, buffer = reader.number("b", table.field(1)), reader.number("I", table.field(2))
    if buffer >= len(buffers):
        raise TfliteError("a tensor's values are missing")
    # Of a sparse one not all values are stored.
    dtype, is_sparse = _DTYPES.get(kind), table.field(6) is not None
    content = b"" if is_sparse else reader.content(buffers[buffer])
    values = None
    if content and dtype is not None:
        needed = count * np.dtype(dtype).itemsize
        if needed > len(content):
            raise TfliteError(
                "a tensor of {needed} bytes has {found}", needed=needed, found=len(content)
            )
        values = np.frombuffer(content, dtype, count).reshape(shape)
    scale, zero, axis = np.empty(0, np.float32), np.empty(0, np.float32), 0
    at = table.field(4)
    if at is not None:
        quantization = reader.child(at)
        scale = np.array(reader.items(quantization.field(2), "f"), np.float32)
        zero = np.array(reader.items(quantization.field(3), "q"), np.float32)
        axis = reader.number("i", quantization.field(6))
        if zero.size != scale.size:
            zero = np.zeros_like(scale)
        if not np.isfinite(scale).all():
            raise TfliteError("a scale is not finite")
    return Tensor(shape, values, scale, zero, axis, dtype)
