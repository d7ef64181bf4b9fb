"""The view of the drawing: selecting and editing by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QRubberBand, QToolTip

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.neighbours import (
    Direction,
    edge_beside,
    edge_step,
    neighbour,
    unit_in_order,
)
from gui.build_tab.network_view.scene import NetworkScene
from gui.build_tab.network_view.weight_editor import WeightEditor
from gui.build_tab.network_view.weight_gesture import FINE_STEP, PAUSE_S, STEP, WeightGesture
from gui.build_tab.network_view.zoom_view import ZOOM_STEP, ZoomView
from gui.format import show_short
from gui.spoken import signs_in_words
from gui.widgets.accessible import AccessibleItem, announce, notify_focused_item
from gui.widgets.basic import ENTER, is_keyboard_focus, menu_action, named
from model.places import Target, UnitAt, WeightAt

HOVER_MS, DRAG_FROM_PX = 250, 3
PER_PX, FINE_SHARE = 0.02, 0.1

_ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
_ADDS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
"""Modifier keys for adding the pressed item to the selection."""
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)

_RETURNS = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""Focus reasons for a return after a menu or another window has closed."""


def _starts_number(text: str) -> bool:
    return len(text) == 1 and text in "0123456789-.,"


class CanvasView(ZoomView):
    """A view in which the user can hover over, select and edit the drawing.

    By mouse, a press on a weight opens its field and a drag changes it; a press on a unit chooses
    it; a drag elsewhere selects by rubber band.

    By keys, Tab and arrows move from unit to unit; Alt with left or right moves to an edge that
    enters or leaves, Alt with up or down to the next of them. On an edge, up and down change the
    weight; Enter or a digit opens its field, Delete sets it to 0, P pins it, Escape returns to the
    unit. Delete removes a unit. Shift with an arrow extends the selection, as a rubber band does;
    Ctrl+Space selects the focused item, Ctrl+A every weight. Delete and P then apply to the whole
    selection.

    Notes
    -----
    The items of a graphics view are not accessible objects, so the view describes each of them, and
    announces the one with the keyboard focus.
    """

    def __init__(self, model: BuildModel, scene: NetworkScene) -> None:
        super().__init__(scene)
        self.setObjectName("network_view")
        self._model = model
        self.edits = WeightGesture(scene, self._set_weights)
        self.editor = WeightEditor(self, self.edits, model)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(False)  # a file dropped here is the window's
        self._timer = QTimer(self, singleShot=True)
        self._timer.setInterval(HOVER_MS)
        self._timer.timeout.connect(self._on_rested)
        self._band: QRubberBand | None = None
        self._pressed: Target | None = None
        self._press_point = QPoint()
        self._is_dragging = False
        self._per_px = PER_PX
        self._was_ringed = False
        scene.help_asked.connect(self._on_help_asked)

    # -- Pointing ----------------------------------------------------------------------------------

    def target_at(self, point: QPoint) -> Target | None:
        """Return the target under a point of the viewport."""
        return self.network_scene.target_at(self.mapToScene(point), self.zoom)

    def _point_at(self, point: QPoint) -> None:
        target = self.target_at(point)
        if target != self.network_scene.hovered:
            self.edits.end()
            self._hover(target)

    def _hover(self, target: Target | None) -> None:
        self.network_scene.hovered = target
        self.network_scene.show_marks()
        shapes = Qt.CursorShape
        shape = shapes.ArrowCursor if target is None else shapes.PointingHandCursor
        self._timer.stop()
        if isinstance(target, WeightAt):
            shape = shapes.SizeHorCursor
            self._timer.start()
        self.viewport().setCursor(shape)
        self.editor.close_unless_hovered(target)
        self.report_hovered()

    def report_hovered(self) -> None:
        """Report the unit under the pointer, or with the keyboard focus."""
        scene, at = self.network_scene, self.network_scene.hovered
        if not isinstance(at, UnitAt) and scene.is_ringed:
            at = scene.current
        self._model.point_at(at if isinstance(at, UnitAt) else None)

    def _on_rested(self) -> None:
        target = self.network_scene.hovered
        if isinstance(target, WeightAt) and not self._is_dragging:
            self.editor.open_on(target, focus=False)

    def move_to(self, target: Target | None, by_keyboard: bool) -> None:
        """Make `target` the current one for keys, with a ring if reached by keyboard."""
        scene = self.network_scene
        if (target, by_keyboard) == (scene.current, scene.is_ringed):
            return
        scene.current, scene.is_ringed = target, by_keyboard
        scene.show_marks()
        if by_keyboard and target is not None:
            self.ensureVisible(QRectF(scene.anchor(target), QSize(1, 1)).adjusted(-60, -60, 60, 60))
        self.report_hovered()
        if target is not None and scene.is_ringed:
            notify_focused_item(self)
        if isinstance(target, WeightAt) and scene.is_ringed:
            self.editor.open_on(target, focus=False)

    def end_stale_drag(self) -> None:
        """End a drag whose weight is no longer drawn."""
        if self._pressed is not None and not self.network_scene.contains(self._pressed):
            self._pressed, self._is_dragging = None, False
            self.edits.end()

    # -- Mouse -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, a selection or a pan."""
        point = event.position().toPoint()
        if event.button() == Qt.MouseButton.MiddleButton:
            self.begin_pan(point)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._press_point, self._is_dragging = point, False
        self._pressed = self.target_at(point)
        adds = bool(event.modifiers() & _ADDS)
        if self._pressed is None:
            if not adds:
                self.select(frozenset())
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
            return
        if adds:
            self.toggle_selected(self._pressed)
            self._pressed = None
            return
        if self._pressed not in self.network_scene.selected:
            self.select(frozenset())
        self.move_to(self._pressed, by_keyboard=False)
        if isinstance(self._pressed, WeightAt):
            self.edits.begin(self.edits.weights_of(self._pressed))
            self._per_px = self.network_scene.bias_per_px(self._pressed, self.zoom) or PER_PX

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, extend the selection, drag a weight, or hover."""
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
        """End the press; without a drag it is a click."""
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
                if self._model.state.selection.part is not None:
                    self._model.examine(pressed)
                self.editor.open_on(pressed, focus=True)
        elif isinstance(pressed, UnitAt):
            self._choose(pressed)
        self._is_dragging = False

    def _drag(self, point: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        moved = point.x() - self._press_point.x()
        if not self._is_dragging:
            if abs(moved) < DRAG_FROM_PX:
                return
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
        self.select(self.network_scene.selected | found if modifiers & _ADDS else found)

    def select(self, targets: frozenset[Target]) -> None:
        """Select units and weights."""
        if targets != self.network_scene.selected:
            self.network_scene.selected = targets
            self.network_scene.show_marks()

    def toggle_selected(self, target: Target) -> None:
        """Add a unit or weight to the selection, or remove it."""
        self.select(self.network_scene.selected ^ {target})
        if self.network_scene.is_ringed:
            self._say(self.network_scene.describe(target))

    def _removable_units(self, target: Target) -> frozenset[UnitAt]:
        """Return the hidden units to remove with `target`: the selection if it belongs to it."""
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
            self.edits.continue_or_begin(self.edits.weights_of(target), PAUSE_S)
            self.edits.change_by(delta / 120 * (FINE_STEP if fine else STEP))
            event.accept()
            return
        super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the target under the pointer, or with the keyboard focus."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            target, at = self.target_at(event.pos()), event.globalPos()
        else:
            target = self.network_scene.current
            at = self.viewport().mapToGlobal(self.viewport_point(target))
        if target is not None:
            self._open_menu(target, at)

    # -- What is done to what is drawn -------------------------------------------------------------

    def _choose(self, at: UnitAt) -> None:
        """Choose a unit, or none if it was chosen; an open microscope follows."""
        selection = self._model.state.selection
        if selection.part is not None:
            self._model.examine(at)
        else:
            self._model.choose_unit(None if at == selection.unit else at)

    def _set_weights(self, values: Mapping[WeightAt, float], gesture: str) -> None:
        self._model.set_weights(values, gesture)
        at = self.network_scene.current
        if isinstance(at, WeightAt) and at in values and self.hasFocus():
            self._say(f"{self.network_scene.name(at)}, {show_short(values[at], 3)}")

    def _remove(self, units: frozenset[UnitAt]) -> None:
        self.select(frozenset())
        self._model.remove_units(units)
        self._say(tr("Units removed: {n}", n=len(units)))

    def _toggle_pins(self, target: Target) -> None:
        """Pin the weights of an action on `target`, or unpin them if all are pinned."""
        scene, weights = self.network_scene, self.edits.weights_of(target)
        wanted = not all(scene.is_pinned(at) for at in weights)
        self._model.toggle_pins(at for at in weights if scene.is_pinned(at) != wanted)

    def _open_menu(self, target: Target, point: QPoint) -> None:
        """Open the menu of a unit or weight at a global point."""
        scene, weights = self.network_scene, self.edits.weights_of(target)
        menu = named(QMenu(self), "weight_menu")
        add = partial(menu_action, menu)
        if weights:
            pinned = all(scene.is_pinned(at) for at in weights)
            text = tr("Unpin") if pinned else tr("Pin: training leaves it alone")
            add("pin", text, lambda: self._toggle_pins(target))
            add("zero", tr("Set to 0"), lambda: self.edits.zero(target))
        if isinstance(target, WeightAt):
            text = tr("Type a value")
            add("edit", text, lambda: self.editor.open_on(target, focus=True))
        elif target.layer >= 0:
            edges = scene.edges[target.layer].places()
            into = frozenset[Target](e for e in edges if e.unit == target.unit)
            text = tr("Select the weights into it")
            add("select_incoming", text, lambda: self.select(into))
        if target.layer >= 0:
            is_weight = isinstance(target, WeightAt)
            text = tr("See how it changes") if is_weight else tr("Look at its numbers")
            add("examine", text, lambda: self._model.open_microscope(target))
        units = self._removable_units(target)
        if units:
            several = tr("Remove {n} units", n=len(units))
            menu.addSeparator()
            text = tr("Remove unit") if len(units) == 1 else several
            add("remove_units", text, lambda: self._remove(units))
        menu.aboutToHide.connect(menu.deleteLater)
        if not menu.isEmpty():
            menu.popup(point)

    # -- Keyboard ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the network and change weights."""
        action = self._key_action(event)
        if action is None:
            event.ignore()
        else:
            action()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab visit the units before it leaves the canvas."""
        return self._walk(1 if forward else -1) or super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Start at the first or last unit on Tab; stay in place after a menu or F6."""
        super().focusInEvent(event)
        scene, reason = self.network_scene, event.reason()
        if reason in _RETURNS:
            scene.is_ringed = self._was_ringed
            scene.show_marks()
        elif reason == Qt.FocusReason.ShortcutFocusReason and scene.current is not None:
            self.move_to(scene.current, by_keyboard=True)
        elif is_keyboard_focus(event):
            self.move_to(None, by_keyboard=True)
            self._walk(-1 if reason == Qt.FocusReason.BacktabFocusReason else 1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring, keeping the place."""
        super().focusOutEvent(event)
        self._was_ringed = self.network_scene.is_ringed
        self.network_scene.is_ringed = False
        self.network_scene.show_marks()
        self.report_hovered()

    def _walk(self, step: int) -> bool:
        """Move `step` units further; return ``False`` past the last one."""
        at = unit_in_order(self.network_scene, self.network_scene.current, step)
        if at is None:
            return False
        self.move_to(at, by_keyboard=True)
        return True

    def _key_action(self, event: QKeyEvent) -> Callable[[], object] | None:
        """Return a key's action here, ``None`` if it has none."""
        scene, key = self.network_scene, event.key()
        current, selected = scene.current, scene.selected
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._control_action(key)
        if key in _ARROWS:
            return partial(self._on_arrow, _ARROWS[key], current, event.modifiers())
        # One of what is selected stands for all of it.
        subject = min(selected, key=str) if selected else current
        on_weight = current if isinstance(current, WeightAt) else None
        if key == Qt.Key.Key_Escape and on_weight:
            unit = UnitAt(on_weight.layer, on_weight.unit)
            return partial(self.move_to, unit, by_keyboard=True)
        if key == Qt.Key.Key_Escape and selected:
            return partial(self.select, frozenset())
        if key in _DELETE and subject is not None:
            return partial(self._delete, subject)
        if key == Qt.Key.Key_P and subject is not None and (on_weight or selected):
            return partial(self._toggle_pins, subject)
        if key in ENTER and isinstance(current, UnitAt):
            return partial(self._choose, current)
        if on_weight and (key in ENTER or _starts_number(event.text())):
            text = "" if key in ENTER else event.text()
            return partial(self.editor.open_on, on_weight, focus=True, text=text)
        return None

    def _control_action(self, key: int) -> Callable[[], object] | None:
        scene = self.network_scene
        actions: dict[int, Callable[[], object]] = {
            Qt.Key.Key_0: self.fit,
            Qt.Key.Key_Plus: partial(self.zoom_by, ZOOM_STEP),
            Qt.Key.Key_Equal: partial(self.zoom_by, ZOOM_STEP),
            Qt.Key.Key_Minus: partial(self.zoom_by, 1 / ZOOM_STEP),
            Qt.Key.Key_A: lambda: self.select(frozenset(scene.drawn_edges())),
        }
        if scene.current is not None:
            actions[Qt.Key.Key_Space] = partial(self.toggle_selected, scene.current)
        return actions.get(key)

    def _delete(self, target: Target) -> None:
        """Remove units, or set weights to 0."""
        units = self._removable_units(target)
        if units:
            self._remove(units)
        else:
            self.edits.zero(target)

    def _on_arrow(
        self, direction: Direction, current: Target | None, modifiers: Qt.KeyboardModifier
    ) -> None:
        scene = self.network_scene
        vertical = direction in ("up", "down")
        to: Target | None
        if modifiers & Qt.KeyboardModifier.AltModifier:
            if isinstance(current, UnitAt):
                to = edge_beside(scene, current, "left" if vertical else direction)
            elif current is not None and vertical:
                to = edge_step(scene, current, 1 if direction == "down" else -1)
            else:
                to = neighbour(scene, current, direction)
        elif isinstance(current, WeightAt) and vertical:
            step = FINE_STEP if modifiers & Qt.KeyboardModifier.ShiftModifier else STEP
            self.edits.continue_or_begin(self.edits.weights_of(current), PAUSE_S)
            self.edits.change_by(step if direction == "up" else -step)
            return
        else:
            to = neighbour(scene, current, direction)
        if to is not None:
            self.edits.end()
            if modifiers & Qt.KeyboardModifier.ShiftModifier and isinstance(current, UnitAt):
                self.select(scene.selected | {current, to})
            self.move_to(to, by_keyboard=True)

    # -- Events ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep keys used here from the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if self._key_action(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Stop hovering when the mouse leaves."""
        if self._pressed is None:
            self._point_at(QPoint(-10_000, -10_000))
        super().leaveEvent(event)

    def _on_help_asked(self, point: QPointF, at: QPoint) -> None:
        """Show a tool tip for the unit under the pointer."""
        target = self.network_scene.target_at(point, self.zoom)
        text = self.network_scene.describe(target) if isinstance(target, UnitAt) else ""
        QToolTip.showText(at, text, self)

    # -- Screen readers ----------------------------------------------------------------------------

    def accessible_items(self) -> list[Target]:
        """Return every drawn unit, layer by layer, then every edge, then every bias."""
        scene = self.network_scene
        units = sorted(scene.units, key=lambda at: (at.layer, at.unit))
        biases = (
            WeightAt(at.layer, scene.inputs_of(at.layer), at.unit)
            for at in units
            if scene.has_bias(at.layer)
        )
        return [*units, *scene.drawn_edges(), *biases]

    def describe_item(self, part: Target) -> AccessibleItem | None:
        """Return a unit's or edge's text for screen readers, and its position."""
        scene = self.network_scene
        if not scene.contains(part):
            return None
        if isinstance(part, UnitAt) and part in scene.units:
            area = scene.units[part].sceneBoundingRect()
        else:
            area = QRectF(scene.anchor(part) - QPointF(5, 5), QSize(10, 10))
        rect = self.mapFromScene(area).boundingRect()
        here = self.viewport().mapTo(self, rect.topLeft())
        has_keyboard = self.hasFocus() and part == scene.current
        return AccessibleItem(scene.describe(part), QRect(here, rect.size()), has_keyboard)

    def _say(self, text: str) -> None:
        """Announce `text` immediately, interrupting other speech."""
        announce(self, signs_in_words(text))
