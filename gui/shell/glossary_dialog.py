"""The glossary dialog: every term of the window, searchable in both languages."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from gui.explain import heading_html, meaning_html, plain_meaning, word_in_other_language
from gui.format import folded, name_order
from gui.settings import language
from gui.spoken import spoken
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX
from gui.widgets.basic import as_html, label, named
from gui.widgets.latex import LatexLabel
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Dialog
from gui.widgets.texts import worded
from model.glossary import Term, glossary

_LIST_PX, _TEXT_PX, _HEIGHT_PX, _ROW_PX = 280, 340, 420, 24
_TO_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class GlossaryDialog(Dialog):
    """A separate window with all terms, which can stay open."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("glossary_dialog", parent, title="Glossary")
        self.search = worded(
            named(QLineEdit(), "glossary_search"),
            accessible_name="Search the glossary",
            tip="Search in English or Turkish",
            placeholder="Search in English or Turkish",
        )
        self.search.setClearButtonEnabled(True)
        words = named(QListWidget(), "glossary_words")
        self.words = worded(words, accessible_name="Words of the glossary", tip="")
        self.words.setFixedWidth(_LIST_PX)
        self._none = label(
            "hint", "glossary_none", wrap=True, text="No word of the glossary has that in it."
        )
        self._subject = label("caption", "glossary_subject")
        self._word = as_html(label("card-title", "glossary_word", wrap=True))
        self._meaning = as_html(label("prose", "glossary_meaning", wrap=True))
        self._formula = LatexLabel("glossary_formula")
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.words.currentItemChanged.connect(self._show_word)
        self.search.installEventFilter(self)
        self.retranslate()

    def _lay_out(self) -> None:
        choice = vbox(self.search, (self.words, 1), gap=GAP_M_PX)
        text = vbox(
            self._none,
            self._subject,
            self._word,
            self._meaning,
            self._formula,
            STRETCH,
            gap=GAP_M_PX,
        )
        hbox(choice, (text, 1), on=self, gap=GAP_XL_PX, margins=GAP_XL_PX)
        self.setMinimumSize(_LIST_PX + _TEXT_PX + 3 * GAP_XL_PX, _HEIGHT_PX)
        self.search.setFixedWidth(_LIST_PX)
        self._formula.setContentsMargins(0, GAP_L_PX, 0, 0)

    @property
    def term(self) -> Term | None:
        """The displayed term."""
        item = self.words.currentItem()
        return None if item is None else glossary().term(item.data(Qt.ItemDataRole.UserRole))

    def _fill(self) -> None:
        """List the terms that contain the typed text, in either language, alphabetically."""
        before, typed = self.term, folded(self.search.text())
        self.words.clear()
        found = [
            term
            for term in glossary().terms()
            if typed in folded(term.word) or typed in folded(term.word_tr)
        ]
        place_of = name_order()
        for term in sorted(found, key=lambda term: place_of(term.name(language()))):
            word, other = term.name(language()), word_in_other_language(term)
            same = word.casefold() == other.casefold()
            item = QListWidgetItem(word if same else f"{word}  ·  {other}")
            item.setData(Qt.ItemDataRole.UserRole, term.id)
            item.setSizeHint(QSize(0, _ROW_PX))
            item.setData(
                Qt.ItemDataRole.AccessibleDescriptionRole,
                f"{plain_meaning(term)} {spoken(term.formula)}".strip(),
            )
            self.words.addItem(item)
            if before is not None and term.id == before.id:
                self.words.setCurrentItem(item)
        if self.words.currentItem() is None:
            self.words.setCurrentRow(0)
        self._show_word()

    def _show_word(self) -> None:
        term = self.term
        self._none.setVisible(term is None)
        for widget in (self._subject, self._word, self._meaning):
            widget.setVisible(term is not None)
        self._formula.setVisible(term is not None and bool(term.formula))
        if term is None:
            return
        subject = next(s for s in glossary().sections if term in s.terms)
        self._subject.setText(subject.title_tr if language() == "tr" else subject.title)
        self._word.setText(heading_html(term))
        self._meaning.setText(meaning_html(term))
        self._formula.show_latex(term.formula)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list while the focus is in the search field."""
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in _TO_LIST:
            self.words.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        """List the terms in the current language."""
        self._fill()
