"""Errors of ``model`` and ``vision`` as sentences in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from vision.errors import VisionError

__all__ = ["CONTEXT", "sentence_of"]

CONTEXT = "Sentences"


def sentence_of(error: Exception) -> str:
    """Return what to tell a person about an error.

    Errors of our own rooms carry an English template and its values; the template is translated
    and filled in. Any other error is named by its kind and its own words.
    """
    template = getattr(error, "template", None)
    values = getattr(error, "values", None)
    if isinstance(template, str) and isinstance(values, dict):
        translated = QCoreApplication.translate(CONTEXT, template)
        if isinstance(error, VisionError):
            values = error.filled(lambda text: QCoreApplication.translate(CONTEXT, text))
        try:
            return _one_line(translated.format(**values))
        except (KeyError, IndexError, ValueError):
            return str(error)
    if isinstance(error, FileNotFoundError):
        text = QCoreApplication.translate("Sentences", "{name} is not there any more.")
        return text.format(name=error.filename)
    if isinstance(error, OSError):
        text = QCoreApplication.translate(
            "Sentences", "{name} cannot be read or written: {reason}."
        )
        return text.format(name=error.filename, reason=error.strerror)
    text = QCoreApplication.translate(
        "Sentences", "Something unexpected went wrong ({kind}). Your network is as it was before."
    )
    return text.format(kind=type(error).__name__)


def _one_line(text: str) -> str:
    """Drop line ends and control characters, which names inside damaged files may hold."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())
