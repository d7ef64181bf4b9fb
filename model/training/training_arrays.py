"""A data set's rows in the kernels' layout, whole or in batches.

Inputs have a column of ones for the bias; targets are in the form expected by the loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from model.arrays import Mask
from model.data import Dataset
from model.experiment import FloatArray
from model.experiment.training import Loss
from model.losses import loss_kind
from model.training.backprop_kernel import with_ones
from model.training.evaluation import Evaluation

if TYPE_CHECKING:
    from model.experiment import Activation
    from model.network import Parameters

CHUNK_BYTES = 1 << 18
"""Approximate size of a gathered chunk: large enough to save calls, small enough for the cache."""


class Batch(Struct, frozen=True):
    """Views of one batch, with examples in columns.

    Attributes
    ----------
    x
        Shape (inputs + 1, rows).
    t, mask
        Shape (outputs, rows).
    rows
        Number of examples.
    """

    x: FloatArray
    t: FloatArray
    mask: Mask
    rows: int


class Batches:
    """Training rows divided into batches, in an order that may change every epoch.

    Parameters
    ----------
    x
        Shape (rows, inputs + 1), ones last.
    t, mask
        Shape (rows, outputs); prepared targets, see `TrainingArrays`.
    size
        Rows per batch; 0, or more than there are, means all rows.
    """

    def __init__(self, x: FloatArray, t: FloatArray, mask: Mask, size: int) -> None:
        rows = len(x)
        self.size = rows if size <= 0 else min(size, rows)
        self.count = -(-rows // self.size)
        self.full = self.count == 1
        self._source = (x, t, mask)
        self._order: np.ndarray | None = None
        self._loaded = -1
        if self.full:
            self._slots = [Batch(x.T, t.T, None if mask is None else mask.T, rows)]
            return
        row_bytes = (x.shape[1] + t.shape[1]) * x.itemsize
        self._per_chunk = min(self.count, max(1, CHUNK_BYTES // (self.size * row_bytes)))
        held = min(rows, self._per_chunk * self.size)
        self._buffers = (
            np.empty((held, x.shape[1]), x.dtype),
            np.empty((held, t.shape[1]), t.dtype),
            None if mask is None else np.empty((held, t.shape[1]), mask.dtype),
        )
        self._slots = [
            self._view(start, min(start + self.size, held)) for start in range(0, held, self.size)
        ]
        self._last_rows = rows - (self.count - 1) * self.size
        start = ((self.count - 1) % self._per_chunk) * self.size
        self._last = self._view(start, start + self._last_rows)

    def _view(self, start: int, stop: int) -> Batch:
        """Return a batch as views of the buffers."""
        x, t, mask = self._buffers
        part = slice(start, stop)
        return Batch(x[part].T, t[part].T, None if mask is None else mask[part].T, stop - start)

    def sizes(self) -> tuple[int, ...]:
        """Return the possible numbers of rows in a batch."""
        return (self.size,) if self.full else tuple({self.size, self._last_rows})

    def reorder(self, order: np.ndarray | None) -> None:
        """Set the order of rows; ``None`` for the stored order."""
        self._order = order
        self._loaded = -1

    def rows(self, number: int) -> tuple[int, ...]:
        """Return the training rows of batch `number` in the current order."""
        start = number * self.size
        stop = min(start + self.size, len(self._source[0]))
        order = self._order
        return tuple(range(start, stop) if order is None else order[start:stop].tolist())

    def get(self, number: int) -> Batch:
        """Return batch `number` in the current order, valid until another chunk is loaded."""
        if self.full:
            return self._slots[0]
        chunk, place = divmod(number, self._per_chunk)
        if chunk != self._loaded:
            self._load(chunk)
        return self._last if number == self.count - 1 else self._slots[place]

    def _load(self, chunk: int) -> None:
        """Gather the rows of a chunk."""
        start = chunk * self._per_chunk * self.size
        for part, buffer in zip(self._source, self._buffers, strict=True):
            if part is None or buffer is None:
                continue
            stop = min(start + len(buffer), len(part))
            out = buffer[: stop - start]
            if self._order is None:
                np.copyto(out, part[start:stop])
            else:
                np.take(part, self._order[start:stop], axis=0, out=out, mode="clip")
        self._loaded = chunk


class TrainingArrays:
    """Training and test rows for one loss and dtype.

    Attributes
    ----------
    signed
        Whether targets are given as signs, see `LossKind.is_signed`.
    count
        Number of training rows.
    """

    def __init__(
        self, data: Dataset, loss: Loss, output: Activation, dtype: np.dtype[np.floating]
    ) -> None:
        self._loss, self._dtype, self._data = loss, dtype, data
        kind = loss_kind(loss, output)
        self.signed = kind.is_signed(data.y_train) and kind.is_signed(data.y_test)
        self.count = len(data.x_train)
        self._train = self._arrays(data.x_train, data.y_train, data.mask_train)

    def _arrays(
        self, x: FloatArray, y: FloatArray, mask: Mask
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Return inputs with ones, prepared targets and the mask, all in one dtype."""
        wanted = 1.0 - 2.0 * y if self.signed else y
        t = np.ascontiguousarray(wanted, self._dtype)
        kept = None if mask is None else np.ascontiguousarray(mask, self._dtype)
        return with_ones(x, self._dtype), t, kept

    def batches(self, size: int) -> Batches:
        """Return the training rows divided into batches of `size` rows; 0 gives one batch."""
        return Batches(*self._train, size)

    def evaluations(self, parameters: Parameters) -> tuple[Evaluation, Evaluation | None]:
        """Return the evaluations on training and test rows, ``None`` without test rows."""
        data = self._data
        train = Evaluation(parameters, self._loss, *self._train, signed=self.signed)
        if len(data.x_test) == 0:
            return train, None
        test = self._arrays(data.x_test, data.y_test, data.mask_test)
        return train, Evaluation(parameters, self._loss, *test, signed=self.signed)
