"""Formulas in words, in both languages: those of cards, glossary and lessons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from foundation.latex import commands
from gui.build_tab.function_cards.formulas import every_formula
from gui.learn.rich_text import html_of, plain
from gui.settings import choose_language
from gui.spoken import signs_in_words, spoken
from model.defaults import default_experiment
from model.edits.network import with_weight
from model.glossary import glossary
from model.initialisers import initialise
from model.lessons import Lesson, Part, read_lessons, situation_in_file
from tests.gui.sayable import is_words

IN_PROSE = re.compile(r"\\|[·×−∂∑√∞½≤≥≠≈←→⇒α-ωΔ₀-₉₋⁰-⁹⁻ᵏᶻŷ\u0302\u0304\ue000-\uf8ff]")
MINUS = {"en": "minus", "tr": "eksi"}
LANGUAGES = pytest.mark.parametrize("code", ["en", "tr"])


@pytest.fixture
def said(qapp: QApplication, english: None, code: str) -> str:
    choose_language(qapp, code)
    return code


SENTENCES = {
    r"\sigma(z_1)": ("sigmoid of z 1", "sigmoid z 1"),
    "z = w_1 x_1 + w_2 x_2 + b": (
        "z equals w 1 times x 1 plus w 2 times x 2 plus b",
        "z eşittir w 1 çarpı x 1 artı w 2 çarpı x 2 artı b",
    ),
    r"a = \frac{1}{1 + e^{-z}}": (
        "a equals the fraction 1, over 1 plus e to the power minus z, end of fraction",
        "a eşittir kesir 1, bölü 1 artı e üzeri eksi z, kesir sonu",
    ),
    r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial z} \cdot x": (
        "partial L by partial w equals partial L by partial z times x",
        "kısmi L bölü kısmi w eşittir kısmi L bölü kısmi z çarpı x",
    ),
    r"\frac{da}{dz} = a\,(1 - a)": (
        "d a by d z equals a times open bracket 1 minus a close bracket",
        "d a bölü d z eşittir a çarpı parantez aç 1 eksi a parantez kapa",
    ),
    r"a = \begin{cases} z & z > 0 \\ e^{z} - 1 & z \le 0 \end{cases}": (
        "a equals: z if z is greater than 0; e to the power z, minus 1 if z is at most 0",
        "a eşittir: z büyüktür 0 ise z; z küçük eşittir 0 ise e üzeri z, eksi 1",
    ),
    r"L = {-}\sum_k t_k \ln p_k": (
        "L equals minus the sum over k of t k times natural logarithm of p k",
        "L eşittir eksi k üzerinden toplam t k çarpı doğal logaritma p k",
    ),
    "L = |a - t|": (
        "L equals the absolute value of a minus t, end of absolute value",
        "L eşittir mutlak değer a eksi t, mutlak değer sonu",
    ),
    r"\max(0, z)": (
        "maximum of open bracket 0, z close bracket",
        "maksimum parantez aç 0, z parantez kapa",
    ),
    r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w}": (
        "w becomes w minus eta times partial L by partial w",
        "w yerine w eksi eta çarpı kısmi L bölü kısmi w",
    ),
    r"\sqrt{\hat{v}} + \varepsilon": (
        "the square root of v hat plus epsilon",
        "karekök v şapka artı epsilon",
    ),
    r"\sigma'(z) = 8\times 10^{-11}": (
        "sigmoid prime of z equals 8 times 10 to the power minus 11",
        "sigmoid türevi z eşittir 8 çarpı 10 üzeri eksi 11",
    ),
    r"\bar{t} = 0{,}5 \cdot (-0{,}3) + x_1^2": (
        "t bar equals 0,5 times minus 0,3 plus x 1 squared",
        "t üst çizgi eşittir 0,5 çarpı eksi 0,3 artı x 1 kare",
    ),
    r"\sum_{i=1}^{n} x_i": (
        "the sum from i equals 1 to n of x i",
        "i eşittir 1 ile n arasında toplam x i",
    ),
}


@LANGUAGES
def test_a_formula_is_said_in_words(said: str) -> None:
    wanted = {latex: pair[said == "tr"] for latex, pair in SENTENCES.items()}
    assert {latex: spoken(latex) for latex in wanted} == wanted


@LANGUAGES
def test_every_formula_of_cards_and_glossary_is_words_alone(said: str) -> None:
    shown = {*every_formula(), *(term.formula for term in glossary().terms() if term.formula)}
    assert len(shown) > 50
    assert {latex: spoken(latex) for latex in shown if not is_words(spoken(latex))} == {}


@LANGUAGES
def test_every_command_that_a_lesson_may_have_is_words_alone(said: str) -> None:
    for command in commands():
        assert is_words(spoken(rf"a {command}{{x}}{{y}} b")), command
    # The user's own lesson may hold anything.
    for odd in (
        "{" * 900,
        r"\frac{1",
        r"\what{x}",
        "a_",
        "^",
        "}{",
        r"\begin{cases} 1 &",
        "(((",
        "|",
    ):
        spoken(odd)


@LANGUAGES
def test_all_prose_of_all_lessons_is_said_without_signs(said: str) -> None:
    """With the live numbers of a network in it, negative ones too."""
    situation = situation_in_file(default_experiment())
    heard = [
        plain(html_of(part, situation, lesson.folder))
        for lesson in read_lessons()
        for part in parts_of(lesson, said)
    ]
    assert len(heard) > 300
    assert [text for text in heard if IN_PROSE.search(text)] == []
    assert any(re.search(MINUS[said] + r" \d", text) for text in heard)


def test_a_live_number_is_multiplied_and_its_plus_becomes_a_minus(
    qapp: QApplication, tmp_path: Path
) -> None:
    drawn = initialise(default_experiment())
    for row, value in enumerate((0.5, -0.25, -1.5)):
        drawn = with_weight(drawn, 0, row, 0, value)
    situation = situation_in_file(drawn)
    html = html_of(
        "So $z = {w:1.h1.x1} x_1 + {w:1.h1.x2} x_2 + {b:1.h1}$ is it.", situation, tmp_path
    )
    assert plain(html) == "So z equals 0.5 times x 1 minus 0.25 times x 2 minus 1.5 is it."


def test_signs_within_a_sentence_are_said(qapp: QApplication, english: None) -> None:
    assert signs_in_words("x₁ → h₂₋₁₁: −0.305") == "x 1 to h 2, 11: minus 0.305"
    assert (
        signs_in_words("ŷ, Sigmoid, 8×10⁻¹¹") == "y hat, Sigmoid, 8 times 10 to the power minus 11"
    )
    assert signs_in_words("Hidden · 8, σ 0.89; w₁·x₁") == "Hidden, 8, sigma 0.89; w 1 times x 1"
    assert signs_in_words("Nothing to say (here).") == "Nothing to say (here)."
    assert signs_in_words("Speed 10×, 3×3") == "Speed 10 times, 3 times 3"
    choose_language(qapp, "tr")
    assert signs_in_words("Hız 10×") == "Hız 10 kat"


def parts_of(lesson: Lesson, code: str) -> Iterator[Part | str]:
    """Yield all prose of a lesson."""
    prose = lesson.text(code)
    yield prose.summary
    for step in prose.steps.values():
        yield from (step.text, step.see, *step.parts.values())
        for part in step.parts.values():
            yield from part.choices
