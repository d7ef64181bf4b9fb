"""The seed lottery: training many random starts and counting those that reach the goal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from msgspec.structs import replace

from foundation.progress import ShouldStop, never_stop
from model.data import Dataset
from model.data.cache import dataset_of
from model.data.contradictions import MAX_NUMBERS, agreeing_answers, ceiling
from model.errors import require
from model.experiment import Experiment, FloatArray
from model.metrics import accuracy, baseline, decision_threshold
from model.network import Network
from model.training.ensemble.cluster import Machines, this_machine, train_on_cluster
from model.training.ensemble.population import Population
from model.training.ensemble.trainer import Member

EPOCHS = 1000
"""Number of epochs after which a lottery ends if there is no stop rule on epochs."""

USUAL_THRESHOLD = 0.95
"""Accuracy of a solved task for sampled data, where not every row need be right."""

CURVE_POINTS = 500
"""Approximate number of epochs recorded for longer curves."""

_Z_95 = 1.959963984540054


@dataclass(frozen=True, eq=False)
class HeldOutScores:
    """The scores of many starts on the test rows.

    Attributes
    ----------
    values
        Fraction of test rows that each start gets right, R squared for a regression, shape
        (seeds,); NaN if it diverged.
    rows
        Number of test rows.
    baseline
        Score of always answering the most common training class (the training mean).
    ceiling
        Maximum score of any function of the inputs: below 1 if test rows with equal inputs have
        different targets. 1 for regressions and large data.

    Notes
    -----
    If the seed affects the split or the data, each start is judged on its own test rows. `baseline`
    is then the mean over the seeds, and `ceiling` the maximum.
    """

    values: FloatArray
    rows: int
    baseline: float
    ceiling: float

    @property
    def known(self) -> FloatArray:
        """The scores of the starts that did not diverge."""
        return self.values[np.isfinite(self.values)]


@dataclass(frozen=True, eq=False, repr=False)
class Lottery:
    """The results of many starts.

    Attributes
    ----------
    seeds
        Seed of each start, shape (seeds,); after a stop, only those begun.
    epochs
        Epoch of each recorded loss, ascending, shape (points,).
    losses
        Training loss, shape (seeds, points); NaN after a start has stopped.
    last_losses
        Final loss of each start, shape (seeds,); NaN if it diverged.
    solved
        Whether each start solved the task, shape (seeds,).
    threshold
        Training accuracy (R squared for a regression) required to solve the task.
    members
        Final state of each start.
    machines
        The machines that trained.
    own_seed
        The experiment's own seed; -1 if it is not among `seeds`.
    held_out
        Scores on test rows; ``None`` if there are none.
    """

    seeds: np.ndarray
    epochs: np.ndarray
    losses: FloatArray
    last_losses: FloatArray
    solved: np.ndarray
    threshold: float
    members: Mapping[int, Member]
    machines: Machines
    own_seed: int = -1
    held_out: HeldOutScores | None = None

    @property
    def is_capped(self) -> bool:
        """Whether contradicting rows lower the threshold."""
        return self.threshold not in (1.0, USUAL_THRESHOLD)

    def __repr__(self) -> str:
        """Return the counts, instead of thousands of numbers."""
        return f"<Lottery: {int(self.solved.sum())} of {len(self.seeds)} seeds solved>"

    @property
    def reasons(self) -> dict[str, int]:
        """The number of starts that each stop rule ended, the most common first."""
        return dict(Counter(member.reason for member in self.members.values()).most_common())


def solved_threshold(experiment: Experiment) -> float:
    """Return the accuracy of a solved task: 1 for a noise-free truth table, else 0.95.

    It is capped at the share of rows that do not contradict others, which no start can exceed.
    """
    data = experiment.data
    clean = data.is_truth_table and data.setting("noise") == 0
    usual, rows = 1.0 if clean else USUAL_THRESHOLD, dataset_of(experiment)
    if rows.task == "regression" or not 0 < rows.x_train.size <= MAX_NUMBERS:
        return usual
    agrees = agreeing_answers(rows.x_train, rows.y_train, rows.task, rows.mask_train)
    return min(usual, float(agrees.all(axis=1).mean()))


def wilson_interval(solved: int, seeds: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of the share of all seeds that solve the task.

    Parameters
    ----------
    solved, seeds
        Number of seeds that solved the task, and number drawn, at least 1.

    Returns
    -------
    tuple of float
        The interval's ends, 0 to 1.

    Raises
    ------
    ModelError
        Code ``experiment.range``.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    require(seeds > 0, "The number of seeds", seeds, "1 or more")
    require(0 <= solved <= seeds, "The number solved", solved, f"0 to {seeds}")
    share, spread = solved / seeds, _Z_95**2 / seeds
    middle = share + spread / 2.0
    half = math.sqrt(spread * (share * (1.0 - share) + spread / 4.0))
    low, high = (middle - half) / (1.0 + spread), (middle + half) / (1.0 + spread)
    # Rounding may leave the ends of an extreme share a hair off 0 or 1.
    return 0.0 if solved == 0 else low, 1.0 if solved == seeds else high


def draw_lottery(
    experiment: Experiment,
    seeds: Sequence[int] | int,
    should_stop: ShouldStop = never_stop,
    publish: Callable[[float], None] = lambda share: None,
    *,
    cluster: str = "",
) -> Lottery:
    """Train one start per seed; return their curves and outcomes.

    Parameters
    ----------
    experiment
        Experiment to train; without a stop rule on epochs, training ends after `EPOCHS`.
    seeds
        Seed of each start; an integer n means the seeds 0 to n - 1.
    should_stop
        Called once per epoch; true stops training.
    publish
        Called with the fraction of work done about twenty times a second; on a cluster, after each
        block.
    cluster
        Address of the Dask scheduler; empty to train on this machine.

    Returns
    -------
    Lottery
        After a stop, only the seeds begun; on a cluster, only the finished blocks.

    Raises
    ------
    ModelError
        As :class:`Population`, and as :func:`train_on_cluster` with a cluster.
    """
    seeds = range(seeds) if isinstance(seeds, int) else seeds
    experiment = ending_by_epochs(experiment)
    every = -(-experiment.training.stop.epochs // CURVE_POINTS)
    population = Population(
        experiment, seeds, threads=len(seeds) if cluster else None, curve_every=every
    )
    if cluster:
        machines = train_on_cluster(
            cluster, population.ensembles, should_stop, lambda: publish(population.share_done)
        )
    else:
        population.run(should_stop, lambda: publish(population.share_done))
        machines = this_machine()
    members = population.members
    threshold = solved_threshold(experiment)
    begun = np.array([seed in members for seed in population.seeds])
    losses = population.losses().T[begun]
    return Lottery(
        np.array(population.seeds)[begun],
        every * np.arange(losses.shape[1]),
        losses,
        *losses_and_solved(members.values(), threshold),
        threshold,
        members,
        machines,
        experiment.seed if experiment.seed in members else -1,
        _held_out_scores(list(members.values()), list(compress(population.datasets, begun))),
    )


def _held_out_scores(
    members: Sequence[Member], datasets: Sequence[Dataset]
) -> HeldOutScores | None:
    """Judge each start independently of the others."""
    if not members or len(datasets[0].x_test) == 0:
        return None
    task, threshold = datasets[0].task, decision_threshold(members[0].experiment)
    values = [
        np.nan
        if member.reason == "diverged"
        else accuracy(
            Network.of(member.experiment).forward(data.x_test),
            data.y_test,
            task,
            threshold,
            data.mask_test,
        )
        for member, data in zip(members, datasets, strict=True)
    ]
    different = list({id(data): data for data in datasets}.values())
    guesses = [baseline(data.y_train, data.y_test, task) for data in different]
    ceilings = [ceiling(data.x_test, data.y_test, task, data.mask_test) for data in different]
    rows = len(datasets[0].x_test)
    return HeldOutScores(np.array(values), rows, float(np.mean(guesses)), max(ceilings))


def losses_and_solved(members: Iterable[Member], threshold: float) -> tuple[FloatArray, np.ndarray]:
    """Return each start's final loss, NaN if it diverged, and whether it solved the task."""
    ended = list(members)
    losses = [each.train_loss if np.isfinite(each.train_loss) else np.nan for each in ended]
    return np.array(losses), np.array([each.accuracy >= threshold for each in ended], np.bool_)


def ending_by_epochs(experiment: Experiment) -> Experiment:
    """Return the experiment with a stop rule on epochs, `EPOCHS` if it has none."""
    stop = experiment.training.stop
    if stop.epochs:
        return experiment
    stop = replace(stop, epochs=EPOCHS)
    training = replace(experiment.training, stop=stop)
    return replace(experiment, training=training)
