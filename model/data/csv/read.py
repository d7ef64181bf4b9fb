"""Read a CSV file into columns, chunk by chunk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from foundation.progress import report
from foundation.text import Names
from model.data.csv.column import FEWEST_DISTINCT, ColumnBuilder, CsvColumn
from model.data.csv.format import CsvFormat, find_format
from model.data.csv.rows import MAX_COLUMNS, Rows, SkippedLines
from model.data.csv.text import SAMPLE_LINES, decode_text
from model.data.csv.workbook import is_workbook, read_sheet
from model.data.files.packed import MAX_TABLE_BYTES, table_in, unpacked
from model.data.files.paths import data_bytes
from model.data.files.reading import read_cached
from model.errors import ModelError

if TYPE_CHECKING:
    from model.data.sources.csv import CsvData

FIRST_CHUNK, CHUNK = 20_000, 1_000
"""Rows per chunk.

The first chunk decides each column's kind. Later ones are small, so that progress is
reported, and reading can be cancelled, every few milliseconds.
"""

_WORD_BYTES = 60

_ID = re.compile(r"(?i:(^|[\W_])(id|no|nr|index|idx|row|sıra|sira)$)|(?<=[a-z])I[dD]$|^#$")


@dataclass(frozen=True, slots=True, eq=False)
class CsvTable:
    """The content of a file.

    Attributes
    ----------
    format
        The format of the file.
    columns
        The columns, all of the same length.
    skipped
        Number of lines that are not rows, by kind.
    numbers_rows
        Whether the header leaves the first column unnamed, which then numbers or names the
        rows.
    is_workbook
        Whether it comes from a workbook, so that its format need not be asked for.
    sheet, sheets
        The name of the sheet read and of all sheets, for a workbook; of the table read and of
        all tables, for a zip with several.
    """

    format: CsvFormat
    columns: tuple[CsvColumn, ...]
    rows: int
    skipped: SkippedLines
    numbers_rows: bool
    is_workbook: bool = False
    sheet: str = ""
    sheets: Names = ()

    def legacy_default_columns(self) -> tuple[tuple[CsvColumn, ...], tuple[CsvColumn, ...]]:
        """Return the default features and targets of an experiment that names none.

        Existing files depend on it: it must not change, whatever is proposed to new experiments.
        """
        some = self._with_values(self.numbers_rows)
        features = [column for column in some[:-1] if not column.names_rows] or some[:-1]
        return tuple(features), tuple(some[-1:])

    def proposed_columns(self) -> tuple[tuple[CsvColumn, ...], tuple[CsvColumn, ...]]:
        """Return the features and targets proposed to a new experiment.

        Dates, row names and a first column of row numbers are omitted, since they cannot predict
        other rows.
        """
        some = self._with_values(self.numbers_rows or _is_row_numbers(self.columns[0]))
        features = [each for each in some[:-1] if not (each.names_rows or each.is_dates)]
        return tuple(features or some[:-1]), tuple(some[-1:])

    def _with_values(self, without_first: bool) -> list[CsvColumn]:
        """Return the columns with values, without the first if requested and enough remain."""
        some = [column for column in self.columns if not column.is_missing.all()]
        if without_first and len(some) > 2 and some[0] is self.columns[0]:
            del some[0]
        return some


def _is_row_numbers(column: CsvColumn) -> bool:
    """Return whether a column numbers the rows, by its name and its values."""
    values = column.numbers
    return (
        values is not None
        and len(values) >= FEWEST_DISTINCT
        and _ID.search(column.name) is not None
        and bool((np.diff(values) == 1).all())
    )


def read_csv(wanted: CsvData, most_rows: int | None = None) -> CsvTable:
    """Read a table into columns.

    Parameters
    ----------
    wanted
        The file, and the user's settings for its format.
    most_rows
        Maximum rows to read; ``None`` for all.

    Raises
    ------
    ModelError
        Codes ``data.csv_empty``, ``data.csv_wide``, ``data.csv_damaged`` and
        ``data.csv_ragged`` (with the line), and those of
        :func:`model.data.files.paths.data_bytes`, :mod:`model.data.files.packed`,
        :func:`model.data.csv.workbook.read_sheet` and
        :func:`model.data.csv.format.find_format`.
    """
    written = (
        wanted.separator,
        wanted.decimal,
        wanted.encoding,
        wanted.header,
        wanted.skip_lines,
        wanted.sheet,
    )
    return read_cached(wanted.path, (written, most_rows), lambda: _read(wanted, most_rows), _nbytes)


def _nbytes(table: CsvTable) -> int:
    """Return a table's size in memory, in bytes."""
    each = [8 if column.words is None else _WORD_BYTES for column in table.columns]
    return table.rows * sum(each)


def _read(wanted: CsvData, most_rows: int | None) -> CsvTable:
    content = unpacked(data_bytes(wanted.path), wanted.path, MAX_TABLE_BYTES)
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
    sheet = read_sheet(part.content, wanted.path, wanted.sheet, MAX_COLUMNS, most)
    name, names = (part.name, part.names) if part.names else (sheet.name, sheet.names)
    # Cells of numbers have a point; cells of text may hold numbers with a comma.
    wanted = replace(wanted, separator=",", decimal="")
    layout, text = find_format(sheet.text, "utf-8", wanted)
    return _table(layout, text, wanted.path, most_rows, name, names, from_workbook=True)


def _table(
    layout: CsvFormat,
    text: str,
    path: str,
    most_rows: int | None,
    sheet: str,
    sheets: Names,
    from_workbook: bool = False,
) -> CsvTable:
    source = Rows(text, layout, path)
    builders = [ColumnBuilder(name, layout.decimal) for name in source.names]
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
        from_workbook,
        sheet,
        sheets,
    )
