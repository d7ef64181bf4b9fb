"""A confusion matrix whose cells show and open the held-out pictures in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from foundation.text import tr
from gui.format import show_integer, show_part
from gui.plots.legend import draw_class
from gui.theme import BODY_PX, CAPTION_PX, active, font
from gui.widgets.accessible import AccessibleItem, notify_focused_item
from gui.widgets.basic import ARROWS, PRESSES
from gui.widgets.focus_ring import is_ringed
from gui.widgets.painting import clipped, draw_box, draw_ring, faded, write_in

_LEFT_PX, _TOP_PX, _GAP_PX = 22, 20, 4
_HIGH_PX, _LOW_PX, _LEAST_PX = 40, 24, 12
_ROOM_PX = 280
_BADGE_PX = 14

type Cell = tuple[int, int]
"""Row (the truth) and column (the guess; the one after the last class is "undecided")."""

_UNDECIDED = "?"
"""Heads the column of undecided answers."""


@dataclass(frozen=True, eq=False)
class Confusions:
    """What the grid shows.

    Attributes
    ----------
    counts
        (classes, classes): row the truth, column the guess; one more column where answers are
        undecided.
    names, kinds
        Of the classes: what they are called, their colours and shapes.
    pictures
        A picture of each cell of mistakes, where it is known.
    """

    counts: npt.NDArray[np.integer]
    names: tuple[str, ...]
    kinds: tuple[int, ...]
    pictures: Mapping[Cell, QImage] = field(default_factory=dict)


_NOTHING = Confusions(np.zeros((0, 0), np.intp), (), ())


class ConfusionGrid(QWidget):
    """Paint the matrix; a click, or the arrow keys and Enter, open a cell.

    Signals
    -------
    cell_opened(int, int)
        The user opened a cell with pictures: its row (the truth) and column (the guess).
    """

    cell_opened = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("teach_confusion")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shown = _NOTHING
        self._current: Cell = (0, 0)

    def show_confusions(self, shown: Confusions) -> None:
        """Show counts and pictures."""
        if shown.counts.shape != self._shown.counts.shape:
            self._current = (0, 0)
            self.updateGeometry()
        self._shown = shown
        self._speak()
        self.update()

    # -- Geometry ----------------------------------------------------------------------------------

    @property
    def _columns(self) -> int:
        return self._shown.counts.shape[1]

    @property
    def _row_px(self) -> int:
        return max(_LOW_PX, min(_HIGH_PX, _ROOM_PX // max(1, len(self._shown.counts))))

    def sizeHint(self) -> QSize:
        """Return the room for all cells."""
        return QSize(360, _TOP_PX + self._row_px * len(self._shown.counts))

    def minimumSizeHint(self) -> QSize:
        """Get by with less width."""
        return QSize(_LEFT_PX + _LEAST_PX * self._columns, self.sizeHint().height())

    def rect_of(self, cell: Cell) -> QRect:
        """Return where a cell is painted."""
        across = (self.width() - _LEFT_PX) / max(1, self._columns)
        left = _LEFT_PX + round(cell[1] * across)
        right = _LEFT_PX + round((cell[1] + 1) * across)
        top = _TOP_PX + cell[0] * self._row_px
        gap = _GAP_PX if across > 20 else 1
        return QRect(left, top, right - left - gap, self._row_px - gap)

    def cell_at(self, place: QPoint) -> Cell | None:
        """Return the cell at a place, ``None`` where there is none."""
        size = len(self._shown.counts)
        if not size or place.x() < _LEFT_PX or place.y() < _TOP_PX:
            return None
        row = (place.y() - _TOP_PX) // self._row_px
        column = int((place.x() - _LEFT_PX) / ((self.width() - _LEFT_PX) / self._columns))
        return (row, column) if row < size and column < self._columns else None

    # -- Painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint heads and cells."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        shown = self._shown
        size = len(shown.counts)
        for index, kind in enumerate(shown.kinds):
            cell = self.rect_of((index, index))
            radius = min(5.0, cell.width() / 2)
            draw_class(painter, kind, QPointF(cell.center().x() + 0.5, 8.0), radius)
            draw_class(painter, kind, QPointF(8.0, cell.center().y() + 0.5), 5.0)
        if self._columns > size:
            first = self.rect_of((0, size))
            write_in(painter, active().t2, CAPTION_PX, 600)
            head = QRect(first.left(), 0, first.width(), _TOP_PX - _GAP_PX)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, _UNDECIDED)
        most = max(1, int(shown.counts.max(initial=0)))
        for place in self.accessible_items():
            self._paint_cell(painter, place, most)

    def _paint_cell(self, painter: QPainter, cell: Cell, most: int) -> None:
        theme, shown = active(), self._shown
        number = int(shown.counts[cell])
        rect = QRectF(self.rect_of(cell))
        is_right = cell[0] == cell[1]
        ground = QColor(theme.bg2)
        if number and is_right:
            ground = faded(theme.acc, 0.14 + 0.22 * number / most)
        elif number:
            ground = QColor(theme.failbg)
        picture = shown.pictures.get(cell)
        draw_box(painter, rect, 3, ground)
        is_shown = number > 0 and not is_right and picture is not None and not picture.isNull()
        if is_shown and picture is not None:
            _paint_filling(painter, rect, picture)
        if number and not is_right:
            draw_ring(painter, rect.adjusted(1, 1, -1, -1), 3, theme.fail)
        self._paint_count(painter, rect, number, is_shown)
        if is_ringed(self) and cell == self._current:
            draw_ring(painter, rect.adjusted(-1, -1, 1, 1), 4, theme.acc)

    def _paint_count(self, painter: QPainter, rect: QRectF, number: int, on_picture: bool) -> None:
        theme, text = active(), show_integer(number)
        if on_picture and rect.width() >= 2 * _BADGE_PX:
            painter.setFont(font(CAPTION_PX, 600))
            wide = max(_BADGE_PX, painter.fontMetrics().horizontalAdvance(text) + 6)
            badge = QRectF(rect.right() - wide - 3, rect.bottom() - _BADGE_PX - 3, wide, _BADGE_PX)
            draw_box(painter, badge, 3, theme.fail)
            painter.setPen(QColor(theme.bg1))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
            return
        painter.setFont(font(BODY_PX if rect.width() >= 24 else CAPTION_PX, 600 if number else 400))
        if painter.fontMetrics().horizontalAdvance(text) <= rect.width():
            painter.setPen(QColor(theme.t1 if number else theme.t3))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    # -- Screen readers ----------------------------------------------------------------------------

    def accessible_items(self) -> list[Cell]:
        """Return the cells, row by row."""
        rows, columns = self._shown.counts.shape
        return [(row, column) for row in range(rows) for column in range(columns)]

    def describe_item(self, cell: Cell) -> AccessibleItem:
        """Return what a screen reader says of a cell."""
        has_keyboard = self.hasFocus() and cell == self._current
        return AccessibleItem(self.words_of(cell), self.rect_of(cell), has_keyboard)

    # -- Words -------------------------------------------------------------------------------------

    def words_of(self, cell: Cell) -> str:
        """Return what a cell counts, in words."""
        shown, number = self._shown, int(self._shown.counts[cell])
        truth = shown.names[cell[0]]
        if cell[1] == len(shown.names):
            return tr("{n} of {truth} undecided", n=show_part(number), truth=truth)
        guess = shown.names[cell[1]]
        if cell[0] == cell[1]:
            text = tr("{n} of {truth} right")
        else:
            text = tr("{n} of {truth} taken for {guess}")
        return text.format(n=show_part(number), truth=truth, guess=guess)

    def _speak(self) -> None:
        """Describe the current cell and every mistake to screen readers."""
        shown = self._shown
        if not len(shown.counts):
            self.setAccessibleDescription("")
            return
        wrong = [
            (row, column) for row, column in np.argwhere(shown.counts > 0).tolist() if row != column
        ]
        parts = [self.words_of(cell) for cell in (self._current, *wrong[:20])]
        self.setAccessibleDescription("; ".join(dict.fromkeys(parts)))

    # -- Mouse and keys ----------------------------------------------------------------------------

    def _open(self, cell: Cell | None) -> None:
        if cell is not None and self._shown.counts[cell] > 0:
            self.cell_opened.emit(*cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the cell under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._open(self.cell_at(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that a cell with pictures can be opened."""
        cell = self.cell_at(event.position().toPoint())
        has_pictures = cell is not None and self._shown.counts[cell] > 0
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(hand if has_pictures else arrow)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell by the arrows, and open one by Enter or Space."""
        last = len(self._shown.counts) - 1
        key = Qt.Key(event.key())
        if key in ARROWS and last >= 0:
            down, right = ARROWS[key]
            row, column = self._current
            self._current = (
                min(max(row + down, 0), last),
                min(max(column + right, 0), self._columns - 1),
            )
            self._speak()
            notify_focused_item(self)
            self.update()
        elif key in PRESSES and last >= 0:
            self._open(self._current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Say in a tool tip what a cell counts, or which class a mark is."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(event.pos())
            text = self.words_of(cell) if cell is not None else self._head_at(event.pos())
            if text:
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)

    def _head_at(self, place: QPoint) -> str:
        for index, name in enumerate(self._shown.names):
            cell = self.rect_of((index, index))
            is_above = place.y() < _TOP_PX and cell.left() <= place.x() <= cell.right()
            is_beside = place.x() < _LEFT_PX and cell.top() <= place.y() <= cell.bottom()
            if is_above or is_beside:
                return name
        if self._columns > len(self._shown.names) and place.y() < _TOP_PX:
            cell = self.rect_of((0, self._columns - 1))
            if cell.left() <= place.x() <= cell.right():
                return tr("Undecided: two classes are equally probable")
        return ""


def _paint_filling(painter: QPainter, rect: QRectF, picture: QImage) -> None:
    """Fill a cell with the middle of a picture."""
    scale = max(rect.width() / picture.width(), rect.height() / picture.height())
    size = rect.size() / scale
    source = QRectF(QPointF(), size)
    source.moveCenter(QPointF(picture.width() / 2, picture.height() / 2))
    with clipped(painter, rect, 3):
        painter.drawImage(rect, picture, source)
