"""Two classes on the plane with their hulls, and the line between them or where they meet."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.build.plots.legend import draw_shape
from gui.theme import active
from model.experiment import FloatArray

__all__ = ["HullDrawing", "hull"]

_SIDE_PX, _MARGIN_PX = 76, 14.0
_MOST_POINTS = 60


def hull(points: FloatArray) -> FloatArray:
    """Return the corners of the convex hull in order, shape (corners, 2).

    References
    ----------
    Andrew 1979, monotone chain.
    """
    ordered = np.unique(points, axis=0)
    if len(ordered) < 3:
        return ordered

    def chain(sequence: FloatArray) -> list[FloatArray]:
        kept: list[FloatArray] = []
        for point in sequence:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _turn(a: FloatArray, b: FloatArray, c: FloatArray) -> float:
    """Return twice the signed area of a triangle: positive for a turn to the left."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


class HullDrawing(QWidget):
    """A small square with the points, the hulls of both classes, and the line or the crossing."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hull_drawing")
        self.setFixedSize(_SIDE_PX, _SIDE_PX)
        self._points: FloatArray = np.empty((0, 2))
        self._kinds = np.empty(0, dtype=np.intp)
        self._line: tuple[float, float, float] | None = None
        self._meeting: tuple[float, float] | None = None

    def show_classes(
        self,
        points: FloatArray,
        kinds: np.ndarray,
        line: tuple[float, float, float] | None,
        meeting: tuple[float, float] | None,
    ) -> None:
        """Show points and what divides them.

        Parameters
        ----------
        points, kinds
            Shape (points, 2), and class 0 or 1 of each.
        line
            ``(w1, w2, b)`` of the line ``w1 x1 + w2 x2 + b = 0``, or ``None``.
        meeting
            A place that lies in both hulls, or ``None``.
        """
        self._points, self._kinds, self._line, self._meeting = points, kinds, line, meeting
        self.update()

    def _frame(self) -> tuple[FloatArray, float]:
        """Return the middle of the points and pixels to a unit."""
        low, high = self._points.min(axis=0), self._points.max(axis=0)
        span = max(float((high - low).max()), 1e-9)
        return 0.5 * (low + high), (_SIDE_PX - 2 * _MARGIN_PX) / span

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint hulls, line, points and the place where the hulls meet."""
        theme = active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.line))
        painter.setBrush(QColor(theme.bg2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        if len(self._points) == 0:
            return
        middle, scale = self._frame()

        def at(place: FloatArray | tuple[float, float]) -> QPointF:
            x = _SIDE_PX / 2 + (place[0] - middle[0]) * scale
            return QPointF(x, _SIDE_PX / 2 - (place[1] - middle[1]) * scale)

        for kind in (0, 1):
            chosen = self._points[self._kinds == kind]
            if len(chosen):
                colour = QColor(theme.classes[kind])
                painter.setPen(QPen(colour, 2))
                colour.setAlphaF(0.12)
                painter.setBrush(colour)
                painter.drawPolygon(QPolygonF([at(corner) for corner in hull(chosen)]))
        if self._line is not None:
            self._paint_line(painter, middle, scale)
        painter.setPen(Qt.PenStyle.NoPen)
        step = max(1, len(self._points) // _MOST_POINTS)
        radius = 4.5 if len(self._points) <= 8 else 2.2
        for place, kind in zip(self._points[::step], self._kinds[::step].tolist(), strict=True):
            painter.setBrush(QColor(theme.classes[kind]))
            draw_shape(painter, kind, at(place), radius)
        if self._meeting is not None:
            self._paint_meeting(painter, at(self._meeting))

    def _paint_line(self, painter: QPainter, middle: FloatArray, scale: float) -> None:
        assert self._line is not None
        w = np.array(self._line[:2])
        length = float(np.hypot(*w))
        if length == 0:
            return
        apart = (float(w @ middle) + self._line[2]) / length * scale
        normal = np.array([w[0], -w[1]]) / length
        centre = np.array([_SIDE_PX / 2, _SIDE_PX / 2]) - apart * normal
        along = np.array([-normal[1], normal[0]]) * 2 * _SIDE_PX
        painter.save()
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        painter.setPen(QPen(QColor(active().t1), 1.8))
        painter.drawLine(QPointF(*(centre - along)), QPointF(*(centre + along)))
        painter.restore()

    def _paint_meeting(self, painter: QPainter, at: QPointF) -> None:
        theme = active()
        painter.setPen(QPen(QColor(theme.t1), 1.5))
        painter.setBrush(QColor(theme.bg1))
        painter.drawEllipse(at, 6.0, 6.0)
        painter.drawLine(QPointF(at.x() - 2.5, at.y() - 2.5), QPointF(at.x() + 2.5, at.y() + 2.5))
        painter.drawLine(QPointF(at.x() - 2.5, at.y() + 2.5), QPointF(at.x() + 2.5, at.y() - 2.5))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
