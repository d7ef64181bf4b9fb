"""The rows that the networks of a stack learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.checks import check_fit
from model.data import Dataset, build_dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.experiment.training import Loss
from model.losses import is_signed, prepare_targets
from model.training.backprop_kernel import with_ones

__all__ = ["EnsembleData"]


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleData:
    """One data set a network; the same one where the seed does not change it.

    Attributes
    ----------
    datasets
        In the order of the networks.
    alike
        Whether all are the same.
    loss, signed
        Which loss the targets are prepared for, and whether it takes their signs.
    """

    datasets: tuple[Dataset, ...]
    alike: bool
    loss: Loss
    signed: bool

    @classmethod
    def read(cls, starts: Sequence[Experiment]) -> EnsembleData:
        """Build the data of every start, once where the seed does not change them.

        Raises
        ------
        ModelError
            Code ``population.rows`` where the seeds' data differ in size, and what building raises.
        """
        first, *rest = starts
        datasets = [build_dataset(first)]
        alike = True
        if rest:
            second = build_dataset(rest[0])
            alike = _same(datasets[0], second)
            others = [datasets[0]] * len(rest)
            datasets += others if alike else [second, *map(build_dataset, rest[1:])]
        for start, data in zip(starts, datasets, strict=True):
            check_fit(start, data)
            if alike:
                break
        if len({data.x_train.shape for data in datasets}) > 1:
            raise ModelError(
                "population.rows", "The seeds' training sets differ in size; fix the split."
            )
        loss = first.training.loss
        signed = all(is_signed(loss, d.y_train) and is_signed(loss, d.y_test) for d in datasets)
        return cls(tuple(datasets), alike, loss, signed)

    def arrays(
        self, chosen: Sequence[Dataset], dtype: np.dtype[np.floating], *, one: bool
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Return inputs, targets and mask of some networks, examples as columns.

        Parameters
        ----------
        chosen
            Whose data.
        dtype
            Of the weights.
        one
            Whether to return the first one's arrays alone, not stacked.
        """
        x = np.stack([with_ones(data.x_train, dtype).T for data in chosen])
        t = np.stack([self._targets(data).T for data in chosen]).astype(dtype)
        mask = None
        if chosen[0].mask_train is not None:
            mask = np.stack([np.asarray(data.mask_train, dtype).T for data in chosen])
        if one:
            return x[0], t[0], None if mask is None else mask[0]
        return x, t, mask

    def _targets(self, data: Dataset) -> FloatArray:
        """Return targets as the loss wants them."""
        return prepare_targets(self.loss, data.y_train) if self.signed else data.y_train


def _same(a: Dataset, b: Dataset) -> bool:
    """Tell whether two seeds' data are the same."""
    return np.array_equal(a.x_train, b.x_train) and np.array_equal(a.y_train, b.y_train)
