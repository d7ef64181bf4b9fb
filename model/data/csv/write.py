"""Write a CSV file that reads back to the same numbers and words."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence

from model.errors import ModelError
from model.files import write_bytes


def write_csv(
    path: str | os.PathLike[str],
    names: Sequence[str],
    rows: Iterable[Sequence[float | str]],
    *,
    separator: str = ",",
    decimal: str = ".",
    encoding: str = "utf-8",
) -> None:
    """Write a header and rows, whole or not at all.

    Parameters
    ----------
    path
        Where to.
    names
        The header.
    rows
        Numbers are written with the fewest digits that read back to the same number.
    separator, decimal
        One character each; they must differ.
    encoding
        ``"utf-8-sig"`` marks the file as UTF-8; without it Excel reads letters such as "ş" wrong.

    Raises
    ------
    ModelError
        Codes ``data.csv_separator`` and ``file.unwritable``.
    """
    if separator == decimal:
        raise ModelError(
            "data.csv_separator",
            "The separator {separator} is also the decimal sign. Use a semicolon.",
            separator=repr(separator),
        )

    def field(value: float | str) -> str:
        if isinstance(value, str):
            return value
        text = repr(float(value))
        return text.replace(".", decimal) if decimal != "." else text

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([field(value) for value in row] for row in rows)
    write_bytes(path, out.getvalue().encode(encoding))


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
