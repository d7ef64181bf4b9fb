"""Rows of picture tiles for choosing data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from PySide6.QtCore import QItemSelectionModel, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gui.build_tab.sources import TILES
from gui.build_tab.sources.view import Tile
from gui.theme import CAPTION_PX, RADIUS_FIELD_PX, active, font
from gui.widgets.basic import ENTER, Index, pass_letters_to_tab
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.painting import transparent_pixmap

TILE_WH = QSize(62, 53)
MIN_SPACING_PX = -0.6
_CARD = QSize(58, 50)
_ROLE = Qt.ItemDataRole.UserRole


class _TileDelegate(QStyledItemDelegate):
    """Paints a card with the picture of the data and its name."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return TILE_WH

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus) and should_draw_focus_ring(
            option.widget
        )
        painter.save()
        painter.translate(option.rect.topLeft())
        _paint_card(painter, index.data(_ROLE), chosen, hovered, focused)
        painter.restore()


def _paint_card(painter: QPainter, tile: Tile, chosen: bool, hovered: bool, focused: bool) -> None:
    theme, name = active(), tile.name
    card = QRectF(QPointF(), _CARD).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = theme.tint if chosen else theme.bg3 if hovered else theme.bg1
    painter.setBrush(QColor(ground))
    painter.setPen(QPen(QColor(theme.acc if chosen else theme.line), 2 if chosen else 1))
    _draw_box(painter, card, 0.5 if chosen else 0.0)
    if focused:  # inside, with a gap: else a chosen tile would look the same without the focus
        painter.setPen(QPen(QColor(theme.acc), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _draw_box(painter, card, 3.0)
    painter.drawPixmap(7, 5, _picture(tile.key, theme.name, painter.device().devicePixelRatioF()))
    painter.setPen(QColor(theme.t1))
    face = font(CAPTION_PX, 600 if chosen else 400)
    room = card.width() - (6 if chosen else 2)  # clear of the thicker frame
    wanted = QFontMetricsF(face).horizontalAdvance(name)
    if wanted > room:
        # A slightly narrower face reads better than a cut word.
        spacing = max(MIN_SPACING_PX, (room - wanted) / len(name))
        face.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    painter.setFont(face)
    painter.drawText(
        card.adjusted(0, 33, 0, -2),
        int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter),
        painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room) + 1),
    )


@cache
def _picture(key: str, theme: str, ratio: float) -> QPixmap:
    """Return a tile's picture, cached by the active theme's name and the pixel ratio."""
    size = QSize(44, 29)
    pixmap = transparent_pixmap(size, ratio)
    painter = QPainter(pixmap)
    TILES[key].paint_picture(painter, QRectF(QPointF(), size))
    painter.end()
    return pixmap


def _draw_box(painter: QPainter, rect: QRectF, inset: float) -> None:
    inner = rect.adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(inner, RADIUS_FIELD_PX, RADIUS_FIELD_PX)


class TileList(QListWidget):
    """The tiles of a section in rows of four.

    Parameters
    ----------
    choose
        Called with the key of the tile that was clicked or activated with Enter.
    """

    COLUMNS = 4

    def __init__(
        self, object_name: str, tiles: Sequence[Tile], choose: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._choose = choose
        self._keys = [tile.key for tile in tiles]
        self.setObjectName(object_name)
        for tile in tiles:
            item = QListWidgetItem()
            item.setData(_ROLE, tile)
            self.addItem(item)
        self.retranslate()
        self.setItemDelegate(_TileDelegate(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Fixed)
        self.setGridSize(TILE_WH)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # The marked tile is the data's: a walk by keys or a press that ends elsewhere chooses none.
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = -(-len(tiles) // self.COLUMNS)
        self.setFixedSize(self.COLUMNS * TILE_WH.width() + 2, rows * TILE_WH.height())
        self.itemClicked.connect(self._choose_item)

    def _choose_item(self, item: QListWidgetItem) -> None:
        self._choose(item.data(_ROLE).key)

    def show_key(self, key: str) -> None:
        """Select the tile with `key`, or none."""
        if key in self._keys:
            select = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.setCurrentRow(self._keys.index(key), select)
        else:
            self.clearSelection()

    def selected_key(self) -> str:
        """Return the key of the selected tile, empty if none is selected."""
        return next((item.data(_ROLE).key for item in self.selectedItems()), "")

    def tile_rect(self, key: str) -> QRectF:
        """Return a tile's rectangle in this widget's coordinates, empty for an unknown key."""
        if key not in self._keys:
            return QRectF()
        return QRectF(self.visualItemRect(self.item(self._keys.index(key))))

    def retranslate(self) -> None:
        """Name the tiles in the current language, for tool tips and screen readers too."""
        for place in range(self.count()):
            item = self.item(place)
            item.setText(item.data(_ROLE).name)
            item.setToolTip(item.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose on Enter; leave Space and letters to the tab's shortcuts."""
        item = self.currentItem()
        if event.key() in ENTER and item is not None:
            self._choose_item(item)
        else:
            pass_letters_to_tab(event, super().keyPressEvent)
