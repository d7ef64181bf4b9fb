"""The rows of a table, without comments, and without totals and notes at its end."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from model.data.csv.format import CsvFormat
from model.data.csv.text import Lines, is_comment
from model.errors import ModelError

MAX_COLUMNS = 1024
"""Maximum columns of a table.

A longer row is usually a file read with the wrong separator, and nobody could choose from a
list of more columns.
"""

_NOTE = re.compile(r"\*|.*[^\W\d_]\s*:(?!/)")
"""The start of a note: a star, or a word and a colon, except in addresses."""
_WORDS_OF_NOTE = 3

_TOTALS = frozenset({"total", "totals", "grand total", "toplam", "genel toplam"})


class SkippedLines(NamedTuple):
    """Numbers of lines that are not rows: titles, comments, blank lines, totals and notes."""

    top: int = 0
    comments: int = 0
    blank: int = 0
    bottom: int = 0


def _unique(names: list[str]) -> list[str]:
    """Return the names made unique; blank ones are numbered."""
    result: dict[str, None] = {}
    for number, raw in enumerate(names, start=1):
        name = base = " ".join(raw.split()) or f"column {number}"
        copies = count(2)
        while name in result:
            name = f"{base} ({next(copies)})"
        result[name] = None
    return list(result)


class Rows:
    """The rows of a table, all of the same width.

    Raises
    ------
    ModelError
        On construction, code ``data.csv_empty`` for a text without rows, and ``data.csv_wide``
        for too many columns. During iteration, ``data.csv_ragged`` for a row of another width.
        At either time, ``data.csv_damaged``.
    """

    def __init__(self, text: str, layout: CsvFormat, path: str) -> None:
        self.path = path
        self._lines = Lines(text)
        self._layout = layout
        self._comments = self._blank = self._blank_since = self._bottom = 0
        lines = self._without_comments() if layout.comments else iter(self._lines)
        self._begins = True
        self._reader = csv.reader(lines, delimiter=layout.separator, strict=True)
        first = self._next_nonblank()
        if first is None:
            raise ModelError(
                "data.csv_empty", "{file} holds no rows. Choose another file.", file=path
            )
        self._waiting: list[str] | None = first
        names = [""] * len(first)
        if layout.header:
            self._waiting, names = self._next_nonblank(), first
        self.width = len(names)
        if self.width > MAX_COLUMNS:
            raise ModelError(
                "data.csv_wide",
                "{file} has {found} columns; at most {most} are read. Check the separator, or "
                "keep only the columns that you need.",
                file=path,
                found=self.width,
                most=MAX_COLUMNS,
            )
        self.numbers_rows = layout.header and not names[0].strip()
        self.names = _unique(names)

    def _without_comments(self) -> Iterator[str]:
        """Yield the lines that are not comments; a "#" inside a field does not begin one."""
        for line in self._lines:
            if self._begins and is_comment(line):
                self._comments += 1
                continue
            self._begins = False
            yield line

    def _next_nonblank(self) -> list[str] | None:
        try:
            for row in self._reader:
                self._begins = True
                if any(map(str.strip, row)):
                    self._blank += self._blank_since
                    self._blank_since = 0
                    return row
                self._blank_since += 1
        except csv.Error as fault:
            raise ModelError(
                "data.csv_damaged",
                "{file}, line {line}: {fault}. Check the quotation marks.",
                file=self.path,
                line=self._line,
                fault=str(fault),
            ) from fault
        return None

    @property
    def _line(self) -> int:
        return self._layout.skip_lines + self._comments + self._reader.line_num

    @property
    def skipped(self) -> SkippedLines:
        """The lines skipped so far, without blank ones below the last row."""
        return SkippedLines(self._layout.skip_lines, self._comments, self._blank, self._bottom)

    @property
    def share(self) -> float:
        """The share of the text read so far, 0 to 1."""
        return self._lines.passed / max(1, len(self._lines.text))

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the rows below the header, without totals and notes at the end."""
        before: list[str] | None = None  # until it is known not to be the last
        notes: list[tuple[list[str], int]] = []  # until it is known that only notes follow
        row = self._waiting
        while row is not None:
            if before is not None and self._is_note(row):
                notes.append((row, self._line))
            else:
                for each, line in (*notes, (row, self._line)):
                    self._check_width(each, line)
                    if before is not None:
                        yield before
                    before = each
                notes.clear()
            row = self._next_nonblank()
        self._bottom += len(notes)
        if before is None:
            return
        if before is not self._waiting and _is_total(before):
            self._bottom += 1
        else:
            yield before

    def _is_note(self, row: list[str]) -> bool:
        """Return whether a row with missing fields may be a note below the table."""
        first, *others = map(str.strip, row)
        is_short = self.width > 1 and (len(row) < self.width or not any(others))
        is_text = len(row) == 1 and len(first.split()) >= _WORDS_OF_NOTE
        return is_short and (is_text or _NOTE.match(first) is not None)

    def _check_width(self, row: list[str], line: int) -> None:
        if len(row) != self.width:
            raise ModelError(
                "data.csv_ragged",
                "{file}, line {line}: the first row has {expected} fields, but this one "
                "has {found}.",
                file=self.path,
                line=line,
                found=len(row),
                expected=self.width,
            )


def _is_total(row: list[str]) -> bool:
    first = next(field.strip() for field in row if field.strip())
    return first.rstrip(":").casefold() in _TOTALS
