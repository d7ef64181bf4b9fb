"""The drawing of the model: image, frozen network, features, hidden layers, classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
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
from gui.teach_tab.class_bars import ClassShare, class_shares, probabilities_by_class, share_text
from gui.teach_tab.state import HeadAnswer, TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.teaching import FEATURES
from gui.theme import BODY_PX, CAPTION_PX, GAP_S_PX, active, font
from gui.vision_tab.stage.images import PixelImage
from gui.widgets.basic import label
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import draw_box, set_text_style, smooth_painter, with_alpha, write_elided
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from gui.workers.throttle import READING_MS, Throttle
from model.network import Network
from vision.formats.manifest import bundled_manifest
from vision.pictures.pixels import resized, to_display

_UNIT_PX, _BOX_PX, _ARROW_PX, _NAMES_PX = 34.0, 28.0, 22.0, 60.0
_TOP_PX, _UNDER_PX = 30.0, 38.0
_ACROSS, _DOWN = 20, 64
"""Columns and rows of the features drawn as an image."""
_CELLS_PX = (2, 4)
"""Minimum and maximum side of one feature's cell, in pixels."""
_GAPS_PX = (16.0, 120.0)
"""Minimum and maximum gap between two layers of the head, in pixels."""
_STEPS_PX = (13.0, 34.0)
"""Minimum and maximum distance between the boxes of two classes, in pixels."""

_MAX_ACROSS = 8
_WEIGHTS = 3_350_004
"""Number of weights of EfficientNet-Lite0 up to its features."""
_SEEN_PX = 192
_manifest = cache(bundled_manifest)
_DRAWN = attrgetter("head", "settings.hidden", "collection", "preview.look")


type Values = npt.NDArray[np.floating]
"""Outputs of a layer for the current image, (units,); zeros without an image."""


@dataclass(frozen=True, eq=False)
class HeadDrawing:
    """The content of the drawing.

    Attributes
    ----------
    picture
        Input of the frozen network, or an empty image.
    features
        Output of the frozen network, shape (1280,).
    hidden
        Outputs of the head's hidden layers, from the first to the last.
    """

    picture: QImage
    features: Values
    hidden: tuple[Values, ...]
    classes: tuple[ClassShare, ...]


class HeadView(QWidget):
    """The model from left to right, with a teal bracket over the head."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("teach_drawing")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.drawing: HeadDrawing | None = None

    def show_drawing(self, drawing: HeadDrawing) -> None:
        """Draw the head, and describe it for screen readers."""
        self.drawing = drawing
        self.setAccessibleDescription(_accessible_text(drawing))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the drawing's preferred size."""
        return QSize(560, 244)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest legible size."""
        return QSize(360, 190)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the drawing."""
        if self.drawing is not None:
            _Painting(smooth_painter(self), self.drawing, QRectF(self.rect())).paint()


def _accessible_text(drawing: HeadDrawing) -> str:
    """Return a description of the drawing for screen readers."""
    manifest = _manifest()
    width, height = manifest.preprocessing.size_wh
    parts = [
        tr("a picture of {w} by {h} pixels", w=width, h=height),
        tr("{name}, frozen", name=manifest.name),
        tr("{n} features", n=show_integer(FEATURES)),
    ]
    parts += [
        tr("{n} units, {activation}", n=show_integer(len(layer)), activation="ReLU")
        for layer in drawing.hidden
    ]
    classes = ", ".join(map(share_text, drawing.classes))
    parts.append(tr("{n} classes: {classes}", n=len(drawing.classes), classes=classes))
    return "; ".join(parts)


def _image_of(values: Values, across: int) -> QImage:
    """Return values as an image, filled row by row."""
    grid = np.zeros(math.ceil(len(values) / across) * across)
    grid[: len(values)] = values
    return signed_picture(grid.reshape(-1, across), active())


class _Painting:
    """Lays out the drawing from left to right, and paints it."""

    def __init__(self, painter: QPainter, drawing: HeadDrawing, room: QRectF) -> None:
        self._painter, self._drawing, self._room = painter, drawing, room
        high = room.height() - _TOP_PX - _UNDER_PX
        self._cell = float(min(_CELLS_PX[1], max(_CELLS_PX[0], high // _DOWN)))
        self._high = min(self._cell * _DOWN, high)
        self._middle = room.top() + _TOP_PX + high / 2
        number = max(1, len(drawing.classes))
        self._step = max(_STEPS_PX[0], min(_STEPS_PX[1], high / number))
        self._boxes = min(number, int(high // self._step))
        self._reach = max(self._high, self._boxes * self._step) / 2

    def paint(self) -> None:
        """Paint the drawing, centred in the available area."""
        drawing, room = self._drawing, self._room
        gaps = len(drawing.hidden) + 1
        fixed = 2 * _ARROW_PX + self._cell * _ACROSS + _BOX_PX + _NAMES_PX
        fixed += len(drawing.hidden) * _UNIT_PX
        side = min(0.75 * self._high, (room.width() - fixed - gaps * _GAPS_PX[0]) / 2)
        fixed += 2 * side
        gap = min(_GAPS_PX[1], (room.width() - fixed) / gaps)
        x = room.left() + (room.width() - fixed - gaps * gap) / 2
        x = self._paint_picture(x, side)
        x = self._paint_arrow(x)
        x = self._paint_network(x, side)
        left = self._paint_arrow(x)
        here = self._centred(left, self._cell * _ACROSS, self._high)
        self._paint_values(here, drawing.features, _ACROSS, tr("features"))
        before = FEATURES
        for layer in drawing.hidden:
            across = min(_MAX_ACROSS, max(1, math.ceil(math.sqrt(len(layer) / 4))))
            down = math.ceil(len(layer) / across)
            unit_px = min(_UNIT_PX / across, 0.8 * self._high / down)
            there = self._centred(here.right() + gap, unit_px * across, unit_px * down)
            self._paint_band(here, there, (before + 1) * len(layer))
            self._paint_values(there, layer, across, "ReLU")
            here, before = there, len(layer)
        column = self._centred(here.right() + gap, _BOX_PX, self._boxes * self._step)
        self._paint_band(here, column, (before + 1) * len(drawing.classes))
        self._paint_classes(column)
        self._paint_bracket(left, column.right())

    def _centred(self, x: float, width: float, height: float) -> QRectF:
        return QRectF(x, self._middle - height / 2, width, height)

    # -- Parts -------------------------------------------------------------------------------------

    def _paint_picture(self, x: float, side: float) -> float:
        rect = self._centred(x, side, side)
        painter, theme = self._painter, active()
        painter.setPen(QPen(QColor(theme.line2), 1))
        painter.setBrush(QColor(theme.bg2))
        painter.drawRect(rect)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(rect, self._drawing.picture)
        width, height = _manifest().preprocessing.size_wh
        self._caption(rect.center().x(), rect.bottom() + 6, f"{width} × {height} × 3")
        return rect.right()

    def _paint_arrow(self, x: float) -> float:
        painter = self._painter
        painter.setPen(QPen(QColor(active().t3), 1.2))
        end = x + _ARROW_PX - 4
        painter.drawLine(QPointF(x + 5, self._middle), QPointF(end, self._middle))
        for y in (-4.0, 4.0):
            painter.drawLine(QPointF(end - 4, self._middle + y), QPointF(end, self._middle))
        return x + _ARROW_PX

    def _paint_network(self, x: float, width: float) -> float:
        painter, theme = self._painter, active()
        tall, low = min(1.3 * width, self._high), 0.8 * width
        painter.setPen(QPen(QColor(theme.line2), 1))
        self._paint_trapezium(self._centred(x, 0, tall), self._centred(x + width, 0, low))
        name = _manifest().name.replace("-", " ").split(" ", 1)
        lines = [*((line, theme.t1, 600) for line in name), (tr("frozen"), theme.t2, 400)]
        top = self._middle - 9 * len(lines)
        for place, (line, colour, weight) in enumerate(lines):
            set_text_style(painter, colour, CAPTION_PX, weight)
            at = QRectF(x + 2, top + 18 * place, width - 4, 18)
            write_elided(painter, at, line, Qt.AlignmentFlag.AlignCenter)
        weights = tr("{n} M weights", n=show_fixed(_WEIGHTS / 1e6, 1))
        self._caption(x + width / 2, self._middle + tall / 2 + 6, weights)
        return x + width

    def _paint_trapezium(self, left: QRectF, right: QRectF) -> None:
        """Fill the area between two vertical edges."""
        self._painter.setBrush(QColor(active().bg3))
        corners = (left.topRight(), right.topLeft(), right.bottomLeft(), left.bottomRight())
        self._painter.drawPolygon(QPolygonF(corners))

    def _paint_values(self, rect: QRectF, values: Values, across: int, name: str) -> None:
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(rect, _image_of(values, across))
        painter.setPen(QPen(QColor(active().line2), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        self._write_below(rect, len(values), name)

    def _paint_band(self, left: QRectF, right: QRectF, weights: int) -> None:
        """Connect two layers by a band with the number of weights between them."""
        painter = self._painter
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_trapezium(left.adjusted(0, 0, 1, 0), right.adjusted(-1, 0, 0, 0))
        lines = (show_integer(weights), tr_context("HeadView", "weights"))
        painter.setFont(font(CAPTION_PX))
        widest = max(map(painter.fontMetrics().horizontalAdvance, lines))
        if widest <= right.left() - left.right() - 4:
            middle = (left.right() + right.left()) / 2
            self._caption(middle, self._middle - 15, lines[0])
            self._caption(middle, self._middle - 1, lines[1])

    def _paint_classes(self, column: QRectF) -> None:
        painter, theme = self._painter, active()
        classes = self._drawing.classes
        best = max((row.share or 0.0 for row in classes), default=0.0)
        side = min(_BOX_PX, self._step - 4)
        for place, row in enumerate(classes[: self._boxes]):
            top = column.top() + self._step * place + (self._step - side) / 2
            box = QRectF(column.left(), top, side, side)
            colour = QColor(theme.classes[row.kind % 8])
            draw_box(
                painter, box, 4, with_alpha(colour, 0.9 * (row.share or 0.0)), QPen(colour, 1.5)
            )
            figure = "" if row.share is None else percent(row.share)
            lines = [(row.name, theme.t1, 600 if figure and row.share == best else 400)]
            if figure and side >= 24:
                lines.append((figure, theme.t2, 400))
            room = self._room.right() - box.right() - 8
            for line, (text, ink, weight) in enumerate(lines):
                set_text_style(painter, ink, CAPTION_PX, weight)
                y = box.center().y() - 7.5 * len(lines) + 15 * line
                write_elided(painter, QRectF(box.right() + 8, y, room, 15), text)
        self._write_below(column, len(classes), "softmax")

    def _paint_bracket(self, left: float, right: float) -> None:
        painter = self._painter
        y = self._middle - self._reach - 14
        painter.setPen(QPen(QColor(active().acc), 1.5))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        for x in (left, right):
            painter.drawLine(QPointF(x, y), QPointF(x, y + 6))
        self._caption((left + right) / 2, y - 16, tr("the head you train"), active().acc, 600)

    # -- Texts -------------------------------------------------------------------------------------

    def _write_below(self, rect: QRectF, figure: int, name: str) -> None:
        """Write a number and a name under a layer."""
        top, middle = self._middle + self._reach + 4, rect.center().x()
        self._caption(middle, top, show_integer(figure), active().t1, 600)
        self._caption(middle, top + 15, name)

    def _caption(
        self, middle: float, top: float, text: str, colour: str = "", weight: int = 400
    ) -> None:
        painter = self._painter
        set_text_style(painter, colour or active().t2, BODY_PX if colour else CAPTION_PX, weight)
        width = painter.fontMetrics().horizontalAdvance(text) + 2
        place = QRectF(middle - width / 2, top, width, 15)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)


class HeadPanel(Panel):
    """The panel with the drawing of the model."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("teach_head_panel")
        self._state = model.state
        title = label("title", "teach_head_title", text="What is trained")
        note = label("label", "teach_head_note", text="Live values from the preview")
        self.view = worded(HeadView(), accessible_name="What is trained", tip="")
        self._pace = Throttle[TeachState](READING_MS, lambda _: self._draw(), self)
        head = hbox(explain(title, "backbone-head", "features"), STRETCH, note)
        vbox(head, (self.view, 1), on=self, gap=GAP_S_PX, margins=0)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the current state."""
        super().showEvent(event)
        self._draw()

    def show_state(self, state: TeachState) -> None:
        """Show the current head, with the values for the newest image."""
        before, self._state = self._state, state
        if _DRAWN(state) != _DRAWN(before):
            self._pace.put(state)

    def _draw(self) -> None:
        if self.isVisible():
            state, look = self._state, self._state.preview.look
            features = None if look is None else look.features
            drawing = HeadDrawing(
                picture=_network_input_image(look),
                features=np.zeros(FEATURES) if features is None else features,
                hidden=_hidden_outputs(state),
                classes=class_shares(state.collection, probabilities_by_class(look)),
            )
            self.view.show_drawing(drawing)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._draw()


def _network_input_image(look: HeadAnswer | None) -> QImage:
    """Return the part of an image that the network sees, scaled down."""
    if look is None:
        return QImage()
    height, width = look.pixels.shape[:2]
    left, top, wide, high = map(round, _manifest().preprocessing.region((width, height)))
    part = look.pixels[top : top + high, left : left + wide]
    return PixelImage(to_display(resized(part, (_SEEN_PX, _SEEN_PX))))


def _hidden_outputs(state: TeachState) -> tuple[Values, ...]:
    """Return the outputs of the hidden layers, zeros without an image."""
    look = state.preview.look
    if look is None or look.head is None or look.features is None:
        return tuple(np.zeros(units) for units in state.settings.hidden)
    row: npt.NDArray[np.float64] = look.features[None].astype(np.float64)
    layers = Network.of(look.head.experiment).activations(row)[:-1]
    return tuple(a[0] for _, a in layers)
