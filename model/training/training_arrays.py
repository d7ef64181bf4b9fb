"""A data set's rows as the passes want them: ones for the bias, targets as the loss takes them."""

from __future__ import annotations

import numpy as np

from model.data import Dataset
from model.experiment import FloatArray
from model.experiment.training import Loss
from model.losses import is_signed, prepare_targets
from model.network import Parameters
from model.training.backprop_kernel import with_ones
from model.training.batches import Batches
from model.training.evaluation import Evaluation

__all__ = ["TrainingArrays"]


class TrainingArrays:
    """Training and test rows for one loss and dtype.

    Parameters
    ----------
    data
        The data set.
    loss
        Which loss.
    dtype
        Of the weights.

    Attributes
    ----------
    signed
        Whether targets are given as signs, see :func:`model.losses.prepare_targets`.
    count
        How many training rows there are.
    """

    def __init__(self, data: Dataset, loss: Loss, dtype: np.dtype[np.floating]) -> None:
        self._loss, self._dtype, self._data = loss, dtype, data
        self.signed = is_signed(loss, data.y_train) and is_signed(loss, data.y_test)
        self.count = len(data.x_train)
        self._train = self._arrays(data.x_train, data.y_train, data.mask_train)

    def _arrays(
        self, x: FloatArray, y: FloatArray, mask: FloatArray | None
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Return inputs with ones, prepared targets and the mask, all of one dtype."""
        wanted = prepare_targets(self._loss, y) if self.signed else y
        t = np.ascontiguousarray(wanted, self._dtype)
        kept = None if mask is None else np.ascontiguousarray(mask, self._dtype)
        return with_ones(x, self._dtype), t, kept

    def batches(self, size: int) -> Batches:
        """Return the training rows cut into batches; 0 takes all."""
        return Batches(*self._train, size)

    def evaluations(self, parameters: Parameters) -> tuple[Evaluation, Evaluation | None]:
        """Return what measures a network on training and test rows, ``None`` without test rows."""
        data = self._data
        train = Evaluation(parameters, self._loss, *self._train, signed=self.signed)
        if len(data.x_test) == 0:
            return train, None
        test = self._arrays(data.x_test, data.y_test, data.mask_test)
        return train, Evaluation(parameters, self._loss, *test, signed=self.signed)
