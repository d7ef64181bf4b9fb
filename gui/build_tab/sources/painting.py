"""Painting of the pictures on data tiles."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.theme import active
from gui.widgets.painting import with_alpha
from model.data import Dataset, build_dataset
from model.data.source import DataSource
from model.experiment import FloatArray

_DOT_PX = 2.2


def centred(area: QRectF, width: float, height: float) -> QRectF:
    """Return a rectangle of this size centred in another."""
    result = QRectF(0, 0, width, height)
    result.moveCenter(area.center())
    return result


def paint_map(painter: QPainter, cells: FloatArray, area: QRectF, gap: float) -> None:
    """Paint values as cells: one colour above 0.5, another for the rest."""
    zero, one = with_alpha(active().neg, 0.28), with_alpha(active().pos, 0.8)
    rows, columns = cells.shape
    side = min(area.width() / columns, area.height() / rows)
    box = centred(area, side * columns, side * rows)
    for (row, column), value in np.ndenumerate(cells):
        left, top = box.left() + column * side, box.top() + row * side
        cell = QRectF(left, top, side - gap, side - gap)
        painter.fillRect(cell, one if value > 0.5 else zero)


def paint_rows(
    data: DataSource, painter: QPainter, area: QRectF, columns: tuple[int, ...] | None = None
) -> None:
    """Paint rows as points, or a few of them as cells.

    Parameters
    ----------
    columns
        Two columns with a point's coordinates; empty for cells. By default, both inputs if there
        are exactly two, else cells.
    """
    dataset = build_dataset(data)
    if columns is None:
        columns = (0, 1) if dataset.inputs == 2 else ()
    if columns:
        return _paint_points(painter, dataset.x_train[:, columns], dataset, area)
    return _paint_matrix(painter, dataset, area)


def _colours_of(dataset: Dataset) -> list[QColor]:
    """Return a colour for each training row."""
    theme = active()
    if dataset.task == "regression":
        value = dataset.y_train[:, 0]
        shares = value / np.abs(value).max()
        return [
            with_alpha(theme.pos if share > 0 else theme.neg, 0.15 + 0.85 * abs(float(share)))
            for share in shares
        ]
    return [QColor(theme.classes[label]) for label in dataset.labels_train]


def _paint_points(painter: QPainter, x: FloatArray, dataset: Dataset, area: QRectF) -> None:
    """Paint rows as points; `x` has shape (rows, 2)."""
    low, high = x.min(axis=0), x.max(axis=0)
    width, height = min(area.width(), area.height() * 1.25), area.height()
    box = centred(area, width - _DOT_PX, height - _DOT_PX)
    sides = (box.width(), -box.height())
    places = (x - low) / (high - low) * sides + (box.left(), box.bottom())
    points: dict[int, list[QPointF]] = {}  # by colour: a call for each point takes twice as long
    for place, colour in zip(places.tolist(), _colours_of(dataset), strict=True):
        points.setdefault(colour.rgba(), []).append(QPointF(*place))
    for rgba, of_colour in points.items():
        colour = QColor.fromRgba(rgba)
        painter.setPen(QPen(colour, _DOT_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(of_colour)


def _paint_matrix(painter: QPainter, dataset: Dataset, area: QRectF) -> None:
    """Paint up to four different rows as cells, with the target on the right."""
    table = np.column_stack((dataset.x_train, dataset.y_train[:, :1]))
    rows = np.array(sorted(set(map(tuple, table))))  # not by np.unique, which loads numpy.ma
    rows = rows[np.linspace(0, len(rows) - 1, min(4, len(rows))).astype(int)]
    low, high = rows.min(axis=0), rows.max(axis=0)
    cells = (rows - low) / np.where(high > low, high - low, 1.0)
    paint_map(painter, cells[:, -6:], centred(area, 40, 28), 1.0)
