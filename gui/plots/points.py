"""Examples as points on the decision map, drawn once into a cached picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen, QPixmap

from gui.format import show_integer
from gui.plots.colours import point_colour
from gui.plots.legend import draw_shape
from gui.theme import CAPTION_PX, active, font
from gui.widgets.painting import set_text_style, smooth_painter, transparent_pixmap, with_alpha
from model.experiment import FloatArray
from model.metrics import OPEN, WRONG

MAX_POINTS = 3000
_MAX_RINGS = 600
_STAMP_PX = 22
HALO_ALPHA = 0.6
RINGS = ((WRONG, "t1"), (OPEN, "t3"))
"""Outcome and colour token of the rings around points."""
_MANY = 10
"""Minimum number of points at one position that are drawn as a spot."""

_MIN_BAND_PX, _MAX_BAND_PX = 2.0, 7.0
_LEVELS = 64
"""Number of colour levels on each side of 0 for the points of a regression."""

_FEW_POINTS, _FEW_SIZE = 16, 1.4
"""Up to this many points are enlarged by this factor, since they are all the data."""


class Points(Struct, frozen=True, eq=False):
    """Rows as points.

    Attributes
    ----------
    x, y
        Position in data units, shape (points,).
    kind
        Class index of each, -1 if the row has no target (don't care), shape (points,).
    value
        -1 to 1 for a regression, shape (points,); ``None`` for classes.
    test
        Whether it is a test row, shape (points,).
    row
        Index among the training rows, or among the test rows, shape (points,).
    each
        Number of rows per point; more than 1 if only some rows are drawn.
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
        Position in data units.
    members
        Indices of the points, shape (members,).
    rows
        Number of rows represented.
    hole_px, radius_px
        Inner and outer radius of the ring drawn for them.
    """

    x: float
    y: float
    members: np.ndarray
    rows: int
    hole_px: float
    radius_px: float


class PointLayer:
    """Draws points in the shape and colour of their class; test points are hollow.

    Wrong ones have a dark ring, undecided ones a grey one. Many points at one position are drawn as
    one ring with their number. Its thickness grows with their number, its sectors show the classes,
    and an arc outside shows the share of wrong points.

    Attributes
    ----------
    points
        Points to draw.
    spots
        Positions shared by many points.
    """

    def __init__(self) -> None:
        self.points: Points | None = None
        self.spots: list[Spot] = []
        self._alone = np.empty(0, dtype=bool)
        self.px: FloatArray = np.empty((0, 2))
        self._picture: QPixmap | None = None
        self._look = "", 1.0

    def show(self, points: Points | None) -> None:
        """Set the points."""
        self.points = points
        self.spots = [] if points is None else _spots_of(points)
        self._alone = np.ones(0 if points is None else len(points.x), dtype=bool)
        for spot in self.spots:
            self._alone[spot.members] = False
        self._picture = None

    def invalidate(self) -> None:
        """Discard the cached picture, after a change of size or theme."""
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
            One per point, see :func:`model.metrics.outcomes`.
        scale
            Device pixels per pixel.
        """
        if self.points is None or len(self.points.x) == 0:
            return
        if self._picture is None or self._look != (active().name, scale):
            self._look = active().name, scale
            self._picture = self._draw(rect, bounds)
        painter.drawPixmap(rect.topLeft(), self._picture)
        half = _STAMP_PX / 2
        left, top = rect.left() - half, rect.top() - half
        for outcome, token in RINGS:
            ring = _ring_stamp(token, self._size, *self._look)
            ringed = np.flatnonzero((outcomes == outcome) & self._alone)[:_MAX_RINGS]
            for x, y in self.px[ringed].tolist():
                painter.drawImage(QPointF(left + x, top + y), ring)
        for spot in self.spots:
            self._finish_spot(painter, rect.topLeft(), spot, outcomes[spot.members])

    def nearest(
        self, x: float, y: float, per_px: tuple[float, float], within_px: float = 9.0
    ) -> int:
        """Return the index of the point nearest to a position, -1 if none is near.

        Parameters
        ----------
        x, y
            Position in data units.
        per_px
            Data units per pixel, across and up.
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
        """Return the radius of the mark at a position, in pixels; 0 if there is none."""
        return max((s.radius_px for s in self.spots if (s.x, s.y) == (x, y)), default=0.0)

    @property
    def _size(self) -> float:
        is_few = self.points is not None and len(self.points.x) <= _FEW_POINTS
        return _FEW_SIZE if is_few else 1.0

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
        picture = transparent_pixmap(rect.size().toSize(), self._look[1])
        painter = smooth_painter(picture)
        half = _STAMP_PX / 2
        order = np.argsort(points.test, kind="stable")
        order = order[self._alone[order]]
        has_values = points.value is not None
        kinds = points.kind if points.value is None else _levels_of(points.value)
        places = (self.px[order] - half).tolist()
        looks = list(zip(kinds[order].tolist(), points.test[order].tolist(), strict=True))
        stamps = {look: _stamp(*look, has_values, self._size, *self._look) for look in set(looks)}
        for (left, top), look in zip(places, looks, strict=True):
            painter.drawImage(QPointF(left, top), stamps[look])
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
            sectors = list(
                zip(map(_class_colour, kinds), (counts / len(spot.members)).tolist(), strict=True)
            )
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
        """Write a spot's number of rows, with arcs for wrong and undecided ones."""
        assert self.points is not None
        radius = spot.radius_px + 2.0
        centre = origin + QPointF(*self.px[spot.members[0]].tolist())
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        set_text_style(painter, active().t1, CAPTION_PX, 600)
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


@lru_cache(256)
def _stamp(
    kind: int, test: bool, has_values: bool, size: float, theme_name: str, scale: float
) -> QImage:
    """Return the cached picture of a point by its class or colour level, in the current theme."""
    theme, centre = active(), QPointF(_STAMP_PX / 2, _STAMP_PX / 2)
    stamp = transparent_pixmap(QSize(_STAMP_PX, _STAMP_PX), scale)
    painter = smooth_painter(stamp)
    if has_values:
        # Outlined to stand out from the field.
        painter.setPen(QPen(QColor(theme.t1), 1.0))
        painter.setBrush(point_colour(kind / _LEVELS, theme))
        draw_shape(painter, 0, centre, 3.6)
        if test:
            painter.setBrush(QColor(theme.bg1))
            draw_shape(painter, 0, centre, 1.4)
    else:
        ground, colour = QColor(theme.bg1), _class_colour(kind)
        is_hollow = test or kind > 3
        painter.setPen(QPen(colour, 1.5) if is_hollow else QPen(ground, 1.0))
        painter.setBrush(ground if is_hollow else colour)
        draw_shape(painter, max(kind, 0), centre, (3.1 if is_hollow else 3.9) * size)
    painter.end()
    return stamp.toImage()


@lru_cache(16)
def _ring_stamp(token: str, size: float, theme_name: str, scale: float) -> QImage:
    """Return the cached ring of a wrong or undecided point, in the current theme."""
    ring = transparent_pixmap(QSize(_STAMP_PX, _STAMP_PX), scale)
    painter = smooth_painter(ring)
    centre, radius = QPointF(_STAMP_PX / 2, _STAMP_PX / 2), 6.2 * size
    wide = 1.2 if token == "t1" else 2.0
    for colour, width in (
        (with_alpha(active().bg1, HALO_ALPHA), wide + 1.4),
        (QColor(getattr(active(), token)), wide),
    ):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(centre, radius, radius)
    painter.end()
    return ring.toImage()


def _class_colour(kind: int) -> QColor:
    """Return a class's colour, grey for a row without a target."""
    return QColor(active().classes[kind % 8] if kind >= 0 else active().line2)


def _levels_of(values: FloatArray) -> np.ndarray:
    """Return values of -1 to 1 as colour levels; NaN is treated as 0."""
    return np.rint(_LEVELS * np.nan_to_num(np.clip(values, -1.0, 1.0))).astype(np.intp)


def _number(rows: int, each: int) -> str:
    """Return a spot's number of rows as text, approximate if each point represents several."""
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
        band = _MIN_BAND_PX + (_MAX_BAND_PX - _MIN_BAND_PX) * share
        x, y = spots[index].tolist()
        members = np.flatnonzero(of.ravel() == index)
        rows = int(counts[index]) * points.each
        found.append(Spot(x, y, members, rows, hole, hole + band))
    return found
