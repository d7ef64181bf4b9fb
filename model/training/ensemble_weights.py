"""Weights of many networks of one shape: from experiments into one vector, and back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import DTypeLike

from model.experiment import Experiment, FloatArray
from model.training.ensemble_kernel import cut, stack_shapes

__all__ = ["stack_weights", "with_weights"]


def stack_weights(experiments: Sequence[Experiment], dtype: DTypeLike) -> FloatArray:
    """Return all networks' weights in one flat vector, laid out as :func:`cut` wants.

    Parameters
    ----------
    experiments
        Of one shape, every weight drawn.
    dtype
        Of the vector.
    """
    network = experiments[0].network
    shapes = stack_shapes(network.inputs, network.layers)
    theta = np.empty(len(experiments) * sum(units * width for units, width in shapes), dtype)
    for number, array in enumerate(cut(theta, len(experiments), shapes)):
        for place, experiment in enumerate(experiments):
            layer = experiment.network.layers[number]
            assert layer.weights is not None
            array[place, :, : layer.weights.shape[0]] = layer.weights.T
            if layer.use_bias and layer.biases is not None:
                array[place, :, -1] = layer.biases
    return theta


def with_weights(start: Experiment, arrays: Sequence[FloatArray], place: int) -> Experiment:
    """Return an experiment with the weights of one network of a stack.

    Parameters
    ----------
    start
        The experiment.
    arrays
        One (networks, units, inputs + 1) array a layer, see :func:`cut`.
    place
        Which network.
    """
    layers = []
    for layer, array in zip(start.network.layers, arrays, strict=True):
        own = array[place]
        width = own.shape[1] - layer.use_bias
        biases = own[:, -1].copy() if layer.use_bias else layer.biases
        layers.append(
            msgspec.structs.replace(
                layer, weights=np.ascontiguousarray(own[:, :width].T), biases=biases
            )
        )
    network = msgspec.structs.replace(start.network, layers=tuple(layers))
    return msgspec.structs.replace(start, network=network)
