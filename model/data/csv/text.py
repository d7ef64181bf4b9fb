"""The text of a table: encoding, lines, comments, and other kinds of files."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from itertools import islice

from model.data.csv.numbers import ERRORS
from model.errors import ModelError

_LONGEST_ERROR = max(map(len, ERRORS))

SAMPLE_LINES, SAMPLE_LETTERS = 100, 200_000

_PIECE_LETTERS = 1 << 16
_KIND_LETTERS = 1000
_MARKUP = re.compile(
    r"\s*<((!doctype|\?xml)\b|(html|head|meta|style|table)\b[^>]*>(?! *[,;|]|\t[^<]))", re.I
)
"""A tag before a separator is a field, not markup."""
_CONTROLS = re.compile(r"[\0-\x08\x0e-\x19\x1b-\x1f]")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(content: bytes, encoding: str, path: str) -> tuple[str, str]:
    """Return a file's text and its encoding.

    Notes
    -----
    A byte order mark decides. Otherwise the text is UTF-8 if the bytes allow it, else Windows'
    Turkish code page, which differs from the Western one in only six letters, else Latin-1.

    Raises
    ------
    ModelError
        Code ``data.csv_encoding``.
    """
    tried = [encoding] if encoding else [name for bom, name in _BOMS if content.startswith(bom)]
    for name in tried or ("utf-8", "cp1254", "latin-1"):
        try:
            return content.decode(name), name
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


def check_is_table(text: str, path: str) -> None:
    """Raise if a text begins like a web page, XML, JSON or binary data.

    Raises
    ------
    ModelError
        Codes ``data.csv_markup``, ``data.csv_json`` and ``data.csv_binary``.
    """
    sample = text[:_KIND_LETTERS]
    if _MARKUP.match(sample):
        raise ModelError(
            "data.csv_markup",
            "{file} is a web page or XML, whatever its name says. Open it in Excel or "
            "LibreOffice, save it as .xlsx, and open that.",
            file=path,
        )
    if len(_CONTROLS.findall(sample)) > len(sample) / 50:
        raise ModelError(
            "data.csv_binary",
            "{file} holds no text, so it is no table that can be read here. Save the table as "
            ".csv or .xlsx, and open that.",
            file=path,
        )


def is_comment(line: str) -> bool:
    """Return whether a line is a comment, in a file with comments."""
    return line.startswith("#") and not line[:_LONGEST_ERROR].lower().startswith(ERRORS)


def has_comments(text: str) -> bool:
    """Return whether "#" marks comments: some lines begin with it, but not most."""
    marked = text.count("\n#") + text.startswith("#")
    return 0 < 2 * marked < text.count("\n") + 1


class Lines:
    """The lines of a text with their line endings, split piece by piece.

    `io.StringIO` on the whole text would take four bytes per character.

    Attributes
    ----------
    text
        The whole text.
    passed
        Number of characters up to the end of the current piece.
    """

    def __init__(self, text: str) -> None:
        self.text, self.passed = text, 0

    def __iter__(self) -> Iterator[str]:
        """Yield each line, starting with the first."""
        self.passed = 0
        while (start := self.passed) < len(self.text):
            self.passed = self.text.find("\n", start + _PIECE_LETTERS) + 1 or len(self.text)
            yield from io.StringIO(self.text[start : self.passed], newline="")


def first_lines(text: str) -> list[str]:
    """Return the first lines with their line endings."""
    return list(islice(io.StringIO(text[:SAMPLE_LETTERS], newline=""), SAMPLE_LINES))
