"""One forward and backward pass over a fixed number of rows, with every buffer allocated once.

What a pass does is laid out when the kernel is made, as lists of calls bound to their arrays, so
that each step of training only runs through them.

Inside, examples are **columns**: a layer's activations have shape (units + 1, rows), whose last
row is one for good. So ``z = P^T a`` adds the bias by the same product that applies the weights,
every result is contiguous, and ``numpy.dot`` writes it where it belongs. Arrays of examples as rows
come in by ``x.T``, which copies nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from model.activations import bind
from model.activations.kind import Kernel
from model.experiment import FloatArray, Loss
from model.experiment.training import SlopeAt
from model.losses import bind_loss, is_fused

if TYPE_CHECKING:
    from model.network import Parameters

Call = Callable[[], object]


def with_ones(x: FloatArray, dtype: np.dtype[np.floating]) -> FloatArray:
    """Return `x`, shape (rows, inputs), as (rows, inputs + 1) with ones in the last column."""
    extended = np.ones((x.shape[0], x.shape[1] + 1), dtype)
    extended[:, :-1] = x
    return extended


class _Drop:
    """Inverted drop-out of one layer: kept activations are divided by the share kept."""

    def __init__(self, a: FloatArray, share: float, generator: np.random.Generator) -> None:
        self.a = a
        self.generator = generator
        self.kept = 1.0 - share
        self.dropped = np.ones((a.shape[0] + 1, a.shape[1]), a.dtype)
        self.draws = np.empty_like(a)
        self.factors = np.ones_like(a)

    def forward(self) -> None:
        """Draw which units are kept for which row, and fill `dropped`."""
        self.generator.random(dtype=self.draws.dtype.type, out=self.draws)
        np.less(self.draws, self.kept, out=self.factors, casting="unsafe")
        np.divide(self.factors, self.kept, self.factors)
        np.multiply(self.a, self.factors, self.dropped[:-1])

    def backward(self, delta: FloatArray) -> None:
        """Let the gradient through where the activation went through."""
        np.multiply(delta, self.factors, delta)


class BackpropKernel:
    """Forward, loss and backward for batches of one size.

    Parameters
    ----------
    parameters
        The network's weights, read on every call.
    gradient
        Where the gradient goes, laid out as ``parameters.flat``; ``None`` for a kernel that only
        evaluates.
    rows
        How many examples a batch has.
    loss, signed
        See :func:`model.losses.bind_loss`.
    generator
        Draws dropped units; ``None`` drops nothing.
    slope_at
        As :class:`model.experiment.TrainingSpec` says.

    Attributes
    ----------
    drop_factors
        What drop-out multiplied each hidden layer's activations by, shape (units, rows); ``None``
        where it drops nothing.

    Notes
    -----
    Call under ``numpy.errstate(over="ignore")``, see :func:`model.activations.bind`.
    """

    def __init__(
        self,
        parameters: Parameters,
        gradient: FloatArray | None,
        rows: int,
        loss: Loss,
        *,
        signed: bool,
        generator: np.random.Generator | None = None,
        slope_at: SlopeAt = "z",
    ) -> None:
        layers = parameters.spec.layers
        dtype = parameters.flat.dtype
        self.rows = rows
        self._first_bias = layers[0].use_bias
        rights = [np.ones((layer.units + 1, rows), dtype) for layer in layers[:-1]]
        kernels = [
            bind(layer.activation, right[:-1], slope_at)
            for layer, right in zip(layers[:-1], rights, strict=True)
        ]
        drops: list[_Drop | None] = [
            _Drop(right[:-1], layer.dropout, generator)
            if generator is not None and layer.dropout > 0.0
            else None
            for layer, right in zip(layers[:-1], rights, strict=True)
        ]
        self.drop_factors = tuple(None if drop is None else drop.factors for drop in drops)
        self._reads = [
            _read(right if drop is None else drop.dropped, following.use_bias)
            for right, drop, following in zip(rights, drops, layers[1:], strict=True)
        ]
        self.hidden = [right[:-1] for right in rights]
        self._bind_output(parameters, loss, slope_at, signed=signed)
        self._bind_forward(parameters, kernels, drops)
        self._backward: list[Call] = []
        self._first_backward: tuple[FloatArray, FloatArray] | None = None
        if gradient is not None:
            self._bind_backward(parameters, gradient, kernels, drops)

    def _bind_output(
        self, parameters: Parameters, loss: Loss, slope_at: SlopeAt, *, signed: bool
    ) -> None:
        """Lay out the output layer and its loss."""
        last = parameters.spec.layers[-1]
        self.z = np.empty((last.units, self.rows), parameters.flat.dtype)
        self.outputs = self.z if last.activation == "identity" else np.empty_like(self.z)
        self.delta = np.empty_like(self.z)
        self._output = bind(last.activation, self.outputs, slope_at)
        kernel = bind_loss(
            loss, last.activation, self.z, self.outputs, self.delta, self._output, signed=signed
        )
        self.value = kernel.value
        self.differentiate = kernel.differentiate
        self.bind_targets = kernel.bind_targets
        self._fused = is_fused(loss, last.activation)

    def _bind_forward(
        self, parameters: Parameters, kernels: list[Kernel], drops: list[_Drop | None]
    ) -> None:
        """Lay out the way there: the first layer's product takes the batch, the rest is fixed."""
        zs = [*self.hidden, self.z]
        products = [matrix.T.dot for matrix in parameters.matrices]
        self._first_product, self._first_z = products[0], zs[0]
        self._forward: list[Call] = []
        for product, z, kernel, drop, read in zip(
            products[1:], zs[1:], kernels, drops, self._reads, strict=True
        ):
            self._forward.append(kernel.forward)
            if drop is not None:
                self._forward.append(drop.forward)
            self._forward.append(partial(product, read, z))
        if not self._fused:
            self._forward.append(self.activate)

    def _bind_backward(
        self,
        parameters: Parameters,
        gradient: FloatArray,
        kernels: list[Kernel],
        drops: list[_Drop | None],
    ) -> None:
        """Lay out the way back, output layer first; the first layer's product takes the batch."""
        gradients = parameters.views(gradient)
        delta = self.delta
        for layer in range(len(gradients) - 1, 0, -1):
            before = np.empty_like(self.hidden[layer - 1])
            weights = parameters.matrices[layer][: len(before)]
            drop = drops[layer - 1]
            self._backward.append(partial(self._reads[layer - 1].dot, delta.T, gradients[layer]))
            self._backward.append(partial(weights.dot, delta, before))
            if drop is not None:
                self._backward.append(partial(drop.backward, before))
            self._backward.append(partial(kernels[layer - 1].backward, before))
            delta = before
        self._first_backward = (delta.T, gradients[0])

    def forward(self, x: FloatArray) -> None:
        """Push a batch through; `x` has shape (inputs + 1, rows), its last row ones.

        Notes
        -----
        Where loss and output activation are fused, `outputs` is left alone: see :meth:`activate`.
        """
        self._first_product(x if self._first_bias else x[:-1], self._first_z)
        for call in self._forward:
            call()

    def activate(self) -> FloatArray:
        """Fill and return `outputs`, shape (outputs, rows), from ``z``."""
        if self.outputs is not self.z:
            np.copyto(self.outputs, self.z)
            self._output.forward()
        return self.outputs

    def backward(self, x: FloatArray) -> None:
        """Carry ``delta`` back to every layer and fill the gradient."""
        for call in self._backward:
            call()
        if self._first_backward is not None:
            (x if self._first_bias else x[:-1]).dot(*self._first_backward)


def _read(activations: FloatArray, use_bias: bool) -> FloatArray:
    """Return what the next layer reads: the activations, with the row of ones for its bias."""
    return activations if use_bias else activations[:-1]
