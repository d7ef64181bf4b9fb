"""What each key does on the drawing, and where the keyboard goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent

from gui.build_tab.network_view.scene import NetworkScene
from gui.build_tab.network_view.weight_gesture import FINE_STEP, PAUSE_S, STEP
from gui.build_tab.network_view.zoom_view import ZOOM_STEP
from model.places import Target, UnitAt, WeightAt

if TYPE_CHECKING:
    from gui.build_tab.network_view.view import CanvasView

__all__ = ["Direction", "NetworkKeys", "edge_beside", "edge_step", "neighbour", "unit_in_order"]


Direction = Literal["left", "right", "up", "down"]


def unit_in_order(scene: NetworkScene, current: Target | None, step: int) -> UnitAt | None:
    """Return the unit `step` places on, layer by layer; ``None`` past either end."""
    units = list(scene.units)
    at = end_of(scene, current)
    if at is None:
        return units[0 if step > 0 else -1] if units else None
    index = units.index(at) + step
    return units[index] if 0 <= index < len(units) else None


def end_of(scene: NetworkScene, target: Target | None) -> UnitAt | None:
    """Return the unit itself, or the one that a weight leads to."""
    at = UnitAt(target.layer, target.unit) if isinstance(target, WeightAt) else target
    return at if at in scene.units else None


def neighbour(scene: NetworkScene, current: Target | None, direction: Direction) -> UnitAt | None:
    """Return the next unit up or down in its layer, or the nearest one of the layer beside."""
    at = end_of(scene, current)
    if at is None:
        return unit_in_order(scene, None, 1)
    if direction in ("up", "down"):
        layer = [u for u in scene.units if u.layer == at.layer]
        index = layer.index(at) + (1 if direction == "down" else -1)
        return layer[index] if 0 <= index < len(layer) else None
    if isinstance(current, WeightAt) and direction == "left" and not scene.is_bias(current):
        return UnitAt(current.layer - 1, current.row)
    if isinstance(current, WeightAt) and direction == "right":
        return at
    beside = at.layer + (1 if direction == "right" else -1)
    y = scene.units[at].y()
    layer = [u for u in scene.units if u.layer == beside]
    return min(layer, key=lambda u: abs(scene.units[u].y() - y), default=None)


def edge_beside(scene: NetworkScene, at: UnitAt, direction: Direction) -> WeightAt | None:
    """Return the first drawn edge that enters a unit (left) or leaves it (right)."""
    edges = _fan(scene, at, entering=direction == "left")
    return edges[0] if edges else None


def edge_step(scene: NetworkScene, current: WeightAt, step: int) -> WeightAt | None:
    """Return the edge `step` places on among those that enter the same unit, its bias last."""
    edges = _fan(scene, UnitAt(current.layer, current.unit), entering=True)
    if scene.has_bias(current.layer):
        edges.append(WeightAt(current.layer, scene.inputs_of(current.layer), current.unit))
    if current not in edges:
        return edges[0] if edges else None
    return edges[(edges.index(current) + step) % len(edges)]


def _fan(scene: NetworkScene, at: UnitAt, entering: bool) -> list[WeightAt]:
    gap = scene.edges.get(at.layer if entering else at.layer + 1)
    if gap is None:
        return []
    return [e for e in gap.places() if (e.unit if entering else e.row) == at.unit]


_ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}

_WITH_CONTROL = (
    Qt.Key.Key_0,
    Qt.Key.Key_Plus,
    Qt.Key.Key_Equal,
    Qt.Key.Key_Minus,
    Qt.Key.Key_A,
    Qt.Key.Key_Space,
)
_ON_TARGET = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


def _starts_number(text: str) -> bool:
    return len(text) == 1 and text in "0123456789-.,"


class NetworkKeys(QObject):
    """Walk the network by Tab and arrows, and change the weight the keyboard is on.

    Tab and arrows go from unit to unit; Alt with left or right goes to an edge that enters or
    leaves, Alt with up or down to the next of them. On an edge, up and down change the weight;
    Enter or a digit opens the editor, Delete sets it to 0, P pins it, Escape goes back to the unit.
    Delete removes a unit. Shift with an arrow selects the units on the way, as a rubber band does;
    Ctrl+Space selects what the keyboard is on, Ctrl+A every weight. Delete and P then are about all
    that is selected.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view

    def walk(self, step: int) -> bool:
        """Go `step` units on; return ``False`` past the last one."""
        at = unit_in_order(self._view.network_scene, self._view.network_scene.current, step)
        if at is None:
            return False
        self._view.move_to(at, by_keyboard=True)
        return True

    def wants(self, event: QKeyEvent) -> bool:
        """Tell whether a key means something here, so that no shortcut takes it."""
        scene, control = self._view.network_scene, Qt.KeyboardModifier.ControlModifier
        if event.modifiers() & control:
            return event.key() in _WITH_CONTROL
        if event.key() in _DELETE:
            return scene.current is not None or bool(scene.selected)
        if event.key() in _ARROWS or scene.current is None:
            return event.key() in _ARROWS
        if event.key() == Qt.Key.Key_Escape:
            return isinstance(scene.current, WeightAt) or bool(scene.selected)
        if event.key() == Qt.Key.Key_P:
            return isinstance(scene.current, WeightAt) or bool(scene.selected)
        is_number = isinstance(scene.current, WeightAt) and _starts_number(event.text())
        return event.key() in _ON_TARGET or is_number

    def handle(self, event: QKeyEvent) -> bool:
        """Do what the key means here; return whether it means anything."""
        current = self._view.network_scene.current
        direction = _ARROWS.get(event.key())
        if direction is not None:
            return self._on_arrow(direction, current, event.modifiers())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._on_control(event.key())
        if event.key() == Qt.Key.Key_Escape:
            return self._on_escape(current)
        if event.key() in _DELETE:
            return self._on_delete(current)
        if current is None:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(current, "")
        elif event.key() == Qt.Key.Key_P:
            return self._on_pin(current)
        elif isinstance(current, WeightAt) and _starts_number(event.text()):
            self._open(current, event.text())
        else:
            return False
        return True

    def _open(self, current: Target, text: str) -> None:
        if isinstance(current, WeightAt):
            self._view.edit_requested.emit(current, text)
        else:
            self._view.unit_clicked.emit(current)

    def _on_control(self, key: int) -> bool:
        if key == Qt.Key.Key_0:
            self._view.fit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._view.zoom_by(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self._view.zoom_by(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_Space and self._view.network_scene.current is not None:
            self._view.toggle_selected(self._view.network_scene.current)
        elif key == Qt.Key.Key_A:
            scene = self._view.network_scene
            self._view.select(frozenset(e for gap in scene.edges.values() for e in gap.places()))
        else:
            return False
        return True

    def _subject(self, current: Target | None) -> Target | None:
        """Return one of what is selected, which stands for all of it, or where the keyboard is."""
        selected = self._view.network_scene.selected
        return min(selected, key=str) if selected else current

    def _on_pin(self, current: Target) -> bool:
        """Pin what is selected, or the weight that the keyboard is on."""
        if isinstance(current, UnitAt) and not self._view.network_scene.selected:
            return False
        self._view.pin_requested.emit(self._subject(current))
        return True

    def _on_delete(self, current: Target | None) -> bool:
        """Remove units, or set weights to 0: the selection, or where the keyboard is."""
        target = self._subject(current)
        if target is None:
            return False
        units = self._view.removable_units(target)
        if units:
            self._view.removal_requested.emit(units)
        else:
            self._view.edits.zero(target)
        return True

    def _on_escape(self, current: Target | None) -> bool:
        scene = self._view.network_scene
        if isinstance(current, WeightAt):
            self._view.move_to(UnitAt(current.layer, current.unit), by_keyboard=True)
        elif scene.selected:
            self._view.select(frozenset())
        else:
            return False
        return True

    def _on_arrow(
        self, direction: Direction, current: Target | None, modifiers: Qt.KeyboardModifier
    ) -> bool:
        scene, view = self._view.network_scene, self._view
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
            view.edits.go_on(view.edits.weights_of(current), PAUSE_S)
            view.edits.change_by(step if direction == "up" else -step)
            return True
        else:
            to = neighbour(scene, current, direction)
        if to is not None:
            view.edits.end()
            if modifiers & Qt.KeyboardModifier.ShiftModifier and isinstance(current, UnitAt):
                view.select(scene.selected | {current, to})
            view.move_to(to, by_keyboard=True)
        return True
