"""Edits whose data a worker reads first: what comes after one joins it, and all arrive together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand

from gui.document.data_loader import DataLoader
from gui.document.experiment_document import ExperimentDocument
from gui.error_texts import sentence_of
from model.data.cache import dataset_of
from model.edits.network import Edit
from model.errors import ModelError
from model.experiment import Experiment

__all__ = ["PendingEdit", "PendingEdits"]


class PendingEdit(NamedTuple):
    """What a person has done that is not in the document yet.

    Attributes
    ----------
    text, merge_key
        As in :meth:`gui.document.ExperimentDocument.edit`.
    edit
        From the experiment as it is then to the new one.
    restart
        Whether training goes on after it.
    is_of_data
        Whether it says what to learn from: one that comes after it takes its place.
    seed
        The seed that it leads to, where it sets one.
    is_sealed
        Whether the gesture that it belongs to is over.
    made_after
        The document's newest step by hand when it was made.
    """

    text: str
    edit: Edit
    merge_key: str = ""
    restart: bool = True
    is_of_data: bool = False
    seed: int | None = None
    is_sealed: bool = False
    made_after: QUndoCommand | None = None


class PendingEdits(QObject):
    """Keep edits in the order they were made in until the data they lead to are read.

    Only the data of the last one are read. Undo takes back the newest as long as nothing was made
    after it, redo brings it back: a person need not know that it is not in the document yet.

    Attributes
    ----------
    loader
        Reads the data.
    base
        What the first edit starts from.

    Signals
    -------
    read()
        They can :meth:`land`, and lead to :attr:`newest`.
    failed(str, str)
        A sentence and details; the edit that could not be made is dropped.
    dropped()
        One or all of them will not be made.
    changed()
        Undo or redo would do something else than before.

    Thread
    ------
    GUI thread; the edits themselves are made on the worker, too.
    """

    read = Signal()
    failed = Signal(str, str)
    dropped = Signal()
    changed = Signal()

    def __init__(
        self, document: ExperimentDocument, loader: DataLoader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self.loader = loader
        self.base: Callable[[], Experiment] = lambda: document.experiment
        self._edits: list[PendingEdit] = []
        self._taken_back: list[PendingEdit] = []
        self._rests = self._lands = False
        self._made: list[Experiment] = []
        loader.cancelled.connect(self._on_reading_cancelled)
        loader.ended.connect(lambda: QTimer.singleShot(0, self, self._go_on))
        document.made_by_hand.connect(self._on_made_by_hand)

    @property
    def is_waiting(self) -> bool:
        """Whether there are any."""
        return bool(self._edits)

    @property
    def go_on_training(self) -> bool:
        """Whether training goes on after all of them."""
        return all(each.restart for each in self._edits)

    @property
    def seed(self) -> int:
        """The document's seed once all of them are made."""
        seeds = [each.seed for each in self._edits if each.seed is not None]
        return seeds[-1] if seeds else self._document.experiment.seed

    def add(self, new: PendingEdit) -> None:
        """Make an edit after all others, once its data are read."""
        if new.is_of_data:
            self._edits = [each for each in self._edits if not each.is_of_data]
        last = self._edits[-1] if self._edits else None
        if last and new.merge_key and (last.merge_key, last.is_sealed) == (new.merge_key, False):
            self._edits.pop()
        self._taken_back.clear()
        self._append(new)

    def end_merge(self) -> None:
        """Let the next edit be a step of its own even if its merge key is the same."""
        if self._edits and self._edits[-1].merge_key:
            self._edits[-1] = self._edits[-1]._replace(is_sealed=True)
        else:
            self._document.end_merge()

    @property
    def to_take_back(self) -> str | None:
        """What the edit is called that :meth:`take_back` drops; ``None`` where there is none."""
        return self._last_after_the_document(self._edits)

    @property
    def to_bring_back(self) -> str | None:
        """What the edit is called that :meth:`bring_back` makes; ``None`` where there is none."""
        return self._last_after_the_document(self._taken_back)

    def take_back(self) -> bool:
        """Drop the newest edit, where it is the last thing done; tell whether it was."""
        if self.to_take_back is None:
            return False
        self._taken_back.append(self._edits.pop())
        self._read()
        self.dropped.emit()
        self.changed.emit()
        return True

    def bring_back(self) -> bool:
        """Make the edit again that was taken back last; tell whether there was one."""
        if self.to_bring_back is None:
            return False
        self._append(self._taken_back.pop())
        return True

    def forget(self) -> None:
        """Drop them all."""
        if self._edits:
            self._drop_all()
            self._read()
        self._taken_back.clear()
        self.changed.emit()

    @property
    def newest(self) -> Experiment:
        """What the last edit leads to, once it is read."""
        return self._made[-1]

    def land(self) -> None:
        """Make them steps of the document, now that their data are read."""
        edits, made = self._edits, self._made
        self._edits, self._made = [], []
        self._lands = True
        with self._document.one_change():
            for each, new in zip(edits, made, strict=True):
                self._document.edit(each.text, new, each.merge_key)
                if each.is_sealed:
                    self._document.end_merge()
        self._lands = False
        last = self._document.newest_by_hand
        self._taken_back = [each._replace(made_after=last) for each in self._taken_back]
        self.changed.emit()

    def rest(self) -> None:
        """Read no more until :meth:`read_anew`: what they start from is about to change."""
        self._rests = True

    def read_anew(self) -> None:
        """Make them on what the document holds now."""
        self._rests = False
        self._read()

    def _append(self, edit: PendingEdit) -> None:
        self._edits.append(edit._replace(made_after=self._document.newest_by_hand))
        self._read()
        self.changed.emit()

    def _last_after_the_document(self, edits: list[PendingEdit]) -> str | None:
        """Return the text of the last of these edits if it follows the document's newest step."""
        follows = bool(edits) and edits[-1].made_after is self._document.newest_by_hand
        return edits[-1].text if follows else None

    def _read(self) -> None:
        """Make all edits on a worker, which reads the data that the last one leads to."""
        if not self._edits:
            self._rests = False
            if self.loader.reads_for(self):
                self.loader.cancel()
            return
        if self._rests:
            return
        base, edits, failing = self.base(), tuple(self._edits), 0

        def make() -> list[Experiment]:
            nonlocal failing
            made = [base]
            for failing, each in enumerate(edits):  # noqa: B007 - read where it fails
                made.append(each.edit(made[-1]))
            failing = _last_other_rows(made, failing)
            dataset_of(made[-1])
            return made[1:]

        def take(made: list[Experiment]) -> None:
            if self.base() is not base:
                self._read()
                return
            self._made = made
            self.read.emit()

        def fail(error: Exception, details: str) -> None:
            del self._edits[failing]
            self.failed.emit(sentence_of(error), "" if isinstance(error, ModelError) else details)
            self._read()
            self.dropped.emit()
            self.changed.emit()

        self.loader.read(make, take, fail, owner=self)

    def _go_on(self) -> None:
        """Read again after something else was read in between."""
        if self._edits and not self.loader.is_wanted:
            self._read()

    def _on_reading_cancelled(self) -> None:
        if self._edits and self.loader.reads_for(self):
            self._drop_all()

    def _drop_all(self) -> None:
        self._edits.clear()
        self._taken_back.clear()
        self.dropped.emit()
        self.changed.emit()

    def _on_made_by_hand(self) -> None:
        """Forget what was taken back: something else has come after it."""
        if not self._lands:
            self._taken_back.clear()
            self.changed.emit()


def _last_other_rows(made: list[Experiment], otherwise: int) -> int:
    """Return the last edit that leads to other rows, whose fault it is where they are not read."""
    rows = [(each.data, each.split, each.seed) for each in made]
    changing = [at for at, (old, new) in enumerate(pairwise(rows)) if old != new]
    return changing[-1] if changing else otherwise
