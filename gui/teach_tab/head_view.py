"""The drawing of what is trained: picture, frozen network, features, hidden layers, classes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from foundation.text import tr, tr_context
from gui.explain import explain
from gui.format import percent, show_fixed, show_integer
from gui.plots.colours import signed_picture
from gui.teach_tab.class_bars import ClassShare, shares_in, shares_of
from gui.teach_tab.state import Look, TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.teaching import FEATURES, Head
from gui.theme import BODY_PX, CAPTION_PX, GAP_S_PX, active, font
from gui.vision_tab.stage.images import PixelImage
from gui.widgets.basic import label
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import draw_box, faded, smooth_painter, write_elided, write_in
from gui.widgets.panel import Panel
from gui.workers.throttle import READING_MS, Throttle
from model.network import Network
from vision.formats.manifest import bundled_manifest
from vision.pictures.pixels import resized, to_display

_PICTURE_PX, _NET_PX, _UNIT_PX, _BOX_PX = 96.0, 96.0, 34.0, 28.0
_ARROW_PX, _NAMES_PX = 22.0, 92.0
_TOP_PX, _UNDER_PX = 30.0, 38.0
_ACROSS, _DOWN = 20, 64
"""The features as a picture: 20 x 64 of them."""
_CELLS_PX = (2, 4)
"""The least and the largest side of one of them, in pixels."""

_MOST_ACROSS = 8


@dataclass(frozen=True, eq=False)
class HiddenLayer:
    """A hidden layer of the head.

    Attributes
    ----------
    activation
        What is written under it ("ReLU").
    values
        What they give for the picture on show, (units,), or ``None``.
    """

    activation: str
    units: int
    values: npt.NDArray[np.floating] | None = None


@dataclass(frozen=True, eq=False)
class HeadDrawing:
    """What is drawn.

    Attributes
    ----------
    picture
        What the frozen network sees, or an empty image.
    size_wh
        The size of its input in pixels.
    features
        What it says of the picture, (F,), or ``None``; how many there are is `feature_count`.
    feature_count
        How many features the head is given.
    hidden
        The head's hidden layers, from below.
    """

    picture: QImage
    backbone: str
    size_wh: tuple[int, int]
    weights: int
    features: npt.NDArray[np.floating] | None
    feature_count: int
    hidden: tuple[HiddenLayer, ...]
    classes: tuple[ClassShare, ...]


class HeadView(QWidget):
    """Draw the head from left to right; what is trained stands under a bracket in teal."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("teach_drawing")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.drawing: HeadDrawing | None = None

    def show_drawing(self, drawing: HeadDrawing) -> None:
        """Draw it, and say it in words for screen readers."""
        self.drawing = drawing
        self.setAccessibleDescription(_spoken(drawing))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of the drawing in the design."""
        return QSize(560, 244)

    def minimumSizeHint(self) -> QSize:
        """Return the least at which it can be read."""
        return QSize(360, 190)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        if self.drawing is None:
            return
        painter = smooth_painter(self)
        _Painting(painter, self.drawing, QRectF(self.rect())).paint()


def _spoken(drawing: HeadDrawing) -> str:
    """Return the drawing in words."""
    parts = [
        tr("a picture of {w} by {h} pixels", w=drawing.size_wh[0], h=drawing.size_wh[1]),
        tr("{name}, frozen", name=drawing.backbone),
        tr("{n} features", n=show_integer(drawing.feature_count)),
    ]
    parts += [
        tr("{n} units, {activation}", n=show_integer(layer.units), activation=layer.activation)
        for layer in drawing.hidden
    ]
    said = ", ".join(
        row.name if row.share is None else f"{row.name} {percent(row.share)}"
        for row in drawing.classes
    )
    parts.append(tr("{n} classes: {classes}", n=len(drawing.classes), classes=said))
    return "; ".join(parts)


def _image_of(values: npt.NDArray[np.floating] | None, size: int, across: int) -> QImage:
    """Return values as a picture, row by row; zeros where they are not known."""
    down = math.ceil(size / across)
    grid = np.zeros(down * across)
    if values is not None:
        grid[:size] = values[:size]
    return signed_picture(grid.reshape(down, across), active())


class _Painting:
    """One painting: where everything stands, from left to right."""

    def __init__(self, painter: QPainter, drawing: HeadDrawing, room: QRectF) -> None:
        self._painter, self.drawing, self._room = painter, drawing, room
        high = room.height() - _TOP_PX - _UNDER_PX
        self._cell = float(min(_CELLS_PX[1], max(_CELLS_PX[0], high // _DOWN)))
        self._large = self._cell / _CELLS_PX[0]
        self._high = min(self._cell * _DOWN, high)
        self._middle = room.top() + _TOP_PX + high / 2
        shown, step = self._box_steps()
        self._reach = max(self._high, shown * step) / 2

    def paint(self) -> None:
        """Draw all of it in the middle of the room, as wide as there is room for."""
        drawing, room = self.drawing, self._room
        features_px = self._cell * _ACROSS
        hidden = len(drawing.hidden)
        large = 1 + (self._large - 1) / 2
        fixed = large * (_PICTURE_PX + _NET_PX) + 2 * _ARROW_PX + features_px
        fixed += hidden * _UNIT_PX + _BOX_PX + _NAMES_PX
        gaps = hidden + 1
        gap = min(120.0, max(16.0, (room.width() - fixed) / gaps))
        scale = min(1.0, (room.width() - gaps * gap) / fixed)
        x = room.left() + max(1.0, (room.width() - scale * fixed - gaps * gap) / 2)
        x = self._paint_picture(x, scale * large * _PICTURE_PX)
        x = self._paint_arrow(x, scale * _ARROW_PX)
        x = self._paint_network(x, scale * large * _NET_PX)
        x = self._paint_arrow(x, scale * _ARROW_PX)
        start = x
        values = _image_of(drawing.features, drawing.feature_count, _ACROSS)
        here = QRectF(x, self._middle - self._high / 2, features_px, self._high)
        self._paint_values(here, values)
        self._under(here, show_integer(drawing.feature_count), tr("features"))
        before = drawing.feature_count
        for layer in drawing.hidden:
            there = self._unit_rect(here.right() + gap, layer)
            self._paint_band(here, there, (before + 1) * layer.units)
            across = _across(layer.units)
            self._paint_values(there, _image_of(layer.values, layer.units, across))
            self._under(there, show_integer(layer.units), layer.activation)
            here, before = there, layer.units
        boxes = self._boxes(here.right() + gap)
        column = QRectF(here.right() + gap, boxes[0].top() if boxes else self._middle, _BOX_PX, 0.0)
        column.setBottom(boxes[-1].bottom() if boxes else self._middle)
        self._paint_band(here, column, (before + 1) * len(drawing.classes))
        self._paint_classes(boxes)
        self._under(column, show_integer(len(drawing.classes)), "softmax")
        self._paint_bracket(start, column.right())

    # -- Parts -------------------------------------------------------------------------------------

    def _paint_picture(self, x: float, side: float) -> float:
        rect = QRectF(x, self._middle - side / 2, side, side)
        painter, theme = self._painter, active()
        painter.setPen(QPen(QColor(theme.line2), 1))
        painter.setBrush(QColor(theme.bg2))
        painter.drawRect(rect)
        if not self.drawing.picture.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(rect, self.drawing.picture)
        width, height = self.drawing.size_wh
        self._caption(rect.center().x(), rect.bottom() + 6, f"{width} × {height} × 3")
        return rect.right()

    def _paint_arrow(self, x: float, width: float) -> float:
        painter = self._painter
        painter.setPen(QPen(QColor(active().t3), 1.2))
        end = x + width - 4
        painter.drawLine(QPointF(x + 5, self._middle), QPointF(end, self._middle))
        for y in (-4.0, 4.0):
            painter.drawLine(QPointF(end - 4, self._middle + y), QPointF(end, self._middle))
        return x + width

    def _paint_network(self, x: float, width: float) -> float:
        painter, theme = self._painter, active()
        tall, low = min(1.3 * width, self._high), min(0.8 * width, 0.6 * self._high)
        painter.setPen(QPen(QColor(theme.line2), 1))
        painter.setBrush(QColor(theme.bg3))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, self._middle - tall / 2),
                    QPointF(x + width, self._middle - low / 2),
                    QPointF(x + width, self._middle + low / 2),
                    QPointF(x, self._middle + tall / 2),
                ]
            )
        )
        lines = [
            *self.drawing.backbone.replace("-", " ").split(" ", 1),
            tr("frozen"),
        ]
        top = self._middle - 9 * len(lines)
        for place, line in enumerate(lines):
            is_last = place == len(lines) - 1
            size_px = CAPTION_PX if width < 80 else BODY_PX
            write_in(painter, theme.t2 if is_last else theme.t1, size_px, 400 if is_last else 600)
            at = QRectF(x + 2, top + 18 * place, width - 4, 18)
            painter.drawText(at, Qt.AlignmentFlag.AlignCenter, line)
        weights = tr("{n} M weights", n=show_fixed(self.drawing.weights / 1e6, 1))
        self._caption(x + width / 2, self._middle + tall / 2 + 6, weights)
        return x + width

    def _paint_values(self, rect: QRectF, image: QImage) -> None:
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(rect, image)
        painter.setPen(QPen(QColor(active().line2), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)

    def _unit_rect(self, x: float, layer: HiddenLayer) -> QRectF:
        across = _across(layer.units)
        down = math.ceil(layer.units / across)
        side = min(_UNIT_PX / across, 0.8 * self._high / down)
        height = side * down
        return QRectF(x, self._middle - height / 2, side * across, height)

    def _paint_band(self, left: QRectF, right: QRectF, weights: int) -> None:
        """Join two layers by a band that says how many weights lie between them."""
        painter, theme = self._painter, active()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.bg3))
        painter.drawPolygon(
            QPolygonF(
                [
                    left.topRight() + QPointF(1, 0),
                    right.topLeft() - QPointF(1, 0),
                    right.bottomLeft() - QPointF(1, 0),
                    left.bottomRight() + QPointF(1, 0),
                ]
            )
        )
        room = right.left() - left.right()
        write_in(painter, theme.t2, CAPTION_PX)
        if painter.fontMetrics().horizontalAdvance(show_integer(weights)) > room - 4:
            return
        middle = (left.right() + right.left()) / 2
        self._caption(middle, self._middle - 15, show_integer(weights))
        if painter.fontMetrics().horizontalAdvance(tr_context("HeadView", "weights")) <= room - 4:
            self._caption(middle, self._middle - 1, tr_context("HeadView", "weights"))

    def _box_steps(self) -> tuple[int, float]:
        """Return how many classes have a box, and how far apart their boxes stand."""
        number = len(self.drawing.classes)
        room = self._room.height() - _TOP_PX - _UNDER_PX
        step = min(34.0, room / max(number, 1))
        return (number, step) if step >= 13 else (int(room // 13), 13.0)

    def _boxes(self, x: float) -> list[QRectF]:
        """Return where each class's box stands; more than there is room for have none."""
        shown, step = self._box_steps()
        side = min(_BOX_PX, step - 4)
        top = self._middle - step * shown / 2 + (step - side) / 2
        return [QRectF(x, top + step * place, side, side) for place in range(shown)]

    def _paint_classes(self, boxes: list[QRectF]) -> None:
        painter, theme = self._painter, active()
        classes = self.drawing.classes
        best = max((row.share or 0.0 for row in classes), default=0.0)
        left_out = len(classes) - len(boxes)
        for place, (row, box) in enumerate(zip(classes, boxes, strict=False)):
            colour = QColor(theme.classes[row.kind % 8])
            draw_box(painter, box, 4, faded(colour, 0.9 * (row.share or 0.0)), QPen(colour, 1.5))
            name, figure = row.name, "" if row.share is None else percent(row.share)
            if left_out and place == len(boxes) - 1:
                name, figure = tr("and {n} more", n=left_out + 1), ""
            is_best = row.share is not None and row.share == best
            self._paint_name(box, name, figure, is_best)

    def _paint_name(self, box: QRectF, name: str, figure: str, is_best: bool) -> None:
        painter, theme = self._painter, active()
        left = box.right() + 8
        room = self._room.right() - left
        is_high = box.height() >= 24
        weight = 600 if is_best else 400
        lines = [(name, theme.t1, weight), (figure, theme.t2, 400)]
        if not is_high:  # in one line, of which the name gives way
            metrics = QFontMetricsF(font(CAPTION_PX, weight))
            for_name = room - metrics.horizontalAdvance(f" {figure}")
            name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, for_name)
            lines = [(f"{name} {figure}".strip(), theme.t1, weight)]
        for place, (text, colour, weight) in enumerate(lines):
            write_in(painter, colour, BODY_PX if place == 0 and is_high else CAPTION_PX, weight)
            top = box.center().y() - 7.5 * len(lines) + 15 * place
            write_elided(painter, QRectF(left, top, room, 15), text)

    def _paint_bracket(self, left: float, right: float) -> None:
        painter, theme = self._painter, active()
        text = tr("the head you train")
        y = self._middle - self._reach - _TOP_PX + 12
        painter.setFont(font(BODY_PX, 600))
        width = painter.fontMetrics().horizontalAdvance(text)
        middle = (left + right) / 2
        painter.setPen(QPen(QColor(theme.acc), 1.5))
        for outer, inner in ((left, middle - width / 2 - 12), (right, middle + width / 2 + 12)):
            if left < inner < right:  # else there is room for the words alone
                painter.drawLine(QPointF(outer, y), QPointF(inner, y))
                painter.drawLine(QPointF(outer, y), QPointF(outer, y + 6))
        painter.drawText(
            QRectF(middle - width / 2, y - 10, width + 2, 20), Qt.AlignmentFlag.AlignCenter, text
        )

    # -- Words -------------------------------------------------------------------------------------

    def _under(self, rect: QRectF, figure: str, name: str) -> None:
        """Write a figure and a name under a layer."""
        top = self._middle + self._reach + 4
        self._caption(rect.center().x(), top, figure, is_figure=True)
        self._caption(rect.center().x(), top + 15, name)

    def _caption(self, middle: float, top: float, text: str, is_figure: bool = False) -> None:
        theme, painter = active(), self._painter
        if is_figure:
            write_in(painter, theme.t1, BODY_PX, 600)
        else:
            write_in(painter, theme.t2, CAPTION_PX)
        width = painter.fontMetrics().horizontalAdvance(text) + 2
        painter.drawText(
            QRectF(middle - width / 2, top, width, 15), Qt.AlignmentFlag.AlignCenter, text
        )


def _across(units: int) -> int:
    """Return how many columns a layer's picture has."""
    return min(_MOST_ACROSS, max(1, math.ceil(math.sqrt(units / 4))))


_WEIGHTS = 3_350_004
"""Of EfficientNet-Lite0 below its features."""

_SEEN_PX = 192


class HeadPanel(Panel):
    """Draw what is trained."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("teach_head_panel")
        self._manifest = bundled_manifest()
        self._state = model.state
        self._network: tuple[Head, Network] | None = None
        self._seen: tuple[Look, QImage] | None = None
        self._title = label("title", "teach_head_title")
        explain(self._title, "backbone-head", "features")
        self._note = label("label", "teach_head_note")
        self.view = HeadView()
        self._pace = Throttle[TeachState](READING_MS, lambda _: self._draw(), self)
        head = hbox(self._title, STRETCH, self._note)
        vbox(head, (self.view, 1), on=self, gap=GAP_S_PX, margins=0)
        self.retranslate()

    def sizeHint(self) -> QSize:
        """Return the room of the drawing and its title."""
        return QSize(560, 280)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what there is now."""
        super().showEvent(event)
        self._draw()

    def show_state(self, state: TeachState) -> None:
        """Draw the head as it is now, with the values of the newest picture."""
        before, self._state = self._state, state
        shown = (state.head, state.settings.hidden, state.collection)
        was = (before.head, before.settings.hidden, before.collection)
        is_other = any(a is not b for a, b in zip(shown, was, strict=True))
        if state.preview.look is not before.preview.look and state.preview.fps and not is_other:
            self._pace.put(state)  # a stream's values change faster than they can be read
        elif state.preview.look is not before.preview.look or is_other:
            self._draw()

    def _draw(self) -> None:
        self._pace.drop()
        if not self.isVisible():
            return
        state, look = self._state, self._state.preview.look
        features = None if look is None else look.features
        self.view.show_drawing(
            HeadDrawing(
                picture=self._picture_of(look),
                backbone=self._manifest.name,
                size_wh=self._manifest.preprocessing.size_wh,
                weights=_WEIGHTS,
                features=features,
                feature_count=FEATURES,
                hidden=self._hidden(look),
                classes=shares_of(state.collection, shares_in(look)),
            )
        )

    def _picture_of(self, look: Look | None) -> QImage:
        """Return what the network sees of a picture, small."""
        if look is None:
            return QImage()
        if self._seen is None or self._seen[0] is not look:
            height, width = look.pixels.shape[:2]
            left, top, wide, high = map(round, self._manifest.preprocessing.region((width, height)))
            part = look.pixels[top : top + high, left : left + wide]
            self._seen = look, PixelImage(to_display(resized(part, (_SEEN_PX, _SEEN_PX))))
        return self._seen[1]

    def _hidden(self, look: Look | None) -> tuple[HiddenLayer, ...]:
        """Return the hidden layers, with what they give where the head has looked."""
        if look is None or look.head is None or look.features is None:
            return tuple(HiddenLayer("ReLU", units) for units in self._state.settings.hidden)
        if self._network is None or self._network[0] is not look.head:
            self._network = look.head, Network.of(look.head.experiment)
        row: npt.NDArray[np.float64] = look.features[None].astype(np.float64)
        layers = self._network[1].activations(row)[:-1]
        return tuple(HiddenLayer("ReLU", a.shape[1], a[0]) for _, a in layers)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(tr("What is trained"))
        self._note.setText(tr("Live values from the preview"))
        self.view.setAccessibleName(tr("What is trained"))
        self._draw()
