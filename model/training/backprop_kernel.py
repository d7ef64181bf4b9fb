"""One forward and backward pass over a fixed number of rows, with preallocated buffers.

The work of a pass is prepared when the kernel is created, as lists of calls bound to their arrays,
so that each training step only runs through them.

Internally, examples are **columns**: arrays have shape (*shape, rows). A layer's kind arranges and
multiplies its input (:mod:`model.layers`). The last input row of a dense layer is constantly one,
so that ``z = P^T a`` adds the bias in the same product, every result is contiguous, and
``numpy.dot`` writes it directly to its destination. Examples stored as rows are passed as ``x.T``,
without a copy.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from model.activations import bind
from model.experiment import FloatArray, LayerSpec, Loss
from model.experiment.training import SlopeAt
from model.layers.kind import Call, Slot
from model.losses import bind_loss, is_fused

if TYPE_CHECKING:
    from model.network import Parameters


def with_ones(x: FloatArray, dtype: np.dtype[np.floating]) -> FloatArray:
    """Return `x`, shape (rows, inputs), as (rows, inputs + 1) with ones in the last column."""
    extended = np.ones((x.shape[0], x.shape[1] + 1), dtype)
    extended[:, :-1] = x
    return extended


class _Drop:
    """Inverted dropout of one layer: kept activations are divided by the keep probability."""

    def __init__(
        self, a: FloatArray, kept: FloatArray, share: float, generator: np.random.Generator
    ) -> None:
        self.a, self.kept = a, kept
        self.generator = generator
        self.share_kept = 1.0 - share
        self.draws = np.empty_like(a)
        self.factors = np.ones_like(a)

    def forward(self) -> None:
        """Draw the units to keep for each row into `kept`."""
        self.generator.random(dtype=self.draws.dtype.type, out=self.draws)
        np.less(self.draws, self.share_kept, out=self.factors, casting="unsafe")
        np.divide(self.factors, self.share_kept, self.factors)
        np.multiply(self.a, self.factors, self.kept)

    def backward(self, delta: FloatArray) -> None:
        """Propagate the gradient through the kept activations."""
        np.multiply(delta, self.factors, delta)


class _HiddenLayer:
    """A hidden layer's activation and dropout, between its sums and the next layer's input.

    Attributes
    ----------
    a
        Sums, then activations; contiguous. Without dropout, they are computed in `read`, their part
        of the next layer's input, if that is contiguous too.
    forward
        Calls that compute `read` from the sums.
    factors
        Dropout factors of the activations; ``None`` without dropout.
    """

    def __init__(
        self,
        layer: LayerSpec,
        read: FloatArray,
        generator: np.random.Generator | None,
        slope_at: SlopeAt,
    ) -> None:
        drops = generator is not None and layer.dropout > 0.0
        in_place = read.flags.c_contiguous and not drops
        self.a = read if in_place else np.empty(read.shape, read.dtype)
        self._kernel = bind(layer.activation, self.a, slope_at)
        self._drop = _Drop(self.a, read, layer.dropout, generator) if generator and drops else None
        self.forward: list[Call] = [self._kernel.forward]
        if self._drop is not None:
            self.forward.append(self._drop.forward)
        elif not in_place:
            self.forward.append(partial(np.copyto, read, self.a))

    @property
    def factors(self) -> FloatArray | None:
        """The dropout factors."""
        return None if self._drop is None else self._drop.factors

    def backward(self, delta: FloatArray) -> list[Call]:
        """Return the calls that turn dL/da in `delta` into dL/dz."""
        drop: list[Call] = [] if self._drop is None else [partial(self._drop.backward, delta)]
        return [*drop, partial(self._kernel.backward, delta)]


class BackpropKernel:
    """Forward, loss and backward for batches of one size.

    Parameters
    ----------
    parameters
        The network's weights, read on every call.
    gradient
        Output vector for the gradient, laid out as ``parameters.flat``; ``None`` for a kernel that
        only evaluates.
    rows
        Number of examples per batch.
    loss, signed
        See :func:`model.losses.bind_loss`.
    generator
        Generator for dropout; ``None`` for no dropout.
    slope_at
        See :class:`model.experiment.TrainingSpec`.

    Attributes
    ----------
    drop_factors
        Dropout factors of each hidden layer's activations, shape (*shape, rows); ``None`` without
        dropout.

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
        layers, flow = parameters.spec.layers, parameters.spec.flow
        self.rows = rows
        self._bind_output(parameters, loss, slope_at, signed=signed)
        sources = [
            layer.kind.source(layer, shape, rows, parameters.flat.dtype)
            for layer, shape in zip(layers[1:], flow[1:-1], strict=True)
        ]
        hidden = [
            _HiddenLayer(layer, source.values, generator, slope_at)
            for layer, source in zip(layers[:-1], sources, strict=True)
        ]
        self.drop_factors = tuple(each.factors for each in hidden)
        slots = [
            Slot(matrix, None, z, z)
            for matrix, z in zip(
                parameters.matrices, (*(each.a for each in hidden), self.z), strict=True
            )
        ]
        if gradient is not None:
            deltas = (*(np.empty_like(each.a) for each in hidden), self.delta)
            slots = [
                Slot(slot.matrix, part, slot.z, delta)
                for slot, part, delta in zip(slots, parameters.views(gradient), deltas, strict=True)
            ]
        self._first_bias = layers[0].use_bias
        self._first = layers[0].kind.bind_first(layers[0], flow[0], slots[0])
        self._forward: list[Call] = []
        self._backward: list[Call] = []
        for layer, source, function, (before, slot) in zip(
            layers[1:], sources, hidden, pairwise(slots), strict=True
        ):
            bound = layer.kind.bind(layer, source, slot, before.delta)
            self._forward += [*function.forward, *bound.forward]
            self._backward[:0] = [*bound.backward, *function.backward(before.delta)]
        if not self._fused:
            self._forward.append(self.activate)

    def _bind_output(
        self, parameters: Parameters, loss: Loss, slope_at: SlopeAt, *, signed: bool
    ) -> None:
        """Allocate the output layer and its loss."""
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

    def forward(self, x: FloatArray) -> None:
        """Propagate a batch forward; `x` has shape (inputs + 1, rows), its last row ones.

        Notes
        -----
        If loss and output activation are fused, `outputs` is not updated: see :meth:`activate`.
        """
        self._first.forward(x if self._first_bias else x[:-1])
        for call in self._forward:
            call()

    def activate(self) -> FloatArray:
        """Fill and return `outputs`, shape (outputs, rows), from ``z``."""
        if self.outputs is not self.z:
            np.copyto(self.outputs, self.z)
            self._output.forward()
        return self.outputs

    def backward(self, x: FloatArray) -> None:
        """Propagate ``delta`` back to every layer and fill the gradient."""
        for call in self._backward:
            call()
        self._first.backward(x if self._first_bias else x[:-1])
