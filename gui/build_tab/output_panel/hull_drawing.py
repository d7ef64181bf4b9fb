"""The points of two classes and their convex hulls, with a line or the overlap."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF

from foundation.text import tr
from gui.format import show_integer
from gui.plots.legend import draw_shape
from gui.theme import active
from gui.widgets.painting import draw_box, smooth_painter, with_alpha
from gui.widgets.panel import Panel
from model.experiment import FloatArray
from model.insight.separation.verdict import Verdict

_SIDE_PX, _MARGIN_PX = 76, 14.0
_MAX_POINTS = 60


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
    """Return twice the signed area of a triangle, positive for a left turn."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


class HullDrawing(Panel):
    """A small square with the points, both hulls, and the line or the meeting point.

    With derived inputs the border is a curve, and hulls would be meaningless.
    """

    def __init__(self) -> None:
        super().__init__("hull_drawing")
        self.setFixedSize(_SIDE_PX, _SIDE_PX)
        self._points: FloatArray = np.empty((0, 2))
        self._kinds = np.empty(0, dtype=np.intp)
        self._line: tuple[float, float, float] | None = None
        self._meeting: tuple[float, float] | None = None
        self._curve: FloatArray = np.empty((0, 2, 2))
        self._has_hulls = True

    def show_classes(self, verdict: Verdict, has_hulls: bool) -> None:
        """Show a verdict's points and their separation, with hulls if they explain it."""
        self._points, self._kinds = verdict.points, verdict.kinds
        self._line, self._meeting = verdict.line, verdict.meeting
        self._curve, self._has_hulls = verdict.curve, has_hulls
        self.update()

    def in_words(self) -> str:
        """Describe the number of points, and whether a line or curve separates them."""
        if len(self._points) == 0:
            return ""
        counts = [int(np.count_nonzero(self._kinds == kind)) for kind in (0, 1)]
        said = tr(
            "{first} points of one class, {second} of the other.",
            first=show_integer(counts[0]),
            second=show_integer(counts[1]),
        )
        if self._meeting is not None:
            said += " " + tr("Their hulls meet.")
        elif self._line is not None or len(self._curve):
            said += " " + tr("A border parts them.")
        return said

    def _frame(self) -> tuple[FloatArray, float]:
        """Return the points' centre, and pixels per unit."""
        low, high = self._points.min(axis=0), self._points.max(axis=0)
        span = max(float((high - low).max()), 1e-9)
        return 0.5 * (low + high), (_SIDE_PX - 2 * _MARGIN_PX) / span

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint hulls, line, points and the place where the hulls meet."""
        theme = active()
        painter = smooth_painter(self)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        draw_box(painter, box, 5, theme.bg2, theme.line)
        if len(self._points) == 0:
            return
        middle, scale = self._frame()

        def at(place: FloatArray | tuple[float, float]) -> QPointF:
            x = _SIDE_PX / 2 + (place[0] - middle[0]) * scale
            return QPointF(x, _SIDE_PX / 2 - (place[1] - middle[1]) * scale)

        for kind in (0, 1):
            chosen = self._points[self._kinds == kind]
            if self._has_hulls and len(chosen):
                colour = QColor(theme.classes[kind])
                painter.setPen(QPen(colour, 2))
                painter.setBrush(with_alpha(colour, 0.12))
                painter.drawPolygon(QPolygonF([at(corner) for corner in hull(chosen)]))
        painter.save()
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        painter.setPen(QPen(QColor(theme.t1), 1.8))
        border = self._curve if self._line is None else _ends(self._line, middle, _SIDE_PX / scale)
        painter.drawLines([QLineF(at(a), at(b)) for a, b in border])
        painter.restore()
        painter.setPen(Qt.PenStyle.NoPen)
        step = max(1, len(self._points) // _MAX_POINTS)
        radius = 4.5 if len(self._points) <= 8 else 2.2
        for place, kind in zip(self._points[::step], self._kinds[::step].tolist(), strict=True):
            painter.setBrush(QColor(theme.classes[kind]))
            draw_shape(painter, kind, at(place), radius)
        if self._meeting is not None:
            self._paint_meeting(painter, at(self._meeting))

    def _paint_meeting(self, painter: QPainter, at: QPointF) -> None:
        theme = active()
        painter.setPen(QPen(QColor(theme.t1), 1.5))
        painter.setBrush(QColor(theme.bg1))
        painter.drawEllipse(at, 6.0, 6.0)
        painter.drawLine(QPointF(at.x() - 2.5, at.y() - 2.5), QPointF(at.x() + 2.5, at.y() + 2.5))
        painter.drawLine(QPointF(at.x() - 2.5, at.y() + 2.5), QPointF(at.x() + 2.5, at.y() - 2.5))


def _ends(line: tuple[float, float, float], middle: FloatArray, reach: float) -> FloatArray:
    """Return a line's ends beyond the drawing, shape (1, 2, 2); empty for zero weights."""
    across, up, bias = line
    length = float(np.hypot(across, up))
    if length == 0.0:
        return np.empty((0, 2, 2))
    normal = np.array([across, up]) / length
    foot = middle - (float(normal @ middle) + bias / length) * normal
    along = 2.0 * reach * np.array([-normal[1], normal[0]])
    return np.array([[foot - along, foot + along]])
