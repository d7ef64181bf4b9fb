"""The right column: the live preview, how good the head is, and where it goes."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from gui.actions import TEACH_EXPORTS, Actions
from gui.teach_tab.confusion_panel import ConfusionPanel
from gui.teach_tab.preview_panel import PreviewPanel
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX, icon
from gui.widgets.basic import ColumnScroll, push_button, rule, set_role, write_on
from gui.widgets.layouts import vbox
from gui.widgets.panel import Panel


class WaysOut(Panel):
    """Two buttons: write a file, use it in Vision; the other ways are in the first one's menu."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("ways_out")
        self._actions = actions
        self.export_button = push_button("teach_export", "outline", "bar")
        menu = QMenu(self.export_button)
        menu.setObjectName("teach_export_menu")
        menu.addActions([actions[name] for name in TEACH_EXPORTS[:-1]])
        self.export_button.setMenu(menu)
        self.vision_button = push_button("teach_use_in_vision", "primary", "bar")
        self.vision_button.clicked.connect(actions["teach_vision"].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP_XL_PX, GAP_L_PX, GAP_XL_PX, GAP_L_PX)
        row.setSpacing(GAP_M_PX)
        row.addWidget(self.export_button, 1)
        row.addWidget(self.vision_button, 1)
        set_role(self, role="panel", side="top")
        self.retranslate()
        self.restyle()

    def show_state(self, state: TeachState) -> None:
        """Offer what can be done: before the first training there is nothing to leave."""
        has_head = state.head is not None
        for widget in (self.export_button, self.vision_button):
            widget.setEnabled(has_head)
        for name in TEACH_EXPORTS:
            self._actions[name].setEnabled(has_head)
        if has_head:
            can_write = state.evaluation is not None and state.evaluation.held_out > 0
            self._actions["teach_csv"].setEnabled(can_write)
            self._actions["teach_build"].setEnabled(state.features is not None)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        write_on(
            self.export_button,
            self.tr("Export"),
            self.tr("One ONNX file with backbone and head, a script, a table; or open in Build"),
        )
        write_on(
            self.vision_button,
            self.tr("Use in Vision"),
            self.tr("Name what is on pictures, folders, videos and cameras with these classes"),
        )

    def restyle(self) -> None:
        """Put on the theme in use."""
        self.export_button.setIcon(icon("export", "t1"))
        self.vision_button.setIcon(icon("eye", "onacc"))


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
