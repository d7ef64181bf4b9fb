"""Tables as CSV files that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as the content of a CSV file, the header first."""
    table = io.StringIO(newline="")
    csv.writer(table, lineterminator="\n").writerows(map(plain_cells, rows))
    # Spreadsheets take a file for UTF-8 only if it starts with the mark.
    return table.getvalue().encode("utf-8-sig")


def plain_cells(row: Iterable[object]) -> list[object]:
    """Return a row, with texts escaped that a spreadsheet would run as formulas.

    Texts that begin with = + - or @ get an apostrophe in front, which spreadsheets hide; numbers
    are unchanged, even if negative.
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
