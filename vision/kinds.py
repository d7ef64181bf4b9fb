"""The kinds of files that Vision opens, by suffix."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from vision.pictures.files import PICTURE_SUFFIXES, READABLE_SUFFIXES

VIDEO_SUFFIXES = frozenset(
    [".mp4", ".m4v", ".avi", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".ogv", ".mjpeg"]
)
MODEL_SUFFIXES = frozenset([".onnx", ".tflite", ".caffemodel", ".prototxt"])
FOREIGN_SUFFIXES = frozenset([".pb", ".pt", ".pth", ".h5", ".hdf5", ".keras", ".weights", ".cfg"])
"""Suffixes of other libraries' models; opening one explains how to export it."""


class FileKind(Enum):
    """The kinds of files for Vision."""

    PICTURE = auto()
    FOLDER = auto()
    VIDEO = auto()
    MODEL = auto()


def kind_of(path: Path) -> FileKind | None:
    """Return the kind of `path`, or ``None`` if Vision does not open it."""
    if path.is_dir():
        return FileKind.FOLDER
    suffix = path.suffix.lower()
    if suffix in PICTURE_SUFFIXES:
        return FileKind.PICTURE
    if suffix in VIDEO_SUFFIXES:
        return FileKind.VIDEO
    return FileKind.MODEL if suffix in MODEL_SUFFIXES | FOREIGN_SUFFIXES else None


def file_filter(name: str, kind: FileKind) -> str:
    """Return a file dialog's filter, `name` being its visible part."""
    suffixes = {
        FileKind.PICTURE: READABLE_SUFFIXES,
        FileKind.VIDEO: VIDEO_SUFFIXES,
        FileKind.MODEL: MODEL_SUFFIXES,
    }[kind]
    patterns = " ".join(f"*{suffix}" for suffix in sorted(suffixes))
    return f"{name} ({patterns})"
