"""A sheet of an Excel workbook converted to CSV text."""

from __future__ import annotations

import csv
import datetime
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any, NamedTuple

from foundation.text import Names
from model.data.files.packed import unpacks_in_pieces
from model.errors import ModelError

type _Row = tuple[object, ...]

MAX_UNPACKED_BYTES = 1 << 29
"""Maximum unpacked size of a workbook, to guard against zip bombs."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Sheet(NamedTuple):
    """One sheet of a workbook.

    Attributes
    ----------
    text
        Rows as CSV: commas between fields, points in numbers.
    name
        Name of the sheet.
    names
        Names of all sheets, in order.
    formulas
        Columns, counted from 0, with formulas whose results are not stored; their fields
        contain the formulas.
    """

    text: str
    name: str
    names: Names


def is_workbook(content: bytes) -> bool:
    """Return whether a file begins like an Excel workbook, of the old format too."""
    return content.startswith((_ZIP, _OLE))


def read_sheet(
    content: bytes, path: str, wanted: str, most_columns: int, most_rows: int | None = None
) -> Sheet:
    """Read a sheet of a workbook.

    Parameters
    ----------
    content, path
        Content and path of the workbook.
    wanted
        Name of the sheet; empty for the first one with a value.
    most_columns
        Maximum columns; one more is read to detect a wider sheet.
    most_rows
        Maximum rows to read; ``None`` for all.

    Raises
    ------
    ModelError
        Codes ``data.workbook_old`` (the format before 2007, or locked by a password),
        ``data.workbook`` (damaged or not a workbook), ``data.workbook_large`` and
        ``data.workbook_sheet`` (no such sheet).
    """
    if content.startswith(_OLE):
        raise ModelError(
            "data.workbook_old",
            "{file} is an Excel workbook of the old kind, or locked by a password. Save it as "
            ".xlsx without one.",
            file=path,
        )
    try:
        return _read(content, path, wanted, most_columns, most_rows)
    except ModelError:
        raise
    except Exception as fault:  # openpyxl lets through whatever zip and XML raise
        raise ModelError(
            "data.workbook",
            "{file} is damaged, or no Excel workbook. Open it in Excel or LibreOffice and save it "
            "again as .xlsx.",
            file=path,
        ) from fault


def _read(
    content: bytes, path: str, wanted: str, most_columns: int, most_rows: int | None
) -> Sheet:
    _check_size(content, path)
    from openpyxl import load_workbook  # late: a fifth of a second, for who opens a workbook

    warnings.filterwarnings("ignore", module="openpyxl")  # of styles and links, which are not read
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    with closing(book):
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        names = tuple(sheets)
        if wanted and wanted not in sheets:
            raise ModelError(
                "data.workbook_sheet",
                '{file} has no sheet called "{sheet}". It has: {names}.',
                file=path,
                sheet=wanted,
                names=", ".join(names),
            )
        text, name = "", wanted
        for name in [wanted] if wanted else names:
            text = _as_csv(islice(_rows_of(sheets[name], most_columns), most_rows), path)
            if text:
                break
        return Sheet(text, name, names)


def _rows_of(sheet: Any, most_columns: int) -> Iterator[_Row]:
    sheet.reset_dimensions()  # what some programs write there is not true
    yield from sheet.iter_rows(values_only=True, max_col=most_columns + 1)


def _check_size(content: bytes, path: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise _large(path)
    if not all(map(unpacks_in_pieces, parts)):
        raise zipfile.BadZipFile("unusual compression")


def _as_csv(rows: Iterable[_Row], path: str) -> str:
    """Return rows as CSV text, empty if no cell has a value.

    From the first row with two values on, all rows are padded to the same width; the rows above
    are titles. Blank rows become blank lines, so that line numbers equal row numbers.
    """
    kept: list[list[str]] = []
    before: _Row | None = None
    for row in rows:
        # openpyxl gives one and the same row for all that a gap of blank ones holds.
        kept.append(kept[-1] if row is before else _fields(row))
        before = row
    while kept and not kept[-1]:
        kept.pop()
    width = max(map(len, kept), default=0)
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    for fields in kept:
        if fields:
            writer.writerow(fields + [""] * (width - len(fields)))
        else:
            target.write("\n")
        if target.tell() > MAX_UNPACKED_BYTES:
            raise _large(path)
    return target.getvalue()


def _fields(row: _Row) -> list[str]:
    """Return a row's fields up to the last value."""
    fields = [_field(value) for value in row]
    while fields and not fields[-1]:
        fields.pop()
    return fields


def _field(value: object) -> str:
    """Return a cell's value as a field: dates as ISO 8601, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)


def _large(path: str) -> ModelError:
    return ModelError(
        "data.workbook_large",
        "{file} unpacks to more than {most} MB, which is too much for a table. Keep only the "
        "sheet that you need, or save it as CSV.",
        file=path,
        most=MAX_UNPACKED_BYTES >> 20,
    )
