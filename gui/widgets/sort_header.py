"""The titles of a sortable table."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView

from gui.theme import icon

ARROW_PX, INSET_RIGHT_PX = 10, 4


class SortHeader(QHeaderView):
    """Draws the sort arrow in the space that the style sheet leaves right of each title.

    Notes
    -----
    If a style sheet sets a padding, Qt's own arrow cuts a hole into the text: it excludes the
    arrow's rectangle from painting, but shifted by the padding.
    """

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setSectionsClickable(True)

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """Paint the title, and the arrow of the sorted column."""
        painter.save()
        super().paintSection(painter, rect, logical_index)
        painter.restore()
        if logical_index != self.sortIndicatorSection():
            return
        rises = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        left = rect.right() - INSET_RIGHT_PX - ARROW_PX
        top = rect.center().y() - ARROW_PX // 2
        arrow = icon("caret-up" if rises else "caret-down", "t2")
        arrow.paint(painter, left, top, ARROW_PX, ARROW_PX)
