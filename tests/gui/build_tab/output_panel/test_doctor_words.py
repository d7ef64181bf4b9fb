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


def test_a_very_small_loss_is_written_as_in_a_book() -> None:
    values = {"epoch": 77, "best": 5.82e-5, "last": 3e-4}
    text = advice_on(Finding("overfitting", "warning", values)).text
    assert text == "Lowest at epoch 77: 5.82×10⁻⁵, now 0.000300."


@pytest.mark.parametrize("more", [0, 4])
def test_contradictions_are_counted_among_the_training_rows(more: int) -> None:
    values = {"first": 3, "second": 6, "more": more, "ceiling": 0.786}
    text = advice_on(Finding("contradiction", "note", values)).text
    assert text.endswith("No network gets more than 78.6% of the training rows right.")


def test_a_border_is_called_straight_whatever_it_is() -> None:
    """Of one input it is a point, of two a line, of three a plane."""
    for code in ("not_separable", "perceptron_cycles", "no_bias"):
        text = advice_on(Finding(code, "failure", {"output": "y"})).text
        assert " line" not in text
        assert "border" in text


def test_a_hidden_layer_is_not_all_that_bends_a_border() -> None:
    """Lesson 5 solves XOR with a product, beside the card that names what is needed."""
    text = advice_on(Finding("not_separable", "failure", {"output": "y"})).text
    assert "hidden layer" in text
    assert "derived inputs" in text


@pytest.mark.parametrize("inputs", [{}, {"inputs": "x₁, x₁·x₂"}])
def test_of_a_sample_nobody_says_that_a_layer_is_needed(inputs: dict[str, str]) -> None:
    """Two clouds that overlap have no straight border, and no better one either."""
    values = {"output": "y", "sample": True, **inputs}
    advice = advice_on(Finding("not_separable", "warning", values))
    assert advice.title == "No straight border fits every row"
    assert advice.text.endswith("Where classes only overlap, that gains little.")


@pytest.mark.parametrize(("kinds", "said"), [(1, "All 4 are alike."), (2, "of only 2 kinds.")])
def test_copies_are_counted(kinds: int, said: str) -> None:
    values = {"layer": 1, "units": 4, "kinds": kinds}
    assert said in advice_on(Finding("symmetric", "failure", values)).text


def test_a_loss_is_written_as_a_number_or_by_its_name() -> None:
    stuck = Finding("plateau", "warning", {"loss": 0.6931471805599453, "share": 0.002})
    assert "0.693" in advice_on(stuck).text
    values = {
        "loss": "binary_cross_entropy",
        "activation": "tanh",
        "fitting": "squared",
        "layer": 1,
    }
    misfit = advice_on(Finding("loss_misfit", "warning", values)).text
    assert "“Cross-entropy” reads outputs" in misfit


def test_a_single_saturated_unit_is_named_as_in_the_drawing() -> None:
    finding = Finding("saturated", "warning", {**UNITS, "count": 1, "unit": 2})
    advice = advice_on(finding)
    assert (advice.title, advice.remedy) == ("Unit h₂ is saturated", "Shrink its weights")
    assert advice_on(finding, hidden_layers=2).title == "Unit h₁₋₂ is saturated"


def test_a_rate_is_written_as_it_is_entered() -> None:
    advice = advice_on(Finding("rate_zero", "failure", {"rate": 0.3}))
    assert advice.remedy == "Set the rate to 0.3"
    advice = advice_on(Finding("rate_low", "note", {"rate": 0.05, "drop": 0.002}))
    assert advice.text.startswith("At a rate of 0.05 it falls")
