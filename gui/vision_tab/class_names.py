"""The names of the bundled networks' classes, in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from gui.error_texts import translated
from vision.reasons import Words


def class_in_sentence(label: str) -> str:
    """Return a class's name within a sentence: those of the bundled networks are common nouns."""
    name = class_name(label)
    return QLocale().toLower(name) if isinstance(label, Words) else name


def class_name(label: str) -> str:
    """Return the name of a class as a person reads it; names that a person gave stay as given."""
    return translated(label) if isinstance(label, Words) else label
