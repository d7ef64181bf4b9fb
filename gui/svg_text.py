"""Texts in a written SVG keep the width they were laid out with, whatever fonts its reader has."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from PySide6.QtGui import QFontMetricsF

from gui.theme import font

__all__ = ["with_text_widths"]

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def with_text_widths(svg: bytes) -> bytes:
    """Return an SVG that Qt wrote with the width in it that each text has in its own font.

    Where the font is missing, another one is drawn as wide as that; else texts would run over the
    shapes they were centred in.

    Notes
    -----
    ``textLength`` is no part of SVG Tiny, which Qt says it writes, so the profile goes.
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
