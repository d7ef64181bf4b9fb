"""Train many random starts on a worker thread, for the dock to show what became of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from model.experiment import Experiment
from model.training.lottery import Lottery, draw_lottery

__all__ = ["LotteryProgress", "LotteryResult", "lottery_work", "run_lottery"]

_PUBLISH_EVERY_S = 0.05


@dataclass(frozen=True)
class LotteryProgress:
    """How far the starts have come: `share` of the work, 0 to 1."""

    share: float


@dataclass(frozen=True, eq=False)
class LotteryResult(Lottery):
    """What many starts came to, and what they are compared with.

    Attributes
    ----------
    present
        The document's seed, whose curve is drawn in front; -1 where it is not among them.
    task
        What the seeds solve, for example "XOR".
    """

    present: int
    task: str


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
    experiment, seeds
        As :func:`draw_lottery` takes them.
    task
        What the result is to call the task.
    should_stop, publish
        As every worker gets them.

    Raises
    ------
    ModelError
        What :func:`draw_lottery` raises.
    """
    due = time.monotonic()

    def tell(share: float) -> None:
        nonlocal due
        if (now := time.monotonic()) >= due:
            due = now + _PUBLISH_EVERY_S
            publish(LotteryProgress(share))

    lottery = draw_lottery(experiment, seeds, should_stop, tell)
    present = experiment.seed if experiment.seed in lottery.members else -1
    return LotteryResult(**vars(lottery), present=present, task=task)


def lottery_work(
    experiment: Experiment, seeds: Sequence[int], task: str
) -> Callable[[Callable[[], bool], Callable[[Any], None]], LotteryResult]:
    """Return the lottery as work for a :class:`gui.workers.RunController`."""

    def work(should_stop: Callable[[], bool], publish: Callable[[Any], None]) -> LotteryResult:
        return run_lottery(experiment, seeds, task, should_stop, publish)

    return work
