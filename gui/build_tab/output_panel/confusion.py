"""The confusion matrix, large in place of the map or small beside the scores."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy

from foundation.text import tr_plural
from gui.format import show_integer
from gui.plots.count_matrix import Cell, CountMatrix
from gui.theme import BODY_PX, CAPTION_PX, active, font
from gui.widgets.painting import AT_RIGHT, set_text_style, write_elided

_MAX_CELL_PX = 56.0
_SMALL_CELL_PX, _MIN_CELL_PX = 34.0, 26.0
_STALE_OPACITY = 0.4


class ConfusionMatrix(CountMatrix):
    """Counts by true and predicted class, with undecided answers in a last column.

    Parameters
    ----------
    large
        True for a matrix as wide as the panel with class names, false for small cells
        with marks.
    """

    def __init__(self, large: bool) -> None:
        super().__init__("confusion_large" if large else "confusion_small")
        self._large = large
        self._is_stale = False
        self._most_px, self._name_px, self._count_px = 400, 0.0, 0.0
        self.hides_zeros = large
        # A large one is not fixed in height: otherwise its hint would hold at every width.
        small, wide = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred
        policy = (
            QSizePolicy(wide, QSizePolicy.Policy.Minimum) if large else QSizePolicy(small, small)
        )
        policy.setHeightForWidth(large)
        self.setSizePolicy(policy)

    def set_most(self, side_px: int) -> None:
        """Limit the side of a large matrix, to leave room below."""
        if side_px != self._most_px:
            self._most_px = side_px
            self.updateGeometry()

    def show_counts(self, counts: np.ndarray, names: tuple[str, ...]) -> None:
        """Show counts, laid out as `CountMatrix.counts`, with the classes' names."""
        if names == self.names and np.array_equal(counts, self.counts):
            return
        before = self.sizeHint()
        self.counts, self.names, self.kinds = counts, names, tuple(range(len(names)))
        caption, bold = QFontMetricsF(font(CAPTION_PX)), QFontMetricsF(font(BODY_PX, 600))
        self._name_px = max(map(caption.horizontalAdvance, names), default=0.0)
        self._count_px = bold.horizontalAdvance(show_integer(counts.max()))
        self.setAccessibleDescription(self.spoken())
        if before != self.sizeHint():
            self.updateGeometry()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Dim the matrix while its counts belong to earlier weights."""
        if stale != self._is_stale:
            self._is_stale = stale
            self.update()

    def head_px(self) -> tuple[float, float]:
        """Return the size of the class names or marks."""
        if self._large:
            return min(self._name_px, 0.3 * self.width()) + 6, 16.0
        return super().head_px()

    def cell_px(self) -> tuple[float, float]:
        """Return the size of a cell, by the available width or the widest count."""
        if self._large:
            side = self._cell_in(self.width())
        else:
            least = _SMALL_CELL_PX if len(self.counts) < 3 else _MIN_CELL_PX
            side = max(least, math.ceil(self._count_px) + self.gap_px + 2)
        return side, side

    def _cell_in(self, width: float) -> float:
        rows, columns = self.counts.shape
        room = width - self.head_px()[0]
        return min(_MAX_CELL_PX, room / max(1, columns), self._most_px / max(1, rows))

    def sizeHint(self) -> QSize:
        """Return the room for all cells."""
        if self._large:
            return QSize(280, self.heightForWidth(280))
        (left, top), (side, _), (rows, columns) = self.head_px(), self.cell_px(), self.counts.shape
        return QSize(int(left + side * columns), int(top + side * rows))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint of a small matrix; a large one can be narrower."""
        return QSize(100, self.heightForWidth(100)) if self._large else self.sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Return whether the height depends on the width, as for a large matrix."""
        return self._large

    def heightForWidth(self, width: int) -> int:
        """Return the height of a large matrix of this width."""
        return int(self._cell_in(width) * len(self.counts) + self.head_px()[1])

    def paint_heads(self, painter: QPainter) -> None:
        """Paint names, or marks."""
        if self._large:
            set_text_style(painter, active().t2, CAPTION_PX)
            left, top = self.head_px()
            for index, name in enumerate(self.names):
                cell = self.rect_of((index, index))
                above = QRectF(cell.left(), 0, cell.width(), top - 2)
                write_elided(painter, above, name, Qt.AlignmentFlag.AlignCenter)
                beside = QRectF(0, cell.top(), left - 6, cell.height())
                write_elided(painter, beside, name, AT_RIGHT)
        else:
            super().paint_heads(painter)
        if self._is_stale:
            painter.setOpacity(_STALE_OPACITY)

    def words_of(self, cell: Cell) -> str:
        """Return what a cell counts, in words."""
        count, truth = int(self.counts[cell]), self.names[cell[0]]
        if cell[1] == len(self.names):
            return tr_plural(
                "1 row of class {truth}, undecided",
                "{n} rows of class {truth}, undecided",
                count,
                n=show_integer(count),
                truth=truth,
            )
        return tr_plural(
            "1 row of class {truth}, answered {answer}",
            "{n} rows of class {truth}, answered {answer}",
            count,
            n=show_integer(count),
            truth=truth,
            answer=self.head_words(cell[1]),
        )

    def retranslate(self) -> None:
        """Write the description in the current language."""
        self.setAccessibleDescription(self.spoken())
