"""Names of bundled classes and library models in the current language."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from foundation.text import Text, tr
from gui.error_texts import translated
from gui.format import show_integer
from vision.networks.segmenter import MIN_SHARE, PEOPLE


def class_in_sentence(label: str) -> str:
    """Return a class for use in a sentence; bundled names in lower case."""
    name = class_name(label)
    return QLocale().toLower(name) if isinstance(label, Text) else name


def class_as_title(label: str) -> str:
    """Return a class as a heading, capitalised if it is bundled."""
    name = class_name(label)
    return QLocale().toUpper(name[:1]) + name[1:] if isinstance(label, Text) else name


def class_name(label: str) -> str:
    """Return a class's or model's display name; names from users are unchanged."""
    return translated(label) if isinstance(label, Text) else label


def empty_mask_text(share: float, subject: str) -> str:
    """Return "nothing found" or "nobody found" for a small share.

    Otherwise, the text is empty. The share is from 0 to 1.
    """
    if share >= MIN_SHARE:
        return ""
    nobody = tr("nobody found")
    return nobody if subject == PEOPLE[0] else tr("nothing found")


def format_count(name: str, count: int) -> str:
    """Format a count: "cat 5", or "class 1 × 28" after a digit."""
    between = " × " if name[-1:].isdigit() else " "
    return f"{name}{between}{show_integer(count)}"
