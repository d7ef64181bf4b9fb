"""Experiments with one thing changed: the doctor's remedies."""

from __future__ import annotations

import msgspec
import numpy as np

from model.defaults import matching_initialiser
from model.experiment import Experiment, InitialiserSpec, LayerSpec, NetworkSpec
from model.initialisers import draw_layer

replace = msgspec.structs.replace


def with_rate(experiment: Experiment, factor: float) -> Experiment:
    """Return the experiment with another rate."""
    training = experiment.training
    rate = training.learning_rate * factor
    return replace(experiment, training=replace(training, learning_rate=rate))


def with_layer(experiment: Experiment, number: int, layer: LayerSpec) -> Experiment:
    """Return the experiment with one layer replaced."""
    layers = list(experiment.network.layers)
    layers[number] = layer
    network = replace(experiment.network, layers=tuple(layers))
    return replace(experiment, network=network)


def redrawn(experiment: Experiment, number: int, units: list[int]) -> Experiment:
    """Return the experiment with the weights into some units drawn anew."""
    layer = experiment.network.layers[number]
    assert layer.weights is not None
    assert layer.biases is not None
    spec = matching_initialiser(layer.activation)
    generator = np.random.default_rng((experiment.seed, number, *units, 1))
    weights, biases = layer.weights.copy(), layer.biases.copy()
    fresh = draw_layer(spec, len(weights), layer.units, generator)
    weights[:, units] = fresh[:, units]
    # A positive bias puts a rectifier on its sloping side for inputs around 0.
    biases[units] = spec.bias if layer.use_bias else 0.0
    return with_layer(experiment, number, replace(layer, weights=weights, biases=biases))


def undrawn(experiment: Experiment, spec: InitialiserSpec, seed: int) -> Experiment:
    """Return the experiment without weights, to start anew."""
    layers = tuple(replace(n, weights=None, biases=None) for n in experiment.network.layers)
    return replace(
        experiment,
        network=NetworkSpec(experiment.network.inputs, layers),
        training=replace(experiment.training, initialiser=spec),
        seed=seed,
        progress=None,
    )
