"""Write a CSV file for a spreadsheet."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable

from model.files import write_bytes


def write_csv(path: str | os.PathLike[str], rows: Iterable[Iterable[object]]) -> None:
    """Write rows, the header the first of them, whole or not at all.

    Raises
    ------
    ModelError
        Code ``file.unwritable``.
    """
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(map(plain_cells, rows))
    # Spreadsheets take a file for UTF-8 only if it starts with the mark.
    write_bytes(path, out.getvalue().encode("utf-8-sig"))


def plain_cells(row: Iterable[object]) -> list[object]:
    """Return a row for a table, no text of which a spreadsheet would run as a formula.

    A text that begins with one of = + - @ gets an apostrophe before it, which spreadsheets hide; a
    number stays one, also if it is negative.
    """
    return [f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell for cell in row]


def _is_formula(text: str) -> bool:
    if not text.startswith(("=", "+", "-", "@", "\t", "\r")):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False
