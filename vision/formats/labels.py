"""Class names: one per line, or ImageNet's synset lines as in the tutorial."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.files import read_file

_SYNSET: Final = re.compile(r"n\d{8}\s")
_MAX_FILE_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Labels:
    """The names of a model's classes, in the order of its scores.

    Attributes
    ----------
    names
        One name per class.
    source
        Name of their file for error messages.
    """

    names: tuple[str, ...]
    source: str = "labels"

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> str:
        return self.names[index]

    def name(self, index: int) -> str:
        """Return the name of a class, or its number if names are missing."""
        return self.names[index] if index < len(self.names) else _numbered(index)

    def require(self, outputs: int) -> None:
        """Check that there is one label for each score.

        Raises
        ------
        VisionError
            labels_mismatch, with both counts.
        """
        if len(self.names) != outputs:
            raise VisionError(
                Fault.LABELS_MISMATCH, file=self.source, labels=len(self.names), outputs=outputs
            )


def numbered_labels(count: int) -> Labels:
    """Return "class 0", "class 1", ... for a model without names."""
    return Labels(tuple(map(_numbered, range(count))), "numbered")


def _numbered(index: int) -> str:
    return Text("class {number}", number=index)


def translatable(labels: Labels) -> Labels:
    """Return the program's own labels, whose names the window may translate."""
    return Labels(tuple(map(Text, labels.names)), labels.source)


def read_labels(path: Path | str) -> Labels:
    """Read a labels file; see `parse_labels` for its formats.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, file_not_a_file or file_too_large; or as `parse_labels`.
    """
    return parse_labels(read_file(Path(path), _MAX_FILE_BYTES), name=str(path))


def parse_labels(data: bytes, name: str = "labels") -> Labels:
    """Parse labels from the bytes of a text file.

    Parameters
    ----------
    data
        UTF-8 with or without a byte-order mark, or UTF-16 with one; any line endings. One label
        per line; blank lines at the end are dropped. If every line starts with a synset number
        ("n01440764 tench, Tinca tinca"), the label is the text after the first space up to
        the first comma.

    Raises
    ------
    VisionError
        labels_empty, or labels_encoding with the line number.
    """
    lines = [line.strip() for line in _decode(data, name).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise VisionError(Fault.LABELS_EMPTY, file=name)
    if all(_SYNSET.match(line) for line in lines):
        lines = [line.split(maxsplit=1)[1].split(",")[0] for line in lines]
    return Labels(tuple(lines), name)


def _decode(data: bytes, name: str) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise VisionError(Fault.LABELS_ENCODING, file=name, line=line) from error
    if "\0" in text:
        # UTF-16 without its mark, or a binary file: no label holds a null character.
        line = text[: text.index("\0")].count("\n") + 1
        raise VisionError(Fault.LABELS_ENCODING, file=name, line=line)
    return text
