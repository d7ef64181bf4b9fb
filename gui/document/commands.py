"""Undo commands that hold values, never widgets."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from model.experiment import Experiment

if TYPE_CHECKING:
    from gui.document.experiment_document import ExperimentDocument

__all__ = ["ReplaceExperiment"]


class ReplaceExperiment(QUndoCommand):
    """Go from one experiment to another and back.

    Attributes
    ----------
    old, new
        The two.
    is_training
        Whether training, and no person, made the step.
    """

    def __init__(
        self,
        document: ExperimentDocument,
        text: str,
        old: Experiment,
        new: Experiment,
        merge_key: str,
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
        if not isinstance(other, ReplaceExperiment) or other._merge_key != self._merge_key:
            return False
        self.new = other.new
        return True
