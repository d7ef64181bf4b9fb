"""The requirements of lessons and challenges, and current values, in the current language."""

from __future__ import annotations

import re

import msgspec
from PySide6.QtCore import QLocale

from foundation.text import Text, localise, tr_context
from gui.format import show_integer
from gui.settings import word_table
from model.lessons.conditions import Checked

_WHOLE = re.compile(r"(?<![\w.])\d{4,15}(?![\w.])")
"""A whole number with enough digits to be grouped."""


def describe_condition(checked: Checked) -> Checked:
    """Return a check with its name, required and current value in the current language."""
    return msgspec.structs.replace(
        checked,
        code=condition_names().get(checked.code, checked.code),
        wanted=_translated(checked.wanted),
        found=_translated(checked.found),
    )


def condition_names() -> dict[str, str]:
    """Return the name of what each condition refers to, by its code."""
    return word_table("conditions", "names") | {
        "bias": tr_context("Conditions", "Bias"),
        "inputs": tr_context("Conditions", "Inputs"),
        "pictures": tr_context("Conditions", "Images"),
        "steps": tr_context("Conditions", "Steps"),
        "table": tr_context("Conditions", "Table"),
    }


def _translated(text: str) -> str:
    """Return the model's English words in the current language."""
    if isinstance(text, Text):  # of an error
        return localise(text)
    words = word_table("conditions", "words") | {"inputs": tr_context("Conditions", "inputs")}
    text = re.sub(rf"\b({'|'.join(words)})\b", lambda found: words[found[0]], text)
    text = _WHOLE.sub(lambda found: show_integer(int(found[0])), text)
    point = QLocale().decimalPoint()
    if point == ",":  # a comma after a decimal number reads as one more
        text = re.sub(r"(?<=\d)(\.\d+), ", r"\1; ", text)
    return re.sub(r"(?<=\d)\.(?=\d)", point, text)
