"""A column of a table, of numbers or words, built chunk by chunk."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from foundation.text import Names
from model.arrays import FloatArray
from model.data.csv.numbers import (
    MISSING,
    is_sign,
    may_have_groups,
    number_of,
    split_unit,
    without_groups,
)
from model.data.dataset import LARGEST

_MAX_KNOWN = 10_000
"""Maximum distinct words shared in memory; a column with more hardly repeats any."""

FEWEST_DISTINCT = 8
"""Minimum rows for judging whether values recur.

With fewer rows, distinct words are not taken for row names, nor whole numbers for values.
"""

_DATE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}([ T].*)?|\d{1,2}([-/.])\d{1,2}\3(\d{4}|\d{2})( .*)?"
)

NUMERIC_SHARE = 0.9
"""Minimum share of numbers in a numeric column; its other values are faults."""


@dataclass(frozen=True, slots=True, eq=False)
class CsvColumn:
    """One column.

    Attributes
    ----------
    name
        Name from the header, made unique.
    numbers
        Values, shape (rows,), NaN where missing; ``None`` for a column of words.
    words
        One word per row, empty where missing; ``None`` for a column of numbers.
    fault
        Row and text of the first value in a column of numbers that is not a number; an error
        only if the column is used.
    lacks_results
        Whether it contains workbook formulas whose results are not stored.
    unit
        Unit of the numbers in the file, such as ``"%"`` or a currency, empty if there is none.
        It is removed from `numbers`: 12.5% is 12.5.
    joined
        First number with thousands separators, as written and as read, ``"1.100 = 1100"``;
        empty if there is none.
    """

    name: str
    numbers: FloatArray | None
    words: Names | None
    fault: tuple[int, str] | None = None
    unit: str = ""
    joined: str = ""

    @property
    def is_missing(self) -> np.ndarray:
        """Mask of the rows without a value, shape (rows,)."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        return np.array([not word for word in self.words or ()], np.bool_)

    @property
    def is_dates(self) -> bool:
        """Whether all words are dates, which cannot predict other days."""
        words = list(filter(None, self.words or ()))
        return bool(words) and all(map(_DATE.fullmatch, words))

    @property
    def names_rows(self) -> bool:
        """Whether every row has a different word, which cannot predict other rows."""
        seen = set[str]()
        for word in filter(None, self.words or ()):
            if word in seen:
                return False  # most columns soon have one twice
            seen.add(word)
        return len(seen) >= FEWEST_DISTINCT


class ColumnBuilder:
    """Builder of a column, chunk by chunk."""

    def __init__(self, name: str, decimal: str) -> None:
        self.name, self._decimal = name, decimal
        self._numeric: bool | None = None
        self._unit, self._joined = "", ""
        self._fault: tuple[int, str] | None = None
        self._numbers: list[FloatArray] = []
        self._words: list[str] = []
        self._known: dict[str, str] = {}  # so that a word which recurs takes its memory once

    def add(self, fields: tuple[str, ...], first_row: int) -> None:
        """Add a chunk of fields; its first row is `first_row`, counted from 1."""
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
            if len(self._known) < _MAX_KNOWN:
                words = [self._known.setdefault(word, word) for word in words]
            self._words += words

    def _all_numbers(self, fields: tuple[str, ...]) -> FloatArray | None:
        """Return a chunk as numbers, ``None`` unless all are plain and finite."""
        text = [f.replace(",", ".") for f in fields] if self._decimal == "," else fields
        if self._decimal == "," and any("." in f for f in fields):
            return None
        try:
            values = np.fromiter(map(float, text), np.float64, len(fields))
        except ValueError:
            return None
        is_usable = bool((np.abs(values) <= LARGEST).all())
        return values if is_usable and not any("_" in f for f in fields) else None

    def _mostly_numbers(self, fields: tuple[str, ...]) -> bool:
        """Return whether enough fields are numbers for a numeric column."""
        filled = [v for v in map(str.strip, fields) if v.lower() not in MISSING]
        numbers = sum(1 for v in filled if self._number(v, "") is not None)
        return numbers > 0 and numbers >= NUMERIC_SHARE * len(filled)

    def _find_unit(self, fields: tuple[str, ...]) -> str:
        """Return the unit common to a column's numbers, empty if there is none.

        A word is a unit only if every number has it, since classes and sizes end with words too.
        """
        filled = [v for v in map(str.strip, fields) if v.lower() not in MISSING]
        units = Counter(unit for _, unit in map(split_unit, filled) if unit)
        if not units:
            return ""
        ((unit, _),) = units.most_common(1)
        numbers = sum(1 for v in filled if self._number(v, unit) is not None)
        return unit if numbers >= (NUMERIC_SHARE if is_sign(unit) else 1) * len(filled) else ""

    def _number(self, text: str, wanted: str) -> float | None:
        """Return the number in a field with the expected unit; zero needs no unit."""
        bare, unit = split_unit(text) if wanted else (text, "")
        number = number_of(bare, self._decimal)
        return number if number == 0 or unit.casefold() == wanted.casefold() else None

    def _with_gaps(self, fields: tuple[str, ...], first_row: int) -> FloatArray:
        """Return a chunk with NaN for gaps; record the first non-number as the fault."""
        values = np.empty(len(fields))
        for place, field in enumerate(fields):
            text = field.strip()
            if text.lower() in MISSING:
                values[place] = np.nan
                continue
            number = self._number(text, self._unit)
            if number is None or not abs(number) <= LARGEST:
                number = np.nan
                self._fault = self._fault or (first_row + place, text)
            values[place] = number
        if not self._joined and may_have_groups("".join(fields), self._decimal):
            self._joined = self._first_joined(fields, values)
        return values

    def _first_joined(self, fields: tuple[str, ...], values: FloatArray) -> str:
        """Return a chunk's first number with separated thousands, as written and joined."""
        for field, is_none in zip(map(str.strip, fields), np.isnan(values), strict=True):
            bare = split_unit(field)[0] if self._unit else field
            whole = without_groups(bare, self._decimal)
            if not is_none and whole != bare:
                return f"{bare} = {whole}"
        return ""

    def column(self) -> CsvColumn:
        """Return the finished column."""
        if self._numeric:
            numbers = np.concatenate(self._numbers)
            numbers.flags.writeable = False  # the table is kept, see model.data.files.reading
            return CsvColumn(self.name, numbers, None, self._fault, self._unit, self._joined)
        return CsvColumn(self.name, None, tuple(self._words))
