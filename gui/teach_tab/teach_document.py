"""The classes on screen, the project's file they belong to, and the steps that can be undone."""

from __future__ import annotations

from pathlib import Path

from gui.document.document import Document, ReplaceValue
from vision.teaching.collection import Collection


class TeachDocument(Document):
    """Hold the present collection of classes; an undo step holds two of them (docs/adr/0030).

    What was learned of it, and by which settings, is in the file too, and no undo takes it back.

    Attributes
    ----------
    collection
        The present value; replaced, never changed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.collection = Collection()

    @property
    def value(self) -> Collection:
        """The present collection."""
        return self.collection

    def edit(self, text: str, collection: Collection, merge_key: str = "") -> None:
        """Make `collection` the present value, as a step called `text` that can be undone."""
        if collection != self.collection:
            self.undo_stack.push(ReplaceValue(self, text, self.collection, collection, merge_key))

    def load(self, collection: Collection, path: Path | None) -> None:
        """Replace everything by a new or opened collection; nothing of the old can be undone."""
        self._forget_steps()
        self.path = path
        self.apply(collection)
        self.path_changed.emit()

    def apply(self, collection: Collection) -> None:
        """Set the value and tell everyone; for commands only, a person's edits go by `edit`."""
        self.collection = collection
        self.value_changed.emit()
