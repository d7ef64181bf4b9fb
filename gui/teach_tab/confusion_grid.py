"""A confusion matrix whose cells show and open their held-out images."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy

from foundation.text import tr
from gui.format import show_integer, show_part
from gui.plots.count_matrix import Cell, CountMatrix
from gui.theme import CAPTION_PX, active, font
from gui.widgets.accessible import AccessibleItem, notify_focused_item
from gui.widgets.basic import ARROWS, PRESS_KEYS
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.painting import clipped, draw_box, draw_ring

_HIGH_PX, _LOW_PX, _MIN_PX = 40, 24, 12
_ROOM_PX = 280
_BADGE_PX = 14


class ConfusionGrid(CountMatrix):
    """A matrix whose cells open on a click, Enter or Space.

    Signals
    -------
    cell_opened(int, int)
        The user opened a cell with images: its row (true class) and column (predicted class).
    """

    cell_opened = Signal(int, int)

    def __init__(self) -> None:
        super().__init__("teach_confusion")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._pictures: Mapping[Cell, QImage] = {}
        self._current: Cell = (0, 0)

    def show_confusions(
        self,
        counts: npt.NDArray[np.integer],
        names: tuple[str, ...],
        kinds: tuple[int, ...],
        pictures: Mapping[Cell, QImage],
    ) -> None:
        """Show the counts, with images in the cells of mistakes if available."""
        if counts.shape != self.counts.shape:
            self._current = (0, 0)
            self.updateGeometry()
        self.counts, self.names, self.kinds, self._pictures = counts, names, kinds, pictures
        self.retranslate()
        self.update()

    # -- Geometry ----------------------------------------------------------------------------------

    def head_px(self) -> tuple[float, float]:
        """Return the width and height of the headings with the class marks."""
        return 22, 20

    def cell_px(self) -> tuple[float, float]:
        """Return a cell's width and height; the columns fill the width."""
        rows, columns = self.counts.shape
        height = max(_LOW_PX, min(_HIGH_PX, _ROOM_PX // max(1, rows)))
        return (self.width() - self.head_px()[0]) / max(1, columns), height

    def sizeHint(self) -> QSize:
        """Return the size of the matrix with all cells."""
        return QSize(360, round(self.head_px()[1] + self.cell_px()[1] * len(self.counts)))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size with legible cells."""
        return QSize(22 + _MIN_PX * self.counts.shape[1], self.sizeHint().height())

    # -- Painting ----------------------------------------------------------------------------------

    def paint_cell(self, painter: QPainter, cell: Cell, rect: QRectF) -> None:
        """Paint the image of a mistake with its count, or only the count."""
        picture = self._pictures.get(cell)
        if picture is None or picture.isNull():
            super().paint_cell(painter, cell, rect)
        else:
            _paint_filling(painter, rect, picture)
            draw_ring(painter, rect.adjusted(1, 1, -1, -1), 3, active().fail)
            self._paint_badge(painter, rect, show_integer(int(self.counts[cell])))
        if should_draw_focus_ring(self) and cell == self._current:
            draw_ring(painter, rect.adjusted(-1, -1, 1, 1), 4, active().acc)

    def _paint_badge(self, painter: QPainter, rect: QRectF, text: str) -> None:
        painter.setFont(font(CAPTION_PX, 600))
        wide = max(_BADGE_PX, painter.fontMetrics().horizontalAdvance(text) + 6)
        badge = QRectF(rect.right() - wide - 3, rect.bottom() - _BADGE_PX - 3, wide, _BADGE_PX)
        draw_box(painter, badge, 3, active().fail)
        painter.setPen(QColor(active().bg1))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)

    # -- Words -------------------------------------------------------------------------------------

    def accessible_items(self) -> list[Cell]:
        """Return the cells, row by row, for screen readers."""
        rows, columns = self.counts.shape
        return [(row, column) for row in range(rows) for column in range(columns)]

    def describe_item(self, cell: Cell) -> AccessibleItem:
        """Return a cell's text for screen readers."""
        has_keyboard = self.hasFocus() and cell == self._current
        return AccessibleItem(self.words_of(cell), self.rect_of(cell), has_keyboard)

    def words_of(self, cell: Cell) -> str:
        """Return a cell's count as text."""
        number, truth = show_part(int(self.counts[cell])), self.names[cell[0]]
        if cell[1] == len(self.names):
            return tr("{n} of {truth} undecided", n=number, truth=truth)
        if cell[0] == cell[1]:
            return tr("{n} of {truth} right", n=number, truth=truth)
        guess = self.names[cell[1]]
        return tr("{n} of {truth} taken for {guess}", n=number, truth=truth, guess=guess)

    def retranslate(self) -> None:
        """Describe the current cell and the mistakes to screen readers."""
        if len(self.counts):
            self.setAccessibleDescription(f"{self.words_of(self._current)}; {self.spoken()}")

    # -- Mouse and keys ----------------------------------------------------------------------------

    def _has_pictures(self, cell: Cell | None) -> bool:
        return cell is not None and min(cell) >= 0 and bool(self.counts[cell] > 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the cell under the pointer."""
        cell = self.cell_at(event.position())
        if cell is not None and self._has_pictures(cell):
            self.cell_opened.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a pointing hand over cells that can be opened."""
        can_open = self._has_pictures(self.cell_at(event.position()))
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(hand if can_open else arrow)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between cells with the arrow keys; open one with Enter or Space."""
        key = Qt.Key(event.key())
        if key in ARROWS and len(self.counts):
            rows, columns = self.counts.shape
            down, right = ARROWS[key]
            row, column = self._current[0] + down, self._current[1] + right
            self._current = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
            self.retranslate()
            notify_focused_item(self)
            self.update()
        elif key in PRESS_KEYS and len(self.counts):
            if self._has_pictures(self._current):
                self.cell_opened.emit(*self._current)
        else:
            super().keyPressEvent(event)


def _paint_filling(painter: QPainter, rect: QRectF, picture: QImage) -> None:
    """Fill a cell with the centre of an image."""
    scale = max(rect.width() / picture.width(), rect.height() / picture.height())
    source = QRectF(QPointF(), rect.size() / scale)
    source.moveCenter(QPointF(picture.width() / 2, picture.height() / 2))
    with clipped(painter, rect, 3):
        painter.drawImage(rect, picture, source)
