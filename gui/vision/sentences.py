"""Errors as sentences in the language in use."""

from __future__ import annotations

from gui import sentences
from gui.vision.session import ModelRefusedError
from vision.errors import VisionError

__all__ = ["sentence_of"]


def sentence_of(error: Exception) -> str:
    """Return what went wrong, where, and what to do."""
    if isinstance(error, ModelRefusedError):
        return str(error)
    # Without a template there is nothing to translate by; the English sentence still names it.
    if isinstance(error, VisionError) and not hasattr(error, "template"):
        return error.sentence()
    return sentences.sentence_of(error)
