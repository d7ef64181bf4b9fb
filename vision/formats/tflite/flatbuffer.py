"""Reads a TFLite file's tables and vectors, refusing offsets outside the file.

References
----------
FlatBuffers documentation, "Internals"; TFLite's schema, version 3.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from vision.reasons import WordedError

_MAX_ITEMS: Final = 1_000_000


class TfliteError(WordedError):
    """The file is inconsistent."""


class TfliteInputsError(Exception):
    """The file is consistent but has several inputs or none; `names` lists them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(names)
        self.names = names


class Table(NamedTuple):
    """A table: its position, and the offset of each field (0 if omitted)."""

    at: int
    offsets: tuple[int, ...]

    def field(self, number: int) -> int | None:
        """Return a field's position, None if omitted."""
        offset = self.offsets[number] if number < len(self.offsets) else 0
        return self.at + offset if offset else None


class Reader:
    """Reads numbers, tables and vectors, and raises on offsets outside the file."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def number(self, kind: str, at: int | None, default: int = 0) -> int:
        """Return an integer in a `struct` format, or `default` if omitted."""
        if at is None:
            return default
        if at < 0:
            raise TfliteError("an offset points before the file")
        try:
            return int(struct.unpack_from("<" + kind, self._data, at)[0])
        except struct.error:
            raise TfliteError("an offset points behind the file") from None

    def float32(self, at: int) -> float:
        """Return a float32."""
        self.number("I", at)
        return float(struct.unpack_from("<f", self._data, at)[0])

    def table(self, at: int) -> Table:
        """Return the table at a position."""
        record = at - self.number("i", at)
        size = self.number("H", record)
        return Table(at, tuple(self.number("H", record + place) for place in range(4, size, 2)))

    def child(self, at: int) -> Table:
        """Return the table that a position refers to."""
        return self.table(at + self.number("I", at))

    def vector(self, at: int | None, item_bytes: int) -> tuple[int, int]:
        """Return the position of a vector's first item and the number of items."""
        if at is None:
            return 0, 0
        start = at + self.number("I", at)
        count = self.number("I", start)
        if start + 4 + count * item_bytes > len(self._data):
            raise TfliteError("a list reaches behind the file")
        if item_bytes > 1 and count > _MAX_ITEMS:
            raise TfliteError("a list is too long")
        return start + 4, count

    def integers(self, at: int | None) -> list[int]:
        """Return a list of 32-bit integers."""
        return list(map(int, self.items(at, "i")))

    def tables(self, at: int | None) -> list[Table]:
        """Return a list of tables."""
        start, count = self.vector(at, 4)
        return [self.child(start + 4 * index) for index in range(count)]

    def items(self, at: int | None, kind: str) -> list[float]:
        """Return a list of numbers in a `struct` format."""
        start, count = self.vector(at, struct.calcsize(kind))
        return list(struct.unpack_from(f"<{count}{kind}", self._data, start))

    def content(self, at: int | None) -> bytes:
        """Return the bytes of a vector."""
        start, count = self.vector(at, 1)
        return self._data[start : start + count]
