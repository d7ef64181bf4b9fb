"""Formulas in LaTeX on screen: ready ones, those of another process, and what is none."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.function_cards.formulas import every_formula
from gui.settings import choose_language, choose_theme
from gui.theme import active
from gui.widgets.latex import LatexLabel, typesetter
from tests.gui.painted import painted_texts

PATIENCE_MS = 20_000


@pytest.fixture(autouse=True)
def idle_afterwards(qtbot: QtBot) -> Iterator[None]:
    yield
    qtbot.waitUntil(lambda: typesetter().is_idle, timeout=PATIENCE_MS)


def shown(qtbot: QtBot, latex: str, width: int = 400) -> LatexLabel:
    label = LatexLabel("formula")
    qtbot.addWidget(label)
    label.show_latex(latex)
    label.resize(width, label.height())
    with qtbot.waitExposed(label):
        label.show()
    return label


def colours(label: LatexLabel) -> set[str]:
    picture: QImage = label.grab().toImage()
    return {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
    }


def test_a_formula_of_the_window_is_there_at_once(qtbot: QtBot) -> None:
    label = shown(qtbot, every_formula()[0])
    assert label.is_set
    assert typesetter().is_idle


def test_any_other_is_written_until_it_has_been_set(qtbot: QtBot) -> None:
    latex = rf"\frac{{x_{{{os.getpid()}}}}}{{2}}"
    label = shown(qtbot, latex)
    assert not label.is_set
    assert painted_texts(label) == [latex]
    line = label.height()
    qtbot.waitUntil(lambda: label.is_set, timeout=PATIENCE_MS)
    assert label.height() > line
    assert painted_texts(label) == []


@pytest.mark.parametrize("latex", [r"\frac{1", r"\what{x}", "{" * 300, "x" * 2000])
def test_what_is_no_formula_stays_as_it_is_written(qtbot: QtBot, latex: str) -> None:
    good = r"w \leftarrow w - \eta\,g"
    label, other = shown(qtbot, latex), shown(qtbot, good)
    qtbot.waitUntil(lambda: other.is_set and typesetter().is_idle, timeout=PATIENCE_MS)
    assert not label.is_set
    assert label.text() == latex
    assert painted_texts(label)[0][:5] == latex[:5]


def test_a_screen_reader_says_it_in_words_of_either_language(
    qtbot: QtBot, qapp: QApplication
) -> None:
    label = shown(qtbot, r"\sigma(z)")
    assert label.accessibleName() == "sigmoid of z"
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: label.accessibleName() == "sigmoid z")


def test_a_formula_has_the_theme_s_ink(qtbot: QtBot, qapp: QApplication) -> None:
    label = shown(qtbot, r"a = \frac{1}{1 + e^{-z}}")
    for theme in ("dark", "light"):
        choose_theme(qapp, theme)
        assert QColor(active().t1).name() in colours(label)
