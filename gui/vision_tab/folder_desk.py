"""Folders: from the person's choice to the table."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.vision_tab.folder_panel import FolderPanel, FolderState, FolderTable
from gui.vision_tab.vision_worker import VisionController
from vision.batch import BatchItem
from vision.jobs import FolderJob

__all__ = ["FolderDesk"]


class FolderDesk(QObject):
    """Classify the pictures of a folder and keep its table.

    Attributes
    ----------
    table
        What came of the pictures.

    Signals
    -------
    progressed(int, int)
        Pictures done, and all of them.
    ended(str, int, bool)
        The folder's name, how many pictures were done, and whether those were all.
    """

    progressed = Signal(int, int)
    ended = Signal(str, int, bool)

    def __init__(
        self, controller: VisionController, panel: FolderPanel, table: FolderTable, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.table = table
        self._controller, self._panel = controller, panel
        self._job: FolderJob | None = None
        self._is_running = False
        self._is_paused = False
        self._failed = 0
        controller.folder_progressed.connect(self._on_progressed)
        controller.folder_ended.connect(self._on_ended)
        panel.pause_toggled.connect(self._on_pause_toggled)
        panel.cancel_requested.connect(controller.stop)
        panel.row_chosen.connect(self._on_row_chosen)

    def open_folder(self, folder: Path) -> None:
        """Begin with a folder; the table of the last one goes."""
        self.table.clear()
        self._failed = 0
        # An older folder that still waits or runs ends now, and is no concern of this table.
        self._job = None
        self._job = self._controller.start_folder(folder)
        self._is_running, self._is_paused = True, False
        self._show()

    @property
    def is_running(self) -> bool:
        """Whether pictures are still to come."""
        return self._is_running

    @property
    def failed(self) -> int:
        """How many pictures could not be read."""
        return self._failed

    @property
    def items(self) -> list[BatchItem]:
        """What came of the pictures, in the order of the folder."""
        return self.table.items()

    @property
    def name(self) -> str:
        """The folder's name, or nothing."""
        return self._job.folder.name if self._job is not None else ""

    def _show(self) -> None:
        job = self._job
        if job is None:
            self._panel.show_state(None)
            return
        self._panel.show_state(
            FolderState(
                name=job.folder.name,
                done=self.table.rowCount(),
                total=job.total,
                failed=self._failed,
                is_running=self._is_running,
                is_paused=self._is_paused,
            )
        )

    def _on_progressed(self, job: FolderJob) -> None:
        if job is not self._job:
            return
        new = job.items[self.table.rowCount() :]
        self._failed += sum(item.error is not None for item in new)
        self.table.extend(new)
        self._show()
        self.progressed.emit(self.table.rowCount(), job.total)

    def _on_ended(self, job: FolderJob, is_whole: bool) -> None:
        if job is not self._job:
            return
        self._is_running = self._is_paused = False
        self._show()
        self.ended.emit(job.folder.name, self.table.rowCount(), is_whole)

    def _on_pause_toggled(self, is_paused: bool) -> None:
        if self._job is not None and self._is_running:
            self._is_paused = is_paused
            self._job.set_paused(is_paused)
            self._show()

    def _on_row_chosen(self, row: int) -> None:
        item = self.table.item(row)
        if item.result is not None:
            self._controller.look(item)
