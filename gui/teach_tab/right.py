"""The right column: the live preview, and how good the head is on held-out images."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from gui.actions import Actions
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.ways_out import WaysOut
from gui.widgets.basic import set_role
from gui.widgets.panel import Panel


class Right(Panel):
    """The column's panels, one under the other; the ways out stay at its foot."""

    def __init__(self, model: TeachModel, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("teach_right")
        self._model = model
        self.ways_out = WaysOut(actions)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._column.addWidget(self.ways_out)
        set_role(self, role="panel", side="right")

    def show_state(self, state: TeachState) -> None:
        """Show another state."""
        self.ways_out.show_state(state)
