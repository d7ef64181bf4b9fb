"""Pictures on the data tiles, painted from the data themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gui.build_tab.names import Tile
from gui.theme import Theme, active, icon
from gui.widgets.painting import faded
from model.data import Dataset, build_dataset
from model.data.gates import TWO_INPUT_GATES, truth_table
from model.data.tables import first_digits
from model.errors import ModelError
from model.experiment import FloatArray, GateData, PlaneData, PointsData

_GRAY_CODE = {1: (0, 1), 2: (0, 1, 3, 2)}
_POINTS, _DOT_PX = 44, 2.2
_DIGITS = 20
"""Among so many first rows is every digit."""


def paint_tile(painter: QPainter, tile: Tile, area: QRectF) -> None:
    """Paint the picture of one tile into `area`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if tile.key == "all_16":
        _paint_all_gates(painter, area)
    elif tile.data is None:
        icon("file-plus", "t2").paint(painter, _centred(area, 22, 22).toAlignedRect())
    elif isinstance(tile.data, GateData):
        _paint_gate(painter, tile.data, area)
    else:
        _paint_rows(painter, tile, area)
    painter.restore()


def _centred(area: QRectF, width: float, height: float) -> QRectF:
    result = QRectF(0, 0, width, height)
    result.moveCenter(area.center())
    return result


def _binary_colours(theme: Theme) -> tuple[QColor, QColor]:
    """Return the grounds of a 0 and of a 1."""
    return faded(theme.neg, 0.28), faded(theme.pos, 0.8)


def karnaugh(values: FloatArray) -> FloatArray:
    """Arrange a gate's outputs as a Karnaugh map.

    Parameters
    ----------
    values
        Outputs in counting order of the inputs, shape (2^inputs,), at most 4 inputs.

    Returns
    -------
    numpy.ndarray
        Row 0 on top. Two inputs: x1 to the right, x2 upwards; more: Gray code along both sides.
    """
    inputs = len(values).bit_length() - 1
    if inputs == 1:
        return values.reshape(1, 2)
    if inputs == 2:
        return values.reshape(2, 2).T[::-1]
    across = inputs - inputs // 2
    table = values.reshape(2**across, -1)
    return table[np.ix_(_GRAY_CODE[across], _GRAY_CODE[inputs - across])].T[::-1]


def _paint_map(painter: QPainter, cells: FloatArray, area: QRectF, gap: float) -> None:
    colours = _binary_colours(active())
    rows, columns = cells.shape
    side = min(area.width() / columns, area.height() / rows)
    box = _centred(area, side * columns, side * rows)
    for row in range(rows):
        for column in range(columns):
            cell = QRectF(
                box.left() + column * side,
                box.top() + row * side,
                side - gap,
                side - gap,
            )
            painter.fillRect(cell, colours[int(cells[row, column] > 0.5)])


def _paint_gate(painter: QPainter, gate: GateData, area: QRectF) -> None:
    _, y = truth_table(gate.name, gate.inputs)
    outputs = y.shape[1]
    maps = [karnaugh(y[:, i]) for i in range(outputs)]
    side = min(11.0, (area.width() - 4 * (outputs - 1)) / outputs / maps[0].shape[1])
    width = side * maps[0].shape[1]
    left = area.center().x() - (width * outputs + 4 * (outputs - 1)) / 2
    for index, cells in enumerate(maps):
        height = side * cells.shape[0]
        top = area.center().y() - height / 2
        place = QRectF(QPointF(left + index * (width + 4), top), QSizeF(width, height))
        _paint_map(painter, cells, place, 1.0)


def _paint_all_gates(painter: QPainter, area: QRectF) -> None:
    side = area.width() / 8
    for index, name in enumerate(TWO_INPUT_GATES):
        _, y = truth_table(name, 2)
        row, column = divmod(index, 8)
        top = area.center().y() + (row - 1) * side
        place = QRectF(area.left() + column * side, top, side - 1.5, side - 1.5)
        _paint_map(painter, karnaugh(y[:, 0]), place, 0.4)


def _small_dataset(tile: Tile) -> Dataset | None:
    """Return the data of a tile, few points where their number is free."""
    data = tile.data
    if isinstance(data, PlaneData):
        noise = 0.0 if data.name in ("spiral", "moons") else data.noise
        count = 4 * _POINTS if data.name == "spiral" else 2 * _POINTS
        data = replace(data, points=count, noise=noise)
    if isinstance(data, PointsData):
        points = ((-0.6, -0.5, 0), (-0.1, -0.7, 0), (-0.7, 0.2, 0), (0.6, 0.4, 1), (0.1, 0.7, 1))
        data = PointsData(points)
    if data is None:
        return None
    try:
        return build_dataset(data)
    except (ModelError, OSError):
        return None


def _paint_rows(painter: QPainter, tile: Tile, area: QRectF) -> None:
    if tile.key == "table:digits":
        _paint_digits(painter, area)
        return
    dataset = _small_dataset(tile)
    if dataset is None:
        _paint_table(painter, area)
    elif dataset.inputs == 2 and tile.key != "table:titanic":
        _paint_points(painter, dataset.x_train, dataset, area)
    elif tile.key == "table:iris":
        _paint_points(painter, dataset.x_train[:, [2, 3]], dataset, area)
    else:
        _paint_matrix(painter, dataset, area)


def _paint_table(painter: QPainter, area: QRectF) -> None:
    icon("table", "t2").paint(painter, _centred(area, 20, 20).toAlignedRect())


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
    low, high = x.min(axis=0), x.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    width, height = min(area.width(), area.height() * 1.25), area.height()
    box = _centred(area, width - _DOT_PX, height - _DOT_PX)
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


def _paint_digits(painter: QPainter, area: QRectF) -> None:
    """Paint a 3 and an 8 as they are in the data."""
    try:
        table = first_digits(_DIGITS)
    except ModelError:
        _paint_table(painter, area)
        return
    labels = table.y.argmax(axis=1)
    side = min(area.height(), area.width() / 2 - 2)
    for place, wanted in enumerate((3, 8)):
        where = np.flatnonzero(labels == wanted)
        if len(where) == 0:
            continue
        row = table.x[where[0]].reshape(8, 8)
        ink = row / max(float(row.max()), 1e-9)
        pixels = np.full((8, 8), QColor(active().t1).rgb() & 0xFFFFFF, np.uint32)
        pixels |= np.round(255 * ink).astype(np.uint32) << 24
        image = QImage(pixels.tobytes(), 8, 8, QImage.Format.Format_ARGB32)
        left = area.center().x() + (place - 1) * (side + 2) + 1
        painter.drawImage(QRectF(left, area.center().y() - side / 2, side, side), image)


def _paint_matrix(painter: QPainter, dataset: Dataset, area: QRectF) -> None:
    """Paint the first rows as cells, the target at the right."""
    table = np.column_stack((dataset.x_train, dataset.y_train[:, :1]))
    rows = np.array(sorted(set(map(tuple, table))))  # not by np.unique, which loads numpy.ma
    rows = rows[np.linspace(0, len(rows) - 1, min(4, len(rows))).astype(int)]
    low, high = rows.min(axis=0), rows.max(axis=0)
    cells = (rows - low) / np.where(high > low, high - low, 1.0)
    _paint_map(painter, cells[:, -6:], _centred(area, 40, 28), 1.0)
