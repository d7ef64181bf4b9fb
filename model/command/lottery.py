"""Run ``lottery``: many random starts of one experiment."""

from __future__ import annotations

import argparse
from time import perf_counter
from typing import Any

from foundation.text import tr
from foundation.words import number, percent
from model.blas import blas_kernel
from model.command.wanted import Note, experiment_at, ignore_note
from model.data.cache import dataset_of
from model.errors import ModelError, naming_file
from model.training.ensemble.cluster import Machines
from model.training.ensemble.lottery import (
    USUAL_THRESHOLD,
    Lottery,
    draw_lottery,
    ending_by_epochs,
    wilson_interval,
)

MAX_SEEDS = 100_000
"""Maximum seeds of a lottery; weights of that many gate networks take about 300 MB."""


def lottery_command(options: argparse.Namespace, note: Note = ignore_note) -> dict[str, Any]:
    """Run the lottery with the seeds from 0 on; return the JSON output.

    Returns
    -------
    dict
        ``seeds``, number of seeds; ``solved``, number of seeds that reach the threshold;
        ``share``; ``interval_95``, see :func:`wilson_interval`; ``epochs``, maximum epochs of a
        start; ``seconds``; ``reasons``, number of starts ended by each stop rule; ``task``;
        ``threshold``, minimum training accuracy (R squared for a regression) of a solved start;
        ``test_accuracy``, see :func:`_test_accuracy`; ``kernel``, see :func:`blas_kernel`, or
        the kernels of a cluster's workers, separated by commas; ``workers``, number of cluster
        workers that trained, 0 for this machine; ``blocks`` and ``available``, number of blocks
        of a cluster's work, and of its workers.

    Raises
    ------
    ModelError
        Code ``command.seeds`` if the number of seeds is 0 or too large, and the errors of
        reading the file and of training.
    """
    check_seeds(options.seeds)
    experiment = ending_by_epochs(experiment_at(options.experiment, note))
    started = perf_counter()
    with naming_file(options.experiment, "network."):
        lottery = draw_lottery(experiment, range(options.seeds), cluster=options.cluster)
    seconds = perf_counter() - started
    seeds, solved = len(lottery.seeds), int(lottery.solved.sum())
    return {
        "seeds": seeds,
        "solved": solved,
        "share": solved / seeds,
        "interval_95": list(wilson_interval(solved, seeds)),
        "epochs": experiment.training.stop.epochs,
        "seconds": seconds,
        "reasons": lottery.reasons,
        "task": dataset_of(experiment).task,
        "threshold": lottery.threshold,
        "test_accuracy": _test_accuracy(lottery),
        **trained_by(lottery.machines),
    }


def _test_accuracy(lottery: Lottery) -> dict[str, Any] | None:
    """Return the starts' test accuracy; ``None`` if there are no test rows."""
    scores = lottery.held_out
    if scores is None or not len(scores.known):
        return None
    return {
        "mean": float(scores.known.mean()),
        "min": float(scores.known.min()),
        "max": float(scores.known.max()),
        "baseline": scores.baseline,
        "ceiling": scores.ceiling,
        "rows": scores.rows,
        "values": scores.values.tolist(),
    }


def check_seeds(seeds: int, most: int = MAX_SEEDS) -> None:
    """Raise if the number of seeds is not from 1 to `most`.

    Raises
    ------
    ModelError
        Code ``command.seeds``.
    """
    if not 1 <= seeds <= most:
        raise ModelError(
            "command.seeds",
            "A lottery takes 1 to {most} seeds, not {seeds}. Choose another number.",
            most=most,
            seeds=seeds,
        )


def trained_by(machines: Machines) -> dict[str, Any]:
    """Return the machines used for training, for the JSON output."""
    return {
        "kernel": ", ".join(machines.kernels),
        "workers": machines.workers,
        "blocks": machines.blocks,
        "available": machines.available,
    }


def lottery_text(result: dict[str, Any]) -> str:
    """Return the text output of ``lottery``."""
    low, high = map(percent, result["interval_95"])
    solved = tr(
        "{solved} of {seeds} seeds get there: {share} (95% interval {low} to {high}).",
        solved=result["solved"],
        seeds=result["seeds"],
        share=percent(result["share"]),
        low=low,
        high=high,
    )
    return "\n".join([solved, *_scores(result), f"{_reasons_text(result)}.", timing_text(result)])


def _scores(result: dict[str, Any]) -> list[str]:
    """Describe the goal, and the starts' scores on test rows."""
    is_regression, scores = result["task"] == "regression", result["test_accuracy"]
    score = "R²" if is_regression else tr("accuracy")
    there = tr("There: {score} {threshold} on the training rows.")
    if result["threshold"] not in (1.0, USUAL_THRESHOLD):
        there = tr(
            "There: {score} {threshold} on the training rows, the most that rows with equal inputs "
            "and different targets allow."
        )
    tested = tr(
        "On test rows: {score} {mean} on average, from {min} to {max}; baseline {baseline}, "
        "ceiling {ceiling}."
    )
    shown = {
        name: number(value, ".3f") if is_regression else percent(value)
        for name, value in ({"threshold": result["threshold"]} | (scores or {})).items()
        if name not in ("rows", "values")
    }
    texts = [there, tested] if scores else [there]
    return [text.format(score=score, **shown) for text in texts]


def _reasons_text(result: dict[str, Any]) -> str:
    """Describe how many starts each stop rule ended."""
    ends = {
        "epochs": tr("{n} did all {epochs} epochs"),
        "loss_below": tr("{n} reached the loss"),
        "margin": tr("{n} had every row right by the margin"),
        "diverged": tr("{n} diverged"),
        "stopped": tr("{n} were stopped"),
    }
    return ", ".join(
        ends[reason].format(n=n, epochs=result["epochs"]) for reason, n in result["reasons"].items()
    )


def timing_text(result: dict[str, Any]) -> str:
    """Describe the duration and machines, with a note if the BLAS kernels differ."""
    seconds, kernel = number(result["seconds"], ".2f"), result["kernel"]
    if not result["workers"]:
        return tr("{seconds} s; BLAS kernel {kernel}.", seconds=seconds, kernel=kernel)
    took = tr(
        "{seconds} s; {blocks} blocks of seeds on {workers} of {available} workers, BLAS kernel "
        "{kernel}.",
        **result | {"seconds": seconds},
    )
    if kernel == blas_kernel():
        return took
    other = tr(
        "This machine has {kernel}, where a seed on the edge may end otherwise.",
        kernel=blas_kernel(),
    )
    return f"{took}\n{other}"
