"""What an ONNX file takes, told by its structure without reading its weights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from model.errors import ModelError
from model.file_bytes import opened

MOST_BYTES = 1 << 27
"""Three times what the largest network of Build takes in float32."""

_MOST_FIELDS = 200_000
_GRAPH = 7
_NODE, _INITIALIZER, _INPUT = 1, 5, 11
_OP_TYPE, _TENSOR_NAME, _INPUT_NAME, _TYPE, _TENSOR, _SHAPE = 4, 8, 1, 2, 1, 2
_CONVOLUTIONS = {b"Conv", b"QLinearConv", b"ConvInteger"}


class _Part(NamedTuple):
    """Where a message or its text lies in the file."""

    start: int
    end: int


def takes_rows(path: str | os.PathLike[str]) -> bool:
    """Tell whether an ONNX file holds a network of rows of numbers, and none of pictures.

    What cannot be read is none, nor what is too large to be read.
    """
    try:
        with opened(path, "file") as stream:
            size = os.fstat(stream.fileno()).st_size
            return size <= MOST_BYTES and _Walk(stream).takes_rows(_Part(0, size))
    except (ModelError, OSError, ValueError):
        return False


class _Walk:
    """Go through the fields of a protobuf message, past whatever is not asked for."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = _MOST_FIELDS

    def takes_rows(self, model: _Part) -> bool:
        """Tell it of a model; one without a graph is none."""
        graphs = self._parts(model, _GRAPH)
        inside: set[bytes] = set()
        inputs: dict[bytes, bool] = {}
        for graph in graphs:
            for number, part in self._fields(graph):
                if number == _NODE and self._text(part, _OP_TYPE) in _CONVOLUTIONS:
                    return False
                if number == _INITIALIZER:
                    inside.add(self._text(part, _TENSOR_NAME))
                if number == _INPUT:
                    inputs[self._text(part, _INPUT_NAME)] = self._is_of_rows(part)
        return bool(graphs) and all(inputs[name] for name in inputs.keys() - inside)

    def _is_of_rows(self, entering: _Part) -> bool:
        """Tell whether an input is no tensor, or one of two sides at most."""
        shapes = [
            shape
            for kind in self._parts(entering, _TYPE)
            for tensor in self._parts(kind, _TENSOR)
            for shape in self._parts(tensor, _SHAPE)
        ]
        return all(len(self._parts(shape, 1)) <= 2 for shape in shapes)

    def _parts(self, message: _Part, wanted: int) -> list[_Part]:
        return [part for number, part in self._fields(message) if number == wanted]

    def _text(self, message: _Part, wanted: int) -> bytes:
        parts = self._parts(message, wanted)
        if not parts:
            return b""
        self._stream.seek(parts[-1].start)
        return self._stream.read(min(parts[-1].end - parts[-1].start, 1 << 12))

    def _fields(self, message: _Part) -> Iterator[tuple[int, _Part]]:
        """Yield the number and the place of every field that has a length.

        Raises
        ------
        ValueError
            Where the message is damaged, or has more fields than any network.
        """
        at = message.start
        while at < message.end:
            self._left -= 1
            self._stream.seek(at)
            key = self._number()
            kind = key & 7
            if kind == 0:
                self._number()
            length = {0: 0, 1: 8, 5: 4}.get(kind)
            if length is None:
                if kind != 2:
                    raise ValueError("no field of a message")
                length = self._number()
            start, at = self._stream.tell(), self._stream.tell() + length
            if at > message.end or self._left < 0:
                raise ValueError("a field beyond its message, or too many")
            if kind == 2:
                yield key >> 3, _Part(start, at)

    def _number(self) -> int:
        """Read a number of seven bits a byte."""
        value = 0
        for place in range(0, 64, 7):
            byte = self._stream.read(1)
            if not byte:
                break
            value |= (byte[0] & 0x7F) << place
            if byte[0] < 0x80:
                return value
        raise ValueError("no number")
