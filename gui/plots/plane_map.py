"""The decision map: the network's answers over two inputs, with the examples.

A painted widget instead of a pyqtgraph plot: its range follows the data and is never panned, its
image is 2,500 colours stretched smoothly, and its points are a cached picture, so that an update
during training costs well under a millisecond.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from gui.format import show_number
from gui.plots.axes import cosmetic_pen, for_device
from gui.plots.plane_axes import UNSCALED, PlaneAxes
from gui.plots.points import PointLayer, Points, Spot
from gui.theme import active
from gui.widgets.accessible import AccessibleItem
from gui.widgets.panel import Panel
from model.experiment import FloatArray
from model.metrics import RIGHT

_ACCESSIBLE_PX = 12
"""Side of a point's rectangle for screen readers."""


class PlaneMap(Panel):
    """A plot of a field over the plane with level lines and points.

    Subclasses handle the pointer in :meth:`pointed`, :meth:`pressed`, :meth:`dragged` and
    :meth:`released`, and paint more in :meth:`paint_under_points` and :meth:`paint_over_points`.

    Attributes
    ----------
    outcomes
        Outcome of each point, see :func:`model.metrics.outcomes`.

    Signals
    -------
    ground_moved()
        The margins for numbers and names changed, and with them the field's rectangle.
    """

    ground_moved = Signal()

    def __init__(self) -> None:
        super().__init__("plane_map")
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # Not fixed, which would keep the height of the hint at every width.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.layer = PointLayer()
        self._axes = PlaneAxes()
        self._colours = np.zeros((1, 1), dtype=np.uint32)
        self._image = QImage()
        self._segments = QPainterPath()
        self.outcomes = np.full(0, RIGHT)
        self._marked: tuple[float, float] | None = None
        self._used: tuple[tuple[float, float], ...] = ()
        self._margin_lines = QPainterPath()
        self._cursor: tuple[float, float] | None = None
        self._is_pressed = False

    # -- What is shown -----------------------------------------------------------------------------

    def show_plane(
        self,
        bounds: tuple[float, float, float, float],
        names: tuple[str, str],
        units: tuple[tuple[float, float], tuple[float, float]] = (UNSCALED, UNSCALED),
    ) -> None:
        """Set the axes, see :class:`PlaneAxes`; an empty second name hides y's numbers."""
        axes = self._axes
        if (bounds, names, units) != (axes.bounds, axes.names, axes.units):
            axes.bounds, axes.names, axes.units = bounds, names, units
            self._make_room_for_numbers()
            self.layer.invalidate()
            self.update()

    def show_field(
        self, colours: np.ndarray, segments: FloatArray, margins: FloatArray | None = None
    ) -> None:
        """Set colours (side, side), row 0 at the bottom, and level lines in grid steps.

        Parameters
        ----------
        colours
            0xAARRGGBB, shape (side, side).
        segments, margins
            Level lines, shape (segments, 2, 2); those of the margin are drawn dashed.
        """
        side = colours.shape[0]
        if self._colours.shape != colours.shape:
            self._colours = np.empty_like(colours)
            self._image = QImage(
                self._colours.data, side, side, 4 * side, QImage.Format.Format_RGB32
            )
        self._colours[:] = colours
        self._segments = _path(segments, side)
        self._margin_lines = QPainterPath() if margins is None else _path(margins, side)
        self.update()

    def show_points(self, points: Points | None) -> None:
        """Set the points."""
        self.layer.show(points)
        self.outcomes = np.full(0 if points is None else len(points.x), RIGHT)
        self.update()

    def show_outcomes(self, outcomes: np.ndarray) -> None:
        """Set the outcome of each point, shown as a ring; see :func:`model.metrics.outcomes`."""
        self.outcomes = outcomes
        self.update()

    def mark(self, place: tuple[float, float] | None) -> None:
        """Mark the chosen row's point."""
        self._marked = place
        self.update()

    def mark_used(self, places: tuple[tuple[float, float], ...]) -> None:
        """Mark the rows of the last single step."""
        self._used = places
        self.update()

    def show_cursor(self, place: tuple[float, float] | None) -> None:
        """Draw the keyboard cursor at a point; ``None`` hides it."""
        self._cursor = place
        self.update()

    def set_most(self, side_px: int) -> None:
        """Limit the map's side, as in the narrow window."""
        if side_px != self._axes.most_px:
            self._axes.most_px = side_px
            self.updateGeometry()

    def _make_room_for_numbers(self) -> None:
        if self._axes.make_room(self.width()):
            self.updateGeometry()
            self.ground_moved.emit()

    # -- Geometry ----------------------------------------------------------------------------------

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Lowest and highest x, then y, in data units."""
        return self._axes.bounds

    @property
    def ground(self) -> QRectF:
        """The field's rectangle in this widget's pixels."""
        return self._axes.area(self.size())

    def hasHeightForWidth(self) -> bool:
        """Return true, to keep the map square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of a square map with its axis."""
        return self._axes.height_for(width)

    def sizeHint(self) -> QSize:
        """Return the size in the wide window."""
        return QSize(292, self.heightForWidth(292))

    def to_px(self, x: float, y: float) -> QPointF:
        """Return the pixel position of a point of the plane."""
        return self._axes.to_px(self.ground, x, y)

    def to_plane(self, at: QPointF) -> tuple[float, float]:
        """Return the point of the plane under a pixel, clamped to the map."""
        return self._axes.to_plane(self.ground, at)

    # -- Screen readers ----------------------------------------------------------------------------

    def accessible_items(self) -> range:
        """Return the indices of all points."""
        return range(0 if self.layer.points is None else len(self.layer.points.x))

    def describe_item(self, part: int) -> AccessibleItem | None:
        """Return a point's description for screen readers, and its rectangle."""
        points = self.layer.points
        if points is None or part >= len(points.x):
            return None
        x, y = float(points.x[part]), float(points.y[part])
        said = [self.place_words(x, y), *self.point_words(part)]
        centre = self.to_px(x, y).toPoint()
        half = QPoint(_ACCESSIBLE_PX // 2, _ACCESSIBLE_PX // 2)
        return AccessibleItem(
            ", ".join(said), QRect(centre - half, QSize(_ACCESSIBLE_PX, _ACCESSIBLE_PX))
        )

    def place_words(self, x: float, y: float) -> str:
        """Return a position of the plane in words: "x₁ 0, x₂ 1"."""
        axes = zip(self._axes.names, self._axes.units, (x, y), strict=True)
        return ", ".join(
            f"{name} {show_number(at * spread + offset, 3)}"
            for name, (offset, spread), at in axes
            if name
        )

    def point_words(self, index: int) -> list[str]:
        """Return further descriptions of a point; for subclasses."""
        return []

    # -- Painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, graticule, level lines, points and axes."""
        theme = active()
        ground = self.ground
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.bg1))
        painter.save()
        painter.setClipRect(ground)
        if not self._image.isNull():
            # Nodes lie in the middle of the image's cells, and the first and last on the edges.
            cells = 2 * max(1, self._image.width() - 1)
            across, up = ground.width() / cells, ground.height() / cells
            painter.translate(ground.left(), ground.bottom())
            painter.scale(1, -1)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            spread = QRectF(-across, -up, ground.width() + 2 * across, ground.height() + 2 * up)
            painter.drawImage(spread, self._image)
            painter.scale(1, -1)
            painter.translate(-ground.left(), -ground.bottom())
        self._axes.paint_graticule(painter, ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_under_points(painter, ground)
        self._paint_lines(painter, ground)
        self.layer.paint(painter, ground, self.bounds, self.outcomes, self.devicePixelRatioF())
        self._paint_used(painter)
        self._paint_mark(painter)
        self.paint_over_points(painter, ground)
        self._paint_cursor(painter)
        painter.restore()
        focused = self._cursor is not None
        painter.setPen(QPen(QColor(theme.acc), 2) if focused else QColor(theme.line2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(ground.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._axes.paint_texts(painter, ground)

    def paint_under_points(self, painter: QPainter, ground: QRectF) -> None:
        """Paint on the field beneath the points, clipped to `ground`."""

    def paint_over_points(self, painter: QPainter, ground: QRectF) -> None:
        """Paint over the points."""

    def _paint_lines(self, painter: QPainter, ground: QRectF) -> None:
        if self._segments.isEmpty() and self._margin_lines.isEmpty():
            return
        solid, dashed = cosmetic_pen(active().t1, 1.6), cosmetic_pen(active().t1, 1.0, (3.0, 3.0))
        solid.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.save()
        painter.translate(ground.left(), ground.bottom())
        painter.scale(ground.width(), -ground.height())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(for_device(solid, painter))
        painter.drawPath(self._segments)
        painter.setPen(for_device(dashed, painter))
        painter.drawPath(self._margin_lines)
        painter.restore()

    def _paint_cursor(self, painter: QPainter) -> None:
        if self._cursor is None:
            return
        centre = self.to_px(*self._cursor)
        for colour, width in ((active().bg1, 4.0), (active().t1, 1.6)):
            painter.setPen(QPen(QColor(colour), width))
            for across, up in ((8.0, 0.0), (0.0, 8.0)):
                painter.drawLine(
                    QPointF(centre.x() - across, centre.y() - up),
                    QPointF(centre.x() + across, centre.y() + up),
                )

    def _paint_used(self, painter: QPainter) -> None:
        """Draw a square around each row of the last step; the chosen one has a circle."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place in self._used:
            centre, half = self.to_px(*place), max(8.0, self.layer.radius_at(*place) + 3.0)
            area = QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
            for colour, width in ((active().bg1, 3.4), (active().acc, 1.6)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(area)

    def _paint_mark(self, painter: QPainter) -> None:
        if self._marked is None:
            return
        centre = self.to_px(*self._marked)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = max(9.0, self.layer.radius_at(*self._marked) + 4.0)
        for colour, width in ((active().bg1, 4), (active().acc, 2)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(centre, radius, radius)

    # -- Pointer -----------------------------------------------------------------------------------

    def pointed(self, under: int) -> None:
        """Handle the pointer over a point, by its index; -1 for none."""

    def pressed(self, x: float, y: float) -> None:
        """Handle a press of the left button, in data units."""

    def dragged(self, x: float, y: float) -> None:
        """Handle a drag, in data units."""

    def released(self) -> None:
        """Handle the end of a press."""

    def under(self, at: QPointF) -> int:
        """Return the index of the point under a pixel, or -1."""
        return self.layer.nearest(*self.to_plane(at), self._per_px)

    def spot_under(self, at: QPointF) -> Spot | None:
        """Return the spot under a pixel, ``None`` if there is none."""
        return self.layer.spot_at(*self.to_plane(at), self._per_px)

    @property
    def _per_px(self) -> tuple[float, float]:
        """Data units per pixel, across and up."""
        x_low, x_high, y_low, y_high = self.bounds
        ground = self.ground
        return (x_high - x_low) / ground.width(), (y_high - y_low) / ground.height()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press with the left button."""
        if event.button() == Qt.MouseButton.LeftButton and self.ground.contains(event.position()):
            self._is_pressed = True
            self.pressed(*self.to_plane(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag while the button is pressed, otherwise point."""
        if self._is_pressed:
            self.dragged(*self.to_plane(event.position()))
        else:
            is_on_map = self.ground.contains(event.position())
            self.pointed(self.under(event.position()) if is_on_map else -1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a press."""
        if self._is_pressed and event.button() == Qt.MouseButton.LeftButton:
            self._is_pressed = False
            self.released()

    def leaveEvent(self, event: QEvent) -> None:
        """Clear the pointed index."""
        self.pointed(-1)
        super().leaveEvent(event)

    def refit(self) -> None:
        """Redraw the points for the new size."""
        self.layer.invalidate()
        self._make_room_for_numbers()


def _path(segments: FloatArray, side: int) -> QPainterPath:
    """Return segments in grid steps as a path in the unit square."""
    if len(segments) == 0:
        return QPainterPath()
    ends = segments.reshape(-1, 2) / (side - 1)
    path = QPainterPath()
    for x1, y1, x2, y2 in ends.reshape(-1, 4).tolist():
        path.moveTo(x1, y1)
        path.lineTo(x2, y2)
    return path
