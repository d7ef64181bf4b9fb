"""The way through the network: pictures of some layers from the picture to the label."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from foundation.text import tr
from gui.format import percent, show_fixed
from gui.plots.colours import signed_picture
from gui.theme import BODY_PX, CAPTION_PX, GAP_L_PX, active
from gui.vision_tab.class_names import class_name
from gui.vision_tab.inside.inside_model import PICTURE, InsideState
from gui.vision_tab.inside.map_views import mark_cell
from gui.vision_tab.inside.words import layer_name, maps_size
from gui.vision_tab.stage.images import PixelImage
from gui.widgets.painting import (
    clipped,
    draw_box,
    draw_focus,
    draw_ring,
    smooth_painter,
    write_elided,
    write_in,
)
from vision.look.inside.graph import Graph, Kind, as_maps
from vision.look.inside.view import InsideView

TILE_PX = 96
_LABEL_PX, _TEXT_PX = 110, 34


def landmarks(graph: Graph, count: int, chosen: int) -> list[int]:
    """Return the places of at most `count` layers at even steps, the chosen one among them.

    Of many layers only convolutions are taken, where there are enough of them.
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


class LayerStrip(QWidget):
    """Draw the picture, some layers and the label.

    A click or an arrow key chooses: `choose` takes the layer's place, or `PICTURE`.
    """

    def __init__(self, choose: Callable[[int], None]) -> None:
        super().__init__()
        self.setObjectName("inside_strip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._choose = choose
        self._state = InsideState()
        self._tiles: dict[int, QImage | None] = {}
        self.setFixedHeight(TILE_PX + _TEXT_PX + 8)

    def show_state(self, state: InsideState) -> None:
        """Show the way of another picture, or another choice."""
        self._state = state
        self._fill()

    def restyle(self) -> None:
        """Put on the theme in use."""
        self._fill()

    def _fill(self) -> None:
        """Choose the layers to draw, and draw them."""
        view, self._tiles = self._state.view, {}
        if view is not None:
            room = self.width() - (TILE_PX + 24) - _LABEL_PX - 24
            count = max(2, (room + GAP_L_PX) // (TILE_PX + GAP_L_PX))
            places = (PICTURE, *landmarks(view.graph, count, self._state.place))
            self._tiles = {place: self._image(view, place) for place in places}
        self.setAccessibleDescription(self.name_of(self._state.place))
        self.update()

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
        """Name what is at a place of the way."""
        view = self._state.view
        if place == PICTURE or view is None:
            return tr("the picture")
        return layer_name(view.graph.layers[place])

    def _tile(self, number: int) -> QRectF:
        left = 3 + number * (TILE_PX + GAP_L_PX)
        return QRectF(left + (24 if number else 0), 3, TILE_PX, TILE_PX)

    # -- Qt ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many layers as there is room for."""
        self._fill()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the tiles and the label."""
        view = self._state.view
        if view is None:
            return
        theme = active()
        painter = smooth_painter(self)
        for number, (place, image) in enumerate(self._tiles.items()):
            box = self._tile(number)
            draw_box(painter, box, 5, theme.bg3)
            with clipped(painter, box, 5):
                if image is not None:
                    smooth = QPainter.RenderHint.SmoothPixmapTransform
                    painter.setRenderHint(smooth, place == PICTURE)
                    painter.drawImage(box, image)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                if place == PICTURE:
                    self._paint_field(painter, box, view)
            draw_ring(painter, box, 5, theme.line2, 1)
            if place == self._state.place:
                draw_ring(painter, box.adjusted(-2, -2, 2, 2), 6, theme.acc)
            self._caption(painter, box, place, view)
        last = self._tile(len(self._tiles) - 1)
        write_in(painter, theme.t2, BODY_PX)
        first = self._tile(0)
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRectF(first.right() + 6, first.top(), 24, first.height()), centre, "→")
        painter.drawText(QRectF(last.right() + 4, last.top(), 20, last.height()), centre, "→")
        left = last.right() + 24
        self._paint_label(painter, QRectF(left, 3, self.width() - left, TILE_PX), view)
        draw_focus(painter, self)

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

    def _caption(self, painter: QPainter, box: QRectF, place: int, view: InsideView) -> None:
        theme = active()
        shape = as_maps(view.graph.shape) if place < 0 else view.graph.layers[place].maps_shape
        if place == self._state.place:
            write_in(painter, theme.t1, CAPTION_PX, 600)
        else:
            write_in(painter, theme.t2, CAPTION_PX)
        for line, text in enumerate((self.name_of(place), maps_size(shape))):
            area = QRectF(box.left() - 5, box.bottom() + 4 + 14 * line, box.width() + 10, 15)
            write_elided(painter, area, text, Qt.AlignmentFlag.AlignCenter)

    def _paint_label(self, painter: QPainter, area: QRectF, view: InsideView) -> None:
        theme, best = active(), view.shown.result.best
        if best is None:
            return
        why = self._state.why
        lines = [(class_name(best.label), 600, theme.t1)]
        if why is not None:
            lines.append((show_fixed(why.result, 2), 400, theme.t2))
        lines.append((percent(best.probability), 400, theme.t2))
        area.setWidth(min(area.width(), _LABEL_PX))
        top = area.center().y() - 8 * len(lines)
        for number, (text, weight, ink) in enumerate(lines):
            write_in(painter, ink, BODY_PX, weight)
            line = QRectF(area.left(), top + 16 * number, area.width(), 16)
            write_elided(painter, line, text, Qt.AlignmentFlag.AlignCenter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the layer under the pointer."""
        for number, place in enumerate(self._tiles):
            if self._tile(number).adjusted(-4, -3, 4, _TEXT_PX).contains(event.position()):
                self._choose(place)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on to the next layer, those included that are not drawn now."""
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
