"""Writes the content of boxes as pictures, in one folder per class."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from vision.detections import Detections
from vision.pictures.files import write_picture
from vision.pictures.pixels import Picture

if TYPE_CHECKING:
    from vision.formats.labels import Labels

_LONGEST = 80


def write_crops(
    folder: Path, stem: str, picture: Picture, found: Detections, labels: Labels
) -> list[Path]:
    """Write each object as a PNG: ``folder/Cat/chelsea-1.png``, usable as class folders.

    Parameters
    ----------
    folder
        Parent of the class folders; existing files are not overwritten.
    stem
        File name before the number.
    picture
        (H, W, 3) BGR, uint8.
    found, labels
        The objects, in pixels of the picture, and the names of their classes.

    Returns
    -------
    Paths of the files, one per object, even if two class names share a folder.

    Raises
    ------
    VisionError
        folder_is_file or file_unwritable.
    """
    counts: Counter[str] = Counter()
    height, width = picture.shape[:2]
    written = []
    for corners, index in zip(found.xyxy.tolist(), found.indices.tolist(), strict=True):
        left, top = max(0, int(corners[0])), max(0, int(corners[1]))
        # A box thinner than a pixel is one pixel wide.
        right = min(width, max(left + 1, round(corners[2])))
        bottom = min(height, max(top + 1, round(corners[3])))
        name = file_name(labels.name(index)) or f"class {index}"
        path = _free_path(folder / name, file_name(stem) or "picture", counts)
        write_picture(path, picture[min(top, height - 1) : bottom, min(left, width - 1) : right])
        written.append(path)
    return written


def _free_path(folder: Path, stem: str, counts: Counter[str]) -> Path:
    """Return the next unused file name in a folder."""
    key = folder.name.casefold()  # many systems take "Crane" and "crane" for one folder
    while True:
        counts[key] += 1
        path = folder / f"{stem}-{counts[key]}.png"
        if not path.exists():
            return path


def file_name(words: str) -> str:
    """Return words as a file name that is valid on every system."""
    kept = "".join(
        " " if letter in '<>:"/\\|?*' or ord(letter) < 32 else letter for letter in words
    )
    return " ".join(kept.split())[:_LONGEST].strip(" .")
