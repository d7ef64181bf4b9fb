"""Train many random starts on a worker thread and sum up what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from model.experiment import Experiment, FloatArray, GateData, TruthTableData
from model.training.population import Population

__all__ = ["LotteryProgress", "LotteryResult", "lottery_work", "run_lottery", "solved_from"]

_EPOCHS = 1000
_PUBLISH_EVERY = 10


@dataclass(frozen=True)
class LotteryProgress:
    """How far the starts have come: `epoch` of at most `epochs`."""

    epoch: int
    epochs: int


@dataclass(frozen=True, eq=False)
class LotteryResult:
    """What many starts came to.

    Attributes
    ----------
    seeds
        Seed of each start, shape (seeds,).
    epochs
        Epoch of each recorded loss, rising, shape (points,).
    losses
        Training loss, shape (seeds, points); NaN after a start has stopped.
    solved
        Whether a start got there, shape (seeds,).
    present
        The document's seed, whose curve is drawn in front; -1 where it is not among them.
    task
        What the seeds solve, for example "XOR".
    threshold
        The training accuracy (R squared for a regression) that counts as solved.
    experiments
        The trained experiment of every seed.
    """

    seeds: np.ndarray
    epochs: np.ndarray
    losses: FloatArray
    solved: np.ndarray
    present: int
    task: str
    threshold: float = 1.0
    experiments: Mapping[int, Experiment] = field(default_factory=dict)


def solved_from(experiment: Experiment) -> float:
    """Return the accuracy that counts as solved: 1 for a clean truth table, 0.95 for other data."""
    data = experiment.data
    clean = isinstance(data, GateData | TruthTableData) and data.noise == 0
    return 1.0 if clean else 0.95


def run_lottery(
    experiment: Experiment,
    seeds: Sequence[int],
    task: str,
    should_stop: Callable[[], bool],
    publish: Callable[[LotteryProgress], None],
) -> LotteryResult:
    """Train one start a seed, and return their curves and outcomes.

    Parameters
    ----------
    experiment
        What to train; without a stop rule on epochs it ends after 1,000.
    seeds
        One start each.
    task
        What the result is to call the task.
    should_stop, publish
        As every worker gets them.

    Raises
    ------
    ModelError
        What :class:`model.training.population.Population` refuses.
    """
    stop = experiment.training.stop
    if stop.epochs == 0:
        stop = msgspec.structs.replace(stop, epochs=_EPOCHS)
        training = msgspec.structs.replace(experiment.training, stop=stop)
        experiment = msgspec.structs.replace(experiment, training=training)

    def tell(population: Population) -> None:
        if population.epoch % _PUBLISH_EVERY == 0:
            publish(LotteryProgress(population.epoch, stop.epochs))

    population = Population(experiment, seeds)
    members = population.run(should_stop, tell)
    threshold = solved_from(experiment)
    losses = population.losses().T
    solved = np.array([seed in members and members[seed].accuracy >= threshold for seed in seeds])
    return LotteryResult(
        np.array(seeds),
        np.arange(losses.shape[1]),
        losses,
        solved,
        experiment.seed if experiment.seed in seeds else -1,
        task,
        threshold,
        {seed: member.experiment for seed, member in members.items()},
    )


def lottery_work(
    experiment: Experiment, seeds: Sequence[int], task: str
) -> Callable[[Callable[[], bool], Callable[[Any], None]], LotteryResult]:
    """Return the lottery as work for a :class:`gui.workers.RunController`."""

    def work(should_stop: Callable[[], bool], publish: Callable[[Any], None]) -> LotteryResult:
        return run_lottery(experiment, seeds, task, should_stop, publish)

    return work
