"""A confusion matrix as a painted grid: true class by row, the network's answer by column."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip

from foundation.text import tr
from gui.format import show_integer
from gui.plots.legend import draw_class
from gui.theme import BODY_PX, CAPTION_PX, active, font
from gui.widgets.painting import AT_RIGHT, draw_box, faded, smooth_painter, write_elided
from gui.widgets.panel import Panel

_GAP_PX = 3.0
_SMALL_CELL_PX = 34.0
_STALE_OPACITY = 0.4
_UNDECIDED = "?"
"""Heads the column of undecided rows where the word has no room."""


class ConfusionMatrix(Panel):
    """Counts by true and answered class, undecided answers in a last column of their own.

    Parameters
    ----------
    large
        Whether it fills the panel's width and names its classes; else small cells with shapes.
    """

    def __init__(self, large: bool) -> None:
        super().__init__("confusion_large" if large else "confusion_small")
        self._large = large
        self.counts = np.zeros((2, 2), dtype=np.intp)
        self._names: tuple[str, ...] = ("0", "1")
        self._widest = 0
        self._is_stale = False
        self._most_px = 400
        # Not fixed in height where it is large, which would keep the hint's at every width.
        small, wide = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred
        policy = (
            QSizePolicy(wide, QSizePolicy.Policy.Minimum) if large else QSizePolicy(small, small)
        )
        policy.setHeightForWidth(large)
        self.setSizePolicy(policy)

    def set_most(self, side_px: int) -> None:
        """Let the side of a large matrix be at most so long, to leave room below."""
        if side_px != self._most_px:
            self._most_px = side_px
            self.updateGeometry()
            self.update()

    def show_counts(self, counts: np.ndarray, names: tuple[str, ...]) -> None:
        """Show counts: row the truth, column the answer.

        Parameters
        ----------
        counts
            Shape (classes, classes), or (classes, classes + 1) where the last column counts the
            undecided rows.
        names
            Of the classes.
        """
        if names == self._names and np.array_equal(counts, self.counts):
            return
        before = self.counts.shape, self._widest
        self.counts, self._names = counts, names
        metrics = QFontMetricsF(font(BODY_PX, 600))
        self._widest = math.ceil(metrics.horizontalAdvance(show_integer(counts.max())))
        self.setAccessibleDescription(self.spoken())
        if before != (counts.shape, self._widest):
            self.updateGeometry()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Be pale while the counts are those of earlier weights."""
        if stale != self._is_stale:
            self._is_stale = stale
            self.update()

    @property
    def shows_shares(self) -> bool:
        """Whether cells hold percent of their row, because a count would not fit into one."""
        return self._needs_shares(self._cell())

    def _needs_shares(self, cell: float) -> bool:
        return self._large and self._widest + _GAP_PX > cell

    def spoken(self) -> str:
        """Return every mistake as words, for screen readers."""
        wrong = [(i, j) for i, j in np.argwhere(self.counts > 0).tolist() if i != j]
        parts = [tr("{n} right", n=show_integer(np.trace(self.counts)))]
        for i, j in wrong[:20]:
            text = tr("{n} of class {truth} taken for {answer}")
            if j == len(self.counts):
                text = tr("{n} of class {truth} undecided")
            number = show_integer(self.counts[i, j])
            parts.append(text.format(n=number, truth=self._names[i], answer=self._heads[j]))
        return "; ".join(parts)

    @property
    def _heads(self) -> tuple[str, ...]:
        """What the columns are called."""
        is_wide = self.counts.shape[1] > len(self.counts)
        return (*self._names, tr("undecided")) if is_wide else self._names

    def _head(self) -> tuple[float, float]:
        """Return the room for the headings: left of the rows and above the columns, in pixels."""
        if not self._large:
            return 16.0, 14.0
        metrics = QFontMetricsF(font(CAPTION_PX))
        widest = max((metrics.horizontalAdvance(n) for n in self._names), default=0.0)
        return min(widest, 0.3 * self.width()) + 6, 16.0

    def _cell(self) -> float:
        if not self._large:
            least = _SMALL_CELL_PX if len(self.counts) < 3 else 26.0
            return max(least, self._widest + _GAP_PX + 2)
        left, _ = self._head()
        return self._cell_in(self.width() - left)

    def _cell_in(self, room: float) -> float:
        """Return the side of a cell of a large matrix whose columns have so much room."""
        rows, columns = self.counts.shape
        return min(56.0, room / max(1, columns), self._most_px / max(1, rows))

    def _size(self) -> QSize:
        left, top = self._head()
        rows, columns = self.counts.shape
        return QSize(int(left + self._cell() * columns), int(top + self._cell() * rows))

    def sizeHint(self) -> QSize:
        """Return the room for all cells."""
        return QSize(280, self.heightForWidth(280)) if self._large else self._size()

    def minimumSizeHint(self) -> QSize:
        """Return the same for a small matrix; a large one gets by with less width."""
        return QSize(100, self.heightForWidth(100)) if self._large else self._size()

    def hasHeightForWidth(self) -> bool:
        """Tell that a large matrix is as high as its width makes it."""
        return self._large

    def heightForWidth(self, width: int) -> int:
        """Return the height of a large matrix of this width."""
        left, top = self._head()
        return int(self._cell_in(width - left) * len(self.counts) + top)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint headings and cells."""
        painter = smooth_painter(self)
        left, top = self._head()
        cell = self._cell()
        self._paint_heads(painter, left, top, cell)
        if self._is_stale:
            painter.setOpacity(_STALE_OPACITY)
        largest = max(1, int(self.counts.max()))
        painter.setFont(font(BODY_PX if cell >= 24 else CAPTION_PX, 600))
        as_shares = self._needs_shares(cell)
        for i, j in np.ndindex(self.counts.shape):
            rect = QRectF(left + j * cell, top + i * cell, cell, cell)
            self._paint_cell(
                painter,
                rect.adjusted(0, 0, -_GAP_PX, -_GAP_PX),
                "acc" if i == j else "line2" if j == len(self.counts) else "fail",
                int(self.counts[i, j]) / largest,
                self._written(i, j, as_shares),
            )

    def _paint_cell(
        self, painter: QPainter, rect: QRectF, token: str, share: float, text: str
    ) -> None:
        theme = active()
        ground = QColor(theme.bg2)
        if share:
            alpha = 0.14 + 0.22 * share if token == "acc" else 0.16 + 0.24 * share
            ground = faded(getattr(theme, token), alpha)
        draw_box(painter, rect, 2.5, ground)
        if share or not self._large:
            painter.setPen(QColor(theme.t1 if share else theme.t3))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _written(self, i: int, j: int, as_share: bool) -> str:
        """Return what a cell says: its count, or its share of the row."""
        number = int(self.counts[i, j])
        if not as_share:
            return show_integer(number)
        percent = 100 * number / max(1, int(self.counts[i].sum()))
        return "<1" if 0 < percent <= 0.5 else show_integer(percent)

    def _paint_heads(self, painter: QPainter, left: float, top: float, cell: float) -> None:
        theme = active()
        if self._large:
            caption = font(CAPTION_PX)
            painter.setFont(caption)
            painter.setPen(QColor(theme.t2))
            metrics = QFontMetricsF(caption)
            for k, name in enumerate(self._heads):
                column = QRectF(left + k * cell, 0, cell - _GAP_PX, top - 2)
                across = metrics.elidedText(name, Qt.TextElideMode.ElideRight, cell - 2)
                align = Qt.AlignmentFlag.AlignCenter
                if k == len(self._names) and across != name:  # nothing stands to its right
                    column.setRight(self.width())
                    fits = metrics.horizontalAdvance(name) <= column.width()
                    across = name if fits else _UNDECIDED
                    align = Qt.AlignmentFlag.AlignLeft if fits else align
                painter.drawText(column, align | Qt.AlignmentFlag.AlignVCenter, across)
            for k, name in enumerate(self._names):
                row = QRectF(0, top + k * cell, left - 6, cell - _GAP_PX)
                write_elided(painter, row, name, AT_RIGHT)
            return
        for k in range(len(self._names)):
            middle = (cell - _GAP_PX) / 2
            draw_class(painter, k, QPointF(left + k * cell + middle, 6.0), 4.0)
            draw_class(painter, k, QPointF(6.0, top + k * cell + middle), 4.0)
        if self.counts.shape[1] > len(self.counts):
            painter.setPen(QPen(QColor(theme.t3), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            middle = left + len(self.counts) * cell + (cell - _GAP_PX) / 2
            painter.drawEllipse(QPointF(middle, 6.0), 4.0, 4.0)

    def event(self, event: QEvent) -> bool:
        """Say in a tool tip what a cell counts, and the whole name of a column."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            left, top = self._head()
            i = int((event.pos().y() - top) // self._cell())
            j = int((event.pos().x() - left) // self._cell())
            if i < 0 <= j < self.counts.shape[1]:
                QToolTip.showText(event.globalPos(), self._heads[j], self)
                return True
            if 0 <= i < len(self.counts) and 0 <= j < self.counts.shape[1]:
                one = self.counts[i, j] == 1
                text = tr("{n} rows of class {truth}, answered {answer}")
                if j == len(self.counts):
                    text = tr("{n} rows of class {truth}, undecided")
                    text = tr("1 row of class {truth}, undecided") if one else text
                elif one:
                    text = tr("1 row of class {truth}, answered {answer}")
                text = text.format(
                    n=show_integer(self.counts[i, j]),
                    truth=self._names[i],
                    answer=self._heads[j],
                )
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.setAccessibleDescription(self.spoken())
