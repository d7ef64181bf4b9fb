"""Qt's own items put together: stacks, values, rails."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsSimpleTextItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from gui.build_tab.network_view.layout import Column
from gui.theme import CAPTION_PX, active, font

__all__ = [
    "NO_PEN",
    "ItemGroup",
    "StackItem",
    "ValueItem",
    "pin_disc",
    "pin_mark",
    "rounded",
    "text_width",
]


class StackItem(QGraphicsItem):
    """The units of a large layer that are not drawn, as a small stack with their number."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.layer = column.layer
        self.text = f"+{column.folded}"
        self.setPos(column.x, column.stack_y)
        self.setZValue(1)

    def boundingRect(self) -> QRectF:
        """Return the stack's area."""
        return QRectF(-24, -12, 48, 26)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw three sheets, the number on the first."""
        theme = active()
        painter.setPen(QPen(QColor(theme.line2), 1))
        painter.setBrush(QColor(theme.bg1))
        for inset, drop in ((6, 8), (3, 5), (0, 2)):
            painter.drawRoundedRect(QRectF(-20 + inset, -10 + drop, 40 - 2 * inset, 14), 3, 3)
        painter.setFont(font(CAPTION_PX, 600))
        painter.setPen(QColor(theme.t1))
        painter.drawText(QRectF(-20, -8, 40, 14), Qt.AlignmentFlag.AlignCenter, self.text)


class ValueItem(QGraphicsItem):
    """The value of the edge under the pointer, the same size at any zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(3)
        self.hide()

    def show_value(self, text: str, at: QPointF) -> None:
        """Show `text` at the right of a point of the scene."""
        self.prepareGeometryChange()
        self.text = text
        self.setPos(at)
        self.show()
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the label's area."""
        width = QFontMetricsF(font(CAPTION_PX, 600)).horizontalAdvance(self.text) + 10
        return QRectF(10, -8, width, 16)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the value on a small card."""
        theme, area = active(), self.boundingRect()
        painter.setPen(QPen(QColor(theme.line2), 1))
        painter.setBrush(QColor(theme.bg1))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(font(CAPTION_PX, 600))
        painter.setPen(QColor(theme.neg_text if self.text.startswith("−") else theme.pos_text))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text)


NO_PEN = QPen(Qt.PenStyle.NoPen)


def rounded(area: QRectF, radius: float) -> QPainterPath:
    """Return a rectangle with round corners."""
    path = QPainterPath()
    path.addRoundedRect(area, radius, radius)
    return path


def pin_disc(at: QPointF) -> QPainterPath:
    """Return the disc under the mark of a pinned weight."""
    path = QPainterPath()
    path.addEllipse(at, 7.0, 7.0)
    return path


def pin_mark(at: QPointF) -> QPainterPath:
    """Return the mark of a pinned weight, a drawing pin."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(QRectF(at.x() - 2.8, at.y() - 4.4, 5.6, 4.2), 1.2, 1.2)
    path.addRect(QRectF(at.x() - 4.0, at.y() - 0.6, 8.0, 1.4))
    path.addRect(QRectF(at.x() - 0.6, at.y() + 0.6, 1.2, 4.0))
    return path


def text_width(text: str, text_font: QFont) -> float:
    """Return the width of a text in pixels."""
    return QFontMetricsF(text_font).horizontalAdvance(text)


class ItemGroup:
    """The items of one thing, each made when it is first shown and hidden while it is not.

    An item written in Python is called by Qt for every frame, and waits for the interpreter each
    time; these are not (docs/adr/0038-qt-paints-the-network-alone.md).

    Parameters
    ----------
    parent
        What the parts move with.
    order
        Their names, the undermost first.
    """

    def __init__(self, parent: QGraphicsItem, order: Sequence[str]) -> None:
        self._parent = parent
        self._depth = {name: float(depth) for depth, name in enumerate(order)}
        self._items: dict[str, QGraphicsItem] = {}
        self._placed: dict[str, tuple[QRectF, int, bool]] = {}

    def hide(self, *names: str) -> None:
        """Hide parts, where there are any."""
        for name in names:
            self._placed.pop(name, None)
            item = self._items.get(name)
            if item is not None:
                item.setVisible(False)

    def show_path(
        self, name: str, path: QPainterPath, pen: QPen = NO_PEN, fill: QColor | None = None
    ) -> None:
        """Show a path, stroked and filled."""
        item = self._items.get(name)
        if not isinstance(item, QGraphicsPathItem):
            item = self._add(name, QGraphicsPathItem(self._parent))
        item.setPath(path)
        item.setPen(pen)
        item.setBrush(Qt.BrushStyle.NoBrush if fill is None else fill)
        item.setVisible(True)

    def show_text(self, name: str, text: str, text_font: QFont, colour: QColor) -> None:
        """Show a text; :meth:`place_text` says where."""
        item = self._items.get(name)
        if not isinstance(item, QGraphicsSimpleTextItem):
            item = self._add(name, QGraphicsSimpleTextItem(self._parent))
        if item.font() != text_font:  # setting it anew lays the text out, even the same one
            item.setFont(text_font)
        item.setText(text)
        item.setBrush(colour)
        item.setVisible(True)

    def place_text(self, name: str, at: QPointF, share: float) -> None:
        """Centre a text's height at a point; `share` of its width lies left of it (0 to 1)."""
        item = self._items[name]
        assert isinstance(item, QGraphicsSimpleTextItem)
        area = item.boundingRect()
        item.setPos(at.x() - share * area.width(), at.y() - area.height() / 2)

    def show_pixmap(self, name: str, pixmap: QPixmap, area: QRectF, smooth: bool) -> None:
        """Show a picture, stretched to a square area."""
        item = self._items.get(name)
        if not isinstance(item, QGraphicsPixmapItem):
            item = self._add(name, QGraphicsPixmapItem(self._parent))
            item.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        item.setPixmap(pixmap)
        place = (area, pixmap.width(), smooth)
        if self._placed.get(name) == place:
            return
        self._placed[name] = place
        item.setPos(area.topLeft())
        item.setScale(area.width() / max(pixmap.width(), 1))
        item.setTransformationMode(
            Qt.TransformationMode.SmoothTransformation
            if smooth
            else Qt.TransformationMode.FastTransformation
        )
        item.setVisible(True)

    def _add[Item: QGraphicsItem](self, name: str, item: Item) -> Item:
        item.setZValue(self._depth[name])
        self._items[name] = item
        return item
