"""Rounding search: the coarsest weights that keep every answer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from foundation.progress import ShouldStop, never_stop
from model.data import Dataset
from model.experiment import Experiment, FloatArray
from model.initialisers import initialise
from model.metrics import RIGHT, decision_threshold, outcomes, r_squared
from model.network import Network

STEPS = (10.0, 5.0, 2.0, 1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 8, 1 / 10, 1 / 20, 1 / 50, 1 / 100)
"""Rounding steps, coarsest first."""

LOST_R_SQUARED = 0.01
"""Maximum loss of R squared when rounding a regression, whose answers all change a little."""

MAX_ROUNDED = 1_000_000
"""Maximum number of weights for trying all roundings while the user waits."""

MAX_PRODUCTS = 1_000_000_000
"""Maximum number of weights times rows for trying all roundings."""


class Attempt(Struct, frozen=True):
    """The result of rounding the weights to one step.

    Attributes
    ----------
    step
        Rounding step; weights are multiples of it.
    accuracy
        Accuracy on the rows of the truth table if there is one, otherwise on the training rows;
        R squared for a regression.
    lost
        Number of these rows that were right before and are wrong after rounding; 0 for a
        regression.
    keeps
        Whether nothing is lost, including on the training rows.
    """

    step: float
    accuracy: float
    lost: int
    keeps: bool


class Roundings(Struct, frozen=True):
    """The results of all rounding steps.

    Attributes
    ----------
    accuracy
        Accuracy without rounding.
    rows
        Number of rows behind `accuracy`.
    attempts
        Results by step, coarsest first.
    """

    accuracy: float
    rows: int
    attempts: tuple[Attempt, ...]

    @property
    def coarsest(self) -> Attempt | None:
        """The coarsest step that loses no right answer, ``None`` if every step loses some."""
        return next((attempt for attempt in self.attempts if attempt.keeps), None)


def rounded_to(experiment: Experiment, step: float) -> Experiment:
    """Return the experiment with unpinned weights rounded to multiples of `step`.

    Notes
    -----
    For steps of the form 1 / n, multiples are computed by division: 3 / 10 instead of 3 * 0.1,
    which is 0.30000000000000004.

    As after any manual change of weights, training continues from the current state.
    """
    weights, biases = [], []
    for layer in initialise(experiment).network.layers:
        w, b = (_nearest(array, step) for array in layer.weights_and_biases)
        for row, unit in layer.pinned:
            if row < len(w):
                w[row, unit] = layer.weights_and_biases[0][row, unit]
            else:
                b[unit] = layer.weights_and_biases[1][unit]
        weights.append(w)
        biases.append(b)
    network = experiment.network.with_weights(weights, biases)
    return replace(experiment, network=network)


def _nearest(values: FloatArray, step: float) -> FloatArray:
    parts = round(1.0 / step)
    if parts >= 1 and 1.0 / parts == step:
        return np.round(values * parts) / parts + 0.0
    return np.round(values / step) * step + 0.0


def try_roundings(
    experiment: Experiment,
    dataset: Dataset,
    should_stop: ShouldStop = never_stop,
) -> Roundings | None:
    """Try every rounding step of `STEPS`.

    Parameters
    ----------
    experiment
        Experiment whose weights and biases are rounded.
    dataset
        Data set with the rows that must stay right.
    should_stop
        Called between steps; true ends the search.

    Returns
    -------
    Roundings or None
        Results by step; ``None`` if stopped.

    Notes
    -----
    A classification may lose no row; a regression may lose up to `LOST_R_SQUARED`.
    """
    before = _set_scores(experiment, dataset)
    attempts = []
    for step in STEPS:
        if should_stop():
            return None
        found = _set_scores(rounded_to(experiment, step), dataset)
        pairs = list(zip(before, found, strict=True))
        lost = [int(np.count_nonzero(then.right & ~now.right)) for then, now in pairs]
        keeps = not any(lost)
        if dataset.task == "regression":
            keeps = all(now.accuracy >= then.accuracy - LOST_R_SQUARED for then, now in pairs)
        attempts.append(Attempt(step, found[0].accuracy, lost[0], keeps))
    rows = dataset.x_train if dataset.table_x is None else dataset.table_x
    return Roundings(before[0].accuracy, len(rows), tuple(attempts))


def is_too_large_to_round(network: Network, dataset: Dataset) -> bool:
    """Return whether trying every rounding would take too much time or memory."""
    weights = network.parameter_count()
    return weights > MAX_ROUNDED or weights * len(dataset.x_train) > MAX_PRODUCTS


class _SetScore(NamedTuple):
    """Right rows of a data set, and its score; a regression has no right rows."""

    accuracy: float
    right: np.ndarray


def _set_scores(experiment: Experiment, data: Dataset) -> list[_SetScore]:
    """Return which rows of each set are right.

    The truth table's rows come first: training rows may be noisy copies of them, and those held out
    for testing are missing.
    """
    sets = [(data.x_train, data.y_train, data.mask_train)]
    if data.table_x is not None and data.table_y is not None:
        sets.insert(0, (data.table_x, data.table_y, data.table_mask))
    network, threshold = Network.of(experiment), decision_threshold(experiment)
    found = []
    for x, y, mask in sets:
        outputs = network.forward(x)
        if data.task == "regression":
            found.append(_SetScore(r_squared(outputs, y), np.zeros(0, np.bool_)))
        else:
            right = outcomes(outputs, y, data.task, threshold, mask) == RIGHT
            found.append(_SetScore(float(np.mean(right)) if len(y) else np.nan, right))
    return found
