"""The drawing as a picture file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from gui.build.canvas.scene import NetworkScene
from gui.theme import TITLE_PX, active, font

__all__ = ["render_png", "render_svg"]

HEADER_PX = 40
LARGEST_PX = 16_384


def render_svg(scene: NetworkScene, path: Path, headers: Sequence[str]) -> None:
    """Write the whole drawing as SVG, with a line of text over each column.

    Raises
    ------
    OSError
        The file cannot be written; nothing is left half-written.
    """
    width, height = _size(scene)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(round(width), round(height)))
    generator.setViewBox(QRectF(0, 0, width, height))
    generator.setResolution(96)
    generator.setTitle("Glassnet")
    painter = QPainter(generator)
    _draw(scene, painter, headers)
    painter.end()
    _write(path, data.data())


def render_png(scene: NetworkScene, path: Path, scale: float, headers: Sequence[str]) -> None:
    """Write the whole drawing as PNG.

    Parameters
    ----------
    scale
        Image pixels a drawing pixel; lowered where the image would pass 16,384 pixels.

    Raises
    ------
    OSError
        The file cannot be written; nothing is left half-written.
    """
    width, height = _size(scene)
    scale = min(scale, LARGEST_PX / max(width, height))
    image = QImage(round(width * scale), round(height * scale), QImage.Format.Format_RGB32)
    image.fill(QColor(getattr(active(), scene.ground)))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    _draw(scene, painter, headers)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    _write(path, data.data())


def _size(scene: NetworkScene) -> tuple[float, float]:
    area = scene.sceneRect()
    return max(area.width(), 1.0), max(area.height(), 1.0) + HEADER_PX


def _draw(scene: NetworkScene, painter: QPainter, headers: Sequence[str]) -> None:
    """Draw ground, headers and network, without hover, selection and focus."""
    theme, (width, height) = active(), _size(scene)
    painter.fillRect(QRectF(0, 0, width, height), QColor(getattr(theme, scene.ground)))
    painter.setPen(QColor(theme.t1))
    painter.setFont(font(TITLE_PX, 600))
    if scene.layout_ is not None:
        for column, text in zip(scene.layout_.columns, headers, strict=False):
            area = QRectF(column.x - 100, 0, 200, HEADER_PX)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
    marks = scene.hovered, scene.current, scene.selected, scene.highlighted
    scene.hovered, scene.current, scene.selected, scene.highlighted = None, None, frozenset(), None
    scene.show_marks()
    scene.render(painter, QRectF(0, HEADER_PX, width, height - HEADER_PX), scene.sceneRect())
    scene.hovered, scene.current, scene.selected, scene.highlighted = marks
    scene.show_marks()


def _write(path: Path, data: bytes | bytearray | memoryview) -> None:
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
