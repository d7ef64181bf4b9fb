"""What parts the fields of a line."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from model.data.csv.numbers import is_number

SEPARATORS = (";", "\t", "|", ",", " ")
"""Tried in this order: a comma may also be a decimal sign and a blank part of a text."""


def filled_rows(lines: Sequence[str], separator: str) -> list[tuple[int, list[str]]]:
    """Return the filled rows of some lines, each with how many lines stand above it.

    A row may be broken where a quoted field is cut off.
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


def without_runs(text: str) -> str:
    """Return a text parted by runs of blanks and tabs as one parted by single blanks."""
    return re.sub(r"(?m)^ | (?=\r?$)", "", re.sub(r"[ \t]+", " ", text))


def find_separator(lines: Sequence[str]) -> str:
    """Return the separator that cuts most lines into the same number of fields, 2 or more.

    A line that is cut inside a quoted text does not count.
    """
    best, best_share = ",", 0.0
    for separator in SEPARATORS:
        parted = list(map(without_runs, lines)) if separator == " " else lines
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
