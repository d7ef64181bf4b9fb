"""Forward and backward passes of an ensemble: many networks of one shape at once.

Like :mod:`model.training.backprop_kernel`, with an additional leading axis: the weights of network
s are at ``[s]``. In memory the units come first and the networks second, for weights, activations
and their gradients alike. A first layer whose inputs all networks share is therefore one product
for each unit of a block of `PLACES` networks instead of many small ones, a layer's output is
adjacent to its row of ones without a copy, and every activation function processes one contiguous
array.

No BLAS product is larger than a block, and its shape depends neither on the number of blocks nor on
the state of the other networks (docs/adr/0056).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from model.activations import bind
from model.arrays import Mask
from model.experiment import FloatArray, LayerSpec, Loss
from model.experiment.training import SlopeAt
from model.losses import bind_loss, is_fused
from model.training.ensemble.weights import networks_first

Call = Callable[[], object]

PLACES = 128
"""Networks per block: whole tiles of every BLAS kernel, and few enough for the cache."""

FEW_ROWS = 8
"""Number of rows up to which a loop over them takes less time than starting it."""


class _FirstLayer(NamedTuple):
    """The arrays of the first layer, ordered by networks or by blocks of units.

    Attributes
    ----------
    weights, gradient
        Shape (networks, units, inputs + 1), or (blocks of each unit, `PLACES`, inputs + 1).
    z, delta
        The same, with rows in place of inputs + 1.
    """

    weights: FloatArray
    z: FloatArray
    delta: FloatArray
    gradient: FloatArray


class EnsembleKernel:
    """Forward pass, loss and backward pass of blocks of networks for one batch size.

    Parameters
    ----------
    weights, gradients
        One (networks, units, inputs + 1) array per layer, see :func:`cut`; the number of networks
        is a multiple of `PLACES`.
    layers
        Layers shared by all networks.
    rows
        Rows per batch.
    loss, signed, slope_at
        As in :class:`model.training.backprop_kernel.BackpropKernel`.
    shared
        Whether all networks read the same inputs, of shape (inputs + 1, rows).
    """

    def __init__(
        self,
        weights: Sequence[FloatArray],
        gradients: Sequence[FloatArray],
        layers: Sequence[LayerSpec],
        rows: int,
        loss: Loss,
        *,
        signed: bool,
        shared: bool,
        slope_at: SlopeAt = "z",
    ) -> None:
        networks, dtype = weights[0].shape[0], weights[0].dtype
        self._weights, self._gradients, self._layers = weights, gradients, layers
        self._shared = shared
        rights = [np.ones((layer.units + 1, networks, rows), dtype) for layer in layers[:-1]]
        self._rights = [networks_first(right) for right in rights]
        zs = [right[:-1] for right in rights]
        self._zs = [networks_first(z) for z in zs]
        self._kernels = [
            bind(layer.activation, z, slope_at) for layer, z in zip(layers[:-1], zs, strict=True)
        ]
        self._deltas = [np.empty_like(z) for z in zs]
        last = layers[-1]
        self._fused = is_fused(loss, last.activation)
        self.z = np.empty((networks, last.units, rows), dtype)
        self.outputs = self.z if last.activation == "identity" else np.empty_like(self.z)
        self.delta = np.empty_like(self.z)
        self._output = bind(last.activation, self.outputs, slope_at)
        self.kernel = bind_loss(
            loss, last.activation, self.z, self.outputs, self.delta, self._output, signed=signed
        )
        self._elements = self.kernel.elements.reshape(-1, PLACES, last.units * rows)
        self._share = np.full(last.units * rows, 1.0 / rows, dtype)
        self._fixed: Callable[[], float] | None = None
        self._forward, self._backward = self._bind_forward(), self._bind_backward()
        self._bind_first()

    def _bind_first(self) -> None:
        """Allocate the first layer, flattened if one product computes a unit's whole block."""
        z = self._zs[0] if self._zs else self.z
        delta = networks_first(self._deltas[0]) if self._deltas else self.delta
        arrays = [self._weights[0], z, delta, self._gradients[0]]
        # An output layer of several units has its networks first in memory as well.
        if self._shared and (self._zs or z.shape[1] == 1):
            arrays = [
                networks_first(array).reshape(-1, PLACES, array.shape[-1]) for array in arrays
            ]
        self._first = _FirstLayer(*arrays)

    def _bind_forward(self) -> list[Call]:
        """Return the kernels and products from the first hidden layer to the outputs."""
        calls: list[Call] = []
        for layer in range(1, len(self._weights)):
            following = self._zs[layer] if layer < len(self._zs) else self.z
            read = self._read(self._rights[layer - 1], layer)
            calls += [
                self._kernels[layer - 1].forward,
                partial(np.matmul, self._weights[layer], read, following),
            ]
        return calls

    def _bind_backward(self) -> list[Call]:
        """Return the products and kernels from the outputs to the first hidden layer."""
        calls: list[Call] = []
        delta = self.delta
        for layer in range(len(self._weights) - 1, 0, -1):
            read = self._read(self._rights[layer - 1], layer)
            before = self._deltas[layer - 1]
            weights = self._weights[layer][:, :, : before.shape[0]].swapaxes(-1, -2)
            calls += [
                partial(np.matmul, delta, read.swapaxes(-1, -2), self._gradients[layer]),
                _carry_back(weights, delta, before),
                partial(self._kernels[layer - 1].backward, before),
            ]
            delta = networks_first(before)
        return calls

    def _read(self, source: FloatArray, layer: int) -> FloatArray:
        """Return a layer's input, with the row of ones if it has a bias."""
        return source if self._layers[layer].use_bias else source[..., :-1, :]

    def forward(self, x: FloatArray) -> None:
        """Propagate a batch forward; `x` is (inputs + 1, rows), optionally one per network."""
        first = self._first
        np.matmul(first.weights, self._read(x, 0), first.z)
        for call in self._forward:
            call()
        if not self._fused:
            self.activate()

    def activate(self) -> FloatArray:
        """Fill and return `outputs`, shape (networks, outputs, rows)."""
        if self.outputs is not self.z:
            np.copyto(self.outputs, self.z)
            self._output.forward()
        return self.outputs

    def losses(self, t: FloatArray, mask: Mask) -> FloatArray:
        """Return every network's loss; store dL/dz in `delta`.

        Parameters
        ----------
        t, mask
            Shape (outputs, rows), optionally with a leading network axis.
        """
        if self._shared:
            # Full batches of shared rows: the targets never change.
            if self._fixed is None:
                self._fixed = self.kernel.bind_targets(t, mask)
            self._fixed()
        else:
            self.kernel.differentiate(t, mask)
        return np.asarray(np.matmul(self._elements, self._share)).reshape(-1)

    def backward(self, x: FloatArray) -> None:
        """Propagate ``delta`` back to every layer and fill the gradients."""
        for call in self._backward:
            call()
        first = self._first
        np.matmul(first.delta, self._read(x, 0).swapaxes(-1, -2), first.gradient)


def _carry_back(weights: FloatArray, delta: FloatArray, before: FloatArray) -> Call:
    """Return the call that computes dL/da of a hidden layer from the next layer's delta.

    Parameters
    ----------
    weights
        Shape (networks, units, following).
    delta
        Shape (networks, following, rows).
    before
        Output array for dL/da, shape (units, networks, rows).

    Notes
    -----
    With one following unit, each product is an elementwise multiplication, which needs no BLAS.
    With few rows, the operands are laid out so that NumPy iterates over the networks, which are
    more.
    """
    if delta.shape[1] > 1:
        return partial(np.matmul, weights, delta, networks_first(before))
    factors, rows = networks_first(weights), delta[:, 0]
    if delta.shape[-1] > FEW_ROWS:
        return partial(np.multiply, factors, rows, before)
    across = np.empty((rows.shape[1], rows.shape[0]), delta.dtype)
    wanted, target = factors[:, None, :, 0], before.swapaxes(1, 2)

    def along_networks() -> None:
        np.copyto(across, rows.T)
        np.multiply(wanted, across, target)

    return along_networks
