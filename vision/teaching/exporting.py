"""Writes the samples of a collection as files, in one folder per class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vision.errors import VisionError
from vision.files import unwritable_error
from vision.pictures.crops import file_name
from vision.pictures.files import PICTURE_SUFFIXES
from vision.teaching.collection import Collection, Picture, free_name, reserve_name
from vision.teaching.importing import encoded

_PNG = b"\x89PNG"


@dataclass(frozen=True)
class ExportResult:
    """The result of writing a collection.

    Attributes
    ----------
    folder
        Parent of the class folders.
    count
        Number of files written.
    unavailable
        Pictures not written because their files are missing or changed.
    """

    folder: Path
    count: int
    unavailable: tuple[Picture, ...]


def write_folders(collection: Collection, parent: Path, name: str) -> ExportResult:
    """Write ``parent/name/cat/kitten.jpg`` and so on, which can be imported again.

    Each file is copied byte by byte. An existing folder is never written to: if there is ``pets``,
    the new one is ``pets (2)``.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    count, lost = 0, []
    try:
        folder = parent / free_name(
            file_name(name) or "classes", (path.name for path in parent.iterdir())
        )
        folder.mkdir()
        classes: set[str] = set()
        for place, one in enumerate(collection.classes, start=1):
            inside = folder / reserve_name(file_name(one.name) or f"class {place}", classes)
            inside.mkdir()
            stems: set[str] = set()
            for picture in one.pictures:
                try:
                    data = encoded(picture)
                except VisionError:
                    lost.append(picture)
                    continue
                stem, suffix = _parts(picture, data)
                (inside / f"{reserve_name(stem, stems)}{suffix}").write_bytes(data)
                count += 1
    except OSError as error:
        raise unwritable_error(parent, error) from error
    return ExportResult(folder, count, tuple(lost))


def _parts(picture: Picture, data: bytes) -> tuple[str, str]:
    """Return stem and suffix of a sample's file; a frame's name has no suffix."""
    name = Path(picture.name)
    if name.suffix.lower() in PICTURE_SUFFIXES:
        return file_name(name.stem) or "image", name.suffix
    return file_name(picture.name) or "image", ".png" if data.startswith(_PNG) else ".jpg"
