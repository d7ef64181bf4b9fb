"""The experiment on screen: its value, its undo stack, its file."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoCommand

from gui.document.document import Document, DocumentFile, ReplaceValue
from model.experiment import Experiment, LessonRecord, Past, with_past
from model.initialisers import initialise


class ExperimentDocument(Document):
    """Holds the current experiment, its file and its undo steps.

    Attributes
    ----------
    experiment
        The current value with all weights initialised; replaced, never changed.
    past
        Run history stored in the file that it was read from, or ``None``.
    author, learning
        Author and progress in lessons. Both are saved in the file but not part of `experiment`, and
        undo does not affect them.
    is_for_lesson
        Whether the following steps are made for a lesson, which stores them.

    Signals
    -------
    replaced()
        Another document was created or opened; `experiment_changed` follows.
    experiment_changed(Experiment, Experiment)
        Old and new value, after every edit, undo and redo.
    """

    replaced = Signal()
    experiment_changed = Signal(object, object)

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.past = _past_of(experiment)
        self.author, self.learning = experiment.author, experiment.learning
        self._experiment = _without_metadata(experiment)
        self._opened_layers: tuple[object, ...] | None = None
        self.is_for_lesson = False

    @property
    def holds_opened_network(self) -> bool:
        """Whether its layers are those of the imported network."""
        return self._opened_layers == _layers_of(self.experiment)

    @property
    def experiment(self) -> Experiment:
        """The current value; its weights are initialised on first use."""
        self._experiment = _initialised(self._experiment)
        return self._experiment

    @property
    def value(self) -> Experiment:
        """The current experiment."""
        return self.experiment

    @property
    def is_worth_asking(self) -> bool:
        """Whether unsaved changes are worth asking about.

        They are not if an experiment without a file was only trained, which is easily repeated, or
        edited for a lesson, which stores it.
        """
        if not self.is_modified:
            return False
        if self.path is not None or self.file.is_behind:
            return True
        stack = self.undo_stack
        return any(_is_missed(stack.command(i)) for i in range(stack.index()))

    def edit(
        self,
        text: str,
        experiment: Experiment,
        merge_key: str = "",
        training: bool = False,
        new_file: bool = False,
    ) -> None:
        """Replace the current value by `experiment`, as one undo step.

        Parameters
        ----------
        text
            Translated name of the step in the menu.
        experiment
            The new value; if it equals the current one, nothing happens.
        merge_key
            Consecutive edits with the same non-empty key become one step (a drag, a slider).
        training
            Whether training, not the user, changed the weights.
        new_file
            Whether the new value must be saved in a new file instead of replacing the old one.
        """
        experiment = _initialised(experiment)
        if experiment == self.experiment:
            return
        file = DocumentFile() if new_file else None
        command = ReplaceValue(self, text, self.experiment, experiment, merge_key, file)
        command.is_missed = not (training or self.is_for_lesson)
        self.undo_stack.push(command)

    @property
    def newest_user_step(self) -> QUndoCommand | None:
        """The newest step by the user, not by training or a lesson, that has not been undone."""
        stack = self.undo_stack
        steps = (stack.command(index) for index in reversed(range(stack.index())))
        return next(filter(_is_missed, steps), None)

    def experiment_at(self, index: int) -> Experiment | None:
        """Return the experiment at an index of the undo stack, ``None`` if there is no step."""
        command = self.undo_stack.command(max(index - 1, 0))
        if not isinstance(command, ReplaceValue):
            return None
        return command.new if index else command.old

    def end_merge(self) -> None:
        """Keep the next edit from merging with earlier ones."""
        command = self.undo_stack.command(self.undo_stack.index() - 1)
        if isinstance(command, ReplaceValue):
            command.seal()

    def load(
        self, experiment: Experiment, path: Path | None, trained_elsewhere: bool = False
    ) -> None:
        """Load a new or opened experiment, and clear the undo steps."""
        old = self.experiment
        self._opened_layers = _layers_of(experiment) if trained_elsewhere else None
        self.is_for_lesson = False
        self._begin(path)
        self.past = _past_of(experiment)
        self.author, self.learning = experiment.author, experiment.learning
        self._experiment = _without_metadata(experiment)
        self.file.saved = self.experiment
        self.replaced.emit()
        self.experiment_changed.emit(old, self.experiment)
        self.value_changed.emit()
        self.path_changed.emit()

    def sign(self, author: str) -> None:
        """Set the author.

        A document without a file does not become unsaved by this alone.
        """
        if author != self.author:
            self.author = author
            if self.path is not None:
                self.mark_unsaved()

    def note_learning(self, learning: tuple[LessonRecord, ...]) -> None:
        """Record progress in lessons, outside the undo stack like the author."""
        if learning != self.learning:
            self.learning = learning
            if self.path is not None:
                self.mark_unsaved()

    def signed(self, experiment: Experiment) -> Experiment:
        """Return an experiment with the document's author and progress in lessons."""
        return replace(experiment, author=self.author, learning=self.learning)

    def apply(self, experiment: Experiment) -> None:
        """Set the value and notify listeners; for commands only, other code calls `edit`."""
        old, self._experiment = self.experiment, experiment
        self.experiment_changed.emit(old, experiment)
        self.value_changed.emit()


def _layers_of(experiment: Experiment) -> tuple[object, ...]:
    network = experiment.network
    return network.inputs, *((layer.units, layer.activation) for layer in network.layers)


def _past_of(experiment: Experiment) -> Past | None:
    return experiment.past if isinstance(experiment.past, Past) else None


def _without_metadata(experiment: Experiment) -> Experiment:
    """Return the experiment without author, progress and run history."""
    experiment = with_past(experiment, None)
    if not experiment.author and not experiment.learning:
        return experiment
    return replace(experiment, author="", learning=())


def _initialised(experiment: Experiment) -> Experiment:
    """Return the experiment with missing weights initialised."""
    missing = any(x.weights is None or x.biases is None for x in experiment.network.layers)
    return initialise(experiment) if missing else experiment


def _is_missed(command: QUndoCommand | None) -> bool:
    return isinstance(command, ReplaceValue) and command.is_missed
