"""Every word of the window explains itself, and all of them are in the glossary's list."""

from __future__ import annotations

import html

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.explain import explain, explain_tab, terms_of
from gui.settings import choose_language
from gui.widgets.latex import LatexLabel
from gui.window import GlassnetWindow
from model.glossary import glossary
from tests.gui.finding import find, tip_of

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def panels(window: GlassnetWindow, qtbot: QtBot) -> GlassnetWindow:
    """Return the window with all of Build's panels, and Vision made."""
    window.show_tab(window.VISION)
    window.show_tab(window.BUILD)
    tab = window.build_tab
    tab.show_all_panels()
    tab.workbench.create_lazy_views()
    qtbot.waitUntil(lambda: tab.workbench.is_idle)
    return window


def test_every_word_explains_itself(panels: GlassnetWindow, qtbot: QtBot, language: str) -> None:
    train = "Eğit" if language == "tr" else "Train"
    button = find(panels, QPushButton, "train")
    qtbot.waitUntil(lambda: button.text() == train)
    explained = [widget for widget in panels.findChildren(QWidget) if terms_of(widget)]
    used = {name for widget in explained for name in terms_of(widget)}
    assert {"epoch", "batch", "loss", "hull", "stop-margin", "learning-rate"} <= used
    assert {"regularisation", "top-k", "blob", "threshold", "finding"} <= used
    for widget in explained:
        if isinstance(widget, QTabBar):
            continue  # each of its tabs explains a word of its own
        tip = html.unescape(tip_of(widget))
        for name in terms_of(widget):
            term = glossary().term(name)
            meaning = term.meaning(language).replace("`", "")
            assert term.word in tip or language == "en"
            assert term.name(language) in tip
            assert meaning in widget.accessibleDescription()
            assert meaning[:12] in tip.replace("<code>", "").replace("</code>", "")


def test_a_tab_takes_its_word_with_it(qtbot: QtBot) -> None:
    tabs = QTabBar()
    qtbot.addWidget(tabs)
    for index, word in enumerate(("epoch", "batch")):
        tabs.insertTab(index, word)
        explain_tab(tabs, index, word)
    tabs.show()
    tabs.moveTab(1, 0)
    batch = glossary().term("batch")
    assert batch.meaning("en")[:20] in tip_of(tabs, tabs.tabRect(0).center())


def test_a_tip_of_its_own_comes_first(qtbot: QtBot) -> None:
    label = QLabel("batch")
    label.setToolTip("Rows a step")
    qtbot.addWidget(label)
    label.show()
    explain(label, "batch")
    assert tip_of(label).startswith("<p>Rows a step</p>")
    explain(label)
    assert tip_of(label) == "Rows a step"


@pytest.mark.parametrize("typed", ["kayip", "LOSS"])
def test_a_word_is_found_in_either_language_by_keys(
    window: GlassnetWindow, qtbot: QtBot, typed: str
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    search = find(window, QLineEdit, "glossary_search")
    words = find(window, QListWidget, "glossary_words")
    assert words.count() == len(glossary().ids())
    qtbot.keyClicks(search, typed)
    assert "kayıp" in words.currentItem().text()
    names = [words.item(row).text() for row in range(words.count())]
    assert "loss  ·  kayıp" in names
    before = words.currentRow()
    qtbot.keyClick(search, Qt.Key.Key_Down)
    assert words.currentRow() == min(before + 1, words.count() - 1)
    qtbot.keyClicks(search, "zzz")
    assert words.count() == 0
    assert find(window, QLabel, "glossary_none").isVisible()


def test_the_list_speaks_turkish_in_the_order_of_its_alphabet(
    window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    choose_language(qapp, "tr")
    qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    words = find(window, QListWidget, "glossary_words")
    first = [words.item(row).text()[0].lower() for row in range(words.count())]
    assert first == sorted(first, key="abcçdefgğhıijklmnoöprsştuüvyz".index)
    assert "ç" in first
    search = find(window, QLineEdit, "glossary_search")
    meaning = find(window, QLabel, "glossary_meaning")
    formula = find(window, LatexLabel, "glossary_formula")
    term = glossary().term("learning-rate")
    qtbot.keyClicks(search, term.word)
    assert term.means_tr.split(";")[0] in meaning.text()
    assert formula.is_set
    assert formula.text() == term.formula
