"""Edits of the experiment: made at once, after the training under way, or after a reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from gui.build_tab.state.state_maker import StateMaker
from gui.build_tab.training.time_machine import TimeMachine
from gui.document import ExperimentDocument
from gui.document.pending_edits import PendingEdit, PendingEdits
from gui.error_texts import sentence_of
from gui.workers import RunState
from model.data.cache import is_at_hand
from model.edits.network import Edit
from model.errors import ModelError
from model.experiment import CsvData, DataSpec, Experiment, IdxData
from model.training.live import live_messages

__all__ = ["EditDesk"]


class _Waiting(NamedTuple):
    """An edit that is made once training has stopped, and whether it goes on then."""

    text: str
    edit: Edit
    restart: bool


class EditDesk(QObject):
    """Make a person's edits steps of the document, each as soon as it can be.

    An edit that a running trainer can take is made while it runs; any other waits until training
    has stopped. One that needs a large file waits until a worker has read it.

    Signals
    -------
    failed(str, str)
        A sentence and details.
    stop_wanted()
        An edit waits for the end of training.
    start_wanted()
        An edit has been read, and a person wants to train with it.
    dropped()
        What a person has set somewhere will not be in the document.
    past_left()
        The document's present is to be shown instead of an old epoch.
    rows_changed()
        The files of the data hold other rows than before.
    """

    failed = Signal(str, str)
    stop_wanted = Signal()
    start_wanted = Signal()
    dropped = Signal()
    past_left = Signal()
    rows_changed = Signal()

    def __init__(
        self,
        document: ExperimentDocument,
        states: StateMaker,
        past: TimeMachine,
        pending: PendingEdits,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._states = document, states
        self._past, self._pending = past, pending
        self._is_running = self._starts = self._stops = False
        self._waiting: list[_Waiting] = []
        pending.base = lambda: self._base
        pending.read.connect(self._on_read)
        pending.failed.connect(self.failed)
        pending.dropped.connect(self.dropped)

    def follow_run(self, state: RunState) -> None:
        """Know whether training is under way."""
        self._is_running = state is not RunState.IDLE

    @property
    def _base(self) -> Experiment:
        """What an edit starts from: what is shown."""
        return self._past.shown or self._document.experiment

    def apply(
        self,
        text: str,
        edit: Edit,
        merge_key: str = "",
        restart: bool = True,
        seed: int | None = None,
    ) -> bool:
        """Make an edit, live where the running trainer can take it.

        Parameters
        ----------
        text, merge_key
            As in :meth:`gui.document.ExperimentDocument.edit`.
        edit
            From the experiment as it is then to the new one.
        restart
            Whether training goes on after an edit that had to stop it; ``False`` always stops it.
        seed
            The seed that it leads to, where it sets one.

        Returns
        -------
        bool
            Whether the edit is made or will be; a refused one is reported by ``failed``.
        """
        base = self._base
        try:
            new = edit(base)
            if not is_at_hand(new):
                self._wait_for_data(PendingEdit(text, edit, merge_key, restart, seed=seed))
                return True
            self._states.dataset_of(new)
        except (ModelError, OSError) as error:
            self.failed.emit(sentence_of(error), "")
            self.dropped.emit()
            return False
        if self._is_running and (not restart or live_messages(base, new) is None):
            self._wait(text, edit, restart)
        else:
            self._make(lambda: self._document.edit(text, new, merge_key))
        return True

    def apply_loading(
        self, text: str, edit: Edit, data: DataSpec, merge_key: str = "", is_choice: bool = False
    ) -> bool:
        """Make an edit to `data` as :meth:`apply` does, on a worker where a large file is read.

        Parameters
        ----------
        is_choice
            Whether other data are chosen altogether: where edits are pending it comes after them,
            whether it has to be read or not, and what they would have learned from is dropped.
            The same file chosen again stops the training, which has the rows from before.

        Returns
        -------
        bool
            Whether it is made already, or will be where it had to wait.
        """
        waits_its_turn = is_choice and self._pending.is_waiting
        is_file = isinstance(data, CsvData | IdxData)
        restart = not (is_choice and is_file and data == self._document.experiment.data)
        if is_at_hand(replace(self._document.experiment, data=data)) and not waits_its_turn:
            return self.apply(text, edit, merge_key, restart)
        self._wait_for_data(PendingEdit(text, edit, merge_key, restart, is_of_data=True))
        return True

    @property
    def starts_once_read(self) -> bool:
        """Whether training begins with an edit that is being read."""
        return self._starts and self._pending.is_waiting

    def start_once_read(self, starts: bool) -> bool:
        """Want training to begin with the edit that is being read; tell whether one is."""
        self._starts = starts
        return self._pending.is_waiting

    def make_waiting(self) -> bool:
        """Make the edits that waited for the end of training; tell whether it is to go on."""
        waiting, self._waiting = self._waiting, []
        for text, edit, _ in waiting:
            self.apply(text, edit)
        restarts = [each.restart for each in waiting]
        if self._stops:
            self._stops = False
            restarts.append(self._pending.go_on_training)
            self._pending.read_anew()
        return bool(restarts) and all(restarts)

    def forget_waiting(self) -> None:
        """Drop the edits that wait."""
        self._waiting.clear()
        self._stops = False
        self._pending.forget()

    def _wait(self, text: str, edit: Edit, restart: bool) -> None:
        self._waiting.append(_Waiting(text, edit, restart))
        self.stop_wanted.emit()

    def _wait_for_data(self, edit: PendingEdit) -> None:
        if not self._pending.is_waiting:
            self._starts = False
        self._pending.add(edit)

    def _on_read(self) -> None:
        """Make the edits whose data have been read, where training has to end for it after that."""
        new, base = self._pending.newest, self._base
        if self._is_running and (
            not self._pending.go_on_training or live_messages(base, new) is None
        ):
            # Made on the weights that training leaves behind; what is read is kept until then.
            self._stops = True
            self._pending.rest()
            self.stop_wanted.emit()
            return
        self._make(self._pending.land)
        if self._starts:
            self._starts = False
            self.start_wanted.emit()

    def _make(self, edit_document: Callable[[], None]) -> None:
        """Make edits whose data are at hand steps of the document."""
        was_in_past = self._past.leave() is not None
        edit_document()
        if not self._is_running and self._states.take_newest(self._document.experiment):
            self.rows_changed.emit()
        if was_in_past and not self._is_running:
            self.past_left.emit()
