"""Formulas set as SVG: those of the window lie ready, and nothing but lines and areas is taken."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer

from foundation.latex import commands
from gui.build_tab.function_cards.formulas import every_formula
from gui.typesetting import LONGEST, SHIPPED, file_name, kept, typeset

DRAWN = {"svg", "g", "path", "rect", "line", "polyline"}
HOSTILE = [
    r"\text{<script>1</script><image/>}",
    r"\frac{",
    r"\unknown{x}",
    r"\begin{cases} z",
    "}}}}",
    "{" * 900,
    r"\hat{" * 40 + "x" + "}" * 40,
    "x" * (LONGEST + 1),
    "   ",
    "",
    "x_1_2^3^4&&\\\\",
]


def test_every_formula_of_the_window_lies_ready() -> None:
    assert {file_name(latex) for latex in every_formula()} <= {p.name for p in SHIPPED.iterdir()}
    for latex in every_formula():
        svg = kept(latex)
        box = QSvgRenderer(QByteArray(svg.encode())).viewBoxF()
        assert box.top() < 0 < box.bottom(), latex  # the baseline is at 0


@pytest.mark.parametrize("latex", every_formula())
def test_what_lies_ready_is_what_is_set_today(latex: str) -> None:
    assert kept(latex) == typeset(latex), "run: .ci/make_assets/formulas.py"


@pytest.mark.parametrize("command", [c for c in commands() if c != r"\right"])
def test_every_command_that_a_lesson_may_have_is_set(command: str) -> None:
    arguments = {r"\frac": "{1}{2}", r"\left": r"( x \right)", r"\text": "{word}"}
    assert typeset(f"a {command}{arguments.get(command, '{x}')}") is not None


@pytest.mark.parametrize("latex", HOSTILE)
def test_what_is_no_formula_is_not_set_and_raises_nothing(latex: str) -> None:
    svg = typeset(latex)
    assert svg is None or set(re.findall(r"<\s*([^\s/>]+)", svg)) <= DRAWN
