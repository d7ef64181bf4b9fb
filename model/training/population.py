"""Many random starts of one experiment, trained at once: the seed lottery."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import numpy as np

from model.data import build_dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.training.ensemble import Ensemble, Member
from model.training.ensemble_kernel import stack_shapes
from model.training.ensemble_process import START_S, run_apart

__all__ = ["Member", "Population"]

FEWEST_A_THREAD = 128
"""A smaller stack is not worth a thread of its own."""

LONG_S = 0.8
"""Work that one processor needs longer for is worth processes."""

_STEP_S, _WEIGHT_S = 2e-7, 1e-9
"""About what a step costs a network, and each of its weights with each row of an epoch."""


class Population:
    """Networks of one shape, trained together; each ends as it would have ended alone.

    The weights are those of a single run to the last bit for networks of one small hidden layer, as
    gates have; wider or deeper ones' products may add in another order, and agree to rounding.

    Parameters
    ----------
    experiment
        What to train; the weights it may have and its own seed do not count.
    seeds
        One network each, all different.
    threads
        Stacks to train side by side; by default as many as there are processors. The results do not
        depend on it. Long work goes to processes of their own but for the first stack: threads
        meet at the interpreter's lock a hundred thousand times a second.

    Raises
    ------
    ModelError
        Codes ``population.empty``, ``population.seeds``, ``population.dropout``,
        ``population.rows``, and what training one of them would raise.
    """

    def __init__(
        self, experiment: Experiment, seeds: Sequence[int], *, threads: int | None = None
    ) -> None:
        self.seeds = tuple(int(seed) for seed in seeds)
        if not self.seeds:
            raise ModelError("population.empty", "A lottery needs at least one seed.")
        if len(set(self.seeds)) < len(self.seeds):
            raise ModelError("population.seeds", "Each seed may be drawn once; some are repeated.")
        wanted = (os.cpu_count() or 1) if threads is None else threads
        parts = max(1, min(wanted, len(self.seeds) // FEWEST_A_THREAD))
        alone_s = len(self.seeds) * _seconds_each(experiment)
        self._apart = parts > 1 and alone_s >= LONG_S
        # The first stack takes what the processes have no time for while they start.
        head_start = min(0.5, START_S / alone_s) if self._apart else 0.0
        first = round(len(self.seeds) * (1.0 + head_start * (parts - 1)) / parts)
        bounds = [0, *np.linspace(first, len(self.seeds), parts).astype(int)]
        self._stacks = [
            Ensemble(experiment, self.seeds[start:stop]) for start, stop in pairwise(bounds)
        ]

    @property
    def epoch(self) -> int:
        """Epochs that every network has done or stopped before."""
        return min(stack.epoch for stack in self._stacks)

    @property
    def members(self) -> dict[int, Member]:
        """The networks that have stopped, by seed, in the order of the seeds."""
        ended: dict[int, Member] = {}
        for stack in self._stacks:
            ended |= stack.members
        return {seed: ended[seed] for seed in self.seeds if seed in ended}

    def run(
        self,
        should_stop: Callable[[], bool] = lambda: False,
        publish: Callable[[Population], None] = lambda population: None,
    ) -> dict[int, Member]:
        """Train until every network has met a stop rule, or someone says stop.

        Parameters
        ----------
        should_stop
            Asked once an epoch, from any of the threads.
        publish
            Called with this population after each epoch of the first stack, on its thread.

        Returns
        -------
        dict
            Every member by seed, in the order of the seeds.
        """
        first, *others = self._stacks
        train = run_apart if self._apart else Ensemble.run
        with ThreadPoolExecutor(max(1, len(others))) as pool:
            running = [pool.submit(partial(train, stack, should_stop)) for stack in others]
            first.run(should_stop, lambda stack: publish(self))
            for future in running:
                future.result()
        return self.members

    def losses(self) -> FloatArray:
        """Return every epoch's training losses, the untrained start first.

        Returns
        -------
        numpy.ndarray
            Shape (epochs, networks), in the order of the seeds; NaN after a network has stopped.
            May be called while it runs.
        """
        place = {seed: column for column, seed in enumerate(self.seeds)}
        curves = [list(stack.curves) for stack in self._stacks]
        table = np.full((max(map(len, curves)), len(self.seeds)), np.nan)
        for curve in curves:
            for epoch, (seeds, values) in enumerate(curve):
                table[epoch, [place[int(seed)] for seed in seeds]] = values
        return table


def _seconds_each(experiment: Experiment) -> float:
    """Return about how long one network trains if nothing but its epochs ends it."""
    rows = len(build_dataset(experiment).x_train)
    shapes = stack_shapes(experiment.network.inputs, experiment.network.layers)
    weights = sum(units * width for units, width in shapes)
    steps = -(-rows // (experiment.training.batch_size or rows))
    return experiment.training.stop.epochs * (steps * _STEP_S + _WEIGHT_S * weights * rows)
