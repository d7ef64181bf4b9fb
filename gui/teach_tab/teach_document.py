"""Teach's document: classes and settings, their project file, and the undo steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from gui.document.document import Document, ReplaceValue
from gui.teach_tab.teaching import TeachSettings
from vision.teaching.collection import Collection


@dataclass(frozen=True)
class TeachContent:
    """The classes and the settings of the training."""

    collection: Collection
    settings: TeachSettings


class TeachDocument(Document):
    """The current classes and settings; an undo step holds two of each (docs/adr/0030).

    The trained head is saved in the file too, but not affected by undo.
    """

    def __init__(self) -> None:
        super().__init__()
        self._value = TeachContent(Collection(), TeachSettings())

    @property
    def value(self) -> TeachContent:
        """The current value; replaced, never changed in place."""
        return self._value

    @property
    def collection(self) -> Collection:
        """The current classes."""
        return self.value.collection

    @property
    def settings(self) -> TeachSettings:
        """The settings of the training."""
        return self.value.settings

    def edit(self, text: str, collection: Collection) -> None:
        """Replace the classes by `collection`, as an undo step named `text`."""
        self._step(text, replace(self.value, collection=collection))

    def choose(self, text: str, settings: TeachSettings) -> None:
        """Change the settings, as an undo step unless the document is new."""
        value = replace(self.value, settings=settings)
        if self.collection.classes or self.undo_stack.count():
            self._step(text, value)
        else:
            self.apply(value)

    def _step(self, text: str, value: TeachContent) -> None:
        if value != self.value:
            self.undo_stack.push(ReplaceValue(self, text, self.value, value))

    def load(
        self, collection: Collection, path: Path | None, settings: TeachSettings | None = None
    ) -> None:
        """Replace everything by a new or opened project; clear the undo steps."""
        self._begin(path)
        self.apply(TeachContent(collection, settings or TeachSettings()))
        self.path_changed.emit()

    def undo_in(self, window: QWidget) -> None:
        """Add the shortcuts for undo and redo to a separate window."""
        for key, do in (
            ("Ctrl+Z", self.undo_stack.undo),
            ("Ctrl+Shift+Z", self.undo_stack.redo),
            ("Ctrl+Y", self.undo_stack.redo),
        ):
            QShortcut(QKeySequence(key), window).activated.connect(do)

    def apply(self, value: TeachContent) -> None:
        """Set the value and notify listeners; for commands only, user edits use `edit`."""
        self._value = value
        self.value_changed.emit()
