"""The base class of documents: a value that is replaced, an undo stack, a file."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

UNDO_STEPS = 300
"""Maximum number of undo steps; each holds two values, such as experiments with all weights."""


@dataclass(eq=False)
class DocumentFile:
    """The file in which a range of undo steps is saved.

    Attributes
    ----------
    path
        Path of the file, ``None`` if there is none yet.
    saved
        The value in the file, ``None`` if unknown.
    is_behind
        Whether the file is older than the document although no undo step follows.
    """

    path: Path | None = None
    saved: Any = None
    is_behind: bool = False


class ReplaceValue(QUndoCommand):
    """An undo command that replaces a document's value.

    Parameters
    ----------
    file
        File of the new value, if it is not that of the old one.

    Attributes
    ----------
    is_missed
        Whether losing the step loses the user's work; false for steps that training can repeat and
        steps that a lesson stores.
    """

    def __init__(
        self,
        document: Document,
        text: str,
        old: Any,
        new: Any,
        merge_key: str = "",
        file: DocumentFile | None = None,
    ) -> None:
        super().__init__(text)
        self._document = document
        self.old = old
        self.new = new
        self._old_file, self._new_file = document.file, file or document.file
        self._merge_key = merge_key
        self.is_missed = True

    def seal(self) -> None:
        """Stop merging later edits into this step."""
        self._merge_key = ""

    def redo(self) -> None:
        """Apply the new value."""
        self._document.switch_file(self._new_file)
        self._document.apply(self.new)

    def undo(self) -> None:
        """Apply the old value."""
        self._document.switch_file(self._old_file)
        self._document.apply(self.old)

    def id(self) -> int:
        """Return the same number for commands that may merge, -1 for those that may not."""
        return zlib.crc32(self._merge_key.encode()) & 0x7FFFFFFF if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the new value of a later command of the same gesture."""
        if not isinstance(other, ReplaceValue) or other._merge_key != self._merge_key:
            return False
        self.new = other.new
        self.is_missed = self.is_missed or other.is_missed
        return True


class Document(QObject):
    """The base class of documents, with a file and an undo stack.

    Attributes
    ----------
    file
        The document's current file; undo and redo switch to the file of their step.
    undo_stack
        Every edit as a command; clean means "as in the file".

    Signals
    -------
    value_changed()
        The value was replaced by an edit, undo, redo or loading.
    path_changed()
        The file or its saved state changed, so that the title must be updated.
    """

    value_changed = Signal()
    path_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.file = DocumentFile()
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_STEPS)
        self.undo_stack.indexChanged.connect(self._update_clean_state)
        self.undo_stack.cleanChanged.connect(self.path_changed)

    @property
    def path(self) -> Path | None:
        """The file that it was read from or written to, ``None`` if there is none."""
        return self.file.path

    @property
    def value(self) -> Any:
        """The current value, which is also what gets saved; replaced, never changed in place."""
        raise NotImplementedError

    def apply(self, value: Any) -> None:
        """Set the value and notify listeners; for commands only."""
        raise NotImplementedError

    @property
    def is_modified(self) -> bool:
        """Whether there are unsaved changes."""
        return self.file.is_behind or not self.undo_stack.isClean()

    @property
    def is_worth_asking(self) -> bool:
        """Whether unsaved changes are worth asking about."""
        return self.is_modified

    def mark_saved(self, path: Path, is_newest: bool = True) -> None:
        """Note that `path` holds the current value or, unless `is_newest`, an earlier one.

        Edits made while the earlier value was written stay unsaved, even if they are undone.
        """
        self.file.path, self.file.is_behind = path, not is_newest
        self.file.saved = self.value if is_newest else None
        if is_newest:
            self.undo_stack.setClean()
        self.path_changed.emit()

    def mark_unsaved(self) -> None:
        """Note that no file holds the current value, although there is nothing to undo."""
        self.file.is_behind = True
        self.path_changed.emit()

    def switch_file(self, file: DocumentFile) -> None:
        """Switch to another file; for commands only."""
        if file is not self.file:
            self.file = file
            self.path_changed.emit()

    def _update_clean_state(self) -> None:
        """Mark the document as saved if undo or redo has reached the value in its file."""
        if self.file.saved is self.value:
            self.undo_stack.setClean()

    def _begin(self, path: Path | None) -> None:
        """Clear the undo steps and count the current value as saved in `path`."""
        self.file = DocumentFile(path)
        self.undo_stack.clear()
