"""Examples as points on the decision map, drawn once into a cached picture."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPixmap

from gui.format import show_integer
from gui.plots.colours import point_colour
from gui.plots.legend import draw_shape
from gui.theme import CAPTION_PX, active, font
from gui.widgets.painting import faded, smooth_painter, write_in
from model.experiment import FloatArray
from model.metrics import OPEN, WRONG

MOST_POINTS = 3000
_MOST_RINGS = 600
_STAMP_PX = 22.0
HALO_ALPHA = 0.6
RINGS = ((WRONG, "t1"), (OPEN, "t3"))
"""The ring around a point by how it is answered; its halo lifts it off the field."""
_MANY = 10
"""So many points on one spot are drawn as one mark with their number."""

_LEAST_BAND_PX, _MOST_BAND_PX = 2.0, 7.0
_LEVELS = 64
"""So many colours, on each side of 0, have the points of a regression."""

_FEW_POINTS, _FEW_SIZE = 16, 1.4
"""So few points are drawn so many times as large: there is room, and they are the whole data."""


class Points(Struct, frozen=True, eq=False):
    """Rows as points.

    Attributes
    ----------
    x, y
        Where, in data units, shape (points,).
    kind
        Class index of each, -1 where the answer is free, shape (points,).
    value
        -1 to 1 for a regression, shape (points,); ``None`` for classes.
    test
        Whether it is a test row, shape (points,).
    row
        Its number among the training rows, or the test rows, shape (points,).
    each
        How many rows each stands for, where only some of them are drawn.
    """

    x: FloatArray
    y: FloatArray
    kind: np.ndarray
    value: FloatArray | None
    test: np.ndarray
    row: np.ndarray
    each: int = 1


class Spot(Struct, frozen=True, eq=False):
    """Many points at one position.

    Attributes
    ----------
    x, y
        Where, in data units.
    members
        Their indices among the points, shape (members,).
    rows
        How many rows they stand for.
    hole_px, radius_px
        Inner and outer radius of the ring that is drawn for them.
    """

    x: float
    y: float
    members: np.ndarray
    rows: int
    hole_px: float
    radius_px: float


class PointLayer:
    """Draws points in the shape and colour of their class; test points are hollow.

    Wrong ones have a dark ring, undecided ones a grey one. Where many lie on one spot, a ring with
    their number stands for them: as thick as they are many, divided by class, with an arc outside
    as long as the share that is wrong.

    Attributes
    ----------
    points
        What is drawn.
    spots
        Where many of them lie on one another.
    """

    def __init__(self) -> None:
        self.points: Points | None = None
        self.spots: list[Spot] = []
        self._alone = np.empty(0, dtype=bool)
        self.px: FloatArray = np.empty((0, 2))
        self._picture: QPixmap | None = None
        self._rings: dict[str, QPixmap] = {}
        self._stamps: dict[tuple[int, bool], QPixmap] = {}
        self._theme = ""
        self._scale = self._size = 1.0

    def show(self, points: Points | None) -> None:
        """Set the points."""
        had_values = self.points is not None and self.points.value is not None
        if had_values != (points is not None and points.value is not None):
            self._stamps = {}
        self.points = points
        self.spots = [] if points is None else _spots_of(points)
        self._alone = np.ones(0 if points is None else len(points.x), dtype=bool)
        for spot in self.spots:
            self._alone[spot.members] = False
        self._picture = None
        size = _FEW_SIZE if points is not None and len(points.x) <= _FEW_POINTS else 1.0
        if size != self._size:
            self._size, self._stamps, self._rings = size, {}, {}

    def forget_picture(self) -> None:
        """Redraw the next time, after a change of size or theme."""
        self._picture = None

    def paint(
        self,
        painter: QPainter,
        rect: QRectF,
        bounds: tuple[float, float, float, float],
        outcomes: np.ndarray,
        scale: float,
    ) -> None:
        """Draw all points into `rect` with edges `bounds`, wrong and undecided ones ringed.

        Parameters
        ----------
        outcomes
            One a point, see :func:`model.metrics.outcomes`.
        scale
            Device pixels to a pixel.
        """
        if self.points is None or len(self.points.x) == 0:
            return
        if active().name != self._theme or scale != self._scale:
            self._stamps, self._rings, self._picture = {}, {}, None
            self._theme, self._scale = active().name, scale
        if self._picture is None:
            self._picture = self._draw(rect, bounds)
        painter.drawPixmap(rect.topLeft(), self._picture)
        half = _STAMP_PX / 2
        left, top = rect.left() - half, rect.top() - half
        for outcome, token in RINGS:
            ring = self._ring_stamp(token)
            ringed = np.flatnonzero((outcomes == outcome) & self._alone)[:_MOST_RINGS]
            for x, y in self.px[ringed].tolist():
                painter.drawPixmap(QPointF(left + x, top + y), ring)
        for spot in self.spots:
            self._finish_spot(painter, rect.topLeft(), spot, outcomes[spot.members])

    def nearest(
        self, x: float, y: float, per_px: tuple[float, float], within_px: float = 9.0
    ) -> int:
        """Return the index of the point nearest to a position, -1 if none is near.

        Parameters
        ----------
        x, y
            The place, in data units.
        per_px
            Data units to a pixel, across and up.
        """
        if self.points is None or len(self.points.x) == 0:
            return -1
        if (spot := self.spot_at(x, y, per_px)) is not None:
            return int(spot.members[0])
        apart = np.hypot((self.points.x - x) / per_px[0], (self.points.y - y) / per_px[1])
        index = int(apart.argmin())
        return index if apart[index] <= within_px else -1

    def spot_at(self, x: float, y: float, per_px: tuple[float, float]) -> Spot | None:
        """Return the spot at a position; the arguments are those of :meth:`nearest`."""
        for spot in self.spots:
            if np.hypot((spot.x - x) / per_px[0], (spot.y - y) / per_px[1]) <= spot.radius_px:
                return spot
        return None

    def radius_at(self, x: float, y: float) -> float:
        """Return the radius of the mark at a position, in pixels; 0 without one."""
        return max((s.radius_px for s in self.spots if (s.x, s.y) == (x, y)), default=0.0)

    def _draw(self, rect: QRectF, bounds: tuple[float, float, float, float]) -> QPixmap:
        points = self.points
        assert points is not None
        x_low, x_high, y_low, y_high = bounds
        self.px = np.column_stack(
            [
                (points.x - x_low) / (x_high - x_low) * rect.width(),
                (y_high - points.y) / (y_high - y_low) * rect.height(),
            ]
        )
        picture = self._blank(rect.width(), rect.height())
        painter = smooth_painter(picture)
        half = _STAMP_PX / 2
        order = np.argsort(points.test, kind="stable")
        order = order[self._alone[order]]
        kinds = points.kind if points.value is None else _levels_of(points.value)
        places = (self.px[order] - half).tolist()
        looks = list(zip(kinds[order].tolist(), points.test[order].tolist(), strict=True))
        stamps = {look: self._stamp(*look) for look in set(looks)}
        for (left, top), look in zip(places, looks, strict=True):
            painter.drawPixmap(QPointF(left, top), stamps[look])
        for spot in self.spots:
            self._draw_spot(painter, spot)
        painter.end()
        return picture

    def _draw_spot(self, painter: QPainter, spot: Spot) -> None:
        """Draw a ring with a sector per class, or in the colour of the mean value."""
        points, theme = self.points, active()
        assert points is not None
        centre, radius = QPointF(*self.px[spot.members[0]].tolist()), spot.radius_px
        if points.value is not None:
            sectors = [(point_colour(float(points.value[spot.members].mean()), theme), 1.0)]
        else:
            kinds, counts = np.unique(points.kind[spot.members], return_counts=True)
            colours = [QColor(theme.classes[k % 8] if k >= 0 else theme.line2) for k in kinds]
            sectors = list(zip(colours, (counts / len(spot.members)).tolist(), strict=True))
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.setPen(QPen(QColor(theme.bg1), 1.0))
        start = 0.25
        for colour, share in sectors:
            painter.setBrush(QBrush(colour))
            if share == 1.0:
                painter.drawEllipse(box)
            else:
                painter.drawPie(box, round(5760 * start), round(-5760 * share))
            start -= share
        painter.setBrush(QBrush(QColor(theme.bg1)))
        painter.drawEllipse(centre, spot.hole_px, spot.hole_px)

    def _finish_spot(
        self, painter: QPainter, origin: QPointF, spot: Spot, outcomes: np.ndarray
    ) -> None:
        """Write a spot's number of points, with arcs for wrong and undecided ones."""
        assert self.points is not None
        radius = spot.radius_px + 2.0
        centre = origin + QPointF(*self.px[spot.members[0]].tolist())
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        write_in(painter, active().t1, CAPTION_PX, 600)
        text = _number(spot.rows, self.points.each)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        start = 0.25
        for outcome, token in RINGS:
            share = float(np.mean(outcomes == outcome))
            if share:
                painter.setPen(QPen(QColor(getattr(active(), token)), 2.0))
                painter.drawArc(box, round(5760 * start), round(-5760 * share))
            start -= share

    def _blank(self, width: float, height: float) -> QPixmap:
        picture = QPixmap(round(width * self._scale), round(height * self._scale))
        picture.setDevicePixelRatio(self._scale)
        picture.fill(Qt.GlobalColor.transparent)
        return picture

    def _stamp(self, kind: int, test: bool) -> QPixmap:
        """Return the picture of a point by its class or colour level."""
        stamp = self._stamps.get((kind, test))
        if stamp is None:
            stamp = self._blank(_STAMP_PX, _STAMP_PX)
            painter = smooth_painter(stamp)
            centre = QPointF(_STAMP_PX / 2, _STAMP_PX / 2)
            theme = active()
            if self.points is not None and self.points.value is not None:
                self._draw_value(painter, centre, point_colour(kind / _LEVELS, theme), test)
            else:
                colour = QColor(theme.classes[kind % 8] if kind >= 0 else theme.line2)
                self._draw_point(painter, centre, max(kind, 0), colour, test or kind > 3)
            painter.end()
            self._stamps[(kind, test)] = stamp
        return stamp

    def _draw_point(
        self, painter: QPainter, centre: QPointF, kind: int, colour: QColor, hollow: bool
    ) -> None:
        ground = QColor(active().bg1)
        if hollow:
            painter.setPen(QPen(colour, 1.5))
            painter.setBrush(QBrush(ground))
            draw_shape(painter, kind, centre, 3.1 * self._size)
        else:
            painter.setPen(QPen(ground, 1.0))
            painter.setBrush(QBrush(colour))
            draw_shape(painter, kind, centre, 3.9 * self._size)

    @staticmethod
    def _draw_value(painter: QPainter, centre: QPointF, colour: QColor, hollow: bool) -> None:
        """Draw a point in its value's colour, outlined to stand out from the field."""
        painter.setPen(QPen(QColor(active().t1), 1.0))
        painter.setBrush(QBrush(colour))
        draw_shape(painter, 0, centre, 3.6)
        if hollow:
            painter.setBrush(QBrush(QColor(active().bg1)))
            draw_shape(painter, 0, centre, 1.4)

    def _ring_stamp(self, token: str) -> QPixmap:
        ring = self._rings.get(token)
        if ring is None:
            ring = self._rings[token] = self._blank(_STAMP_PX, _STAMP_PX)
            painter = smooth_painter(ring)
            centre = QPointF(_STAMP_PX / 2, _STAMP_PX / 2)
            radius = 6.2 * self._size
            wide = 1.2 if token == "t1" else 2.0
            painter.setPen(QPen(faded(active().bg1, HALO_ALPHA), wide + 1.4))
            painter.drawEllipse(centre, radius, radius)
            painter.setPen(QPen(QColor(getattr(active(), token)), wide))
            painter.drawEllipse(centre, radius, radius)
            painter.end()
        return ring


def _levels_of(values: FloatArray) -> np.ndarray:
    """Return values of -1 to 1 as colour levels; NaN counts as 0."""
    return np.rint(_LEVELS * np.nan_to_num(np.clip(values, -1.0, 1.0))).astype(np.intp)


def _number(rows: int, each: int) -> str:
    """Return a spot's number of rows, approximate if each point stands for several."""
    return show_integer(rows) if each == 1 else f"≈{show_integer(rows)}"


def _spots_of(points: Points) -> list[Spot]:
    """Return the positions shared by many points, with the radius of each ring.

    The hole has room for the widest number; the band grows with the square root of the points.
    """
    if len(points.x) < _MANY:
        return []
    places = np.column_stack([points.x, points.y])
    spots, of, counts = np.unique(places, axis=0, return_inverse=True, return_counts=True)
    most = int(counts.max())
    widest = _number(most * points.each, points.each)
    hole = 0.5 * QFontMetricsF(font(CAPTION_PX, 600)).horizontalAdvance(widest) + 1.0
    found = []
    for index in np.flatnonzero(counts >= _MANY).tolist():
        share = float(np.sqrt(counts[index] / most))
        band = _LEAST_BAND_PX + (_MOST_BAND_PX - _LEAST_BAND_PX) * share
        x, y = spots[index].tolist()
        members = np.flatnonzero(of.ravel() == index)
        rows = int(counts[index]) * points.each
        found.append(Spot(x, y, members, rows, hole, hole + band))
    return found
