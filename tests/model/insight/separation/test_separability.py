"""Separability, against brute force and with every proof checked by arithmetic of its own."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from model.data.gates import corners
from model.errors import ModelError
from model.insight.separation.separability import Separability, separability


def check_proof(x: np.ndarray, y: np.ndarray, verdict: Separability) -> None:
    """Check a verdict's certificate in rational arithmetic."""
    exact = [[Fraction(float(v)) for v in row] for row in x]
    if verdict.separable:
        w = [Fraction(float(v)) for v in verdict.weights]
        for row, side in zip(exact, y, strict=True):
            z = sum((a * b for a, b in zip(w, row, strict=True)), Fraction(verdict.bias))
            assert (z > 0) if side > 0.5 else (z < 0)
        return
    assert all(m > 0 for m in verdict.multipliers)
    mixtures = []
    for side in (0.0, 1.0):
        chosen = [
            (m, exact[r])
            for r, m in zip(verdict.rows, verdict.multipliers, strict=True)
            if y[r] == side
        ]
        assert sum(m for m, _ in chosen) == 1
        mixtures.append([sum(m * row[k] for m, row in chosen) for k in range(x.shape[1])])
    assert mixtures[0] == mixtures[1]
    assert_allclose(verdict.point, [float(v) for v in mixtures[0]])


def threshold_functions(inputs: int) -> set[tuple[int, ...]]:
    """Return every truth table that small whole weights and half-whole biases can make."""
    x = corners(inputs)
    weights = range(-3, 4)
    found = set()
    for w in itertools.product(weights, repeat=inputs):
        z = x @ np.array(w, float)
        for b in np.arange(-9.5, 10.0):
            found.add(tuple((z + b > 0).astype(int).tolist()))
    return found


@pytest.mark.parametrize(("inputs", "count"), [(1, 4), (2, 14), (3, 104)])
def test_every_function_of_up_to_three_inputs(inputs: int, count: int) -> None:
    x = corners(inputs)
    possible = threshold_functions(inputs)
    assert len(possible) == count
    for bits in itertools.product((0, 1), repeat=2**inputs):
        y = np.array(bits, float)
        verdict = separability(x, y)
        assert verdict.separable == (bits in possible)
        assert verdict.proved
        check_proof(x, y, verdict)


@settings(max_examples=150)
@given(
    rows=st.lists(
        st.tuples(st.integers(-4, 4), st.integers(-4, 4), st.integers(-4, 4), st.booleans()),
        min_size=1,
        max_size=14,
    ),
    shift=st.sampled_from([0.0, 0.1, 1e6, -3.7e-5]),
)
def test_verdicts_are_proved_for_any_points(
    rows: list[tuple[int, int, int, bool]], shift: float
) -> None:
    x = np.array([row[:3] for row in rows], float) + shift
    y = np.array([row[3] for row in rows], float)
    verdict = separability(x, y)
    if verdict.proved:
        check_proof(x, y, verdict)
    assert verdict.proved or shift not in (0.0,)


def test_a_narrow_gap_is_found() -> None:
    x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1e-7], [1.0, 1e-7]])
    y = np.array([0.0, 0.0, 1.0, 1.0])
    verdict = separability(x, y)
    assert verdict.separable
    check_proof(x, y, verdict)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ModelError, match="one row"):
        separability(np.zeros((3, 2)), np.zeros(2))
    with pytest.raises(ModelError, match="one row"):
        separability(np.zeros((2, 1)), np.array([[0.0, 1.0]]))  # one answer a row, not two of one
    with pytest.raises(ModelError, match="finite"):
        separability(np.array([[np.nan], [1.0]]), np.array([0.0, 1.0]))
    with pytest.raises(ModelError, match="finite"):
        separability(np.array([[0.0], [1.0]]), np.array([0.0, np.nan]))


@pytest.mark.parametrize("scale", [1e308, -1.7e308, 1e-300, 5e-324])
@pytest.mark.parametrize(("y", "separable"), [((0, 0, 0, 1), True), ((0, 1, 1, 0), False)])
def test_numbers_of_any_size(scale: float, y: tuple[int, ...], separable: bool) -> None:
    x, answers = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * scale, np.array(y, float)
    verdict = separability(x, answers)
    if verdict.proved:
        check_proof(x, answers, verdict)
        assert verdict.separable == separable
    else:  # the smallest number there is
        assert scale == 5e-324
