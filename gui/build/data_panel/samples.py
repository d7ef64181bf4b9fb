"""What a data set that is no truth table looks like: counts by class, and rows or pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.build.data_words import readable
from gui.build.state import BuildState
from gui.build.training_bar.fields import ChoiceCombo
from gui.numbers import show_integer
from gui.theme import CAPTION_PX, GAP_S_PX, INSET_PX, active, font
from gui.widgets import describe, label, rule
from model.data import Dataset
from model.experiment import CsvData, FloatArray, TableData

__all__ = ["ClassCounts", "SampleGrid", "Samples"]

COLUMNS, LEAST_ROWS, MOST_ROWS = 5, 2, 10
SCALINGS = ("none", "standard", "min_max")


def picture_side(inputs: int) -> int:
    """Return the side of a square picture with so many pixels, 0 where they make none."""
    side = round(inputs**0.5)
    return side if inputs >= 49 and side * side == inputs else 0


class ClassCounts(QWidget):
    """One bar a class, as long as the class is often among the training rows."""

    BAR_PX = 18

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("class_counts")
        self._rows: list[tuple[str, int, int]] = []

    def show_dataset(self, dataset: Dataset) -> None:
        """Count the rows of each class, training and test."""
        names = dataset.class_names
        if not names or dataset.task == "multilabel":
            self._rows = []
        else:
            train = np.bincount(dataset.labels_train, minlength=len(names))
            test = np.bincount(dataset.labels_test, minlength=len(names))
            self._rows = [
                (name, int(a), int(b)) for name, a, b in zip(names, train, test, strict=True)
            ]
        shown = self._rows[:10]
        self.setFixedHeight(self.BAR_PX * len(shown))
        self.setAccessibleDescription("; ".join(f"{n}: {a} + {b}" for n, a, b in self._rows))
        self.update()

    def counts(self) -> list[tuple[str, int, int]]:
        """Return name, training rows and test rows of each class."""
        return list(self._rows)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, bars and counts."""
        theme = active()
        painter = QPainter(self)
        painter.setFont(font(CAPTION_PX))
        most = max((a + b for _, a, b in self._rows), default=1) or 1
        name_px, figure_px = 62, 44
        room = self.width() - name_px - figure_px - 8
        for index, (name, train, test) in enumerate(self._rows[:10]):
            top = index * self.BAR_PX
            painter.setPen(QColor(theme.t2))
            box = QRectF(0, top, name_px, self.BAR_PX)
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, name_px - 4)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
            colour = QColor(theme.classes[index % len(theme.classes)])
            bar = QRectF(name_px, top + 6, room * train / most, 6)
            painter.fillRect(bar, colour)
            colour.setAlphaF(0.4)
            painter.fillRect(QRectF(bar.right(), top + 6, room * test / most, 6), colour)
            painter.setPen(QColor(theme.t1))
            painter.drawText(
                QRectF(self.width() - figure_px, top, figure_px, self.BAR_PX),
                int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
                show_integer(train + test),
            )


class SampleGrid(QWidget):
    """Pictures among the training rows, each with what it is and what the network says.

    Signals
    -------
    row_chosen(int), row_hovered(int)
        Index among the training rows, -1 for none.
    """

    row_chosen = Signal(int)
    row_hovered = Signal(int)
    CELL_PX = 50
    ROW_PX = CELL_PX + 16

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sample_grid")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rows = 0
        self._dataset: Dataset | None = None
        self._images: list[QImage] = []
        self._truth: list[int] = []
        self._guess: list[int] = []
        self._row = -1
        self.set_rows(LEAST_ROWS)

    def set_rows(self, rows: int) -> None:
        """Show so many rows of pictures, within `LEAST_ROWS` and `MOST_ROWS`."""
        rows = min(max(rows, LEAST_ROWS), MOST_ROWS)
        if rows != self._rows:
            self._rows = rows
            self.setFixedHeight(rows * self.ROW_PX)

    def show_state(self, state: BuildState) -> None:
        """Show the first training rows and what the network makes of them."""
        if state.dataset is not self._dataset:
            self._dataset = state.dataset
            self._make_images(state.dataset)
        count = len(self._images)
        guess = state.network.forward(state.dataset.x_train[:count]).argmax(axis=1).tolist()
        if guess != self._guess or state.row != self._row:
            self._guess, self._row = guess, state.row
            self.update()

    def _make_images(self, dataset: Dataset) -> None:
        side = picture_side(dataset.inputs)
        count = min(COLUMNS * MOST_ROWS, len(dataset.x_train))
        self._truth = dataset.labels_train[:count].tolist()
        self._guess = []
        self._images = _pictures(dataset.x_train[:count], side)
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
        """Return the picture at a point, or -1."""
        for index in range(len(self._shown())):
            if self._cell(index).adjusted(0, 0, 0, 16).contains(where):
                return index
        return -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures."""
        theme = active()
        painter = QPainter(self)
        painter.setFont(font(CAPTION_PX))
        for index, image in enumerate(self._shown()):
            cell = self._cell(index)
            painter.drawImage(cell.adjusted(2, 2, -2, -2), image)
            guess = self._guess[index] if index < len(self._guess) else -1
            wrong = guess >= 0 and guess != self._truth[index]
            chosen = index == self._row
            edge = theme.acc if chosen else theme.fail if wrong else theme.line
            painter.setPen(QPen(QColor(edge), 2 if chosen or wrong else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 5, 5)
            painter.setPen(QColor(theme.fail if wrong else theme.t1))
            text = f"{self._truth[index]} → {guess}" if guess >= 0 else str(self._truth[index])
            painter.drawText(
                QRectF(cell.left() - 4, cell.bottom(), cell.width() + 8, 15),
                int(Qt.AlignmentFlag.AlignCenter),
                text,
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a picture."""
        self.row_chosen.emit(self.index_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which picture is under the pointer."""
        self.row_hovered.emit(self.index_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Say that none is."""
        self.row_hovered.emit(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk by the arrows."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -COLUMNS,
            Qt.Key.Key_Down: COLUMNS,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.row_chosen.emit(min(max(self._row + step, 0), len(self._shown()) - 1))


def _pictures(rows: FloatArray, side: int) -> list[QImage]:
    """Return rows of pixels, shape (rows, side * side), as images, dark where the value is high."""
    theme = active()
    low = rows.min(axis=1, keepdims=True)
    reach = rows.max(axis=1, keepdims=True) - low
    ink = (rows - low) / np.where(reach > 0.0, reach, 1.0)
    ground, pen = (
        np.array([c.blue(), c.green(), c.red(), 255])  # as the bytes lie in memory
        for c in (QColor(theme.bg1), QColor(theme.t1))
    )
    pixels = np.rint(ground + (pen - ground) * ink[..., None]).astype(np.uint8)
    form = QImage.Format.Format_RGB32
    return [QImage(picture.tobytes(), side, side, 4 * side, form).copy() for picture in pixels]


class Samples(QWidget):
    """The lower part of the data panel for plane sets and tables.

    Signals
    -------
    row_chosen(int), row_hovered(int)
        As in :class:`SampleGrid`.
    scaling_chosen(str)
        How a table's columns are to be scaled.
    """

    row_chosen = Signal(int)
    row_hovered = Signal(int)
    scaling_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.scaling = ChoiceCombo("table_scaling", SCALINGS)
        self._scaling_caption = label("label")
        self._title = label("title")
        self._note = label("caption")
        self.counts = ClassCounts()
        self.grid = SampleGrid()
        self._facts = label("hint", "data_facts", wrap=True)
        self._dataset: Dataset | None = None
        row = QHBoxLayout()
        row.addWidget(self._title, 1)
        row.addWidget(self._note)
        inner = QVBoxLayout()
        inner.setContentsMargins(INSET_PX, GAP_S_PX, INSET_PX, GAP_S_PX)
        inner.setSpacing(GAP_S_PX)
        inner.addLayout(row)
        inner.addWidget(self.grid)
        inner.addWidget(self.counts)
        inner.addWidget(self._facts)
        scaling = QHBoxLayout()
        scaling.addWidget(self._scaling_caption)
        scaling.addWidget(self.scaling, 1)
        inner.addLayout(scaling)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(rule())
        layout.addLayout(inner, 1)
        self.grid.row_chosen.connect(self.row_chosen)
        self.grid.row_hovered.connect(self.row_hovered)
        self.scaling.chosen.connect(self.scaling_chosen)
        self.retranslate()

    def forget_shown(self) -> None:
        """Let the next state be shown whole, whatever the list of scalings says."""
        self._dataset = None

    def show_state(self, state: BuildState) -> None:
        """Show the data and, where they are pictures, what the network makes of them."""
        pictures = picture_side(state.dataset.inputs) > 0 and state.dataset.task == "multiclass"
        if state.dataset is not self._dataset:
            self._dataset = state.dataset
            self.counts.show_dataset(state.dataset)
            self.grid.setVisible(pictures)
            self.counts.setVisible(not pictures)
            data = state.experiment.data
            scaled = isinstance(data, TableData | CsvData)
            self.scaling.setVisible(scaled)
            self._scaling_caption.setVisible(scaled)
            if isinstance(data, TableData | CsvData):
                self.scaling.show_key(data.scaling)
            self.retranslate()
        if pictures:
            self.grid.show_state(state)

    def height_px(self, width_px: int, room_px: int) -> int:
        """Return the height that shows everything at a width, more pictures where there is room."""
        self.grid.set_rows(LEAST_ROWS)
        least = self._needed_px(width_px)
        if not self.grid.isHidden():
            self.grid.set_rows(LEAST_ROWS + (room_px - least) // self.grid.ROW_PX)
        return self._needed_px(width_px)

    def _needed_px(self, width_px: int) -> int:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        return layout.totalHeightForWidth(width_px)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        dataset = self._dataset
        pictures = dataset is not None and picture_side(dataset.inputs) > 0
        self._title.setText(self.tr("Samples") if pictures else self.tr("Rows"))
        self._note.setText(self.tr("target → guess") if pictures else "")
        describe(self.counts, self.tr("Rows of each class"))
        self._scaling_caption.setText(self.tr("Scaling"))
        self.scaling.write([self.tr("None"), self.tr("Mean 0, deviation 1"), self.tr("0 to 1")])
        describe(self.scaling, self.tr("Scaling"), self.tr("How the columns are scaled"))
        describe(self.grid, self.tr("Samples"), self.tr("Click one to see its values everywhere"))
        if dataset is not None:
            self._facts.setText(
                self.tr("{rows} rows, {inputs} inputs: {names}").format(
                    rows=show_integer(len(dataset.x_train) + len(dataset.x_test)),
                    inputs=dataset.inputs,
                    names=", ".join(map(readable, dataset.feature_names[:6]))
                    + ("…" if dataset.inputs > 6 else ""),
                )
            )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
