"""Painting over the picture on the stage, in screen pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from gui.theme import BODY_PX, CAPTION_PX, DARK, FIGURE_PX, font
from gui.widgets.painting import draw_box, set_text_style, with_alpha
from vision.look.occlusion import DARKEST, ENLARGED_SIDE, MIN_DROP, enlarge, shares_of

BRACKET_PX = 24
CHIP_ALPHA = 224
OUTSIDE_ALPHA = 190
CARD_INSET_PX, RAMP_W_PX = 13, 66
BADGE_H_PX = 44
_BADGE_AROUND_PX = 16 + 13 + 17
"""Total space left of, between and right of the label's two texts."""

_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_AT_END = Qt.TextElideMode.ElideRight

type Contours = tuple[tuple[tuple[float, float], ...], ...]
"""Closed lines of points (u, v), relative to their area (0 to 1)."""


@dataclass(frozen=True)
class Badge:
    """The label on the picture.

    Attributes
    ----------
    title, figure
        Texts such as "espresso" and "94.4%"; below the threshold "not sure" and "espresso 27.4%".
    is_sure
        Whether the threshold is reached.
    """

    title: str
    figure: str
    is_sure: bool = True


@dataclass(frozen=True, eq=False)
class Explanation:
    """An occlusion map for the stage.

    Attributes
    ----------
    veil
        Black image over `seen`; its alpha is low where hiding the place costs most.
    contours
        Lines around the places that cost at least half the maximum, relative to `seen` (0 to 1).
    sentence, detail, high
        The two lines of the card, and the end of its scale, which begins at 0.
    """

    veil: QImage
    contours: Contours = ()
    sentence: str = ""
    detail: str = ""
    high: str = ""


def contours_of(drops: npt.NDArray[np.float32]) -> Contours:
    """Return contours around drops of at least half the largest one.

    `drops` is an occlusion map (rows, columns) without missing values.
    """
    most = float(drops.max())
    if most < MIN_DROP:
        return ()
    # A border of zeros closes every line inside the map.
    framed = np.pad(enlarge(shares_of(drops, most)), 1)
    lines = pg.isocurve(framed, 0.5, connected=True)
    return tuple(
        tuple(
            (
                min(max((x - 0.5) / ENLARGED_SIDE, 0.0), 1.0),
                min(max((y - 0.5) / ENLARGED_SIDE, 0.0), 1.0),
            )
            for y, x in line
        )
        for line in lines
        if len(line) > 3
    )


def whole_pixels(rect: QRectF, ratio: float) -> QRectF:
    """Return the nearest rectangle of whole device pixels, with `ratio` per Qt pixel.

    Each side is at least one device pixel long.
    """
    left, top = round(rect.left() * ratio), round(rect.top() * ratio)
    width, height = (max(1, round(side * ratio)) for side in (rect.width(), rect.height()))
    return QRectF(left / ratio, top / ratio, width / ratio, height / ratio)


@lru_cache(maxsize=64)
def _width(words: str, size_px: int, weight: int = 400) -> float:
    return QFontMetricsF(font(size_px, weight)).horizontalAdvance(words)


def draw_brackets(painter: QPainter, seen: QRectF) -> None:
    """Draw white corners with dark outlines around the part that the network sees."""
    arm = min(BRACKET_PX, seen.width() / 4, seen.height() / 4)
    box = seen.adjusted(1, 1, -1, -1)
    path = QPainterPath()
    for x, step_x in ((box.left(), arm), (box.right(), -arm)):
        for y, step_y in ((box.top(), arm), (box.bottom(), -arm)):
            path.moveTo(x + step_x, y)
            path.lineTo(x, y)
            path.lineTo(x, y + step_y)
    _draw_outline(painter, path)


def _draw_outline(painter: QPainter, path: QPainterPath) -> None:
    """Draw white lines with dark outlines, visible on any picture."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for token, width in ((DARK.bg0, 4.0), (DARK.t1, 2.0)):
        cap, join = Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin
        painter.setPen(QPen(QColor(token), width, Qt.PenStyle.SolidLine, cap, join))
        painter.drawPath(path)


def _ground(painter: QPainter, rect: QRectF, radius: float) -> None:
    draw_box(painter, rect, radius, with_alpha(DARK.bg0, CHIP_ALPHA / 255))


def draw_chip(painter: QPainter, seen: QRectF, words: str) -> None:
    """Write which part the network sees, at the top left of that part."""
    chip = QRectF(seen.left() + 14, seen.top() + 13, _width(words, CAPTION_PX) + 18, 21)
    if words and chip.right() <= seen.right() - 4 and seen.height() >= 90:
        _write_chip(painter, chip, words)


def _write_chip(painter: QPainter, chip: QRectF, words: str) -> None:
    _ground(painter, chip, 3)
    set_text_style(painter, DARK.t1, CAPTION_PX)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)


def draw_figure(painter: QPainter, words: str, room_px: int) -> None:
    """Write a value, such as the frame rate, at the top right."""
    if not words:
        return
    width = _width(words, CAPTION_PX) + 18
    _write_chip(painter, QRectF(room_px - width - 8, 8, width, 22), words)


def draw_badge(painter: QPainter, seen: QRectF, badge: Badge | None, room_px: int) -> None:
    """Write the label at the bottom left, shortening long names."""
    if badge is None:
        return
    title, figure = badge.title, badge.figure
    room: float = room_px - 12 - _BADGE_AROUND_PX
    if badge.is_sure:
        room -= _width(figure, FIGURE_PX)
        title = QFontMetricsF(font(FIGURE_PX, 600)).elidedText(title, _AT_END, room)
    else:
        name, _, share = figure.rpartition(" ")  # a name may have spaces, a share has none
        room -= _width(title, FIGURE_PX, 600) + _width(f" {share}", FIGURE_PX)
        figure = f"{QFontMetricsF(font(FIGURE_PX)).elidedText(name, _AT_END, room)} {share}"
    title_w = _width(title, FIGURE_PX, 600)
    width = title_w + _width(figure, FIGURE_PX) + _BADGE_AROUND_PX
    left = max(6.0, min(seen.left() + 14, room_px - width - 6))
    box = QRectF(left, seen.bottom() - 14 - BADGE_H_PX, width, BADGE_H_PX)
    _ground(painter, box, 5)
    text = box.adjusted(16, 0, 0, 0)
    middle = Qt.AlignmentFlag.AlignVCenter
    set_text_style(painter, DARK.t1 if badge.is_sure else DARK.warn, FIGURE_PX, 600)
    painter.drawText(text, middle, title)
    set_text_style(painter, DARK.t1, FIGURE_PX)
    painter.drawText(text.adjusted(title_w + 13, 0, 0, 0), middle, figure)


def draw_explanation(
    painter: QPainter, picture: QRectF, seen: QRectF, shown: Explanation, is_mirrored: bool
) -> None:
    """Draw an occlusion map, and darken the unseen parts of the picture."""
    outside = QPainterPath()
    outside.addRect(picture)
    outside.addRect(seen)  # what is in both stays as it is
    painter.fillPath(outside, with_alpha(DARK.bg2, OUTSIDE_ALPHA / 255))
    image = shown.veil.flipped(Qt.Orientation.Horizontal) if is_mirrored else shown.veil
    painter.drawImage(seen, image)
    lines = QPainterPath()
    for contour in shown.contours:
        points = [
            QPointF(
                seen.left() + (1 - u if is_mirrored else u) * seen.width(),
                seen.top() + v * seen.height(),
            )
            for u, v in contour
        ]
        lines.addPolygon(QPolygonF(points))
    _draw_outline(painter, lines)


def draw_card(painter: QPainter, seen: QRectF, shown: Explanation) -> None:
    """Draw a card with the map's result and its scale above the label."""
    lines = (
        (shown.sentence, BODY_PX, 500, DARK.t1),
        (shown.detail, CAPTION_PX, 400, DARK.t2),
    )
    text_w = max(_width(words, size_px, weight) for words, size_px, weight, _ in lines)
    width = min(text_w + 2 * CARD_INSET_PX + 4, seen.width() - 28)
    inner_w = width - 2 * CARD_INSET_PX
    heights = [
        QFontMetricsF(font(size_px, weight))
        .boundingRect(QRectF(0, 0, inner_w, 1000), _WRAPPED, words)
        .height()
        for words, size_px, weight, _ in lines
    ]
    height = 7 + sum(heights) + 22
    top = max(seen.bottom() - 14 - BADGE_H_PX - 8 - height, seen.top() + 6)
    box = QRectF(seen.left() + 14, top, width, height)
    _ground(painter, box, 5)
    left, top = box.left() + CARD_INSET_PX, top + 5
    for (words, size_px, weight, ink), line_h in zip(lines, heights, strict=True):
        set_text_style(painter, ink, size_px, weight)
        painter.drawText(QRectF(left, top, inner_w, line_h), _WRAPPED, words)
        top += line_h
    _draw_scale(painter, QPointF(left, top + 15), shown)


def _draw_scale(painter: QPainter, at: QPointF, shown: Explanation) -> None:
    """Draw the map's scale and its ends.

    `at` is the start of the first text's baseline.
    """
    set_text_style(painter, DARK.t2, CAPTION_PX)
    painter.drawText(at, "0")
    ramp = QRectF(at.x() + 12, at.y() - 7, RAMP_W_PX, 7)
    shades = QLinearGradient(ramp.topLeft(), ramp.topRight())
    shades.setColorAt(0, with_alpha(DARK.t1, 1 - DARKEST / 255))
    shades.setColorAt(1, QColor(DARK.t1))
    painter.fillRect(ramp, shades)
    painter.drawText(QPointF(ramp.right() + 8, at.y()), shown.high)
