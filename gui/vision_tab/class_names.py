"""The names of the bundled networks' classes, in the language in use."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP

from gui.error_texts import translated
from vision.reasons import Words

CLASS_NAMES: Final = (
    QT_TRANSLATE_NOOP("Sentences", "Bicycle"),
    QT_TRANSLATE_NOOP("Sentences", "Boot"),
    QT_TRANSLATE_NOOP("Sentences", "Laptop"),
    QT_TRANSLATE_NOOP("Sentences", "Person"),
    QT_TRANSLATE_NOOP("Sentences", "Chair"),
    QT_TRANSLATE_NOOP("Sentences", "Cattle"),
    QT_TRANSLATE_NOOP("Sentences", "Desk"),
    QT_TRANSLATE_NOOP("Sentences", "Cat"),
    QT_TRANSLATE_NOOP("Sentences", "Computer mouse"),
    QT_TRANSLATE_NOOP("Sentences", "Computer monitor"),
    QT_TRANSLATE_NOOP("Sentences", "Box"),
    QT_TRANSLATE_NOOP("Sentences", "Mug"),
    QT_TRANSLATE_NOOP("Sentences", "Coffee cup"),
    QT_TRANSLATE_NOOP("Sentences", "Stationary bicycle"),
    QT_TRANSLATE_NOOP("Sentences", "Table"),
    QT_TRANSLATE_NOOP("Sentences", "Bottle"),
    QT_TRANSLATE_NOOP("Sentences", "High heels"),
    QT_TRANSLATE_NOOP("Sentences", "Vehicle"),
    QT_TRANSLATE_NOOP("Sentences", "Footwear"),
    QT_TRANSLATE_NOOP("Sentences", "Dog"),
    QT_TRANSLATE_NOOP("Sentences", "Book"),
    QT_TRANSLATE_NOOP("Sentences", "Camera"),
    QT_TRANSLATE_NOOP("Sentences", "Car"),
)
"""What the bundled detector calls things; ImageNet's names stay English (docs/models.md)."""


def class_name(label: str) -> str:
    """Return the name of a class as a person reads it; names that a person gave stay as given."""
    return translated(label) if isinstance(label, Words) else label
