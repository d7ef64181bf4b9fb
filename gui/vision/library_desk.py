"""Downloads of models, and putting what was fetched on the shelf."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.vision.library_dialog import DownloadState, LibraryDialog, LibraryRow
from gui.vision.model_shelf import ModelShelf
from gui.vision.numbers import megabytes
from gui.vision.sentences import sentence_of
from gui.vision.session import ModelChoice
from gui.workers import RunController, RunState
from vision.download import DownloadProgress
from vision.errors import VisionError
from vision.library import ModelLibrary
from vision.manifest import ModelManifest

__all__ = ["LibraryDesk"]

# Boxes round objects and faces are nothing for this tab.
TASKS = frozenset({"classification", "digits"})


class LibraryDesk(QObject):
    """Own the library, its dialog and the one download at a time.

    Attributes
    ----------
    dialog
        The dialog, made when it is first opened.
    """

    def __init__(self, shelf: ModelShelf, parent: QWidget) -> None:
        super().__init__(parent)
        self._shelf, self._window = shelf, parent
        self._library: ModelLibrary | None = None
        self._runs = RunController(self)
        self._loading = ""
        self.dialog: LibraryDialog | None = None
        self._runs.updated.connect(self._on_progress)
        self._runs.completed.connect(self._on_completed)
        self._runs.cancelled.connect(self._on_cancelled)
        self._runs.failed.connect(self._on_failed)

    def use_library(self, library: ModelLibrary) -> None:
        """Use another library than the bundled list with the person's own folder."""
        self._library = library
        self._put_on_shelf()

    def restore(self) -> None:
        """Put what was fetched earlier on the shelf."""
        self._put_on_shelf()

    def open(self) -> None:
        """Open the dialog."""
        if self.dialog is None:
            self.dialog = LibraryDialog(self._window)
            self.dialog.download_requested.connect(self._on_download_requested)
            self.dialog.cancel_requested.connect(self._runs.request_stop)
            self.dialog.use_requested.connect(self._on_use_requested)
            self.dialog.remove_requested.connect(self._on_remove_requested)
        self._show()
        self.dialog.show()
        self.dialog.raise_()

    def request_close(self) -> bool:
        """Stop the download; return whether none runs any more (never blocks)."""
        self._runs.request_stop()
        return self._runs.is_idle

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        return self._runs.state is RunState.STOPPING

    # -- Entries -----------------------------------------------------------------------------------

    @property
    def library(self) -> ModelLibrary:
        """The list and the folder."""
        if self._library is None:
            self._library = ModelLibrary()
        return self._library

    def _entries(self) -> dict[str, ModelManifest]:
        return {entry.key: entry for entry in self.library.entries if entry.task in TASKS}

    def _put_on_shelf(self) -> None:
        library = self.library
        for key, entry in self._entries().items():
            row = f"library_{key}"
            if library.is_installed(entry):
                choice = ModelChoice(
                    row,
                    entry.name,
                    model=library.path_of(entry),
                    load=partial(library.open, entry),
                )
                self._shelf.put(choice, self.tr("library"), megabytes(entry.bytes))
            else:
                self._shelf.take(row)

    def _show(self) -> None:
        if self.dialog is None:
            return
        library = self.library
        rows = [
            LibraryRow(
                key=key,
                name=entry.name,
                size=entry.bytes,
                licence=entry.licence,
                accuracy=entry.accuracy,
                source=entry.source,
                is_here=library.is_installed(entry),
                partial=library.partial_bytes(entry),
            )
            for key, entry in self._entries().items()
        ]
        self.dialog.show_rows(rows, self._loading)

    # -- Person ------------------------------------------------------------------------------------

    def _on_download_requested(self, key: str) -> None:
        if not self._runs.is_idle:
            return
        entry, library = self._entries()[key], self.library
        self._loading = key
        self._runs.start(lambda should_stop, publish: library.download(entry, should_stop, publish))
        self._show()
        self._message(self.tr("Connecting."))

    def _on_use_requested(self, key: str) -> None:
        self._shelf.choose(f"library_{key}")
        if self.dialog is not None:
            self.dialog.close()

    def _on_remove_requested(self, key: str) -> None:
        try:
            self.library.remove(self._entries()[key])
        except VisionError as error:
            if self.dialog is not None:
                self.dialog.show_message(key, sentence_of(error), "fail")
        self._put_on_shelf()
        self._show()

    # -- Download ----------------------------------------------------------------------------------

    def _message(self, text: str, tone: str = "") -> None:
        if self.dialog is not None and self._loading:
            self.dialog.show_message(self._loading, text, tone)

    def _on_progress(self, progress: DownloadProgress) -> None:
        if self.dialog is not None and self._loading:
            self.dialog.show_progress(
                DownloadState(
                    self._loading,
                    progress.received_bytes,
                    progress.total_bytes,
                    progress.bytes_per_s,
                )
            )

    def _on_completed(self, _result: object) -> None:
        self._end(self.tr("Downloaded and checked."), "ok")
        self._put_on_shelf()

    def _on_cancelled(self, _result: object) -> None:
        self._end(self.tr("Stopped. What has come is kept."), "")

    def _on_failed(self, error: Exception, _details: str) -> None:
        self._end(sentence_of(error), "fail")

    def _end(self, text: str, tone: str) -> None:
        self._message(text, tone)
        self._loading = ""
        self._show()
