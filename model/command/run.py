"""Run ``train`` and ``export``."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any

import numpy as np

from foundation.text import Text, localise, tr
from foundation.words import number
from model.command.arguments import require_distinct_paths
from model.command.wanted import Note, experiment_at, experiment_for, ignore_note
from model.errors import ModelError, naming_file
from model.experiment import Experiment, with_past
from model.experiment.checks import check_experiment
from model.export.numpy_script import numbers_shown, rows_shown
from model.files import require_writable, write_experiment
from model.initialisers import initialise
from model.training import Snapshot, Trainer
from model.training.runs import past_trained


def train_command(
    options: argparse.Namespace,
    progress: Callable[[int, int, float], None] | None = None,
    note: Note = ignore_note,
) -> dict[str, Any]:
    """Train as the options specify, write the file, and return the JSON output.

    Ctrl-C or SIGTERM ends the training, not the command: the current state is written and
    returned, with the reason ``"stopped"``. A second signal ends the command.

    Parameters
    ----------
    options
        The flags; see :func:`~model.command.wanted.experiment_for`.
    progress
        Called regularly with the epoch, the total epochs (0 if unlimited) and the training
        loss.
    note
        Called with sentences for the user that accompany the result.

    Returns
    -------
    dict
        ``epochs``, ``steps``, ``seconds``, ``loss``, ``test_loss``, ``accuracy``, ``undecided``
        (number of training rows that are neither right nor wrong), ``predictions`` (outputs for
        the rows of the truth table, else for the test rows, else for the training rows; one
        list per row), ``prediction_rows`` (the number of each of these rows in the table or
        file, from 1, omitted and held-out rows included), ``reason``, ``signal`` (name of the
        signal that stopped the training, else ``None``), ``test_accuracy``, ``test_undecided``,
        ``seed``, ``task`` and ``left_out`` (sentences about parts of the file that were not
        used).

    Raises
    ------
    ModelError
        Code ``command.endless`` if no rule would end the run, ``command.same_file`` if
        ``--out`` is the training table, ``file.unwritable`` and ``command.out_folder`` before
        training starts, and the errors of training.
    """
    experiment = experiment_for(options, note)
    total = experiment.training.stop.epochs

    def publish(snapshot: Snapshot) -> None:
        if progress is not None:
            progress(snapshot.epoch, total, snapshot.train_loss)

    require_distinct_paths([("--out", options.out)], _tables(experiment))
    if options.out is not None:
        if not options.out.absolute().parent.is_dir():
            raise ModelError(
                "command.out_folder",
                "{file} cannot be written: there is no such folder. Make it first.",
                file=str(options.out),
            )
        require_writable(options.out)
    with naming_file(options.experiment) if options.experiment else nullcontext():
        trainer = Trainer(experiment, publish_interval_s=0.05)
    started = perf_counter()
    with _interruptible() as heard:
        if options.epochs == 0:
            reason, snapshot = "epochs", trainer.snapshot()
            experiment = with_past(initialise(experiment), None)
        else:
            stop = experiment.training.stop
            if not (stop.epochs or stop.seconds):
                raise ModelError(
                    "command.endless", "Nothing ends this run. Say how long: --epochs N."
                )
            result = trainer.run(lambda: bool(heard), publish)
            reason, snapshot = result.reason, result.snapshot
            past = past_trained(trainer.history, experiment.past, experiment.data)
            experiment = with_past(trainer.experiment(), past)
        seconds = perf_counter() - started
        if options.out is not None:
            write_experiment(experiment, options.out)
    if options.out is None:
        note(Text("Nothing was kept. --out FILE writes the trained experiment."))
    outputs = trainer.network.forward(rows_shown(trainer.dataset))
    return {
        "epochs": snapshot.epoch,
        "steps": snapshot.step,
        "seconds": seconds,
        "loss": snapshot.train_loss,
        "test_loss": snapshot.test_loss,
        "accuracy": _number(snapshot.train_accuracy),
        "undecided": snapshot.train_undecided,
        "predictions": np.asarray(outputs, np.float64).tolist(),
        "prediction_rows": numbers_shown(trainer.dataset).tolist(),
        "reason": reason,
        "signal": heard[0].name if heard and reason == "stopped" else None,
        "test_accuracy": _number(snapshot.test_accuracy),
        "test_undecided": snapshot.test_undecided,
        "seed": experiment.seed,
        "task": trainer.dataset.task,
        "left_out": [] if (left_out := trainer.dataset.left_out) is None else left_out.sentences(),
    }


def _tables(experiment: Experiment) -> list[tuple[str, Path]]:
    """Return an experiment's data files, each with the name of its option."""
    return [("--data", Path(path)) for path in experiment.data.paths]


@contextmanager
def _interruptible() -> Iterator[list[signal.Signals]]:
    """Append the first Ctrl-C or SIGTERM in this block to the yielded list."""
    heard: list[signal.Signals] = []
    before = {}
    if threading.current_thread() is threading.main_thread():
        found = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
        before = {k: v for k, v in found.items() if v is not signal.SIG_IGN and v is not None}

    def restore() -> None:
        for each, handler in before.items():
            signal.signal(each, handler)

    def on_signal(number: int, frame: FrameType | None) -> None:
        heard.append(signal.Signals(number))
        restore()

    for each in before:
        signal.signal(each, on_signal)
    try:
        yield heard
    finally:
        restore()


def _number(score: float | None) -> float | None:
    """Return a score, ``None`` if undefined: JSON has no NaN."""
    return None if score is None or np.isnan(score) else score


def train_text(result: dict[str, Any]) -> str:
    """Return the text output of ``train``."""
    ends = {
        "epochs": tr("all epochs done"),
        "loss_below": tr("the loss is low enough"),
        "margin": tr("every row is right by the margin"),
        "patience": tr("the test loss no longer falls"),
        "seconds": tr("the time is up"),
        "stopped": tr("stopped"),
        "diverged": tr("the loss ran away; these are the last finite weights. Lower the rate"),
    }
    lines = [
        tr(
            "Epoch {epochs}, step {steps}, in {seconds} s: {end}.",
            epochs=result["epochs"],
            steps=result["steps"],
            seconds=number(result["seconds"], ".2f"),
            end=ends[result["reason"]],
        ),
        _scores(tr("loss {loss}, {score}"), result),
    ]
    if result["test_loss"] is not None:
        lines.append(_scores(tr("on test rows: loss {loss}, {score}"), result, "test_"))
    return "\n".join([*map(localise, result["left_out"]), *lines])


def _scores(text: str, result: dict[str, Any], of: str = "") -> str:
    """Format a loss and its rows' score, with the number of undecided rows if any."""
    score, undecided = result[f"{of}accuracy"], result[f"{of}undecided"]
    name = "R²" if result["task"] == "regression" else tr("accuracy")
    if score is None:
        shown = tr("- (not defined: the targets are all equal)")
    else:
        shown = number(score, ".4g")
    line = text.format(loss=number(result[f"{of}loss"]), score=f"{name} {shown}")
    return line + (tr(", {n} undecided", n=undecided) if undecided else "")


def export_command(options: argparse.Namespace, note: Note = ignore_note) -> list[Path]:
    """Write the exports that the options request; return the files.

    Raises
    ------
    ModelError
        Code ``command.export_what`` if no file is requested, ``command.same_file`` if a file
        would overwrite another or an input, and the errors of reading, verifying and writing.
    """
    from model.export import export_notebook, export_numpy, export_onnx, export_pytorch

    asked = [
        (name, path, write)
        for name, path, write in (
            ("--onnx", options.onnx, export_onnx),
            ("--numpy", options.numpy, export_numpy),
            ("--pytorch", options.pytorch, export_pytorch),
            ("--notebook", options.notebook, export_notebook),
        )
        if path is not None
    ]
    if not asked:
        raise ModelError(
            "command.export_what",
            "Say what to write: --onnx FILE, --numpy FILE, --pytorch FILE or --notebook FILE.",
        )
    experiment = experiment_at(options.experiment, note)
    with naming_file(options.experiment):
        check_experiment(experiment)
    read = [("experiment", options.experiment), *_tables(experiment)]
    require_distinct_paths([(name, path) for name, path, _ in asked], read)
    with naming_file(options.experiment):
        for _, path, write in asked:
            write(experiment, path)
    return [path for _, path, _ in asked]
