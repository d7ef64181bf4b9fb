"""Worksheets: headings, prose, pictures, tables and empty fields as a PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QObject,
    QRect,
    QRectF,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
    QTextOption,
)

from gui.theme import BODY_PX, CAPTION_PX, CARD_TITLE_PX, FIGURE_PX, LIGHT, TITLE_PX
from gui.theme import font as font_on_screen

PIXELS_AN_INCH = 96
MARGIN_MM = 15.0
_FOOT_PX = 20.0
_CAPTION_SPACE_PX = 100.0
"""Height reserved for the heading and caption of a picture."""
_HEAD_LETTERS = 72
"""Number of characters that fit across all columns of a table."""
_PICTURE, _OBJECT = "\ue000", "\ufffc"
_STYLE = f"""
h1 {{ font-size: {FIGURE_PX}px; font-weight: 600; }}
h2 {{ font-size: {CARD_TITLE_PX}px; font-weight: 600; }}
h3 {{ font-size: {TITLE_PX}px; font-weight: 600; }}
p, li {{ font-size: {BODY_PX}px; line-height: 140%; }}
strong {{ font-weight: 600; }}
blockquote {{ margin-left: 16px; }}
.cells {{ margin-top: 4px; margin-bottom: 8px; }}
.lines {{ margin-bottom: 6px; }}
th {{ font-weight: 600; color: {LIGHT.t2}; vertical-align: bottom; }}
.new-page {{ page-break-before: always; }}
.plain {{ white-space: pre-wrap; }}
.picture {{ margin-bottom: 0px; line-height: 100%; }}
.caption {{ font-size: {CAPTION_PX}px; color: {LIGHT.t2}; margin-top: 2px; }}
.label {{ padding-top: 10px; padding-left: 8px; padding-right: 8px; white-space: nowrap; }}
.line {{ padding-top: 10px; border-bottom: 1px solid {LIGHT.line2}; }}
"""


def font(size_px: int = BODY_PX) -> QFont:
    """Return the interface font without tabular figures, which Qt cannot write into a PDF as text.

    Qt maps only the default glyphs back to characters: figures substituted by a font feature could
    not be searched, copied or read aloud.
    """
    result = font_on_screen(size_px)
    result.setFeature(QFont.Tag("tnum"), 0)
    result.setFeature(QFont.Tag("calt"), 0)
    return result


def heading(text: str, level: int = 2) -> str:
    """Return a heading as HTML; level 1 is the title of the worksheet."""
    return f"<h{level}>{escape(text)}</h{level}>"


def prose(text: str) -> str:
    """Return paragraphs of plain text as HTML."""
    paragraphs = escape(text).split("\n\n")
    return "".join(f'<p class="plain">{each}</p>' for each in paragraphs)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as HTML; an empty cell is a field to fill in."""
    titles = "".join(f"<th>{escape(each)}</th>" for each in _fit_titles(head))
    lines = "".join(
        "<tr>" + "".join(f'<td align="center">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    style = f"border-collapse: collapse; border-color: {LIGHT.line2}"
    return (
        f'<table class="cells" border="1" cellspacing="0" cellpadding="4" style="{style}">'
        f"<thead><tr>{titles}</tr></thead>{lines}</table>"
    )


def _fit_titles(head: Sequence[str]) -> list[str]:
    """Shorten the longest words until all columns fit; Qt breaks lines between words."""
    longest = [max(map(len, text.split()), default=0) for text in head]
    most = max(longest)
    while most > 2 and sum(min(letters, most) for letters in longest) > _HEAD_LETTERS:
        most -= 1
    return [
        " ".join(w if len(w) <= most else f"{w[: most - 1]}…" for w in text.split())
        for text in head
    ]


def writing_line(*labels: str) -> str:
    """Return a line to write on as HTML; several labels share one line."""
    share = 100 // len(labels)
    cells = ""
    for label in labels:
        if label:
            cells += f'<td class="label">{escape(label)}</td>'
        cells += f'<td class="line" width="{share}%">&nbsp;</td>'
    return f'<table class="lines" width="100%" cellspacing="0"><tr>{cells}</tr></table>'


@dataclass(frozen=True)
class Picture:
    """A drawing, scaled down if it is larger than the page.

    Attributes
    ----------
    size
        Size in pixels, 96 per inch.
    draw
        Draws it in the theme's light colours, with the origin at its top left corner.
    caption
        Caption below the picture.
    """

    size: QSizeF
    draw: Callable[[QPainter], None]
    caption: str = ""


Block = str | Picture
"""HTML as returned by the functions above, or a drawing."""


def _html(block: Block) -> str:
    if isinstance(block, str):
        return block
    picture = f'<p class="picture" align="center">{_PICTURE}</p>'
    if not block.caption:
        return picture
    return f'{picture}<p class="caption" align="center">{escape(block.caption)}</p>'


class _Drawings(QPyTextObject):
    """Draws the pictures of a document, each no larger than `room`."""

    def __init__(self, parent: QObject, pictures: Sequence[Picture], room: QSizeF) -> None:
        super().__init__(parent)
        self._pictures, self._room = pictures, room

    def insert(self, document: QTextDocument) -> None:
        """Replace the placeholders of a document by the pictures."""
        kind = QTextFormat.ObjectTypes.UserObject.value
        document.documentLayout().registerHandler(kind, self)
        for number in range(len(self._pictures)):
            place = QTextCharFormat()
            place.setObjectType(kind)
            place.setProperty(QTextFormat.Property.UserProperty.value, number)
            document.find(_PICTURE).insertText(_OBJECT, place)

    def _picture(self, place: QTextFormat) -> tuple[Picture, float]:
        """Return the picture at a placeholder, and its scale."""
        picture = self._pictures[place.intProperty(QTextFormat.Property.UserProperty.value)]
        room, size = self._room, picture.size
        return picture, min(1.0, room.width() / size.width(), room.height() / size.height())

    def intrinsicSize(self, document: QTextDocument, position: int, place: QTextFormat) -> QSizeF:
        picture, scale = self._picture(place)
        return picture.size * scale

    def drawObject(
        self,
        painter: QPainter,
        area: QRectF | QRect,
        document: QTextDocument,
        position: int,
        place: QTextFormat,
    ) -> None:
        picture, scale = self._picture(place)
        painter.save()
        painter.translate(area.topLeft())
        painter.scale(scale, scale)
        painter.setClipRect(
            QRectF(0.0, 0.0, picture.size.width(), picture.size.height()),
            Qt.ClipOperation.IntersectClip,
        )
        picture.draw(painter)
        painter.restore()


def _lay_out(
    html: str, pictures: Sequence[Picture], painter: QPainter, page: QSizeF
) -> QTextDocument:
    document = QTextDocument()
    document.documentLayout().setPaintDevice(painter.device())
    document.setDocumentMargin(0.0)
    document.setDefaultFont(font())
    whole_words = QTextOption()
    whole_words.setWrapMode(QTextOption.WrapMode.WordWrap)
    document.setDefaultTextOption(whole_words)
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(html)
    room = QSizeF(page.width(), page.height() - _CAPTION_SPACE_PX)
    _Drawings(document, pictures, room).insert(document)
    document.setPageSize(page)
    return document


def _sections(blocks: Sequence[Block]) -> list[str]:
    """Return the HTML of the sections: each heading with the blocks below it."""
    sections = [""]
    for block in blocks:
        html = _html(block)
        if html.startswith("<h") and sections[-1]:
            sections.append("")
        sections[-1] += html
    return sections


def paint_worksheet(
    blocks: Sequence[Block], painter: QPainter, page: QRectF, turn: Callable[[], object]
) -> int:
    """Paint blocks on pages of one size; return the number of pages.

    A section that does not fit on the rest of a page begins on the next one.

    Parameters
    ----------
    blocks
        Blocks in order.
    painter
        Painter of the first page.
    page
        Area of each page, in pixels, 96 per inch.
    turn
        Begins the next page.
    """
    pictures = [block for block in blocks if isinstance(block, Picture)]
    size = QSizeF(page.width(), page.height() - _FOOT_PX)
    first, *others = _sections(blocks)
    html, document = first, _lay_out(first, pictures, painter, size)
    for section in others:
        longer = _lay_out(html + section, pictures, painter, size)
        if longer.pageCount() > document.pageCount():
            section = re.sub(r"<h(\d)", r'<h\1 class="new-page"', section, count=1)
            longer = _lay_out(html + section, pictures, painter, size)
        html, document = html + section, longer
    for number in range(document.pageCount()):
        if number:
            turn()
        _paint_page(document, number, painter, page)
    return document.pageCount()


def _paint_page(document: QTextDocument, number: int, painter: QPainter, page: QRectF) -> None:
    size = document.pageSize()
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, QColor(LIGHT.t1))
    context.clip = QRectF(0.0, number * size.height(), size.width(), size.height())
    painter.save()
    painter.translate(page.left(), page.top() - number * size.height())
    painter.setClipRect(context.clip)
    document.documentLayout().draw(painter, context)
    painter.restore()
    foot = QRectF(page.left(), page.bottom() - _FOOT_PX, page.width(), _FOOT_PX)
    painter.setFont(font(CAPTION_PX))
    painter.setPen(QColor(LIGHT.t3))
    painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, "Glassnet")
    painter.drawText(foot, Qt.AlignmentFlag.AlignRight, str(number + 1))


def worksheet_pdf(blocks: Sequence[Block], title: str) -> bytes:
    """Return blocks as an A4 PDF with `title`, dark on white whatever the theme."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("Glassnet")
    writer.setResolution(PIXELS_AN_INCH)
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    a4, portrait = QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(a4, portrait, margins, QPageLayout.Unit.Millimeter))
    painter = QPainter(writer)
    page = QRectF(0.0, 0.0, writer.width(), writer.height())
    paint_worksheet(blocks, painter, page, writer.newPage)
    painter.end()
    buffer.close()
    return bytes(data.data())
