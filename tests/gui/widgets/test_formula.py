"""Formulas: as text, in LaTeX, and drawn in as many lines as the width asks for."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.widgets.formula import Formula, FormulaLabel, Fraction, Word, latex, plain
from gui.widgets.screen_readers import install_accessible_interfaces

SIGMOID: Formula = (
    Word("a = "),
    Fraction((Word("1"),), (Word("1 + "), Word("e", sup="−1.107"))),
    Word(" = "),
    Word("0.752", weight=600),
)


def test_a_formula_reads_as_text() -> None:
    assert plain(SIGMOID) == "a = 1 / (1 + e^(−1.107)) = 0.752"


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        (SIGMOID, r"a = \frac{1}{1 + e^{-1.107}} = 0.752"),
        ((Word("z = w₁·x₁ + b"),), r"z = w_{1}\cdot x_{1} + b"),
        ((Word("h₂₋₁₁"),), "h_{2,11}"),
        ((Word("0,35"),), "0{,}35"),
        ((Word("∂L/∂w = −0,5·(−0,171)"),), r"\partial L/\partial w = -0{,}5\cdot (-0{,}171)"),
        ((Word("max(0, z)"),), r"\operatorname{max} (0, z)"),
        ((Word("ŷ − t"),), r"\hat{y} - t"),
        ((Word("8×10⁻¹¹"),), r"8\times 10^{-11}"),
        ((Word("petal length − t"),), r"\mathrm{petal~length} - t"),
        ((Word("a b − t"),), r"\mathrm{a~b} - t"),
        ((Word("a_b − t"),), r"\mathrm{a\_b} - t"),
        ((Word("class 1 − t"),), r"\mathrm{class}\ 1 - t"),
        ((Word("λ₁·sgn w"),), r"\lambda _{1}\cdot \operatorname{sgn} w"),
        (
            (Word("w ← w − η·∂L/∂w"), Word("   η = 0.5")),
            r"w \leftarrow w - \eta \cdot \partial L/\partial w\quad \eta = 0.5",
        ),
        (
            (Word("= 2.3"), Word("   no target: any")),
            r"= 2.3\quad \mathrm{no~target}: \mathrm{any}",
        ),
        ((Word("Iris-setosa − t"),), r"\text{Iris-setosa} - t"),
        ((Word(r"a\b{c}$_%"),), r"a\backslash b\{c\}\$\_\%"),
    ],
)
def test_a_formula_is_written_in_latex(formula: Formula, wanted: str) -> None:
    assert latex(formula) == wanted


def shown(qtbot: QtBot, formula: Formula, width: int) -> FormulaLabel:
    label = FormulaLabel("formula")
    qtbot.addWidget(label)
    label.resize(width, 40)
    label.show_formula(formula)
    label.show()
    qtbot.waitExposed(label)
    return label


def test_a_long_sum_goes_on_below(qtbot: QtBot, qapp: QApplication) -> None:
    choose_language(qapp, "en")
    terms = tuple(Word(f" + 0.12{n}·0.5") for n in range(8))
    wide, narrow = shown(qtbot, terms, 2000), shown(qtbot, terms, 160)
    assert narrow.height() > 3 * wide.height()
    assert wide.sizeHint().width() > 160
    narrow.resize(2000, narrow.height())
    assert narrow.height() == wide.height()


def test_a_screen_reader_reads_the_formula(qtbot: QtBot) -> None:
    install_accessible_interfaces()
    label = shown(qtbot, SIGMOID, 300)
    wanted = "a equals the fraction 1, over 1 plus e to the power minus 1.107, end of fraction"
    heard = QAccessible.queryAccessibleInterface(label)
    assert heard.text(QAccessible.Text.Name) == f"{wanted}, equals 0.752"
    assert heard.role() == QAccessible.Role.StaticText
    assert label.text() == plain(SIGMOID)


def test_a_formula_is_said_in_another_language(qtbot: QtBot, qapp: QApplication) -> None:
    label = shown(qtbot, (Word("z = w₁·x₁"),), 300)
    assert label.accessibleName() == "z equals w 1 times x 1"
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: label.accessibleName() == "z eşittir w 1 çarpı x 1")
