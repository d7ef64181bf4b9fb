"""A view that zooms, pans, fits and draws the background."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView

from gui.build_tab.network_view.scene import NetworkScene
from gui.theme import active
from model.places import Target

DOT_STEP_PX = 20
SMALLEST_ZOOM, LARGEST_ZOOM, ZOOM_STEP, WHEEL_ZOOM = 0.2, 4.0, 1.25, 1.15
SEEN_BESIDE_PX, LEGIBLE_ZOOM = 8, 0.8
"""Margin when scrolling a range into view; minimum zoom to fit the width before scrolling."""


class ZoomView(QGraphicsView):
    """A network's scene at any scale.

    Attributes
    ----------
    is_fitted
        Whether the whole drawing is kept in view when the size changes.
    has_dots
        Whether the background has a dot every 20 pixels.

    Signals
    -------
    resized(), zoomed()
        The size, or the part of the drawing in view, changed.
    """

    resized = Signal()
    zoomed = Signal()

    def __init__(self, scene: NetworkScene) -> None:
        super().__init__(scene)
        self.network_scene = scene
        self._pan_from: QPoint | None = None
        self.is_fitted = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        # The ground fills the viewport, so nothing behind it need be painted with every frame.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.has_dots = True
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)

    @property
    def zoom(self) -> float:
        """The scale of the drawing, 1 for its natural size."""
        return self.transform().m11()

    def viewport_point(self, target: Target | None) -> QPoint:
        """Return a target's position in the viewport."""
        scene = self.network_scene
        return self.mapFromScene(QPointF() if target is None else scene.anchor(target))

    def zoom_by(self, factor: float, about: QPoint | None = None) -> None:
        """Zoom, from a fifth to four times the natural size.

        The point `about`, in viewport pixels, stays in place; ``None`` means the centre.
        """
        about = self.viewport().rect().center() if about is None else about
        fixed = self.mapToScene(about)
        self._set_zoom(min(max(self.zoom * factor, SMALLEST_ZOOM), LARGEST_ZOOM))
        self._scroll_by(self.mapFromScene(fixed) - about)
        self.is_fitted = False
        self.zoomed.emit()

    def fit(self) -> None:
        """Show the whole drawing, at most at its natural size and never too small to read.

        A drawing that is still too wide scrolls sideways, and keeps its scroll position.
        """
        self.is_fitted = True
        room, drawing = self.viewport().rect(), self.sceneRect()
        if drawing.isEmpty() or room.isEmpty():
            return
        across = max(room.width() / drawing.width(), LEGIBLE_ZOOM)
        scrolled = self.horizontalScrollBar().value()
        self._set_zoom(min(1.0, across, room.height() / drawing.height()))
        self.centerOn(drawing.center())
        if drawing.width() * self.zoom > room.width() + 1:
            self.horizontalScrollBar().setValue(scrolled)
        self.zoomed.emit()

    def _set_zoom(self, scale: float) -> None:
        if abs(scale - self.zoom) > 1e-9:
            self.scale(scale / self.zoom, scale / self.zoom)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw the background, with a dot every 20 pixels."""
        theme, area = active(), QRectF(rect)
        painter.fillRect(area, QColor(getattr(theme, self.network_scene.ground)))
        if not self.has_dots:
            return
        painter.setPen(QColor(theme.grat))
        left = int(area.left() // DOT_STEP_PX) * DOT_STEP_PX
        top = int(area.top() // DOT_STEP_PX) * DOT_STEP_PX
        painter.drawPoints(
            [
                QPoint(x, y)
                for x in range(left, int(area.right()) + 1, DOT_STEP_PX)
                for y in range(top, int(area.bottom()) + 1, DOT_STEP_PX)
            ]
        )

    # -- Pan ---------------------------------------------------------------------------------------

    @property
    def is_panning(self) -> bool:
        """Whether the drawing follows the pointer."""
        return self._pan_from is not None

    def begin_pan(self, point: QPoint) -> None:
        """Start moving the drawing with the pointer from a point of the viewport."""
        self._pan_from = point
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def pan_to(self, point: QPoint) -> None:
        """Move the drawing with the pointer."""
        assert self._pan_from is not None
        moved, self._pan_from = point - self._pan_from, point
        self.is_fitted = False
        self._scroll_by(-moved)
        self.zoomed.emit()

    def _scroll_by(self, by: QPoint) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + by.x())
        down.setValue(down.value() + by.y())

    def show_across(self, left: int, right: int) -> None:
        """Scroll sideways until the range between two viewport positions is visible."""
        beyond = max(right + SEEN_BESIDE_PX - self.viewport().width(), 0)
        self._scroll_by(QPoint(min(beyond, left) or min(left - SEEN_BESIDE_PX, 0), 0))

    def end_pan(self) -> None:
        """Stop moving the drawing."""
        self._pan_from = None
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, otherwise scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            delta = event.angleDelta().y() or event.angleDelta().x()
            self.zoom_by(WHEEL_ZOOM ** (delta / 120), event.position().toPoint())
            event.accept()
            return
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        if down.maximum() == down.minimum() and event.angleDelta().x() == 0:
            # The wheel goes the only way there is.
            across.setValue(across.value() - event.angleDelta().y())
            event.accept()
        else:
            super().wheelEvent(event)
        self.zoomed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Update the layout."""
        super().resizeEvent(event)
        self.resized.emit()
