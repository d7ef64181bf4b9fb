"""Edits of the experiment: made at once, after the training under way, or after a reading."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from gui.build.live import live_messages
from gui.build.state_maker import StateMaker
from gui.build.time_machine import TimeMachine
from gui.document import ExperimentDocument
from gui.document.data_loader import DataLoader
from gui.document.datasets import is_at_hand
from gui.document.edits import Edit
from gui.sentences import sentence_of
from model.errors import ModelError
from model.experiment import DataSpec, Experiment

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
    past_left()
        The document's present is to be shown instead of an old epoch.
    """

    failed = Signal(str, str)
    stop_wanted = Signal()
    start_wanted = Signal()
    past_left = Signal()

    def __init__(
        self,
        document: ExperimentDocument,
        states: StateMaker,
        past: TimeMachine,
        loader: DataLoader,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._states = document, states
        self._past, self._loader = past, loader
        self._is_running = self._is_reading = self._starts = False
        loader.started.connect(self._on_other_reading)
        self._waiting: list[_Waiting] = []

    def set_running(self, running: bool) -> None:
        """Know whether training is under way."""
        self._is_running = running

    @property
    def _base(self) -> Experiment:
        """What an edit starts from: what is shown."""
        return self._past.shown or self._document.experiment

    def apply(self, text: str, edit: Edit, merge_key: str = "", restart: bool = True) -> bool:
        """Make an edit, live where the running trainer can take it.

        Parameters
        ----------
        text, merge_key
            As in :meth:`gui.document.ExperimentDocument.edit`.
        edit
            From the experiment as it is then to the new one.
        restart
            Whether training goes on after an edit that had to stop it; ``False`` always stops it.

        Returns
        -------
        bool
            Whether the edit is made or will be; a refused one is reported by ``failed``.
        """
        base = self._base
        try:
            new = edit(base)
            if not is_at_hand(new):
                self._load(text, edit, merge_key, restart)
                return True
            self._states.dataset_of(new)
        except (ModelError, OSError) as error:
            self.failed.emit(sentence_of(error), "")
            return False
        if self._is_running and (not restart or live_messages(base, new) is None):
            self._wait(text, edit, restart)
        else:
            self._make(text, new, merge_key)
        return True

    def apply_loading(self, text: str, edit: Edit, data: DataSpec, merge_key: str = "") -> bool:
        """Make an edit to `data` as :meth:`apply` does, on a worker where a large file is read.

        Returns
        -------
        bool
            Whether it is made already, or will be where it had to wait.
        """
        if is_at_hand(replace(self._document.experiment, data=data)):
            return self.apply(text, edit, merge_key)
        self._load(text, edit, merge_key, restart=True)
        return True

    @property
    def starts_once_read(self) -> bool:
        """Whether training begins with an edit that is being read."""
        return self._starts and self._is_reading and self._loader.is_wanted

    def start_once_read(self, starts: bool) -> bool:
        """Want training to begin with the edit that is being read; tell whether one is."""
        self._starts = starts
        return self._is_reading and self._loader.is_wanted

    def _on_other_reading(self) -> None:
        self._is_reading = self._starts = False

    def make_waiting(self) -> bool:
        """Make the edits that waited for the end of training; tell whether it is to go on."""
        waiting, self._waiting = self._waiting, []
        for text, edit, _ in waiting:
            self.apply(text, edit)
        return bool(waiting) and all(each.restart for each in waiting)

    def forget_waiting(self) -> None:
        """Drop the edits that wait."""
        self._waiting.clear()

    def _wait(self, text: str, edit: Edit, restart: bool) -> None:
        self._waiting.append(_Waiting(text, edit, restart))
        self.stop_wanted.emit()

    def _load(self, text: str, edit: Edit, merge_key: str, restart: bool) -> None:
        """Make an edit on a worker, which reads the data that it leads to."""
        base, starts = self._base, self._starts

        def take(new: Experiment) -> None:
            if self._base is not base:
                self._load(text, edit, merge_key, restart)
            elif self._is_running:
                # As it was read: made anew it would be read anew, on this thread.
                self._wait(text, lambda _: new, restart)
            else:
                self._make(text, new, merge_key)
                if self._starts:
                    self._starts = False
                    self.start_wanted.emit()

        self._loader.load(lambda: edit(base), take, self._on_unreadable)
        self._is_reading, self._starts = True, starts

    def _on_unreadable(self, error: Exception, details: str) -> None:
        self.failed.emit(sentence_of(error), "" if isinstance(error, ModelError) else details)

    def _make(self, text: str, new: Experiment, merge_key: str) -> None:
        """Make an edit whose data are at hand one step of the document."""
        was_in_past = self._past.leave() is not None
        self._document.edit(text, new, merge_key)
        if was_in_past and not self._is_running:
            self.past_left.emit()
