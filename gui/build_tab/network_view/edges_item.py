"""All weights between two layers, as one drawing."""

from __future__ import annotations

import itertools
import time

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsItemGroup,
    QGraphicsPathItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from gui.build_tab.network_view.item_group import PIN, ItemGroup
from gui.build_tab.network_view.layout import Column, ports, visible_edges
from gui.theme import active
from model.experiment import FloatArray
from model.places import WeightAt

THINNEST_PX, PX_PER_WEIGHT = 0.8, 1.2
WIDTH_STEPS = 8
STRENGTH, DENSE_STRENGTH, PALE = 0.9, 0.72, 0.35
HALO_PX, HALO_ALPHA = 4.0, 0.16
HALOS = ("hovered", "selected", "ring", "in ring")
_CACHE = QGraphicsItem.CacheMode.DeviceCoordinateCache
_NO_CACHE = QGraphicsItem.CacheMode.NoCache

_T = np.linspace(0.0, 1.0, 65)
_X_OF_T = 1.5 * _T * (1 - _T) + _T**3


type Edges = frozenset[tuple[int, int]]
"""Edges of one gap, as (row, unit) of the whole layer."""


class EdgeMarks(Struct, frozen=True):
    """Marked edges; `current` has the keyboard focus, if any."""

    hovered: Edges = frozenset()
    selected: Edges = frozenset()
    current: Edges = frozenset()
    pinned: tuple[tuple[int, int], ...] = ()


class EdgesItem(QGraphicsItem):
    """The edges between two columns, drawn and hit-tested.

    An edge is the cubic from (x0, y0) to (x1, y1) with its inner control points halfway across.

    Attributes
    ----------
    layer
        The layer into which the weights lead.
    dense
        Whether there are so many edges that they are drawn together and cached as a picture;
        otherwise each is a separate Qt item.
    paint_s, drawn_at_s
        Duration and end time of the last drawing.
    marks
        The marked edges.

    Notes
    -----
    With ``u = (x - x0) / (x1 - x0)`` the curve is ``u = 1.5 t (1 - t) + t^3`` and
    ``y = y0 + (y1 - y0) (3 t^2 - 2 t^3)``; `t` is the same for all edges of a gap, so the distance
    of a point to every edge is one vectorised expression.
    """

    def __init__(
        self, source: Column, target: Column, thin_out: bool, dense: bool, ground: str
    ) -> None:
        super().__init__()
        self._ground = ground
        self.layer = target.layer
        self.source, self.target, self.thin_out, self.dense = source, target, thin_out, dense
        self.marks = EdgeMarks()
        self.weights: FloatArray = np.zeros((len(source.units), len(target.units)))
        self._rows = {row: i for i, row in enumerate(source.units)}
        self._units = {unit: j for j, unit in enumerate(target.units)}
        outs, ins = ports(len(target.units), source.size), ports(len(source.units), target.size)
        self._y0 = np.array(source.ys)[:, None] + np.array(outs)[None, :]
        self._y1 = np.array(target.ys)[None, :] + np.array(ins)[:, None]
        self._x0, self._x1 = source.right, target.left
        self._paths = [
            [self._curve(i, j) for j in range(len(target.units))] for i in range(len(source.units))
        ]
        self._keys = np.full(self.weights.shape, -1, np.int32)
        self._moved = np.zeros(self.weights.shape, bool)
        self._lines: list[list[QGraphicsPathItem]] = [] if dense else self._make_lines()
        beneath = QGraphicsItemGroup(self)
        beneath.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent)
        beneath.setZValue(-1)
        self._halos = ItemGroup(beneath, HALOS)
        self._pins = ItemGroup(self, PIN)
        self._pens: dict[int, QPen] = {}
        self.paint_s, self.drawn_at_s = 0.0, 0.0
        low = min(self._y0.min(initial=0.0), self._y1.min(initial=0.0))
        high = max(self._y0.max(initial=0.0), self._y1.max(initial=0.0))
        self._bounds = QRectF(self._x0, low, self._x1 - self._x0, high - low).adjusted(
            -8, -12, 8, 12
        )
        # Qt calls `paint` only where there is something for it to do.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, not dense)
        self.set_cached(True)

    def set_cached(self, wanted: bool) -> None:
        """Cache edges as pictures, or draw them as lines each time."""
        if self.dense:
            self.setCacheMode(_CACHE if wanted else _NO_CACHE)
        elif not wanted:
            self._cache_lines(np.ones_like(self._moved))

    def lock(self) -> None:
        """Disable hovering over edges, as each represents more than a single weight."""
        self._rows = {}

    def _curve(self, i: int, j: int) -> QPainterPath:
        y0, y1 = float(self._y0[i, j]), float(self._y1[i, j])
        middle = (self._x0 + self._x1) / 2
        path = QPainterPath(QPointF(self._x0, y0))
        path.cubicTo(middle, y0, middle, y1, self._x1, y1)
        return path

    # -- What is shown -----------------------------------------------------------------------------

    def shown_weights(self, matrix: FloatArray) -> FloatArray:
        """Return the part of a layer's W that is drawn."""
        if matrix.shape == self.weights.shape:
            return matrix
        return matrix[np.ix_(self.source.units, self.target.units)]

    def show_weights(
        self,
        weights: FloatArray,
        strongest: float,
        cap_px: float,
        dead: set[tuple[int, int]],
    ) -> bool:
        """Show the drawn part of W; return whether it looks different.

        Parameters
        ----------
        weights
            Shape (rows, units), from `shown_weights`.
        strongest
            The largest magnitude of a weight in the whole drawing, which sets the scale of the
            widths.
        cap_px
            Maximum width of the strongest edge.
        dead
            Dead units, as (layer, unit).
        """
        size = sizes(weights)
        scale = min(PX_PER_WEIGHT, (cap_px - THINNEST_PX) / max(strongest, 1e-12))
        if self.thin_out:
            scale = (cap_px - THINNEST_PX) / max(float(size.max(initial=0.0)), 1e-12)
        keys = np.rint((THINNEST_PX + scale * size) * WIDTH_STEPS).astype(np.int32) * 4
        keys += 2 * (weights < 0)
        keys *= weights != 0  # without a sign
        if dead:
            keys[[(self.layer - 1, row) in dead for row in self.source.units]] |= 1
            keys[:, [(self.layer, unit) in dead for unit in self.target.units]] |= 1
        if self.thin_out:
            keys[~visible_edges(size)] = -1
        self.weights = weights
        changed = keys != self._keys
        self._cache_lines(changed)
        if not changed.any():
            return False
        self._keys = keys
        self._show_lines(changed)
        if self.marks != EdgeMarks():
            self._show_marks()
        return True

    def mark(self, marks: EdgeMarks) -> None:
        """Mark edges."""
        if marks != self.marks:
            self.marks = marks
            self._show_marks()

    def restyle(self) -> None:
        """Apply the active theme."""
        self._pens.clear()
        self._show_lines(self._keys >= 0)
        self._show_marks()
        self.update()

    def _show_marks(self) -> None:
        """Draw pins on pinned edges, and a halo or ring under marked ones."""
        marks, accent, ground = self.marks, active().acc, getattr(active(), self._ground)
        pinned = map(self._index, marks.pinned)
        self._pins.show_pins(
            [self._paths[i][j].pointAtPercent(0.5) for i, j in filter(None, pinned)]
        )
        halos = (
            (marks.hovered, mixed(active().t1, ground, HALO_ALPHA), HALO_PX),
            (marks.selected, mixed(accent, ground, 0.35), HALO_PX),
            (marks.current, QColor(accent), HALO_PX),
            (marks.current, QColor(ground), HALO_PX - 2),
        )
        for name, (edges, colour, beside_px) in zip(HALOS, halos, strict=True):
            path = QPainterPath()
            path.setFillRule(Qt.FillRule.WindingFill)
            for i, j in filter(None, map(self._index, edges)):
                stroker = QPainterPathStroker()
                stroker.setWidth((int(self._keys[i, j]) >> 2) / WIDTH_STEPS + 2 * beside_px)
                stroker.setCapStyle(Qt.PenCapStyle.FlatCap)
                path.addPath(stroker.createStroke(self._paths[i][j]))
            if path.isEmpty():
                self._halos.hide(name)
            else:
                self._halos.show_path(name, path, fill=colour)

    def _make_lines(self) -> list[list[QGraphicsPathItem]]:
        lines = [[QGraphicsPathItem(path, self) for path in paths] for paths in self._paths]
        for line in itertools.chain.from_iterable(lines):
            line.hide()
        return lines

    def _show_lines(self, changed: np.ndarray) -> None:
        """Draw edges that are separate items, by their keys."""
        if not self._lines:
            return
        for i, j in np.argwhere(changed).tolist():
            line, key = self._lines[i][j], int(self._keys[i, j])
            line.setVisible(key >= 0)
            if key >= 0:
                line.setPen(self._pen(key))

    def _cache_lines(self, changed: np.ndarray) -> None:
        """Let Qt cache only the lines at rest.

        The units' pictures change in every frame, and all items that touch them are redrawn;
        stroking the lines takes more than half of that time, copying cached ones almost none.
        """
        if not self._lines or not (changed.any() or self._moved.any()):
            return
        for i, j in np.argwhere(changed & ~self._moved).tolist():
            self._lines[i][j].setCacheMode(_NO_CACHE)
        for i, j in np.argwhere(self._moved & ~changed).tolist():
            self._lines[i][j].setCacheMode(_CACHE)
        self._moved = changed

    # -- Finding -----------------------------------------------------------------------------------

    def distance(self, point: QPointF) -> tuple[float, WeightAt | None]:
        """Return the nearest drawn edge and its distance in scene pixels."""
        u = (point.x() - self._x0) / (self._x1 - self._x0)
        if not 0.0 <= u <= 1.0 or not self.weights.size or not self._rows:
            return np.inf, None
        t = float(np.interp(u, _X_OF_T, _T))
        rise = self._y1 - self._y0
        run = (self._x1 - self._x0) * (1.5 - 3 * t + 3 * t * t)
        slope = rise * (6 * t * (1 - t)) / run
        away = np.abs(point.y() - self._y0 - rise * (3 * t * t - 2 * t**3)) / np.hypot(1.0, slope)
        width = (self._keys >> 2) / WIDTH_STEPS
        away = np.where(self._keys < 0, np.inf, np.maximum(away - width / 2, 0.01 * away))
        i, j = (int(n) for n in np.unravel_index(int(np.argmin(away)), away.shape))
        at = WeightAt(self.layer, self.source.units[i], self.target.units[j])
        return float(away[i, j]), at

    def places(self) -> list[WeightAt]:
        """Return every drawn edge."""
        return self._places(self._keys >= 0)

    def _places(self, which: np.ndarray) -> list[WeightAt]:
        rows, units = self.source.units, self.target.units
        places = np.argwhere(which).tolist() if self._rows else []
        return [WeightAt(self.layer, rows[i], units[j]) for i, j in places]

    def point(self, row: int, unit: int, t: float = 0.5) -> QPointF | None:
        """Return a point of an edge in the scene, ``None`` if it is not drawn."""
        i, j = self._rows.get(row), self._units.get(unit)
        if i is None or j is None:
            return None
        return self._paths[i][j].pointAtPercent(t)

    def within(self, area: QRectF) -> list[WeightAt]:
        """Return the drawn edges whose midpoints lie in `area`."""
        x, y = (self._x0 + self._x1) / 2, (self._y0 + self._y1) / 2
        is_across = area.left() < x < area.right()
        return self._places(is_across & (y > area.top()) & (y < area.bottom()) & (self._keys >= 0))

    # -- Drawing -----------------------------------------------------------------------------------

    def _pen(self, key: int) -> QPen:
        pen = self._pens.get(key)
        if pen is None:
            theme = active()
            strength = PALE if key & 1 else DENSE_STRENGTH if self.thin_out else STRENGTH
            width = (key >> 2) / WIDTH_STEPS
            sign = theme.neg if key & 2 else theme.pos if width else theme.runs
            colour = mixed(sign, getattr(theme, self._ground), strength)
            width = width or THINNEST_PX
            pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            if key & 2:
                pen.setDashPattern([max(4.5, 1.1 * width) / width, max(3.0, 0.8 * width) / width])
            self._pens[key] = pen
        return pen

    def _index(self, edge: tuple[int, int]) -> tuple[int, int] | None:
        """Return an edge's index in the drawn part of W, ``None`` if it is not drawn."""
        i, j = self._rows.get(edge[0]), self._units.get(edge[1])
        return None if i is None or j is None or self._keys[i, j] < 0 else (i, j)

    def boundingRect(self) -> QRectF:
        """Return the area between the two columns."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the edges that are not separate items."""
        started = time.perf_counter()
        for paths, keys in zip(self._paths, self._keys.tolist(), strict=True):
            for path, key in zip(paths, keys, strict=True):
                if key >= 0:
                    painter.setPen(self._pen(key))
                    painter.drawPath(path)
        self.drawn_at_s = time.perf_counter()
        self.paint_s = self.drawn_at_s - started


def mixed(colour: str, ground: str, strength: float) -> QColor:
    """Return `colour` blended with `ground` at the given opacity.

    An opaque stroke is drawn five times faster than a translucent one.
    """
    over, under = QColor(colour), QColor(ground)
    rest = 1.0 - strength
    return QColor.fromRgbF(
        strength * over.redF() + rest * under.redF(),
        strength * over.greenF() + rest * under.greenF(),
        strength * over.blueF() + rest * under.blueF(),
    )


def sizes(weights: FloatArray) -> FloatArray:
    """Return the magnitude of each weight; 0 for NaN."""
    size = np.abs(weights)
    return size if np.isfinite(size).all() else np.abs(np.nan_to_num(weights))
