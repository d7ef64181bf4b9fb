"""Verdicts on whether one unit could do a task, with explanations."""

from __future__ import annotations

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from model.data import Dataset
from model.data.derived import Feature, derive, with_features
from model.experiment import DataSpec, FloatArray
from model.insight import Contradiction, Separability, contradiction, separability
from model.insight.contour import level_segments
from model.insight.separation.inequalities import Impossibility, impossibility
from model.insight.separation.linear import is_compared

_MAX_NUMBERS = 200_000
_MAX_LINE_POINTS = 80
_MAX_REMEDY_ROWS = 2000
_PRODUCT, _SQUARES = Feature("product", 0, 1), (Feature("square", 0, 0), Feature("square", 1, 1))
_REMEDIES = ((_PRODUCT,), _SQUARES, (_PRODUCT, *_SQUARES))
_CURVE_SIDE, _CURVE_REACH = 61, 1.7
"""Points along each side of a curve's grid, and its extent as a multiple of that of the points."""


class Verdict(Struct, frozen=True, eq=False):
    """The answer to "Can a perceptron do it?" for one output.

    Attributes
    ----------
    separable
        Whether one line (plane) separates the classes; with several outputs, whether one does for
        each.
    output
        Output that the verdict describes: the first that is not separable, otherwise the first; -1
        if there is only one.
    points, kinds
        Rows for the drawing, shape (rows, 2), and the class of each, 0 or 1; empty unless there are
        two columns.
    line
        ``(w1, w2, b)``; ``None`` if there is no line or the inputs are derived.
    weights, bias
        Parameters of a unit that separates the classes, shape (inputs,) and a number, or ``None``.
    example
        The same parameters, bias last, rounded to the fewest significant digits that still
        separate; empty if there is no such unit.
    figures
        Number of significant digits in `example`, at least two.
    curve
        Curve on which that unit's weighted sum of derived inputs is 0, as segments over the plane
        of the two columns, shape (segments, 2, 2); empty if there is no such unit.
    meeting
        A point in both hulls, or ``None``.
    crossing
        Whether the contradiction consists of two points of each class: their lines cross.
    best
        Number of rows that the best single line gets right, ``None`` if not computed.
    rows
        Number of rows.
    contradiction
        Rows with equal inputs and different targets, which no network gets right; ``None`` if there
        are none.
    remedy
        Derived inputs with which one unit per output could do it, if it cannot without them.
    impossibility
        Proof by inequalities that there is no line or plane; ``None`` if there is one.
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
    weights: FloatArray | None = None
    bias: float | None = None
    example: tuple[float, ...] = ()
    figures: int = 2
    curve: FloatArray = field(default_factory=lambda: np.empty((0, 2, 2)))
    remedy: tuple[Feature, ...] = ()
    impossibility: Impossibility | None = None


def can_judge(dataset: Dataset) -> bool:
    """Return whether a verdict is possible: a classification of limited size.

    The limit is set by linear programming.
    """
    size = dataset.x_train.size * (1 if dataset.outputs == 1 else dataset.outputs)
    return dataset.task != "regression" and size <= _MAX_NUMBERS


def verdict_of(dataset: Dataset, *, seeks_remedy: bool = True) -> Verdict | None:
    """Return the verdict on a data set's rows, or on a truth table's rows without noise.

    Parameters
    ----------
    seeks_remedy
        Whether to try derived inputs if one unit cannot do it.

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
    columns = dataset.columns
    if noisy or table_x is None or table_y is None:
        x, y, mask, places = dataset.x_train, dataset.y_train, dataset.mask_train, columns.x_train
    else:
        x, y, mask = table_x, table_y, dataset.table_mask
        places = x if columns.table_x is None else columns.table_x
    first: tuple[int, FloatArray, FloatArray, np.ndarray, Separability] | None = None
    for output in range(y.shape[1]):
        rows = slice(None) if mask is None else mask[:, output] > 0
        inputs, kinds = x[rows], (y[rows, output] > 0.5).astype(np.intp)
        if len(inputs) == 0:
            continue
        answer = separability(inputs, kinds.astype(np.float64))
        if first is None or not answer.separable:
            first = (output if y.shape[1] > 1 else -1, inputs, places[rows], kinds, answer)
        if not answer.separable:
            break
    if first is None:
        return None
    verdict = _described(*first, dataset.features)
    found = contradiction(x, y, dataset.task, mask)
    if found is not None and noisy:
        own = dataset.indices_by_number((found.first, found.second))
        found = found._replace(first=own[0], second=own[1])
    verdict = replace(verdict, contradiction=found)
    return replace(verdict, remedy=_remedy(dataset, verdict)) if seeks_remedy else verdict


def proven_verdict(data: DataSpec, dataset: Dataset) -> Verdict | None:
    """Return the verdict if a proof says more than a comparison with trained perceptrons.

    If perceptrons are trained, this is only the case if a plane was found, or if rows contradict
    each other and no rows are held out for testing, so that each is meant to be learned.
    """
    if not is_compared(data, dataset):
        return verdict_of(dataset)
    verdict = verdict_of(dataset) if dataset.task == "binary" else None
    if verdict is None:
        return None
    is_plain = verdict.contradiction is not None and len(dataset.x_test) == 0
    return verdict if verdict.separable or is_plain else None


def _remedy(dataset: Dataset, verdict: Verdict) -> tuple[Feature, ...]:
    """Return the first set of derived inputs with which one unit per output can do it."""
    columns = dataset.columns
    is_open = not verdict.separable and verdict.contradiction is None
    if not is_open or columns.inputs != 2 or verdict.rows > _MAX_REMEDY_ROWS:
        return ()
    present = dataset.features or tuple(Feature("column", i, i) for i in range(2))
    for wanted in _REMEDIES:
        added = tuple(feature for feature in wanted if feature not in present)
        if not added:
            continue
        found = verdict_of(with_features(columns, (*present, *added)), seeks_remedy=False)
        if found is not None and found.separable:
            return added
    return ()


def _rounded(
    x: FloatArray, kinds: np.ndarray, weights: FloatArray, bias: float
) -> tuple[tuple[float, ...], int]:
    """Return weights and bias rounded to the fewest digits that separate the rows.

    Also return the number of digits.
    """
    exact = (*weights.tolist(), bias)
    for figures in range(2, 17):
        example = tuple(float(f"{value:.{figures - 1}e}") for value in exact)
        sums = x @ np.array(example[:-1]) + example[-1]
        if np.array_equal(sums > 0.0, kinds == 1) and np.all(sums != 0.0):
            return example, figures
    return exact, 17


def _curve(
    places: FloatArray, features: tuple[Feature, ...], weights: FloatArray, bias: float
) -> FloatArray:
    """Return the curve ``derive(places) @ weights + bias = 0`` near some points."""
    low, high = places.min(axis=0), places.max(axis=0)
    middle, half = 0.5 * (low + high), max(0.5 * float((high - low).max()), 1e-9)
    steps = np.linspace(-1.0, 1.0, _CURVE_SIDE) * _CURVE_REACH * half
    across, up = np.meshgrid(middle[0] + steps, middle[1] + steps)
    inputs = derive(features, np.column_stack([across.ravel(), up.ravel()]))
    sums = (inputs @ weights + bias).reshape(_CURVE_SIDE, _CURVE_SIDE)
    step = 2.0 * _CURVE_REACH * half / (_CURVE_SIDE - 1)
    return middle - _CURVE_REACH * half + level_segments(np.nan_to_num(sums), 0.0) * step


def _described(
    output: int,
    x: FloatArray,
    places: FloatArray,
    kinds: np.ndarray,
    answer: Separability,
    features: tuple[Feature, ...],
) -> Verdict:
    on_plane = places.shape[1] == 2
    flat = on_plane and not features
    line = meeting = best = None
    curve: FloatArray = np.empty((0, 2, 2))
    example: tuple[float, ...] = ()
    figures = 2
    if answer.weights is not None and answer.bias is not None:
        weights, bias = answer.weights, answer.bias
        example, figures = _rounded(x, kinds, weights, bias)
        if flat:
            line = (float(weights[0]), float(weights[1]), bias)
        elif on_plane:
            curve = _curve(places, features, weights, bias)
    if flat and answer.point is not None:
        meeting = (float(answer.point[0]), float(answer.point[1]))
    if flat and not answer.separable and len(x) <= _MAX_LINE_POINTS:
        best = best_line(x, kinds)
    return Verdict(
        answer.separable,
        output,
        places if on_plane else np.empty((0, 2)),
        kinds if on_plane else np.empty(0, dtype=np.intp),
        line,
        meeting,
        np.bincount(kinds[list(answer.rows)], minlength=2).tolist() == [2, 2],
        best,
        len(x),
        weights=answer.weights,
        bias=answer.bias,
        example=example,
        figures=figures,
        curve=curve,
        impossibility=impossibility(x, kinds, answer),
    )


def best_line(x: FloatArray, kinds: np.ndarray) -> int:
    """Return the number of points that the best single line classifies correctly.

    Parameters
    ----------
    x, kinds
        Shape (points, 2), and the class of each point, 0 or 1.

    Notes
    -----
    The order of the points along a direction changes only where the direction is perpendicular to a
    line through two of them. Between two such directions every threshold is tried.
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
