"""Prose with links, and each display formula on a background."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QWidget

from gui.learn.learn_model import LearnModel
from gui.learn.rich_text import plain, themed
from gui.theme import GAP_M_PX
from gui.widgets.basic import as_html, label
from gui.widgets.inline_formula import show_with_formulas
from gui.widgets.layouts import vbox

_FORMULA = re.compile(r'<p class="formula">(.*?)</p>', re.DOTALL)
_FORMULA_FONT = "'STIX Two Text', 'Times New Roman', 'Liberation Serif', 'DejaVu Serif', serif"


class Prose(QWidget):
    """Paragraphs with links, and each display formula on a background."""

    def __init__(self, object_name: str, model: LearnModel) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._model = model
        self._labels: list[QLabel] = []
        self._kinds: list[str] = []
        self._html = ""
        self._column = vbox(on=self, gap=GAP_M_PX, margins=0)

    @property
    def text(self) -> str:
        """The text without markup."""
        return plain(self._html)

    def show_html(self, html: str) -> None:
        """Show prose, creating new labels only if its paragraphs and formulas differ."""
        self._html = html
        parts = [(i % 2, part.strip()) for i, part in enumerate(_FORMULA.split(html))]
        parts = [(is_formula, part) for is_formula, part in parts if part]
        kinds = ["formula" if is_formula else "prose" for is_formula, _ in parts]
        if kinds != self._kinds:
            self._kinds = kinds
            self._make_labels()
        for each, (is_formula, part) in zip(self._labels, parts, strict=True):
            text = f'<span style="font-family: {_FORMULA_FONT}">{part}</span>'
            set_rich_text(each, text if is_formula else part)

    def _make_labels(self) -> None:
        for old in self._labels:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._labels = [rich_label(self._model, kind) for kind in self._kinds]
        for each in self._labels:
            self._column.addWidget(each)


def set_rich_text(label: QLabel, html: str) -> None:
    """Set a label's rich text and its screen reader text; with a link it is a tab stop."""
    show_with_formulas(label, themed(html))
    label.setAccessibleName(plain(html))
    # By keyboard only: after a click the keys stay with what the user was working on.
    has_link = "<a " in html
    label.setFocusPolicy(Qt.FocusPolicy.TabFocus if has_link else Qt.FocusPolicy.NoFocus)


def rich_label(
    model: LearnModel,
    role: str,
    object_name: str = "",
    follows: Callable[[str], None] | None = None,
) -> QLabel:
    """Return a label for prose whose links work by mouse and keyboard.

    `follows` is called with a link's target; the default is :func:`open_link`.
    """
    result = as_html(label(role, object_name, wrap=True))
    result.setTextInteractionFlags(
        Qt.TextInteractionFlag.LinksAccessibleByMouse
        | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    )
    result.linkActivated.connect(follows or (lambda target: open_link(model, target)))
    return result


def open_link(model: LearnModel, target: str) -> None:
    """Open a link's target: a step, a lesson, a glossary term, a web page."""
    kind, _, name = target.partition(":")
    if kind == "step":
        model.go_to(name)
    elif kind == "lesson":
        model.open_by_id(name)
    elif kind == "term":
        model.explain("" if model.state.term == name else name)
    elif kind in ("http", "https"):
        QDesktopServices.openUrl(QUrl(target))
