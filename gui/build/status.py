"""What the header and the status bar say about the experiment and its training."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from gui.build.data_panel.catalogue import data_name
from gui.build.state.build_state import BuildState
from gui.document import ExperimentDocument
from gui.numbers import show_fixed, show_integer, show_number
from model.errors import ModelError
from model.experiment import FloatArray
from model.metrics import decision_threshold
from model.training import History, RunResult

__all__ = [
    "document_title",
    "end_sentence",
    "figures",
    "parameters",
    "right_since",
    "rows_right",
    "rows_sentence",
]

MOST_EPOCHS, MOST_PARAMETERS = 400, 500


def document_title(document: ExperimentDocument) -> str:
    """Return "XOR, seed 93", or the file's name, with a mark where there is something to save."""
    experiment = document.experiment
    if document.path is not None:
        name = document.path.stem
    elif experiment.title:
        name = experiment.title
    else:
        text = QCoreApplication.translate("Status", "{data}, seed {n}")
        name = text.format(data=data_name(experiment.data), n=experiment.seed)
    return f"{name} •" if document.is_modified and document.path is not None else name


def figures(state: BuildState, epoch: int, epochs_per_second: float) -> list[tuple[str, str]]:
    """Return the status bar's names and values."""
    translate = QCoreApplication.translate
    snapshot = state.snapshot
    result = [
        (translate("Status", "epoch"), show_integer(epoch)),
        (translate("Status", "epochs/s"), show_integer(round(epochs_per_second))),
    ]
    if snapshot is not None and np.isfinite(snapshot.train_loss):
        loss = snapshot.train_loss
        text = show_fixed(loss, 3) if 0.001 <= loss < 1000 else show_number(loss, 3)
        result.append((translate("Status", "loss"), text))
    return result


def rows_right(state: BuildState) -> tuple[int, int] | None:
    """Return how many rows of the truth table are right, and how many are asked for."""
    outputs, wanted = state.table_outputs, state.dataset.table_y
    if outputs is None or wanted is None or state.dataset.task == "regression":
        return None
    return int(_right_by_row(state, outputs, wanted).sum()), len(wanted)


def _right_by_row(state: BuildState, outputs: FloatArray, wanted: FloatArray) -> np.ndarray:
    right = (outputs > decision_threshold(state.experiment)) == (wanted > 0.5)
    mask = state.dataset.table_mask
    if mask is not None:
        right = right | (mask == 0.0)
    return np.asarray(right.all(axis=1))


def _all_right(state: BuildState, outputs: FloatArray) -> bool:
    wanted = state.dataset.table_y
    return wanted is not None and bool(_right_by_row(state, outputs, wanted).all())


def right_since(state: BuildState, history: History | None) -> int | None:
    """Return the epoch since which every row has been right, ``None`` where that is not known.

    Notes
    -----
    Every epoch's weights are made again from the history, so only short runs of small networks
    are looked through: 400 epochs of XOR take about a tenth of a second.
    """
    counted, table = rows_right(state), state.dataset.table_x
    if counted is None or counted[0] < counted[1] or history is None or table is None:
        return None
    first = history.first_epoch
    shown = 0 if state.experiment.progress is None else state.experiment.progress.epoch
    if not 0 <= shown - first < min(len(history), MOST_EPOCHS + 1):
        return None
    if state.network.parameter_count() > MOST_PARAMETERS:
        return None
    since: int | None = None
    try:
        for epoch in range(first, shown + 1):
            outputs = history.learner_at(epoch).network.forward(table)
            since = (since or epoch) if _all_right(state, outputs) else None
    except ModelError:
        return None
    return since


def rows_sentence(state: BuildState, since: int | None) -> str:
    """Say how the network does on its data."""
    translate = QCoreApplication.translate
    counted = rows_right(state)
    if counted is not None:
        right, rows = counted
        if right == rows and since is not None:
            text = translate("Status", "All {rows} rows correct since epoch {epoch}.")
            return text.format(rows=rows, epoch=show_integer(since))
        if right == rows:
            return translate("Status", "All {rows} rows correct.").format(rows=rows)
        text = translate("Status", "{right} of {rows} rows correct.")
        return text.format(right=right, rows=rows)
    snapshot = state.snapshot
    if snapshot is None or not np.isfinite(snapshot.train_accuracy):
        is_value = snapshot is not None and state.dataset.task == "regression"
        if is_value and not np.ptp(state.dataset.y_train, axis=0).any():
            return translate("Status", "R² is not defined: the training targets are all equal.")
        return ""
    if state.dataset.task == "regression":
        text = translate("Status", "R² {value} on the training rows.")
        return text.format(value=show_fixed(snapshot.train_accuracy, 3))
    part, accuracy = (
        (snapshot.train_rows, snapshot.train_accuracy)
        if snapshot.test_accuracy is None
        else (len(state.dataset.x_test), snapshot.test_accuracy)
    )
    text = (
        translate("Status", "{right} of {rows} training rows are right.")
        if snapshot.test_accuracy is None
        else translate("Status", "{right} of {rows} test rows are right.")
    )
    return text.format(right=show_integer(round(accuracy * part)), rows=show_integer(part))


def end_sentence(result: RunResult) -> str:
    """Say why a run ended."""
    translate = QCoreApplication.translate
    epoch = show_integer(result.snapshot.epoch)
    texts = {
        "stopped": "",
        "epochs": translate("Status", "Stopped at {n} epochs."),
        "loss_below": translate("Status", "Stopped: the loss is as low as asked for."),
        "margin": translate("Status", "Stopped: every row is right by the margin asked for."),
        "patience": translate("Status", "Stopped: the test loss has not improved for long."),
        "seconds": translate("Status", "Stopped: the time asked for is over."),
        "diverged": translate(
            "Status",
            "The loss was no number any more. Training went back to epoch {n}, the last with a "
            "finite loss. Halve the learning rate and train on.",
        ),
    }
    return texts[result.reason].format(n=epoch)


def parameters(state: BuildState) -> str:
    """Return the fact at the right: how many numbers training can change."""
    text = QCoreApplication.translate("Status", "{n} parameters")
    return text.format(n=show_integer(state.network.parameter_count()))
