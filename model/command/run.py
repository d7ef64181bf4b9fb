"""Run ``train``, ``export`` and ``check``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from model.challenges import check_challenge, read_challenge
from model.checks import check_experiment
from model.command.arguments import TrainOptions, train_options
from model.command.wanted import experiment_for
from model.errors import ModelError
from model.export.numpy_script import rows_shown
from model.files import read_experiment, write_experiment
from model.initialise import initialise
from model.training import Snapshot, Trainer

__all__ = ["check_command", "export_command", "train_command", "train_text"]


def train_command(
    options: TrainOptions | argparse.Namespace,
    progress: Callable[[int, int, float], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Train as the flags say, write the file, and return what ``--json`` prints.

    Parameters
    ----------
    options
        The flags, parsed or not yet picked out.
    progress
        Takes epoch, epochs in all (0 for an open end) and training loss now and then.
    should_stop
        Asked once a step.

    Returns
    -------
    dict
        ``epochs``, ``steps``, ``seconds``, ``loss``, ``test_loss``, ``accuracy``, ``predictions``
        (outputs for the rows of the truth table, else for the test rows, else for the training
        rows; one list a row), and also ``reason``, ``test_accuracy``, ``seed``, ``task`` and
        ``left_out``: sentences on what of the file is not among the rows.

    Raises
    ------
    ModelError
        Code ``command.endless`` where no rule would end the run, and what training raises.
    """
    if isinstance(options, argparse.Namespace):
        options = train_options(options)
    experiment = experiment_for(options)
    total = experiment.training.stop.epochs

    def publish(snapshot: Snapshot) -> None:
        if progress is not None:
            progress(snapshot.epoch, total, snapshot.train_loss)

    trainer = Trainer(experiment, publish_interval_s=0.05)
    started = perf_counter()
    if options.epochs == 0:
        reason, snapshot = "epochs", trainer.snapshot()
        experiment = initialise(experiment)
    else:
        stop = experiment.training.stop
        if not (stop.epochs or stop.seconds):
            raise ModelError("command.endless", "Nothing ends this run. Say how long: --epochs N.")
        result = trainer.run(should_stop, publish)
        reason, snapshot = result.reason, result.snapshot
        experiment = trainer.experiment()
    seconds = perf_counter() - started
    if options.out is not None:
        write_experiment(options.out, experiment)
    outputs = trainer.network.forward(rows_shown(trainer.dataset))
    return {
        "epochs": snapshot.epoch,
        "steps": snapshot.step,
        "seconds": seconds,
        "loss": snapshot.train_loss,
        "test_loss": snapshot.test_loss,
        "accuracy": _number(snapshot.train_accuracy),
        "predictions": np.asarray(outputs, np.float64).tolist(),
        "reason": reason,
        "test_accuracy": _number(snapshot.test_accuracy),
        "seed": experiment.seed,
        "task": trainer.dataset.task,
        "left_out": [] if (left_out := trainer.dataset.left_out) is None else left_out.sentences(),
    }


def _number(score: float | None) -> float | None:
    """Return a score, ``None`` where it is not defined: JSON has no NaN."""
    return None if score is None or np.isnan(score) else score


def train_text(result: dict[str, Any]) -> str:
    """Return what ``train`` prints for a person."""
    ends = {
        "epochs": "all epochs done",
        "loss_below": "the loss is low enough",
        "margin": "every row is right by the margin",
        "patience": "the test loss no longer falls",
        "seconds": "the time is up",
        "stopped": "stopped",
        "diverged": "the loss ran away; these are the last finite weights. Lower the rate",
    }
    score = "R²" if result["task"] == "regression" else "accuracy"
    lines = [
        f"{result['epochs']} epochs, {result['steps']} steps in {result['seconds']:.2f} s: "
        f"{ends[result['reason']]}.",
        f"loss {result['loss']:.6g}, {score} {_score_text(result['accuracy'])}",
    ]
    if result["test_loss"] is not None:
        lines.append(
            f"on test rows: loss {result['test_loss']:.6g}, "
            f"{score} {_score_text(result['test_accuracy'])}"
        )
    return "\n".join([*result["left_out"], *lines])


def _score_text(score: float | None) -> str:
    """Return a score as a person reads it, and why where it is not defined."""
    return "- (not defined: the targets are all equal)" if score is None else f"{score:.4g}"


def export_command(options: argparse.Namespace) -> list[Path]:
    """Write what the flags of ``export`` ask for and return the files written.

    Raises
    ------
    ModelError
        Code ``command.export_what`` where neither ``--onnx`` nor ``--numpy`` is given, and those of
        reading and writing.
    """
    from model.export import export_numpy, export_onnx

    if options.onnx is None and options.numpy is None:
        raise ModelError(
            "command.export_what", "Say what to write: --onnx FILE, --numpy FILE, or both."
        )
    experiment = read_experiment(options.experiment)
    check_experiment(experiment)
    written = []
    if options.onnx is not None:
        export_onnx(experiment, options.onnx)
        written.append(options.onnx)
    if options.numpy is not None:
        export_numpy(experiment, options.numpy)
        written.append(options.numpy)
    return written


def check_command(options: argparse.Namespace) -> tuple[bool, str]:
    """Check a challenge; return whether it is met, and a line for each condition."""
    challenge = read_challenge(options.challenge)
    conditions = check_challenge(challenge, read_experiment(options.experiment))
    lines = [
        f"{'met' if c.met else 'NOT met'}: {c.code.replace('_', ' ')}: "
        f"wanted {c.wanted}, found {c.found}"
        for c in conditions
    ]
    met = all(c.met for c in conditions)
    return met, "\n".join([*lines, "The challenge is met." if met else "Not yet."])
