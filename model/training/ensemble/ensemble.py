"""Many random starts of one experiment on one thread, a few blocks at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec.structs import replace

from foundation.progress import ShouldStop, never_stop
from model.data import Dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.experiment.checks import check_experiment
from model.initialisers import initialise
from model.training.ensemble.data import EnsembleData
from model.training.ensemble.kernel import PLACES
from model.training.ensemble.trainer import EnsembleTrainer, Member

AT_ONCE = 4 * PLACES
"""Number of networks trained together; more are no faster, and would wait for the slowest."""


class Ensemble:
    """Networks of one shape, trained on one thread in groups of `AT_ONCE`.

    Parameters
    ----------
    experiment
        Experiment to train; its weights, if any, and its own seed are ignored.
    seeds
        Seed of each network; at least one.
    curve_every
        Interval in epochs for recording losses, beginning with the untrained start.

    Attributes
    ----------
    starts
        The untrained experiments, in the order of the seeds.
    members
        Networks that have stopped, by seed.
    curves
        Recorded losses, one array for each finished group of `AT_ONCE`, shape (epochs kept, seeds
        of the group).
    share_done
        Fraction of the work done, 0 to 1, as far as the stop rules allow an estimate.

    Raises
    ------
    ModelError
        Code ``population.dropout`` for dropout, ``population.rows`` if the seeds' data differ in
        size, and any error from training one of them.
    """

    def __init__(
        self, experiment: Experiment, seeds: Sequence[int], *, curve_every: int = 1
    ) -> None:
        if any(layer.dropout > 0.0 for layer in experiment.network.layers):
            raise ModelError(
                "population.dropout",
                "Networks that drop units cannot be trained at once. Set drop-out to 0.",
            )
        check_experiment(experiment)
        for layer in experiment.network.layers:
            if not layer.kind.is_dense:
                raise layer.kind.only_dense()
        network = experiment.network.without_weights()
        fresh = replace(experiment, network=network, progress=None)
        self.starts = tuple(initialise(replace(fresh, seed=int(seed))) for seed in seeds)
        self.curve_every = curve_every
        self._data = EnsembleData.read(self.starts)
        self.members: dict[int, Member] = {}
        self.curves: list[FloatArray] = []
        self.share_done = 0.0

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The data of each start, shared if they do not depend on the seed."""
        return self._data.datasets

    def run(
        self,
        should_stop: ShouldStop = never_stop,
        publish: Callable[[Ensemble], None] = lambda ensemble: None,
    ) -> dict[int, Member]:
        """Train until every network has met a stop rule or a stop is requested.

        Return members by seed, in the order of the seeds; after a stop, only those begun.

        Parameters
        ----------
        should_stop
            Called once per epoch.
        publish
            Called after each epoch with the ensemble itself.
        """
        firsts = range(0, len(self.starts), AT_ONCE)
        for done, first in enumerate(firsts):
            if done and should_stop():
                break
            part = slice(first, first + AT_ONCE)
            trainer = EnsembleTrainer(
                self.starts[part], self._data.part(part), curve_every=self.curve_every
            )

            def tell(trainer: EnsembleTrainer = trainer, done: int = done) -> None:
                self.share_done = (done + trainer.share_done) / len(firsts)
                publish(self)

            trainer.run(should_stop, tell)
            self.members |= trainer.members
            self.curves.append(np.array(trainer.curves))
        return self.members

    def adopt(self, members: dict[int, Member], curves: list[FloatArray]) -> None:
        """Set the results to those of an identical ensemble that was trained elsewhere."""
        self.members, self.curves, self.share_done = members, curves, 1.0
