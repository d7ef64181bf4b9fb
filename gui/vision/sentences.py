"""Errors as sentences in the language in use."""

from __future__ import annotations

from gui import sentences
from vision.errors import VisionError

__all__ = ["sentence_of"]


def sentence_of(error: Exception) -> str:
    """Return what went wrong, where, and what to do."""
    # Without a template there is nothing to translate by; the English sentence still names it.
    if isinstance(error, VisionError) and not hasattr(error, "template"):
        return error.sentence()
    return sentences.sentence_of(error)
