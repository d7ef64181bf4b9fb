"""A look at files before a running stream is given up for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gui.error_texts import sentence_of
from vision.errors import VisionError
from vision.files import read_file
from vision.pictures import check_picture, list_pictures

__all__ = ["good_pictures", "holds_pictures"]

# Larger files are taken on trust: they would be read on the GUI thread.
_CHECKED_BYTES = 32 * 1024 * 1024


def good_pictures(paths: list[Path], complain: Callable[[str], None]) -> list[Path]:
    """Return the files that can be shown; tell `complain` what is wrong with each other one.

    Their pixels are not decoded: a fault among these is told when the picture is read.
    """
    good: list[Path] = []
    for path in paths:
        try:
            if not path.is_file() or path.stat().st_size <= _CHECKED_BYTES:
                check_picture(read_file(path, _CHECKED_BYTES), str(path))
        except VisionError as error:
            complain(sentence_of(error))
        else:
            good.append(path)
    return good


def holds_pictures(folder: Path, complain: Callable[[str], None]) -> bool:
    """Tell whether there are pictures in a folder; if not, tell `complain` what is wrong."""
    try:
        list_pictures(folder)
    except VisionError as error:
        complain(sentence_of(error))
        return False
    return True
