"""The rows of a table: without remarks, and without a total and notes at the end."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import NamedTuple

from model.data.csv.format import CsvFormat
from model.data.csv.numbers import MISSING, number_of
from model.data.csv.text import Lines, is_comment
from model.errors import ModelError

MOST_COLUMNS = 1024
"""Of a table. A longer row is most often a file read with the wrong separator, and a list of more
columns is nothing that a person could choose from."""

MOST_NOTES = 20
"""Of rows below a table that are notes."""

_NOTE = re.compile(r"\*|.*[^\W\d_]\s*:(?!/)")
"""What a note begins with: a star, or a word and a colon that is of no time and no address."""
_WORDS_OF_NOTE = 3

_TOTALS = frozenset({"total", "totals", "grand total", "toplam", "genel toplam"})


class SkippedLines(NamedTuple):
    """How many lines of a file are no rows: above the table, remarks, blank ones, below it."""

    top: int = 0
    comments: int = 0
    blank: int = 0
    bottom: int = 0


def _unique(names: list[str]) -> list[str]:
    """Return names without blanks or repeats."""
    result: dict[str, None] = {}
    copies: dict[str, int] = {}
    for number, raw in enumerate(names, start=1):
        name = base = " ".join(raw.split()) or f"column {number}"
        while name in result:
            # Counted on from the last copy: beginning at 2 each time is quadratic.
            copies[base] = copies.get(base, 1) + 1
            name = f"{base} ({copies[base]})"
        result[name] = None
    return list(result)


class _Ahead(NamedTuple):
    """A row that was read before its turn, where it ends, and whether a blank one is above it."""

    row: list[str]
    line: int
    after_blank: bool


class Rows:
    """Rows of one width with the line they end on; a row of another width is an error.

    Raises
    ------
    ModelError
        When it is made, code ``data.csv_empty`` for a text without rows, ``data.csv_wide`` for one
        of more columns than are read; and as the rows are taken, where one is damaged.
    """

    def __init__(self, text: str, layout: CsvFormat, path: str) -> None:
        self.path = path
        self._lines = Lines(text)
        self._layout = layout
        self._comments = self._blank = self._blank_since = self._bottom = 0
        self._after_blank = False
        lines = self._without_comments() if layout.comments else iter(self._lines)
        self._begins = True
        self._reader = csv.reader(lines, delimiter=layout.separator, strict=True)
        first = self._next_filled()
        if first is None:
            raise ModelError(
                "data.csv_empty", "{file} holds no rows. Choose another file.", file=path
            )
        self._waiting: list[str] | None = first
        names, self._begin = [""] * len(first), 0
        if layout.header:
            second = self._next_filled() if layout.second else None
            self._begin = self._comments + self._reader.line_num
            self._waiting = self._next_filled()
            names = _fitted(first, self._waiting)
            if second is not None:
                names = _with_second(names, second)
        self.width = len(names)
        if self.width > MOST_COLUMNS:
            raise ModelError(
                "data.csv_wide",
                "{file} has {found} columns; at most {most} are read. Check the separator, or "
                "keep only the columns that you need.",
                file=path,
                found=self.width,
                most=MOST_COLUMNS,
            )
        self._first = self._waiting or first
        self.numbers_rows = layout.header and not names[0].strip()
        self.names = _unique(names)

    def _without_comments(self) -> Iterator[str]:
        """Yield the lines that are no remarks; what looks like one inside a field is none."""
        for line in self._lines:
            if self._begins and is_comment(line):
                self._comments += 1
                continue
            self._begins = False
            yield line

    def _next_filled(self) -> list[str] | None:
        try:
            for row in self._reader:
                self._begins = True
                if any(map(str.strip, row)):
                    self._after_blank = self._blank_since > 0
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
        """Lines passed over so far; those below the last row are not counted."""
        return SkippedLines(self._layout.skip_lines, self._comments, self._blank, self._bottom)

    @property
    def share(self) -> float:
        """How much of the text has been read, 0 to 1."""
        return self._lines.passed / max(1, len(self._lines.text))

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the rows below the header; a total and notes at the end are none."""
        before: list[str] | None = None  # till it is known to be no total at the end
        ahead = deque[_Ahead]()
        row, line, after_blank = self._waiting, 0, False
        while row is not None:
            if len(row) != self.width or not row[-1]:
                if not line:  # it was not read before its turn
                    line, after_blank = self._line, self._after_blank
                if before is not None and self._is_note(row, after_blank):
                    self._look_ahead(ahead)
                    if len(ahead) < MOST_NOTES and all(self._is_note(a.row, True) for a in ahead):
                        self._bottom = 1 + len(ahead)
                        break
                if len(row) != self.width and not (self._is_last(ahead) and self._is_total(row)):
                    raise ModelError(
                        "data.csv_ragged",
                        "{file}, line {line}: the first row has {expected} fields, but this one "
                        "has {found}.",
                        file=self.path,
                        line=line,
                        found=len(row),
                        expected=self.width,
                    )
            if before is not None:
                yield before
            before = row
            if ahead:
                row, line, after_blank = ahead.popleft()
            else:
                row, line, after_blank = self._next_filled(), 0, False
        if before is not None and not self._is_total(before):
            yield before
        elif before is not None:
            self._bottom += 1

    def _look_ahead(self, ahead: deque[_Ahead]) -> None:
        """Read up to `MOST_NOTES` rows ahead."""
        while len(ahead) < MOST_NOTES and (row := self._next_filled()) is not None:
            ahead.append(_Ahead(row, self._line, self._after_blank))

    def _is_last(self, ahead: deque[_Ahead]) -> bool:
        self._look_ahead(ahead)
        return not ahead

    def _is_note(self, row: list[str], after_blank: bool) -> bool:
        """Tell whether a row may be a note below the table: a text, alone or after a blank line.

        A name is none: the file may break off there, or lack a value.
        """
        first, others = row[0].strip(), list(filter(None, map(str.strip, row[1:])))
        if len(row) == self.width and (self.width == 1 or others):
            return False
        if len(row) > self.width or not (after_blank or len(row) == 1):
            return False
        words = first.split()
        if _NOTE.match(first) is not None:
            return True
        return len(words) >= _WORDS_OF_NOTE and not any(map(self._is_number, (words[0], *others)))

    def _is_number(self, text: str) -> bool:
        return number_of(text, self._layout.decimal) is not None

    def _is_total(self, row: list[str]) -> bool:
        """Tell whether the last row has totals: the first field that is filled says so.

        Only columns of numbers may stand before it, and its column may not have that word above: it
        is one of the column's words then.
        """
        at, word = next((at, _plain(field)) for at, field in enumerate(row) if field.strip())
        if word not in _TOTALS or row is self._first or at >= self.width:
            return False
        return all(map(self._is_number, self._first[:at])) and not self._recurs(at, word)

    def _recurs(self, at: int, word: str) -> bool:
        """Tell whether a column has a word in two rows, once all have been read."""
        found = 0
        for line in islice(Lines(self._lines.text), self._begin, None):
            if word in line.casefold():
                row = next(csv.reader([line], delimiter=self._layout.separator))
                found += len(row) > at and _plain(row[at]) == word
                if found > 1:
                    break
        return found > 1


def _fitted(names: list[str], first: list[str] | None) -> list[str]:
    """Return a header's names, as many as the first row has fields where they differ by one.

    R names no column of row names; some programs end only the rows, or only the header, with a
    separator.
    """
    if first is None or abs(len(first) - len(names)) != 1:
        return names
    if len(first) < len(names):
        return names if names[-1].strip() else names[:-1]
    return ["", *names] if first[-1].strip() else [*names, ""]


def _plain(field: str) -> str:
    """Return a field as `_TOTALS` has them."""
    return field.strip().rstrip(":").casefold()


def _with_second(names: list[str], second: list[str]) -> list[str]:
    """Return names with what stands below each, a unit mostly, in brackets behind it."""
    found = []
    for name, below in zip_longest(names, second[: len(names)], fillvalue=""):
        more = below.strip().strip("()[]").strip()
        if more.lower() in MISSING or (not any(map(str.isalnum, more)) and "%" not in more):
            found.append(name)
        else:
            found.append(f"{name} ({more})" if name.strip() else more)
    return found
