"""Teach projects (``.glassteach``): a zip of ``project.json`` and packed pictures."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO, Final

import msgspec

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.files import lies_in, open_file, replace_file, size_of
from vision.formats.manifest import bundled_manifest
from vision.pictures.preprocessing import Preprocessing
from vision.reasons import reason_of
from vision.teaching.collection import (
    MAX_CLASSES,
    MAX_PACKED_BYTES,
    Collection,
    Picture,
    PictureClass,
    require_bytes,
    require_room,
)

SUFFIX: Final = ".glassteach"
SCHEMA_VERSION: Final = 1
MAX_DOCUMENT_BYTES: Final = 128 * 1024 * 1024

_DOCUMENT: Final = "project.json"
_FOLDER: Final = "pictures"
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, eq=False)
class Project:
    """The content of a project file.

    Attributes
    ----------
    collection
        Classes, pictures and split.
    head
        The head as a JSON document, not interpreted by `vision`; empty before training.
    settings
        Training settings, not interpreted either.
    preprocessing
        Preprocessing of the backbone's input.
    backbone
        SHA-256 of the backbone's file; another backbone computes other features.
    """

    collection: Collection
    head: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    preprocessing: Preprocessing = field(default_factory=lambda: bundled_manifest().preprocessing)
    backbone: str = field(default_factory=lambda: bundled_manifest().sha256)


@dataclass(frozen=True, eq=False)
class OpenedProject:
    """A project that was read, with the state of its pictures.

    Attributes
    ----------
    project
        The project, including pictures whose files are missing.
    missing
        Pictures whose file is neither at its old path nor in the project's folder.
    changed
        Pictures whose file has a different size. A change without that is noticed only when the
        file is read and its hash differs.
    """

    project: Project
    missing: tuple[Picture, ...]
    changed: tuple[Picture, ...]


@dataclass(frozen=True, eq=False)
class UnpackedProject:
    """A project file's content, before referenced pictures are looked up."""

    path: Path
    document: _StoredProject
    packed: dict[str, bytes]

    def folders_outside(self) -> tuple[str, ...]:
        """Return the folders outside its own that contain referenced pictures."""
        classes = self.document.classes
        names = (one.path for each in classes for one in each.pictures if one.path)
        return folders_outside(names, self.path)

    def resolve_pictures(self) -> OpenedProject:
        """Look up the referenced pictures; raises as :func:`read_project`."""
        path, document = self.path, self.document
        classes = document.classes
        keys = {one.key for one in classes}
        names = {one.name.casefold() for one in classes}
        are_whole = len(keys) == len(names) == len(classes) <= MAX_CLASSES
        if not are_whole or not all(0 <= one.colour < MAX_CLASSES for one in classes):
            raise _damaged(path, Text("its classes are not what they were"))
        if not 0 <= document.split.hold_out < 1:
            raise _damaged(path, Text("its split is not what it was"))
        folder = path.resolve().parent
        made: list[PictureClass] = []
        missing: list[Picture] = []
        changed: list[Picture] = []
        for one in classes:
            pictures = []
            for stored in one.pictures:
                picture = _picture(path, stored, folder, self.packed)
                pictures.append(picture)
                if picture.path is not None:
                    size = size_of(picture.path)
                    if size is None:
                        missing.append(picture)
                    elif stored.bytes and size != stored.bytes:
                        changed.append(picture)
            if len({picture.sha256 for picture in pictures}) < len(pictures):
                raise _damaged(path, Text("a class holds a picture twice"))
            is_left_out = one.left_out is True
            made.append(PictureClass(one.key, one.name, one.colour, tuple(pictures), is_left_out))
        project = Project(
            Collection(tuple(made), document.split.hold_out, document.split.seed),
            document.head,
            document.settings,
            document.backbone.preprocessing,
            document.backbone.sha256,
        )
        return OpenedProject(project, tuple(missing), tuple(changed))


class _StoredPicture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    sha256: str
    name: str = ""
    path: str = ""
    bytes: int = 0
    burst: int | None = None


class _StoredClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: int
    name: str
    colour: int
    left_out: bool | msgspec.UnsetType = msgspec.UNSET
    pictures: tuple[_StoredPicture, ...] = ()


class _StoredSplit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hold_out: float
    seed: int


class _StoredBackbone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sha256: str
    preprocessing: Preprocessing


class _StoredProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema_version: int
    classes: tuple[_StoredClass, ...]
    split: _StoredSplit
    backbone: _StoredBackbone
    settings: dict[str, Any]
    head: dict[str, Any]


def write_project(project: Project, path: Path) -> None:
    """Write a project file, completely or not at all.

    Packed pictures are included. Files are referenced by a path relative to the project's folder if
    they are inside it, following links, otherwise by their full path.

    Raises
    ------
    VisionError
        As `require_room`; teach_too_large; file_unwritable, file_not_a_file. An existing file is
        then unchanged.
    """
    collection = project.collection
    require_room(collection)
    home, resolve = path.resolve().parent, cache(Path.resolve)
    document = _StoredProject(
        schema_version=SCHEMA_VERSION,
        classes=tuple(
            _StoredClass(
                one.key,
                one.name,
                one.colour,
                one.is_left_out or msgspec.UNSET,
                tuple(_picture_entry(picture, home, resolve) for picture in one.pictures),
            )
            for one in collection.classes
        ),
        split=_StoredSplit(collection.hold_out, collection.seed),
        backbone=_StoredBackbone(project.backbone, project.preprocessing),
        settings=project.settings,
        head=project.head,
    )
    content = msgspec.json.format(msgspec.json.encode(document), indent=1)
    require_bytes(len(content), MAX_DOCUMENT_BYTES)
    packed = {
        picture.sha256: picture.packed
        for one in collection.classes
        for picture in one.pictures
        if picture.packed is not None
    }

    def write(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(_DOCUMENT, content, zipfile.ZIP_DEFLATED)
            for sha256, data in packed.items():
                # As it is: pictures are compressed already.
                archive.writestr(f"{_FOLDER}/{sha256}", data, zipfile.ZIP_STORED)

    replace_file(path, write)


def folders_outside(pictures: Iterable[str], path: Path) -> tuple[str, ...]:
    """Return the folders of pictures outside a project's own folder.

    Links are followed; for a link in the folder that points outside, its own path is returned.
    Folders on other computers are omitted: pictures there are not looked up.
    """
    home = path.resolve().parent
    inside: dict[Path, bool] = {}
    outside: dict[str, None] = {}
    for name in pictures:
        place = home / name
        if _is_on_other_computer(place, home):
            continue
        folder = place.parent
        if folder not in inside:
            inside[folder] = lies_in(str(folder), home)
        if not inside[folder]:
            outside[str(folder)] = None
        elif place.is_symlink() and not lies_in(name, home):
            outside[str(place)] = None
    return tuple(outside)


def read_project(path: Path) -> OpenedProject:
    """Read a project file; no picture is decoded and no referenced file is opened.

    Raises
    ------
    VisionError
        As :func:`unpack_project`; project_damaged.
    """
    return unpack_project(path).resolve_pictures()


def unpack_project(path: Path) -> UnpackedProject:
    """Read a project file without looking up any referenced picture.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, file_not_a_file; project_not_a_project, project_too_new;
        project_damaged, also for content beyond the size limits.
    """
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            document, packed = _read(path, file, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        if not _is_zip(path):
            raise VisionError(Fault.PROJECT_NOT_A_PROJECT, file=str(path)) from error
        raise _damaged(path, Text("the archive is broken")) from error
    except OSError as error:
        raise _damaged(path, Text("the archive is broken")) from error
    return UnpackedProject(path, document, packed)


def _picture_entry(picture: Picture, home: Path, resolve: Callable[[Path], Path]) -> _StoredPicture:
    """Return a picture's entry, with a path relative to `home` if it is inside."""
    if picture.path is None:
        return _StoredPicture(picture.sha256, picture.name, burst=picture.burst)
    size = picture.size_bytes or size_of(picture.path) or 0
    place = resolve(picture.path.parent) / picture.path.name
    is_inside = place.is_relative_to(home)
    shown = place.relative_to(home).as_posix() if is_inside else str(place)
    return _StoredPicture(picture.sha256, picture.name, shown, size, picture.burst)


def _read(
    path: Path, file: BinaryIO, archive: zipfile.ZipFile
) -> tuple[_StoredProject, dict[str, bytes]]:
    """Return the description, and the packed pictures that it references."""
    entries = {entry.filename: entry for entry in archive.infolist()}
    if _DOCUMENT not in entries:
        raise VisionError(Fault.PROJECT_NOT_A_PROJECT, file=str(path))
    if entries[_DOCUMENT].file_size > MAX_DOCUMENT_BYTES:
        raise _damaged(path, Text("its description is too large"))
    document = _document(path, archive.read(_DOCUMENT))
    hashes = {one.sha256 for each in document.classes for one in each.pictures if not one.path}
    pictures = {sha256: entry for sha256 in hashes if (entry := entries.get(f"{_FOLDER}/{sha256}"))}
    most_bytes = min(os.fstat(file.fileno()).st_size, MAX_PACKED_BYTES)
    if sum(entry.file_size for entry in pictures.values()) > most_bytes:
        raise _damaged(path, Text("its pictures are larger than it is"))
    return document, {sha256: archive.read(entry) for sha256, entry in pictures.items()}


def _document(path: Path, content: bytes) -> _StoredProject:
    try:
        version = msgspec.json.decode(content, type=dict[str, Any]).get("schema_version")
        if type(version) is not int or version < 1:
            raise _damaged(path, Text("it has no schema_version"))
        if version > SCHEMA_VERSION:
            raise VisionError(
                Fault.PROJECT_TOO_NEW, file=str(path), version=version, known=SCHEMA_VERSION
            )
        return msgspec.json.decode(content, type=_StoredProject)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _damaged(path, reason_of(error)) from error
    except VisionError as error:
        if error.code is Fault.PREPROCESSING_INVALID:
            raise _damaged(path, Text("its preprocessing is not what it was")) from error
        raise


def _picture(path: Path, stored: _StoredPicture, folder: Path, packed: dict[str, bytes]) -> Picture:
    if not _is_hash(stored.sha256) or ".." in PurePosixPath(stored.path).parts:
        raise _damaged(path, Text("a picture's entry is not what it was"))
    if not stored.path:
        if stored.sha256 not in packed:
            raise _damaged(path, Text("a packed picture is missing"))
        return Picture(stored.sha256, None, packed[stored.sha256], stored.burst, stored.name)
    place = _find_picture(stored.path, folder)
    return Picture(stored.sha256, place, None, stored.burst, stored.name, stored.bytes)


def _find_picture(stored: str, folder: Path) -> Path:
    """Return the path of a referenced picture: its stored place, or the project's folder."""
    place, beside = folder / stored, folder / PureWindowsPath(stored).name
    if _is_on_other_computer(place, folder):
        return beside
    return beside if size_of(place) is None and size_of(beside) is not None else place


def _is_on_other_computer(place: Path, folder: Path) -> bool:
    """Return whether a path is on another computer, which Windows would log in to."""
    drive = place.drive
    return os.name == "nt" and drive.startswith("\\\\") and drive != folder.drive


def _is_hash(text: str) -> bool:
    return len(text) == 64 and _HEX.issuperset(text)


def _is_zip(path: Path) -> bool:
    try:
        with open_file(path) as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def _damaged(path: Path, reason: str) -> VisionError:
    return VisionError(Fault.PROJECT_DAMAGED, file=str(path), reason=reason)
