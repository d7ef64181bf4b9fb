"""The drawing as a picture file."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from gui.build.canvas.scene import NetworkScene
from gui.svg_text import with_text_widths
from gui.theme import TITLE_PX, active, font
from model.files import write_bytes

__all__ = ["render_png", "render_svg"]

HEADER_PX, HEADER_GAP_PX = 40, 8
LARGEST_PX = 16_384


def render_svg(scene: NetworkScene, path: Path, headers: Sequence[Sequence[str]]) -> None:
    """Write the whole drawing as SVG.

    Parameters
    ----------
    headers
        What stands over the columns, one text each: several wordings, the longest first.

    Raises
    ------
    ModelError
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
    write_bytes(path, with_text_widths(bytes(data.data())))


def render_png(
    scene: NetworkScene, path: Path, scale: float, headers: Sequence[Sequence[str]]
) -> None:
    """Write the whole drawing as PNG.

    Parameters
    ----------
    scale
        Image pixels a drawing pixel; lowered where the image would pass 16,384 pixels.
    headers
        As for :func:`render_svg`.

    Raises
    ------
    ModelError
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
    write_bytes(path, bytes(data.data()))


def _size(scene: NetworkScene) -> tuple[float, float]:
    area = scene.sceneRect()
    return max(area.width(), 1.0), max(area.height(), 1.0) + HEADER_PX


def _draw(scene: NetworkScene, painter: QPainter, headers: Sequence[Sequence[str]]) -> None:
    """Draw ground, headers and network, without hover, selection and focus."""
    theme, (width, height) = active(), _size(scene)
    painter.fillRect(QRectF(0, 0, width, height), QColor(getattr(theme, scene.ground)))
    painter.setPen(QColor(theme.t1))
    painter.setFont(font(TITLE_PX, 600))
    _draw_headers(scene, painter, headers)
    with scene.as_document():
        scene.render(painter, QRectF(0, HEADER_PX, width, height - HEADER_PX), scene.sceneRect())


def _draw_headers(scene: NetworkScene, painter: QPainter, headers: Sequence[Sequence[str]]) -> None:
    """Write over the columns the longest wording for which there is room."""
    if scene.layout_ is None or not headers:
        return
    columns, metrics = scene.layout_.columns, QFontMetricsF(painter.font())
    step = min((b.x - a.x for a, b in itertools.pairwise(columns)), default=scene.width())
    room = step - HEADER_GAP_PX

    def fits(texts: Sequence[str]) -> bool:
        widths = [max(map(metrics.horizontalAdvance, text.split("\n"))) for text in texts]
        return all((a + b) / 2 <= room for a, b in itertools.pairwise(widths))

    texts = next(filter(fits, headers), headers[-1])
    for column, text in zip(columns, texts, strict=True):
        area = QRectF(column.x - 100, 0, 200, HEADER_PX)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
