"""Rows that no network can both get right: equal inputs, different targets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.arrays import FloatArray, Mask
from model.data.dataset import Task

MAX_NUMBERS = 200_000
"""Maximum size of the inputs to compare; sorting more numbers takes too long."""


class Contradiction(NamedTuple):
    """Rows that contradict each other.

    Attributes
    ----------
    first, second
        Two of the rows, counted from 0.
    rows
        Number of rows whose inputs equal those of a row with another target.
    ceiling
        Largest share of all rows that any network can get right.
    """

    first: int
    second: int
    rows: int
    ceiling: float


def contradiction(
    x: FloatArray, y: FloatArray, task: Task, mask: Mask = None
) -> Contradiction | None:
    """Find rows with equal inputs and different targets.

    Parameters
    ----------
    x, y, mask
        Inputs, shape (rows, inputs), and targets, shape (rows, outputs); targets with a mask of
        0 are ignored.
    task
        For a regression, which has no share of right rows, the result is ``None``.

    Returns
    -------
    Contradiction or None
        The rows, and the highest share that any network can get right; ``None`` if no rows
        contradict each other.

    Notes ----- A network gives the same answer to all rows with equal inputs, so at best it
    gets those with the most common target right. Each output has its own ceiling; the lowest is
    returned.
    """
    if task == "regression" or len(x) == 0:
        return None
    group = _groups(x)
    wanted = y.argmax(axis=1)[:, None] if task == "multiclass" else (y > 0.5).astype(np.intp)
    worst: Contradiction | None = None
    for column in range(wanted.shape[1]):
        counted = np.arange(len(x)) if mask is None else np.flatnonzero(mask[:, column] > 0.0)
        found = _contradiction_in_column(group[counted], wanted[counted, column], len(x))
        if found is not None and (worst is None or found.ceiling < worst.ceiling):
            first, second = int(counted[found.first]), int(counted[found.second])
            worst = found._replace(first=first, second=second)
    return worst


def ceiling(x: FloatArray, y: FloatArray, task: Task, mask: Mask = None) -> float:
    """Return the largest share of rows that any network can get right.

    It is 1 if no rows contradict each other, and where they are not compared: for a regression,
    and for inputs of more than `MAX_NUMBERS` numbers.
    """
    found = None if x.size > MAX_NUMBERS else contradiction(x, y, task, mask)
    return 1.0 if found is None else found.ceiling


def agreeing_rows(x: FloatArray, wanted: np.ndarray) -> np.ndarray:
    """Return the rows that have the most common answer for their inputs.

    Parameters
    ----------
    x, wanted
        Inputs, shape (rows, inputs), and the class of each row, shape (rows,). If several
        answers are equally common, none of their rows is returned.
    """
    group, wanted = _groups(x), np.asarray(wanted, np.intp)
    counts = _counts(group, wanted)
    most = counts.max(axis=1)
    has_one = (counts == most[:, None]).sum(axis=1) == 1
    return np.flatnonzero((counts[group, wanted] == most[group]) & has_one[group])


def agreeing_answers(x: FloatArray, y: FloatArray, task: Task, mask: Mask = None) -> np.ndarray:
    """Return which answers of a classification can be right together, shape (rows, answers).

    True for the answers kept by :func:`agreeing_rows`, and for masked ones.

    Parameters
    ----------
    x, y, mask
        Inputs, shape (rows, inputs), and targets, shape (rows, outputs); targets with a mask of
        0 are ignored.
    task
        For ``"multiclass"`` all outputs together are one answer.
    """
    wanted = y.argmax(axis=1)[:, None] if task == "multiclass" else (y > 0.5).astype(np.intp)
    agrees = np.ones(wanted.shape, np.bool_)
    for column in range(wanted.shape[1]):
        counted = np.arange(len(x)) if mask is None else np.flatnonzero(mask[:, column] > 0.0)
        agrees[counted, column] = False
        agrees[counted[agreeing_rows(x[counted], wanted[counted, column])], column] = True
    return agrees


def _groups(x: FloatArray) -> np.ndarray:
    """Return a group number per row, equal for equal inputs, shape (rows,)."""
    _, group = np.unique(x + 0.0, axis=0, return_inverse=True)  # -0.0 becomes 0.0
    return np.asarray(group).reshape(-1)


def _counts(group: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Count rows by group and target, shape (groups, answers)."""
    answers = int(wanted.max()) + 1 if len(wanted) else 1
    answers = max(2, answers)
    groups = int(group.max()) + 1 if len(group) else 1
    flat = np.bincount(group * answers + wanted, minlength=groups * answers)
    return flat.reshape(groups, answers)


def _contradiction_in_column(
    group: np.ndarray, wanted: np.ndarray, rows: int
) -> Contradiction | None:
    """Find contradictions in one output, among the rows with a target there."""
    counts = _counts(group, wanted)
    in_doubt = (counts > 0).sum(axis=1) > 1
    doubtful = np.flatnonzero(in_doubt[group])
    if len(doubtful) == 0:
        return None
    first = int(doubtful[0])
    against = (group == group[first]) & (wanted != wanted[first])
    lost = int(counts.sum() - counts.max(axis=1).sum())
    return Contradiction(first, int(np.flatnonzero(against)[0]), len(doubtful), 1.0 - lost / rows)
