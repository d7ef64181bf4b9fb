"""Build's part of the status bar: what it says of the state on show and of how a run ended."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, Signal

from gui.build import status
from gui.build.state.build_state import BuildState
from gui.build.training.training_controller import TrainingController
from model.experiment import Experiment
from model.training import RunResult

__all__ = ["StatusDesk"]

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
        elif state.used_rows:
            self.state_shown.emit(self.tr("Stepped"), "t3")
        elif epoch or (state.experiment.progress is not None and state.experiment.progress.step):
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
        ended = ended or status.step_sentence(state)
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
