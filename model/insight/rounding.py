"""Rounding search: the coarsest weights that still give every answer."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from model.data import Dataset, build_dataset
from model.experiment import Experiment, FloatArray
from model.initialisers import initialise
from model.metrics import accuracy, decision_threshold
from model.network import Network

STEPS = (10.0, 5.0, 2.0, 1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 8, 1 / 10, 1 / 20, 1 / 50, 1 / 100)
"""What weights are rounded to multiples of, coarsest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Rounded:
    """A network of round weights.

    Attributes
    ----------
    step
        Every weight and bias is a multiple of it, but for the pinned ones.
    experiment
        With the rounded weights and no progress.
    accuracy, accuracy_before
        Of the rows of the truth table where there is one, else of the training rows; R squared for
        a regression.
    """

    step: float
    experiment: Experiment
    accuracy: float
    accuracy_before: float


def rounded_to(experiment: Experiment, step: float) -> Experiment:
    """Return the experiment with every unpinned weight at the nearest multiple of `step`.

    Notes
    -----
    A multiple of a tenth is the number that its decimals are read as: 3 / 10 and not 3 * 0.1, which
    is 0.30000000000000004. So is that of any step that is one over a whole number.
    """
    layers = []
    for layer in initialise(experiment).network.layers:
        assert layer.weights is not None
        assert layer.biases is not None
        weights, biases = _nearest(layer.weights, step), _nearest(layer.biases, step)
        for row, unit in layer.pinned:
            if row < len(weights):
                weights[row, unit] = layer.weights[row, unit]
            else:
                biases[unit] = layer.biases[unit]
        layers.append(msgspec.structs.replace(layer, weights=weights, biases=biases))
    network = msgspec.structs.replace(experiment.network, layers=tuple(layers))
    return msgspec.structs.replace(experiment, network=network, progress=None)


def _nearest(values: FloatArray, step: float) -> FloatArray:
    """Return the nearest multiples of a step."""
    parts = round(1.0 / step)
    if parts >= 1 and 1.0 / parts == step:
        return np.asarray(np.round(values * parts) / parts + 0.0)
    return np.asarray(np.round(values / step) * step + 0.0)


def round_weights(
    experiment: Experiment,
    dataset: Dataset | None = None,
    *,
    steps: tuple[float, ...] = STEPS,
    tolerance: float = 0.0,
) -> Rounded | None:
    """Return the coarsest rounding that keeps the accuracy on every set of rows that is known.

    Parameters
    ----------
    experiment
        Trained.
    dataset
        Its data, where they were built before.
    steps
        What to try, coarsest first.
    tolerance
        How much accuracy may be lost on each: the rows of the truth table, and the training rows.

    Returns
    -------
    Rounded or None
        ``None`` where no step keeps it.
    """
    data = build_dataset(experiment) if dataset is None else dataset
    threshold = decision_threshold(experiment)
    sets = [(data.x_train, data.y_train, data.mask_train)]
    if data.table_x is not None and data.table_y is not None:
        # Noisy copies do not tell what the table's own rows get, nor those kept back for testing.
        sets.insert(0, (data.table_x, data.table_y, data.table_mask))

    def reached(candidate: Experiment) -> list[float]:
        network = Network.of(candidate)
        return [accuracy(network.forward(x), y, data.task, threshold, mask) for x, y, mask in sets]

    before = reached(experiment)
    for step in steps:
        candidate = rounded_to(experiment, step)
        found = reached(candidate)
        if all(now >= then - tolerance for now, then in zip(found, before, strict=True)):
            return Rounded(step, candidate, found[0], before[0])
    return None
