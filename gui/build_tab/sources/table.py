"""Bundled tables in the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from foundation.text import mark
from gui.build_tab.sources.painting import paint_rows
from gui.build_tab.sources.view import TABLES, SourceView, Tile
from gui.theme import active
from model.data.tables import first_digits
from model.experiment import TableData

_DIGITS = 20
"""Number of first rows that contain every digit."""


def _paint_digits(painter: QPainter, area: QRectF) -> None:
    """Paint a 3 and an 8 from the data."""
    table = first_digits(_DIGITS)
    labels = table.y.argmax(axis=1)
    side = min(area.height(), area.width() / 2 - 2)
    for place, wanted in enumerate((3, 8)):
        row = table.x[labels == wanted][0].reshape(8, 8)
        ink = np.round(255 * row / row.max()).astype(np.uint32)
        pixels = (QColor(active().t1).rgb() & 0xFFFFFF) | ink << 24
        image = QImage(pixels.tobytes(), 8, 8, QImage.Format.Format_ARGB32)
        left = area.center().x() + (place - 1) * (side + 2) + 1
        painter.drawImage(QRectF(left, area.center().y() - side / 2, side, side), image)


def _tile(
    table: str, name: object, paint: Callable[[QPainter, QRectF], None] | None = None
) -> Tile:
    return Tile(f"table:{table}", TableData(table), name, TABLES, paint)


# The flowers by their petals; points of class and sex would lie on each other.
_paint_iris = partial(paint_rows, TableData("iris"), columns=(2, 3))
_paint_titanic = partial(paint_rows, TableData("titanic"), columns=())


class TableView(SourceView[TableData]):
    """Bundled tables."""

    kind = TableData
    tiles = (
        _tile("iris", mark("Iris"), _paint_iris),
        _tile("digits", mark("Digits"), _paint_digits),
        _tile("symptoms", mark("Symptoms")),
        _tile("titanic", mark("Titanic"), _paint_titanic),
    )

    def has_known_words(self, data: TableData) -> bool:
        return True
