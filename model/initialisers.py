"""Initial weights: drawn at random unless the user has set them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from model.arrays import make_read_only
from model.errors import require
from model.experiment import INITIALISERS
from model.randomness import streams

if TYPE_CHECKING:
    from model.experiment import Experiment, FloatArray, InitialiserSpec, LayerSpec, NetworkSpec
    from model.layers.kind import Shape

LARGEST_SCALE = 1e100
"""Maximum scale; a larger one could draw non-finite weights."""


def check_initialiser(spec: InitialiserSpec) -> None:
    """Check that weights can be drawn with the settings.

    Raises
    ------
    ModelError
        Code ``experiment.range``.
    """
    require(spec.name in INITIALISERS, "The initialiser", spec.name, ", ".join(INITIALISERS))
    least = -LARGEST_SCALE if spec.name == "constant" else 0.0
    wanted = f"{least:g} to {LARGEST_SCALE:g}"
    require(least <= spec.scale <= LARGEST_SCALE, "scale", spec.scale, wanted)
    require(math.isfinite(spec.bias), "bias", spec.bias, "a number")


def draw_layer(
    spec: InitialiserSpec, layer: LayerSpec, read: Shape, generator: np.random.Generator
) -> FloatArray:
    """Draw one layer's weights, float64.

    Parameters
    ----------
    layer
        Layer specification; weights that it may have are ignored.
    read
        Shape of the layer's input.

    Notes
    -----
    Xavier, He and LeCun draw from a normal distribution of variance 2 / (fan-in + fan-out),
    2 / fan-in and 1 / fan-in, times ``scale`` squared.

    References
    ----------
    Glorot and Bengio (2010), eq. 12; He et al. (2015), eq. 10; LeCun et al. (1998), eq. 16.
    """
    shape = layer.kind.rows(read), layer.units
    fan_in, fan_out = layer.kind.fans(layer, read)
    deviations = {
        "normal": 1.0,
        "xavier": math.sqrt(2.0 / (fan_in + fan_out)),
        "he": math.sqrt(2.0 / fan_in),
        "lecun": math.sqrt(1.0 / fan_in),
    }
    if spec.name == "zeros":
        return np.zeros(shape)
    if spec.name == "constant":
        return np.full(shape, spec.scale)
    scale = spec.scale + 0.0  # of -0.0 NumPy says that it is negative
    if spec.name == "uniform":
        return generator.uniform(-scale, scale, shape)
    return generator.normal(0.0, deviations[spec.name] * scale, shape)


def initialise(experiment: Experiment) -> Experiment:
    """Return the experiment with every missing weight drawn.

    Parameters
    ----------
    experiment
        Experiment with some, all or none of its weights.

    Returns
    -------
    Experiment
        Experiment with every weight and bias, float64.

    Raises
    ------
    ModelError
        Code ``experiment.range`` if weights cannot be drawn.

    Notes
    -----
    Every layer is drawn from the generator, then overwritten by the values the user typed, so
    typing one layer's weights does not change the draws of the other layers.
    """
    spec = experiment.training.initialiser
    check_initialiser(spec)
    if all(x.weights is not None and x.biases is not None for x in experiment.network.layers):
        return experiment
    network, generator = experiment.network, streams(experiment.seed).weights
    layers = []
    for layer, read in zip(network.layers, network.flow, strict=False):
        drawn = draw_layer(spec, layer, read, generator)
        weights = drawn if layer.weights is None else layer.weights
        biases = layer.biases
        if biases is None:
            biases = np.full(layer.units, spec.bias if layer.use_bias else 0.0)
        layers.append(
            replace(layer, weights=make_read_only(weights), biases=make_read_only(biases))
        )
    return replace(experiment, network=replace(network, layers=tuple(layers)))


def untrained(experiment: Experiment, first: NetworkSpec | None = None) -> Experiment:
    """Return the experiment before its first step.

    It gets the weights of `first`, a network of the same shape; missing ones are drawn from the
    seed.
    """
    network = experiment.network.without_weights()
    if first is not None:
        layers = first.layers
        network = network.with_weights((x.weights for x in layers), (x.biases for x in layers))
    return initialise(replace(experiment, network=network, progress=None))
