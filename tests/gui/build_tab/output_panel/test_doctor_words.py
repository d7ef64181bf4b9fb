"""The doctor's findings in words: every value is filled in, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gui.build_tab.output_panel.doctor_cards import advice_on
from model.insight import Finding, doctor

UNITS = {"layer": 1, "units": 4, "count": 2, "kinds": 1, "names": "1, 2", "activation": "tanh"}
FOUND: list[tuple[str, dict[str, Any]]] = [
    ("diverged", {"first": 0.5, "last": 70.0, "lower": 0.5}),
    ("not_finite", {"epoch": 3, "lower": 0.5}),
    ("not_separable", {"output": "y"}),
    ("not_separable", {"output": "y", "inputs": "x₁, x₁·x₂"}),
    ("not_separable", {"output": "y", "sample": True}),
    ("not_separable", {"output": "y", "inputs": "x₁, x₁·x₂", "sample": True}),
    ("straight_border", {"output": "y"}),
    ("perceptron_cycles", {"output": "y", "inputs": "x₁, x₁·x₂"}),
    ("straight_border", {"output": "y"}),
    ("no_bias", {"output": "y"}),
    ("contradiction", {"first": 3, "second": 6, "more": 0, "ceiling": 0.875}),
    ("contradiction", {"first": 3, "second": 6, "more": 4, "ceiling": 0.875}),
    ("contradiction", {"first": 1, "second": 2, "more": 1, "ceiling": 0.75, "inputs": "x₁·x₂"}),
    ("perceptron_cycles", {"output": "y"}),
    (
        "loss_misfit",
        {"loss": "hinge", "activation": "sigmoid", "fitting": "binary_cross_entropy"},
    ),
    ("symmetric", UNITS),
    ("dead_relu", UNITS),
    ("dead_relu", {**UNITS, "count": 1, "unit": 2}),
    ("dead_relu", {**UNITS, "count": 4}),
    ("saturated", UNITS),
    ("saturated", {**UNITS, "count": 1, "unit": 2}),
    ("single_softmax", {}),
    ("plateau", {"loss": 0.69, "share": 0.5}),
    ("penalty", {"penalty": 1.0, "largest": 1.4e-12}),
    ("fading", {"layers": 8, "spread": 2.6e-6}),
    ("rate_high", {"rate": 3.0, "share": 0.4, "lower": 0.5}),
    ("rate_low", {"rate": 0.001, "drop": 0.002}),
    ("rate_zero", {"rate": 0.3}),
    ("overfitting", {"epoch": 40, "best": 0.3, "last": 0.5}),
    ("constant_input", {"name": "x₁"}),
    ("unscaled", {"low": 0.1, "high": 900.0}),
    ("large_inputs", {"low": 86.0, "high": 86.0}),
    ("no_better_than_guessing", {"epochs": 100, "share": 0.5, "guess": 0.5}),
]


def codes_in(source: str) -> Iterator[str]:
    """Yield the code of every finding that a source makes, wherever it is written out."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Finding":
            code = call.args[0]
            choices = [code.body, code.orelse] if isinstance(code, ast.IfExp) else [code]
            yield from (ast.literal_eval(one) for one in choices if isinstance(one, ast.Constant))


def test_whatever_the_doctor_finds_has_words() -> None:
    sources = Path(str(doctor.__file__)).parent.glob("*.py")
    assert {code for code, _ in FOUND} == {
        code for source in sources for code in codes_in(source.read_text())
    }


@pytest.mark.parametrize(("code", "values"), FOUND)
def test_every_value_is_filled_in(language: str, code: str, values: dict[str, Any]) -> None:
    advice = advice_on(Finding(code, "warning", values))
    assert advice.title != code, "it has words of its own"
    assert "{" not in advice.title + advice.text + advice.remedy, language


SAMPLE = {"output": "y", "sample": True}
ALIKE = {"layer": 1, "units": 4}
CEILING = "No network gets more than 78.6% of the training rows right."


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        (
            "overfitting",
            {"epoch": 77, "best": 5.82e-5, "last": 3e-4},
            "Lowest at epoch 77: 5.82×10⁻⁵, now 0.000300.",
        ),
        ("contradiction", {"first": 3, "second": 6, "more": 0, "ceiling": 0.786}, CEILING),
        ("contradiction", {"first": 3, "second": 6, "more": 4, "ceiling": 0.786}, CEILING),
        # Of one input a border is a point, of two a line, of three a plane.
        ("not_separable", {"output": "y"}, "border"),
        ("perceptron_cycles", {"output": "y"}, "border"),
        ("no_bias", {"output": "y"}, "border"),
        # Lesson 5 solves XOR with a product, beside the card that names what is needed.
        ("not_separable", {"output": "y"}, "hidden layer"),
        ("not_separable", {"output": "y"}, "derived inputs"),
        # Two clouds that overlap have no straight border, and no better one either.
        ("not_separable", SAMPLE, "Where classes only overlap, that gains little."),
        ("not_separable", SAMPLE, "No straight border fits every row"),
        ("symmetric", {**ALIKE, "kinds": 1}, "All 4 are alike."),
        ("symmetric", {**ALIKE, "kinds": 2}, "of only 2 kinds."),
        ("plateau", {"loss": 0.6931471805599453, "share": 0.002}, "0.693"),
        (
            "loss_misfit",
            {"loss": "binary_cross_entropy", "activation": "tanh", "fitting": "squared"},
            "“Cross-entropy” reads outputs",
        ),
        ("saturated", {**UNITS, "count": 1, "unit": 2}, "Unit h₂ is saturated"),
        ("saturated", {**UNITS, "count": 1, "unit": 2}, "Shrink its weights"),
        ("rate_zero", {"rate": 0.3}, "Set the rate to 0.3"),
        ("rate_low", {"rate": 0.05, "drop": 0.002}, "At a rate of 0.05 it falls"),
    ],
)
def test_what_the_doctor_says(code: str, values: dict[str, Any], said: str) -> None:
    advice = advice_on(Finding(code, "warning", values))
    words = f"{advice.title} {advice.text} {advice.remedy}"
    assert said in words
    assert said != "border" or " line" not in words


def test_a_unit_of_several_layers_is_named_as_in_the_drawing() -> None:
    finding = Finding("saturated", "warning", {**UNITS, "count": 1, "unit": 2})
    assert advice_on(finding, hidden_layers=2).title == "Unit h₁₋₂ is saturated"
