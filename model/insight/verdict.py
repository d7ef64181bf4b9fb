"""Whether one unit could do what the data ask for, with what is needed to show why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from model.data import Dataset
from model.experiment import DataSpec, FloatArray
from model.insight import Contradiction, Separability, contradiction, separability
from model.insight.inequalities import Impossibility, impossibility
from model.insight.linear import is_compared

_MOST_NUMBERS = 200_000
_MOST_LINE_POINTS = 80


@dataclass(frozen=True, eq=False)
class Verdict:
    """The answer to "Can a perceptron do it?" for one output.

    Attributes
    ----------
    separable
        Whether one line (plane) separates the classes; for several outputs, each of them.
    output
        The output it is about: the first that cannot be separated, else the first; -1 where there
        is only one.
    points, kinds
        The rows, shape (rows, 2), and class 0 or 1 of each, for the drawing; empty unless there
        are two inputs.
    line
        ``(w1, w2, b)``, or ``None``.
    meeting
        A place in both hulls, or ``None``.
    crossing
        Whether two points of each class make the contradiction: their lines cross.
    best
        How many rows the best single line gets right, ``None`` where it was not sought.
    rows
        How many rows.
    contradiction
        Rows with equal inputs and different targets, which no network gets right; ``None`` where
        there are none.
    impossibility
        Why there is no line or plane, as inequalities; ``None`` where there is one.
    """

    separable: bool
    output: int
    points: FloatArray
    kinds: np.ndarray
    line: tuple[float, float, float] | None
    meeting: tuple[float, float] | None
    crossing: bool
    best: int | None
    rows: int
    contradiction: Contradiction | None = None
    impossibility: Impossibility | None = None


def can_judge(dataset: Dataset) -> bool:
    """Tell whether there is a verdict: classes, and few enough numbers for linear programming."""
    size = dataset.x_train.size * (1 if dataset.outputs == 1 else dataset.outputs)
    return dataset.task != "regression" and size <= _MOST_NUMBERS


def verdict_of(dataset: Dataset) -> Verdict | None:
    """Return the verdict on a data set's rows, a truth table's clean rows where it has them.

    Notes
    -----
    Several classes are judged one against the rest. Don't-cares are left out.
    """
    if not can_judge(dataset):
        return None
    noisy = dataset.table_x is None or len(dataset.x_train) + len(dataset.x_test) > len(
        dataset.table_x
    )
    table_x, table_y = dataset.table_x, dataset.table_y
    if noisy or table_x is None or table_y is None:
        x, y, mask = dataset.x_train, dataset.y_train, dataset.mask_train
    else:
        x, y, mask = table_x, table_y, dataset.table_mask
    first: tuple[int, FloatArray, np.ndarray, Separability] | None = None
    for output in range(y.shape[1]):
        rows = slice(None) if mask is None else mask[:, output] > 0
        inputs, kinds = x[rows], (y[rows, output] > 0.5).astype(np.intp)
        if len(inputs) == 0:
            continue
        answer = separability(inputs, kinds.astype(np.float64))
        if first is None or not answer.separable:
            first = (output if y.shape[1] > 1 else -1, inputs, kinds, answer)
        if not answer.separable:
            break
    if first is None:
        return None
    verdict = _described(*first)
    return replace(verdict, contradiction=contradiction(x, y, dataset.task, mask))


def proven_verdict(data: DataSpec, dataset: Dataset) -> Verdict | None:
    """Return the verdict where a proof says more than a comparison with trained perceptrons.

    Where they are compared, that is only a plane that was found, or rows that contradict each other
    where each is meant to be learned: none is kept back for testing.
    """
    if not is_compared(data, dataset):
        return verdict_of(dataset)
    verdict = verdict_of(dataset) if dataset.task == "binary" else None
    if verdict is None:
        return None
    is_plain = verdict.contradiction is not None and len(dataset.x_test) == 0
    return verdict if verdict.separable or is_plain else None


def _described(output: int, x: FloatArray, kinds: np.ndarray, answer: Separability) -> Verdict:
    flat = x.shape[1] == 2
    line = meeting = best = None
    if flat and answer.weights is not None and answer.bias is not None:
        line = (float(answer.weights[0]), float(answer.weights[1]), answer.bias)
    if flat and answer.point is not None:
        meeting = (float(answer.point[0]), float(answer.point[1]))
    if flat and not answer.separable and len(x) <= _MOST_LINE_POINTS:
        best = best_line(x, kinds)
    chosen = kinds[list(answer.rows)] if answer.rows else np.empty(0, dtype=np.intp)
    return Verdict(
        answer.separable,
        output,
        x if flat else np.empty((0, 2)),
        kinds if flat else np.empty(0, dtype=np.intp),
        line,
        meeting,
        int((chosen == 0).sum()) == 2 and int((chosen == 1).sum()) == 2,
        best,
        len(x),
        impossibility=impossibility(x, kinds, answer),
    )


def best_line(x: FloatArray, kinds: np.ndarray) -> int:
    """Return how many points the best single line puts on their own side.

    Parameters
    ----------
    x, kinds
        Shape (points, 2), and class 0 or 1 of each.

    Notes
    -----
    The order of the points along a direction changes only where the direction is at right angles
    to a line through two of them. Between two such directions every threshold is tried.
    """
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    apart = apart[np.any(apart != 0, axis=1)]
    if len(apart) == 0:
        return max(int(kinds.sum()), int(len(kinds) - kinds.sum()))
    turned = np.unique(np.round(np.arctan2(apart[:, 0], -apart[:, 1]) % np.pi, 12))
    angle = 0.5 * (turned + np.append(turned[1:], turned[0] + np.pi))
    along = np.cos(angle)[:, None] * x[:, 0] + np.sin(angle)[:, None] * x[:, 1]
    order = np.argsort(along, axis=1, kind="stable")
    ordered = np.take_along_axis(along, order, axis=1)
    sign = np.where(kinds[order] == 1, 1, -1)
    # With class 1 above the threshold, each point that it passes changes the count by one.
    start = np.full((len(angle), 1), int((kinds == 1).sum()))
    counts = np.hstack([start, start - np.cumsum(sign, axis=1)])
    distinct = np.diff(ordered, axis=1) > 1e-12
    allowed = np.hstack([np.ones_like(start, bool), distinct, np.ones_like(start, bool)])
    total = len(kinds)
    return int(max(counts[allowed].max(), total - counts[allowed].min()))
