"""The texts of Build's title and status bar."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.build_tab import status
from gui.build_tab.names import data_name
from gui.build_tab.state.build_state import BuildState
from gui.build_tab.training.training_controller import TrainingController
from gui.document import ExperimentDocument
from gui.format import show_fixed, show_integer, show_number
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.metrics import decision_threshold
from model.training import History, RunResult

__all__ = [
    "StatusDesk",
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


STATUS_PAUSE_S = 0.1
"""While training runs, the status bar's numbers change ten times a second: they are for reading."""


class StatusDesk(QObject):
    """Say what the training is doing, its figures, and how the network does on its data.

    Attributes
    ----------
    greets
        Whether a person is greeted: there is no training to speak of yet.
    last_end
        How the last run ended, ``None`` since another began or other data were chosen.

    Signals
    -------
    state_shown(str, str), figures_shown(list[tuple[str, str]]), fact_shown(str)
    sentence_shown(str)
        As in :class:`gui.tab.Tab`.
    """

    state_shown = Signal(str, str)
    figures_shown = Signal(list)
    fact_shown = Signal(str)
    sentence_shown = Signal(str)

    def __init__(self, controller: TrainingController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self.greets = False
        self.last_end: RunResult | None = None
        self._end_experiment: Experiment | None = None
        self._right_since: int | None = None
        self._due_s = 0.0

    def follow(self, state: BuildState) -> None:
        """Show a state, at reading speed while training runs."""
        now = perf_counter()
        if not state.running or now >= self._due_s:
            self._due_s = now + STATUS_PAUSE_S
            self._show(state)

    def show_now(self) -> None:
        """Show the controller's state as it is."""
        self._show(self._controller.state)

    def _show(self, state: BuildState) -> None:
        controller = self._controller
        epoch = controller.shown_epoch
        if controller.is_running:
            self.state_shown.emit(self.tr("Training"), "acc")
        elif controller.is_about_to_train:
            self.state_shown.emit(self.tr("Preparing"), "acc")
        elif epoch:
            self.state_shown.emit(self.tr("Paused"), "t3")
        else:
            self.state_shown.emit(self.tr("Ready"), "t3")
        self.figures_shown.emit(status.figures(state, epoch, controller.epochs_per_second))
        self.fact_shown.emit(status.parameters(state))
        self.sentence_shown.emit(self._sentence(state))

    def _sentence(self, state: BuildState) -> str:
        if self.greets:
            return self.tr("XOR is loaded. Glassnet works offline.")
        is_end = self._is_end_of_run(state)
        sentence = status.rows_sentence(state, self._right_since if is_end else None)
        ended = "" if self.last_end is None or not is_end else status.end_sentence(self.last_end)
        return f"{ended} {sentence}".strip()

    def _is_end_of_run(self, state: BuildState) -> bool:
        """Tell whether this is what the last run ended with, also where a person came back."""
        end = self._end_experiment
        return not state.running and (state.experiment is end or state.experiment == end)

    def note_end(self, result: RunResult) -> None:
        """Say why a run ended, now and whenever a person comes back to what it ended with."""
        controller = self._controller
        self.last_end = result
        self._end_experiment = controller.state.experiment
        self._right_since = status.right_since(controller.state, controller.run.history)
        self.show_now()

    def forget_end(self) -> None:
        """Say no more why the last run ended."""
        self.last_end = None
