"""Formulas in lessons' prose are set as in a book; what is shipped has them all."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.theme import LIGHT
from gui.typesetting import SHIPPED, file_name
from gui.widgets.inline_formula import mark, show_with_formulas
from model.glossary import glossary
from model.lessons import LESSONS
from model.lessons.prose import formulas
from tests.gui.learn.learner import Learner

FRACTION, SCRIPT, LETTER = r"\sigma(z) = \frac{1}{1 + e^{-z}}", "x_1", "z"


def test_all_formulas_of_lessons_and_glossary_are_shipped() -> None:
    found = {term.formula for term in glossary().terms() if term.formula}
    for prose in LESSONS.rglob("*.md"):
        found.update(formulas(prose.read_text(encoding="utf-8")))
    assert len(found) > 20
    assert [latex for latex in found if not (SHIPPED / file_name(latex)).exists()] == []


def first_formula(learner: Learner) -> QLabel:
    labels = learner.find("lesson_page").findChildren(QLabel)
    return next(label for label in labels if label.property("role") == "formula")


def test_a_lesson_draws_its_formulas_and_says_them(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "forward_backward")
    formula = first_formula(learner)
    assert "<img" in formula.text()
    assert formula.accessibleName() == (
        "z equals w 1 times x 1 plus w 2 times x 2 plus b, a equals sigmoid of z"
    )


def test_live_numbers_stay_text(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "gates_by_hand")
    formula = first_formula(learner)
    assert "<img" not in formula.text()
    assert formula.accessibleName().startswith("z equals 0 times x 1")


def shown(qtbot: QtBot, text: str, colour: str = LIGHT.t1) -> QLabel:
    """Return a label with text of 13 px, black on white."""
    label = QLabel()
    label.setStyleSheet(f"font-size: 13px; color: {colour}; background: white")
    qtbot.addWidget(label)
    show_with_formulas(label, text)
    label.resize(label.sizeHint())
    return label


def lowest_ink(label: QLabel) -> int:
    """Return the lowest row that is painted in, in pixels from the top."""
    image = label.grab().toImage()
    dark = [
        y
        for y in range(image.height())
        if any(image.pixelColor(x, y).lightness() < 150 for x in range(image.width()))
    ]
    return max(dark)


def test_a_letter_stands_on_the_line(qtbot: QtBot) -> None:
    plain, formula = shown(qtbot, "H H"), shown(qtbot, f"H {mark(LETTER, 'z')}")
    assert "<img" in formula.text()
    assert abs(lowest_ink(formula) - lowest_ink(plain)) <= 1


def test_what_cannot_be_set_stays_text(qtbot: QtBot) -> None:
    assert "<i>oops</i>" in shown(qtbot, mark("", "<i>oops</i>")).text()


def test_a_formula_has_the_colour_of_its_text(qtbot: QtBot) -> None:
    other = shown(qtbot, mark(LETTER, "z"), "#ff0000")
    assert other.text() != shown(qtbot, mark(LETTER, "z")).text()
