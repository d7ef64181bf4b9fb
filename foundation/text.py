"""Texts in the current language, from gettext catalogues; English if there is none."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import partial
from pathlib import Path

Names = tuple[str, ...]

ENGLISH = gettext.NullTranslations()
_catalogue: gettext.NullTranslations = ENGLISH


def read_catalogue(folder: Path, language: str = "") -> gettext.NullTranslations:
    """Return a language's catalogue (default: the environment's), English if there is none."""
    return gettext.translation("messages", folder, [language] if language else None, fallback=True)


def use(catalogue: gettext.NullTranslations) -> None:
    """Use `catalogue` for all texts from now on."""
    global _catalogue
    _catalogue = catalogue


def tr(text: str, /, **values: object) -> str:
    """Return a text in the current language with `values` filled in."""
    found = _catalogue.gettext(text) if text else text  # "" has the head of the catalogue
    return found.format(**values) if values else found


def tr_context(context: str, text: str, /, **values: object) -> str:
    """Return a text whose translation depends on its context."""
    found = _catalogue.pgettext(context, text)
    return found.format(**values) if values else found


def tr_plural(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the text for a count with `values` filled in."""
    found = _catalogue.ngettext(one, many, count)
    return found.format(**values) if values else found


def mark(text: str) -> str:
    """Mark a text for the catalogue; it is translated when it is shown."""
    return text


class Text(str):
    """An English text that keeps its template and values so that it can be translated later.

    Attributes
    ----------
    template
        English text with a ``{name}`` for each of `values`.
    values
        Values to fill in: numbers, names, further texts, or tuples of these.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Text:
        """Fill `values` into `template`."""
        filled = {name: _joined(value) for name, value in values.items()}
        text = super().__new__(cls, template.format(**filled))
        text.template, text.values = template, values
        return text

    def __reduce__(self) -> tuple[object, ...]:
        """Support pickling."""
        return partial(Text, self.template, **self.values), ()


def localise(value: object, write: Callable[[float], str] = str) -> str:
    """Return a text in the current language; join several with commas.

    Parameters
    ----------
    value
        A `Text`, a tuple, or any other value, which is converted by `str`.
    write
        Formats floats.
    """
    if isinstance(value, tuple):
        return ", ".join(localise(each, write) for each in value)
    if isinstance(value, Text):
        values = {name: localise(each, write) for name, each in value.values.items()}
        return tr(value.template).format(**values)
    return write(value) if isinstance(value, float) else str(value)


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
