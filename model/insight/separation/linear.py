"""The best linear classifier of a data set: how far perceptrons get without a hidden layer."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from foundation.progress import ShouldStop, never_stop
from model.arrays import Mask
from model.data.contradictions import ceiling
from model.data.dataset import Dataset, Task
from model.defaults import matching_output
from model.errors import ModelError
from model.experiment import DataSpec, FloatArray
from model.losses import loss_kind
from model.metrics import MIN_TEST_ROWS, accuracy

PENALTY = 0.01

_MAX_ROWS = 200_000
_ITERATIONS = (60, 300)
_MAX_PRODUCTS = 6e10


class LinearClassifier(Struct, frozen=True, eq=False):
    """One layer of units, one per output, trained to convergence.

    Attributes
    ----------
    weights, bias
        Shape (inputs, outputs) and (outputs,); ``x @ weights + bias`` are the logits.
    accuracy
        Fraction of test rows that are right, or of all training rows if there are too few test
        rows.
    on_test
        Whether `accuracy` refers to test rows.
    rows
        Number of training rows used.
    has_converged
        Whether the optimisation converged within its iterations.
    ceiling
        Largest fraction of the training rows that any network can get right: below 1 if rows
        contradict each other. Not determined for large data.
    """

    weights: FloatArray
    bias: FloatArray
    accuracy: float
    on_test: bool
    rows: int
    has_converged: bool
    ceiling: float


def is_compared(data: DataSpec, dataset: Dataset) -> bool:
    """Return whether perceptrons are trained on the data for comparison.

    Notes
    -----
    Truth tables, and two classes on the plane, are judged exactly instead: there, a line or the
    point where the hulls meet is more informative than a fraction of rows.
    """
    if dataset.task == "regression" or dataset.table_x is not None:
        return False
    on_plane = data.is_on_plane and dataset.columns.inputs == 2
    return dataset.task != "binary" or not on_plane


def linear_classifier(
    dataset: Dataset,
    should_stop: ShouldStop = never_stop,
    most_rows: int = _MAX_ROWS,
) -> LinearClassifier:
    """Train a layer of softmax units (``multiclass``) or sigmoid units on the training rows.

    Parameters
    ----------
    dataset
        Data set of a classification.
    should_stop
        Called before every iteration; after a stop, the weights so far are evaluated.
    most_rows
        Maximum number of rows; if there are more, a sample is drawn.

    Returns
    -------
    LinearClassifier
        Weights, and the fraction of rows that they get right.

    Raises
    ------
    ModelError
        Code ``linear.regression`` for a regression, which has no classes.

    Notes
    -----
    With the input columns standardised to mean 0 and deviation 1, it minimises the mean over n rows
    of the cross-entropy, summed over outputs, plus ``PENALTY sum(W ** 2) / (2 n)``. The second term
    is scikit-learn's with C = 1 / PENALTY. It is small, since the question is what perceptrons can
    do, and gives separable classes a unique optimum instead of ever larger weights. The sum is
    convex, so the minimum does not depend on the start.

    References
    ----------
    Byrd, Lu, Nocedal and Zhu (1995), L-BFGS-B.
    """
    from scipy.optimize import minimize

    if dataset.task == "regression":
        raise ModelError("linear.regression", "There are no classes to tell apart.")
    chosen = _rows_within(len(dataset.x_train), most_rows)
    cost = _Cost(
        dataset.x_train[chosen],
        dataset.y_train[chosen],
        None if dataset.mask_train is None else dataset.mask_train[chosen],
        dataset.task,
    )

    def before_next(intermediate_result: object) -> None:
        if should_stop():
            raise StopIteration

    found = minimize(
        cost,
        np.zeros((dataset.inputs + 1) * dataset.outputs),
        jac=True,
        method="L-BFGS-B",
        callback=before_next,
        options={"maxiter": _iterations(cost.x, dataset.outputs), "ftol": 1e-12, "gtol": 1e-6},
    )
    weights, bias = cost.for_inputs(found.x)
    on_test = len(dataset.x_test) >= MIN_TEST_ROWS
    return LinearClassifier(
        weights,
        bias,
        _accuracy_of(dataset, weights, bias, on_test),
        on_test,
        len(cost.x),
        bool(found.success),
        ceiling(dataset.x_train, dataset.y_train, dataset.task, dataset.mask_train),
    )


class _Cost:
    """The penalised mean cross-entropy and its gradient.

    Its parameters refer to standardised columns, but the columns themselves are not scaled, to
    avoid copying large data.

    Attributes
    ----------
    x
        Shape (rows, inputs).
    """

    def __init__(self, x: FloatArray, y: FloatArray, mask: Mask, task: Task) -> None:
        self.x = x
        self._y, self._mask = y.astype(x.dtype, copy=False), mask
        activation, loss = matching_output(task)
        self._loss = loss_kind(loss, activation)
        self._mean = x.mean(axis=0, dtype=np.float64)
        deviation = x.std(axis=0, dtype=np.float64)
        is_constant = deviation <= 1e-6 * np.maximum(np.abs(self._mean), 1.0)
        self._deviation = np.where(is_constant, 1.0, deviation)[:, None]

    def for_inputs(self, flat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return weights, shape (inputs, outputs), and biases for unscaled columns."""
        parameters = flat.reshape(self.x.shape[1] + 1, -1)
        weights = parameters[:-1] / self._deviation
        return weights, parameters[-1] - self._mean @ weights

    def __call__(self, flat: FloatArray) -> tuple[float, FloatArray]:
        """Return the cost and its gradient, as one vector of all weights followed by the biases."""
        rows = len(self.x)
        weights, bias = self.for_inputs(flat)
        z = self.x @ weights.astype(self.x.dtype) + bias.astype(self.x.dtype)
        losses, delta = self._loss.define(z, self._y)
        if self._mask is not None:
            losses, delta = losses * self._mask, delta * self._mask
        by_output = delta.sum(axis=0, dtype=np.float64)
        scaled = flat.reshape(-1, len(bias))[:-1]
        slope = np.vstack(
            (
                (self.x.T @ delta - np.outer(self._mean, by_output)) / self._deviation
                + PENALTY * scaled,
                by_output,
            )
        )
        cost = float(losses.sum(dtype=np.float64)) + 0.5 * PENALTY * float((scaled**2).sum())
        return cost / rows, slope.reshape(-1) / rows


def _iterations(x: FloatArray, outputs: int) -> int:
    """Return the number of iterations in the time budget, at two products of all rows each."""
    least, most = _ITERATIONS
    return int(min(max(_MAX_PRODUCTS / (2 * x.size * outputs), least), most))


def _rows_within(rows: int, most: int) -> slice | np.ndarray:
    """Return the training rows to use: all, or a sample of `most` rows."""
    if rows <= most:
        return slice(None)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _accuracy_of(dataset: Dataset, weights: FloatArray, bias: FloatArray, on_test: bool) -> float:
    """Return the accuracy on the test rows or on the training rows."""
    if on_test:
        x, y, mask = dataset.x_test, dataset.y_test, dataset.mask_test
    else:
        x, y, mask = dataset.x_train, dataset.y_train, dataset.mask_train
    logits = x @ weights.astype(x.dtype) + bias.astype(x.dtype)
    return accuracy(logits, y, dataset.task, 0.0, mask)
