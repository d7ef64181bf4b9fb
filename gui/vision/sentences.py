"""Errors as sentences in the language in use."""

from __future__ import annotations

from gui import sentences
from gui.vision.preflight_text import finding_text
from gui.vision.session import ModelRefusedError
from vision.errors import VisionError
from vision.preflight import Severity

__all__ = ["details_of", "sentence_of"]


def sentence_of(error: Exception) -> str:
    """Return what went wrong, where, and what to do."""
    if isinstance(error, ModelRefusedError):
        failures = (one for one in error.findings if one.severity is Severity.FAIL)
        return " ".join(map(finding_text, failures))
    return sentences.sentence_of(error)


def details_of(error: Exception, traceback: str) -> str:
    """Return a traceback only for what nobody foresaw: of the rest the sentence says all."""
    return "" if isinstance(error, VisionError | ModelRefusedError) else traceback
