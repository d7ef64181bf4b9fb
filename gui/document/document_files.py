"""New, open and save for experiments, with their questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from foundation.files import is_on_network
from foundation.text import localise, tr
from gui.document.experiment_document import ExperimentDocument
from gui.document.files import Files
from gui.document.outside_data import agree_to_read, ask_to_read
from gui.document.seen_file import OnDisk, SeenFile, read_seen
from gui.format import show_integer, show_number, with_power_of_ten
from gui.messages import Messages
from gui.widgets.dialogs import Answer, ask, file_dialog
from gui.workers.latest_task import LatestTask
from gui.workers.reading import reading
from model.data.cache import has_dataset, is_quickly_read
from model.data.files.paths import paths_outside, with_table, with_table_beside
from model.data.files.table_names import TABLE_PATTERNS
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import Experiment, with_past
from model.files import write_experiment

if TYPE_CHECKING:
    from model.importing import NetworkRead

SUFFIX = ".glassnet"
NETWORK_SUFFIX = ".onnx"


def is_network(path: Path) -> bool:
    """Return whether a file is a network of rows of numbers, which opens in Build."""
    if path.suffix.lower() != NETWORK_SUFFIX:
        return False
    from model import importing  # late: few files are networks
    from vision.formats.onnx.structure import takes_rows

    return takes_rows(path, importing.MAX_BYTES)


def _is_table_missing(experiment: Experiment) -> bool:
    """Return whether an experiment's table is missing and not cached."""
    path = experiment.data.table_path
    if not path or is_on_network(path) or Path(path).exists():
        return False
    return not has_dataset(experiment)


def _ask_for_table(
    window: QWidget,
    experiment: Experiment,
    take: Callable[[Experiment], None],
) -> None:
    """Ask, without blocking, for the table that an experiment was trained on.

    `take` is called with the experiment that reads the chosen file.
    """
    path = experiment.data.table_path
    name = PureWindowsPath(path).name  # the path may have been written on Windows

    def choose() -> None:
        title = tr("Find {name}", name=name)
        dialog = file_dialog(window, title, "gone_file_dialog")
        dialog.setFileMode(dialog.FileMode.ExistingFile)
        tables = tr("Tables ({kinds})", kinds=TABLE_PATTERNS)
        dialog.setNameFilters([tables, tr("All files (*)")])
        dialog.fileSelected.connect(lambda chosen: take(with_table(experiment, Path(chosen))))
        dialog.open()

    ask(
        window,
        "gone_dialog",
        tr("Where is {name}?", name=name),
        tr(
            "The experiment learned from this table, which is no longer in {folder}. Its weights "
            "are kept; show where the table is now to open it.",
            folder=str(Path(path).parent),
        ),
        (
            Answer("gone_find", tr("Find the file…"), choose),
            Answer("gone_cancel", tr("Cancel"), lambda: None),
        ),
    )


class DocumentFiles(Files):
    """The file menu's commands for experiments.

    Attributes
    ----------
    with_past
        Returns an experiment with the run history stored in its file.
    named
        Returns the name of the document shown in the window.
    """

    suffix = SUFFIX
    _document: ExperimentDocument

    def __init__(
        self,
        document: ExperimentDocument,
        settings: QSettings,
        window: QWidget,
        messages: Messages,
    ) -> None:
        super().__init__(document, settings, window, messages)
        self._loader = LatestTask(self)
        self.with_past: Callable[[Experiment], Experiment] = lambda experiment: experiment
        self.named: Callable[[], str] = lambda: self.proposed()
        self._seen: dict[Path, SeenFile] = {}
        self._told = OnDisk.SAME

    # -- Doing -------------------------------------------------------------------------------------

    def new(self) -> None:
        """Start with the default experiment, after asking about unsaved work."""
        self.open_unsaved(default_experiment())

    def open_path(self, path: Path, others: Sequence[Path] = ()) -> None:
        """Open a file; ask about unsaved work once the file has been read.

        It may be an experiment, or an ONNX file with a network that was trained elsewhere. `others`
        were passed along with it; the user is told that they are not opened.
        """
        self._read(path, asks=True, others=others)

    def choose_network(self) -> None:
        """Let the user choose a network trained elsewhere."""
        dialog = file_dialog(self._window, tr("Open a trained network"), "network_dialog")
        kind = tr("Networks in ONNX files")
        dialog.setNameFilter(f"{kind} (*{NETWORK_SUFFIX})")
        dialog.setFileMode(dialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.open_path(Path(name)))
        dialog.open()

    def open_unsaved(
        self, experiment: Experiment, opened: Callable[[], None] = lambda: None
    ) -> None:
        """Open an experiment without a file, after asking about unsaved work.

        `opened` is called after it has been loaded.
        """

        def load() -> None:
            self._load(experiment, None)
            opened()

        self.ask_then(load)

    def recover(self, experiment: Experiment, path: Path | None) -> bool:
        """Restore unsaved work."""
        self._load(experiment, path)
        self._document.mark_unsaved()
        if path is not None:
            self._seen.setdefault(path, SeenFile(path))
        self._ask_for_table()
        return True

    def reload(self) -> None:
        """Reload the document's file at the user's request."""
        path = self._document.path
        if path is not None:
            self.while_paused(lambda: self._read(path))

    def check_file(self) -> None:
        """Report, once per change, that another program changed or deleted the document's file."""
        seen = self._seen_file
        if seen is None:
            return
        found, name = seen.look(), seen.path.name
        if found is not self._told and found is OnDisk.CHANGED:
            self._messages.show_warning(
                lambda: tr(
                    "{name} was changed on disk since it was opened or saved here.", name=name
                ),
                (lambda: tr("Reload"), self.reload),
            )
        elif found is not self._told and found is OnDisk.GONE:
            self._messages.show_warning(
                lambda: tr("{name} was deleted or moved. Saving writes it anew.", name=name)
            )
        self._told = found

    @property
    def _seen_file(self) -> SeenFile | None:
        """The state of the document's file when last read or written."""
        path = self._document.path
        return None if path is None else self._seen.get(path)

    # -- Files -------------------------------------------------------------------------------------

    def _question(self) -> str:
        return tr("Save “{name}”?", name=self.named())

    def _names(self) -> tuple[str, str, str]:
        return (
            tr("Open experiment"),
            tr("Save experiment"),
            tr("Glassnet experiments"),
        )

    def _read(self, path: Path, asks: bool = False, others: Sequence[Path] = ()) -> None:
        """Read and open a file; first ask about unsaved work if `asks`.

        Work done while a large file is being read is always asked about.
        """
        made_last = self._document.newest_user_step

        def once_asked(arrive: Callable[[], None]) -> None:
            if asks or self._document.newest_user_step is not made_last:
                self.ask_then(arrive)
            else:
                arrive()

        def take(found: tuple[Experiment, SeenFile]) -> None:
            saved, seen = found
            experiment = with_table_beside(saved, path.resolve().parent)

            def arrive() -> None:
                self._replace_document(saved, experiment, seen, others)

            outside = paths_outside(experiment.data, path.resolve().parent)
            ask_to_read(self._settings, self._window, outside, path, lambda: once_asked(arrive))

        if path.suffix.lower() == NETWORK_SUFFIX:
            present = self._document.experiment

            def read() -> NetworkRead:
                from model.importing import read_network  # late: loads onnx

                return read_network(path, present)

            def take_network(found: NetworkRead) -> None:
                once_asked(lambda: self._replace_by_network(path, found, others))

            self._loader.start(reading(read), take_network, self._messages.show_error)
            return
        if not is_quickly_read(path):
            self._loader.start(reading(lambda: read_seen(path)), take, self._messages.show_error)
            return
        try:
            found = read_seen(path)
        except ModelError as error:
            self._messages.show_error(error)
            return
        take(found)

    @property
    def is_idle(self) -> bool:
        """Whether no file is being read."""
        return self._loader.is_idle

    def cancel(self) -> None:
        """Cancel the reading of a file."""
        self._loader.cancel()

    def _replace_document(
        self, saved: Experiment, read: Experiment, seen: SeenFile, others: Sequence[Path]
    ) -> None:
        """Replace the document by the experiment of a file; a relocated table counts as an edit."""
        self._load(read, seen.path)
        self._seen[seen.path] = seen
        self.recent.add(seen.path)
        if others:
            self._messages.show_note(lambda: self._only_one_opened(seen.path, others))
        if read.data != saved.data and read.data.table_path:
            self._document.mark_unsaved()
            table = Path(read.data.table_path)
            self._messages.show_note(
                lambda: tr(
                    "{name} was no longer where it was saved; it is now read from {folder}. Save "
                    "the experiment to keep that.",
                    name=table.name,
                    folder=str(table.parent),
                )
            )
        self._ask_for_table()

    def _replace_by_network(self, path: Path, found: NetworkRead, others: Sequence[Path]) -> None:
        """Replace the document by an imported network, and report the import."""
        self._load(found.experiment, None, trained_elsewhere=True)
        self.recent.add(path)

        def sentences() -> str:
            text = tr(
                "{name} is open. ONNX’s own evaluator, on {rows} rows, answers the same within "
                "{n}.",
                name=path.name,
                rows=show_integer(found.trip.rows),
                n=with_power_of_ten(show_number(found.trip.difference, 2)),
            )
            notes = [text, *map(localise, found.notes)]
            return " ".join([*notes, self._only_one_opened(path, others)] if others else notes)

        self._messages.show_note(sentences)

    def _only_one_opened(self, path: Path, others: Sequence[Path]) -> str:
        """Return the sentence that only one of the given files was opened."""
        return tr(
            "Only {name} was opened: a window holds one experiment. Not opened: {others}.",
            name=path.name,
            others=", ".join(other.name for other in others),
        )

    def _ask_for_table(self) -> None:
        """Ask for the table of the document if it is missing."""
        experiment = self._document.experiment
        if not _is_table_missing(experiment):
            return

        def take(found: Experiment) -> None:
            if self._document.experiment.data == experiment.data:
                seen = self._seen
                found = with_past(found, self._document.past)
                self._load(self._document.signed(found), self._document.path)
                self._seen = seen
                self._document.mark_unsaved()

        _ask_for_table(self._window, experiment, take)

    def _load(
        self, experiment: Experiment, path: Path | None, trained_elsewhere: bool = False
    ) -> None:
        self._seen, self._told = {}, OnDisk.SAME
        self._messages.clear()  # what failed before is no news any more
        self._document.load(experiment, path, trained_elsewhere)
        self.opened.emit()

    def _write(self, path: Path, then: Callable[[], None] | None, over: bool = False) -> None:
        """Write the current state, including the progress of training.

        If the document's file has changes unknown to this window, the user is asked first, unless
        `over` allows overwriting it.
        """
        seen = self._seen_file if path == self._document.path else None
        found = OnDisk.SAME if seen is None else seen.look()
        if found is OnDisk.CHANGED and not over:
            self._ask_about_change(path, then)
            return
        self.while_paused(lambda: self._write_document(path, then, found is OnDisk.GONE))

    def _ask_about_change(self, path: Path, then: Callable[[], None] | None) -> None:
        ask(
            self._window,
            "changed_dialog",
            tr("{name} was changed on disk.", name=path.name),
            tr(
                "Another window or program has written to it since it was opened or saved here. "
                "Reload drops your changes, overwrite drops the other ones."
            ),
            (
                Answer("changed_save_as", tr("Save as…"), lambda: self.save_as(then)),
                Answer("changed_reload", tr("Reload"), self.reload),
                Answer(
                    "changed_overwrite",
                    tr("Overwrite"),
                    lambda: self._write(path, then, over=True),
                ),
                Answer("changed_cancel", tr("Cancel"), self.kept.emit),
            ),
        )

    def _write_document(self, path: Path, then: Callable[[], None] | None, is_anew: bool) -> None:
        """Write the current value."""
        experiment = self._document.experiment
        self._messages.clear()
        try:
            write_experiment(self._document.signed(self.with_past(experiment)), path)
        except (ModelError, OSError) as error:
            self._messages.show_error(error)
            return
        self._seen[path], self._told = SeenFile(path), OnDisk.SAME
        agree_to_read(self._settings, paths_outside(experiment.data, path.resolve().parent))
        self._document.mark_saved(path)
        self.recent.add(path)
        if is_anew:
            self._messages.show_note(
                lambda: tr("{name} had been deleted or moved; it was written anew.", name=path.name)
            )
        if then is not None:
            then()
