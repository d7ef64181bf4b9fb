"""A sweep: a lottery at each of several learning rates and hidden widths."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from foundation.progress import ShouldStop, never_stop
from model.edits.network import with_rate_and_units
from model.errors import ModelError, require
from model.experiment import Experiment, FloatArray
from model.training.ensemble.cluster import Machines, this_machine, train_on_cluster
from model.training.ensemble.lottery import (
    ending_by_epochs,
    losses_and_solved,
    solved_threshold,
    wilson_interval,
)
from model.training.ensemble.population import LONG_S, Population
from model.training.ensemble.process import train_side_by_side

type CellKey = tuple[float, int]
"""A learning rate and a width; the width is 0 if there is no hidden layer."""


@dataclass(frozen=True, eq=False)
class Cell:
    """The result of the lottery at one rate and width.

    Attributes
    ----------
    last_losses
        Final loss of each start, shape (seeds,); NaN if it diverged.
    solved
        Whether each start solved the task, shape (seeds,).
    reasons
        Number of starts ended by each stop rule, the most common first.
    """

    last_losses: FloatArray
    solved: np.ndarray
    reasons: Mapping[str, int]

    @property
    def share(self) -> float:
        """The share of the seeds that solve the task, 0 to 1."""
        return float(np.mean(self.solved))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of that share."""
        return wilson_interval(int(self.solved.sum()), len(self.solved))


@dataclass(frozen=True, eq=False)
class Sweep:
    """The rates and widths tried, with the results so far.

    Attributes
    ----------
    rates, widths
        Values tried, in the order given; a single width of 0 if there is no hidden layer.
    layer
        Index of the hidden layer whose width varies, from 0; -1 for none.
    seeds
        Number of starts per cell.
    cells
        Finished cells by rate and width, width by width.
    machines
        The machines that trained.
    """

    rates: tuple[float, ...]
    widths: tuple[int, ...]
    layer: int
    seeds: int
    cells: Mapping[CellKey, Cell]
    machines: Machines


def draw_sweep(
    experiment: Experiment,
    seeds: Sequence[int],
    *,
    rates: Sequence[float],
    widths: Sequence[int],
    layer: int,
    should_stop: ShouldStop = never_stop,
    publish: Callable[[float, Sweep], None] = lambda share, sweep: None,
    cluster: str = "",
) -> Sweep:
    """Run a lottery for every rate and width.

    Parameters
    ----------
    experiment
        Experiment to train; without a stop rule on epochs, training ends as in a lottery.
    seeds
        Seed of each start, the same for every cell.
    rates, widths, layer
        As in :class:`Sweep`; duplicates are tried once.
    should_stop
        Called once per epoch of each start in training; true stops the sweep.
    publish
        Called with the fraction of work done and the results so far about twenty times a second; on
        a cluster, after each block.
    cluster
        As in :func:`draw_lottery`.

    Returns
    -------
    Sweep
        After a stop, only the finished cells.

    Raises
    ------
    ModelError
        Code ``sweep.empty`` for no rate or no width, ``experiment.range`` for a layer that is not
        hidden, and as :func:`draw_lottery`.
    """
    rates, widths = tuple(dict.fromkeys(rates)), tuple(dict.fromkeys(widths))
    if not rates or not widths:
        raise ModelError("sweep.empty", "A sweep needs at least one learning rate and one width.")
    last = len(experiment.network.layers) - 2
    require(-1 <= layer <= last, "The hidden layer", layer, f"-1 (none) to {last}")
    experiment = ending_by_epochs(experiment)
    # Every loss of the curves would be kept for nothing.
    every = experiment.training.stop.epochs
    threshold = solved_threshold(experiment)
    threads = len(seeds) if cluster else 1
    machines = this_machine()
    cells: dict[CellKey, Cell] = {}
    under_way: dict[CellKey, Population] = {}
    keys = [(rate, width) for width in widths for rate in rates]
    for rate, width in keys:
        if should_stop():
            return Sweep(rates, widths, layer, len(seeds), cells, machines)
        start = with_rate_and_units(experiment, rate, layer, width)
        under_way[rate, width] = Population(start, seeds, threads=threads, curve_every=every)
    total = len(under_way)

    def known() -> Sweep:
        for key, population in list(under_way.items()):
            if (cell := _cell(population, threshold)) is not None:
                cells[key] = cell
                del under_way[key]
        in_order = {key: cells[key] for key in keys if key in cells}
        return Sweep(rates, widths, layer, len(seeds), in_order, machines)

    def tell() -> None:
        sweep = known()
        share = len(cells) + sum(each.share_done for each in under_way.values())
        publish(share / total, sweep)

    ensembles = [each for population in under_way.values() for each in population.ensembles]
    if cluster:
        machines = train_on_cluster(cluster, ensembles, should_stop, tell)
    else:
        is_long = max(each.seconds for each in under_way.values()) >= LONG_S
        at_once = (os.cpu_count() or 1) if is_long else 1
        train_side_by_side(ensembles, should_stop, tell, at_once=at_once, apart=is_long)
    return known()


def _cell(population: Population, threshold: float) -> Cell | None:
    """Return a population's result, ``None`` until all its starts have ended."""
    members = population.members.values()
    reasons = Counter(member.reason for member in members)
    if len(members) < len(population.seeds) or reasons["stopped"]:
        return None
    return Cell(*losses_and_solved(members, threshold), dict(reasons.most_common()))
