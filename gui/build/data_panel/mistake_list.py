"""The wrong rows of data that are no pictures, one a line: its number, the truth, the answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

__all__ = ["MistakeList"]

_Index = QModelIndex | QPersistentModelIndex


class MistakeList(QListView):
    """Choose a wrong row by mouse or arrow keys.

    Signals
    -------
    row_chosen(int), row_hovered(int)
        A row that a person can choose, -1 for none.
    """

    row_chosen = Signal(int)
    row_hovered = Signal(int)
    MOST_LINES = 200
    LINE_PX, LEAST_LINES, MOST_SHOWN = 24, 4, 12

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mistake_list")
        self._rows: tuple[int, ...] = ()
        self._is_showing = False
        self._texts = QStringListModel(self)
        self.setModel(self._texts)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.entered.connect(lambda index: self.row_hovered.emit(self._rows[index.row()]))
        self.viewportEntered.connect(lambda: self.row_hovered.emit(-1))

    def show_rows(self, rows: Sequence[int], texts: Sequence[str], chosen: int) -> None:
        """Show rows and what is said of each; `chosen` is the row chosen now."""
        self._rows = tuple(rows)
        if self._texts.stringList() != list(texts):
            self._texts.setStringList(list(texts))
        at = self._rows.index(chosen) if chosen in self._rows else -1
        index = self._texts.index(at)
        if at != self.currentIndex().row() or not self.selectionModel().isSelected(index):
            self._is_showing = True
            self.setCurrentIndex(index)
            self._is_showing = False

    def set_room(self, spare_px: int) -> None:
        """Be as high as there is room for beyond the least height, and no higher than the rows."""
        lines = self.LEAST_LINES + max(0, spare_px) // self.LINE_PX
        lines = min(lines, self.MOST_SHOWN, max(1, len(self._rows)))
        self.setFixedHeight(lines * self.LINE_PX + 2)  # and its outline

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Choose the row that the keyboard or the mouse came to."""
        super().currentChanged(current, previous)
        if current.isValid() and not self._is_showing:
            self.row_chosen.emit(self._rows[current.row()])
