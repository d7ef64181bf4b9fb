"""Helpers for painted widgets: antialiasing, boxes, focus rings, text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QIcon,
    QPaintDevice,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from gui.theme import BODY_PX, active, font
from gui.widgets.focus_ring import should_draw_focus_ring

AT_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def smooth_painter(device: QPaintDevice) -> QPainter:
    """Return a painter with antialiasing."""
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def transparent_pixmap(size: QSize, ratio: float) -> QPixmap:
    """Return a transparent pixmap of `size` pixels at device pixel ratio `ratio`."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def drawn_icon(size: QSize, draw: Callable[[QPainter], None]) -> QIcon:
    """Return a drawing of `size` as an icon for both pixel densities.

    Qt would otherwise scale the pixmap of one density for the other.
    """
    icon = QIcon()
    for ratio in (1, 2):
        picture = transparent_pixmap(size, ratio)
        painter = smooth_painter(picture)
        draw(painter)
        painter.end()
        icon.addPixmap(picture)
    return icon


def with_alpha(colour: str | QColor, alpha: float) -> QColor:
    """Return a colour with opacity `alpha`, from 0 to 1."""
    result = QColor(colour)
    result.setAlphaF(alpha)
    return result


def draw_box(
    painter: QPainter,
    box: QRect | QRectF,
    radius_px: float,
    fill: str | QColor | QBrush,
    outline: str | QColor | QPen | None = None,
) -> None:
    """Draw a rounded box with the painter's brush and pen."""
    painter.setBrush(QColor(fill) if isinstance(fill, str) else fill)
    if outline is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(QColor(outline) if isinstance(outline, str) else outline)
    painter.drawRoundedRect(box, radius_px, radius_px)


def fill_share(painter: QPainter, track: QRectF, share: float, colour: str | QColor) -> None:
    """Fill a share (0 to 1) of a bar's track, visible even if tiny."""
    bar = QRectF(track)
    bar.setWidth(max(2.0, share * track.width()))
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(bar, min(3.0, bar.width() / 2), 3)


def draw_ring(
    painter: QPainter,
    box: QRect | QRectF,
    radius_px: float,
    colour: str | QColor,
    width_px: float = 2,
) -> None:
    """Draw the outline of a rounded box, as for a focus ring."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), width_px))
    painter.drawRoundedRect(box, radius_px, radius_px)


@contextmanager
def clipped(painter: QPainter, box: QRect | QRectF, radius_px: float) -> Iterator[QPainterPath]:
    """Clip painting to a rounded box in this block; yield its outline."""
    outline = QPainterPath()
    outline.addRoundedRect(box, radius_px, radius_px)
    painter.save()
    painter.setClipPath(outline)
    yield outline
    painter.restore()


def draw_focus(painter: QPainter, widget: QWidget) -> None:
    """Draw a dotted focus line along a widget's edge."""
    if should_draw_focus_ring(widget):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(active().acc), 1, Qt.PenStyle.DotLine))
        painter.drawRect(QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


def set_text_style(
    painter: QPainter, colour: str | QColor, size_px: int = BODY_PX, weight: int = 400
) -> None:
    """Set the painter's text colour, font size and weight."""
    painter.setFont(font(size_px, weight))
    painter.setPen(QColor(colour))


def write_elided(
    painter: QPainter,
    box: QRect | QRectF,
    text: str,
    side: Qt.AlignmentFlag = AT_LEFT,
    cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Draw a text in a box, elided if it is too wide."""
    shown = QFontMetricsF(painter.font()).elidedText(text, cut, box.width())
    painter.drawText(QRectF(box), side, shown)
