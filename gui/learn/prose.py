"""A lesson's prose as rich text: live numbers in the colours of their signs, formulas set apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocumentFragment
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.build_tab.names import initialiser_names, loss_names, optimiser_names
from gui.format import show_integer, show_number
from gui.learn.learn_model import LearnModel
from gui.theme import GAP_M_PX, active
from gui.widgets.basic import label
from model.experiment import INITIALISERS, LOSSES, OPTIMISERS, Experiment
from model.lessons import Part, Situation, to_html

_FORMULA = re.compile(r'<p class="formula">(.*?)</p>', re.DOTALL)
_DIGITS = 4
_FORMULA_FONT = "'STIX Two Text', 'Times New Roman', 'Liberation Serif', 'DejaVu Serif', serif"


def html_of(part: Part | str, situation: Situation, folder: Path) -> str:
    """Return prose as HTML in the language in use, without the style that :func:`dressed` adds.

    Parameters
    ----------
    part
        What to set.
    situation
        Where its numbers come from.
    folder
        The lesson's, in which its pictures lie.
    """
    markdown = part.markdown if isinstance(part, Part) else part
    if "{" not in markdown:
        return _still(markdown, folder)
    return to_html(
        markdown,
        situation,
        number=shown_number,
        word=_word,
        picture=lambda name: QUrl.fromLocalFile(str(folder / name)).toString(),
    ).strip()


@lru_cache(512)
def _still(markdown: str, folder: Path) -> str:
    """Return prose without numbers as HTML: nothing of it changes while a lesson is open."""
    nothing = Situation(experiment=Experiment())
    address = QUrl.fromLocalFile
    html = to_html(markdown, nothing, picture=lambda name: address(str(folder / name)).toString())
    return html.strip()


def dressed(html: str) -> str:
    """Return HTML in the colours of the theme in use."""
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
    """Return HTML as the text that a screen reader says."""
    return " ".join(QTextDocumentFragment.fromHtml(html).toPlainText().split())


def inline(html: str) -> str:
    """Return the inner of the one paragraph that a short text is."""
    found = re.fullmatch(r"<p>(.*)</p>", html, re.DOTALL)
    return found[1] if found and "<p>" not in found[1] else html


def shown_number(value: float) -> str:
    """Return a live number as it is written in the language in use."""
    if float(value).is_integer() and abs(value) < 1e9:
        return show_integer(int(value))
    return show_number(value, _DIGITS)


def _word(code: str, value: str) -> str:
    translate = QCoreApplication.translate
    said = {"True": translate("Prose", "yes"), "False": translate("Prose", "no")}
    keys: Sequence[str]
    for name, keys, names in (
        ("optimiser", OPTIMISERS, optimiser_names()),
        ("loss_function", LOSSES, loss_names()),
        ("initialiser", INITIALISERS, initialiser_names()),
    ):
        if code == name:
            said |= dict(zip(keys, names, strict=True))
    return said.get(value, value)


class Prose(QWidget):
    """Paragraphs with links, and each formula on a ground of its own.

    Parameters
    ----------
    object_name
        Of the whole; the texts in it have none.
    model
        Opens what a link leads to.
    """

    def __init__(self, object_name: str, model: LearnModel) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._model = model
        self._labels: list[QLabel] = []
        self._kinds: list[str] = []
        self._html = ""
        self._theme = active()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP_M_PX)

    @property
    def text(self) -> str:
        """What is read, without any markup."""
        return plain(self._html)

    def show_html(self, html: str) -> None:
        """Show prose; labels are made anew only where it has other formulas and paragraphs."""
        if (html, active()) == (self._html, self._theme):
            return
        self._html, self._theme = html, active()
        parts = [(i % 2, part.strip()) for i, part in enumerate(_FORMULA.split(html))]
        parts = [(is_formula, part) for is_formula, part in parts if part]
        kinds = ["formula" if is_formula else "prose" for is_formula, _ in parts]
        if kinds != self._kinds:
            self._kinds = kinds
            self._make_labels()
        for each, (is_formula, part) in zip(self._labels, parts, strict=True):
            text = f'<span style="font-family: {_FORMULA_FONT}">{part}</span>'
            text = dressed(text if is_formula else part)
            if each.text() != text:
                show_rich(each, text, plain(part))

    def _make_labels(self) -> None:
        for old in self._labels:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._labels = [rich_label(self._model, kind) for kind in self._kinds]
        for each in self._labels:
            self._column.addWidget(each)


def show_rich(label: QLabel, text: str, spoken: str) -> None:
    """Set a label's rich text, and what is said of it; Tab stops there if there is a link."""
    label.setText(text)
    label.setAccessibleName(spoken)
    # By keyboard only: after a click the keys stay with what the person was working on.
    has_link = "<a " in text
    label.setFocusPolicy(Qt.FocusPolicy.TabFocus if has_link else Qt.FocusPolicy.NoFocus)


def rich_label(model: LearnModel, role: str, object_name: str = "") -> QLabel:
    """Return a label for prose, whose links lead on by mouse and keyboard."""
    result = label(role, object_name, wrap=True)
    result.setTextFormat(Qt.TextFormat.RichText)
    result.setTextInteractionFlags(
        Qt.TextInteractionFlag.LinksAccessibleByMouse
        | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    )
    result.linkActivated.connect(lambda target: follow(model, target))
    return result


def follow(model: LearnModel, target: str) -> None:
    """Open what a link leads to: a step, a lesson, a word of the glossary, a page of the web."""
    kind, _, name = target.partition(":")
    if kind == "step":
        model.go_to(name)
    elif kind == "lesson":
        model.open_named(name)
    elif kind == "term":
        model.explain("" if model.state.term == name else name)
    elif kind in ("http", "https"):
        QDesktopServices.openUrl(QUrl(target))
