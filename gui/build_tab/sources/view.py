"""The base class of the kinds of data in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from msgspec import Struct
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from foundation.text import tr
from gui.build_tab.sources.painting import paint_rows
from model.data.source import DataSource

GATES, PLANE, TABLES = range(3)
"""The sections of the data panel."""


class Tile(Struct, frozen=True):
    """A tile for choosing data.

    Attributes
    ----------
    key
        Key in the command palette and the data panel.
    data
        Data that the tile chooses; ``None`` if it opens a menu or a dialog instead.
    source_name
        Name in English.
    section
        Section of the data panel; plus 0.5 for a place after the section's other tiles.
    paint
        Paints the picture; by default, the rows of the data are painted.
    """

    key: str
    data: DataSource | None
    source_name: object
    section: float
    paint: Callable[[QPainter, QRectF], None] | None = None

    @property
    def name(self) -> str:
        """The name in the current language."""
        return tr(str(self.source_name))

    def paint_picture(self, painter: QPainter, area: QRectF) -> None:
        """Paint the picture into an area."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.paint is not None:
            self.paint(painter, area)
        elif self.data is not None:
            paint_rows(self.data, painter, area)


class SourceView[Data: DataSource]:
    """A kind of data in the window, with tiles and texts; each kind is a module here.

    Attributes
    ----------
    kind
        Class of the data.
    tiles
        Tiles of this kind.
    tile_key
        Key of the only tile, for data without names.
    source_name
        Name of this kind in English; empty if each data set has a name.
    """

    kind: type[Data]
    tiles: tuple[Tile, ...] = ()
    tile_key: str = ""
    source_name: object = ""

    def key(self, data: Data) -> str:
        """Return the key of the data's tile; empty if there is none."""
        if self.kind.identity_field == "name":
            return f"{self.kind.__struct_config__.tag}:{data.identity}"
        return self.tile_key

    def title(self, data: Data) -> str:
        """Return a title for the data."""
        if self.source_name:
            return tr(str(self.source_name))
        key = self.key(data)
        named = (tile.name for tile in self.tiles if tile.key == key)
        return data.file_name or next(named, key.partition(":")[2])

    def file_title(self, data: Data) -> str:
        """Return a file name for an experiment with the data."""
        return PurePath(data.file_name).stem or self.title(data)

    def has_known_words(self, data: Data) -> bool:
        """Return whether the names of columns and classes are Glassnet's own, to be translated."""
        return False

    def noise_words(self, data: Data) -> tuple[str, str]:
        """Return the caption and tip of the noise slider."""
        tip = tr("Scatter added to the inputs")
        return tr("Noise σ"), tip
