"""The rows of the networks of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.data import Dataset, build_dataset, depends_on_seed
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.experiment.checks import check_fit
from model.losses import loss_kind
from model.training.backprop_kernel import with_ones


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleData:
    """One data set per network; shared if the seed does not change it.

    Attributes
    ----------
    datasets
        Data sets in the order of the networks.
    alike
        Whether all are the same, because they do not depend on the seed.
    signed
        Whether the loss uses the targets as signs.
    """

    datasets: tuple[Dataset, ...]
    alike: bool
    signed: bool

    @classmethod
    def read(cls, starts: Sequence[Experiment]) -> EnsembleData:
        """Build the data of every start, only once if they do not depend on the seed.

        Raises
        ------
        ModelError
            Code ``population.rows`` if the seeds' data differ in size, and any error from building
            them.
        """
        first = starts[0]
        alike = not depends_on_seed(first)
        if alike:
            datasets = [build_dataset(first)] * len(starts)
            check_fit(first, datasets[0])
        else:
            datasets = [build_dataset(start) for start in starts]
            for start, data in zip(starts, datasets, strict=True):
                check_fit(start, data)
        if len({data.x_train.shape for data in datasets}) > 1:
            raise ModelError(
                "population.rows", "The seeds' training sets differ in size; fix the split."
            )
        kind = loss_kind(first.training.loss, first.network.layers[-1].activation)
        signed = all(kind.is_signed(d.y_train) and kind.is_signed(d.y_test) for d in datasets)
        return cls(tuple(datasets), alike, signed)

    def part(self, which: slice) -> EnsembleData:
        """Return the data of some of the networks."""
        return replace(self, datasets=self.datasets[which])

    def arrays(
        self, chosen: Sequence[Dataset], dtype: np.dtype[np.floating], *, one: bool
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Return inputs, targets and mask of some networks, with examples in columns.

        Parameters
        ----------
        chosen
            Data sets of the networks.
        dtype
            Data type of the arrays.
        one
            Whether to return only the arrays of the first, without a network axis.
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
        """Return targets in the form expected by the loss."""
        return 1.0 - 2.0 * data.y_train if self.signed else data.y_train
