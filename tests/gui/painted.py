"""What a widget paints, asked of the painting itself: its letters, its pictures, its lines."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

import numpy as np
from PySide6.QtCore import QBuffer, QPoint, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from model.experiment import FloatArray

__all__ = ["painted_curves", "painted_lines", "painted_pictures", "painted_texts", "rgb"]

_HREF = "{http://www.w3.org/1999/xlink}href"


def rgb(colour: QColor) -> tuple[int, int, int]:
    """Return the red, green and blue of a colour, each 0 to 255."""
    return colour.red(), colour.green(), colour.blue()


def painted_texts(widget: QWidget) -> list[str]:
    """Return what `widget` paints in letters, in the order of painting."""
    svg = _as_svg(widget)
    return ["".join(node.itertext()).strip() for node in svg.iter() if node.tag.endswith("}text")]


def painted_lines(widget: QWidget) -> dict[str, float]:
    """Return the baseline of each text that `widget` paints, in pixels from the top."""
    nodes = [node for node in _as_svg(widget).iter() if node.tag.endswith("}text")]
    return {"".join(node.itertext()).strip(): float(node.attrib["y"]) for node in nodes}


def painted_pictures(widget: QWidget) -> list[QImage]:
    """Return the pictures that `widget` paints, as large as they are kept, in the same order."""
    found = []
    for node in _as_svg(widget).iter():
        if node.tag.endswith("}image"):
            content = base64.b64decode(node.attrib[_HREF].partition(",")[2])
            found.append(QImage.fromData(content))
    return found


def painted_curves(widget: QWidget, dashed: bool) -> FloatArray:
    """Return where the paths bend that `widget` strokes, whole or dashed, in its pixels.

    Returns
    -------
    ndarray
        Shape (places, 2).
    """
    found = [np.empty((0, 2))]
    for group in _as_svg(widget).iter():
        if ("stroke-dasharray" in group.attrib) != dashed or group.get("stroke") == "none":
            continue
        for node in group:
            if node.tag.endswith("}path"):
                numbers = re.findall(r"-?[\d.]+(?:e-?\d+)?", node.attrib["d"])
                a, b, c, d, e, f = map(
                    float, re.findall(r"[-\d.e]+", group.attrib["transform"][6:])
                )
                x, y = np.array(numbers, dtype=float).reshape(-1, 2).T
                found.append(np.column_stack([a * x + c * y + e, b * x + d * y + f]))
    return np.concatenate(found)


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", text)]


def _as_svg(widget: QWidget) -> ET.Element:
    """Return what `widget` paints as SVG."""
    size = widget.size()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(size))
    painter = QPainter(generator)
    widget.render(painter, QPoint())
    painter.end()
    return ET.fromstring(bytes(buffer.data().data()))
