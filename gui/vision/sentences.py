"""Errors as sentences in the language in use."""

from __future__ import annotations

from gui import sentences
from gui.vision.session import ModelRefusedError

__all__ = ["sentence_of"]


def sentence_of(error: Exception) -> str:
    """Return what went wrong, where, and what to do."""
    if isinstance(error, ModelRefusedError):
        return str(error)
    return sentences.sentence_of(error)
