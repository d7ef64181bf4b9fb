"""Walk the fields of protocol-buffer messages without generated code.

Enough to look into ONNX and Caffe files, and to write them with some fields changed: weights are
skipped over, not copied, so the structure of a large model is read in milliseconds.

References
----------
Protocol Buffers documentation, "Encoding" (wire types 0, 1, 2 and 5).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from vision.reasons import Words

VARINT: Final = 0
FIXED_64: Final = 1
BYTES: Final = 2
FIXED_32: Final = 5


_CUT: Final = Words("it breaks off before its end")
OTHER: Final = Words("it is damaged, or a file of another kind")


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


def last_values(message: memoryview) -> dict[int, int | memoryview]:
    """Return the last value of each field of a message, by the field's number."""
    return {number: value for number, _, value in fields(message)}


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


def encoded(value: int) -> bytes:
    """Return a number below 2^64 as a variable-length integer."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def number_field(number: int, value: int) -> bytes:
    """Return a VARINT field."""
    return encoded(number << 3 | VARINT) + encoded(value)


def fixed_32(number: int, value: float) -> bytes:
    """Return a FIXED_32 field that holds a float32."""
    return encoded(number << 3 | FIXED_32) + struct.pack("<f", value)


def delimited(number: int, content: bytes | memoryview) -> list[bytes | memoryview]:
    """Return a BYTES field in parts, to be joined; the content is not copied."""
    return [encoded(number << 3 | BYTES) + encoded(len(content)), content]


def copied(number: int, kind: int, value: int | memoryview) -> list[bytes | memoryview]:
    """Return a field as `fields` yielded it, in parts to be joined."""
    if isinstance(value, int):
        return [number_field(number, value)]
    if kind == BYTES:
        return delimited(number, value)
    return [encoded(number << 3 | kind), value]
