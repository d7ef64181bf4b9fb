"""Metrics of the outputs, each compared with guessing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.arrays import Mask
from model.data.dataset import Task
from model.experiment import Experiment, FloatArray
from model.losses import reads_logits

UNDECIDED = 0.0005
"""Maximum distance from the threshold, or between the two largest classes, of an undecided answer.

Such an output is displayed as 0.500. It is neither right nor wrong wherever answers are counted.
"""

MIN_TEST_ROWS = 10
"""Minimum number of test rows for a verdict.

With nine rows, a single one contributes more than a tenth of the mean loss, and an increase by a
tenth is reported as a rise (:func:`model.insight.doctor.curves.overfitting`).
"""

WRONG, OPEN, RIGHT = -1, 0, 1
"""Values of :func:`outcomes`; open means that the answer is undecided."""


def decision_threshold(experiment: Experiment) -> float:
    """Return the output at which the answer changes from 0 to 1: 0.5, or 0 for logits."""
    last = experiment.network.layers[-1].activation
    return 0.0 if reads_logits(experiment.training.loss, last) else 0.5


def decide(outputs: FloatArray, task: Task, threshold: float = 0.5) -> np.ndarray:
    """Convert outputs to answers.

    Parameters
    ----------
    outputs
        Shape (rows, outputs).
    task
        Task of the experiment.
    threshold
        Output at which a binary answer changes from 0 to 1.

    Returns
    -------
    numpy.ndarray
        ``multiclass``: class indices, shape (rows,). ``binary``, ``multilabel``: 0 or 1, shape of
        the outputs. ``regression``: the outputs. -1 means undecided, see `UNDECIDED`.

    Notes
    -----
    A step unit answers exactly 0 or 1, so it is never undecided, not even at z = 0.
    """
    if task == "regression":
        return outputs
    if task == "multiclass":
        best = outputs.argmax(axis=1)
        behind = outputs.max(axis=1, keepdims=True) - outputs
        return np.where(np.count_nonzero(behind <= UNDECIDED, axis=1) > 1, -1, best)
    away = outputs - threshold
    return np.where(np.abs(away) <= UNDECIDED, -1, (away > 0.0).astype(np.intp))


def outcomes(
    outputs: FloatArray,
    y: FloatArray,
    task: Task,
    threshold: float = 0.5,
    mask: Mask = None,
) -> np.ndarray:
    """Judge every row of a classification.

    Parameters
    ----------
    outputs, y, mask
        Shape (rows, outputs); a mask of 0 marks a don't-care.
    task, threshold
        See :func:`decide`.

    Returns
    -------
    numpy.ndarray
        `RIGHT`, `WRONG` or `OPEN`, shape (rows,). With several outputs, a row is right if all are,
        wrong if any is wrong, and open otherwise.
    """
    answers = decide(outputs, task, threshold)
    wanted = y.argmax(axis=1) if task == "multiclass" else (y > 0.5).astype(np.intp)
    judged = np.where(answers < 0, OPEN, np.where(answers == wanted, RIGHT, WRONG))
    if judged.ndim == 1:
        return judged
    if mask is not None:
        judged = np.where(mask == 0.0, RIGHT, judged)
    return np.asarray(judged.min(axis=1))


def r_squared(outputs: FloatArray, y: FloatArray) -> float:
    """Return 1 - residual / total sum of squares, over all targets together.

    Notes
    -----
    R squared compares with the mean of the targets. If all targets are equal, as with a single row,
    it is undefined and NaN is returned.
    """
    if not np.ptp(y, axis=0).any():
        return np.nan
    residual = float(((y - outputs) ** 2).sum())
    total = float(((y - y.mean(axis=0)) ** 2).sum())
    return 1.0 - residual / total


def accuracy(
    outputs: FloatArray,
    y: FloatArray,
    task: Task,
    threshold: float = 0.5,
    mask: Mask = None,
) -> float:
    """Return the fraction of right rows, see :func:`outcomes`; R squared for a regression."""
    return figures_of(outputs, y, task, threshold, mask).accuracy


class Figures(NamedTuple):
    """Scores of the answers to some rows.

    Attributes
    ----------
    accuracy
        Fraction of right rows, 0 to 1; R squared for a regression.
    rows
        Number of rows.
    right, undecided
        Number of right rows, and of undecided ones; 0 for a regression.
    """

    accuracy: float
    rows: int
    right: int
    undecided: int


def figures_of(
    outputs: FloatArray, y: FloatArray, task: Task, threshold: float, mask: Mask
) -> Figures:
    """Return the counts of :func:`outcomes` for the same arguments."""
    if task == "regression":
        return Figures(r_squared(outputs, y), len(y), 0, 0)
    judged = outcomes(outputs, y, task, threshold, mask)
    right = int(np.count_nonzero(judged == RIGHT))
    share = right / len(judged) if len(judged) else float("nan")
    return Figures(share, len(judged), right, int(np.count_nonzero(judged == OPEN)))


def confusion(predicted: np.ndarray, actual: np.ndarray, classes: int) -> np.ndarray:
    """Count rows by actual class (row) and predicted class (column).

    Parameters
    ----------
    predicted, actual
        Class indices, shape (rows,); a prediction of -1 is undecided.

    Returns
    -------
    numpy.ndarray
        Shape (classes, classes), or (classes, classes + 1) if some answers are undecided; these are
        counted in the last column.
    """
    undecided = predicted < 0
    columns = classes + bool(undecided.any())
    flat = actual * columns + np.where(undecided, classes, predicted)
    return np.bincount(flat, minlength=classes * columns).reshape(classes, columns)


def baseline(y_train: FloatArray, y: FloatArray, task: Task) -> float:
    """Return the score on `y` of a constant answer that ignores the inputs.

    Notes
    -----
    The answer is the class (for ``multilabel``, the combination) most common in training, or, for a
    regression, the training mean.
    """
    if task == "regression":
        return r_squared(np.broadcast_to(y_train.mean(axis=0), y.shape), y)
    same = y == most_common(y_train)
    return float(np.mean(same[:, 0] if same.shape[1] == 1 else same.all(axis=1)))


def most_common(rows: FloatArray) -> FloatArray:
    """Return the most common row; in a tie, the lowest one."""
    kinds, counts = np.unique(rows, axis=0, return_counts=True)
    return np.asarray(kinds[counts.argmax()])


def margins(
    outputs: FloatArray,
    y: FloatArray,
    task: Task,
    threshold: float = 0.5,
    mask: Mask = None,
) -> FloatArray:
    """Return the margin of each row, negative if it is wrong.

    Returns
    -------
    numpy.ndarray
        Shape (rows,). One output: distance from the threshold on the right side, that is
        0.5 - |error| for outputs of 0 to 1; several outputs: the smallest of these. ``multiclass``:
        half the lead of the right output over the best other one. ``regression``: minus the largest
        error. At most 0 unless :func:`outcomes` reports the row as right.
    """
    if task == "regression":
        return np.asarray(-np.abs(outputs - y).max(axis=1))
    if task == "multiclass":
        right = np.where(y > 0.5, outputs, -np.inf).max(axis=1)
        other = np.where(y > 0.5, -np.inf, outputs).max(axis=1)
        lead = right - other
        return np.where(np.abs(lead) <= UNDECIDED, 0.0, lead / 2.0)
    right_by = (outputs - threshold) * np.where(y > 0.5, 1.0, -1.0)
    right_by = np.where(np.abs(right_by) <= UNDECIDED, 0.0, right_by)
    if mask is not None:
        right_by = np.where(mask == 0.0, np.inf, right_by)
    return np.asarray(right_by.min(axis=1))
