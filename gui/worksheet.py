"""A worksheet: headings, prose, pictures, tables and empty fields, laid out on paper as a PDF."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from itertools import pairwise

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QPen,
    QTextDocument,
)

from gui.theme import BODY_PX, CAPTION_PX, CARD_TITLE_PX, FIGURE_PX, LIGHT, TITLE_PX
from gui.theme import font as font_on_screen

PIXELS_AN_INCH = 96
MARGIN_MM = 15.0
_GAP_PX, _FOOT_PX = 10.0, 20.0
_HEADING_PX = {1: FIGURE_PX, 2: CARD_TITLE_PX, 3: TITLE_PX}
_ROW_PX, _CELL_PX, _LINE_PX = 24.0, 8.0, 28.0
_LEAST_CELL_PX = 44.0
_WHOLE_ROWS = 12
"""A table with no more rows than these is not parted between two pages."""


def font(size_px: int = BODY_PX, weight: int = 400) -> QFont:
    """Return the interface font with the figures that Qt can write into a PDF as text.

    It knows the glyphs that stand for characters, not those that a feature puts in their place: a
    tabular figure could be neither searched, copied nor read aloud.
    """
    result = font_on_screen(size_px, weight)
    result.setFeature(QFont.Tag("tnum"), 0)
    result.setFeature(QFont.Tag("calt"), 0)
    return result


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the sheet's own."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Prose:
    """Paragraphs of plain text."""

    text: str


@dataclass(frozen=True)
class Rich:
    """Paragraphs in HTML, kept on one page where they fit on one."""

    html: str


@dataclass(frozen=True)
class Picture:
    """A drawing, made smaller where it is wider than the paper.

    Attributes
    ----------
    size
        In pixels, of which an inch has 96.
    draw
        Draws it in the theme's light colours, its upper left corner at the origin.
    caption
        What stands under it.
    """

    size: QSizeF
    draw: Callable[[QPainter], None]
    caption: str = ""


@dataclass(frozen=True)
class Table:
    """A table; an empty cell is a field to fill in.

    Attributes
    ----------
    head
        What stands over the columns.
    rows
        As many cells each.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class BlankLines:
    """Lines to write on; the first one begins with a label."""

    lines: int = 1
    label: str = ""


@dataclass(frozen=True)
class Fields:
    """Labels beside each other, each with a line to write on."""

    labels: tuple[str, ...]


Block = Heading | Prose | Rich | Picture | Table | BlankLines | Fields


class _Sheet:
    """Lay blocks under one another on as many pages as they take.

    Parameters
    ----------
    painter
        Paints on the page under way.
    page
        The room on each page, in the painter's pixels.
    turn
        Begins the next page.
    """

    def __init__(self, painter: QPainter, page: QRectF, turn: Callable[[], object]) -> None:
        self._painter, self._turn = painter, turn
        self._page = page.adjusted(0.0, 0.0, 0.0, -_FOOT_PX)
        self._y = page.top()
        self._heading_px = 0.0
        self.pages = 1

    def put(self, blocks: Sequence[Block]) -> None:
        """Lay out and paint everything."""
        for place, block in enumerate(blocks):
            if isinstance(block, Heading) and place + 1 < len(blocks):
                self._heading_px = 2.0 * _HEADING_PX.get(block.level, TITLE_PX) + _GAP_PX
                self._need(self._heading_px + self._least(blocks[place + 1]))
            self._put(block)
            self._y += _GAP_PX
            if not isinstance(block, Heading):
                self._heading_px = 0.0
        self._end_page()

    def _least(self, block: Block) -> float:
        """Return how much room a block needs below its heading."""
        if isinstance(block, Picture):
            return self._fitted(block).height() + self._caption_px(block)
        return self._least_of_table(block) if isinstance(block, Table) else 3.0 * _LINE_PX

    def _need(self, height_px: float) -> None:
        """Turn the page where so much does not fit on it any more."""
        is_begun = self._y > self._page.top()
        if is_begun and self._y + height_px > self._page.bottom():
            self._end_page()
            self._turn()
            self.pages += 1
            self._y = self._page.top()

    def _end_page(self) -> None:
        area = QRectF(self._page.left(), self._page.bottom(), self._page.width(), _FOOT_PX)
        self._write("Glassnet", area, CAPTION_PX, LIGHT.t3, Qt.AlignmentFlag.AlignLeft)
        self._write(str(self.pages), area, CAPTION_PX, LIGHT.t3, Qt.AlignmentFlag.AlignRight)

    def _write(
        self,
        text: str,
        area: QRectF,
        size_px: int = BODY_PX,
        colour: str = LIGHT.t1,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        weight: int = 400,
    ) -> None:
        self._painter.setFont(font(size_px, weight))
        self._painter.setPen(QColor(colour))
        middle = Qt.AlignmentFlag.AlignVCenter
        self._painter.drawText(area, int(align | middle | Qt.TextFlag.TextWordWrap), text)

    def _height(self, text: str, width_px: float, size_px: int, weight: int = 400) -> float:
        room = QRectF(0.0, 0.0, width_px, 1e6)
        metrics = QFontMetricsF(font(size_px, weight), self._painter.device())
        return metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height()

    def _line(self, left: float, right: float, y: float) -> None:
        self._painter.setPen(QPen(QColor(LIGHT.line2), 0.75))
        self._painter.drawLine(QPointF(left, y), QPointF(right, y))

    # -- A block of each kind ----------------------------------------------------------------------

    @singledispatchmethod
    def _put(self, block: object) -> None:
        raise TypeError(f"no block: {block!r}")

    @_put.register
    def _(self, block: Heading) -> None:
        size_px = _HEADING_PX.get(block.level, TITLE_PX)
        height = self._height(block.text, self._page.width(), size_px, 600)
        self._need(height)
        area = QRectF(self._page.left(), self._y, self._page.width(), height)
        self._write(block.text, area, size_px, weight=600)
        self._y += height

    @_put.register
    def _(self, block: Prose) -> None:
        for paragraph in block.text.split("\n\n"):
            self._put_paragraph(paragraph)

    @_put.register
    def _(self, block: Rich) -> None:
        self._put_paragraph(block.html, is_html=True)

    def _put_paragraph(self, text: str, is_html: bool = False) -> None:
        document = QTextDocument()
        document.documentLayout().setPaintDevice(self._painter.device())
        document.setDocumentMargin(0.0)
        document.setDefaultFont(font(BODY_PX))
        (document.setHtml if is_html else document.setPlainText)(text)
        document.setTextWidth(self._page.width())
        height, done = document.size().height(), 0.0
        self._need(min(height, self._page.height()))
        while True:  # one that is higher than a page goes on on the next one
            part = min(height - done, self._page.bottom() - self._y)
            context = QAbstractTextDocumentLayout.PaintContext()
            context.palette.setColor(QPalette.ColorRole.Text, QColor(LIGHT.t1))
            context.clip = QRectF(0.0, done, self._page.width(), part)
            self._painter.save()
            self._painter.translate(self._page.left(), self._y - done)
            self._painter.setClipRect(context.clip)
            document.documentLayout().draw(self._painter, context)
            self._painter.restore()
            done += part
            self._y += part
            if done >= height:
                break
            self._need(_LINE_PX)

    @_put.register
    def _(self, block: Picture) -> None:
        size, caption_px = self._fitted(block), self._caption_px(block)
        scale = size.width() / block.size.width()
        self._need(size.height() + caption_px)
        left = self._page.left() + (self._page.width() - size.width()) / 2.0
        self._painter.save()
        self._painter.translate(left, self._y)
        self._painter.scale(scale, scale)
        self._painter.setClipRect(QRectF(0.0, 0.0, block.size.width(), block.size.height()))
        block.draw(self._painter)
        self._painter.restore()
        self._y += size.height()
        if block.caption:
            area = QRectF(self._page.left(), self._y, self._page.width(), caption_px)
            centre = Qt.AlignmentFlag.AlignHCenter
            self._write(block.caption, area, CAPTION_PX, LIGHT.t2, centre)
            self._y += caption_px

    def _caption_px(self, block: Picture) -> float:
        width = self._page.width()
        return self._height(block.caption, width, CAPTION_PX) if block.caption else 0.0

    def _fitted(self, block: Picture) -> QSizeF:
        """Return how large a drawing is on this page, below its heading where it has one."""
        beside_px = self._heading_px + self._caption_px(block)
        room = QSizeF(self._page.width(), self._page.height() - beside_px)
        return block.size * min(
            1.0, room.width() / block.size.width(), room.height() / block.size.height()
        )

    @_put.register
    def _(self, block: Table) -> None:
        widths = self._widths(block)
        self._need(self._least_of_table(block))
        self._put_head(block.head, widths)
        for row in block.rows:
            before = self.pages
            self._need(_ROW_PX)
            if self.pages != before:
                self._put_head(block.head, widths)
            self._put_row(row, widths)

    def _least_of_table(self, block: Table) -> float:
        rows = len(block.rows) if len(block.rows) <= _WHOLE_ROWS else 1
        return self._head_px(block.head, self._widths(block)) + rows * _ROW_PX

    def _widths(self, block: Table) -> list[float]:
        """Return the columns' widths: as their texts need, no wider than the page.

        Where there is no room for all, what stands over the columns takes several lines first.
        """
        plain, strong = (
            QFontMetricsF(font(BODY_PX, weight), self._painter.device()) for weight in (400, 600)
        )
        cells, words, whole = [], [], []
        for head, *column in zip(block.head, *block.rows, strict=True):
            widest = max((plain.horizontalAdvance(text) for text in column), default=0.0)
            cells.append(max(_LEAST_CELL_PX, widest + 2 * _CELL_PX))
            word = max((strong.horizontalAdvance(text) for text in head.split()), default=0.0)
            words.append(max(cells[-1], word + 2 * _CELL_PX))
            whole.append(max(cells[-1], strong.horizontalAdvance(head) + 2 * _CELL_PX))
        room = self._page.width()
        for less, more in pairwise(([0.0] * len(whole), cells, words, whole)):
            if sum(more) > room:
                share = (room - sum(less)) / (sum(more) - sum(less))
                return [a + share * (b - a) for a, b in zip(less, more, strict=True)]
        return whole

    def _head_px(self, head: Sequence[str], widths: Sequence[float]) -> float:
        return max(map(self._head_cell_px, self._fitted_heads(head, widths), widths))

    def _head_cell_px(self, text: str, width: float) -> float:
        between = _ROW_PX - self._height("x", width, BODY_PX, 600)
        return self._height(text or "x", width - _CELL_PX, BODY_PX, 600) + between

    def _fitted_heads(self, head: Sequence[str], widths: Sequence[float]) -> list[str]:
        """Return what stands over the columns; where a word has no room, cut to one line."""
        metrics = QFontMetricsF(font(BODY_PX, 600), self._painter.device())
        texts = []
        for text, width in zip(head, widths, strict=True):
            room = width - _CELL_PX
            has_room = all(metrics.horizontalAdvance(word) <= room for word in text.split())
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, math.ceil(room))
            texts.append(text if has_room else cut)
        return texts

    def _put_head(self, head: Sequence[str], widths: Sequence[float]) -> None:
        x, height = self._page.left(), self._head_px(head, widths)
        for text, width in zip(self._fitted_heads(head, widths), widths, strict=True):
            own = self._head_cell_px(text, width)
            area = QRectF(x + _CELL_PX / 2, self._y + height - own, width - _CELL_PX, own)
            self._write(text, area, BODY_PX, LIGHT.t2, Qt.AlignmentFlag.AlignHCenter, 600)
            x += width
        self._y += height

    def _put_row(self, cells: Sequence[str], widths: Sequence[float]) -> None:
        x = self._page.left()
        metrics = QFontMetricsF(font(BODY_PX), self._painter.device())
        for text, width in zip(cells, widths, strict=True):
            area = QRectF(x, self._y, width, _ROW_PX)
            self._painter.setPen(QPen(QColor(LIGHT.line2), 0.5))
            self._painter.drawRect(area)
            room = math.ceil(width - _CELL_PX)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            self._write(shown, area, BODY_PX, LIGHT.t1, Qt.AlignmentFlag.AlignHCenter)
            x += width
        self._y += _ROW_PX

    @_put.register
    def _(self, block: BlankLines) -> None:
        for number in range(block.lines):
            self._need(_LINE_PX)
            left, right = self._page.left(), self._page.right()
            if number == 0 and block.label:
                left = self._put_label(block.label, left)
            self._y += _LINE_PX
            self._line(left, right, self._y - 4.0)

    @_put.register
    def _(self, block: Fields) -> None:
        self._need(_LINE_PX)
        width = self._page.width() / len(block.labels)
        for number, text in enumerate(block.labels):
            right = self._page.left() + (number + 1) * width - _GAP_PX
            left = self._put_label(text, self._page.left() + number * width)
            self._line(left, right, self._y + _LINE_PX - 4.0)
        self._y += _LINE_PX

    def _put_label(self, text: str, left: float) -> float:
        """Write a label at the left of a line; return where the line begins."""
        metrics = QFontMetricsF(font(BODY_PX), self._painter.device())
        width = metrics.horizontalAdvance(text)
        self._write(text, QRectF(left, self._y + 4.0, width + 2.0, _LINE_PX - 4.0))
        return left + width + _CELL_PX


def paint_worksheet(
    blocks: Sequence[Block], painter: QPainter, page: QRectF, turn: Callable[[], object]
) -> int:
    """Paint blocks on pages of one size; return how many pages there are.

    Parameters
    ----------
    blocks
        In their order.
    painter
        Paints on the first page.
    page
        The room on each page, in pixels of which an inch has 96.
    turn
        Begins the next page.
    """
    sheet = _Sheet(painter, page, turn)
    sheet.put(blocks)
    return sheet.pages


def worksheet_pdf(blocks: Sequence[Block], title: str) -> bytes:
    """Return blocks as a PDF on A4, dark on white whatever the theme; `title` names it."""
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
