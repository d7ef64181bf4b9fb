"""Run ``lottery``: many random starts of one experiment."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from gettext import gettext
from time import perf_counter
from typing import Any

from model.blas import blas_kernel
from model.command.wanted import experiment_at
from model.errors import ModelError
from model.training.lottery import draw_lottery, wilson_interval
from model.words import number, percent

MOST_SEEDS = 100_000
"""As many networks and their weights are held at the end: about 300 MB for a gate's."""


def lottery_command(
    options: argparse.Namespace, note: Callable[[str], None] = lambda sentence: None
) -> dict[str, Any]:
    """Draw the seeds from 0 on and return what ``--json`` prints.

    Parameters
    ----------
    options
        The flags.
    note
        Takes sentences that a person should read beside the result.

    Returns
    -------
    dict
        ``seeds``, how many; ``solved``, how many got there; ``share``; ``interval_95``, see
        :func:`wilson_interval`; ``seconds``; ``reasons``, how many each stop rule ended;
        ``kernel``, see :func:`blas_kernel`.

    Raises
    ------
    ModelError
        Code ``command.seeds`` for none or too many, and what reading the file and training raise.
    """
    if not 1 <= options.seeds <= MOST_SEEDS:
        raise ModelError(
            "command.seeds",
            "A lottery takes 1 to {most} seeds, not {seeds}. Choose another number.",
            most=MOST_SEEDS,
            seeds=options.seeds,
        )
    experiment = experiment_at(options.experiment, note)
    started = perf_counter()
    lottery = draw_lottery(experiment, range(options.seeds))
    seconds = perf_counter() - started
    seeds, solved = len(lottery.seeds), int(lottery.solved.sum())
    return {
        "seeds": seeds,
        "solved": solved,
        "share": solved / seeds,
        "interval_95": list(wilson_interval(solved, seeds)),
        "seconds": seconds,
        "reasons": lottery.reasons,
        "kernel": blas_kernel(),
    }


def lottery_text(result: dict[str, Any]) -> str:
    """Return what ``lottery`` prints for a person."""
    ends = {
        "epochs": gettext("{n} did all epochs"),
        "loss_below": gettext("{n} reached the loss"),
        "margin": gettext("{n} had every row right by the margin"),
        "diverged": gettext("{n} diverged"),
        "stopped": gettext("{n} were stopped"),
    }
    low, high = map(percent, result["interval_95"])
    solved = gettext(
        "{solved} of {seeds} seeds get there: {share} (95% interval {low} to {high})."
    ).format(
        solved=result["solved"],
        seeds=result["seeds"],
        share=percent(result["share"]),
        low=low,
        high=high,
    )
    reasons = ", ".join(ends[reason].format(n=n) for reason, n in result["reasons"].items())
    took = gettext("{seconds} s; BLAS kernel {kernel}.").format(
        seconds=number(result["seconds"], ".2f"), kernel=result["kernel"]
    )
    return f"{solved}\n{reasons}.\n{took}"
