"""A list with painted rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gui.widgets.basic import Index, named


class PaintedList[Row](QListWidget):
    """A list whose rows are painted in cells of one size.

    Parameters
    ----------
    cell
        Size of a row; rows are at least as wide as the list.
    paint
        Paints a row into a rectangle; its last argument is whether the row is selected.
    text, tip
        Return the text of a row, and its tool tip and accessible text.
    """

    def __init__(
        self,
        object_name: str,
        cell: QSize,
        paint: Callable[[QPainter, QRect, Row, bool], None],
        text: Callable[[Row], str],
        tip: Callable[[Row], str] | None = None,
    ) -> None:
        super().__init__()
        named(self, object_name)
        self.rows: Sequence[Row] = ()
        self._text, self._tip = text, tip
        self.setItemDelegate(CellPainter(self, cell, lambda place: self.rows[place], paint))
        self.setUniformItemSizes(True)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows, keeping the scroll position if their number is unchanged."""
        self.rows = rows
        for _ in range(self.count() - len(rows)):
            self.takeItem(self.count() - 1)
        for _ in range(len(rows) - self.count()):
            self.addItem(QListWidgetItem())
        for place, row in enumerate(rows):
            item = self.item(place)
            item.setText(self._text(row))
            if self._tip is not None:
                item.setToolTip(self._tip(row))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, item.toolTip())

    def hide_frame_and_scroll_bars(self) -> None:
        """Remove the frame and the scroll bars, for a list as high as its rows."""
        self.setFrameShape(QListWidget.Shape.NoFrame)
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_read_only(self) -> None:
        """Remove the frame and the scroll bars, and disable focus and selection."""
        self.hide_frame_and_scroll_bars()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)


class CellPainter(QStyledItemDelegate):
    """Paints the rows of a list, each in a cell of one size."""

    def __init__(
        self,
        parent: QListWidget,
        cell: QSize,
        row_at: Callable[[int], Any],
        paint: Callable[[QPainter, QRect, Any, bool], None],
    ) -> None:
        super().__init__(parent)
        self._cell, self._row_at, self._paint = cell, row_at, paint

    def sizeHint(self, _option: QStyleOptionViewItem, _index: object) -> QSize:
        """Return the cell's size."""
        return self._cell

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint(painter, option.rect, self._row_at(index.row()), is_selected)
        painter.restore()
