"""The contradiction is checked by multiplying it out, in rational arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from model.data.gates import truth_table
from model.experiment import FloatArray
from model.insight import separability
from model.insight.separation.inequalities import Impossibility, impossibility


def proof(x: FloatArray, y: FloatArray) -> Impossibility:
    found = impossibility(x, y.astype(np.intp), separability(x, y))
    check(found, x, y)
    return found


def check(found: Impossibility, x: FloatArray, y: FloatArray) -> None:
    """Multiply the proof out: both classes add up to the same w and b, and each row is one."""
    sums = {True: [Fraction(0)] * (x.shape[1] + 1), False: [Fraction(0)] * (x.shape[1] + 1)}
    rows = [tuple(Fraction(float(v)) for v in row) for row in x]
    for each in found.inequalities:
        assert each.times >= 1
        assert any(
            row == each.inputs and (y[n] > 0.5) == each.positive for n, row in enumerate(rows)
        )
        for k, value in enumerate((*each.inputs, Fraction(1))):
            sums[each.positive][k] += each.times * value
    assert sums[True] == sums[False] == [*found.total, Fraction(found.count)]
    assert found.count >= 1


@pytest.mark.parametrize("gate", ["xor", "xnor"])
def test_xor_asks_for_a_sum_that_is_positive_and_negative(gate: str) -> None:
    x, y = truth_table(gate)
    found = proof(x, y[:, 0])
    assert [each.times for each in found.inequalities] == [1, 1, 1, 1]
    assert [tuple(map(int, each.inputs)) for each in found.inequalities] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]
    assert [each.positive for each in found.inequalities] == list(y[:, 0] > 0.5)
    assert found.total == (Fraction(1), Fraction(1))
    assert found.count == 2
    assert found.is_short


@settings(max_examples=150)
@given(seed=st.integers(0, 10**6), inputs=st.integers(1, 5), whole=st.booleans())
def test_random_tables_that_no_plane_separates(seed: int, inputs: int, whole: bool) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(inputs + 2, 14))
    x = (
        rng.integers(-3, 4, (rows, inputs)).astype(float)
        if whole
        else rng.normal(size=(rows, inputs))
    )
    y = rng.integers(0, 2, rows).astype(float)
    answer = separability(x, y)
    assume(not answer.separable and answer.proved)
    found = proof(x, y)
    if whole and max(each.times for each in found.inequalities) <= 99:
        assert found.is_short == all(abs(value) <= 1000 for value in found.total)
    # Nothing can be left out: every w and b breaks one of the inequalities.
    for w, b in zip(rng.normal(size=(20, inputs)), rng.normal(size=20), strict=True):
        z = [np.dot(w, [float(v) for v in each.inputs]) + b for each in found.inequalities]
        assert not all(
            (value > 0) if each.positive else (value < 0)
            for value, each in zip(z, found.inequalities, strict=True)
        )


def test_what_can_be_separated_has_no_contradiction() -> None:
    x, y = truth_table("and")
    assert impossibility(x, y[:, 0].astype(np.intp), separability(x, y[:, 0])) is None


def test_numbers_with_many_digits_are_not_written_out() -> None:
    x = np.array([[1 / 3], [0.5], [2 / 3]])
    found = proof(x, np.array([1.0, 0.0, 1.0]))
    assert not found.is_short
