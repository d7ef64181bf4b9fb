"""Rounding search: the coarsest weights that still give every answer."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from model.data import Dataset, build_dataset
from model.experiment import Experiment
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
        Every weight and bias is a multiple of it.
    experiment
        With the rounded weights and no progress.
    accuracy, accuracy_before
        Of the training rows; R squared for a regression.
    """

    step: float
    experiment: Experiment
    accuracy: float
    accuracy_before: float


def rounded_to(experiment: Experiment, step: float) -> Experiment:
    """Return the experiment with every unpinned weight at the nearest multiple of `step`."""
    layers = []
    for layer in initialise(experiment).network.layers:
        assert layer.weights is not None
        assert layer.biases is not None
        weights = np.round(layer.weights / step) * step + 0.0
        biases = np.round(layer.biases / step) * step + 0.0
        for row, unit in layer.pinned:
            if row < len(weights):
                weights[row, unit] = layer.weights[row, unit]
            else:
                biases[unit] = layer.biases[unit]
        layers.append(msgspec.structs.replace(layer, weights=weights, biases=biases))
    network = msgspec.structs.replace(experiment.network, layers=tuple(layers))
    return msgspec.structs.replace(experiment, network=network, progress=None)


def round_weights(
    experiment: Experiment,
    dataset: Dataset | None = None,
    *,
    steps: tuple[float, ...] = STEPS,
    tolerance: float = 0.0,
) -> Rounded | None:
    """Return the coarsest rounding that keeps the accuracy.

    Parameters
    ----------
    experiment
        Trained.
    dataset
        Its data, where they were built before.
    steps
        What to try, coarsest first.
    tolerance
        How much accuracy may be lost.

    Returns
    -------
    Rounded or None
        ``None`` where no step keeps it.
    """
    data = build_dataset(experiment) if dataset is None else dataset
    threshold = decision_threshold(experiment)

    def reached(candidate: Experiment) -> float:
        outputs = Network.of(candidate).forward(data.x_train)
        return accuracy(outputs, data.y_train, data.task, threshold, data.mask_train)

    before = reached(experiment)
    for step in steps:
        candidate = rounded_to(experiment, step)
        found = reached(candidate)
        if found >= before - tolerance:
            return Rounded(step, candidate, found, before)
    return None
