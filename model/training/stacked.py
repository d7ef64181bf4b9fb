"""Forward and backward passes of many networks of one shape at once, on stacked arrays.

Like :mod:`model.training.passes`, with one more axis in front: network s, its layer's weights at
``[s]``. Weights lie transposed, (units, inputs + 1), so that a first layer whose inputs all
networks share is one large product instead of many small ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from model.activations import bind
from model.experiment import FloatArray, LayerSpec, Loss
from model.losses import bind_loss, is_fused

__all__ = ["StackedPass", "cut", "stack_shapes"]

Call = Callable[[], object]


def stack_shapes(inputs: int, layers: Sequence[LayerSpec]) -> list[tuple[int, int]]:
    """Return every layer's (units, inputs + 1), without the 1 where there is no bias."""
    shapes = []
    for layer in layers:
        shapes.append((layer.units, inputs + layer.use_bias))
        inputs = layer.units
    return shapes


def cut(flat: FloatArray, networks: int, shapes: Sequence[tuple[int, int]]) -> list[FloatArray]:
    """Cut a flat vector into one (networks, units, inputs + 1) array a layer, without copying."""
    arrays, start = [], 0
    for units, width in shapes:
        size = networks * units * width
        arrays.append(flat[start : start + size].reshape(networks, units, width))
        start += size
    return arrays


class StackedPass:
    """Forward, loss and backward of `networks` networks for batches of one size.

    Parameters
    ----------
    weights, gradients
        One (networks, units, inputs + 1) array a layer, see :func:`cut`.
    layers
        The shape that all share.
    rows
        Rows a batch.
    loss, signed, rule
        As in :class:`model.training.passes.Pass`.
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
        rule: bool,
        shared: bool,
    ) -> None:
        networks, dtype = weights[0].shape[0], weights[0].dtype
        self.rows = rows
        self._weights, self._gradients, self._layers = weights, gradients, layers
        self._shared, self._signed, self._rule = shared, signed, rule
        self._rights = [np.ones((networks, layer.units + 1, rows), dtype) for layer in layers[:-1]]
        self._zs = [np.empty((networks, layer.units, rows), dtype) for layer in layers[:-1]]
        self._kernels = [
            bind(layer.activation, z) for layer, z in zip(layers[:-1], self._zs, strict=True)
        ]
        self._deltas = [np.empty_like(z) for z in self._zs]
        last = layers[-1]
        self._fused = is_fused(loss, last.activation) and not rule
        self.z = np.empty((networks, last.units, rows), dtype)
        self.outputs = self.z if last.activation == "identity" else np.empty_like(self.z)
        self.delta = np.empty_like(self.z)
        self._output = bind(last.activation, self.outputs)
        self.kernel = bind_loss(
            loss, last.activation, self.z, self.outputs, self.delta, self._output, signed=signed
        )
        self._elements = self.kernel.elements.reshape(networks, -1)
        self._share = np.full(self._elements.shape[1], 1.0 / rows, dtype)
        self._fixed: Callable[[], float] | None = None
        self._forward, self._backward = self._bind_forward(), self._bind_backward()
        self._first_delta = self._deltas[0] if self._deltas else self.delta

    def _bind_forward(self) -> list[Call]:
        """Return the products, kernels and copies from the first hidden layer to the outputs."""
        calls: list[Call] = []
        for layer in range(1, len(self._weights)):
            z, right = self._zs[layer - 1], self._rights[layer - 1]
            following = self._zs[layer] if layer < len(self._zs) else self.z
            read = self._read(right, layer)
            calls += [
                self._kernels[layer - 1].forward,
                partial(np.copyto, right[:, :-1], z),
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
            weights = self._weights[layer][:, :, : before.shape[1]]
            calls += [
                partial(np.matmul, delta, read.swapaxes(-1, -2), self._gradients[layer]),
                partial(np.matmul, weights.swapaxes(-1, -2), delta, before),
                partial(self._kernels[layer - 1].backward, before),
            ]
            delta = before
        return calls

    def _read(self, source: FloatArray, layer: int) -> FloatArray:
        """Return what a layer reads, with the row of ones where it has a bias."""
        return source if self._layers[layer].use_bias else source[..., :-1, :]

    def forward(self, x: FloatArray) -> None:
        """Push a batch through; `x` is (inputs + 1, rows), or that for each network."""
        read, z = self._read(x, 0), self._zs[0] if self._zs else self.z
        if self._shared:
            weights = self._weights[0]
            weights.reshape(-1, weights.shape[-1]).dot(read, z.reshape(-1, z.shape[-1]))
        else:
            np.matmul(self._weights[0], read, z)
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

    def losses(self, t: FloatArray, mask: FloatArray | None) -> FloatArray:
        """Return every network's loss and leave dL/dz in `delta`.

        Parameters
        ----------
        t, mask
            Shape (outputs, rows), or that for each network.
        """
        if self._shared and not self._rule:
            # Full batches of shared rows: the targets never change.
            if self._fixed is None:
                self._fixed = self.kernel.fix(t, mask)
            self._fixed()
        else:
            self.kernel.differentiate(t, mask)
        if self._rule:
            np.subtract(self.outputs, (1.0 - t) / 2.0 if self._signed else t, self.delta)
            np.multiply(self.delta, 1.0 / self.rows, self.delta)
            if mask is not None:
                np.multiply(self.delta, mask, self.delta)
        return np.asarray(self._elements.dot(self._share))

    def backward(self, x: FloatArray) -> None:
        """Carry ``delta`` back to every layer and fill the gradients."""
        for call in self._backward:
            call()
        delta, gradient, read = self._first_delta, self._gradients[0], self._read(x, 0)
        if self._shared:
            flat = delta.reshape(-1, delta.shape[-1])
            flat.dot(read.T, gradient.reshape(-1, gradient.shape[-1]))
        else:
            np.matmul(delta, read.swapaxes(-1, -2), gradient)
