"""The drawing itself: items made once for a structure, then only shown new numbers."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from gui.build.canvas.edges_item import EdgesItem
from gui.build.canvas.folding import FOLD_ABOVE
from gui.build.canvas.layout import NetworkLayout
from gui.build.canvas.looks import Captions, LookMaker, bias_range, picture_side
from gui.build.canvas.pictures import HIDDEN_GAIN, Sheet, input_maps, normalise_output, unit_scale
from gui.build.canvas.targets import Target, UnitAt, WeightAt
from gui.build.canvas.unit_item import StackItem, UnitItem
from gui.build.state import MAP_SIDE, BuildState
from gui.theme import active
from model.experiment import FloatArray

__all__ = ["NetworkScene"]

EDGE_REACH_PX = 6.0
MANY_EDGES, LARGEST_SHARE = 150, 0.25
WIDEST_EDGE_PX, WIDEST_DENSE_PX, WIDEST_FOLDED_PX = 9.0, 5.0, 3.6


class NetworkScene(QGraphicsScene):
    """Units and edges of one network.

    Attributes
    ----------
    layout_
        Where everything lies; ``None`` before the first network.
    units
        The unit items by place.
    edges
        One item a gap, by the layer it leads into.
    hovered, current, is_ringed, selected, highlighted
        Marks. `current` is where the keyboard is, ringed only if it came there by the keyboard.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.layout_: NetworkLayout | None = None
        self.units: dict[UnitAt, UnitItem] = {}
        self.edges: dict[int, EdgesItem] = {}
        self.stacks: dict[int, StackItem] = {}
        self.hovered: Target | None = None
        self.current: Target | None = None
        self.is_ringed = False
        self.selected: frozenset[Target] = frozenset()
        self.highlighted: UnitAt | None = None
        self.captions: Captions = {}
        self._state: BuildState | None = None
        self._names: dict[UnitAt, str] = {}
        self._sheet: Sheet | None = None
        self._weights: tuple[FloatArray, ...] = ()
        self._biases: tuple[FloatArray, ...] = ()

    # -- Structure ---------------------------------------------------------------------------------

    def build(self, state: BuildState, layout: NetworkLayout) -> None:
        """Make the items for a layout and show the state's numbers."""
        self.clear()
        self.units, self.edges, self.stacks, self._names = {}, {}, {}, {}
        self.layout_ = layout
        self.setSceneRect(0, 0, layout.width, layout.height)
        columns = layout.columns
        for source, target in itertools.pairwise(columns):
            thin_out = (
                source.folded > 0
                or target.folded > 0
                or max(len(source.units), len(target.units)) > FOLD_ABOVE
            )
            edges = EdgesItem(source, target, thin_out)
            self.edges[target.layer] = edges
            self.addItem(edges)
        for column in columns:
            for unit, y in zip(column.units, column.ys, strict=True):
                at = UnitAt(column.layer, unit)
                self.units[at] = UnitItem(at, column, y, column is columns[-1])
                self.addItem(self.units[at])
            if column.folded:
                self.stacks[column.layer] = StackItem(column)
                self.addItem(self.stacks[column.layer])
        self._sheet = self._make_sheet(state)
        self._drop_lost_marks()
        self.show_state(state)

    def _make_sheet(self, state: BuildState) -> Sheet | None:
        side = picture_side(state)
        if state.experiment.network.inputs == 2:
            sheet, pictured = Sheet(len(self.units), MAP_SIDE), list(self.units)
        elif side and len(state.experiment.network.layers) > 1:
            hidden = range(min(2, len(state.experiment.network.layers) - 1))
            pictured = [at for at in self.units if at.layer in hidden]
            sheet = Sheet(len(pictured), side)
        else:
            return None
        for index, at in enumerate(pictured):
            source = QRectF(0, index * sheet.side, sheet.side, sheet.side)
            self.units[at].show_picture(sheet.image, source)
        return sheet

    def _drop_lost_marks(self) -> None:
        if not self.contains(self.hovered):
            self.hovered = None
        if not self.contains(self.current):
            self.current = None
        self.selected = frozenset(t for t in self.selected if self.contains(t))

    def contains(self, target: Target | None) -> bool:
        """Tell whether a target is drawn."""
        if isinstance(target, UnitAt):
            return target in self.units
        if target is None:
            return False
        if self.is_bias(target):
            return UnitAt(target.layer, target.unit) in self.units
        edges = self.edges.get(target.layer)
        return edges is not None and edges.point(target.row, target.unit) is not None

    # -- Numbers -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the numbers of a state whose structure is the one built."""
        self._state = state
        self._weights, self._biases = state.network.weights, state.network.biases
        self.show_edges()
        self._show_pictures(state)
        maker = LookMaker(state, self._biases, self.captions, self._names)
        for at, item in self.units.items():
            look = maker.look(at)
            old = item.look
            item.show_look(
                replace(look, lit=old.lit, selected=old.selected, ringed=old.ringed)
                if old.lit or old.selected or old.ringed
                else look
            )

    def show_edges(self, everything: bool = False) -> bool:
        """Show the weights; return whether a dense gap was left for a later call."""
        parts = {
            layer: item.shown_weights(self._weights[layer]) for layer, item in self.edges.items()
        }
        strongest = max((float(np.abs(w).max(initial=0.0)) for w in parts.values()), default=0.0)
        crowd = max(len(c.units) for c in self.layout_.columns) if self.layout_ else 0
        cap = WIDEST_EDGE_PX if crowd <= 6 else WIDEST_DENSE_PX
        dead = {key for key, (_, tone) in self.captions.items() if tone == "warn"}
        many = sum(item.drawn for item in self.edges.values()) > MANY_EDGES
        share = LARGEST_SHARE / max(len(self.edges), 1)
        left, now = False, time.perf_counter()
        for layer, item in self.edges.items():
            item.keep_drawing(many)
            if not everything and not item.may_draw(now, share):
                left = True
                continue
            rows = [i for i, u in enumerate(item.source.units) if (layer - 1, u) in dead]
            units = [j for j, u in enumerate(item.target.units) if (layer, u) in dead]
            width = WIDEST_FOLDED_PX if item.thin_out else cap
            if item.show_weights(parts[layer], strongest, width, rows, units):
                item.update()
        return left

    def _show_pictures(self, state: BuildState) -> None:
        if self._sheet is None:
            return
        theme = active()
        if state.maps is not None:
            self._show_maps(state, self._sheet)
        else:
            first = 0
            for values in self._pixel_weights():
                peak = np.maximum(np.abs(values).max(axis=(1, 2), keepdims=True), 1e-9)
                self._sheet.fill(first, (values / peak)[:, ::-1], theme, 1.0)
                first += len(values)
        for item in self.units.values():
            item.update()

    def _show_maps(self, state: BuildState, sheet: Sheet) -> None:
        assert state.maps is not None
        assert self.layout_ is not None
        theme = active()
        sheet.fill(0, input_maps(MAP_SIDE), theme, HIDDEN_GAIN)
        first = 2
        layers = state.experiment.network.layers
        for column in self.layout_.columns[1:]:
            maps = state.maps[column.layer]
            if column.folded:
                maps = maps[list(column.units)]
            if column.layer == len(layers) - 1:
                values, gain = normalise_output(maps, layers[-1].activation), theme.output_gain
            else:
                values, gain = maps / unit_scale(maps), HIDDEN_GAIN
            sheet.fill(first, values, theme, gain)
            first += len(maps)

    def _pixel_weights(self) -> list[FloatArray]:
        """Return the weights of the first two hidden layers over the pixels, (units, side, side).

        The second layer's are carried back through the first: ``W1 @ W2``.
        """
        assert self._sheet is not None
        assert self.layout_ is not None
        side, result = self._sheet.side, []
        carried = self._weights[0]
        for column in self.layout_.columns[1:-1][:2]:
            shown = list(column.units)
            if column.layer == 0:
                part = carried[:, shown]
            else:
                part = carried @ self._weights[column.layer][:, shown]
            result.append(part.T.reshape(len(shown), side, side))
        return result

    # -- Values asked for --------------------------------------------------------------------------

    def inputs_of(self, layer: int) -> int:
        """Return how many inputs a layer has; that number is also the row of its bias."""
        return len(self._weights[layer])

    def is_bias(self, at: WeightAt) -> bool:
        """Tell whether a weight is a bias."""
        return at.layer < len(self._weights) and at.row == self.inputs_of(at.layer)

    def has_bias(self, layer: int) -> bool:
        """Tell whether a layer has biases."""
        assert self._state is not None
        return layer >= 0 and self._state.experiment.network.layers[layer].use_bias

    def weight(self, at: WeightAt) -> float:
        """Return the present value of a weight or bias."""
        if self.is_bias(at):
            return float(self._biases[at.layer][at.unit])
        return float(self._weights[at.layer][at.row, at.unit])

    def bias_per_px(self, at: WeightAt, zoom: float) -> float:
        """Return how far a bias goes for a pixel on its rail; 0 for a weight that has no rail."""
        item = self.units.get(UnitAt(at.layer, at.unit))
        if item is None or not self.is_bias(at) or item.rail_rect().isEmpty():
            return 0.0
        return bias_range(self._biases) / (item.square.width() / 2 * zoom)

    def matrix(self, layer: int) -> FloatArray:
        """Return a layer's whole W, shape (inputs, units)."""
        return self._weights[layer]

    def is_pinned(self, at: WeightAt) -> bool:
        """Tell whether training leaves a weight alone."""
        assert self._state is not None
        return (at.row, at.unit) in self._state.experiment.network.layers[at.layer].pinned

    # -- Finding -----------------------------------------------------------------------------------

    def target_at(self, point: QPointF, scale: float) -> Target | None:
        """Return what lies under a point: a bias, a unit, or the nearest edge within reach."""
        for at, item in self.units.items():
            local = item.mapFromScene(point)
            if item.rail_rect().contains(local):
                return WeightAt(at.layer, self.inputs_of(at.layer), at.unit)
            if item.square.contains(local):
                return at
        best, found = EDGE_REACH_PX / scale, None
        for edges in self.edges.values():
            away, at_edge = edges.distance(point)
            if away <= best:
                best, found = away, at_edge
        return found

    def stack_at(self, point: QPointF) -> int | None:
        """Return the layer whose stack of undrawn units lies under a point."""
        for layer, stack in self.stacks.items():
            if stack.sceneBoundingRect().contains(point):
                return layer
        return None

    def within(self, area: QRectF) -> frozenset[Target]:
        """Return the units and edges inside a rectangle: units if there are any, else edges."""
        units = [at for at, item in self.units.items() if area.contains(item.scenePos())]
        if units:
            return frozenset(units)
        return frozenset(at for edges in self.edges.values() for at in edges.within(area))

    def anchor(self, target: Target) -> QPointF:
        """Return the point of a target where its editor belongs."""
        if isinstance(target, WeightAt) and not self.is_bias(target):
            point = self.edges[target.layer].point(target.row, target.unit, 0.5)
            if point is not None:
                return point
        item = self.units[UnitAt(target.layer, target.unit)]
        below = item.rail_rect().center() if isinstance(target, WeightAt) else QPointF()
        return item.mapToScene(below)

    # -- Marks -------------------------------------------------------------------------------------

    def show_marks(self) -> None:
        """Show hover, selection, highlight and keyboard focus."""
        lit = {t for t in (self.hovered, self.highlighted) if isinstance(t, UnitAt)}
        ringed = self.current if self.is_ringed else None
        for at, item in self.units.items():
            bias = WeightAt(at.layer, self.inputs_of(at.layer), at.unit) if at.layer >= 0 else None
            item.mark(
                at in lit or (bias is not None and bias == self.hovered),
                at in self.selected or bias in self.selected,
                ringed is not None and ringed in (at, bias),
            )
        for layer, edges in self.edges.items():
            self._mark_edges(layer, edges, lit, ringed)

    def _mark_edges(
        self, layer: int, edges: EdgesItem, lit: set[UnitAt], ringed: Target | None
    ) -> None:
        hovered = {(r, at.unit) for at in lit if at.layer == layer for r in edges.source.units}
        if isinstance(self.hovered, WeightAt) and self.hovered.layer == layer:
            hovered.add((self.hovered.row, self.hovered.unit))
        selected = {
            (t.row, t.unit) for t in self.selected if isinstance(t, WeightAt) and t.layer == layer
        }
        current = None
        if isinstance(ringed, WeightAt) and ringed.layer == layer:
            current = (ringed.row, ringed.unit)
        pinned: tuple[tuple[int, int], ...] = ()
        if self._state is not None:
            pinned = self._state.experiment.network.layers[layer].pinned
        if (hovered, selected, current, pinned) != (
            edges.hovered,
            edges.selected,
            edges.current,
            edges.pinned,
        ):
            edges.hovered, edges.selected = hovered, selected
            edges.current, edges.pinned = current, pinned
            edges.update()

    def restyle(self) -> None:
        """Draw everything in the active theme and font."""
        for item in self.units.values():
            item.forget_fonts()
        for edges in self.edges.values():
            edges.forget_colours()
        for stack in self.stacks.values():
            stack.update()
        if self._state is not None:
            self._show_pictures(self._state)

    def name(self, at: UnitAt) -> str:
        """Return a drawn unit's short name."""
        return self.units[at].look.name if at in self.units else ""
