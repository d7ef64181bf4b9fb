"""Errors of ``model`` and ``vision`` as sentences in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.sentence_catalogue import SENTENCES
from vision.errors import VisionError
from vision.reasons import Words, reason_of

__all__ = ["CONTEXT", "sentence_of", "translated"]

CONTEXT = "Sentences"
_FILE = "{file}: "
_UNREADABLE = "{file} cannot be read: {fault}."


def sentence_of(error: Exception) -> str:
    """Return what to tell a person about an error.

    Errors of our own rooms carry an English template and its values; the template is translated
    and filled in, and so is what the system said where it caused the error. Any other error is
    named by its kind and its own words.
    """
    template = getattr(error, "template", None)
    values = getattr(error, "values", None)
    cause = error.__cause__
    if isinstance(template, str) and isinstance(values, dict):
        if isinstance(error, VisionError):
            values = error.filled(_translated)
        elif isinstance(cause, FileNotFoundError) and template == _UNREADABLE:
            return _gone(values["file"])
        elif isinstance(cause, OSError) and "fault" in values:
            values = {**values, "fault": _translated(reason_of(cause))}
        try:
            return _one_line(_translated(template).format(**values))
        except (KeyError, IndexError, ValueError):
            return str(error)
    if isinstance(error, FileNotFoundError):
        return _gone(error.filename)
    if isinstance(error, OSError):
        text = QCoreApplication.translate(
            "Sentences", "{name} cannot be read or written: {reason}."
        )
        return text.format(name=error.filename, reason=_translated(reason_of(error)))
    text = QCoreApplication.translate(
        "Sentences", "Something unexpected went wrong ({kind}). Your network is as it was before."
    )
    return text.format(kind=type(error).__name__)


def translated(words: str) -> str:
    """Return words of ``vision`` in the language in use; OpenCV's own are returned as given."""
    return words.translated(_translated) if isinstance(words, Words) else _translated(words)


def _translated(template: str) -> str:
    """Return a sentence of the catalogue in the language in use, with the file before it if any."""
    prefix = _FILE if template.startswith(_FILE) and template not in SENTENCES else ""
    return prefix + QCoreApplication.translate(CONTEXT, template.removeprefix(prefix))


def _gone(name: str) -> str:
    text = QCoreApplication.translate("Sentences", "{name} is not there any more.")
    return text.format(name=name)


def _one_line(text: str) -> str:
    """Drop line ends and control characters, which names inside damaged files may hold."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())
