"""The texts of Build's title and status bar."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from foundation.text import tr, tr_context, tr_plural
from gui.build_tab.sources import data_name
from gui.build_tab.state import Activity, BuildState
from gui.document import ExperimentDocument
from gui.format import show_integer, show_part, show_short, significant
from gui.tab import Status
from model.errors import ModelError
from model.experiment import FloatArray
from model.metrics import OPEN, RIGHT, WRONG, decision_threshold, outcomes
from model.training import History, RunResult, Snapshot

MAX_EPOCHS, MAX_PARAMETERS = 400, 500
MAX_NAMED_ROWS = 8


def document_name(document: ExperimentDocument) -> str:
    """Return the work's name: "XOR, seed 93", its title, or the file's name."""
    experiment = document.experiment
    if document.path is not None:
        return document.path.stem
    if experiment.title:
        return experiment.title
    return tr("{data}, seed {n}", data=data_name(experiment.data), n=show_integer(experiment.seed))


def document_title(document: ExperimentDocument) -> str:
    """Return the work's name, with a dot if there are unsaved changes."""
    name = document_name(document)
    return f"{name} •" if document.is_modified and document.path is not None else name


def figures(state: BuildState, epoch: int, epochs_per_second: float) -> tuple[tuple[str, str], ...]:
    """Return the status bar's names and values."""
    snapshot = state.snapshot
    result = [(tr("epoch"), show_integer(epoch))]
    if state.steps is not None:
        n, steps = map(show_integer, state.steps)
        done = tr("{n} of {steps}", n=n, steps=steps)
        result.append((tr("step"), done))
    result.append((tr("epochs/s"), show_integer(epochs_per_second)))
    if snapshot is not None and np.isfinite(snapshot.train_loss):
        result.append((tr("loss"), significant(snapshot.train_loss)))
    return tuple(result)


class TableCount(NamedTuple):
    """The numbers of right, wrong and undecided rows in a truth table."""

    right: int
    wrong: int
    undecided: int

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self)

    @property
    def all_right(self) -> bool:
        """Whether none is wrong or undecided."""
        return self.right == self.rows


def count_table(state: BuildState, outputs: FloatArray | None = None) -> TableCount | None:
    """Count the rows of the truth table; ``None`` if there is none, or for a regression.

    `outputs` are the network's outputs for it, by default those of `state`.
    """
    dataset = state.dataset
    outputs = state.table_outputs if outputs is None else outputs
    if outputs is None or dataset.table_y is None or dataset.task == "regression":
        return None
    threshold = decision_threshold(state.experiment)
    judged = outcomes(outputs, dataset.table_y, dataset.task, threshold, dataset.table_mask)
    return TableCount(*(int((judged == outcome).sum()) for outcome in (RIGHT, WRONG, OPEN)))


def right_since(state: BuildState, history: History | None) -> int | None:
    """Return the epoch since which every row has been right, ``None`` if unknown.

    Notes
    -----
    Every epoch's weights are restored from the history, so only short runs of small networks are
    searched: 400 epochs of XOR take about a tenth of a second. A run resumed from a stored epoch
    has no weights of earlier epochs: if all rows were right there, the result is ``None``.
    """
    counted, table = count_table(state), state.dataset.table_x
    if counted is None or not counted.all_right or history is None or table is None:
        return None
    first = history.first_epoch
    shown = 0 if state.experiment.progress is None else state.experiment.progress.epoch
    if not 0 <= shown - first < min(len(history), MAX_EPOCHS + 1):
        return None
    if state.network.parameter_count() > MAX_PARAMETERS:
        return None
    since: int | None = None
    for epoch in range(first, shown + 1):
        try:
            outputs = history.learner_at(epoch).network.forward(table)
        except ModelError:  # a run that began within an epoch has no weights of its start
            return None
        then = count_table(state, outputs)
        if then is None or not then.all_right:
            since = None
        elif since is None:
            since = epoch
    return None if since == first and first > 0 else since


def rows_sentence(state: BuildState, since: int | None) -> str:
    """Describe how the network does on its data."""
    counted = count_table(state)
    if counted is not None:
        right, rows = counted.right, counted.rows
        if counted.all_right and rows > 1 and since is not None:
            return tr(
                "All {rows} rows correct since epoch {epoch}.", rows=rows, epoch=show_integer(since)
            )
        if counted.all_right and rows > 1:
            return tr("All {rows} rows correct.", rows=rows)
        if counted.undecided:
            return tr(
                "{right} of {rows} rows right, {undecided} undecided.",
                right=show_part(right),
                rows=rows,
                undecided=show_part(counted.undecided),
            )
        return tr("{right} of {rows} rows correct.", right=show_part(right), rows=rows)
    snapshot = state.snapshot
    if snapshot is None or not np.isfinite(snapshot.train_accuracy):
        is_value = snapshot is not None and state.dataset.task == "regression"
        if is_value and not np.ptp(state.dataset.y_train, axis=0).any():
            return tr("R² is not defined: the training targets are all equal.")
        return ""
    if state.dataset.task == "regression":
        return _fit_sentence(snapshot)
    rows, undecided, accuracy = (
        snapshot.train_rows,
        snapshot.train_undecided,
        snapshot.train_accuracy,
    )
    text = tr("{right} of {rows} training rows are right.")
    some_open = tr("{right} of {rows} training rows right, {undecided} undecided.")
    if snapshot.test_accuracy is not None:
        rows, undecided = len(state.dataset.x_test), snapshot.test_undecided
        accuracy = snapshot.test_accuracy
        text = tr("{right} of {rows} test rows are right.")
        some_open = tr("{right} of {rows} test rows right, {undecided} undecided.")
    return (some_open if undecided else text).format(
        right=show_part(round(accuracy * rows)),
        rows=show_integer(rows),
        undecided=show_part(undecided),
    )


def _fit_sentence(snapshot: Snapshot) -> str:
    """Describe the fit of the values, on the test rows if R² is defined there."""
    tested = snapshot.test_accuracy
    if tested is not None and np.isfinite(tested):
        return tr("R² {value} on the test rows.", value=show_short(tested, 3))
    return tr("R² {value} on the training rows.", value=show_short(snapshot.train_accuracy, 3))


def step_sentence(state: BuildState) -> str:
    """Describe the rows of the last single step; empty if none or all were used."""
    rows = [show_integer(row + 1) for row in state.used_rows]
    if not rows:
        return ""
    if len(rows) == 1:
        return tr("Stepped: row {n} was used.", n=rows[0])
    if len(rows) > MAX_NAMED_ROWS:
        n = show_integer(len(rows))
        return tr("Stepped: {n} rows were used.", n=n)
    return tr("Stepped: rows {names} were used.", names=", ".join(rows))


_END_TERMS = {
    "epochs": ("stop-rule", "epoch"),
    "loss_below": ("stop-rule", "loss"),
    "margin": ("stop-margin", "margin"),
    "patience": ("stop-rule", "patience"),
    "seconds": ("stop-rule",),
    "diverged": ("divergence",),
}
"""The glossary terms that explain why a run ended."""


def end_sentence(result: RunResult) -> str:
    """Explain why a run ended."""
    epoch = show_integer(result.snapshot.epoch)
    texts = {
        "stopped": "",
        "epochs": tr_plural("Stopped at 1 epoch.", "Stopped at {n} epochs.", result.snapshot.epoch),
        "loss_below": tr("Stopped: the loss is as low as asked for."),
        "margin": tr("Stopped: every row is right by the margin asked for."),
        "patience": tr("Stopped: the test loss has not improved for long."),
        "seconds": tr("Stopped: the time asked for is over."),
        "diverged": tr(
            "The loss was no number any more. Training went back to epoch {n}, the last with a "
            "finite loss. Start anew at a lower learning rate.",
        ),
    }
    return texts[result.reason].format(n=epoch)


def parameters(state: BuildState) -> str:
    """Return the fact on the right: the number of trainable parameters."""
    return tr("{n} parameters", n=show_integer(state.network.parameter_count()))


def activity(state: BuildState) -> tuple[str, str]:
    """Return the current activity, and the colour token of its dot."""
    progress = state.experiment.progress
    if state.activity in (Activity.TRAINING, Activity.STEPPING):
        return tr_context("Status", "Training"), "acc"
    if state.activity is Activity.PREPARING:
        return tr("Preparing"), "acc"
    if state.used_rows:
        return tr("Stepped"), "t3"
    if state.epoch or (progress is not None and progress.step):
        return tr("Paused"), "t3"
    return tr("Ready"), "t3"


def sentence(state: BuildState) -> str:
    """Describe the network's results, and why the last run ended if its end is shown."""
    run = state.run
    ended = "" if run.result is None else end_sentence(run.result)
    return f"{ended or step_sentence(state)} {rows_sentence(state, run.right_since)}".strip()


def status_of(state: BuildState, greets: bool) -> Status:
    """Return the status bar's content for a state; `greets` is for the first page."""
    greeting = tr("XOR is loaded. Glassnet works offline.")
    return Status(
        *activity(state),
        figures(state, state.epoch, state.run.epochs_per_second),
        greeting if greets else sentence(state),
        parameters(state),
        () if state.run.result is None else _END_TERMS.get(state.run.result.reason, ()),
        goes_on=state.activity is not Activity.REST,
    )
