"""Small painted legends: line samples, and the shape and colour of each class."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.plots.axes import for_device
from gui.theme import BODY_PX, active, font
from gui.widgets.painting import drawn_icon, smooth_painter
from gui.widgets.panel import Panel

_TRIANGLE = QPolygonF([QPointF(0, -1.15), QPointF(1.1, 0.8), QPointF(-1.1, 0.8)])
_DIAMOND = QPolygonF([QPointF(0, -1.25), QPointF(1.25, 0), QPointF(0, 1.25), QPointF(-1.25, 0)])

# Height of a line, where an entry's text starts, and the room between entries.
_LINE_PX, _TEXT_PX, _GAP_PX = 18, 14, 12


def draw_shape(painter: QPainter, kind: int, centre: QPointF, radius: float) -> None:
    """Draw class `kind`'s circle, square, triangle or diamond with the painter's pen and brush.

    Classes 4 to 7 repeat the shapes in other colours, and the caller leaves them hollow. From class
    8 on the colours repeat with the next shape, so that 32 classes are distinguishable.
    """
    shape = (kind + kind // 8) % 4
    if shape == 0:
        painter.drawEllipse(centre, radius, radius)
    elif shape == 1:
        side = 0.9 * radius
        painter.drawRect(QRectF(centre.x() - side, centre.y() - side, 2 * side, 2 * side))
    else:
        polygon = _TRIANGLE if shape == 2 else _DIAMOND
        painter.save()
        painter.translate(centre)
        painter.scale(radius, radius)
        pen = QPen(painter.pen())
        pen.setCosmetic(True)
        painter.setPen(for_device(pen, painter))
        painter.drawPolygon(polygon)
        painter.restore()


def draw_class(painter: QPainter, kind: int, centre: QPointF, radius: float) -> None:
    """Draw the shape of class `kind` in its colour: filled for the first four, then hollow."""
    colour, is_hollow = QColor(active().classes[kind % 8]), kind % 8 > 3
    painter.setPen(QPen(colour, 1.5) if is_hollow else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if is_hollow else QBrush(colour))
    draw_shape(painter, kind, centre, radius)


DIMMED = 0.4
"""Opacity of excluded classes."""


class ClassMark(QWidget):
    """The shape and colour of a class; faded when disabled."""

    def __init__(self, side_px: int = 12) -> None:
        super().__init__()
        self.kind = 0
        self.setFixedSize(side_px, side_px)

    def show_class(self, kind: int) -> None:
        """Show another class."""
        if kind != self.kind:
            self.kind = kind
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shape."""
        painter = smooth_painter(self)
        middle = self.width() / 2
        painter.setOpacity(1.0 if self.isEnabled() else DIMMED)
        draw_class(painter, self.kind, QPointF(middle, middle), 0.42 * self.width())


def class_icon(kind: int) -> QIcon:
    """Return a class's coloured shape as an icon, for menus and buttons."""
    side = 16
    middle = QPointF(side / 2, side / 2)
    return drawn_icon(
        QSize(side, side), lambda painter: draw_class(painter, kind, middle, 0.34 * side)
    )


class LineSwatch(QWidget):
    """A short sample of a line: ``"train"``, ``"test"`` (dashed) or ``"runs"`` (thin)."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self.setFixedSize(18, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sample."""
        theme = active()
        colour, width = {
            "train": (theme.acc, 2.0),
            "test": (theme.test, 2.0),
            "runs": (theme.runs, 1.0),
        }[self._kind]
        pen = QPen(QColor(colour), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._kind == "test":
            pen.setDashPattern([2.0, 1.0])
        painter = QPainter(self)
        painter.setPen(pen)
        y = 6.5 if width == 1.0 else 6.0
        painter.drawLine(QPointF(0, y), QPointF(18, y))


class ClassLegend(Panel):
    """The shape, colour and name of each class, and what hollow points mean.

    Entries that do not fit in one line continue in the next.
    """

    def __init__(self) -> None:
        super().__init__("class_legend")
        self.setFont(font(BODY_PX))
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._names: tuple[str, ...] = ()
        self._test_text = ""

    def show_classes(self, names: tuple[str, ...], test_text: str) -> None:
        """Set the classes; `test_text` explains hollow points, and is omitted if empty."""
        if (names, test_text) == (self._names, self._test_text):
            return
        self._names, self._test_text = names, test_text
        self.setAccessibleName(", ".join(n for n in (*names, test_text) if n))
        self.updateGeometry()
        self.update()

    def _entries(self) -> list[tuple[int, str]]:
        entries = list(enumerate(self._names))
        return [*entries, (-1, self._test_text)] if self._test_text else entries

    def _places(self, width: int) -> list[tuple[int, int]]:
        """Return each entry's left edge and line number at `width` pixels."""
        places: list[tuple[int, int]] = []
        x = line = 0
        for wide in self._widths():
            if x > 0 and x + wide > width:
                x, line = 0, line + 1
            places.append((x, line))
            x += wide + _GAP_PX
        return places

    def _widths(self) -> list[int]:
        advance = self.fontMetrics().horizontalAdvance
        return [_TEXT_PX + advance(text) for _, text in self._entries()]

    def sizeHint(self) -> QSize:
        """Return the size of all entries in one line."""
        widths = self._widths()
        return QSize(sum(widths) + _GAP_PX * max(0, len(widths) - 1), _LINE_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the size of the longest entry, which is never shortened."""
        return QSize(max(self._widths(), default=0), _LINE_PX)

    def hasHeightForWidth(self) -> bool:
        """Return true, since a narrower legend has more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height in pixels of the lines at a width."""
        lines = 1 + max((line for _, line in self._places(width)), default=0)
        return lines * _LINE_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entries line by line."""
        theme = active()
        painter = smooth_painter(self)
        metrics = self.fontMetrics()
        places = self._places(self.width())
        for (kind, text), (x, line) in zip(self._entries(), places, strict=True):
            middle = (line + 0.5) * _LINE_PX
            baseline = middle + (metrics.ascent() - metrics.descent()) / 2
            centre = QPointF(x + 5, middle)
            if kind < 0:
                painter.setPen(QPen(QColor(theme.t2), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                draw_shape(painter, 1, centre, 4.0)
            else:
                draw_class(painter, kind, centre, 4.5)
            painter.setPen(QColor(theme.t2))
            painter.drawText(QPointF(x + _TEXT_PX, baseline), text)
