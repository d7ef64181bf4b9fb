"""What is painted over the picture on the stage, in screen pixels."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
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

__all__ = [
    "Badge",
    "Explanation",
    "draw_badge",
    "draw_brackets",
    "draw_card",
    "draw_chip",
    "draw_explanation",
]

BRACKET_PX = 24
CHIP_ALPHA = 224
OUTSIDE_ALPHA = 205


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
    contours: tuple[tuple[tuple[float, float], ...], ...] = ()
    sentence: str = ""
    detail: str = ""
    low: str = ""
    high: str = ""


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
    colour = QColor(DARK.bg0)
    colour.setAlpha(CHIP_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, radius, radius)


def draw_chip(painter: QPainter, seen: QRectF, words: str) -> None:
    """Write which part the network sees, at the top left of that part."""
    if not words:
        return
    painter.setFont(font(CAPTION_PX))
    width = QFontMetricsF(painter.font()).horizontalAdvance(words)
    chip = QRectF(seen.left() + 14, seen.top() + 13, width + 36, 21)
    if chip.right() > seen.right() - 4 or seen.height() < 90:
        return
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


def draw_badge(painter: QPainter, seen: QRectF, badge: Badge | None, room_px: int) -> float:
    """Write the label at the bottom left of what is seen; return its right edge."""
    if badge is None:
        return seen.left()
    bold, plain = font(FIGURE_PX, 600), font(FIGURE_PX, 400)
    title_w = QFontMetricsF(bold).horizontalAdvance(badge.title)
    figure_w = QFontMetricsF(plain).horizontalAdvance(badge.figure)
    width = title_w + figure_w + 16 + 13 + 17
    left = max(6.0, min(seen.left() + 14, room_px - width - 6))
    box = QRectF(left, seen.bottom() - 14 - 44, width, 44)
    _ground(painter, box, 5)
    text = box.adjusted(16, 0, 0, 0)
    painter.setFont(bold)
    painter.setPen(QColor(DARK.t1 if badge.is_sure else DARK.warn))
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, badge.title)
    painter.setFont(plain)
    painter.setPen(QColor(DARK.t1))
    painter.drawText(
        text.adjusted(title_w + 13, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, badge.figure
    )
    return box.right()


def draw_explanation(
    painter: QPainter, picture: QRectF, seen: QRectF, shown: Explanation, is_mirrored: bool
) -> None:
    """Darken what the network does not see, and by the map what it does not need."""
    outside = QPainterPath()
    outside.addRect(picture)
    inside = QPainterPath()
    inside.addRect(seen)
    veil = QColor(DARK.bg2)
    veil.setAlpha(OUTSIDE_ALPHA)
    painter.fillPath(outside.subtracted(inside), veil)
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
    """Write what the map says, beside the label or over it where there is no room."""
    bold, small = font(BODY_PX, 500), font(CAPTION_PX)
    text_w = max(
        QFontMetricsF(bold).horizontalAdvance(shown.sentence),
        QFontMetricsF(small).horizontalAdvance(shown.detail),
    )
    high_w = QFontMetricsF(small).horizontalAdvance(shown.high)
    width = text_w + 13 + 16 + 12 + 66 + 12 + high_w + 14
    box = QRectF(left + 12, seen.bottom() - 14 - 44, width, 44)
    if box.right() > min(seen.right() - 14, room_px - 12):
        box.moveLeft(max(6.0, min(seen.left() + 14, room_px - width - 12)))
        box.moveTop(box.top() - 52)
    _ground(painter, box, 5)
    painter.setPen(QColor(DARK.t1))
    painter.setFont(bold)
    painter.drawText(QPointF(box.left() + 13, box.top() + 19), shown.sentence)
    painter.setFont(small)
    painter.setPen(QColor(DARK.t2))
    painter.drawText(QPointF(box.left() + 13, box.top() + 35), shown.detail)
    x = box.left() + 13 + text_w + 16
    painter.drawText(QPointF(x, box.top() + 26), shown.low)
    ramp = QRectF(x + 12, box.top() + 19, 66, 7)
    shades = QLinearGradient(ramp.topLeft(), ramp.topRight())
    dark = QColor(DARK.t1)
    dark.setAlphaF(0.05)
    shades.setColorAt(0, dark)
    shades.setColorAt(1, QColor(DARK.t1))
    painter.fillRect(ramp, shades)
    painter.drawText(QPointF(ramp.right() + 8, box.top() + 26), shown.high)
