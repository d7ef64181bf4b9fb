"""The user's own tables in the window."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from foundation.text import mark
from gui.build_tab.sources.painting import centred
from gui.build_tab.sources.view import TABLES, SourceView, Tile
from gui.settings import ASSETS
from gui.theme import icon
from model.experiment import CsvData

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

_KEY = "own_table"


def _paint(painter: QPainter, area: QRectF) -> None:
    icon("file-plus", "t2").paint(painter, centred(area, 22, 22).toAlignedRect())


class CsvView(SourceView[CsvData]):
    """The user's own tables, opened by the tile."""

    kind = CsvData
    tile_key = _KEY
    tiles = (Tile(_KEY, None, mark("Own table"), TABLES, _paint),)

    def has_known_words(self, data: CsvData) -> bool:
        return PurePath(data.path).is_relative_to(ASSETS)
