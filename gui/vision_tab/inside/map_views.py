"""All maps of a layer as small pictures, and one of them large."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QWidget

from gui.plots.colours import signed_picture
from gui.theme import active
from gui.vision_tab.inside.words import channel_name
from gui.widgets.basic import ARROWS
from gui.widgets.painted_list import PaintedList
from gui.widgets.painting import draw_focus, draw_ring
from vision.look.inside.cell import Cell
from vision.look.inside.network import Maps

_CELL_PX = 50
_FINEST = 64


def mark_cell(painter: QPainter, cell: QRectF) -> None:
    """Frame a cell of a map, or its part of a picture.

    The frame is white and black, to be visible on any picture, and has a minimum size.
    """
    centre, half = cell.center(), QPointF(max(cell.width(), 9), max(cell.height(), 9)) / 2
    for colour, width_px in ((QColor("white"), 4.0), (QColor("black"), 2.0)):
        painter.setPen(QPen(colour, width_px, j=Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(QRectF(centre - half, centre + half))


class MapGrid(PaintedList[int]):
    """A list of a layer's maps, each scaled by its own peak.

    `choose` is called with the index of the chosen map.
    """

    def __init__(self, choose: Callable[[int], object]) -> None:
        cell = QSize(_CELL_PX, _CELL_PX)
        super().__init__(
            "inside_maps", cell, self._paint_map, lambda channel: channel_name(channel, ())
        )
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._maps: Maps | None = None
        self._images: dict[int, QImage] = {}
        self.currentRowChanged.connect(lambda row: choose(row) if row >= 0 else None)

    def show_maps(self, maps: Maps | None, chosen: int) -> None:
        """Show a layer's maps and the chosen one."""
        with QSignalBlocker(self):
            if maps is not self._maps:
                self._maps, self._images = maps, {}
                count = 0 if maps is None else len(maps)
                if count != self.count():  # with each frame the maps are others, not the names
                    self.show_rows(range(count))
            self.setCurrentRow(chosen)
        self.scrollTo(self.currentIndex())
        self.viewport().update()

    def restyle(self) -> None:
        """Apply the current theme."""
        self._images = {}
        self.viewport().update()

    def _paint_map(self, painter: QPainter, cell: QRect, channel: int, is_chosen: bool) -> None:
        image = self._images.get(channel)
        if image is None:
            assert self._maps is not None
            values = self._maps[channel]
            step = max(1, -(-max(values.shape) // _FINEST))
            image = self._images[channel] = signed_picture(values[::step, ::step], active())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        area = cell.adjusted(3, 3, -3, -3)
        painter.drawImage(area, image)
        if is_chosen:
            draw_ring(painter, area.adjusted(-2, -2, 2, 2), 4, active().acc)


class LargeMap(QWidget):
    """One large map with the chosen cell.

    A click or an arrow key calls `choose` with the row and column of another cell.
    """

    def __init__(self, choose: Callable[[int, int], None]) -> None:
        super().__init__()
        self.setObjectName("inside_map")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._choose = choose
        self._image: QImage | None = None
        self._values: np.ndarray | None = None
        self._cell = Cell(0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 100)

    def show_map(
        self, values: np.ndarray | None, cell: Cell, picture: QImage | None = None
    ) -> None:
        """Show a map (rows, columns) and the chosen cell; `picture` replaces its colours."""
        self._cell, self._values, self._image = cell, values, picture
        if values is not None and picture is None:
            self._image = signed_picture(values, active())
        self.update()

    def area(self) -> QRectF:
        """Return the map's rectangle."""
        if self._values is None:
            return QRectF(0, 0, 0, 0)
        rows, columns = self._values.shape
        scale = min((self.width() - 2) / columns, (self.height() - 2) / rows)
        return QRectF(1, 1, columns * scale, rows * scale)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the map and the frame of the cell."""
        if self._image is None or self._values is None:
            return
        painter = QPainter(self)
        area, theme = self.area(), active()
        painter.drawImage(area, self._image)
        painter.setPen(QPen(QColor(theme.line2), 1))
        painter.drawRect(area)
        rows, columns = self._values.shape
        width, height = area.width() / columns, area.height() / rows
        cell = QRectF(
            area.left() + self._cell.column * width,
            area.top() + self._cell.row * height,
            width,
            height,
        )
        mark_cell(painter, cell)
        draw_focus(painter, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        self._choose_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose cells while the pointer is dragged."""
        self._choose_at(event.position())

    def _choose_at(self, at: QPointF) -> None:
        area = self.area()
        if self._values is None or not area.width():
            return
        rows, columns = self._values.shape
        row = int((at.y() - area.top()) / area.height() * rows)
        column = int((at.x() - area.left()) / area.width() * columns)
        self._choose(min(max(row, 0), rows - 1), min(max(column, 0), columns - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a neighbouring cell with the arrow keys."""
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._cell.row + step[0], self._cell.column + step[1])
