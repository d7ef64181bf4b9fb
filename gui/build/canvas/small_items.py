"""The small things of the drawing: a stack of units not drawn, a value beside an edge."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.build.canvas.layout import Column
from gui.theme import CAPTION_PX, active, font

__all__ = ["StackItem", "ValueItem"]


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
