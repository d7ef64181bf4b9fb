"""A person's own function as data: what it gives, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from model.data import build_dataset
from model.data.formula import LONGEST, is_class_formula, values_of
from model.errors import ModelError
from model.experiment import PlaneData, SplitSpec
from tests.model.refusals import refused

X = np.random.default_rng(0).uniform(-1.0, 1.0, (50, 2))
A, B = X.T


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("2*x1 - x2/4", 2 * A - B / 4),
        ("x₁^2 + x₂**3", A**2 + B**3),
        ("-x1^2", -(A**2)),
        ("sin(3·x1) × cos(pi*x2)", np.sin(3 * A) * np.cos(np.pi * B)),
        ("max(x1,0) + min(0,x2)", np.maximum(A, 0) + np.minimum(0, B)),
        ("max(0,2*x1)", np.maximum(0, 2 * A)),
        ("min(0,5, x1) − max(x2, 0,25)", np.minimum(0.5, A) - np.maximum(B, 0.25)),
        ("sqrt(abs(x1)) + log(2 + x2) + exp(x1) + sign(x2) + tan(x1) + e", None),
        ("(x1 > 0) * x2", (A > 0) * B),
        ("(x1 > 0) + (x2 > 0) - (x1 < x2)", (A > 0) * 1.0 + (B > 0) - (A < B)),
        ("sin(x1 < 0)", np.sin((A < 0) * 1.0)),
        ("-(x1 > 0 or x2 > 0)", -1.0 * ((A > 0) | (B > 0))),
        ("max(x1^2;0,5) − min(0,5*x2; 1)", np.maximum(A**2, 0.5) - np.minimum(0.5 * B, 1)),
        ("sin(π*x1)", np.sin(np.pi * A)),
        ("max(0,5*x1,0,25)", np.maximum(0.5 * A, 0.25)),
        ("max(x1,0,5)", np.maximum(A, 0.5)),
        ("x₁² - x2³", A**2 - B**3),
    ],
)
def test_a_formula_gives_the_numbers_that_it_says(formula: str, wanted: np.ndarray | None) -> None:
    if wanted is None:
        wanted = np.sqrt(np.abs(A)) + np.log(2 + B) + np.exp(A) + np.sign(B) + np.tan(A) + np.e
    assert_array_equal(values_of(formula, X), wanted)
    assert not is_class_formula(formula)


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("x1^2 + x2^2 < 0,5", A**2 + B**2 < 0.5),
        ("-0.5 < x1 <= 0.5", (A > -0.5) & (A <= 0.5)),
        ("0 < 1 < x1 + 1", A > 0),
        ("x1 > 0 and x2 > 0 or x1 < x2", ((A > 0) & (B > 0)) | (A < B)),
        ("not x1 ≥ x2", A < B),
        ("x1<1and x2≤0", B <= 0),
        ("x1 > 0 and sqrt(x1) < 0.5", (A > 0) & (A < 0.25)),
        ("x1 <= 0 or log(x1) < -1", np.exp(-1) > A),
    ],
)
def test_what_compares_gives_classes(formula: str, wanted: np.ndarray) -> None:
    assert_array_equal(values_of(formula, X), wanted.astype(np.float64))
    assert is_class_formula(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "x1 +",
        "x3",
        "2 x1",
        "x1.real",
        "__import__('os')",
        "open('x')",
        "sin(x1, x2)",
        "min(x1)",
        "lambda: x1",
        "[x1, x2]",
        "x1 == x2",
        "x1; x2",
        "max(x1^2,0,5)",  # of 2.0 and 5, or of 2 and 0.5
        "'\\d'",
        "1if x1 else 0",
        "True",
        "'x1'",
        "x1 if x2 else 0",
        "(" * 300,
        "x1" + " + x1" * 100,
    ],
)
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with refused("data.formula"):
        values_of(formula, X)


def test_the_format_names_every_function_that_a_formula_may_use() -> None:
    with pytest.raises(ModelError) as caught:
        values_of("foo(x1)", X)
    functions = str(caught.value.values["functions"]).split(", ")
    assert f"``{' '.join(functions)}``" in (PlaneData.__doc__ or "")
    assert f"At most {LONGEST} characters" in (PlaneData.__doc__ or "")


def test_what_is_no_formula_is_quoted_in_a_line_of_its_length() -> None:
    with pytest.raises(ModelError) as caught:
        values_of("foo(\n" + "x1 + " * 100_000, X)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "formula",
    [
        "log(x1)",
        "x1/0",
        "9**9**9**9",
        "1e151*x1",
    ],
)
def test_a_formula_without_a_value_somewhere_says_where(formula: str) -> None:
    with refused("data.formula_value"):
        build_dataset(PlaneData("formula", formula=formula))


@given(st.text("x12()+-*/^<>=.,e sincomaxlgq", max_size=30))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        values = values_of(text, X)
    except ModelError:
        return
    assert np.isfinite(values).all()
    assert values.shape == (50,)


def test_points_lie_on_the_function_but_for_their_noise() -> None:
    exact = build_dataset(PlaneData("formula", 300, 0.0, "x1*x2"), SplitSpec(0.2), 3)
    assert exact.task == "regression"
    assert (len(exact.x_train), len(exact.x_test)) == (240, 60)
    assert_array_equal(exact.y_train[:, 0], exact.x_train.prod(axis=1))
    noisy = build_dataset(PlaneData("formula", 3000, 0.4, "x1*x2"))
    off = noisy.y_train[:, 0] - noisy.x_train.prod(axis=1)
    # The deviation of 3,000 draws lies within five of its standard errors.
    assert off.std() == pytest.approx(0.2, abs=5 * 0.2 / np.sqrt(2 * 3000))
    classes = build_dataset(PlaneData("formula", 300, 0.0, "x1 < x2"))
    assert (classes.task, classes.class_names) == ("binary", ("0", "1"))
