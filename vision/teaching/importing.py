"""Creates samples from files, frames and folders; unusable ones are listed with their error."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.errors import Fault, VisionError
from vision.files import read_file, unreadable
from vision.pictures.files import MAX_FILE_BYTES, PICTURE_SUFFIXES, check_picture, decode_picture
from vision.teaching.collection import (
    HOLD_OUT,
    MAX_CLASSES,
    Collection,
    Picture,
    free_name,
    imbalance,
    in_several_classes,
    near_names,
    sha256_of,
    with_class,
    with_pictures,
)

MAX_FILES: Final = 20_000
"""Maximum files of a folder; more would take hours and gigabytes."""

_DEEPEST: Final = 4
_FRAME_QUALITY: Final = 95


@dataclass(frozen=True)
class Import:
    """The result of importing files.

    Attributes
    ----------
    pictures
        Usable pictures, in the given order.
    unreadable
        Errors of the other files; each names its file.
    """

    pictures: tuple[Picture, ...]
    unreadable: tuple[VisionError, ...]


@dataclass(frozen=True)
class FolderImport:
    """The result of importing a folder of class folders.

    Attributes
    ----------
    collection
        A class with its pictures for each folder, by name.
    unreadable
        Errors of skipped files; each names its file.
    duplicates
        Number of pictures found twice in one class; each is added once.
    in_several
        Number of pictures in more than one class.
    imbalance
        Ratio of the largest class to the smallest non-empty one.
    near_names
        Pairs of names of which one may be a typing error: ("moutain", "mountain").
    nested
        Folders inside the class folders, which are ignored.
    loose
        Number of pictures outside the class folders, which are ignored.
    known
        Number of pictures omitted from `collection` because their class already had them.
    """

    collection: Collection
    unreadable: tuple[VisionError, ...]
    duplicates: int
    in_several: int
    imbalance: float
    near_names: tuple[tuple[str, str], ...]
    nested: tuple[Path, ...]
    loose: int
    known: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The number of pictures of each class, by its name."""
        return {one.name: len(one.pictures) for one in self.collection.classes}


def picture_from_file(path: Path) -> Picture:
    """Return a file as a sample, without decoding it.

    Raises
    ------
    VisionError
        As `vision.pictures.files.read_picture`, except for damage within the pixels.
    """
    data = read_file(path, MAX_FILE_BYTES)
    check_picture(data, str(path))
    name = path.name.encode("utf-8", "replace").decode()
    if not _is_text(path):
        # No project could write such a name down, so the picture travels inside.
        return Picture(sha256_of(data), None, data, None, name)
    return Picture(sha256_of(data), path.absolute(), None, None, name, len(data))


def picture_from_bytes(data: bytes, name: str) -> Picture:
    """Return an encoded picture in memory as a sample, for instance a pasted one.

    Raises
    ------
    VisionError
        As `vision.pictures.files.check_picture`.
    """
    check_picture(data, name)
    return Picture(sha256_of(data), None, data, None, name)


def picture_from_frame(
    frame: npt.NDArray[np.uint8], name: str, burst: int | None = None
) -> Picture:
    """Return a frame of a camera or video as a sample, encoded as a JPEG.

    The frame is (H, W, 3) BGR, uint8; `burst` is the number of its recording.
    """
    _, data = cv2.imencode(".jpg", frame, (cv2.IMWRITE_JPEG_QUALITY, _FRAME_QUALITY))
    return Picture(sha256_of(data.tobytes()), None, data.tobytes(), burst, name)


def encoded(picture: Picture) -> bytes:
    """Return a sample's encoded file.

    Raises
    ------
    VisionError
        As `vision.files.read_file`; picture_changed if the file now holds another picture.
    """
    if picture.packed is not None:
        data, name = picture.packed, picture.name
    else:
        assert picture.path is not None  # a picture has one or the other
        data, name = read_file(picture.path, MAX_FILE_BYTES), str(picture.path)
    if sha256_of(data) != picture.sha256:
        raise VisionError(Fault.PICTURE_CHANGED, file=name)
    return data


def pixels_of(picture: Picture) -> npt.NDArray[np.uint8]:
    """Return a sample's pixels (H, W, 3), BGR.

    Raises
    ------
    VisionError
        As `encoded` and `vision.pictures.files.decode_picture`.
    """
    name = picture.name if picture.path is None else str(picture.path)
    return decode_picture(encoded(picture), name)


def import_files(
    paths: Iterable[Path],
    should_stop: Callable[[], bool],
    publish: Callable[[int], None],
) -> Import | None:
    """Create samples from files; those that are not pictures are listed as unreadable.

    `publish` receives the number of files done after each file. Return None if stopped.
    """
    pictures: list[Picture] = []
    unreadable: list[VisionError] = []
    for done, path in enumerate(paths, start=1):
        if should_stop():
            return None
        try:
            pictures.append(picture_from_file(path))
        except VisionError as error:
            unreadable.append(error)
        publish(done)
    return Import(tuple(pictures), tuple(unreadable))


def import_folder(
    folder: Path,
    should_stop: Callable[[], bool],
    publish: Callable[[int, int], None],
    *,
    hold_out: float = HOLD_OUT,
    seed: int = 0,
    place_of: Callable[[str], Any] | None = None,
) -> FolderImport | None:
    """Create a collection from a folder of class folders.

    Parameters
    ----------
    folder
        Parent of the class folders. A folder that contains only one other folder is replaced by
        that one. Hidden files and folders are ignored.
    should_stop
        Called before each file.
    publish
        Called after each file with the number of files done and the total.
    hold_out, seed
        Settings of the collection.
    place_of
        Returns the sort key of a class name in the user's language; with ``None`` the order does
        not depend on the language.

    Returns
    -------
    The result, or None if stopped.

    Raises
    ------
    VisionError
        file_missing, file_unreadable; teach_no_class_folders if it is not a folder, or fewer than
        two folders in it contain pictures; teach_too_many_files, teach_too_many_classes.
    """
    home = _innermost_folder(folder)
    loose, folders = _list_folder(home)
    found: list[tuple[str, list[Path]]] = []
    nested: list[Path] = []
    for one in folders:
        files, inside = _list_folder(one)
        found.append((one.name.encode("utf-8", "replace").decode(), files))
        nested += inside
        if should_stop():
            return None
    if place_of is not None:
        found.sort(key=lambda one: place_of(one[0]))
    if sum(bool(files) for _, files in found) < 2:
        raise VisionError(Fault.TEACH_NO_CLASS_FOLDERS, file=str(folder))
    if len(found) > MAX_CLASSES:
        raise VisionError(Fault.TEACH_TOO_MANY_CLASSES, limit=MAX_CLASSES)
    total = sum(len(files) for _, files in found)
    if total > MAX_FILES:
        raise _too_many(folder)
    collection = Collection(hold_out=hold_out, seed=seed)
    unreadable: list[VisionError] = []
    duplicates = done = 0

    def pass_on(before: int, count: int) -> None:
        publish(before + count, total)

    for name, files in found:
        came = import_files(files, should_stop, partial(pass_on, done))
        if came is None:
            return None
        done += len(files)
        collection = with_class(
            collection, free_name(" ".join(name.split()) or "?", collection.names)
        )
        added = with_pictures(collection, collection.classes[-1].key, came.pictures)
        collection = added.collection
        duplicates += added.duplicates
        unreadable += came.unreadable
    near = near_names(name for name, _ in found)
    return FolderImport(
        collection=collection,
        unreadable=tuple(unreadable),
        duplicates=duplicates,
        in_several=len(in_several_classes(collection)),
        imbalance=imbalance(collection),
        near_names=tuple(near),
        nested=tuple(nested),
        loose=len(loose),
    )


def without_known(found: FolderImport, before: Collection) -> FolderImport:
    """Return an import without pictures that the collection already has; classes match by name."""
    held = {
        one.name.casefold(): {picture.sha256 for picture in one.pictures} for one in before.classes
    }
    classes = []
    for one in found.collection.classes:
        known = held.get(one.name.casefold(), set())
        new = tuple(picture for picture in one.pictures if picture.sha256 not in known)
        if new or one.name.casefold() not in held:
            classes.append(replace(one, pictures=new))
    collection = replace(found.collection, classes=tuple(classes))
    known_count = found.collection.count - collection.count
    return replace(found, collection=collection, known=known_count)


def is_class_folder(folder: Path) -> bool:
    """Return whether a folder has two or more folders with pictures, by a quick check.

    False if it has more than `MAX_FILES` entries or cannot be read.
    """
    try:
        _, folders = _list_folder(_innermost_folder(folder))
        with_pictures_in = (one for one in folders if any(map(_is_picture, _entries(one))))
        return len(list(islice(with_pictures_in, 2))) == 2
    except VisionError:
        return False


def _innermost_folder(folder: Path) -> Path:
    """Return the folder, descending while it contains nothing but one folder."""
    home = folder
    for _ in range(_DEEPEST):
        files, folders = _list_folder(home)
        if files or len(folders) != 1:
            return home
        home = folders[0]
    return home


def _list_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return a folder's pictures, recognised by suffix, and its subfolders, each sorted."""
    files: list[Path] = []
    folders: list[Path] = []
    for entry in _entries(folder):
        if Path(entry.path).is_dir():  # False where it cannot be asked
            folders.append(Path(entry.path))
        elif _is_picture(entry):
            files.append(Path(entry.path))
    return sorted(files, key=_natural_key), sorted(folders, key=_natural_key)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, without hidden ones."""
    try:
        with os.scandir(folder) as entries:
            found = list(islice(entries, MAX_FILES + 1))
    except FileNotFoundError as error:
        raise VisionError(Fault.FILE_MISSING, file=str(folder)) from error
    except NotADirectoryError as error:
        raise VisionError(Fault.TEACH_NO_CLASS_FOLDERS, file=str(folder)) from error
    except (OSError, ValueError) as error:
        raise unreadable(folder, error) from error
    if len(found) > MAX_FILES:
        raise _too_many(folder)
    return [entry for entry in found if not entry.name.startswith((".", "__MACOSX"))]


def _too_many(folder: Path) -> VisionError:
    return VisionError(Fault.TEACH_TOO_MANY_FILES, file=str(folder), limit=MAX_FILES)


def _is_picture(entry: os.DirEntry[str]) -> bool:
    return Path(entry.name).suffix.lower() in PICTURE_SUFFIXES


def _natural_key(path: Path) -> tuple[list[tuple[int, str]], str]:
    """Return a natural sort key: "class 2" before "class 10"."""
    parts = re.split("([0-9]+)", path.name.casefold())
    return [(int(part) if part.isdecimal() else -1, part) for part in parts], path.name


def _is_text(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
