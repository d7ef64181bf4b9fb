"""The commands New, Open and Save for class projects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.document.files import Files
from gui.document.outside_data import agree_to_read, ask_to_read
from gui.document.recovery import Format
from gui.messages import Messages
from gui.teach_tab.teach_model import TeachModel
from gui.workers import LatestTask
from model.errors import ModelError
from vision.errors import VisionError
from vision.teaching.collection import Collection
from vision.teaching.project import (
    SUFFIX,
    OpenedProject,
    Project,
    UnpackedProject,
    folders_outside,
    read_project,
    unpack_project,
    write_project,
)

PROJECTS = Format(SUFFIX, lambda path: read_project(path).project, write_project, delay_ms=2000)


class ProjectFiles(Files):
    """The file menu's commands for projects; a worker handles the files."""

    suffix = SUFFIX

    def __init__(
        self, model: TeachModel, settings: QSettings, window: QWidget, messages: Messages
    ) -> None:
        super().__init__(model.document, settings, window, messages)
        self._model = model
        self.while_paused = model.when_at_rest
        self._task = LatestTask(self)

    def new(self) -> None:
        """Start a project without classes, after asking about unsaved work."""
        self.ask_then(lambda: self._arrive(OpenedProject(Project(Collection()), (), ()), None))

    def open(self) -> None:
        """Let the user choose a project, and open it."""
        self._choose_to_open()

    def open_path(self, path: Path) -> None:
        """Open a project; ask about unsaved work once the file has been read."""

        def arrive(opened: OpenedProject) -> None:
            self.ask_then(lambda: self._arrive(opened, path))

        def ask(found: tuple[UnpackedProject, tuple[str, ...]]) -> None:
            unpacked, outside = found
            ask_to_read(self._settings, self._window, outside, path, lambda: look(unpacked))

        def look(unpacked: UnpackedProject) -> None:
            self._task.start(
                lambda stop, publish: unpacked.resolve_pictures(), arrive, self._messages.show_error
            )

        def unpack(stop: object, publish: object) -> tuple[UnpackedProject, tuple[str, ...]]:
            unpacked = unpack_project(path)
            return unpacked, unpacked.folders_outside()

        self._task.start(unpack, ask, self._messages.show_error)

    def ask_then(self, then: Callable[[], None]) -> None:
        """Ask about unsaved work, and call `then` once no training is running.

        A training may be running although nothing is unsaved, or start by itself while the user
        decides.
        """
        super().ask_then(lambda: self._model.when_at_rest(then))

    def recover(self, project: Project, path: Path | None) -> bool:
        """Restore unsaved work; return whether its head could be read."""
        is_taken = self._take(project, path)
        if is_taken:
            self._document.mark_unsaved()
        return is_taken

    @property
    def is_idle(self) -> bool:
        """Whether no file is being read or written."""
        return self._task.is_idle

    def cancel(self) -> None:
        """Cancel the opening of a project."""
        self._task.cancel()

    def _arrive(self, opened: OpenedProject, path: Path | None) -> None:
        if self._take(opened.project, path) and path is not None:
            self.recent.add(path)
            self._model.report_missing_images(opened)

    def _take(self, project: Project, path: Path | None) -> bool:
        self._messages.clear()  # what failed before is no news any more
        try:
            self._model.take_project(project, path)
        except (ModelError, VisionError) as error:
            self._messages.show_error(error)
            return False
        self.opened.emit()
        return True

    def _write(self, path: Path, then: Callable[[], None] | None) -> None:
        stack = self._document.undo_stack
        make, index = self._model.project(), stack.index()

        def write(stop: object, publish: object) -> tuple[str, ...]:
            project = make()
            write_project(project, path)
            classes = project.collection.classes
            paths = (str(one.path) for each in classes for one in each.pictures if one.path)
            return folders_outside(paths, path)

        def written(outside: tuple[str, ...]) -> None:
            agree_to_read(self._settings, outside)
            self._document.mark_saved(path, is_newest=stack.index() == index)
            self.recent.add(path)
            self._messages.clear()
            if then is not None:
                then()

        self._task.start(write, written, self._messages.show_error)

    def _names(self) -> tuple[str, str, str]:
        return (tr("Open project"), tr("Save project"), tr("Glassnet projects"))

    def _question(self) -> str:
        return tr("Save the classes of Teach?")
