"""Pens whose width does not follow a plot's zoom, as wide on a dense screen as on a plain one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

__all__ = ["cosmetic_pen", "for_device"]


def cosmetic_pen(
    colour: str, width_px: float = 1.0, dashes: tuple[float, ...] = (), alpha: float = 1.0
) -> QPen:
    """Return a pen whose width does not follow the zoom; dashes are in units of the width."""
    tint = QColor(colour)
    tint.setAlphaF(alpha)
    pen = QPen(tint, width_px)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    if dashes:
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def for_device(pen: QPen, painter: QPainter) -> QPen:
    """Return a cosmetic pen for what is painted on: its width counts a dense screen's own pixels.

    Used while painting, so that a picture written to a file does not depend on the screen.
    """
    ratio = painter.device().devicePixelRatio()
    if ratio == 1:
        return pen
    scaled = QPen(pen)
    scaled.setWidthF(pen.widthF() * ratio)
    return scaled
