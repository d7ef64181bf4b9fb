"""The middle column: how the head is trained, what it is, and how that went."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.actions import Actions
from gui.teach_tab.head_panel import HeadPanel
from gui.teach_tab.result_panel import ResultPanel
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.training_bar import TeachBar
from gui.theme import GAP_L_PX, GAP_XL_PX
from gui.widgets.basic import rule, set_role
from gui.widgets.layouts import vbox
from gui.widgets.panel import Panel

DRAWING_FROM_PX, DRAWING_WIDE_PX = 710, 400
"""Height from which there is room for the drawing, that of a window of 780; and width."""

_LEAST_PX = 280
_DRAWING_MOST_PX = 400


class Centre(Panel):
    """The column's panels, one under the other.

    Attributes
    ----------
    bar, head, result
        How the head is trained, what it is, how good it is.
    """

    def __init__(self, model: TeachModel, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("teach_centre")
        self.bar = TeachBar(model, actions)
        self.head = HeadPanel(model)
        self.result = ResultPanel(model)
        self._upper, self._rule = _inset(self.head), rule()
        self._upper.setMaximumHeight(_DRAWING_MOST_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(rule())
        column.addWidget(self._upper, 2)
        column.addWidget(self._rule)
        column.addWidget(_inset(self.result), 3)
        set_role(self, role="panel")

    def show_state(self, state: TeachState) -> None:
        """Show another state."""
        for panel in (self.bar, self.head, self.result):
            panel.show_state(state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the drawing out where it has no room."""
        super().resizeEvent(event)
        size = event.size()
        has_room = size.height() >= DRAWING_FROM_PX and size.width() >= DRAWING_WIDE_PX
        for widget in (self._upper, self._rule):
            widget.setVisible(has_room)

    def minimumSizeHint(self) -> QSize:
        """Get by with the room that is left beside the other columns."""
        return QSize(_LEAST_PX, super().minimumSizeHint().height())


def _inset(panel: Panel) -> QWidget:
    """Put a panel into a frame with the tab's inset."""
    box = QWidget()
    vbox(panel, on=box, margins=(GAP_XL_PX, GAP_L_PX))
    return box
