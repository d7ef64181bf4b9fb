"""A test of whether a plane separates two classes, with a proof either way.

The answer is found by linear programming in floating point and then proved in rational arithmetic:
floats are rationals, so a plane is checked exactly on every row, and an impossibility is an exact
combination of rows that contradicts itself.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from msgspec import Struct

from model.errors import ModelError
from model.experiment import FloatArray


class Separability(Struct, frozen=True, eq=False):
    """The verdict and its proof.

    Attributes
    ----------
    separable
        Whether some w and b have w . x + b > 0 exactly for class 1 and < 0 exactly for class 0.
    weights, bias
        Such a plane, shape (features,) and a number; ``None`` if there is none.
    rows
        If not separable, the rows that contradict each other.
    multipliers
        Weight of each of `rows`; non-negative, summing to 1 within each class. The mixture of the
        class 1 rows then equals that of the class 0 rows, so a plane would have to put one point on
        both of its sides.
    point
        That point, which is in both hulls, shape (features,).
    proved
        Whether the proof was checked in rational arithmetic. ``False`` only if rounding prevented
        an exact proof; the verdict is then that of floating point.
    """

    separable: bool
    weights: FloatArray | None = None
    bias: float | None = None
    rows: tuple[int, ...] = ()
    multipliers: tuple[Fraction, ...] = ()
    point: FloatArray | None = None
    proved: bool = True


def separability(x: FloatArray, y: FloatArray) -> Separability:
    """Decide whether a plane separates class 1 from class 0.

    Parameters
    ----------
    x
        Shape (rows, features).
    y
        Shape (rows,) or (rows, 1); values above 0.5 are class 1.

    Returns
    -------
    Separability
        A plane if there is one, otherwise the proof that there is none.

    Raises
    ------
    ModelError
        Code ``separability.shape`` or ``separability.not_finite``.

    Notes
    -----
    Maximises m subject to s (w . x + b) >= m for every row, |w| <= 1 and m <= 1, with s = +1 or -1
    for the row's class: m > 0 if and only if there is a plane. Otherwise, by Gordan's theorem,
    there is a combination lambda >= 0, not all 0, with sum lambda s (x, 1) = 0.

    References
    ----------
    Gordan (1873); Minsky and Papert (1969), chapter 2.
    """
    x = np.asarray(x, np.float64)
    answers = np.asarray(y, np.float64)
    if x.ndim != 2 or len(x) == 0 or answers.shape not in ((len(x),), (len(x), 1)):
        raise ModelError(
            "separability.shape",
            "The inputs have shape {x} and the answers {y}; both need one row an example.",
            x=x.shape,
            y=answers.shape,
        )
    if not (np.isfinite(x).all() and np.isfinite(answers).all()):
        raise ModelError(
            "separability.not_finite", "The inputs or answers hold numbers that are not finite."
        )
    positive = answers.reshape(-1) > 0.5
    if positive.all() or not positive.any():
        bias = 1.0 if positive[0] else -1.0
        return Separability(separable=True, weights=np.zeros(x.shape[1]), bias=bias)
    plane = _widest_plane(x, positive)
    if plane is not None and _separates(x, positive, *plane):
        return Separability(separable=True, weights=plane[0], bias=plane[1])
    found = _contradiction(x, positive)
    if found is not None:
        point = _mixture(x, positive, *found)
        return Separability(separable=False, rows=found[0], multipliers=found[1], point=point)
    w, b = plane or (None, None)
    return Separability(separable=plane is not None, weights=w, bias=b, proved=False)


def separable_through_origin(x: FloatArray, y: FloatArray, *, takes_line: bool = False) -> bool:
    """Return whether a plane through the origin, that is without a bias, separates the classes.

    Parameters
    ----------
    x, y
        As for :func:`separability`.
    takes_line
        Whether rows on the plane itself belong to class 0, as for a step unit.
    """
    positive = np.asarray(y, np.float64).reshape(-1) > 0.5
    small, _ = _scaled(np.asarray(x, np.float64))
    best = _widest_margin(small, positive, positive | (not takes_line), has_bias=False)
    return best is not None and bool(best[-1] > 1e-9)


_MIN_EXPONENT = -1000
"""Minimum exponent for scaling; with smaller columns, a weight could overflow a float."""


def _scaled(x: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Divide every column by a power of two at least its size; return the exponents too."""
    fractions, exponents = np.frexp(np.abs(x).max(axis=0))
    exponents = np.maximum(exponents - (fractions == 0.5), _MIN_EXPONENT)
    return np.ldexp(x, -exponents), exponents


def _widest_margin(
    x: FloatArray, positive: np.ndarray, keeps_margin: np.ndarray, *, has_bias: bool = True
) -> FloatArray | None:
    """Return w, b and the largest margin m that all rows of `keeps_margin` can have."""
    from scipy.optimize import linprog

    sign = np.where(positive, 1.0, -1.0)[:, None]
    # Maximise m under -s (w . x + b) + m <= 0.
    constraints = np.hstack((-sign * x, -sign, keeps_margin[:, None]))
    biases = (None, None) if has_bias else (0.0, 0.0)
    bounds = [*[(-1.0, 1.0)] * x.shape[1], biases, (None, 1.0)]
    aim = np.zeros(len(bounds))
    aim[-1] = -1.0
    solved = linprog(aim, A_ub=constraints, b_ub=np.zeros(len(x)), bounds=bounds, method="highs")
    return None if solved.x is None else np.asarray(solved.x)


def _widest_plane(x: FloatArray, positive: np.ndarray) -> tuple[FloatArray, float] | None:
    """Return the plane with the widest margin, ``None`` if there is none."""
    small, exponents = _scaled(x)
    best = _widest_margin(small, positive, np.ones_like(positive))
    if best is None or best[-1] <= 1e-12:
        return None
    return np.ldexp(best[:-2], -exponents), float(best[-2])


def _as_fractions(values: FloatArray) -> list[Fraction]:
    """Return floats as exact rationals."""
    return [Fraction(float(v)) for v in values]


def _separates(x: FloatArray, positive: np.ndarray, w: FloatArray, b: float) -> bool:
    """Check a plane on every row in rational arithmetic."""
    exact_w, exact_b = _as_fractions(w), Fraction(b)
    z_float = x @ w + b
    # Far from the plane floats cannot err in sign; only the rows near it need rationals.
    near = np.abs(z_float) <= 1e-9 * (np.abs(x) @ np.abs(w) + abs(b))
    if ((z_float > 0) != positive)[~near].any():
        return False
    for row, side in zip(x[near], positive[near], strict=True):
        z = sum((a * v for a, v in zip(exact_w, _as_fractions(row), strict=True)), exact_b)
        if (z > 0) != bool(side) or z == 0:
            return False
    return True


def _contradiction(
    x: FloatArray, positive: np.ndarray
) -> tuple[tuple[int, ...], tuple[Fraction, ...]] | None:
    """Return rows and exact multipliers for which the two class mixtures are one point."""
    from scipy.optimize import linprog

    small, _ = _scaled(x)
    sign = np.where(positive, 1.0, -1.0)
    # sum over class 1 of lambda x = sum over class 0 of lambda x, each class summing to 1.
    classes = np.vstack((positive, ~positive)).astype(np.float64)
    equations = np.vstack(((sign[:, None] * small).T, classes))
    wanted = np.concatenate((np.zeros(small.shape[1]), (1.0, 1.0)))
    solved = linprog(
        np.zeros(len(x)), A_eq=equations, b_eq=wanted, bounds=(0, None), method="highs-ds"
    )
    if solved.x is None:
        return None
    support = np.flatnonzero(solved.x > 1e-9)
    # What is proved is of the rows as they are: a small number in a large column is rounded above.
    unscaled = np.vstack(((sign[:, None] * x).T, classes))
    exact = _solve_exactly(unscaled[:, support], wanted)
    if exact is None or min(exact) < 0:
        return None
    kept = [(int(row), value) for row, value in zip(support, exact, strict=True) if value > 0]
    return tuple(row for row, _ in kept), tuple(value for _, value in kept)


def _solve_exactly(matrix: FloatArray, wanted: FloatArray) -> list[Fraction] | None:
    """Solve a small linear system in rationals, with free unknowns 0; ``None`` if unsolvable."""
    table = [
        [*_as_fractions(row), Fraction(float(value))]
        for row, value in zip(matrix, wanted, strict=True)
    ]
    unknowns = matrix.shape[1]
    pivots: list[int] = []
    for column in range(unknowns):
        rank = len(pivots)
        found = next((r for r in range(rank, len(table)) if table[r][column]), None)
        if found is None:
            continue
        table[rank], table[found] = table[found], table[rank]
        pivot = table[rank][column]
        table[rank] = [v / pivot for v in table[rank]]
        for r, line in enumerate(table):
            if r != rank and line[column]:
                factor = line[column]
                table[r] = [a - factor * b for a, b in zip(line, table[rank], strict=True)]
        pivots.append(column)
    if any(line[-1] for line in table[len(pivots) :]):
        return None
    solution = [Fraction(0)] * unknowns
    for line, column in zip(table, pivots, strict=False):
        solution[column] = line[-1]
    return solution


def _mixture(
    x: FloatArray,
    positive: np.ndarray,
    rows: tuple[int, ...],
    multipliers: tuple[Fraction, ...],
) -> FloatArray:
    """Return the mixture of the class 1 rows, summed exactly and rounded only once."""
    shares = [(m, x[row]) for row, m in zip(rows, multipliers, strict=True) if positive[row]]
    return np.array(
        [float(sum(m * Fraction(float(row[k])) for m, row in shares)) for k in range(x.shape[1])]
    )
