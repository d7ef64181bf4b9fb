"""The middle column: how the head is trained, what it is, and how that went."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from gui.actions import Actions
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.widgets.panel import Panel


class Centre(Panel):
    """The column's panels, one under the other."""

    def __init__(self, model: TeachModel, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("teach_centre")
        self._model, self._actions = model, actions
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)

    def show_state(self, state: TeachState) -> None:
        """Show another state."""
