"""How a CSV file is written: encoding, separator, decimal sign, header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from model.errors import ModelError
from model.experiment import CsvData
from model.text import mended_text

__all__ = ["MISSING", "CsvFormat", "decode_text", "find_format", "number_of"]

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
"""What counts as "no value", in lower case."""

SEPARATORS = (";", "\t", "|", ",")
"""Tried in this order: a comma may also be a decimal sign, the others may not."""

SAMPLE_LINES = 100

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_POINT = re.compile(r"[+-]?\d*\.\d+(e[+-]?\d+)?", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """How a file is written.

    Attributes
    ----------
    encoding
        A codec's name.
    separator, decimal
        One character each.
    header
        Whether the first row holds names.
    """

    encoding: str
    separator: str
    decimal: str
    header: bool


def number_of(text: str, decimal: str) -> float | None:
    """Return the number that a field holds, or ``None`` where it holds none."""
    if decimal == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    if "_" in text:  # Python reads 1_000 as a number; a table means a word
        return None
    try:
        return float(text)
    except ValueError:
        return None


def decode_text(content: bytes, encoding: str, path: str) -> tuple[str, str]:
    """Return a file's text and its encoding.

    Notes
    -----
    A byte order mark decides; else UTF-8 where the bytes allow it; else Windows' Turkish code page,
    which differs from the Western one only in six letters.

    Raises
    ------
    ModelError
        Code ``data.csv_encoding``.
    """
    tried = [encoding] if encoding else [name for bom, name in _BOMS if content.startswith(bom)]
    for name in tried or ["utf-8", "cp1254", "latin-1"]:
        try:
            return mended_text(content.decode(name)), name
        except UnicodeDecodeError as fault:
            position = fault.start
        except LookupError:
            position = 0
    raise ModelError(
        "data.csv_encoding",
        "{file} is not written in {encoding} (byte {position}). Choose another encoding.",
        file=path,
        encoding=tried[0],
        position=position,
    )


def _sample(text: str, separator: str) -> list[list[str]]:
    """Split the first lines; rows may be broken where a quoted field is cut off."""
    lines = "\n".join(text[:200_000].splitlines()[:SAMPLE_LINES])
    try:
        return [row for row in csv.reader(io.StringIO(lines), delimiter=separator) if any(row)]
    except csv.Error:
        return []


def _find_separator(text: str) -> str:
    """Return the separator that cuts most lines into the same number of fields, 2 or more."""
    best, best_share = ",", 0.0
    for separator in SEPARATORS:
        rows = _sample(text, separator)
        if not rows:
            continue
        width, count = Counter(map(len, rows)).most_common(1)[0]
        share = count / len(rows) if width > 1 else 0.0
        if share > best_share + 0.05:
            best, best_share = separator, share
    return best


def _find_decimal(rows: list[list[str]], separator: str) -> str:
    """Return the decimal sign that more fields use."""
    fields = [field.strip() for row in rows for field in row]
    commas = sum(1 for field in fields if _COMMA.fullmatch(field))
    points = sum(1 for field in fields if _POINT.fullmatch(field))
    return "," if commas > points and (separator != "," or points == 0) else "."


def _find_header(rows: list[list[str]], decimal: str) -> bool:
    """Tell whether the first row holds names: no number in it, and it differs from what follows."""
    if len(rows) < 2:
        return bool(rows) and all(number_of(v.strip(), decimal) is None for v in rows[0])
    first, rest = rows[0], rows[1:]
    if any(number_of(field.strip(), decimal) is not None for field in first):
        return False
    for column, name in enumerate(first):
        values = [row[column].strip() for row in rest if column < len(row)]
        filled = [v for v in values if v.lower() not in MISSING]
        if filled and all(number_of(v, decimal) is not None for v in filled):
            return True
        if name.strip() in values:
            return False
    return True


def find_format(content: bytes, wanted: CsvData) -> tuple[CsvFormat, str]:
    """Find out how a file is written, and return its text too.

    Parameters
    ----------
    content
        The file's bytes.
    wanted
        What a person has said about it; empty settings are found out.

    Raises
    ------
    ModelError
        Codes ``data.csv_encoding`` and ``data.csv_separator``.
    """
    text, encoding = decode_text(content, wanted.encoding, wanted.path)
    text = text.removeprefix("\ufeff")
    separator = wanted.separator or _find_separator(text)
    if len(separator) != 1 or separator in '"\r\n':
        raise ModelError(
            "data.csv_separator",
            "The separator {separator} is not one character. Use a comma, semicolon or tab.",
            separator=repr(separator),
        )
    rows = _sample(text, separator)
    decimal = wanted.decimal or _find_decimal(rows, separator)
    header = _find_header(rows, decimal) if wanted.header is None else wanted.header
    return CsvFormat(encoding, separator, decimal, header), text
