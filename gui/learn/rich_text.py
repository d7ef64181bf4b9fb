"""A lesson's prose as HTML, with live numbers coloured by sign, in the current language."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocumentFragment

from foundation.latex import formula_html
from foundation.text import tr
from gui.build_tab.names import initialiser_names, loss_names, optimiser_names
from gui.build_tab.sources import data_name
from gui.format import percent, possessive, show_integer, show_number, with_power_of_ten
from gui.settings import language
from gui.spoken import signs_in_words, spoken
from gui.theme import active
from gui.vision_tab.class_names import class_name
from gui.widgets.inline_formula import mark, spoken_text, with_spoken_text
from model.experiment import Experiment
from model.lessons import Part, Situation, to_html

_DIGITS, _MAX_DIGITS = 4, 16

_COMMENT = re.compile(r"<!--.*?-->")
_SCRIPT = re.compile(r"<(sub|sup)>([0-9]+)</\1>")
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_HIGH = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def html_of(part: Part | str, situation: Situation, folder: Path) -> str:
    """Return prose as HTML in the current language, not yet styled by :func:`themed`.

    Live numbers come from `situation`, pictures from the lesson's `folder`.
    """
    markdown = part.markdown if isinstance(part, Part) else part
    if "{" not in markdown:
        return _static_html(markdown, folder)

    def word(code: str, value: str) -> str:
        if code == "data":
            return data_name(situation.experiment.data)
        return class_name(value) if code == "label" else _word(code, value)

    return to_html(
        markdown,
        situation,
        number=shown_number,
        share=percent,
        word=word,
        ending=possessive,
        formula=_formula,
        picture=lambda name: QUrl.fromLocalFile(str(folder / name)).toString(),
    ).strip()


@lru_cache(512)
def _static_html(markdown: str, folder: Path) -> str:
    """Return prose without live numbers as HTML; cached, as it never changes in a lesson."""
    nothing = Situation(experiment=Experiment())
    address = QUrl.fromLocalFile
    html = to_html(
        markdown,
        nothing,
        formula=_formula,
        picture=lambda name: address(str(folder / name)).toString(),
    )
    return html.strip()


def _formula(latex: str) -> str:
    """Return a formula as text, to be replaced by a drawing unless it has live numbers."""
    text = formula_html(latex)
    has_numbers = any(unicodedata.category(letter) == "Co" for letter in latex)
    return with_spoken_text(text if has_numbers else mark(latex, text), spoken(latex))


def themed(html: str) -> str:
    """Return HTML in the current theme's colours."""
    theme = active()
    return (
        "<style>"
        f".positive {{ color: {theme.pos_text}; font-weight: 600; }}"
        f".negative {{ color: {theme.neg_text}; font-weight: 600; }}"
        f"a {{ color: {theme.acc}; text-decoration: none; }}"
        "strong { font-weight: 600; } p, ol, ul { margin: 0 0 6px 0; line-height: 140%; }"
        f"</style>{html}"
    )


def plain(html: str) -> str:
    """Return HTML as text for screen readers, with formulas in words."""
    return _plain(html, language())


@lru_cache(256)
def _plain(html: str, _language: str) -> str:
    text = QTextDocumentFragment.fromHtml(spoken_text(html)).toPlainText()
    return signs_in_words(" ".join(text.split()))


def to_plain_line(html: str) -> str:
    """Return HTML as a line of text, with superscript and subscript digits."""

    def small(found: re.Match[str]) -> str:
        return found[2].translate(_LOW if found[1] == "sub" else _HIGH)

    text = _SCRIPT.sub(small, _COMMENT.sub("", html))
    return " ".join(QTextDocumentFragment.fromHtml(text).toPlainText().split())


def inline(html: str) -> str:
    """Return the content of the only paragraph of a short text."""
    found = re.fullmatch(r"<p>(.*)</p>", html, re.DOTALL)
    return found[1] if found and "<p>" not in found[1] else html


def shown_number(value: float) -> str:
    """Return a live number as text in the current language; never round it up to 1."""
    if float(value).is_integer() and abs(value) < 1e9:
        return show_integer(value)
    digits = _DIGITS
    while digits < _MAX_DIGITS and float(f"{abs(value):.{digits}g}") == 1.0:
        digits += 1  # a sigmoid comes near 1 and never reaches it
    return with_power_of_ten(show_number(value, digits))


def _word(code: str, value: str) -> str:
    names = {
        "optimiser": optimiser_names,
        "loss_function": loss_names,
        "initialiser": initialiser_names,
    }
    said = {"True": tr("yes"), "False": tr("no")}
    if code in names:
        said |= names[code]()
    return said.get(value, value)
