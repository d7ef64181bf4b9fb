"""Formulas inside a label's text, typeset on its baseline."""

from __future__ import annotations

import base64
import html
import math
import re
from functools import lru_cache

from PySide6.QtCore import QBuffer, QPointF, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QImageWriter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QLabel

from gui.theme import font
from gui.widgets.latex import SetFormula, set_formula
from gui.widgets.painting import smooth_painter

_MARKED = re.compile(r"<!--latex (.*?)-->(.*?)<!--/latex-->", re.DOTALL)
_SAID = re.compile(r"<!--said (.*?)-->.*?<!--/said-->", re.DOTALL)
_SAID_MARKS = re.compile(r"<!--said .*?-->|<!--/said-->", re.DOTALL)
_IMAGE = "data:image/png;base64,"
_LARGER = 1.1
"""Scale factor, since the formula font looks smaller than the text font at equal size."""


def mark(latex: str, text: str) -> str:
    """Return a formula as HTML with fallback `text`; :func:`show_with_formulas` draws it."""
    return f"<!--latex {html.escape(latex)}-->{text}<!--/latex-->"


def with_spoken_text(text: str, spoken: str) -> str:
    """Return HTML that :func:`spoken_text` replaces by `spoken`."""
    return f"<!--said {html.escape(spoken)}-->{text}<!--/said-->"


def spoken_text(text: str) -> str:
    """Return rich text as plain text for screen readers."""
    return _SAID.sub(r"\1", text)


def show_with_formulas(label: QLabel, text: str) -> None:
    """Set a label's rich text if it differs, with marked formulas drawn.

    Invalid formulas are shown as their fallback text.
    """
    label.ensurePolished()  # the style sheet chooses size and colour
    size_px, colour = label.fontInfo().pixelSize(), label.palette().windowText().color().name()

    def drawn(found: re.Match[str]) -> str:
        formula = set_formula(html.unescape(found[1]))
        if formula is None:
            return found[2]
        return _image(formula, size_px, colour, label.devicePixelRatioF())

    # Qt takes the blank after a comment for none.
    shown = _MARKED.sub(drawn, _SAID_MARKS.sub("", text))
    if label.text() == shown:
        return
    label.setText(shown)
    if _IMAGE in shown:
        _put_on_baseline(label)


@lru_cache(256)
def _image(formula: SetFormula, size_px: int, colour: str, ratio: float) -> str:
    """Return an image whose lower edge belongs at the descent of the label's font."""
    letters_px = size_px * _LARGER
    width, ascent, descent = formula.box(letters_px)
    # A font's descent is as good as proportional to its size.
    scale = max(1.0, descent / QFontMetrics(font(size_px)).descent())
    font_px = math.ceil(size_px * scale)
    below = QFontMetrics(font(font_px)).descent()
    size = QSize(math.ceil(width) + 1, math.ceil(ascent) + below)
    image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = smooth_painter(image)
    formula.paint(painter, QPointF(0.5, size.height() - below), letters_px, colour)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(image)
    data = base64.b64encode(buffer.data().data()).decode()
    return (
        f'<img src="{_IMAGE}{data}" width="{round(image.width() / ratio)}" height="{size.height()}"'
        f' style="font-size: {font_px}px">'
    )


def _put_on_baseline(label: QLabel) -> None:
    """Move the images of a label's text to the baseline, which Qt's HTML cannot do."""
    label.sizeHint()  # the text is read now
    document = label.findChild(QTextDocument)
    if not isinstance(document, QTextDocument):
        return
    baseline = QTextCharFormat()
    baseline.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
    cursor = QTextCursor(document)
    block = document.begin()
    places = []
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            piece = pieces.fragment()
            if piece.charFormat().isImageFormat():
                places.append((piece.position(), piece.length()))
            pieces += 1
        block = block.next()
    for position, length in places:
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(baseline)
    label.updateGeometry()
