"""Keyboard movement in the drawing: from unit to unit, and along a unit's weights."""

from __future__ import annotations

from typing import Literal

from gui.build_tab.network_view.scene import NetworkScene
from model.places import Target, UnitAt, WeightAt

Direction = Literal["left", "right", "up", "down"]


def unit_in_order(scene: NetworkScene, current: Target | None, step: int) -> UnitAt | None:
    """Return the unit `step` positions further, layer by layer; ``None`` past either end."""
    units = list(scene.units)
    at = _end_of(scene, current)
    if at is None:
        return units[0 if step > 0 else -1] if units else None
    index = units.index(at) + step
    return units[index] if 0 <= index < len(units) else None


def _end_of(scene: NetworkScene, target: Target | None) -> UnitAt | None:
    """Return the unit, or the one into which a weight leads; ``None`` if not drawn."""
    at = UnitAt(target.layer, target.unit) if isinstance(target, WeightAt) else target
    return at if at in scene.units else None


def neighbour(scene: NetworkScene, current: Target | None, direction: Direction) -> UnitAt | None:
    """Return the next unit up or down in its layer, or the nearest in an adjacent layer."""
    at = _end_of(scene, current)
    if at is None:
        return unit_in_order(scene, None, 1)
    if direction in ("up", "down"):
        step = 1 if direction == "down" else -1
        layer = [u for u in scene.units if u.layer == at.layer]
        index = layer.index(at) + step
        return layer[index] if 0 <= index < len(layer) else None
    if isinstance(current, WeightAt) and direction == "right":
        return at
    if isinstance(current, WeightAt) and not scene.is_bias(current):
        return UnitAt(current.layer - 1, current.row)
    beside = at.layer + (1 if direction == "right" else -1)
    y = scene.units[at].y()
    layer = [u for u in scene.units if u.layer == beside]
    return min(layer, key=lambda u: abs(scene.units[u].y() - y), default=None)


def edge_beside(scene: NetworkScene, at: UnitAt, direction: Direction) -> WeightAt | None:
    """Return the first drawn edge into a unit (left) or out of it (right)."""
    edges = _fan(scene, at, entering=direction == "left")
    return edges[0] if edges else None


def edge_step(scene: NetworkScene, current: WeightAt, step: int) -> WeightAt | None:
    """Return the edge `step` positions further among those into the same unit, its bias last."""
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
