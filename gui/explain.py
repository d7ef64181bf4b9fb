"""Glossary explanations in tool tips."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QTabBar, QToolTip, QWidget

from foundation.latex import formula_html
from foundation.text import tr
from gui.format import escape
from gui.settings import language
from gui.widgets.basic import strong
from gui.widgets.html_tip import HtmlTip
from model.glossary import Term, glossary

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHeaderView  # takes long to make, and the first frame waits

_TERMS, _EXPLAINER = "glossary_terms", "glossary_explainer"
_TERMS_ROLE = Qt.ItemDataRole.UserRole


def explain[Part: QWidget](widget: Part, *terms: str) -> Part:
    """Add the glossary's explanations to a widget's tool tip; return the widget.

    Parameters
    ----------
    widget
        A caption, a title or a button.
    terms
        Ids of the glossary terms; none removes the explanations.

    Raises
    ------
    KeyError
        If the glossary has no such term.
    """
    for term in terms:
        if glossary().term(term) is None:
            raise KeyError(term)
    if terms_of(widget) == list(terms):
        return widget
    widget.setProperty(_TERMS, list(terms))
    widget.setAccessibleDescription(_spoken(terms))
    app = QApplication.instance()
    assert app is not None
    explainer = app.property(_EXPLAINER)
    if explainer is None:
        explainer = _Explainer(app)
        app.setProperty(_EXPLAINER, explainer)
    widget.installEventFilter(explainer)
    return widget


def explain_tab(tabs: QTabBar, index: int, *terms: str) -> None:
    """Add explanations to a tab's tool tip, as :func:`explain` does; the tab may move."""
    tabs.setTabData(index, list(terms))
    every = dict.fromkeys(term for at in range(tabs.count()) for term in tabs.tabData(at) or ())
    explain(tabs, *every)


def explain_columns(header: QHeaderView, columns: Sequence[Sequence[str]]) -> None:
    """Add explanations to the tool tips of a table's column titles."""
    for column, terms in enumerate(columns):
        header.model().setHeaderData(column, header.orientation(), list(terms), _TERMS_ROLE)
    explain(header.viewport(), *dict.fromkeys(chain.from_iterable(columns)))


def terms_of(widget: QWidget) -> list[str]:
    """Return the ids of the terms that a widget explains."""
    return list(widget.property(_TERMS) or ())


def _tip_at(widget: QWidget, at: QPoint) -> tuple[str, list[str]]:
    """Return the tool tip at a position in a widget, and the ids of the explained terms."""
    if isinstance(widget, QTabBar):
        index = widget.tabAt(at)
        return widget.tabToolTip(index), list(widget.tabData(index) or ())
    parent = widget.parentWidget()
    if parent is not None and parent.inherits("QHeaderView"):
        header = cast("QHeaderView", parent)
        find, column = header.model().headerData, header.logicalIndexAt(at)
        tip = find(column, header.orientation(), Qt.ItemDataRole.ToolTipRole)
        return tip or "", list(find(column, header.orientation(), _TERMS_ROLE) or ())
    return widget.toolTip(), terms_of(widget)


def word_in_other_language(term: Term) -> str:
    """Return a term in the other language: Turkish if the window is English, else English."""
    return term.word_tr if language() == "en" else term.word


def plain_meaning(term: Term) -> str:
    """Return a term's meaning in the current language, without markup."""
    return term.meaning(language()).replace("`", "")


def meaning_html(term: Term) -> str:
    """Return a term's meaning in the current language, as rich text."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(term.meaning(language())))


def heading_html(term: Term) -> str:
    """Return a term in the current language, followed by the other language's if different."""
    word, other = term.name(language()), word_in_other_language(term)
    beside = f" ({escape(other)})" if other.casefold() != word.casefold() else ""
    return f"{strong(escape(word))}{beside}"


class _Explainer(QObject):
    """Adds explanations to tool tips when they are shown, in the current language."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the tool tip with its explanations."""
        kind = event.type()  # first: of thousands of events at the start none is of these
        if kind not in (QEvent.Type.ToolTip, QEvent.Type.LanguageChange):
            return False
        if isinstance(watched, QWidget) and (terms := terms_of(watched)):
            if isinstance(event, QHelpEvent):
                tip, terms = _tip_at(watched, event.pos())
                if terms:
                    HtmlTip(_tip_html(tip, terms), event.globalPos(), watched)
                else:
                    QToolTip.showText(event.globalPos(), tip, watched)
                return True
            watched.setAccessibleDescription(_spoken(terms))
        return False


def _spoken(terms: Sequence[str]) -> str:
    found = (glossary().term(term) for term in terms)
    return " ".join(f"{t.name(language())}: {plain_meaning(t)}." for t in found if t is not None)


def _tip_html(tip: str, terms: Sequence[str]) -> str:
    parts = [escape(tip).replace("\n", "<br>")] if tip else []
    for term in filter(None, map(glossary().term, terms)):
        text = f"{heading_html(term)}: {meaning_html(term)}"
        parts.append(f"{text}<br>{formula_html(term.formula)}" if term.formula else text)
    parts.append(tr("Glossary: Shift+F1"))
    return "".join(f"<p>{part}</p>" for part in parts)
