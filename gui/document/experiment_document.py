"""The one place where the experiment on screen changes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from gui.document.commands import ReplaceExperiment
from model.experiment import Experiment

__all__ = ["ExperimentDocument"]


class ExperimentDocument(QObject):
    """Hold the present experiment, the file it belongs to and the steps that can be undone.

    Attributes
    ----------
    experiment
        The present value; replaced, never changed.
    path
        The file it was read from or written to, or ``None``.
    undo_stack
        Every edit as a command; clean means "as in the file".

    Signals
    -------
    experiment_changed(Experiment, Experiment)
        Old and new value, after every edit, undo and redo.
    path_changed()
        The file or its saved state changed: the title must be drawn anew.

    Thread
    ------
    GUI thread only.
    """

    experiment_changed = Signal(object, object)
    path_changed = Signal()

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment
        self.path: Path | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self.path_changed)

    @property
    def is_modified(self) -> bool:
        """Whether there is something to save."""
        return not self.undo_stack.isClean()

    def edit(self, text: str, experiment: Experiment, merge_key: str = "") -> None:
        """Make `experiment` the present value, as one step that can be undone.

        Parameters
        ----------
        text
            What the step is called in the menu, translated.
        experiment
            The new value; equal to the present one means nothing happens.
        merge_key
            Consecutive edits with the same key, not empty, become one step (a drag, a slider).
        """
        if experiment == self.experiment:
            return
        self.undo_stack.push(ReplaceExperiment(self, text, self.experiment, experiment, merge_key))

    def end_merge(self) -> None:
        """Let the next edit be a step of its own even if its merge key is the same."""
        command = self.undo_stack.command(self.undo_stack.index() - 1)
        if isinstance(command, ReplaceExperiment):
            command.seal()

    def load(self, experiment: Experiment, path: Path | None) -> None:
        """Replace everything by a new or opened experiment; nothing of the old can be undone."""
        old = self.experiment
        self.undo_stack.clear()
        self.experiment = experiment
        self.path = path
        self.experiment_changed.emit(old, experiment)
        self.path_changed.emit()

    def mark_saved(self, path: Path) -> None:
        """Remember that `path` now holds the present experiment."""
        self.path = path
        self.undo_stack.setClean()
        self.path_changed.emit()

    def apply(self, experiment: Experiment) -> None:
        """Set the value and tell everyone; for commands only, a person's edits go by `edit`."""
        old, self.experiment = self.experiment, experiment
        self.experiment_changed.emit(old, experiment)
