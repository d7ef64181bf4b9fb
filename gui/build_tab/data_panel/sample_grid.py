"""Rows that are pictures, as a grid to choose from."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.state import BuildState
from gui.format import show_integer
from gui.plots.colours import blended, picture_of
from gui.theme import CAPTION_PX, active, font
from gui.widgets.accessible import AccessibleItem, notify_focused_item
from gui.widgets.basic import ARROWS
from gui.widgets.painting import draw_ring
from model.data import Dataset
from model.experiment import FloatArray
from model.metrics import decide

COLUMNS, LEAST_ROWS, MOST_ROWS = 5, 2, 10


def picture_side(inputs: int) -> int:
    """Return the side of a square picture of `inputs` pixels, 0 if they make none."""
    side = round(inputs**0.5)
    return side if inputs >= 49 and side * side == inputs else 0


class SampleGrid(QWidget):
    """Pictures of rows with their targets and answers; a click chooses one."""

    CELL_PX = 50
    ROW_PX = CELL_PX + 16

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self._model = model
        self.setObjectName("sample_grid")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rows = 0
        self._dataset: Dataset | None = None
        self._theme = ""
        self._shown_rows: list[int] = []
        self._inputs: FloatArray = np.empty((0, 0))
        self._images: list[QImage] = []
        self._truth: list[int] = []
        self._guess: list[int] = []
        self._row = -1
        self.set_rows(LEAST_ROWS)

    def set_rows(self, rows: int) -> None:
        """Set the number of rows of pictures, from `LEAST_ROWS` to `MOST_ROWS`."""
        rows = min(max(rows, LEAST_ROWS), MOST_ROWS)
        if rows != self._rows:
            self._rows = rows
            self.setFixedHeight(rows * self.ROW_PX)

    @property
    def rows_wanted(self) -> int:
        """The number of rows of pictures."""
        return -(-len(self._images) // COLUMNS)

    def show_state(self, state: BuildState, rows: np.ndarray) -> None:
        """Show rows by their numbers, as many as fit, with the network's answers."""
        chosen = rows[: COLUMNS * MOST_ROWS].tolist()
        known = (self._dataset, self._theme, self._shown_rows)
        if known != (state.dataset, active().name, chosen):
            self._dataset, self._theme, self._shown_rows = state.dataset, active().name, chosen
            self._inputs, targets = state.rows_at(chosen)
            self._truth = targets.argmax(axis=1).tolist()
            self._images = _pictures(self._inputs, picture_side(state.dataset.inputs))
            self._guess = []
        guess = decide(state.network.forward(self._inputs), state.dataset.task).tolist()
        if guess != self._guess or state.row != self._row:
            self._guess, self._row = guess, state.row
            self.update()

    def _cell(self, index: int) -> QRectF:
        row, column = divmod(index, COLUMNS)
        gap = (self.width() - COLUMNS * (self.CELL_PX - 4)) / (COLUMNS - 1)
        return QRectF(
            column * (self.CELL_PX - 4 + gap),
            row * self.ROW_PX,
            self.CELL_PX - 4,
            self.CELL_PX - 4,
        )

    def _shown(self) -> list[QImage]:
        return self._images[: COLUMNS * self._rows]

    def index_at(self, where: QPointF) -> int:
        """Return the row whose picture is at a point, or -1."""
        for index in range(len(self._shown())):
            if self._cell(index).adjusted(0, 0, 0, 16).contains(where):
                return self._shown_rows[index]
        return -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures."""
        theme = active()
        painter = QPainter(self)
        painter.setFont(font(CAPTION_PX))
        for index, image in enumerate(self._shown()):
            cell = self._cell(index)
            painter.drawImage(cell.adjusted(2, 2, -2, -2), image)
            guess = self._guess[index] if index < len(self._guess) else None
            wrong = guess is not None and guess >= 0 and guess != self._truth[index]
            chosen = self._shown_rows[index] == self._row
            edge = theme.acc if chosen else theme.fail if wrong else theme.line
            draw_ring(painter, cell.adjusted(1, 1, -1, -1), 5, edge, 2 if chosen or wrong else 1)
            painter.setPen(QColor(theme.fail if wrong else theme.t1))
            text = str(self._truth[index])
            if guess is not None:
                text += f" → {'?' if guess < 0 else guess}"  # undecided
            painter.drawText(
                QRectF(cell.left() - 4, cell.bottom(), cell.width() + 8, 15),
                int(Qt.AlignmentFlag.AlignCenter),
                text,
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a picture."""
        self._model.choose_row(self.index_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the picture under the pointer."""
        self._model.hover_row(self.index_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Report that the pointer is on no picture."""
        self._model.hover_row(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrow keys."""
        if event.key() not in ARROWS:
            super().keyPressEvent(event)
            return
        down, right = ARROWS[Qt.Key(event.key())]
        last = len(self._shown()) - 1
        if last >= 0:
            rows = self._shown_rows
            at = rows.index(self._row) + down * COLUMNS + right if self._row in rows else 0
            self._model.choose_row(rows[min(max(at, 0), last)])
            notify_focused_item(self)

    # -- Screen readers ----------------------------------------------------------------------------

    def accessible_items(self) -> range:
        """Return the index of every picture shown."""
        return range(len(self._shown()))

    def describe_item(self, part: int) -> AccessibleItem | None:
        """Return a picture's text for screen readers: its row, target and answer."""
        if part >= len(self._shown()):
            return None
        row, truth = self._shown_rows[part], self._truth[part]
        guess = self._guess[part] if part < len(self._guess) else None
        if guess is None:
            text = tr("row {row}: {class_name}")
        elif guess < 0:
            text = tr("row {row}: {class_name}, undecided")
        elif guess == truth:
            text = tr("row {row}: {class_name}, answered rightly")
        else:
            text = tr("row {row}: {class_name}, taken for {answer}")
        said = text.format(row=show_integer(row + 1), class_name=truth, answer=guess)
        area = self._cell(part).toRect()
        return AccessibleItem(said, area, self.hasFocus() and row == self._row)


def _pictures(rows: FloatArray, side: int) -> list[QImage]:
    """Return rows of pixels, shape (rows, side * side), as images, dark for high values."""
    if side == 0:
        return []
    low = rows.min(axis=1, keepdims=True)
    reach = rows.max(axis=1, keepdims=True) - low
    ink = (rows - low) / np.where(reach > 0.0, reach, 1.0)
    pixels = blended(ink, active().bg1, active().t1)
    return [picture_of(picture) for picture in pixels.reshape(-1, side, side)]
