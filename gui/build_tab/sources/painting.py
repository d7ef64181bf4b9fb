"""What the pictures on data tiles are painted with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.theme import Theme, active, icon
from gui.widgets.painting import faded
from model.data import Dataset, build_dataset
from model.data.source import DataSource
from model.errors import ModelError
from model.experiment import FloatArray

_DOT_PX = 2.2


def centred(area: QRectF, width: float, height: float) -> QRectF:
    """Return an area of this size in the middle of another."""
    result = QRectF(0, 0, width, height)
    result.moveCenter(area.center())
    return result


def _binary_colours(theme: Theme) -> tuple[QColor, QColor]:
    """Return the grounds of a 0 and of a 1."""
    return faded(theme.neg, 0.28), faded(theme.pos, 0.8)


def paint_map(painter: QPainter, cells: FloatArray, area: QRectF, gap: float) -> None:
    """Paint values of 0 to 1 as cells."""
    colours = _binary_colours(active())
    rows, columns = cells.shape
    side = min(area.width() / columns, area.height() / rows)
    box = centred(area, side * columns, side * rows)
    for row in range(rows):
        for column in range(columns):
            cell = QRectF(
                box.left() + column * side,
                box.top() + row * side,
                side - gap,
                side - gap,
            )
            painter.fillRect(cell, colours[int(cells[row, column] > 0.5)])


def paint_rows(
    data: DataSource, painter: QPainter, area: QRectF, columns: tuple[int, ...] | None = None
) -> None:
    """Paint rows as points, or the first of them as cells.

    Parameters
    ----------
    columns
        The two columns that place a point; empty for cells. By default points have two inputs.
    """
    try:
        dataset = build_dataset(data)
    except (ModelError, OSError):
        return paint_table(painter, area)
    if columns is None:
        columns = (0, 1) if dataset.inputs == 2 else ()
    if columns:
        return _paint_points(painter, dataset.x_train[:, columns], dataset, area)
    return _paint_matrix(painter, dataset, area)


def paint_table(painter: QPainter, area: QRectF) -> None:
    """Paint the sign of a table."""
    icon("table", "t2").paint(painter, centred(area, 20, 20).toAlignedRect())


def _colours_of(dataset: Dataset) -> Sequence[QColor]:
    """Return one colour a training row."""
    theme = active()
    if dataset.task == "regression":
        value = dataset.y_train[:, 0]
        top = float(np.abs(value).max()) or 1.0
        colours = []
        for v in value / top:
            ink = 0.15 + 0.85 * min(abs(float(v)), 1.0)
            colours.append(faded(theme.pos if v > 0 else theme.neg, ink))
        return colours
    classes = [QColor(c) for c in theme.classes]
    return [classes[int(label) % len(classes)] for label in dataset.labels_train]


def _paint_points(painter: QPainter, x: FloatArray, dataset: Dataset, area: QRectF) -> None:
    """Paint rows as points; `x` has shape (rows, 2)."""
    low, high = x.min(axis=0), x.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    width, height = min(area.width(), area.height() * 1.25), area.height()
    box = centred(area, width - _DOT_PX, height - _DOT_PX)
    places = (x - low) / span * (box.width(), -box.height()) + (box.left(), box.bottom())
    points: dict[int, list[QPointF]] = {}
    for place, colour in zip(places.tolist(), _colours_of(dataset), strict=True):
        points.setdefault(colour.rgba(), []).append(QPointF(*place))
    pen = QPen(Qt.PenStyle.SolidLine)
    pen.setWidthF(_DOT_PX)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    for rgba, of_colour in points.items():
        pen.setColor(QColor.fromRgba(rgba))
        painter.setPen(pen)
        painter.drawPoints(of_colour)


def _paint_matrix(painter: QPainter, dataset: Dataset, area: QRectF) -> None:
    """Paint the first rows as cells, the target at the right."""
    table = np.column_stack((dataset.x_train, dataset.y_train[:, :1]))
    rows = np.array(sorted(set(map(tuple, table))))  # not by np.unique, which loads numpy.ma
    rows = rows[np.linspace(0, len(rows) - 1, min(4, len(rows))).astype(int)]
    low, high = rows.min(axis=0), rows.max(axis=0)
    cells = (rows - low) / np.where(high > low, high - low, 1.0)
    paint_map(painter, cells[:, -6:], centred(area, 40, 28), 1.0)
