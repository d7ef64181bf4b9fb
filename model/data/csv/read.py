"""Read a CSV file into columns, some ten thousand rows at a time."""

from __future__ import annotations

import csv
import math
import re
import sys
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from model.data.csv.format import (
    MISSING,
    SAMPLE_LETTERS,
    SAMPLE_LINES,
    CsvFormat,
    Lines,
    decode_text,
    find_format,
    is_comment,
    is_sign,
    joins_blanks,
    may_have_groups,
    number_of,
    split_unit,
    without_groups,
)
from model.data.csv.workbook import is_workbook, read_sheet
from model.data.packed import MOST_TABLE_BYTES, beginning, is_zip, table_in, unpacked
from model.data.reading import once
from model.data_paths import data_bytes
from model.errors import ModelError
from model.experiment import CsvData, FloatArray
from model.progress import report

FIRST_CHUNK, CHUNK = 20_000, 1_000
"""Rows held as text at once. A column's kind is decided on the first of them; those that follow are
few, so that whoever listens to the progress is heard from every millisecond."""

_MOST_KNOWN = 10_000
"""A column of more different words is one of texts or names, hardly any of which recurs."""

_BEGINNING = 1 << 20
"""Bytes that a preview reads first of a table: more than tells how it is written."""

MOST_COLUMNS = 1024
"""Of a table. A longer row is most often a file read with the wrong separator, and a list of more
columns is nothing that a person could choose from."""

FEWEST_DISTINCT = 8
"""From so many rows on, a column without two equal words names its rows, and whole numbers that
hardly ever recur are values and not classes."""

_ID = re.compile(r"(?i:(^|[\W_])(id|no|nr|index|idx|row|sıra|sira)$)|(?<=[a-z])I[dD]$|^#$")
_DATE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}([ T].*)?|\d{1,2}([-/.])\d{1,2}\3(\d{4}|\d{2})( .*)?"
)

MOST_NOTES = 20
"""Of rows below a table that are notes."""

_NOTE = re.compile(r"\*|.*[^\W\d_]\s*:(?!/)")
"""What a note begins with: a star, or a word and a colon that is of no time and no address."""
_WORDS_OF_NOTE = 3

_TOTALS = frozenset({"total", "totals", "grand total", "toplam", "genel toplam"})

NUMERIC_SHARE = 0.9
"""A column with so many numbers is one of numbers, and what is none in it is a fault of it."""


class SkippedLines(NamedTuple):
    """How many lines of a file are no rows: above the table, remarks, blank ones, below it."""

    top: int = 0
    comments: int = 0
    blank: int = 0
    bottom: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class CsvColumn:
    """One column.

    Attributes
    ----------
    name
        From the header, made unique.
    numbers
        Shape (rows,), NaN where there is none; ``None`` for a column of words.
    words
        One a row, empty where there is none; ``None`` for a column of numbers.
    fault
        Row and text of the first value that is no number in a column of numbers; of no matter to
        who does not use the column.
    lacks_results
        Whether it has formulas of a workbook whose results are not stored.
    unit
        What stands beside each number but a nought, ``"%"`` or a currency, and is not in `numbers`:
        12.5% is 12.5.
    joined
        The first number whose thousands are parted in the file, as it stands there and as it is
        read, ``"1.100 = 1100"``; empty where none is.
    """

    name: str
    numbers: FloatArray | None
    words: tuple[str, ...] | None
    fault: tuple[int, str] | None = None
    lacks_results: bool = False
    unit: str = ""
    joined: str = ""

    @property
    def is_missing(self) -> np.ndarray:
        """Which rows have no value, shape (rows,)."""
        if self.numbers is not None:
            return np.asarray(np.isnan(self.numbers))
        return np.array([not word for word in self.words or ()], np.bool_)

    @property
    def is_dates(self) -> bool:
        """Whether every word is a date: as a word it says nothing about other days."""
        words = list(filter(None, self.words or ()))
        return bool(words) and all(map(_DATE.fullmatch, words))

    @property
    def names_rows(self) -> bool:
        """Whether it has another word in each row, so that none says anything about other rows."""
        if self.lacks_results:
            return False  # another formula in each row
        seen = set[str]()
        for word in filter(None, self.words or ()):
            if word in seen:
                return False  # most columns soon have one twice
            seen.add(word)
        return len(seen) >= FEWEST_DISTINCT


@dataclass(frozen=True, slots=True, eq=False)
class CsvTable:
    """A file's content.

    Attributes
    ----------
    format
        How it was written.
    columns
        All of one length.
    skipped
        Lines that are no rows.
    numbers_rows
        Whether the first column has no name among named ones: it numbers or names the rows.
    is_workbook
        Whether it comes from a workbook, so that nobody need ask how it is written.
    sheet, sheets
        Of a workbook: the sheet that was read, and what all are called. Of a zip with several
        tables: the same of them.
    """

    format: CsvFormat
    columns: tuple[CsvColumn, ...]
    rows: int
    skipped: SkippedLines
    numbers_rows: bool
    is_workbook: bool = False
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def meant(self) -> tuple[tuple[CsvColumn, ...], tuple[CsvColumn, ...]]:
        """Return the columns that an experiment which names none learns from and predicts.

        Files rely on it: it must stay as it is, whatever is proposed for new experiments.
        """
        some = self._filled(self.numbers_rows)
        features = [column for column in some[:-1] if not column.names_rows] or some[:-1]
        return tuple(features), tuple(some[-1:])

    def proposed(self) -> tuple[tuple[CsvColumn, ...], tuple[CsvColumn, ...]]:
        """Return the columns that a new experiment is to learn from and to predict.

        Neither dates nor a first column that counts say anything about other rows.
        """
        some = self._filled(self.numbers_rows or _counts(self.columns[0]))
        features = [each for each in some[:-1] if not (each.names_rows or each.is_dates)]
        return tuple(features or some[:-1]), tuple(some[-1:])

    def _filled(self, without_first: bool) -> list[CsvColumn]:
        """Return the columns with values; the first stays where too few would be left."""
        some = [column for column in self.columns if not column.is_missing.all()]
        if without_first and len(some) > 2 and some[0] is self.columns[0]:
            del some[0]
        return some


def _counts(column: CsvColumn) -> bool:
    """Tell whether a column numbers its rows by name and by value."""
    values = column.numbers
    return (
        values is not None
        and len(values) >= FEWEST_DISTINCT
        and _ID.search(column.name) is not None
        and bool((np.diff(values) == 1).all())
    )


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


class _Rows:
    """Rows of one width with the line they end on; a row of another width is an error."""

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
        """Return the next row that has a value."""
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
        """Tell whether no row follows."""
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


class _Builder:
    """One column while it grows, chunk by chunk."""

    def __init__(self, name: str, decimal: str, has_formulas: bool) -> None:
        self.name, self._decimal = name, decimal
        self._has_formulas, self._lacks_results = has_formulas, False
        self._numeric: bool | None = None
        self._unit, self._joins_blanks, self._joined = "", False, ""
        self._fault: tuple[int, str] | None = None
        self._numbers: list[FloatArray] = []
        self._words: list[str] = []
        self._known: dict[str, str] = {}  # so that a word which recurs takes its memory once

    def add(self, fields: tuple[str, ...], first_row: int) -> None:
        """Add a chunk of fields, the first of which is row `first_row`, counted from 1."""
        if self._has_formulas:
            self._lacks_results |= any(field.startswith("=") for field in fields)
        if self._numeric is not False and not self._unit:
            quick = self._all_numbers(fields)
            if quick is not None:
                self._numeric = True
                self._numbers.append(quick)
                return
        if self._numeric is None:
            self._unit = self._find_unit(fields)
            self._numeric = bool(self._unit) or self._mostly_numbers(fields)
        if self._numeric:
            self._numbers.append(self._with_gaps(fields, first_row))
        else:
            stripped = map(str.strip, fields)
            words = ["" if v.lower() in MISSING else v for v in stripped]
            if len(self._known) < _MOST_KNOWN:
                words = [self._known.setdefault(word, word) for word in words]
            self._words += words

    def _all_numbers(self, fields: tuple[str, ...]) -> FloatArray | None:
        """Return a chunk in which every field is a plain finite number, else ``None``."""
        text = [f.replace(",", ".") for f in fields] if self._decimal == "," else fields
        if self._decimal == "," and any("." in f for f in fields):
            return None
        try:
            values = np.fromiter(map(float, text), np.float64, len(fields))
        except ValueError:
            return None
        return values if np.isfinite(values).all() and not any("_" in f for f in fields) else None

    def _mostly_numbers(self, fields: tuple[str, ...]) -> bool:
        """Decide the column's kind."""
        filled = [v for v in map(str.strip, fields) if v.lower() not in MISSING]
        numbers = sum(1 for v in filled if self._number(v, "") is not None)
        return numbers > 0 and numbers >= NUMERIC_SHARE * len(filled)

    def _find_unit(self, fields: tuple[str, ...]) -> str:
        """Return the unit of a column's numbers, empty where they have none in common.

        A word is a unit only where each number has it: classes and sizes end with words too.
        """
        filled = [v for v in map(str.strip, fields) if v.lower() not in MISSING]
        parted = list(map(split_unit, filled))
        self._joins_blanks = joins_blanks(number for number, _ in parted)
        units = Counter(unit for _, unit in parted if unit)
        if not units:
            return ""
        ((unit, _),) = units.most_common(1)
        numbers = sum(1 for v in filled if self._number(v, unit) is not None)
        return unit if numbers >= (NUMERIC_SHARE if is_sign(unit) else 1) * len(filled) else ""

    def _number(self, text: str, wanted: str) -> float | None:
        """Return the number in a field of the unit that is wanted; a nought needs none."""
        bare, unit = split_unit(text) if wanted else (text, "")
        number = number_of(bare, self._decimal, self._joins_blanks)
        return number if number == 0 or unit.casefold() == wanted.casefold() else None

    def _with_gaps(self, fields: tuple[str, ...], first_row: int) -> FloatArray:
        """Return a chunk with NaN for missing values and for what is no number, a fault."""
        values = np.empty(len(fields))
        for place, field in enumerate(fields):
            text = field.strip()
            if text.lower() in MISSING:
                values[place] = np.nan
                continue
            number = self._number(text, self._unit)
            if number is None or not math.isfinite(number):
                number = np.nan
                self._fault = self._fault or (first_row + place, text)
            values[place] = number
        if not self._joined and may_have_groups("".join(fields), self._decimal, self._joins_blanks):
            self._joined = self._first_joined(fields, values)
        return values

    def _first_joined(self, fields: tuple[str, ...], values: FloatArray) -> str:
        """Return the first number of a chunk whose thousands are parted, as it stands and whole."""
        for field, is_none in zip(map(str.strip, fields), np.isnan(values), strict=True):
            bare = split_unit(field)[0] if self._unit else field
            whole = without_groups(bare, self._decimal)
            if not is_none and whole != bare:
                return f"{bare} = {whole}"
        return ""

    def column(self) -> CsvColumn:
        """Return what has grown."""
        lacks = self._lacks_results
        if self._numeric:
            numbers = np.concatenate(self._numbers)
            numbers.flags.writeable = False  # the table is kept, see model.data.reading
            return CsvColumn(self.name, numbers, None, self._fault, lacks, self._unit, self._joined)
        return CsvColumn(self.name, None, tuple(self._words), None, lacks)


def read_csv(wanted: CsvData, most_rows: int | None = None) -> CsvTable:
    """Read a file.

    Parameters
    ----------
    wanted
        Which file, and what a person has said about how it is written.
    most_rows
        Read no more than so many.

    Raises
    ------
    ModelError
        Codes ``data.csv_empty``, ``data.csv_wide``, ``data.csv_damaged`` and ``data.csv_ragged``
        (with the line), and those of :func:`model.data_paths.data_bytes`, :mod:`model.data.packed`,
        :func:`model.data.csv.workbook.read_sheet` and :func:`model.data.csv.format.find_format`.
    """
    written = (
        wanted.separator,
        wanted.decimal,
        wanted.encoding,
        wanted.header,
        wanted.skip_lines,
        wanted.sheet,
    )
    return once(wanted.path, (written, most_rows), lambda: _read(wanted, most_rows), _nbytes)


def _nbytes(table: CsvTable) -> int:
    """Return how much memory a table takes."""
    numbers = sum(column.numbers.nbytes for column in table.columns if column.numbers is not None)
    words = [column.words for column in table.columns if column.words is not None]
    # Of equal words there is most often one, which all places lead to.
    different = sum(sys.getsizeof(word) for each in words for word in set(each))
    return numbers + different + sum(map(sys.getsizeof, words))


def _read(wanted: CsvData, most_rows: int | None) -> CsvTable:
    if most_rows is not None and (table := _by_beginning(wanted, most_rows)) is not None:
        return table
    content = unpacked(data_bytes(wanted.path), wanted.path, MOST_TABLE_BYTES)
    part = table_in(content, wanted.path, wanted.sheet)
    if part.names:
        wanted = replace(wanted, sheet="")  # of a workbook in a zip it is the first
    if not is_workbook(part.content):
        text, encoding = decode_text(part.content, wanted.encoding, wanted.path)
        name, names = part.name, part.names
        del content, part  # which are as large as the text
        layout, text = find_format(text, encoding, wanted)
        return _table(layout, text, wanted.path, most_rows, name, names)
    most = None if most_rows is None else most_rows + SAMPLE_LINES + (wanted.skip_lines or 0)
    sheet = read_sheet(part.content, wanted.path, wanted.sheet, MOST_COLUMNS, most)
    name, names = (part.name, part.names) if part.names else (sheet.name, sheet.names)
    # Cells of numbers have a point; cells of text may hold numbers with a comma.
    wanted = replace(wanted, separator=",", decimal="")
    layout, text = find_format(sheet.text, "utf-8", wanted)
    return _table(layout, text, wanted.path, most_rows, name, names, sheet.formulas)


def _by_beginning(wanted: CsvData, most_rows: int) -> CsvTable | None:
    """Return a table's first rows, read from its first bytes; ``None`` where it takes them all.

    It does where the table is small or a workbook, where those bytes hold too few rows or a fault,
    and where what follows may tell how they are meant: which lines are remarks, and whether the
    first one counts the rows.
    """
    content = data_bytes(wanted.path, _BEGINNING)
    if is_zip(content):
        content = data_bytes(wanted.path)
    try:
        content = content if is_zip(content) else beginning(content, _BEGINNING)
        part = table_in(content, wanted.path, wanted.sheet, _BEGINNING)
        content = part.content[: part.content.rfind(b"\n") + 1]
        if len(part.content) < _BEGINNING or is_workbook(content) or b"\0" in content:
            return None
        if content.startswith(b"#") or b"\n#" in content:
            return None
        text, encoding = decode_text(content, wanted.encoding, wanted.path)
        if len(text) < SAMPLE_LETTERS:
            return None
        layout, text = find_format(text, encoding, wanted)
        table = _table(layout, text, wanted.path, most_rows, part.name, part.names)
    except ModelError:
        return None
    return None if table.rows < most_rows or _may_count(table) else table


def _may_count(table: CsvTable) -> bool:
    """Tell whether the first row may count what follows; see `model.data.csv.format`."""
    if len(table.columns) < 2 or table.format.header or table.format.skip_lines:
        return False
    second, others = table.columns[1], len(table.columns) - 1
    if second.numbers is not None:
        return bool(second.numbers[0] == others)
    return second.words is not None and second.words[0] == str(others)


def _table(
    layout: CsvFormat,
    text: str,
    path: str,
    most_rows: int | None,
    sheet: str,
    sheets: tuple[str, ...],
    formulas: frozenset[int] | None = None,
) -> CsvTable:
    """Read a table's text; `formulas` is ``None`` where it comes from no workbook."""
    source = _Rows(text, layout, path)
    builders = [
        _Builder(name, layout.decimal, formulas is not None and at in formulas)
        for at, name in enumerate(source.names)
    ]
    rows, count = iter(source), 0
    while True:
        size = CHUNK if count else FIRST_CHUNK
        if most_rows is not None:
            size = min(size, most_rows - count)
        chunk = list(islice(rows, size))
        if not chunk:
            break
        for builder, fields in zip(builders, zip(*chunk, strict=True), strict=True):
            builder.add(fields, count + 1)
        count += len(chunk)
        report(source.share)
    if count == 0:
        raise ModelError("data.csv_empty", "{file} holds no rows. Choose another file.", file=path)
    columns = tuple(builder.column() for builder in builders)
    return CsvTable(
        layout,
        columns,
        count,
        source.skipped,
        source.numbers_rows,
        formulas is not None,
        sheet,
        sheets,
    )
