"""A proof by contradicting inequalities that no plane separates two classes."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from msgspec import Struct

from model.experiment import FloatArray
from model.insight.separation.separability import Separability

_MAX_TIMES = 99
_DECIMALS = 1000


class Inequality(Struct, frozen=True):
    """One row's constraint on w and b: ``w . x + b > 0`` for class 1, ``< 0`` for class 0.

    Attributes
    ----------
    inputs
        The row's x, exact.
    positive
        Whether the row is of class 1.
    times
        Multiplier in the sum, at least 1.
    """

    inputs: tuple[Fraction, ...]
    positive: bool
    times: int


class Impossibility(Struct, frozen=True):
    """Inequalities that no w and b satisfy together.

    Attributes
    ----------
    inequalities
        Inequalities in the order of the rows. Summed with their multipliers, those of class 1
        require ``total . w + count b > 0``, and those of class 0 require the same to be ``< 0``.
    total, count
        The coefficients of w and of b in both sums.
    """

    inequalities: tuple[Inequality, ...]
    total: tuple[Fraction, ...]
    count: int

    @property
    def is_short(self) -> bool:
        """Whether all numbers can be written exactly, with few digits and small multipliers."""
        numbers = [*self.total, *(v for each in self.inequalities for v in each.inputs)]
        return all(each.times <= _MAX_TIMES for each in self.inequalities) and all(
            (v * _DECIMALS).denominator == 1 and abs(v) <= _DECIMALS for v in numbers
        )


def impossibility(x: FloatArray, kinds: np.ndarray, answer: Separability) -> Impossibility | None:
    """Return inequalities that prove two classes inseparable, ``None`` if there is no proof.

    Parameters
    ----------
    x, kinds
        Rows that were judged, shape (rows, features), and the class of each, 0 or 1.
    answer
        Result of :func:`model.insight.separation.separability.separability` for these rows.

    Notes
    -----
    The proof's multipliers sum to 1 within each class and mix both classes to one point. Multiplied
    by their common denominator N, they are integers: the sums of both classes are then N times that
    point, with b counted N times, and would have to be both positive and negative (Gordan 1873).
    """
    if answer.separable or not answer.proved or not answer.rows:
        return None
    times = math.lcm(*(m.denominator for m in answer.multipliers))
    whole = [int(m * times) for m in answer.multipliers]
    common = math.gcd(*whole)
    inequalities = tuple(
        Inequality(tuple(Fraction(float(v)) for v in x[row]), bool(kinds[row]), n // common)
        for row, n in sorted(zip(answer.rows, whole, strict=True))
    )
    positive = [each for each in inequalities if each.positive]
    total = tuple(
        sum((each.times * each.inputs[k] for each in positive), Fraction(0))
        for k in range(x.shape[1])
    )
    return Impossibility(inequalities, total, sum(each.times for each in positive))
