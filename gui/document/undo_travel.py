"""The way along the undo stack, also to steps whose data have to be read first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui.document.data_loader import DataLoader
from gui.document.experiment_document import ExperimentDocument
from gui.error_texts import sentence_of
from model.data.cache import dataset_of, is_at_hand
from model.errors import ModelError
from model.experiment import Experiment

__all__ = ["UndoTravel"]


class UndoTravel(QObject):
    """Go steps back and forth; those asked for while data are read are counted from the goal.

    Only the data of the goal are read, and the document changes once. What a person makes
    meanwhile ends the way.

    Signals
    -------
    failed(str, str)
        A sentence and details; the document stands just before the step that cannot be read.
    """

    failed = Signal(str, str)

    def __init__(
        self, document: ExperimentDocument, loader: DataLoader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._loader = document, loader
        self._goal = 0
        document.made_by_hand.connect(self._stay)

    @property
    def goal(self) -> int:
        """The index of the stack that is gone to, the present one where there is no way to go."""
        return self._goal if self._loader.reads_for(self) else self._document.undo_stack.index()

    def go(self, steps: int) -> None:
        """Go so many steps forth, or back where negative."""
        stack, start = self._document.undo_stack, self.goal
        goal = min(max(start + steps, 0), stack.count())
        if goal == stack.index():
            self._stay()
        elif goal != start:
            self._go_to(goal)

    def _stay(self) -> None:
        if self._loader.reads_for(self):
            self._loader.cancel()

    def _go_to(self, goal: int) -> None:
        experiment = self._document.experiment_at(goal)
        if experiment is None:
            return
        if not is_at_hand(experiment):
            self._goal = goal
            self._loader.load(
                lambda: experiment,
                lambda _: self._arrive(goal, experiment),
                lambda error, details: self._fail(goal, error, details),
                owner=self,
            )
            return
        self._stay()
        try:
            dataset_of(experiment)
        except (ModelError, OSError) as error:
            self._fail(goal, error, "")
            return
        self._document.walk_to(goal)

    def _arrive(self, goal: int, experiment: Experiment) -> None:
        if self._document.experiment_at(goal) is experiment:
            self._document.walk_to(goal)

    def _fail(self, goal: int, error: Exception, details: str) -> None:
        self.failed.emit(sentence_of(error), "" if isinstance(error, ModelError) else details)
        here = self._document.undo_stack.index()
        nearer = goal + (1 if goal < here else -1)
        if nearer != here:
            self._go_to(nearer)
