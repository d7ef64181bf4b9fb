"""Walk the fields of protocol-buffer messages without generated code.

Enough to look into ONNX and Caffe files: weights are
skipped over, not copied, so the structure of a large model is read in milliseconds.

References
----------
Protocol Buffers documentation, "Encoding" (wire types 0, 1, 2 and 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from foundation.text import Text

VARINT: Final = 0
FIXED_64: Final = 1
BYTES: Final = 2
FIXED_32: Final = 5


_CUT: Final = Text("it breaks off before its end")
OTHER: Final = Text("it is damaged, or a file of another kind")


type Field = tuple[int, int, int | memoryview]
"""Number, wire type and value: an int for VARINT, a view of the bytes for every other type."""


class WireError(ValueError):
    """The bytes are no protocol-buffer message."""


def varint(buffer: memoryview, at: int) -> tuple[int, int]:
    """Return the variable-length integer at `at` and the place after it."""
    value = shift = 0
    while shift < 70:
        if at >= len(buffer):
            raise WireError(_CUT)
        byte = buffer[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7
    raise WireError(OTHER)


def fields(message: memoryview) -> Iterator[Field]:
    """Yield the fields of a message.

    Raises
    ------
    WireError
        Where the bytes are no message.
    """
    at, end = 0, len(message)
    while at < end:
        key, at = varint(message, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise WireError(OTHER)
        if kind == VARINT:
            value, at = varint(message, at)
            yield number, kind, value
            continue
        if kind == BYTES:
            length, at = varint(message, at)
        elif kind in (FIXED_32, FIXED_64):
            length = 4 if kind == FIXED_32 else 8
        else:
            raise WireError(OTHER)
        if at + length > end:
            raise WireError(_CUT)
        yield number, kind, message[at : at + length]
        at += length


EMPTY: Final = memoryview(b"")
"""What a string, or another message, is that is left out."""


def text(value: int | memoryview) -> str:
    """Return a string field."""
    if isinstance(value, int):
        raise WireError(OTHER)
    return bytes(value).decode("utf-8", errors="replace")


def signed(value: int | memoryview) -> int:
    """Return a VARINT field as a signed 64-bit integer."""
    if not isinstance(value, int):
        raise WireError(OTHER)
    return value - (1 << 64) if value >= 1 << 63 else value


def submessage(value: int | memoryview) -> memoryview:
    """Return a message field."""
    if isinstance(value, int):
        raise WireError(OTHER)
    return value


def integers(kind: int, value: int | memoryview) -> list[int]:
    """Return the members of a repeated integer field, packed or not."""
    if kind == VARINT:
        return [signed(value)]
    packed, at, found = submessage(value), 0, []
    while at < len(packed):
        number, at = varint(packed, at)
        found.append(signed(number))
    return found
