"""Groups of Qt's graphics items, and the shapes they show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsSimpleTextItem,
)

from gui.theme import active

NO_PEN = QPen(Qt.PenStyle.NoPen)


def rounded(area: QRectF, radius: float) -> QPainterPath:
    """Return a rectangle with round corners."""
    path = QPainterPath()
    path.addRoundedRect(area, radius, radius)
    return path


PIN = ("pin", "pin mark")
"""The items of :meth:`ItemGroup.show_pins`."""


class ItemGroup:
    """The items of one object, each created on first use.

    Qt calls an item written in Python for every frame, waiting for the interpreter each time; these
    are painted without Python (docs/adr/0038-qt-paints-the-network-alone.md).

    Parameters
    ----------
    order
        Names of the items, bottom first.
    """

    def __init__(self, parent: QGraphicsItem, order: Sequence[str]) -> None:
        self._parent = parent
        self._depth = {name: float(depth) for depth, name in enumerate(order)}
        self._items: dict[str, QGraphicsItem] = {}
        self._placed: dict[str, tuple[QRectF, int, bool]] = {}

    def hide(self, *names: str) -> None:
        """Hide parts, if they exist."""
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

    def show_pins(self, places: Sequence[QPointF]) -> None:
        """Show a pin on a disc at each pinned weight."""
        if not places:
            self.hide(*PIN)
            return
        discs, marks, ink = QPainterPath(), QPainterPath(), QColor(active().t1)
        marks.setFillRule(Qt.FillRule.WindingFill)
        for at in places:
            discs.addEllipse(at, 7.0, 7.0)
            marks.addRoundedRect(QRectF(at.x() - 2.8, at.y() - 4.4, 5.6, 4.2), 1.2, 1.2)
            marks.addRect(QRectF(at.x() - 4.0, at.y() - 0.6, 8.0, 1.4))
            marks.addRect(QRectF(at.x() - 0.6, at.y() + 0.6, 1.2, 4.0))
        self.show_path("pin", discs, QPen(ink, 1.2), QColor(active().bg1))
        self.show_path("pin mark", marks, fill=ink)

    def show_text(
        self, name: str, text: str, text_font: QFont, colour: QColor, at: QPointF, share: float
    ) -> None:
        """Show a text vertically centred at a point.

        `share` is the part of its width left of the point, 0 to 1.
        """
        item = self._items.get(name)
        if not isinstance(item, QGraphicsSimpleTextItem):
            item = self._add(name, QGraphicsSimpleTextItem(self._parent))
        if item.font() != text_font:  # setting the same one again would lay the text out
            item.setFont(text_font)
        item.setText(text)
        item.setBrush(colour)
        item.setVisible(True)
        area = item.boundingRect()
        item.setPos(at.x() - share * area.width(), at.y() - area.height() / 2)

    def show_pixmap(self, name: str, pixmap: QPixmap, area: QRectF, smooth: bool) -> None:
        """Show a picture scaled to a square area."""
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
