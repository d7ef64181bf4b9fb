"""A painted matrix of counts: true classes as rows, answers as columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip

from foundation.text import tr
from gui.format import show_integer
from gui.plots.legend import draw_class
from gui.theme import BODY_PX, CAPTION_PX, active, font
from gui.widgets.painting import AT_LEFT, draw_box, set_text_style, smooth_painter, with_alpha
from gui.widgets.panel import Panel

type Cell = tuple[int, int]
"""Row (true class) and column (answer; the one after the last class is "undecided")."""

_UNDECIDED = "?"
"""Short heading of the column of undecided answers."""
_MAX_SPOKEN = 20
"""Maximum number of mistakes described to screen readers."""


class CountMatrix(Panel):
    """A painted count matrix with a mark or name per class; tool tips describe cells.

    Subclasses define the cell size, and may paint headings and cells differently.

    Attributes
    ----------
    counts
        Shape (classes, classes), or (classes, classes + 1) if the last column counts undecided
        answers.
    names, kinds
        Names of the classes, and their indices for colour and shape.
    """

    gap_px = 3.0
    hides_zeros = False

    def __init__(self, object_name: str) -> None:
        super().__init__(object_name)
        self.counts: npt.NDArray[np.integer] = np.zeros((0, 0), np.intp)
        self.names: tuple[str, ...] = ()
        self.kinds: tuple[int, ...] = ()

    # -- For subclasses ----------------------------------------------------------------------------

    def head_px(self) -> tuple[float, float]:
        """Return the width of the row headings and the height of the column headings."""
        return 16.0, 14.0

    def cell_px(self) -> tuple[float, float]:
        """Return the width and height of a cell including its gap."""
        raise NotImplementedError

    def words_of(self, cell: Cell) -> str:
        """Return what a cell counts, in words."""
        raise NotImplementedError

    def paint_heads(self, painter: QPainter) -> None:
        """Paint each class's mark beside its row and above its column."""
        left, top = self.head_px()
        for index, kind in enumerate(self.kinds):
            middle = self.rect_of((index, index)).center()
            draw_class(painter, kind, QPointF(middle.x(), top / 2 - 1), 4.0)
            draw_class(painter, kind, QPointF(left / 2 - 2, middle.y()), 4.0)

    def paint_cell(self, painter: QPainter, cell: Cell, rect: QRectF) -> None:
        """Paint a cell's count on a background coloured by correctness and share."""
        theme, number = active(), int(self.counts[cell])
        ground = QColor(theme.bg2)
        if number:
            share = number / int(self.counts.max())
            is_right, is_open = cell[0] == cell[1], cell[1] == len(self.names)
            token = "acc" if is_right else "line2" if is_open else "fail"
            ground = with_alpha(getattr(theme, token), 0.14 + 0.22 * share)
        draw_box(painter, rect, 2.5, ground)
        text = show_integer(number)
        set_text_style(painter, theme.t1 if number else theme.t3, BODY_PX, 600)
        if painter.fontMetrics().horizontalAdvance(text) > rect.width():
            painter.setFont(font(CAPTION_PX))
        if number or not self.hides_zeros:
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    # -- Cells -------------------------------------------------------------------------------------

    def rect_of(self, cell: Cell) -> QRect:
        """Return a cell's rectangle."""
        (left, top), (width, height) = self.head_px(), self.cell_px()
        corner = QPoint(round(left + cell[1] * width), round(top + cell[0] * height))
        return QRect(corner, QSize(int(width - self.gap_px), int(height - self.gap_px)))

    def cell_at(self, place: QPointF) -> Cell | None:
        """Return the cell at a position; row or column -1 is a heading, ``None`` is outside."""
        (left, top), (width, height) = self.head_px(), self.cell_px()
        row, column = int((place.y() - top) // height), int((place.x() - left) // width)
        rows, columns = self.counts.shape
        is_inside = -1 <= row < rows and -1 <= column < columns
        return (row, column) if is_inside else None

    def head_words(self, column: int) -> str:
        """Return the name of a column, or of the class of a row."""
        return self.names[column] if column < len(self.names) else tr("undecided")

    def spoken(self) -> str:
        """Return the mistakes in words for screen readers."""
        places = np.argwhere(self.counts > 0).tolist()
        wrong = [(row, column) for row, column in places if row != column]
        right = tr("{n} right", n=show_integer(np.trace(self.counts)))
        return "; ".join([right, *map(self.words_of, wrong[:_MAX_SPOKEN])])

    # -- Qt ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint headings and cells."""
        painter = smooth_painter(self)
        self.paint_heads(painter)
        for cell in np.ndindex(self.counts.shape):
            self.paint_cell(painter, cell, QRectF(self.rect_of(cell)))
        if self.counts.shape[1] > len(self.names):
            left = self.rect_of((0, len(self.names))).left()
            head = QRectF(left, 0, self.width() - left, self.head_px()[1])
            set_text_style(painter, active().t2, CAPTION_PX)
            word = self.head_words(len(self.names))
            fits = painter.fontMetrics().horizontalAdvance(word) <= head.width()
            painter.drawText(head, AT_LEFT, word if fits else _UNDECIDED)

    def event(self, event: QEvent) -> bool:
        """Describe a cell, or give a class's full name, in a tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            if cell is not None and max(cell) >= 0:
                text = self.words_of(cell) if min(cell) >= 0 else self.head_words(max(cell))
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)
