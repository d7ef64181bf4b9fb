"""Errors of ``vision`` as sentences in the language in use."""

from __future__ import annotations

from pathlib import Path

from vision.errors import VisionError

__all__ = ["sentence_of", "short_name"]


def sentence_of(error: Exception) -> str:
    """Return what went wrong, where, and what to do."""
    if isinstance(error, VisionError):
        return error.sentence()
    return f"{type(error).__name__}: {error}"


def short_name(path: Path) -> str:
    """Return the last part of a path, for titles and lists."""
    return path.name or str(path)
