"""Drawings as SVG or PNG files."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from gui.build_tab.network_view.scene import NetworkScene
from gui.theme import TITLE_PX, active, font
from gui.widgets.painting import set_text_style
from model.files import write_bytes

_PIXELS_AN_INCH = 96
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def with_text_widths(svg: bytes) -> bytes:
    """Add the width of each text in its own font to an SVG written by Qt.

    If the font is missing, its replacement is stretched to that width; otherwise texts would
    overflow the shapes they are centred in.

    Notes
    -----
    ``textLength`` is not part of SVG Tiny, which Qt declares, so the profile is removed.
    """
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    root = ET.fromstring(svg)
    root.attrib.pop("baseProfile", None)
    root.set("version", "1.1")
    for text in root.iter(f"{{{_SVG}}}text"):
        family = text.get("font-family", "")
        drawn = font(round(float(text.get("font-size", "12"))), int(text.get("font-weight", "400")))
        drawn.setFamily(family)
        width = QFontMetricsF(drawn).horizontalAdvance("".join(text.itertext()))
        text.set("font-family", f"{family}, sans-serif")
        text.set("textLength", f"{width:.2f}")
        text.set("lengthAdjust", "spacingAndGlyphs")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def as_svg(size: QSize, title: str, draw: Callable[[QPainter], None]) -> bytes:
    """Return a drawing of `size` pixels as an SVG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(QPointF(), size))
    generator.setResolution(_PIXELS_AN_INCH)
    generator.setTitle(title)
    painter = QPainter(generator)
    draw(painter)
    painter.end()
    return with_text_widths(bytes(data.data()))


def as_png(size: QSize, scale: float, draw: Callable[[QPainter], None]) -> bytes:
    """Return a drawing of `size` pixels as a PNG file at `scale` times the resolution."""
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    draw(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(data.data())


HEADER_PX, HEADER_GAP_PX = 40, 8
LARGEST_PX = 16_384


def render_svg(scene: NetworkScene, path: Path, headers: Sequence[Sequence[str]]) -> None:
    """Write the whole drawing as SVG.

    Parameters
    ----------
    headers
        Wordings of each column header, longest first.

    Raises
    ------
    ModelError
        If the file cannot be written; no partial file is left.
    """
    size = QSizeF(*_size(scene)).toSize()
    write_bytes(path, as_svg(size, "Glassnet", lambda painter: _draw(scene, painter, headers)))


def render_png(
    scene: NetworkScene, path: Path, scale: float, headers: Sequence[Sequence[str]]
) -> None:
    """Write the whole drawing as PNG.

    Parameters
    ----------
    scale
        Image pixels per drawing pixel; reduced if a side would exceed 16,384 pixels.
    headers
        As for :func:`render_svg`.

    Raises
    ------
    ModelError
        If the file cannot be written; no partial file is left.
    """
    size = QSizeF(*_size(scene)).toSize()
    scale = min(scale, LARGEST_PX / max(size.width(), size.height()))
    write_bytes(path, as_png(size, scale, lambda painter: _draw(scene, painter, headers)))


def drawing_of(
    scene: NetworkScene, headers: Sequence[Sequence[str]]
) -> tuple[QSizeF, Callable[[QPainter], None]]:
    """Return the size of the whole drawing, and a function that draws it without background."""

    def draw(painter: QPainter) -> None:
        _draw(scene, painter, headers, has_ground=False)

    return QSizeF(*_size(scene)), draw


def _size(scene: NetworkScene) -> tuple[float, float]:
    area = scene.sceneRect()
    return max(area.width(), 1.0), max(area.height(), 1.0) + HEADER_PX


def _draw(
    scene: NetworkScene,
    painter: QPainter,
    headers: Sequence[Sequence[str]],
    has_ground: bool = True,
) -> None:
    """Draw background, headers and network without hover, selection and focus."""
    theme, (width, height) = active(), _size(scene)
    ground = QRectF(0, 0, width + 1, height + 1)  # the file's size is rounded
    if has_ground:
        painter.fillRect(ground, QColor(getattr(theme, scene.ground)))
    set_text_style(painter, theme.t1, TITLE_PX, 600)
    _draw_headers(scene, painter, headers)
    with scene.as_document():
        scene.render(painter, QRectF(0, HEADER_PX, width, height - HEADER_PX), scene.sceneRect())


def _draw_headers(scene: NetworkScene, painter: QPainter, headers: Sequence[Sequence[str]]) -> None:
    """Write the longest column headers that fit."""
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
