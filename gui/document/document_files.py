"""New, open, save, recent files, and the questions they ask."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

from msgspec.structs import replace
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.document.data_loader import DataLoader
from gui.document.experiment_document import ExperimentDocument
from gui.document.pending_edits import PendingEdits
from gui.document.undo_travel import UndoTravel
from gui.error_texts import sentence_of
from gui.widgets.dialogs import Answer, ask, file_dialog
from model.data.cache import dataset_of, is_at_hand, is_quickly_read
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import CsvData, Experiment
from model.files import encode, read_experiment, write_bytes

__all__ = [
    "SUFFIX",
    "DocumentFiles",
    "MissingTableDialog",
    "RecentFiles",
    "found_beside",
    "is_gone",
    "with_table",
]


MOST = 8
_KEY = "recent_files"


class RecentFiles:
    """A short list of paths in the person's settings, newest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Return the paths that still exist."""
        stored = self._settings.value(_KEY, [])
        if isinstance(stored, str):
            stored = [stored]
        values = [str(value) for value in stored] if isinstance(stored, list) else []
        return [path for path in map(Path, values) if path.is_file()]

    def add(self, path: Path) -> None:
        """Put a path first."""
        path = path.resolve()
        paths = [path, *(p for p in self.paths() if p != path)][:MOST]
        self._settings.setValue(_KEY, [str(p) for p in paths])


def found_beside(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment, its table taken from `folder` where it is gone from its own place."""
    data = experiment.data
    if not isinstance(data, CsvData) or Path(data.path).exists():
        return experiment
    beside = folder / _name_of(data)
    return with_table(experiment, beside) if beside.is_file() else experiment


def is_gone(experiment: Experiment, error: Exception) -> bool:
    """Tell whether an error says that the table of an experiment is not there."""
    return isinstance(experiment.data, CsvData) and isinstance(error.__cause__, FileNotFoundError)


def with_table(experiment: Experiment, path: Path) -> Experiment:
    """Return the experiment with its table read from another place."""
    assert isinstance(experiment.data, CsvData)
    return replace(experiment, data=replace(experiment.data, path=str(path)))


def _name_of(data: CsvData) -> str:
    """Return a table's name; its path may have been written on Windows."""
    return PureWindowsPath(data.path).name


class MissingTableDialog(QObject):
    """Ask where a table is that is gone, without blocking."""

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window

    def ask(
        self,
        experiment: Experiment,
        take: Callable[[Experiment], None],
        given_up: Callable[[], None],
    ) -> None:
        """Ask for the table; `take` gets the experiment that reads the file that is chosen."""
        data = experiment.data
        assert isinstance(data, CsvData)
        name = _name_of(data)

        def choose() -> None:
            self._choose(name, lambda path: take(with_table(experiment, path)), given_up)

        ask(
            self._window,
            "gone_dialog",
            self.tr("Where is {name}?").format(name=name),
            self.tr(
                "The experiment learned from this table, which is no longer in {folder}. Its "
                "weights are kept; show where the table is now to open it."
            ).format(folder=str(Path(data.path).parent)),
            (
                Answer("gone_find", self.tr("Find the file…"), choose),
                Answer("gone_cancel", self.tr("Cancel"), given_up),
            ),
        )

    def _choose(
        self, name: str, take: Callable[[Path], None], given_up: Callable[[], None]
    ) -> None:
        title = self.tr("Find {name}").format(name=name)
        dialog = file_dialog(self._window, title, "gone_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Tables (*.csv *.tsv *.txt)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda chosen: take(Path(chosen)))
        dialog.rejected.connect(lambda: given_up())
        dialog.open()


SUFFIX = ".glassnet"


class DocumentFiles(QObject):
    """What the file menu does.

    Attributes
    ----------
    recent
        The files opened and saved last.
    loader
        Reads large data on a worker.
    pending
        What a person has done whose data are still being read.
    once_at_rest
        Calls what it is given once no training is under way, which it pauses.
    while_paused
        The same, and lets the training go on afterwards.

    Signals
    -------
    failed(str, str)
        A sentence and details.
    noted(str)
        What a person should know of the file that was opened.
    writing(Path, bytes)
        This is about to be written there.
    steps_changed()
        Undo or redo would do something else than before.
    opened(), saved(), kept()
        The document was replaced; it was written; a person asked about unsaved work chose Cancel.

    Thread
    ------
    GUI thread.
    """

    failed = Signal(str, str)
    noted = Signal(str)
    writing = Signal(object, object)
    steps_changed = Signal()
    opened = Signal()
    saved = Signal()
    kept = Signal()

    def __init__(self, document: ExperimentDocument, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._document = document
        self._window = window
        self.recent = RecentFiles(settings)
        self.loader = DataLoader(self)
        self.pending = PendingEdits(document, self.loader, self)
        self.once_at_rest: Callable[[Callable[[], None]], None] = lambda then: then()
        self.while_paused: Callable[[Callable[[], None]], None] = lambda do: do()
        self._gone = MissingTableDialog(window, self)
        self._travel = UndoTravel(document, self.loader, self)
        self._travel.failed.connect(self.failed)
        document.replaced.connect(self.loader.cancel)
        for signal in (
            document.undo_stack.indexChanged,
            self.pending.changed,
            self.loader.started,
            self.loader.ended,
        ):
            signal.connect(lambda *_: self.steps_changed.emit())

    # -- Doing -------------------------------------------------------------------------------------

    def new(self) -> None:
        """Start from the first proposal, after asking about unsaved work."""
        self.ask_then(lambda: self._load(default_experiment(), None))

    def open(self) -> None:
        """Let the person choose a file to open."""
        self.ask_then(self._choose_to_open)

    def open_path(self, path: Path) -> None:
        """Open a file; about unsaved work is asked once it has turned out to be readable."""
        self._read(path, asks=True)

    def recover(self, experiment: Experiment, path: Path | None) -> None:
        """Take up unsaved work; it still counts as unsaved."""

        def take(read: Experiment) -> None:
            self._load(read, path)
            self._document.mark_unsaved()

        made_last = self._document.newest_by_hand
        self._with_data(experiment, self._asking_first(take, made_last))

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Write the document to its file, or ask for one; `then` follows only a success."""
        if self._document.path is None:
            self.save_as(then)
        else:
            self._write(self._document.path, then)

    def save_as(self, then: Callable[[], None] | None = None) -> None:
        """Let the person choose where to write the document."""
        dialog = self._dialog(self.tr("Save experiment"), "save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        if self._document.path is not None:
            dialog.selectFile(self._document.path.name)
        dialog.fileSelected.connect(lambda name: self._write(Path(name), then))
        dialog.open()

    @property
    def to_undo(self) -> str | None:
        """What the step is called that :meth:`undo` takes back; ``None`` where there is none."""
        goal = self._travel.goal
        done = self._document.undo_stack.text(goal - 1) if goal > 0 else None
        waiting = self.pending.to_take_back
        return done if waiting is None else waiting

    @property
    def to_redo(self) -> str | None:
        """What the step is called that :meth:`redo` does again; ``None`` where there is none."""
        stack, goal = self._document.undo_stack, self._travel.goal
        undone = stack.text(goal) if goal < stack.count() else None
        waiting = self.pending.to_bring_back
        return undone if waiting is None else waiting

    def undo(self) -> None:
        """Take back the last thing done, also where its data are still being read."""
        if not self.pending.take_back():
            self._travel.go(-1)

    def redo(self) -> None:
        """Do again what was taken back last."""
        if not self.pending.bring_back():
            self._travel.go(1)

    def ask_then(self, then: Callable[[], None]) -> None:
        """Do `then`, where there is unsaved work only after Save or Discard.

        What a training has reached is work, too, in a document that is worth the question.
        """
        if self._document.path is not None or self._document.is_worth_asking:
            self.once_at_rest(lambda: self._ask_then(then))
        else:
            then()

    def _ask_then(self, then: Callable[[], None]) -> None:
        if not self._document.is_worth_asking:
            then()
            return
        ask(
            self._window,
            "unsaved_dialog",
            self.tr("Save the changes?"),
            self.tr("What you changed since you last saved would be lost."),
            (
                Answer("unsaved_save", self.tr("Save"), lambda: self.save(then)),
                Answer("unsaved_discard", self.tr("Discard"), then),
                Answer("unsaved_cancel", self.tr("Cancel"), self.kept.emit),
            ),
        )

    # -- Files -------------------------------------------------------------------------------------

    def _dialog(self, title: str, object_name: str) -> QFileDialog:
        dialog = file_dialog(self._window, title, object_name)
        dialog.setNameFilter(self.tr("Glassnet experiments (*.glassnet)"))
        path = self._document.path
        if path is not None:
            dialog.setDirectory(str(path.parent))
        return dialog

    def _choose_to_open(self) -> None:
        dialog = self._dialog(self.tr("Open experiment"), "open_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._read(Path(name)))
        dialog.open()

    def _read(self, path: Path, asks: bool = False) -> None:
        """Open a file once it and its data are read; `asks` about unsaved work before that."""
        made_last = self._document.newest_by_hand

        def with_data(saved: Experiment) -> None:
            take = self._asking_first(
                lambda read: self._take_up(saved, read, path), made_last, asks
            )
            self._with_data(found_beside(saved, path.parent), take)

        if not is_quickly_read(path):
            make = functools.partial(read_experiment, path)
            self.loader.read(make, with_data, self._on_unreadable, owner=self)
            return
        try:
            experiment = read_experiment(path)
        except (ModelError, OSError) as error:
            self._on_unreadable(error, "")
            return
        with_data(experiment)

    def _take_up(self, saved: Experiment, read: Experiment, path: Path) -> None:
        """Replace the document by a file's experiment; a table found elsewhere is a change."""
        self._load(read, path)
        self.recent.add(path)
        if read.data != saved.data and isinstance(read.data, CsvData):
            self._document.mark_unsaved()
            table = Path(read.data.path)
            self.noted.emit(
                self.tr(
                    "{name} was no longer where it was saved; it is now read from {folder}. Save "
                    "the experiment to keep that."
                ).format(name=table.name, folder=str(table.parent))
            )

    def _with_data(self, experiment: Experiment, take: Callable[[Experiment], None]) -> None:
        """Hand an experiment on once its data are read; small data are read at once.

        Where its table is gone, the person is asked for it.
        """

        def fail(error: Exception, details: str) -> None:
            if is_gone(experiment, error):
                given_up = functools.partial(self._on_unreadable, error, "")
                self._gone.ask(experiment, lambda found: self._with_data(found, take), given_up)
            else:
                self._on_unreadable(error, details)

        if not is_at_hand(experiment):
            self.loader.load(lambda: experiment, take, fail, owner=self)
            return
        try:
            dataset_of(experiment)
        except (ModelError, OSError) as error:
            fail(error, "")
            return
        take(experiment)

    def _asking_first(
        self,
        take: Callable[[Experiment], None],
        made_last: QUndoCommand | None,
        always: bool = False,
    ) -> Callable[[Experiment], None]:
        """Return what takes an experiment, and asks before that about what was made since."""

        def arrive(read: Experiment) -> None:
            if always or self._document.newest_by_hand is not made_last:
                self.ask_then(lambda: take(read))
            else:
                take(read)

        return arrive

    def _on_unreadable(self, error: Exception, details: str) -> None:
        self.failed.emit(sentence_of(error), "" if isinstance(error, ModelError) else details)

    def _load(self, experiment: Experiment, path: Path | None) -> None:
        self._document.load(experiment, path)
        self.opened.emit()

    def _write(self, path: Path, then: Callable[[], None] | None) -> None:
        """Write what there is now, what a training has reached included."""
        self.while_paused(lambda: self._write_document(path, then))

    def _write_document(self, path: Path, then: Callable[[], None] | None) -> None:
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        try:
            content = encode(self._document.experiment)
            self.writing.emit(path, content)
            write_bytes(path, content)
        except (ModelError, OSError) as error:
            self.failed.emit(sentence_of(error), "")
            return
        self._document.mark_saved(path)
        self.recent.add(path)
        self.saved.emit()
        if then is not None:
            then()
