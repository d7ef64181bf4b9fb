"""All maps of a layer as small pictures, and one of them large."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.plots.colours import signed_picture
from gui.theme import active
from gui.widgets.basic import ARROWS
from gui.widgets.painting import draw_focus, draw_ring, smooth_painter
from vision.look.inside.cell import Cell
from vision.look.inside.network import Maps

_GAP_PX, _LEAST_PX, _MOST_PX, _LARGEST_PX = 6, 30, 62, 128
_FEW = 64
_FINEST = 64


def mark_cell(painter: QPainter, cell: QRectF) -> None:
    """Frame a cell of a map, or the part of a picture that it depends on; a small one more widely.

    A frame of white and black is seen on any picture.
    """
    centre, half = cell.center(), QPointF(max(cell.width(), 9), max(cell.height(), 9)) / 2
    for colour, width_px in ((QColor("white"), 4.0), (QColor("black"), 2.0)):
        painter.setPen(QPen(colour, width_px, j=Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(QRectF(centre - half, centre + half))


class MapGrid(QWidget):
    """Draw all maps of a layer, each scaled by its own peak.

    A click or an arrow key chooses: `choose` takes the map.
    """

    def __init__(self, choose: Callable[[int], None]) -> None:
        super().__init__()
        self.setObjectName("inside_maps")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._choose = choose
        self._maps: Maps | None = None
        self._images: dict[int, QImage] = {}
        self._chosen = 0
        self._columns, self._side = 8, _MOST_PX

    def show_maps(self, maps: Maps | None, chosen: int) -> None:
        """Show a layer's maps and which one is chosen."""
        self._chosen = chosen
        if maps is not self._maps:
            self._maps, self._images = maps, {}
            self._lay_out()
        self.update()

    def restyle(self) -> None:
        """Put on the theme in use."""
        self._images = {}
        self.update()

    def cell_rect(self, channel: int) -> QRectF:
        """Return where a map is drawn."""
        row, column = divmod(channel, self._columns)
        step = self._side + _GAP_PX
        return QRectF(3 + column * step, 3 + row * step, self._side, self._side)

    def _lay_out(self) -> None:
        count = 1 if self._maps is None else len(self._maps)
        width = max(60, self.width() - 6)
        # A few maps make use of a large window, eight in a row.
        eighth = (width + _GAP_PX) // 8 - _GAP_PX
        self._side = _LEAST_PX
        if count <= _FEW:
            self._side = min(_LARGEST_PX, max(_MOST_PX, eighth))
        self._columns = max(1, (width + _GAP_PX) // (self._side + _GAP_PX))
        rows = -(-count // self._columns)
        self.setFixedHeight(rows * (self._side + _GAP_PX) + 4)

    def _image(self, channel: int) -> QImage:
        image = self._images.get(channel)
        if image is None:
            assert self._maps is not None
            values = self._maps[channel]
            step = max(1, -(-max(values.shape) // _FINEST))
            image = self._images[channel] = signed_picture(values[::step, ::step], active())
        return image

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many in a row as there is room for."""
        self._lay_out()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint those that can be seen."""
        if self._maps is None:
            return
        painter = smooth_painter(self)
        seen = event.rect()
        step = self._side + _GAP_PX
        first = max(0, (seen.top() - 3) // step) * self._columns
        last = min(len(self._maps), ((seen.bottom() - 3) // step + 1) * self._columns)
        for channel in range(first, last):
            painter.drawImage(self.cell_rect(channel), self._image(channel))
        draw_ring(painter, self.cell_rect(self._chosen).adjusted(-2, -2, 2, 2), 4, active().acc)
        draw_focus(painter, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the map under the pointer."""
        step = self._side + _GAP_PX
        column, row = (int((at - 3) // step) for at in (event.position().x(), event.position().y()))
        channel = row * self._columns + column
        in_row = 0 <= column < self._columns
        if self._maps is not None and in_row and 0 <= channel < len(self._maps):
            self._choose(channel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next map, or to that under it."""
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None or self._maps is None:
            super().keyPressEvent(event)
            return
        wanted = self._chosen + step[0] * self._columns + step[1]
        if 0 <= wanted < len(self._maps):
            self._choose(wanted)


class LargeMap(QWidget):
    """Draw one map large with the chosen cell.

    A click or an arrow key chooses another: `choose` takes its row and column.
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
        """Show a map (rows, columns) and the chosen cell; a picture takes the place of colours."""
        self._cell, self._values, self._image = cell, values, picture
        if values is not None and picture is None:
            self._image = signed_picture(values, active())
        self.update()

    def area(self) -> QRectF:
        """Return where the map is drawn."""
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
        """Go with the pointer while a button is held."""
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
        """Go to the next cell."""
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._cell.row + step[0], self._cell.column + step[1])
