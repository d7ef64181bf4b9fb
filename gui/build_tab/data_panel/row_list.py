"""Lists of rows to choose from: wrong rows as text, and picture rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QListWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.state import BuildState
from gui.format import show_integer
from gui.plots.colours import blended, picture_of
from gui.theme import CAPTION_PX, active, font
from gui.widgets.basic import named, pass_letters_to_tab
from gui.widgets.painted_list import CellPainter
from gui.widgets.painting import draw_ring
from model.experiment import FloatArray
from model.metrics import decide


def picture_side(inputs: int) -> int:
    """Return the side of a square picture of `inputs` pixels, 0 if not square."""
    side = round(inputs**0.5)
    return side if inputs >= 49 and side * side == inputs else 0


class RowList(QListWidget):
    """A list of rows that sets the chosen row and the row under the pointer."""

    COLUMNS, LINE_PX, MIN_LINES, MAX_LINES = 1, 40, 3, 8

    def __init__(self, object_name: str, model: BuildModel) -> None:
        super().__init__()
        named(self, object_name)
        self._numbers: list[int] = []
        self._hover_row = model.hover_row
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entered.connect(lambda index: model.hover_row(self._numbers[index.row()]))
        self.viewportEntered.connect(lambda: model.hover_row(-1))
        self.currentRowChanged.connect(lambda place: model.choose_row(self._numbers[place]))
        # The row under the pointer is the current one already, so that a press changes none.
        self.pressed.connect(lambda index: model.choose_row(self._numbers[index.row()]))

    def show_rows(self, numbers: list[int], texts: Sequence[str], chosen: int) -> None:
        """Show rows by number, each with its text; `chosen` is the current row."""
        with QSignalBlocker(self):
            if numbers != self._numbers:
                self._numbers = numbers
                self.clear()
                self.addItems(texts)
                self.updateGeometry()
            for place, text in enumerate(texts):
                self.item(place).setText(text)
            self.setCurrentRow(numbers.index(chosen) if chosen in numbers else -1)

    def _height_px(self, most: int) -> int:
        lines = min(-(-self.count() // self.COLUMNS), most)
        return max(1, lines) * self.LINE_PX + 2 * self.frameWidth()

    def sizeHint(self) -> QSize:
        """Return the size that shows every line, up to `MAX_LINES`."""
        return QSize(super().sizeHint().width(), self._height_px(self.MAX_LINES))

    def minimumSizeHint(self) -> QSize:
        """Return the size that shows `MIN_LINES` lines."""
        return QSize(0, self._height_px(self.MIN_LINES))

    def leaveEvent(self, event: QEvent) -> None:
        """Return to the chosen row."""
        self._hover_row(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the list; leave Space and letters to the tab's shortcuts."""
        pass_letters_to_tab(event, super().keyPressEvent)


class Sample(NamedTuple):
    """A picture row with its target and the network's answer, -1 if undecided."""

    image: QImage
    truth: int
    guess: int


class SampleGrid(RowList):
    """Pictures of rows with their targets and answers."""

    COLUMNS, LINE_PX, MIN_LINES, MAX_LINES = 5, 66, 2, 10
    PICTURE_PX = 46

    def __init__(self, model: BuildModel) -> None:
        super().__init__("sample_grid", model)
        self._shown: object = None
        self._samples: list[Sample] = []
        cell = QSize(self.PICTURE_PX + 1, self.LINE_PX)
        self.setItemDelegate(
            CellPainter(self, cell, lambda place: self._samples[place], self._paint)
        )
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setGridSize(cell)

    def show_state(self, state: BuildState, rows: np.ndarray) -> None:
        """Show the rows with these numbers, as many as fit, with the network's answers."""
        numbers = rows[: self.COLUMNS * self.MAX_LINES].tolist()
        inputs, targets = state.rows_at(numbers)
        guesses = decide(state.network.forward(inputs), state.dataset.task).tolist()
        shown = state.dataset, active().name, numbers, guesses, state.row
        if shown == self._shown:
            return
        self._shown = shown
        images = _pictures(inputs, picture_side(state.dataset.inputs))
        truths = targets.argmax(axis=1).tolist()
        self._samples = list(map(Sample, images, truths, guesses))
        texts = [_describe(*each) for each in zip(numbers, self._samples, strict=True)]
        self.show_rows(numbers, texts, state.row)
        self.viewport().update()

    def _paint(self, painter: QPainter, cell: QRect, sample: Sample, is_chosen: bool) -> None:
        theme, is_wrong = active(), sample.guess not in (-1, sample.truth)
        place = QRectF(cell.left(), cell.top(), self.PICTURE_PX, self.PICTURE_PX)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.drawImage(place.adjusted(2, 2, -2, -2), sample.image)
        edge = theme.acc if is_chosen else theme.fail if is_wrong else theme.line
        width = 2 if is_chosen or is_wrong else 1
        draw_ring(painter, place.adjusted(1, 1, -1, -1), 5, edge, width)
        painter.setFont(font(CAPTION_PX))
        painter.setPen(QColor(theme.fail if is_wrong else theme.t1))
        text = f"{sample.truth} → {'?' if sample.guess < 0 else sample.guess}"
        below = QRectF(place.left() - 4, place.bottom(), place.width() + 8, 15)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), text)


def _describe(row: int, sample: Sample) -> str:
    """Return a picture's text for screen readers: its row, target and answer."""
    text = tr("row {row}: {class_name}, taken for {answer}")
    if sample.guess < 0:
        text = tr("row {row}: {class_name}, undecided")
    elif sample.guess == sample.truth:
        text = tr("row {row}: {class_name}, answered rightly")
    number = show_integer(row + 1)
    return text.format(row=number, class_name=sample.truth, answer=sample.guess)


def _pictures(rows: FloatArray, side: int) -> list[QImage]:
    """Convert rows of pixels, shape (rows, side * side), to images.

    Each row is scaled from its minimum (background colour) to its maximum (text colour).
    """
    low = rows.min(axis=1, keepdims=True)
    reach = rows.max(axis=1, keepdims=True) - low
    ink = (rows - low) / np.where(reach > 0.0, reach, 1.0)
    pixels = blended(ink, active().bg1, active().t1)
    return [picture_of(picture) for picture in pixels.reshape(-1, side, side)]
