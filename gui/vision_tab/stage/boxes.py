"""Boxes with names over the picture: the labels' places, and painting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.format import percent
from gui.theme import BODY_PX, CAPTION_PX, active, font
from gui.vision_tab.class_names import class_name
from gui.widgets.painting import draw_box, with_alpha
from vision.look.label_places import DASHES, LINE_PX, MANY_BOXES, OUTSIDE_PX, Area, place_labels
from vision.networks.detector import DetectionResult

if TYPE_CHECKING:
    from gui.vision_tab.state import VisionState


TAB_H_PX, TAB_INSET_PX, GAP_PX = 20, 7, 8
SMALL_TAB_H_PX, SMALL_TAB_INSET_PX = 16, 4
# What is left of the others there while one of them is pointed at.
DIMMED = 0.35
DROPPED_DASHES = (2.0, 3.0)


@dataclass(frozen=True)
class Box:
    """A box on the stage.

    Attributes
    ----------
    row
        Index in the list of objects, or ``None`` for a box dropped for a better one.
    rect
        Rectangle in pixels of the picture.
    name, score
        Texts of the label, such as "Coffee cup", and the score, 0 to 1.
    style
        Index of the class, which determines colour and dashes.
    """

    row: int | None
    rect: QRectF
    name: str
    score: float
    style: int

    @property
    def figure(self) -> str:
        """The score as text."""
        return percent(self.score)


def boxes_of(state: VisionState) -> list[Box]:
    """Return the boxes shown, best first."""
    shown, objects = state.result, state.objects
    found = None if shown is None else shown.result
    if objects.selection is None or not isinstance(found, DetectionResult):
        return []
    styles = {index: place for place, index in enumerate(objects.classes)}
    kept, boxes = objects.selection.kept, []
    for row in objects.rows:
        index = int(kept.indices[row])
        name, style = class_name(found.labels.name(index)), styles.get(index, 0)
        boxes.append(Box(row, _rect(kept.xyxy[row]), name, float(kept.scores[row]), style))
    return boxes


def dropped_boxes(state: VisionState) -> list[Box]:
    """Return the boxes dropped for better ones, if they are shown."""
    objects = state.objects
    if objects.selection is None or not objects.shows_dropped:
        return []
    return [Box(None, _rect(corners), "", 0.0, 0) for corners in objects.selection.dropped.xyxy]


def _rect(xyxy: npt.NDArray[np.floating]) -> QRectF:
    left, top, right, bottom = xyxy.tolist()
    return QRectF(left, top, right - left, bottom - top)


def style_colour(style: int) -> QColor:
    """Return the colour of a class; the first has the accent colour."""
    theme = active()
    return QColor(theme.acc if style == 0 else theme.classes[(style - 1) % len(theme.classes)])


def style_pen(style: int, width: float = LINE_PX) -> QPen:
    """Return the pen of a class."""
    pen = QPen(style_colour(style), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    dashes = DASHES[style % len(DASHES)]
    if dashes:
        pen.setDashPattern(dashes)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def text_on(colour: QColor) -> QColor:
    """Return black or white, whichever has more contrast on a colour (WCAG)."""
    weights = (0.2126, 0.7152, 0.0722)
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    luminance = sum(w * c**2.2 for w, c in zip(weights, channels, strict=True))
    # Where both contrasts are the same: (luminance + 0.05)² = 1.05 · 0.05.
    return QColor("#FFFFFF" if luminance <= 0.179 else "#000000")


def place_tabs(
    picture: QRectF, wishes: Sequence[tuple[QRectF, float, float]]
) -> list[QRectF | None]:
    """Return a rectangle per label, or ``None`` if there is no room.

    `wishes` has the box, label width and label height of each, in order of priority; labels stay
    inside the picture.
    """
    areas = [(_area(box), width, height) for box, width, height in wishes]
    placed = place_labels(_area(picture), areas)
    return [None if tab is None else QRectF(QPointF(*tab[:2]), QPointF(*tab[2:])) for tab in placed]


def _area(rect: QRectF) -> Area:
    return Area(rect.left(), rect.top(), rect.right(), rect.bottom())


def row_at(placed: Iterable[tuple[Box, QRectF]], point: QPointF) -> int | None:
    """Return the row of the smallest box at a point, or ``None``."""
    there = [
        (rect.width() * rect.height(), box.row)
        for box, rect in placed
        if box.row is not None and rect.contains(point)
    ]
    return min(there)[1] if there else None


def draw_boxes(
    painter: QPainter,
    picture: QRectF,
    placed: Sequence[tuple[Box, QRectF]],
    lit: int | None,
    shows_labels: bool,
) -> None:
    """Draw boxes and labels in screen coordinates, the best on top.

    The box of the highlighted row `lit` is drawn above all others, always with its label.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    ordered = list(reversed(placed))
    ordered.sort(key=lambda one: one[0].row is not None and one[0].row == lit)
    is_dimmed = lit is not None and sum(box.row is not None for box, _ in placed) >= MANY_BOXES
    for box, rect in ordered:
        painter.setOpacity(DIMMED if is_dimmed and box.row != lit else 1.0)
        if box.row is None:
            _draw_dropped(painter, rect)
        else:
            _draw_box(painter, rect, box.style, is_lit=box.row == lit)
    painter.setOpacity(1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    named = [(box, rect) for box, rect in placed if box.row is not None]
    # The lit one chooses its place first.
    named.sort(key=lambda one: one[0].row != lit)
    if not shows_labels:
        named = [one for one in named if one[0].row == lit]
    _draw_tabs(painter, picture, named, lit)


def _draw_box(painter: QPainter, rect: QRectF, style: int, is_lit: bool) -> None:
    line = LINE_PX + (1 if is_lit else 0)
    outside = QPen(QColor("#FFFFFF"), OUTSIDE_PX)
    outside.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    away = (line + OUTSIDE_PX) / 2
    if is_lit:
        painter.fillRect(rect, with_alpha(style_colour(style), 46 / 255))
    painter.setPen(outside)
    painter.drawRect(rect.adjusted(-away, -away, away, away))
    if DASHES[style % len(DASHES)]:
        # The dashes stand on white, so that they are seen on any ground.
        painter.setPen(QPen(QColor("#FFFFFF"), line))
        painter.drawRect(rect)
    painter.setPen(style_pen(style, line))
    painter.drawRect(rect)


def _draw_dropped(painter: QPainter, rect: QRectF) -> None:
    """Draw a suppressed box: thin, grey and dotted."""
    painter.setPen(QPen(QColor(255, 255, 255, 150), 3))
    painter.drawRect(rect)
    pen = QPen(QColor(active().bg0 if active().is_dark else active().t2), 1)
    pen.setDashPattern(DROPPED_DASHES)
    painter.setPen(pen)
    painter.drawRect(rect)


def _draw_tabs(
    painter: QPainter, picture: QRectF, named: Sequence[tuple[Box, QRectF]], lit: int | None
) -> None:
    is_crowd = len(named) >= MANY_BOXES
    wishes, words = [], []
    for box, rect in named:
        is_small = is_crowd and box.row != lit
        bold = font(CAPTION_PX if is_small else BODY_PX, 600)
        inset, height = (
            (SMALL_TAB_INSET_PX, SMALL_TAB_H_PX) if is_small else (TAB_INSET_PX, TAB_H_PX)
        )
        metrics = QFontMetricsF(bold)
        figure = "" if is_small else box.figure
        room = picture.width() - 2 * inset
        figure_w = metrics.horizontalAdvance(figure) + GAP_PX if figure else 0.0
        name = metrics.elidedText(box.name, Qt.TextElideMode.ElideRight, room - figure_w)
        name_w = metrics.horizontalAdvance(name)
        wishes.append((rect, name_w + figure_w + 2 * inset, float(height)))
        words.append((bold, inset, name, name_w, figure))
    for (box, _), tab, (bold, inset, name, name_w, figure) in zip(
        named, place_tabs(picture, wishes), words, strict=True
    ):
        if tab is None:
            continue
        colour = style_colour(box.style)
        draw_box(painter, tab, 2, colour)
        painter.setPen(text_on(colour))
        painter.setFont(bold)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(tab.adjusted(inset, 0, 0, 0), middle, name)
        if figure:
            painter.drawText(tab.adjusted(inset + name_w + GAP_PX, 0, 0, 0), middle, figure)
    painter.setBrush(Qt.BrushStyle.NoBrush)
