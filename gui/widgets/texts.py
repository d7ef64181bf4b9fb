"""The texts of controls, updated when the language changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict, Unpack
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton
from shiboken6 import isValid

from foundation.text import tr

type LazyText = str | Callable[[], str]
"""English text of the catalogue, or a function that returns a text in the current language.

A function must not refer to the widget or its panel, which would never be freed.
"""


class Texts(TypedDict, total=False):
    """The texts of a widget or an action; `.ci/translate.py` collects them by these names."""

    text: LazyText
    accessible_name: LazyText
    tip: LazyText
    title: LazyText
    placeholder: LazyText


_PROPERTIES = {
    "accessible_name": "accessibleName",
    "tip": "toolTip",
    "title": "windowTitle",
    "placeholder": "placeholderText",
}
_texts: WeakKeyDictionary[QObject, Texts] = WeakKeyDictionary()


def worded[Part: QObject](part: Part, **texts: Unpack[Texts]) -> Part:
    """Set the texts of a widget or an action, also after language changes; return it.

    The accessible name of a button defaults to its text, and the tip to the accessible name; a tip
    of ``""`` means no tip.
    """
    if isinstance(part, QAbstractButton) and "text" in texts:
        texts.setdefault("accessible_name", texts["text"])
    if "accessible_name" in texts:
        texts.setdefault("tip", texts["accessible_name"])
    if texts:
        _texts[part] = texts
        _write(part, texts)
    return part


def _write(part: QObject, texts: Texts) -> None:
    for name, text in texts.items():
        words = text() if callable(text) else tr(str(text))
        part.setProperty(_PROPERTIES.get(name, name), words)


def rewrite_texts() -> None:
    """Set every text of the existing widgets and actions in the current language."""
    for part, texts in list(_texts.items()):
        if isValid(part):
            _write(part, texts)
