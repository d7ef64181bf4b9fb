"""The path through the network: pictures of some of its layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QSizePolicy

from foundation.text import tr
from gui.plots.colours import signed_picture
from gui.theme import CAPTION_PX, GAP_L_PX, active
from gui.vision_tab.inside.inside_model import PICTURE, InsideState
from gui.vision_tab.inside.map_views import mark_cell
from gui.vision_tab.inside.words import layer_name, maps_size
from gui.vision_tab.stage.images import PixelImage
from gui.widgets.painted_list import PaintedList
from gui.widgets.painting import clipped, draw_box, draw_ring, set_text_style, write_elided
from vision.look.inside.graph import Graph, Kind, as_maps
from vision.look.inside.view import InsideView

TILE_PX = 96
_CELL = QSize(TILE_PX + GAP_L_PX, TILE_PX + 40)


def landmarks(graph: Graph, count: int, chosen: int) -> list[int]:
    """Return the indices of up to `count` evenly spaced layers.

    The chosen one is included. If there are too many layers, only convolutions are used, provided
    there are enough of them.
    """
    first = graph.first if chosen < 0 else min(graph.first, chosen)
    places = list(range(first, len(graph.layers)))
    convolutions = [place for place in places if graph.layers[place].kind is Kind.CONVOLUTION]
    if len(places) > count and len(convolutions) >= count // 2:
        places = sorted({first, *convolutions})
    steps = np.linspace(0, len(places) - 1, min(count, len(places)))
    taken = [places[round(step)] for step in steps.tolist()]
    if chosen >= 0 and chosen not in taken:
        nearest = min(taken, key=lambda place: abs(place - chosen))
        taken[taken.index(nearest)] = chosen
    return sorted(taken)


class LayerStrip(PaintedList[int]):
    """A list of the picture and some layers, by index.

    A click or an arrow key calls `choose` with the layer's index, or with `PICTURE`.
    """

    def __init__(self, choose: Callable[[int], object]) -> None:
        super().__init__("inside_strip", _CELL, self._paint_tile, self.name_of)
        self.setFlow(QListView.Flow.LeftToRight)
        self.hide_frame_and_scroll_bars()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_CELL.height() + 4)  # with room for the ring of the focus
        self._choose = choose
        self._state = InsideState()
        self.clicked.connect(lambda index: choose(self.rows[index.row()]))

    def show_state(self, state: InsideState) -> None:
        """Show the path for another picture or another chosen layer."""
        self._state = state
        self._fill()

    def restyle(self) -> None:
        """Apply the current theme."""
        self.viewport().update()

    def _fill(self) -> None:
        """List as many layers as fit."""
        view, chosen = self._state.view, self._state.place
        if view is None:
            return
        count = max(2, self.viewport().width() // _CELL.width() - 1)
        places = [PICTURE, *landmarks(view.graph, count, chosen)]
        self.show_rows(places)
        self.setCurrentRow(places.index(chosen))
        self.setAccessibleDescription(self.name_of(chosen))
        self.viewport().update()

    def _image(self, view: InsideView, place: int) -> QImage | None:
        if place == PICTURE:
            return PixelImage(view.pixels)
        layer = view.graph.layers[place]
        if not view.forward.has(layer.output):
            return None
        maps = view.forward.maps(layer.output)
        if maps.shape[1:] == (1, 1):
            # Numbers without a place: as many in a row as in a column.
            side = max(1, int(len(maps) ** 0.5))
            return signed_picture(maps[: side * side].reshape(side, side), active())
        is_chosen = place == self._state.place
        shown_map = self._state.cell.channel if is_chosen else view.strongest[place]
        return signed_picture(maps[shown_map], active())

    def name_of(self, place: int) -> str:
        """Return the name of a layer, or of the picture."""
        view = self._state.view
        if place == PICTURE or view is None:
            return tr("the picture")
        return layer_name(view.graph.layers[place])

    def _paint_tile(self, painter: QPainter, cell: QRect, place: int, is_chosen: bool) -> None:
        theme, view = active(), self._state.view
        assert view is not None  # there is no tile without
        box = QRectF(cell.left() + 3, cell.top() + 3, TILE_PX, TILE_PX)
        draw_box(painter, box, 5, theme.bg3)
        with clipped(painter, box, 5):
            image = self._image(view, place)
            if image is not None:
                smooth = QPainter.RenderHint.SmoothPixmapTransform
                painter.setRenderHint(smooth, place == PICTURE)
                painter.drawImage(box, image)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if place == PICTURE:
                self._paint_field(painter, box, view)
        draw_ring(painter, box, 5, theme.line2, 1)
        if is_chosen:
            draw_ring(painter, box.adjusted(-2, -2, 2, 2), 6, theme.acc)
        shape = as_maps(view.graph.shape) if place < 0 else view.graph.layers[place].maps_shape
        if is_chosen:
            set_text_style(painter, theme.t1, CAPTION_PX, 600)
        else:
            set_text_style(painter, theme.t2, CAPTION_PX)
        for line, text in enumerate((self.name_of(place), maps_size(shape))):
            area = QRectF(box.left() - 3, box.bottom() + 4 + 14 * line, box.width() + 8, 15)
            write_elided(painter, area, text, Qt.AlignmentFlag.AlignCenter)

    def _paint_field(self, painter: QPainter, box: QRectF, view: InsideView) -> None:
        """Frame the part of the picture that the chosen cell depends on."""
        _, height, width = as_maps(view.graph.shape)
        field, x, y = self._state.box, box.width() / width, box.height() / height
        mark_cell(
            painter,
            QRectF(
                box.left() + field.left * x,
                box.top() + field.top * y,
                field.width * x,
                field.height * y,
            ),
        )

    # -- Qt ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many layers as fit."""
        super().resizeEvent(event)
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the previous or next layer, including layers not drawn."""
        view, place = self._state.view, self._state.place
        last = PICTURE if view is None else len(view.graph.layers) - 1
        wanted = {
            Qt.Key.Key_Left: place - 1,
            Qt.Key.Key_Right: place + 1,
            Qt.Key.Key_Home: PICTURE,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if wanted is None:
            super().keyPressEvent(event)
        else:
            self._choose(min(max(wanted, PICTURE), last))
