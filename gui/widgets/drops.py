"""Dropped and pasted data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication


def local_paths(mime: QMimeData) -> list[Path]:
    """Return the local files and folders in dropped or pasted data."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def pasted() -> QMimeData:
    """Return the clipboard's content; some platforms return ``None`` for an empty one."""
    return QGuiApplication.clipboard().mimeData() or QMimeData()
