"""The doctor's remedies: experiments with one thing changed."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from model.defaults import matching_initialiser
from model.edits.network import with_layer
from model.experiment import Experiment, InitialiserSpec
from model.initialisers import draw_layer, untrained


def with_rate(experiment: Experiment, rate: float) -> Experiment:
    """Return the experiment with another learning rate."""
    return replace(experiment, training=replace(experiment.training, learning_rate=rate))


def usual_rate(experiment: Experiment) -> float:
    """Return the default learning rate of the experiment's optimiser."""
    return experiment.training.optimiser.kind.default_rate


def lower_rate(experiment: Experiment) -> float:
    """Return half the rate, or the optimiser's default rate if that is lower."""
    return min(0.5 * experiment.training.learning_rate, usual_rate(experiment))


def restart_at_lower_rate(experiment: Experiment) -> Experiment:
    """Return the experiment before its first step, with a lower learning rate.

    A lower rate alone does not fix a diverged run: its weights are already far off.
    """
    return untrained(with_rate(experiment, lower_rate(experiment)))


def redrawn(experiment: Experiment, number: int, units: list[int]) -> Experiment:
    """Return the experiment with the incoming weights of some units redrawn."""
    layer = experiment.network.layers[number]
    spec = matching_initialiser(layer.activation)
    # Other weights where they have died once more since.
    steps = 0 if experiment.progress is None else experiment.progress.step
    generator = np.random.default_rng((experiment.seed, number, *units, 1, steps))
    weights, biases = (array.copy() for array in layer.weights_and_biases)
    drawn = draw_layer(spec, layer, experiment.network.flow[number], generator)
    weights[:, units] = drawn[:, units]
    # A positive bias puts a rectifier on its sloping side for inputs around 0.
    biases[units] = spec.bias if layer.use_bias else 0.0
    return with_layer(experiment, number, replace(layer, weights=weights, biases=biases))


def discard_weights(experiment: Experiment, spec: InitialiserSpec, seed: int) -> Experiment:
    """Return the experiment without weights, for a new start."""
    return replace(
        experiment,
        network=experiment.network.without_weights(),
        training=replace(experiment.training, initialiser=spec),
        seed=seed,
        progress=None,
    )
