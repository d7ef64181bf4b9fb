"""Many random starts of one experiment, trained in parallel: the seed lottery."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import index

import numpy as np

from foundation.progress import ShouldStop, never_stop
from model.data import Dataset, build_dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.training.ensemble.ensemble import Ensemble
from model.training.ensemble.kernel import PLACES
from model.training.ensemble.process import train_side_by_side
from model.training.ensemble.trainer import Member

LONG_S = 0.8
"""Training time on one processor above which separate processes are used."""

_STEP_S, _WEIGHT_S = 2e-7, 1e-9
"""Approximate time per step of a network, and per weight and row of an epoch."""


class Population:
    """Networks of one shape, trained in blocks of `PLACES` seeds in the given order.

    The result of a seed depends neither on the other seeds nor on the number of threads, to the
    last bit on one make of BLAS kernel. A network trained alone takes the same steps with
    differently ordered sums, and agrees to rounding (docs/adr/0056).

    Parameters
    ----------
    experiment
        Experiment to train; its weights, if any, and its own seed are ignored.
    seeds
        Seed of each network, all different.
    threads
        Number of ensembles trained in parallel; the number of processors by default. Long work runs
        in separate processes.
    curve_every
        Interval in epochs for recording losses, beginning with the untrained start.

    Attributes
    ----------
    ensembles
        Ensembles that contain the networks, in their order.
    seconds
        Approximate training time on one processor if only the number of epochs ends it.

    Raises
    ------
    ModelError
        Codes ``population.empty``, ``population.seeds``, ``population.dropout``,
        ``population.rows``, and any error from training one of them.
    """

    def __init__(
        self,
        experiment: Experiment,
        seeds: Sequence[int],
        *,
        threads: int | None = None,
        curve_every: int = 1,
    ) -> None:
        self.seeds = tuple(map(index, seeds))
        if not self.seeds:
            raise ModelError("population.empty", "A lottery needs at least one seed.")
        if len(set(self.seeds)) < len(self.seeds):
            raise ModelError("population.seeds", "Each seed may be drawn once; some are repeated.")
        wanted = (os.cpu_count() or 1) if threads is None else threads
        blocks = -(-len(self.seeds) // PLACES)
        parts = min(max(1, wanted), blocks)
        self.seconds = blocks * PLACES * _seconds_each(experiment)
        self._apart = parts > 1 and self.seconds >= LONG_S
        bounds = np.linspace(0, blocks, parts + 1).round().astype(int) * PLACES
        self.ensembles = [
            Ensemble(experiment, self.seeds[start:stop], curve_every=curve_every)
            for start, stop in pairwise(bounds)
        ]

    @property
    def share_done(self) -> float:
        """The share of the work done, 0 to 1, as far as the stop rules allow an estimate."""
        done = sum(ensemble.share_done * len(ensemble.starts) for ensemble in self.ensembles)
        return done / len(self.seeds)

    @property
    def members(self) -> dict[int, Member]:
        """The finished networks by seed, in the order of the seeds."""
        ended: dict[int, Member] = {}
        for ensemble in self.ensembles:
            ended |= ensemble.members
        return {seed: ended[seed] for seed in self.seeds if seed in ended}

    def run(
        self,
        should_stop: ShouldStop = never_stop,
        publish: Callable[[], None] = lambda: None,
    ) -> dict[int, Member]:
        """Train until every network has met a stop rule or a stop is requested.

        Return members by seed, in the order of the seeds; after a stop, only those begun.

        Parameters
        ----------
        should_stop, publish
            As in :func:`train_side_by_side`.
        """
        at_once = len(self.ensembles)
        train_side_by_side(self.ensembles, should_stop, publish, at_once=at_once, apart=self._apart)
        return self.members

    @property
    def datasets(self) -> list[Dataset]:
        """The data of each network, in the order of the seeds."""
        return [data for ensemble in self.ensembles for data in ensemble.datasets]

    def losses(self) -> FloatArray:
        """Return the training losses of the recorded epochs, the untrained start first.

        Returns
        -------
        numpy.ndarray
            Shape (epochs kept, networks), in the order of the seeds; NaN after a network has
            stopped, and for networks never begun.
        """
        curves = [curve for ensemble in self.ensembles for curve in ensemble.curves]
        table = np.full((max(map(len, curves), default=0), len(self.seeds)), np.nan)
        column = 0
        for ensemble in self.ensembles:
            first = column
            for curve in ensemble.curves:
                table[: len(curve), first : first + curve.shape[1]] = curve
                first += curve.shape[1]
            column += len(ensemble.starts)
        return table


def _seconds_each(experiment: Experiment) -> float:
    """Return the approximate training time of a network that runs for all its epochs."""
    rows = len(build_dataset(experiment).x_train)
    weights = experiment.network.parameter_count()
    steps = -(-rows // (experiment.training.batch_size or rows))
    return experiment.training.stop.epochs * (steps * _STEP_S + _WEIGHT_S * weights * rows)
