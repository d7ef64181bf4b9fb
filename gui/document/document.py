"""What every document has: a value that is replaced, an undo stack, a file."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

UNDO_STEPS = 300
"""Each step holds two values, of an experiment with all weights."""


class ReplaceValue(QUndoCommand):
    """Go from one value of a document to another and back.

    Attributes
    ----------
    is_training
        Whether training, and no person, made the step.
    """

    def __init__(
        self, document: Document, text: str, old: Any, new: Any, merge_key: str = ""
    ) -> None:
        super().__init__(text)
        self._document = document
        self.old = old
        self.new = new
        self._merge_key = merge_key
        self.is_training = False

    def seal(self) -> None:
        """Stop merging later edits into this step."""
        self._merge_key = ""

    def redo(self) -> None:
        """Apply the new value."""
        self._document.apply(self.new)

    def undo(self) -> None:
        """Apply the old value."""
        self._document.apply(self.old)

    def id(self) -> int:
        """Return the same number for commands that may merge, -1 for those that may not."""
        return zlib.crc32(self._merge_key.encode()) & 0x7FFFFFFF if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the new value of a later command of the same gesture."""
        if not isinstance(other, ReplaceValue) or other._merge_key != self._merge_key:
            return False
        self.new = other.new
        return True


class Document(QObject):
    """Hold the file that a value belongs to and the steps that can be undone.

    Attributes
    ----------
    path
        The file it was read from or written to, or ``None``.
    undo_stack
        Every edit as a command; clean means "as in the file".

    Signals
    -------
    value_changed()
        The value is another one: after every edit, undo and redo, and when another is loaded.
    path_changed()
        The file or its saved state changed: the title must be drawn anew.
    """

    value_changed = Signal()
    path_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_STEPS)
        self._unsaved = False
        self.undo_stack.cleanChanged.connect(self.path_changed)

    @property
    def value(self) -> Any:
        """What is on screen and in the file; replaced, never changed."""
        raise NotImplementedError

    def apply(self, value: Any) -> None:
        """Set the value and tell everyone; for commands only."""
        raise NotImplementedError

    @property
    def is_modified(self) -> bool:
        """Whether there is something to save."""
        return self._unsaved or not self.undo_stack.isClean()

    @property
    def is_worth_asking(self) -> bool:
        """Whether a person would miss what is not saved."""
        return self.is_modified

    def mark_saved(self, path: Path, is_newest: bool = True) -> None:
        """Remember that `path` now holds the present value, or, unless `is_newest`, one before it.

        What a person made while it was written is not saved then, whatever is undone.
        """
        self.path = path
        self._unsaved = not is_newest
        if is_newest:
            self.undo_stack.setClean()
        self.path_changed.emit()

    def mark_unsaved(self) -> None:
        """Remember that no file holds the present value, though nothing can be undone."""
        self._unsaved = True
        self.path_changed.emit()

    def _forget_steps(self) -> None:
        """Begin anew as saved: nothing of what was before can be undone."""
        self._unsaved = False
        self.undo_stack.clear()
