"""Rows of picture tiles for choosing data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.build_tab.sources.view import Tile
from gui.theme import CAPTION_PX, RADIUS_FIELD_PX, active, font
from gui.widgets.basic import ENTER, Index, press_in_list
from gui.widgets.focus_ring import is_ringed
from gui.widgets.painting import clear_pixmap

TILE_WH = QSize(62, 53)
LEAST_SPACING_PX = -0.6
_CARD = QSize(58, 50)


class TileModel(QAbstractListModel):
    """The tiles of one section."""

    def __init__(self, tiles: Sequence[Tile]) -> None:
        super().__init__()
        self.tiles = tuple(tiles)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of tiles."""
        return 0 if parent.isValid() else len(self.tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a tile's name, also for screen readers and tool tips."""
        if not index.isValid():
            return None
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return self.tiles[index.row()].name
        return None

    def row_of(self, key: str) -> int:
        """Return a tile's index, or -1."""
        return next((i for i, tile in enumerate(self.tiles) if tile.key == key), -1)


class _TileDelegate(QStyledItemDelegate):
    """Paints a card with the picture of the data and its name, cached."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._cards: dict[tuple[object, ...], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return TILE_WH

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state, ratio = option.state, painter.device().devicePixelRatioF()
        tile = index.model().tiles[index.row()]  # type: ignore[attr-defined]  # our TileModel
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus) and is_ringed(option.widget)
        key = (tile.key, str(index.data()), chosen, hovered, focused, active().name, ratio)
        card = self._cards.get(key)
        if card is None:
            card = self._cards[key] = QPixmap(TILE_WH * ratio)
            card.setDevicePixelRatio(ratio)
            card.fill(QColor(active().bg1))
            _paint_card(QPainter(card), tile, str(index.data()), chosen, hovered, focused)
        painter.drawPixmap(option.rect.topLeft(), card)


def _paint_card(
    painter: QPainter, tile: Tile, name: str, chosen: bool, hovered: bool, focused: bool
) -> None:
    theme = active()
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
    painter.drawPixmap(7, 5, _picture(tile, painter.device().devicePixelRatioF()))
    painter.setPen(QColor(theme.t1))
    face = font(CAPTION_PX, 600 if chosen else 400)
    room = card.width() - (6 if chosen else 2)  # clear of the thicker frame
    wanted = QFontMetricsF(face).horizontalAdvance(name)
    if wanted > room:
        # A slightly narrower face reads better than a cut word.
        spacing = max(LEAST_SPACING_PX, (room - wanted) / len(name))
        face.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    painter.setFont(face)
    painter.drawText(
        card.adjusted(0, 33, 0, -2),
        int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter),
        painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room) + 1),
    )
    painter.end()


def _picture(tile: Tile, ratio: float) -> QPixmap:
    size = QSize(44, 29)
    pixmap = clear_pixmap(size, ratio)
    painter = QPainter(pixmap)
    tile.paint_picture(painter, QRectF(QPointF(), size))
    painter.end()
    return pixmap


def _draw_box(painter: QPainter, rect: QRectF, inset: float) -> None:
    inner = rect.adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(inner, RADIUS_FIELD_PX, RADIUS_FIELD_PX)


class TileList(QListView):
    """The tiles of a section in rows of four.

    Parameters
    ----------
    choose
        Called with the key of a tile that the user clicked, or pressed Enter on.
    """

    COLUMNS = 4

    def __init__(
        self, object_name: str, tiles: Sequence[Tile], choose: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._choose = choose
        self.setObjectName(object_name)
        self._model = TileModel(tiles)
        self.setModel(self._model)
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
        self.clicked.connect(self._on_clicked)

    def show_key(self, key: str) -> None:
        """Select the tile with `key`, or none."""
        row = self._model.row_of(key)
        selected = self.selectionModel()
        if row < 0:
            selected.clearSelection()
        else:
            selected.setCurrentIndex(self._model.index(row), selected.SelectionFlag.ClearAndSelect)

    def tile_rect(self, key: str) -> QRectF:
        """Return a tile's rectangle in this widget's coordinates."""
        return QRectF(self.visualRect(self._model.index(self._model.row_of(key))))

    def _on_clicked(self, index: QModelIndex) -> None:
        self._choose(self._model.tiles[index.row()].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose on Enter; leave Space and letters to the tab's shortcuts."""
        if event.key() in ENTER and self.currentIndex().isValid():
            self._on_clicked(self.currentIndex())
        else:
            press_in_list(event, super().keyPressEvent)
