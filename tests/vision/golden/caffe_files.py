"""Write Caffe networks with weights from a seed; needs NumPy only, so any OpenCV can read them."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.float32]

# Numbers of the old format's layer types, where weights or tests need them.
_OLD_NUMBERS = {
    "CONCAT": 3,
    "CONVOLUTION": 4,
    "DROPOUT": 6,
    "FLATTEN": 8,
    "INNER_PRODUCT": 14,
    "LRN": 15,
    "POOLING": 17,
    "RELU": 18,
    "SIGMOID": 19,
    "SOFTMAX": 20,
    "SPLIT": 22,
    "TANH": 23,
    "ELTWISE": 25,
}


@dataclass
class Net:
    """A Caffe network being written.

    Attributes
    ----------
    name
        Seeds the weights and the input.
    shapes
        Shape of each input by name.
    old
        True for the format with ``layers`` and types in capitals.
    """

    name: str
    shapes: dict[str, tuple[int, ...]]
    old: bool = False
    text: list[str] = field(default_factory=list)
    binary: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Write the head of the prototxt."""
        self.random = np.random.default_rng(zlib.crc32(self.name.encode()))
        self.text.append(f'name: "{self.name}"  # made for a test')
        for name, shape in self.shapes.items():
            if self.old:
                sides = " ".join(f"input_dim: {side}" for side in shape)
                self.text.append(f"input: '{name}' {sides}")
            else:
                sides = ", ".join(map(str, shape))
                self.text.append(
                    f'layer {{ name: "{name}" type: "Input" top: "{name}" '
                    f"input_param {{ shape: {{ dim: [{sides}] }} }} }}"
                )

    def layer(
        self,
        kind: str,
        bottoms: str | list[str],
        top: str,
        settings: str = "",
        blobs: list[Array] | None = None,
        name: str | None = None,
    ) -> str:
        """Add a layer and return its top."""
        name = name or f"{kind.lower()}_{len(self.text)}"
        bottoms = [bottoms] if isinstance(bottoms, str) else bottoms
        ends = " ".join(
            [*(f'bottom: "{b}"' for b in bottoms), *(f'top: "{one}"' for one in top.split())]
        )
        word, quoted = ("layers", kind) if self.old else ("layer", f'"{kind}"')
        inner = f'  name: "{name}" type: {quoted}\n  {ends}\n  {settings}'
        self.text.append(f"{word} {{\n{inner}\n}}")
        self.binary.append(self._binary_layer(name, kind, blobs or []))
        return top

    def _binary_layer(self, name: str, kind: str, blobs: list[Array]) -> bytes:
        if self.old:
            body = text_field(4, name) + number_field(5, _OLD_NUMBERS[kind])
            body += b"".join(message_field(6, _blob(blob, old=True)) for blob in blobs)
            return message_field(2, body)
        body = text_field(1, name) + text_field(2, kind)
        body += b"".join(message_field(7, _blob(blob, old=False)) for blob in blobs)
        return message_field(100, body)

    def weights(self, *shape: int) -> Array:
        """Return weights that keep the size of what passes through them."""
        spread = (2.0 / max(1, int(np.prod(shape[1:])))) ** 0.5
        return (self.random.standard_normal(shape) * spread).astype(np.float32)

    def blob(self, text: str) -> Array:
        """Return what is written as a blob in nets.txt."""
        kind, *numbers = text.split()
        if kind == "w":
            return self.weights(*map(int, numbers))
        if kind == "=":
            return np.asarray(numbers, np.float32)
        low, high, count = map(float, numbers)
        return self.random.uniform(low, high, int(count)).astype(np.float32)

    @property
    def prototxt(self) -> bytes:
        """The text half."""
        return ("\n".join(self.text) + "\n").encode()

    @property
    def caffemodel(self) -> bytes:
        """The binary half."""
        return text_field(1, self.name) + b"".join(self.binary)

    def inputs(self) -> dict[str, Array]:
        """Return values for the inputs; the same at every call."""
        generator = np.random.default_rng(zlib.crc32(self.name.encode()) + 1)
        return {
            name: generator.standard_normal(shape).astype(np.float32)
            for name, shape in self.shapes.items()
        }


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def message_field(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def text_field(number: int, text: str) -> bytes:
    return message_field(number, text.encode())


def _blob(values: Array, *, old: bool) -> bytes:
    data = message_field(5, struct.pack(f"<{values.size}f", *values.ravel().tolist()))
    if old:
        sides = [1] * (4 - values.ndim) + list(values.shape)
        return b"".join(number_field(i + 1, side) for i, side in enumerate(sides)) + data
    packed = b"".join(map(varint, values.shape))
    return message_field(7, message_field(1, packed)) + data
