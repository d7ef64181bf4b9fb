"""The state shared by the tabs: documents, files, the tabs' models, and messages."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoGroup
from PySide6.QtWidgets import QWidget

from gui.document import ExperimentDocument
from gui.document.document_files import DocumentFiles
from gui.document.files import Files
from gui.messages import Messages
from gui.settings import settings
from model.errors import ModelError

if TYPE_CHECKING:
    from gui.build_tab.build_model import BuildModel
    from gui.document.recovery import Autosave
    from gui.teach_tab.project_files import ProjectFiles
    from gui.teach_tab.teach_model import TeachModel
    from gui.vision_tab.vision_model import VisionModel
    from model.export import PictureModel
    from vision.models.choice import ModelChoice

TEACH_COPIES = "recovery-teach"
"""Folder of the copies of unsaved classes, next to that of experiments."""


class Session(QObject):
    """Owns the shared state of a window's tabs; creates each tab's model on first use.

    Attributes
    ----------
    document
        The experiment edited in Build.
    files
        File commands of `document`; they pause training while they run.
    steps
        The undo stacks of all documents; the active one is that of the current tab.
    messages
        The window's messages.
    """

    def __init__(self, document: ExperimentDocument, window: QWidget) -> None:
        super().__init__(window)
        self.document = document
        document.setParent(self)
        self.messages = Messages(self)
        self.files = DocumentFiles(document, settings(), window, self.messages)
        self._window = window
        self.steps = QUndoGroup(self)
        self.steps.addStack(document.undo_stack)
        self.steps.setActiveStack(document.undo_stack)

    @cached_property
    def build(self) -> BuildModel:
        """Build's model."""
        from gui.build_tab.build_model import BuildModel
        from gui.build_tab.sources import suggested_file_name

        model = BuildModel(self.document, self, self.messages)
        model.once_asked = self.files.ask_then
        self.files.while_paused = model.while_paused
        self.files.with_past = model.with_past
        self.files.proposed = lambda: suggested_file_name(self.document.experiment)
        self.files.named = lambda: self.name
        return model

    @cached_property
    def autosave(self) -> Autosave:
        """The autosave of unsaved work, including a running training's weights."""
        from gui.document.recovery import Autosave

        model, document = self.build, self.document
        autosave = Autosave(
            document,
            lambda: model.past_adder(document.signed(model.current_experiment())),
            parent=self,
            messages=self.messages,
        )
        model.state_changed.connect(lambda _: autosave.set_training(model.is_training))
        return autosave

    @cached_property
    def teach(self) -> TeachModel:
        """Teach's model."""
        from gui.teach_tab.teach_model import TeachModel  # late: loads OpenCV

        model = TeachModel(self.messages, self)
        self.steps.addStack(model.document.undo_stack)
        return model

    @property
    def teach_if_made(self) -> TeachModel | None:
        """Teach's model, ``None`` until it is first used."""
        return self.__dict__.get("teach")

    @cached_property
    def teach_files(self) -> ProjectFiles:
        """The file commands of Teach's projects."""
        from gui.teach_tab.project_files import ProjectFiles

        files = ProjectFiles(self.teach, settings(), self._window, self.messages)
        files.kept.connect(self.files.kept)  # the whole window stays
        files.proposed = lambda: self.teach_name
        return files

    @cached_property
    def teach_autosave(self) -> Autosave:
        """The autosave of unsaved classes."""
        from gui.document.recovery import Autosave, recovery_folder
        from gui.teach_tab.project_files import PROJECTS

        return Autosave(
            self.teach.document,
            self.teach.project,
            folder=recovery_folder().with_name(TEACH_COPIES),
            parent=self,
            messages=self.messages,
            kept_as=PROJECTS,
        )

    @property
    def has_unsaved_classes(self) -> bool:
        """Whether a window that did not close properly left unsaved classes."""
        from gui.document.recovery import has_orphan, recovery_folder

        return has_orphan(recovery_folder().with_name(TEACH_COPIES), ".glassteach")

    @property
    def every_files(self) -> list[Files]:
        """The file commands of all existing documents."""
        is_taught = self.teach_if_made is not None
        return [self.files, self.teach_files] if is_taught else [self.files]

    def use_head_in_vision(self, then: Callable[[], object]) -> None:
        """Give Teach's head with its backbone to Vision; `then` switches to Vision."""

        def use(choice: ModelChoice) -> None:
            then()
            head = self.teach.state.head
            self.vision.use_teach_model(choice, 0 if head is None else len(head.keys))

        self.teach.as_choice(self.teach_name, use)

    @property
    def teach_name(self) -> str:
        """The name of Teach's project."""
        from gui.teach_tab.status import name_of

        return name_of(self.teach.state)

    def open_head_in_build(self) -> None:
        """Show Teach's head with its rows in Build, after asking about unsaved work."""
        self.teach.for_build(self.files.open_unsaved)

    @cached_property
    def vision(self) -> VisionModel:
        """Vision's model."""
        from gui.vision_tab.vision_model import VisionModel  # late: loads OpenCV

        return VisionModel(self.messages, self)

    @property
    def vision_if_made(self) -> VisionModel | None:
        """Vision's model, ``None`` until it is first used."""
        return self.__dict__.get("vision")

    @property
    def name(self) -> str:
        """The experiment's name."""
        from gui.build_tab.status import document_name

        return document_name(self.document)

    def picture_model(self) -> PictureModel | None:
        """Return Build's network for Vision, or report why it cannot be used."""
        from model.export import picture_model

        try:
            return picture_model(self.build.displayed_experiment())
        except ModelError as error:
            self.build.fail(error)
            return None
