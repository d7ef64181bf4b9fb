"""A column of panels that scrolls without ever changing its width."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

__all__ = ["ColumnScroll"]

# As in the style sheet; the panels' own inset is wider.
BAR_PX = 10


class ColumnScroll(QScrollArea):
    """Scroll a column up and down; the bar lies over the inset at its right.

    A bar that took its width from the column would move everything in it as it comes and goes.
    """

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setViewportMargins(0, 0, -BAR_PX, 0)
        bar = self.verticalScrollBar()
        holder = bar.parentWidget()
        assert isinstance(holder, QWidget)
        holder.raise_()
        # The style sheet draws no handle where there is nothing to scroll.
        bar.setEnabled(False)
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
