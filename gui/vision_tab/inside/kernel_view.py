"""Patches and kernels, as coloured numbers or small pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.format import list_separator
from gui.plots.colours import peak_of, point_colour, signed_picture
from gui.theme import BODY_PX, CAPTION_PX, active, font
from gui.vision_tab.inside.words import signed
from gui.widgets.painting import AT_RIGHT, set_text_style, write_elided
from vision.look.inside.cell import Block, Source

_CENTRE = Qt.AlignmentFlag.AlignCenter
_NAME_PX, _SIGN_PX, _SUM_PX = 52, 14, 56
_HEAD_PX, _PART_PX, _GAP_PX = 20, 66, 8
_MAX_SIDE = 3
TINT = 0.5
"""Colour strength of the largest number; text stays readable on it."""


class Part(NamedTuple):
    """The part of a sum that comes from one map.

    Attributes
    ----------
    name
        Name of the map.
    values, weights
        Values and weights, shape (height, width); `weights` is None if the values are unweighted.
    inside
        Mask of the `values` that are not padding.
    total
        Contribution to the sum.
    place
        Index among the maps that are read.
    """

    name: str
    values: np.ndarray
    weights: np.ndarray | None
    inside: np.ndarray
    total: float
    place: int

    @property
    def sides(self) -> list[np.ndarray]:
        """The blocks shown side by side: values, and weights if there are any."""
        return [self.values] if self.weights is None else [self.values, self.weights]

    @property
    def is_small(self) -> bool:
        """Whether the block is small enough to show its numbers."""
        return max(self.values.shape) <= _MAX_SIDE


def _block_text(block: np.ndarray) -> str:
    """Return a small block as text, row by row."""
    return "; ".join(list_separator().join(signed(float(value)) for value in row) for row in block)


class KernelView(QWidget):
    """A drawing of the parts of a sum.

    `follow` is called with the source of a clicked number.
    """

    def __init__(self, follow: Callable[[Source], None]) -> None:
        super().__init__()
        self.setObjectName("inside_kernel")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._follow = follow
        self._parts: tuple[Part, ...] = ()
        self._sources: Callable[[int, int, int], Source] | None = None
        self._heads = ("", "")
        self._peaks = (1.0, 1.0)

    def show_parts(
        self,
        parts: Sequence[Part],
        values: Block,
        weights: Block | None,
        sources: Callable[[int, int, int], Source],
    ) -> None:
        """Show parts of a sum, coloured relative to the largest value or weight."""
        self._parts, self._sources = tuple(parts), sources
        self._peaks = (peak_of(values), 1.0 if weights is None else peak_of(weights))
        self.setFixedHeight(_HEAD_PX + len(parts) * (_PART_PX + _GAP_PX))
        self.update()

    def in_words(self) -> str:
        """Describe each part as text: its sum, and its numbers if few."""
        said = []
        for part in self._parts:
            factors = " × ".join(map(_block_text, part.sides)) if part.is_small else ""
            said.append(f"{part.name}: {factors} = {signed(part.total)}.")
        return " ".join(said)

    def set_headings(self, values: str, weights: str) -> None:
        """Set the headings of the two columns."""
        self._heads = (values, weights)
        self.update()

    def _middle_y(self, number: int) -> float:
        """Return the y coordinate of a part's centre."""
        return _HEAD_PX + number * (_PART_PX + _GAP_PX) + _PART_PX / 2

    def _block(self, number: int, side: int) -> QRectF:
        """Return the rectangle of a part's values (side 0) or weights (side 1)."""
        part = self._parts[number]
        rows, columns = part.values.shape
        room = (self.width() - _NAME_PX - 2 * _SIGN_PX - _SUM_PX) / 2
        size = QSizeF(columns, rows).scaled(room, _PART_PX, Qt.AspectRatioMode.KeepAspectRatio)
        if part.is_small:
            size = QSizeF(room * columns, _PART_PX * rows) / _MAX_SIDE
        block = QRectF(QPointF(), size)
        left = _NAME_PX + side * (room + _SIGN_PX)
        block.moveCenter(QPointF(left + room / 2, self._middle_y(number)))
        return block

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the parts, one below the other."""
        painter, theme = QPainter(self), active()
        for number, part in enumerate(self._parts):
            blocks = [self._block(number, side) for side in range(len(part.sides))]
            if number == 0:
                set_text_style(painter, theme.t2, BODY_PX)
                for block, head in zip(blocks, self._heads, strict=False):
                    middle = block.center().x()
                    painter.drawText(QRectF(middle - 70, 0, 140, 17), _CENTRE, head)
            for side, block in enumerate(blocks):
                self._paint_block(painter, block, part, side)
            line = QRectF(0, self._middle_y(number) - 9, self.width(), 18)
            set_text_style(painter, theme.t1, BODY_PX, 600)
            name = line.adjusted(0, 0, _NAME_PX - 3 - line.width(), 0)
            write_elided(painter, name, part.name)
            painter.drawText(line, AT_RIGHT, signed(part.total))
            set_text_style(painter, theme.t2, BODY_PX)
            if part.weights is not None:
                gap = QRectF(line)
                gap.setLeft(blocks[0].right())
                gap.setRight(blocks[1].left())
                painter.drawText(gap, _CENTRE, "×")
            painter.drawText(line.adjusted(0, 0, -_SUM_PX, 0), AT_RIGHT, "=")

    def _paint_block(self, painter: QPainter, block: QRectF, part: Part, side: int) -> None:
        theme = active()
        values = part.sides[side]
        rows, columns = values.shape
        if not part.is_small:
            painter.drawImage(block, signed_picture(values, theme))
            painter.setPen(QColor(theme.line2))
            painter.drawRect(block)
            return
        width, height = block.width() / columns, block.height() / rows
        painter.setFont(font(CAPTION_PX))
        for row in range(rows):
            for column in range(columns):
                box = QRectF(
                    block.left() + column * width, block.top() + row * height, width, height
                ).adjusted(0.5, 0.5, -0.5, -0.5)
                value, is_inside = float(values[row, column]), part.inside[row, column]
                if is_inside:
                    painter.fillRect(box, point_colour(TINT * value / self._peaks[side], theme))
                    painter.setPen(QColor(theme.t1))
                else:
                    painter.fillRect(box, QColor(theme.bg3))
                    painter.setPen(QColor(theme.t3))
                is_told = is_inside or side == 1
                text = _format_to_fit(painter, value, width - 3) if is_told else "0"
                painter.drawText(box, _CENTRE, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Follow the number under the pointer to its source."""
        for number, part in enumerate(self._parts):
            for side in range(len(part.sides)):
                block = self._block(number, side)
                if block.contains(event.position()) and self._sources is not None:
                    rows, columns = part.values.shape
                    row = int((event.position().y() - block.top()) / block.height() * rows)
                    column = int((event.position().x() - block.left()) / block.width() * columns)
                    at = (part.place, min(row, rows - 1), min(column, columns - 1))
                    self._follow(self._sources(*at))
                    return


def _format_to_fit(painter: QPainter, value: float, room_px: float) -> str:
    """Format a number with as many decimals as fit, at most two."""
    for digits in (2, 1):
        text = signed(value, digits)
        if painter.fontMetrics().horizontalAdvance(text) <= room_px:
            return text
    return signed(value, 0)
