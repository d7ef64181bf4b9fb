"""The view on the drawing: zoom, pan, pointing, and what the mouse and the keys do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QRubberBand, QToolTip

from gui.build_tab.network_view.keys import NetworkKeys
from gui.build_tab.network_view.scene import NetworkScene
from gui.build_tab.network_view.weight_gesture import FINE_STEP, PAUSE_S, STEP, WeightGesture
from gui.build_tab.network_view.zoom_view import ZoomView
from model.places import Target, UnitAt, WeightAt

__all__ = ["CanvasView"]

HOVER_MS, DRAG_FROM_PX = 250, 3
PER_PX, FINE_SHARE = 0.02, 0.1


class CanvasView(ZoomView):
    """Let a person point at, move and choose what is drawn.

    Attributes
    ----------
    describe
        Gives a target's name for its tool tip.

    Signals
    -------
    hovered(object)
        The target under the pointer, or ``None``.
    rested(object)
        The pointer has stayed on a weight for 250 ms.
    edit_requested(object, str)
        A weight was clicked, or Enter or a first character typed on it.
    pin_requested(object)
        P was pressed on a weight.
    unit_clicked(object), moved_to(object)
        A unit was clicked; the keyboard came to a target, or (``None``) left the drawing.
    menu_requested(object, QPoint)
        Right click on a target, at a global point.
    removal_requested(object)
        These units are to go: a frozenset of places.
    selection_toggled(object)
        A target came into the selection or left it.
    stack_hovered(int, bool)
        The pointer came to, or left, a layer's stack of undrawn units.
    """

    hovered = Signal(object)
    rested = Signal(object)
    edit_requested = Signal(object, str)
    pin_requested = Signal(object)
    unit_clicked = Signal(object)
    moved_to = Signal(object)
    menu_requested = Signal(object, QPoint)
    removal_requested = Signal(object)
    selection_toggled = Signal(object)
    stack_hovered = Signal(int, bool)

    def __init__(self, scene: NetworkScene, edits: WeightGesture) -> None:
        super().__init__(scene)
        self.setObjectName("network_view")
        self.edits = edits
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(False)  # a file dropped here is the window's
        self.describe: Callable[[Target], str] = str
        self._keys = NetworkKeys(self)
        self._timer = QTimer(self, singleShot=True, interval=HOVER_MS)
        self._timer.timeout.connect(self._on_rested)
        self._band: QRubberBand | None = None
        self._pressed: Target | None = None
        self._press_point = QPoint()
        self._is_dragging = False
        self._per_px = PER_PX
        self._stack: int | None = None
        scene.help_asked.connect(self._on_help_asked)

    # -- Pointing ----------------------------------------------------------------------------------

    def target_at(self, point: QPoint) -> Target | None:
        """Return what lies under a point of the viewport."""
        return self.network_scene.target_at(self.mapToScene(point), self.zoom)

    def _point_at(self, point: QPoint) -> None:
        target = self.target_at(point)
        stack = None if target else self.network_scene.stack_at(self.mapToScene(point))
        if stack != self._stack:
            if self._stack is not None:
                self.stack_hovered.emit(self._stack, False)
            self._stack = stack
            if stack is not None:
                self.stack_hovered.emit(stack, True)
        if target != self.network_scene.hovered:
            self.edits.end()
            self._hover(target)

    def _hover(self, target: Target | None) -> None:
        self.network_scene.hovered = target
        self.network_scene.show_marks()
        shape = Qt.CursorShape.ArrowCursor
        if isinstance(target, WeightAt):
            shape = Qt.CursorShape.SizeHorCursor
            self._timer.start()
        else:
            self._timer.stop()
            if target is not None:
                shape = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        self.hovered.emit(target)

    def _on_rested(self) -> None:
        target = self.network_scene.hovered
        if isinstance(target, WeightAt) and not self._is_dragging:
            self.rested.emit(target)

    def move_to(self, target: Target | None, by_keyboard: bool) -> None:
        """Make `target` the one that keys act on, ringed where the keyboard brought us there."""
        scene = self.network_scene
        if (target, by_keyboard) == (scene.current, scene.is_ringed):
            return
        scene.current, scene.is_ringed = target, by_keyboard
        scene.show_marks()
        if by_keyboard and target is not None:
            self.ensureVisible(QRectF(scene.anchor(target), QSize(1, 1)).adjusted(-60, -60, 60, 60))
        self.moved_to.emit(target)

    def forget_lost_press(self) -> None:
        """End a drag whose weight is no longer drawn."""
        if self._pressed is not None and not self.network_scene.contains(self._pressed):
            self._pressed, self._is_dragging = None, False
            self.edits.end()

    # -- Mouse -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, a selection or a pan."""
        point = event.position().toPoint()
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self.is_space_held):
            self.begin_pan(point)
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._press_point, self._is_dragging = point, False
        self._pressed = self.target_at(point)
        several = event.modifiers() & (
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        )
        if self._pressed is None:
            if not several:
                self._select(frozenset())
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
            return
        if several:
            self.toggle_selected(self._pressed)
            self._pressed = None
            return
        if self._pressed not in self.network_scene.selected:
            self._select(frozenset())
        self.move_to(self._pressed, by_keyboard=False)
        if isinstance(self._pressed, WeightAt):
            self.edits.begin(self.edits.weights_of(self._pressed))
            self._per_px = self.network_scene.bias_per_px(self._pressed, self.zoom) or PER_PX

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, stretch the selection, drag a weight, or point."""
        point = event.position().toPoint()
        if self.is_panning:
            self.pan_to(point)
        elif self._band is not None:
            self._band.setGeometry(QRect(self._press_point, point).normalized())
            self._band.show()
        elif isinstance(self._pressed, WeightAt):
            self._drag(point, event.modifiers())
        elif self._pressed is None:
            self._point_at(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what the press began; a press without a drag is a click."""
        if self.is_panning:
            self.end_pan()
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        pressed, self._pressed = self._pressed, None
        if self._band is not None:
            self._end_band(event.modifiers())
        elif isinstance(pressed, WeightAt):
            self.edits.end()
            if not self._is_dragging:
                self.edit_requested.emit(pressed, "")
        elif isinstance(pressed, UnitAt):
            self.unit_clicked.emit(pressed)
        self._is_dragging = False

    def _drag(self, point: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        moved = point.x() - self._press_point.x()
        if not self._is_dragging and abs(moved) < DRAG_FROM_PX:
            return
        if not self._is_dragging:
            self._is_dragging = True
            self._timer.stop()
        fine = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        self.edits.change_from_start(moved * self._per_px * (FINE_SHARE if fine else 1.0))

    def _end_band(self, modifiers: Qt.KeyboardModifier) -> None:
        assert self._band is not None
        area = self._band.geometry() if self._band.isVisible() else QRect()
        self._band.deleteLater()
        self._band = None
        if area.isEmpty():
            return
        found = self.network_scene.within(self.mapToScene(area).boundingRect())
        adding = modifiers & (
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        )
        self._select(self.network_scene.selected | found if adding else found)

    def _select(self, targets: frozenset[Target]) -> None:
        if targets != self.network_scene.selected:
            self.network_scene.selected = targets
            self.network_scene.show_marks()

    def select(self, targets: frozenset[Target]) -> None:
        """Select units and weights."""
        self._select(targets)

    def toggle_selected(self, target: Target) -> None:
        """Add a unit or weight to the selection, or take it out."""
        self._select(self.network_scene.selected ^ {target})
        self.selection_toggled.emit(target)

    def removable_units(self, target: Target) -> frozenset[UnitAt]:
        """Return the hidden units that go with `target`: the selected ones if it is among them."""
        scene = self.network_scene
        chosen = scene.selected if target in scene.selected else {target}
        last = max(scene.edges, default=0)
        return frozenset(t for t in chosen if isinstance(t, UnitAt) and 0 <= t.layer < last)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, change the weight under the pointer, or scroll."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        target = self.target_at(event.position().toPoint())
        zooming = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if isinstance(target, WeightAt) and delta and not zooming:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.edits.go_on(self.edits.weights_of(target), PAUSE_S)
            self.edits.change_by(delta / 120 * (FINE_STEP if fine else STEP))
            event.accept()
            return
        super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the pointer, or of where the keyboard is."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            target, at = self.target_at(event.pos()), event.globalPos()
        else:
            target = self.network_scene.current
            at = self.viewport().mapToGlobal(self.viewport_point(target))
        if target is not None:
            self.menu_requested.emit(target, at)

    def viewport_point(self, target: Target | None) -> QPoint:
        """Return where a target lies in the viewport."""
        anchor = self.network_scene.anchor(target) if target is not None else QPointF()
        return self.mapFromScene(anchor)

    # -- Keyboard ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the network and change weights by keys; Space held lets the left button pan."""
        is_space = event.key() == Qt.Key.Key_Space and not event.modifiers()
        if is_space and (event.isAutoRepeat() or self.hold_space()):
            return
        if not self._keys.handle(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Hand Space on where nothing was moved meanwhile."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            super().keyReleaseEvent(event)
        elif self.release_space() and (parent := self.parentWidget()) is not None:
            press = QKeyEvent(QEvent.Type.KeyPress, event.key(), event.modifiers(), " ")
            QApplication.sendEvent(parent, press)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab walk the units before it leaves the canvas."""
        return self._keys.walk(1 if forward else -1) or super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Start at the first unit, or the last, when Tab came here."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.move_to(None, by_keyboard=True)
            self._keys.walk(1 if event.reason() == Qt.FocusReason.TabFocusReason else -1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away; the place is kept."""
        super().focusOutEvent(event)
        self.release_space()
        self.network_scene.is_ringed = False
        self.network_scene.show_marks()
        self.moved_to.emit(None)

    # -- Events ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if self._keys.wants(event):
                event.accept()
                return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Stop pointing when the mouse leaves."""
        if self._pressed is None:
            self._point_at(QPoint(-10_000, -10_000))
        super().leaveEvent(event)

    def _on_help_asked(self, point: QPointF, at: QPoint) -> None:
        """Say in a tool tip what the pointer rests on."""
        target = self.network_scene.target_at(point, self.zoom)
        text = self.describe(target) if isinstance(target, UnitAt) else ""
        QToolTip.showText(at, text, self)
