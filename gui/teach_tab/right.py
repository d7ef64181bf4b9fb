"""The right column: the live preview, and how good the head is on held-out images."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.actions import Actions
from gui.teach_tab.confusion_panel import ConfusionPanel
from gui.teach_tab.preview_panel import PreviewPanel
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.ways_out import WaysOut
from gui.theme import GAP_L_PX, GAP_XL_PX
from gui.widgets.basic import ColumnScroll, rule, set_role
from gui.widgets.layouts import vbox
from gui.widgets.panel import Panel


class Right(Panel):
    """The column's panels, one under the other; the ways out stay at its foot.

    Attributes
    ----------
    preview, confusion, ways_out
        What the head says live; its mistakes; where it goes.
    """

    def __init__(self, model: TeachModel, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("teach_right")
        self.preview = PreviewPanel(model)
        self.confusion = ConfusionPanel(model)
        self.ways_out = WaysOut(actions)
        content = QWidget()
        inner = vbox(on=content, gap=0, margins=0)
        for panel in (self.preview, self.confusion):
            box = vbox(panel, margins=(GAP_XL_PX, GAP_L_PX))
            inner.addLayout(box)
            if panel is self.preview:
                inner.addWidget(rule())
        inner.addStretch(1)
        scroll = ColumnScroll("teach_right_scroll")
        scroll.setWidget(content)
        vbox((scroll, 1), self.ways_out, on=self, gap=0, margins=0)
        set_role(self, role="panel", side="right")

    def show_state(self, state: TeachState) -> None:
        """Show another state."""
        for panel in (self.preview, self.confusion, self.ways_out):
            panel.show_state(state)
