"""The file menu's commands for any kind of document, and the recent files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.document.document import Document
from gui.messages import Messages
from gui.settings import stored_texts
from gui.widgets.dialogs import Answer, as_file_name, ask, file_dialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

MAX = 8
_KEY = "recent_files"


class RecentFiles:
    """A short list of paths in the user's settings, newest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Return the paths that still exist."""
        paths = map(Path, stored_texts(self._settings, _KEY))
        return [path for path in paths if _is_file(path)]

    def add(self, path: Path) -> None:
        """Add a path in front."""
        path = path.resolve()
        paths = [path, *(p for p in self.paths() if p != path)][:MAX]
        self._settings.setValue(_KEY, [str(p) for p in paths])


def _is_file(path: Path) -> bool:
    """Return whether a path is a file; false if it is too long for the system."""
    try:
        return path.is_file()
    except OSError:
        return False


class Files(QObject):
    """The file menu's commands for any kind of document.

    Attributes
    ----------
    suffix
        File suffix of the documents.
    recent
        Recently opened and saved files of every kind.
    while_paused
        Calls its argument while training is paused; training then continues.
    proposed
        Returns the proposed file name of a document without a file.

    Signals
    -------
    opened(), kept()
        The document was replaced; the user cancelled the question about unsaved work.
    """

    suffix: str
    opened = Signal()
    kept = Signal()

    def __init__(
        self, document: Document, settings: QSettings, window: QWidget, messages: Messages
    ) -> None:
        super().__init__(window)
        self._settings, self._window, self._messages = settings, window, messages
        self._document = document
        self.recent = RecentFiles(settings)
        self.while_paused: Callable[[Callable[[], None]], None] = lambda do: do()
        self.proposed: Callable[[], str] = lambda: "glassnet"

    # -- Implemented by subclasses -----------------------------------------------------------------

    def new(self) -> None:
        """Start a new document, after asking about unsaved work."""
        raise NotImplementedError

    def open_path(self, path: Path) -> None:
        """Open a file, after asking about unsaved work."""
        raise NotImplementedError

    def recover(self, work: Any, path: Path | None) -> bool:
        """Restore unsaved work, which remains unsaved; return whether that succeeded."""
        raise NotImplementedError

    def _write(self, path: Path, then: Callable[[], None] | None) -> None:
        """Write the document, and call `then` if that succeeds."""
        raise NotImplementedError

    def _names(self) -> tuple[str, str, str]:
        """Return the titles of the open and save dialogs, and the file type."""
        raise NotImplementedError

    def _question(self) -> str:
        """Return the question asked before unsaved work is lost."""
        raise NotImplementedError

    # -- Common to all documents -------------------------------------------------------------------

    def open(self) -> None:
        """Let the user choose a file to open."""
        self.ask_then(self._choose_to_open)

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Write the document to its file, or ask for one; call `then` if that succeeds."""
        if self._document.path is None:
            self.save_as(then)
        else:
            self._write(self._document.path, then)

    def save_as(self, then: Callable[[], None] | None = None) -> None:
        """Let the user choose where to write the document."""
        dialog = self._dialog(self._names()[1], "save_dialog")
        dialog.setAcceptMode(dialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.suffix.lstrip("."))
        path = self._document.path
        dialog.selectFile(
            f"{as_file_name(self.proposed())}{self.suffix}" if path is None else path.name
        )
        dialog.fileSelected.connect(lambda name: self._write(self._named(Path(name)), then))
        dialog.open()

    def ask_then(self, then: Callable[[], None]) -> None:
        """Call `then`, after Save or Discard if there is unsaved work.

        In a document worth asking about, the progress of a running training counts as work.
        """
        if self._document.path is not None or self._document.is_worth_asking:
            self.while_paused(lambda: self._ask_then(then))
        else:
            then()

    def _ask_then(self, then: Callable[[], None]) -> None:
        if not self._document.is_worth_asking:
            then()
            return
        path = self._document.path
        question, loss = self._question(), tr("This work has not been saved to a file yet.")
        if path is not None:
            question = tr("Save the changes to {name}?", name=path.name)
            loss = tr("What you changed since you last saved would be lost.")
        ask(
            self._window,
            "unsaved_dialog",
            question,
            loss,
            (
                Answer("unsaved_save", tr("Save"), lambda: self.save(then)),
                Answer("unsaved_discard", tr("Discard"), then),
                Answer("unsaved_cancel", tr("Cancel"), self.kept.emit),
            ),
        )

    def _dialog(self, title: str, object_name: str) -> QFileDialog:
        dialog = file_dialog(self._window, title, object_name)
        dialog.setNameFilter(f"{self._names()[2]} (*{self.suffix})")
        path = self._document.path
        if path is not None:
            dialog.setDirectory(str(path.parent))
        return dialog

    def _choose_to_open(self) -> None:
        dialog = self._dialog(self._names()[0], "open_dialog")
        dialog.setFileMode(dialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._read(Path(name)))
        dialog.open()

    def _read(self, path: Path) -> None:
        """Open a chosen file; unsaved work has already been asked about."""
        self.open_path(path)

    def _named(self, path: Path) -> Path:
        """Return a path with the suffix of this kind."""
        if path.suffix.lower() == self.suffix:
            return path
        return path.with_name(path.name + self.suffix)
