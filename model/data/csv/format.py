"""The format of a CSV file, detected from its first lines: separator, decimal sign, header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from model.data.csv.numbers import (
    MISSING,
    find_decimal,
    is_number,
    is_number_or_gap,
    number_of,
    without_units,
)
from model.data.csv.text import Lines, check_is_table, first_lines, has_comments, is_comment
from model.errors import ModelError

if TYPE_CHECKING:
    from model.data.sources.csv import CsvData


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """The format of a file.

    Attributes
    ----------
    encoding
        Name of the codec.
    separator, decimal
        One character each; a space as separator means any run of spaces and tabs.
    header
        Whether the first row contains the column names.
    skip_lines
        Number of lines above the table.
    comments
        Whether lines that begin with "#" are comments.
    second
        Whether the header has a second row, of units or further names.
    """

    encoding: str
    separator: str
    decimal: str
    header: bool
    skip_lines: int = 0
    comments: bool = False


def find_format(text: str, encoding: str, wanted: CsvData) -> tuple[CsvFormat, str]:
    """Detect a file's format; return it and the text of the table.

    Parameters
    ----------
    text, encoding
        Text and encoding of the file; see :func:`model.data.csv.text.decode_text`.
    wanted
        The user's settings for the file; empty ones are detected.

    Raises
    ------
    ModelError
        Codes ``data.csv_markup``, ``data.csv_json``, ``data.csv_binary`` and
        ``data.csv_separator``.
    """
    text = text.removeprefix("\ufeff").rstrip("\x1a\r\n")  # DOS ended a file with 1A
    check_is_table(text, wanted.path)
    comments = has_comments(text)
    plain = ["\n" if comments and is_comment(line) else line for line in first_lines(text)]
    separator = wanted.separator or find_separator(plain[wanted.skip_lines or 0 :])
    if len(separator) != 1 or separator in '"\r\n':
        raise ModelError(
            "data.csv_separator",
            "The separator {separator} is not one character. Use a comma, semicolon or tab.",
            separator=repr(separator),
        )
    if separator == " ":
        text = collapse_blanks(text)
        plain = [collapse_blanks(line) for line in plain]
    rows = filled_rows(plain, separator)
    start = find_start(rows) if wanted.skip_lines is None else wanted.skip_lines
    table = [row for above, row in rows if above >= start]
    parted = without_units(table)
    decimal = wanted.decimal or find_decimal(parted, separator)
    bare = [[number for number, _ in row] for row in parted]
    header = has_header(bare, decimal) if wanted.header is None else wanted.header
    text = text[sum(map(len, islice(Lines(text), start))) :]
    return CsvFormat(encoding, separator, decimal, header, start, comments), text


SEPARATORS = (";", "\t", "|", ",", " ")
"""Separators in the order tried.

A comma may also be a decimal sign, and a space part of a text.
"""


def filled_rows(lines: Sequence[str], separator: str) -> list[tuple[int, list[str]]]:
    """Return the non-empty rows of lines, with the number of lines above each.

    A row may be incomplete if the lines end inside a quoted field.
    """
    reader, rows, above = csv.reader(lines, delimiter=separator), [], 0
    try:
        for row in reader:
            if any(field.strip() for field in row):
                rows.append((above, row))
            above = reader.line_num
    except csv.Error:
        return []
    return rows


def collapse_blanks(text: str) -> str:
    """Return a text with each run of spaces and tabs replaced by one space."""
    return re.sub(r"(?m)^ | (?=\r?$)", "", re.sub(r"[ \t]+", " ", text))


def find_separator(lines: Sequence[str]) -> str:
    """Return the separator that gives most lines the same number of fields.

    It must give at least two fields. Lines that are cut inside a quoted text are not used to
    find that number.
    """
    best, best_share = ",", 0.0
    for separator in SEPARATORS:
        parted = list(map(collapse_blanks, lines)) if separator == " " else lines
        rows = [row for _, row in filled_rows(parted, separator)]
        if not rows:
            continue
        if separator == " ":
            fields = [field for row in rows[1:] for field in row]
            some_are_whole = any(len(row) == 1 for row in rows)
            if 2 * sum(map(is_number, fields)) < max(len(fields), 1) + some_are_whole:
                continue  # two words are a text, and so is "Digit 7" below a heading of one word
        whole = [row for row in rows if not any(field.count('"') % 2 for field in row)]
        width, count = Counter(map(len, whole or rows)).most_common(1)[0]
        share = count / len(rows) if width > 1 else 0.0
        if share > best_share + 0.05:
            best, best_share = separator, share
    return best


def has_header(rows: list[list[str]], decimal: str) -> bool:
    """Return whether the first row contains column names.

    Names are not numbers, except for years, and do not recur in the rows below.
    """
    if len(rows) < 2:
        return bool(rows) and all(number_of(v.strip(), decimal) is None for v in rows[0])
    first, rest = rows[0], rows[1:]
    if not first[0].strip() and all(row[0].strip() for row in rest):
        return True  # nothing is missing below: the column names or numbers the rows
    if any(number_of(field.strip(), decimal) is not None for field in first):
        return False
    for column, name in enumerate(first):
        values = [row[column].strip() for row in rest if column < len(row)]
        filled = [v for v in values if v.lower() not in MISSING]
        if filled and all(number_of(v, decimal) is not None for v in filled):
            return True
        if name.strip() and name.strip() in values:
            return False
    return True


def _count_title_rows(rows: list[list[str]]) -> int:
    """Return the number of title rows, padded with separators, above the names.

    A row of names has as many distinct words as columns, one of them above numbers only.
    """
    for count, row in enumerate(rows):
        filled = [bool(field.strip()) for field in row]
        if all(filled) and len(set(row)) == len(row) > 1 and not any(map(is_number, row)):
            return count if _has_numeric_column(rows[count + 1 :]) else 0
        if not filled[0] or any(filled[1:]) or is_number(row[0]):
            break
    return 0


def _has_numeric_column(rows: list[list[str]]) -> bool:
    """Return whether some column contains only numbers."""
    columns = [
        [field for field in column if field.strip()] for column in zip_longest(*rows, fillvalue="")
    ]
    return any(
        any(map(is_number, column)) and all(map(is_number_or_gap, column)) for column in columns
    )


def find_start(rows: list[tuple[int, list[str]]]) -> int:
    """Return the number of title lines above the table.

    Notes ----- The table begins with the first row of the most common width, or with the row
    above it if that names the columns: all but the first one, as R writes them, or with a
    separator at the end.
    """
    if not rows:
        return 0
    width = Counter(len(row) for _, row in rows).most_common(1)[0][0]
    if width < 2:
        return 0
    begin = next(at for at, (_, row) in enumerate(rows) if len(row) == width)
    begin += _count_title_rows([row for _, row in rows[begin:]])
    return rows[begin][0] if begin else 0
