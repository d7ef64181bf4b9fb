"""What is dropped on a window or pasted into it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication


def local_paths(mime: QMimeData) -> list[Path]:
    """Return the files and folders of this computer in what is dropped or pasted."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def pasted() -> QMimeData:
    """Return what is on the clipboard; an empty one has ``None`` on some platforms."""
    return QGuiApplication.clipboard().mimeData() or QMimeData()
