"""Loss and outputs over all rows of a set, evaluated in cache-sized pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.arrays import Mask
from model.experiment import FloatArray, Loss
from model.training.backprop_kernel import BackpropKernel

if TYPE_CHECKING:
    from model.network import Parameters

LARGE = 10_000
"""Number of training rows above which the epoch's loss is the mean over its batches."""

PIECE = 2048
"""Number of rows evaluated per piece."""


class Evaluation:
    """A set of rows to evaluate a network on, without dropout.

    Parameters
    ----------
    parameters
        The network's weights, read on every call.
    x
        Shape (rows, inputs + 1), ones last.
    t, mask
        Shape (rows, outputs); targets as prepared by `TrainingArrays`.
    signed
        Whether the targets are signs.
    """

    def __init__(
        self,
        parameters: Parameters,
        loss: Loss,
        x: FloatArray,
        t: FloatArray,
        mask: Mask,
        *,
        signed: bool,
    ) -> None:
        self.rows = len(x)
        kernels: dict[int, BackpropKernel] = {}
        self._pieces = []
        for start in range(0, self.rows, PIECE):
            part = slice(start, min(start + PIECE, self.rows))
            rows = part.stop - start
            if rows not in kernels:
                kernels[rows] = BackpropKernel(parameters, None, rows, loss, signed=signed)
            piece_mask = None if mask is None else mask[part].T
            self._pieces.append((kernels[rows], x[part].T, t[part].T, piece_mask))

    def loss(self, most: int = 0) -> float:
        """Return the loss, a mean over rows of sums over outputs, on about `most` rows (0: all)."""
        total, rows = 0.0, 0
        for kernel, x, t, mask in self._pieces:
            kernel.forward(x)
            total += kernel.value(t, mask) * kernel.rows
            rows += kernel.rows
            if most and rows >= most:
                break
        return total / rows

    def measured_rows(self, most: int = 0) -> int:
        """Return the number of rows measured for `most` as in :meth:`loss`, in whole pieces."""
        return min(self.rows, -(-most // PIECE) * PIECE) if most else self.rows

    def outputs(self, most: int = 0) -> FloatArray:
        """Return the outputs, shape (rows, outputs); `most` as in :meth:`loss`."""
        parts, rows = [], 0
        for kernel, x, _, _ in self._pieces:
            kernel.forward(x)
            parts.append(kernel.activate().T.copy())
            rows += kernel.rows
            if most and rows >= most:
                break
        return np.concatenate(parts)
