"""The requirements of lessons and challenges, and present values, in the current language."""

from __future__ import annotations

import re

import msgspec
from PySide6.QtCore import QLocale

from foundation.text import Text, localise, tr, tr_context
from gui.format import show_integer
from gui.settings import asset_table
from model.lessons.conditions import Checked

_WHOLE = re.compile(r"(?<![\w.])\d{4,15}(?![\w.])")
"""A whole number of so many digits that they are grouped."""


def condition_told(checked: Checked) -> Checked:
    """Return a condition with its code, required and present value, in displayable form."""
    return msgspec.structs.replace(
        checked,
        code=condition_names().get(checked.code, checked.code),
        wanted=_said(checked.wanted),
        found=_said(checked.found),
    )


def condition_names() -> dict[str, str]:
    """Return what each condition refers to, by its code."""
    names = {code: tr(name) for code, name in asset_table("conditions", dict[str, str]).items()}
    return names | {
        "bias": tr_context("Conditions", "Bias"),
        "inputs": tr_context("Conditions", "Inputs"),
        "pictures": tr_context("Conditions", "Images"),
        "steps": tr_context("Conditions", "Steps"),
        "table": tr_context("Conditions", "Table"),
    }


def _said(text: str) -> str:
    """Return the model's English words in the current language."""
    if isinstance(text, Text):  # of an error
        return localise(text)
    words = {
        "at least": tr("at least"),
        "at most": tr("at most"),
        "more than": tr("more than"),
        "less than": tr("less than"),
        "undecided": tr("undecided"),
        "unknown": tr("unknown"),
        "inputs": tr_context("Conditions", "inputs"),
        "outputs": tr("outputs"),
        "and": tr("and"),
        "none": tr("none"),
        "not": tr("not"),
        "without": tr("without"),
        "layer": tr("layer"),
        "to rise": tr("to rise"),
        "to fall": tr("to fall"),
        "to change": tr("to change"),
        "yes": tr("yes"),
        "no": tr("no"),
        "done": tr("done"),
    }
    text = re.sub(rf"\b({'|'.join(words)})\b", lambda found: words[found[0]], text)
    text = _WHOLE.sub(lambda found: show_integer(int(found[0])), text)
    point = QLocale().decimalPoint()
    if point == ",":  # a comma after a decimal number reads as one more
        text = re.sub(r"(?<=\d)(\.\d+), ", r"\1; ", text)
    return re.sub(r"(?<=\d)\.(?=\d)", point, text)
