"""The layout of an ensemble's weights in one vector, and conversions from and to experiments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import DTypeLike

from model.experiment import Experiment, FloatArray, NetworkSpec


def cut(flat: FloatArray, networks: int, spec: NetworkSpec) -> list[FloatArray]:
    """Return views of a flat vector, one (networks, units, inputs + 1) array per layer.

    Layers without a bias lack the ``+ 1``. In memory each is (units, networks, inputs + 1), see
    :func:`networks_first`.
    """
    arrays, start = [], 0
    for width, units in spec.shapes:
        size = networks * units * width
        arrays.append(networks_first(flat[start : start + size].reshape(units, networks, width)))
        start += size
    return arrays


def networks_first(array: FloatArray) -> FloatArray:
    """Return a view with the first two axes swapped: (units, networks, ...) and back."""
    return array.swapaxes(0, 1)


def pack_weights(experiments: Sequence[Experiment], dtype: DTypeLike) -> FloatArray:
    """Return equally shaped networks' weights in one vector, laid out for :func:`cut`."""
    network = experiments[0].network
    theta = np.empty(len(experiments) * network.parameter_count(), dtype)
    for number, array in enumerate(cut(theta, len(experiments), network)):
        for place, experiment in enumerate(experiments):
            layer = experiment.network.layers[number]
            weights, biases = layer.weights_and_biases
            array[place, :, : weights.shape[0]] = weights.T
            if layer.use_bias:
                array[place, :, -1] = biases
    return theta


def with_weights(start: Experiment, arrays: Sequence[FloatArray], place: int) -> Experiment:
    """Return an experiment with the weights of one network of an ensemble.

    Parameters
    ----------
    start
        Experiment to copy.
    arrays
        One (networks, units, inputs + 1) array per layer, see :func:`cut`.
    place
        Index of the network.
    """
    layers = []
    for layer, array in zip(start.network.layers, arrays, strict=True):
        own = array[place]
        width = own.shape[1] - layer.use_bias
        biases = own[:, -1].copy() if layer.use_bias else layer.biases
        layers.append(replace(layer, weights=np.ascontiguousarray(own[:, :width].T), biases=biases))
    network = replace(start.network, layers=tuple(layers))
    return replace(start, network=network)
