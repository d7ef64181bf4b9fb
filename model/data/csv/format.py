"""How a CSV file is written, as far as it is found out from its first lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from model.data.csv.decimal_sign import find_decimal
from model.data.csv.header import find_header, find_second, find_start, named_by_comment
from model.data.csv.separator import filled_rows, find_separator, without_runs
from model.data.csv.text import Lines, first_lines, has_comments, is_comment, refuse_other_kinds
from model.data.csv.units import without_units
from model.errors import ModelError

if TYPE_CHECKING:
    from model.data.sources.csv import CsvData


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """How a file is written.

    Attributes
    ----------
    encoding
        A codec's name.
    separator, decimal
        One character each; a blank as separator stands for any run of blanks and tabs.
    header
        Whether the first row holds names.
    skip_lines
        How many lines at the top are no part of the table.
    comments
        Whether lines that begin with "#" are remarks.
    second
        Whether the row below the names belongs to them: the units, or a second row of names.
    """

    encoding: str
    separator: str
    decimal: str
    header: bool
    skip_lines: int = 0
    comments: bool = False
    second: bool = False


def find_format(text: str, encoding: str, wanted: CsvData) -> tuple[CsvFormat, str]:
    """Find out how a file is written, and return the text of its table too.

    Parameters
    ----------
    text, encoding
        The file's; see :func:`model.data.csv.text.decode_text`.
    wanted
        What a person has said about it; empty settings are found out.

    Raises
    ------
    ModelError
        Codes ``data.csv_markup``, ``data.csv_json``, ``data.csv_binary`` and
        ``data.csv_separator``.
    """
    text = text.removeprefix("\ufeff").rstrip("\x1a\r\n")  # DOS ended a file with 1A
    refuse_other_kinds(text, wanted.path)
    comments = has_comments(text)
    lines = first_lines(text)
    plain = ["\n" if comments and is_comment(line) else line for line in lines]
    separator = wanted.separator or find_separator(plain[wanted.skip_lines or 0 :])
    if len(separator) != 1 or separator in '"\r\n':
        raise ModelError(
            "data.csv_separator",
            "The separator {separator} is not one character. Use a comma, semicolon or tab.",
            separator=repr(separator),
        )
    if separator == " ":
        text = without_runs(text)
        plain = [without_runs(line) for line in plain]
    rows = filled_rows(plain, separator)
    start = find_start(rows, text) if wanted.skip_lines is None else wanted.skip_lines
    table = [row for above, row in rows if above >= start]
    parted = without_units(table)
    decimal = wanted.decimal or find_decimal(parted, separator)
    bare = [[number for number, _ in row] for row in parted]
    header = find_header(bare, decimal) if wanted.header is None else wanted.header
    named = None
    if comments and table and not header and (wanted.header, wanted.skip_lines) == (None, None):
        first = next(above for above, _ in rows if above >= start)
        named = named_by_comment(lines, first, separator, len(table[0]))
    if named is not None:
        start, header, bare = named, True, [[], *bare]
    text = text[sum(map(len, islice(Lines(text), start))) :]
    if named is not None:
        text = text.lstrip("# \t")
    second = header and find_second(bare, decimal)
    return CsvFormat(encoding, separator, decimal, header, start, comments, second), text
