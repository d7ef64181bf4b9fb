"""What is painted over the picture on the stage, in screen pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
)

from gui.theme import BODY_PX, CAPTION_PX, DARK, FIGURE_PX, font
from gui.widgets.painting import draw_box, faded, write_in
from vision.look.occlusion import DARKEST, FINE, LEAST_DROP, enlarge, shares_of

BRACKET_PX = 24
CHIP_ALPHA = 224
OUTSIDE_ALPHA = 190
CARD_INSET_PX, RAMP_W_PX = 13, 66
ABOVE_LABEL_PX = 52
_BADGE_AROUND_PX = 16 + 13 + 17
"""Beside the two texts of the label, and between them."""

_WRAPPED = int(Qt.TextFlag.TextWordWrap)

type Contours = tuple[tuple[tuple[float, float], ...], ...]
"""Closed lines of points (u, v), in units of what they lie on (0 to 1)."""


@dataclass(frozen=True)
class Badge:
    """The label on the picture.

    Attributes
    ----------
    title, figure
        "espresso" and "94.4%"; below the threshold "not sure" and "espresso 27.4%".
    is_sure
        Whether the threshold is reached.
    """

    title: str
    figure: str
    is_sure: bool = True


@dataclass(frozen=True, eq=False)
class Explanation:
    """An occlusion map as the stage shows it.

    Attributes
    ----------
    veil
        Black with an alpha that is low where hiding the place costs most; covers `seen`.
    contours
        Lines round the places that cost at least half of the most, in units of `seen` (0 to 1).
    sentence, detail, low, high
        The card's two lines and the ends of its scale.
    """

    veil: QImage
    contours: Contours = ()
    sentence: str = ""
    detail: str = ""
    low: str = ""
    high: str = ""


def contours_of(drops: npt.NDArray[np.float32]) -> Contours:
    """Return lines round the parts of an occlusion map that cost at least half of the most.

    `drops` are (rows, columns), all known.
    """
    most = float(drops.max())
    if most < LEAST_DROP:
        return ()
    # A border of zeros closes every line inside the map.
    framed = np.pad(enlarge(shares_of(drops, most)), 1)
    lines = pg.isocurve(framed, 0.5, connected=True)
    return tuple(
        tuple(
            (min(max((x - 0.5) / FINE, 0.0), 1.0), min(max((y - 0.5) / FINE, 0.0), 1.0))
            for y, x in line
        )
        for line in lines
        if len(line) > 3
    )


def whole_pixels(rect: QRectF, ratio: float) -> QRectF:
    """Return the nearest rectangle of whole pixels of a screen with so many in one of Qt's.

    A side shorter than half a pixel is one pixel long.
    """
    left, top = round(rect.left() * ratio), round(rect.top() * ratio)
    width, height = (max(1, round(side * ratio)) for side in (rect.width(), rect.height()))
    return QRectF(left / ratio, top / ratio, width / ratio, height / ratio)


@lru_cache(maxsize=64)
def _width(words: str, size_px: int, weight: int = 400) -> float:
    return QFontMetricsF(font(size_px, weight)).horizontalAdvance(words)


def draw_brackets(painter: QPainter, seen: QRectF) -> None:
    """Draw white corners with a dark edge round what the network sees."""
    arm = min(BRACKET_PX, seen.width() / 4, seen.height() / 4)
    box = seen.adjusted(1, 1, -1, -1)
    path = QPainterPath()
    for x, step_x in ((box.left(), arm), (box.right(), -arm)):
        for y, step_y in ((box.top(), arm), (box.bottom(), -arm)):
            path.moveTo(x + step_x, y)
            path.lineTo(x, y)
            path.lineTo(x, y + step_y)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for token, width in ((DARK.bg0, 4.0), (DARK.t1, 2.0)):
        pen = QPen(QColor(token), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        pen.setCapStyle(Qt.PenCapStyle.SquareCap)
        painter.setPen(pen)
        painter.drawPath(path)


def _ground(painter: QPainter, rect: QRectF, radius: float) -> None:
    draw_box(painter, rect, radius, faded(DARK.bg0, CHIP_ALPHA / 255))


def draw_chip(painter: QPainter, seen: QRectF, words: str) -> None:
    """Write which part the network sees, at the top left of that part."""
    if not words:
        return
    chip = QRectF(seen.left() + 14, seen.top() + 13, _width(words, CAPTION_PX) + 36, 21)
    if chip.right() > seen.right() - 4 or seen.height() < 90:
        return
    painter.setFont(font(CAPTION_PX))
    _ground(painter, chip, 3)
    path = QPainterPath()
    mark = QRectF(chip.left() + 9, chip.top() + 5, 11, 11)
    path.moveTo(mark.left() + 2.5, mark.top() - 1)
    path.lineTo(mark.left() + 2.5, mark.bottom() - 2.5)
    path.lineTo(mark.right() + 1, mark.bottom() - 2.5)
    path.moveTo(mark.left() - 1, mark.top() + 2.5)
    path.lineTo(mark.right() - 2.5, mark.top() + 2.5)
    path.lineTo(mark.right() - 2.5, mark.bottom() + 1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(DARK.t1), 1))
    painter.drawPath(path)
    text = chip.adjusted(28, 0, 0, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, words)


def draw_figure(painter: QPainter, words: str, room_px: int) -> None:
    """Write a figure, how quick it goes say, at the top right of the stage."""
    if not words:
        return
    width = _width(words, CAPTION_PX) + 18
    box = QRectF(room_px - width - 8, 8, width, 22)
    _ground(painter, box, 3)
    write_in(painter, DARK.t1, CAPTION_PX)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def draw_badge(painter: QPainter, seen: QRectF, badge: Badge | None, room_px: int) -> float:
    """Write the label at the bottom left of what is seen; return its right edge."""
    if badge is None:
        return seen.left()
    badge = _shortened(badge, room_px - 12 - _BADGE_AROUND_PX)
    title_w = _width(badge.title, FIGURE_PX, 600)
    width = title_w + _width(badge.figure, FIGURE_PX) + _BADGE_AROUND_PX
    left = max(6.0, min(seen.left() + 14, room_px - width - 6))
    box = QRectF(left, seen.bottom() - 14 - 44, width, 44)
    _paint_badge(painter, box, badge, title_w)
    return box.right()


def _shortened(badge: Badge, room_px: float) -> Badge:
    """Return a label whose class's name is as long as there is room for, its share whole."""
    title_w, figure_w = _width(badge.title, FIGURE_PX, 600), _width(badge.figure, FIGURE_PX)
    if title_w + figure_w <= room_px:
        return badge
    mode = Qt.TextElideMode.ElideRight
    if badge.is_sure:
        metrics = QFontMetricsF(font(FIGURE_PX, 600))
        return replace(badge, title=metrics.elidedText(badge.title, mode, room_px - figure_w))
    name, _, share = badge.figure.rpartition(" ")  # a name may have spaces, a share has none
    room_px -= title_w + _width(f" {share}", FIGURE_PX)
    name = QFontMetricsF(font(FIGURE_PX)).elidedText(name, mode, room_px)
    return replace(badge, figure=f"{name} {share}")


def _paint_badge(painter: QPainter, box: QRectF, badge: Badge, title_w: float) -> None:
    _ground(painter, box, 5)
    text = box.adjusted(16, 0, 0, 0)
    write_in(painter, DARK.t1 if badge.is_sure else DARK.warn, FIGURE_PX, 600)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, badge.title)
    write_in(painter, DARK.t1, FIGURE_PX)
    painter.drawText(
        text.adjusted(title_w + 13, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, badge.figure
    )


def draw_explanation(
    painter: QPainter, picture: QRectF, seen: QRectF, shown: Explanation, is_mirrored: bool
) -> None:
    """Darken what the network does not see, and by the map what it does not need."""
    outside = QPainterPath()
    outside.addRect(picture)
    inside = QPainterPath()
    inside.addRect(seen)
    painter.fillPath(outside.subtracted(inside), faded(DARK.bg2, OUTSIDE_ALPHA / 255))
    image = shown.veil.flipped(Qt.Orientation.Horizontal) if is_mirrored else shown.veil
    painter.drawImage(seen, image)
    path = QPainterPath()
    for contour in shown.contours:
        for number, (u, v) in enumerate(contour):
            x = 1 - u if is_mirrored else u
            point = QPointF(seen.left() + x * seen.width(), seen.top() + v * seen.height())
            if number:
                path.lineTo(point)
            else:
                path.moveTo(point)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for token, width in ((DARK.bg0, 4.0), (DARK.t1, 2.0)):
        painter.setPen(QPen(QColor(token), width))
        painter.drawPath(path)


def draw_card(
    painter: QPainter, seen: QRectF, left: float, shown: Explanation, room_px: int
) -> None:
    """Write what the map says, beside the label or over it where there is no room.

    Where its one line is wider than what is seen, the scale goes under the words, and these are
    broken into lines.
    """
    text_w = max(_width(shown.sentence, BODY_PX, 500), _width(shown.detail, CAPTION_PX))
    scale_w = 12 + RAMP_W_PX + 12 + _width(shown.high, CAPTION_PX)
    width = CARD_INSET_PX + text_w + 16 + scale_w + 14
    if width > seen.width() - 28:
        _draw_tall_card(painter, seen, shown, text_w)
        return
    box = QRectF(left + 12, seen.bottom() - 14 - 44, width, 44)
    if box.right() > min(seen.right() - 14, room_px - 12):
        box.moveLeft(max(6.0, min(seen.left() + 14, room_px - width - 12)))
        box.moveTop(box.top() - ABOVE_LABEL_PX)
    _ground(painter, box, 5)
    words = box.adjusted(CARD_INSET_PX, 5, 0, 0)
    _write(painter, QRectF(words.topLeft(), QSizeF(text_w + 4, 18)), shown.sentence, is_bold=True)
    words.moveTop(box.top() + 22)
    _write(painter, QRectF(words.topLeft(), QSizeF(text_w + 4, 16)), shown.detail)
    _draw_scale(painter, QPointF(box.left() + CARD_INSET_PX + text_w + 16, box.top() + 26), shown)


def _draw_tall_card(painter: QPainter, seen: QRectF, shown: Explanation, text_w: float) -> None:
    width = min(text_w + 2 * CARD_INSET_PX + 4, seen.width() - 28)
    inner_w = width - 2 * CARD_INSET_PX
    heights = [
        QFontMetricsF(font(size_px, weight))
        .boundingRect(QRectF(0, 0, inner_w, 1000), _WRAPPED, words)
        .height()
        for words, size_px, weight in (
            (shown.sentence, BODY_PX, 500),
            (shown.detail, CAPTION_PX, 400),
        )
    ]
    height = 7 + sum(heights) + 22
    box = QRectF(seen.left() + 14, seen.bottom() - 14 - 44 - 8 - height, width, height)
    box.moveTop(max(box.top(), seen.top() + 6))
    _ground(painter, box, 5)
    top = box.top() + 5
    for words, part_h, is_bold in zip(
        (shown.sentence, shown.detail), heights, (True, False), strict=True
    ):
        place = QRectF(box.left() + CARD_INSET_PX, top, inner_w, part_h)
        _write(painter, place, words, is_bold=is_bold)
        top += part_h
    _draw_scale(painter, QPointF(box.left() + CARD_INSET_PX, top + 15), shown)


def _write(painter: QPainter, place: QRectF, words: str, is_bold: bool = False) -> None:
    if is_bold:
        write_in(painter, DARK.t1, BODY_PX, 500)
    else:
        write_in(painter, DARK.t2, CAPTION_PX)
    painter.drawText(place, _WRAPPED, words)


def _draw_scale(painter: QPainter, at: QPointF, shown: Explanation) -> None:
    """Draw the scale of the map with its ends; `at` is where its first word begins."""
    write_in(painter, DARK.t2, CAPTION_PX)
    painter.drawText(at, shown.low)
    ramp = QRectF(at.x() + 12, at.y() - 7, RAMP_W_PX, 7)
    shades = QLinearGradient(ramp.topLeft(), ramp.topRight())
    shades.setColorAt(0, faded(DARK.t1, 1 - DARKEST / 255))
    shades.setColorAt(1, QColor(DARK.t1))
    painter.fillRect(ramp, shades)
    painter.drawText(QPointF(ramp.right() + 8, at.y()), shown.high)
