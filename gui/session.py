"""What spans the tabs: the document and its files, the tabs' models, and what a person is told."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.document import ExperimentDocument
from gui.document.document_files import DocumentFiles
from gui.messages import Messages
from gui.settings import settings
from model.errors import ModelError

if TYPE_CHECKING:
    from gui.build_tab.build_model import BuildModel
    from gui.document.recovery import Autosave
    from gui.vision_tab.vision_model import VisionModel
    from model.export import PictureModel


class Session(QObject):
    """Own what the tabs of one window share, and the tabs' models, each made when first asked for.

    Attributes
    ----------
    document
        The experiment that Build edits.
    files
        Opens and saves it. A training is paused for that.
    messages
        Where a person is told what failed.

    Thread
    ------
    GUI thread.
    """

    def __init__(self, document: ExperimentDocument, window: QWidget) -> None:
        super().__init__(window)
        self.document = document
        document.setParent(self)
        self.messages = Messages(self)
        self.files = DocumentFiles(document, settings(), window, self.messages)

    @cached_property
    def build(self) -> BuildModel:
        """What Build's panels know."""
        from gui.build_tab.build_model import BuildModel

        model = BuildModel(self.document, self, self.messages)
        self.files.once_at_rest = model.when_at_rest
        self.files.while_paused = model.while_paused
        self.files.with_past = model.with_past
        return model

    @cached_property
    def autosave(self) -> Autosave:
        """What writes copies of unsaved work, the weights of a running training included."""
        from gui.document.recovery import Autosave

        model, document = self.build, self.document
        autosave = Autosave(
            document,
            lambda: document.signed(model.present()),
            parent=self,
            messages=self.messages,
        )
        model.state_changed.connect(lambda _: autosave.set_training(model.is_training))
        self.files.writing.connect(autosave.note_save)
        return autosave

    @cached_property
    def vision(self) -> VisionModel:
        """What Vision's panels know."""
        from gui.vision_tab.vision_model import VisionModel  # late: loads OpenCV

        return VisionModel(self.messages, self)

    @property
    def vision_if_made(self) -> VisionModel | None:
        """What Vision's panels know, ``None`` as long as nobody has looked there."""
        return self.__dict__.get("vision")

    @property
    def name(self) -> str:
        """What the work is called, whether or not it is saved."""
        from gui.build_tab.status import document_title

        return document_title(self.document).removesuffix(" •")

    def picture_model(self) -> PictureModel | None:
        """Return Build's network as Vision uses it; ``None``, and say why, where it cannot."""
        from model.export import picture_model

        try:
            return picture_model(self.build.picture())
        except ModelError as error:
            self.build.fail(error)
            return None
