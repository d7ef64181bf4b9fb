"""Where Vision's panels stand: the stage with its bar and strip, and a column at the right."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.column_scroll import ColumnScroll
from gui.vision.folder_panel import FolderPanel, FolderTable
from gui.vision.history_model import HistoryModel
from gui.vision.history_panel import HistoryPanel
from gui.vision.latency_panel import LatencyPanel
from gui.vision.model_panel import ModelPanel
from gui.vision.source_bar import SourceBar
from gui.vision.stage import Stage
from gui.vision.top_k_panel import TopKPanel
from gui.vision.xray_panel import XrayPanel
from gui.widgets import rule, set_role

__all__ = ["VisionPanels"]

RIGHT_W_PX, RIGHT_NARROW_PX = 380, 316
NARROW_BELOW_PX = 1280


class VisionPanels(QWidget):
    """Hold the panels; they do not know one another."""

    def __init__(self, history: HistoryModel, table: FolderTable) -> None:
        super().__init__()
        self.source_bar = SourceBar()
        self.stage = Stage()
        self.strip = HistoryPanel(history)
        self.folder_panel = FolderPanel(table)
        self.model_panel = ModelPanel()
        self.top_k = TopKPanel()
        self.xray = XrayPanel()
        self.latency = LatencyPanel()
        self.right = ColumnScroll("vision_right")
        self._lay_out()
        self.show_folder(False)

    def show_folder(self, is_folder: bool) -> None:
        """Show the folder's table in place of the history, or the other way round."""
        self.folder_panel.setVisible(is_folder)
        self.strip.setVisible(not is_folder)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.source_bar)
        left.addWidget(self.stage, 1)
        left.addWidget(self.strip)
        left.addWidget(self.folder_panel)
        self.right.setWidget(self._column())
        self.right.setFixedWidth(RIGHT_W_PX)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(left, 1)
        layout.addWidget(rule(vertical=True))
        layout.addWidget(self.right)

    def _column(self) -> QFrame:
        column = QFrame()
        set_role(column, role="panel")
        stack = QVBoxLayout(column)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for place, panel in enumerate((self.model_panel, self.top_k, self.xray, self.latency)):
            if place:
                stack.addWidget(rule())
            stack.addWidget(panel)
        stack.addStretch(1)
        return column

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picture more room on a narrow window."""
        narrow = event.size().width() < NARROW_BELOW_PX
        self.xray.show_narrow(narrow)
        self.right.setFixedWidth(RIGHT_NARROW_PX if narrow else RIGHT_W_PX)
        super().resizeEvent(event)
