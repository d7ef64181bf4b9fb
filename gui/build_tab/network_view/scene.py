"""The scene: items created once per structure and updated with new numbers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsItemGroup,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsSceneHelpEvent,
)

from foundation.text import tr
from gui.build_tab.names import activation_names, weight_name
from gui.build_tab.network_view.captions import Captions
from gui.build_tab.network_view.edges_item import EdgeMarks, Edges, EdgesItem, sizes
from gui.build_tab.network_view.item_group import ItemGroup, rounded
from gui.build_tab.network_view.layout import FOLD_ABOVE, Column, NetworkLayout
from gui.build_tab.network_view.unit_item import UnitFonts, UnitItem
from gui.build_tab.network_view.unit_pictures import UnitPictures
from gui.build_tab.network_view.unit_style import UnitMarks, UnitStyles, bias_range
from gui.build_tab.state import BuildState
from gui.format import show_short
from gui.theme import CAPTION_PX, active, font
from model.experiment import FloatArray, LayerSpec
from model.places import INPUTS, Target, UnitAt, WeightAt

EDGE_REACH_PX = 6.0
REST_MS = 25
MANY_EDGES, EDGES_S, LARGEST_SHARE = 60, 0.0015, 0.2
WIDEST_EDGE_PX, WIDEST_DENSE_PX, WIDEST_FOLDED_PX = 9.0, 5.0, 3.6


class StackItem(QGraphicsItemGroup):
    """The folded units of a large layer, as a small stack with their number."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._text = f"+{column.folded}"
        self._parts = ItemGroup(self, ("third", "second", "first", "number"))
        self.setPos(column.x, column.stack_y)
        self.setZValue(1)
        self.restyle()

    def restyle(self) -> None:
        """Draw three sheets, with the number on the first, in the active theme."""
        theme = active()
        pen, ground = QPen(QColor(theme.line2)), QColor(theme.bg1)
        for name, inset, drop in (("third", 6, 8), ("second", 3, 5), ("first", 0, 2)):
            sheet = rounded(QRectF(-20 + inset, -10 + drop, 40 - 2 * inset, 14), 3)
            self._parts.show_path(name, sheet, pen, ground)
        text_font, ink = font(CAPTION_PX, 600), QColor(theme.t1)
        self._parts.show_text("number", self._text, text_font, ink, QPointF(0, -1), 0.5)


class ValueItem(QGraphicsPathItem):
    """A small card with the value of the edge under the pointer, of constant size."""

    def __init__(self) -> None:
        super().__init__()
        self._texts = ItemGroup(self, ("value",))
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(3)
        self.hide()

    def show_value(self, value: float, at: QPointF) -> None:
        """Show a value to the right of a point of the scene."""
        theme, text, text_font = active(), show_short(value, 3), font(CAPTION_PX, 600)
        width = QFontMetricsF(text_font).horizontalAdvance(text) + 10
        self.setPath(rounded(QRectF(10.5, -7.5, width - 1, 15), 3))
        self.setPen(QColor(theme.line2))
        self.setBrush(QColor(theme.bg1))
        ink = QColor(theme.t1 if value == 0 else theme.pos_text if value > 0 else theme.neg_text)
        self._texts.show_text("value", text, text_font, ink, QPointF(10 + width / 2, 0), 0.5)
        self.setPos(at)
        self.show()


class NetworkScene(QGraphicsScene):
    """The units and edges of a network.

    Attributes
    ----------
    layout_
        The current layout; ``None`` before the first network.
    ground
        The colour token of the background.
    units
        The unit items by place.
    edges
        One item per gap, by the layer into which it leads.
    hovered, current, is_ringed, selected, highlighted, terms
        Marks. `current` has the keyboard focus, with a ring only if it was reached by keyboard.
        `terms` are the units and weights of the microscope's current part.
    edited
        The weight whose editor is open; its value is not shown a second time.

    Signals
    -------
    help_asked(QPointF, QPoint)
        A tool tip is requested at a point of the scene, and of the screen.

    Notes
    -----
    A view asks its scene for tool tips. Neither the view nor a filter of its viewport may handle
    them: either would be called in Python for every frame that Qt paints, and delay training
    (docs/adr/0038-qt-paints-the-network-alone.md).
    """

    help_asked = Signal(QPointF, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.ground = "bg2"
        self.layout_: NetworkLayout | None = None
        self.units: dict[UnitAt, UnitItem] = {}
        self.edges: dict[int, EdgesItem] = {}
        self.stacks: dict[int, StackItem] = {}
        self.hovered: Target | None = None
        self.current: Target | None = None
        self.is_ringed = False
        self.selected: frozenset[Target] = frozenset()
        self.highlighted: UnitAt | None = None
        self.terms: frozenset[Target] = frozenset()
        self.edited: WeightAt | None = None
        self.captions: Captions = {}
        self._state: BuildState | None = None
        self._pictures: UnitPictures | None = None
        self._value = ValueItem()
        self._rest = QTimer(self, singleShot=True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._show_rest)

    # -- Structure ---------------------------------------------------------------------------------

    def build(self, state: BuildState, layout: NetworkLayout) -> None:
        """Create the items of a layout and show the state's numbers."""
        if state is self._state and self.layout_ and _draws_the_same(self.layout_, layout):
            self._move(layout)
            return
        self.clear()
        fonts = UnitFonts()
        self.units = {}
        for column in layout.columns:
            is_last = column is layout.columns[-1]
            for unit in column.units:
                at = UnitAt(column.layer, unit)
                self.units[at] = UnitItem(at, column, is_last, self.ground, fonts)
                self.addItem(self.units[at])
        self._lay_between(state, layout)
        self._pictures = UnitPictures(state, layout, self.units)
        self._value = ValueItem()
        self.addItem(self._value)
        self._drop_lost_marks()
        self.show_state(state, whole=True)
        if state.running:
            self.show_styles(state)

    def _lay_between(self, state: BuildState, layout: NetworkLayout) -> None:
        """Create the edges of a layout, and the stacks of units not drawn."""
        self.layout_ = layout
        self.setSceneRect(0, 0, layout.width, layout.height)
        self.edges, self.stacks = {}, {}
        for column in layout.columns:
            if column.folded:
                self.stacks[column.layer] = StackItem(column)
                self.addItem(self.stacks[column.layer])
        gaps = list(itertools.pairwise(layout.columns))
        dense = sum(len(a.units) * len(b.units) for a, b in gaps) > MANY_EDGES
        for source, target in gaps:
            largest = max(len(source.units), len(target.units))
            thin_out = source.folded > 0 or target.folded > 0 or largest > FOLD_ABOVE
            edges = EdgesItem(source, target, thin_out, dense, self.ground)
            if not state.experiment.network.layers[target.layer].kind.is_dense:
                edges.lock()
            self.edges[target.layer] = edges
            self.addItem(edges)

    def _move(self, layout: NetworkLayout) -> None:
        """Draw the same units in other places."""
        assert self._state is not None
        for item in (*self.edges.values(), *self.stacks.values()):
            self.removeItem(item)
        for column in layout.columns:
            for unit in column.units:
                self.units[UnitAt(column.layer, unit)].place(column)
        self._lay_between(self._state, layout)
        self.show_edges(everything=True)
        self._show_value()

    def _drop_lost_marks(self) -> None:
        if not self.contains(self.hovered):
            self.hovered = None
        if not self.contains(self.current):
            self.current = None
        self.selected = frozenset(t for t in self.selected if self.contains(t))

    def contains(self, target: Target | None) -> bool:
        """Return whether a target is drawn."""
        if isinstance(target, UnitAt):
            return target in self.units
        if target is None:
            return False
        if self.is_bias(target):
            return UnitAt(target.layer, target.unit) in self.units
        edges = self.edges.get(target.layer)
        return edges is not None and edges.point(target.row, target.unit) is not None

    # -- Numbers -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState, whole: bool = False) -> None:
        """Show the numbers of a state with the same structure.

        In a run, unless `whole`, the frames alternate: one shows half of the pictures, the next the
        other half and the edges. If no other frame follows within 25 ms, the rest is shown. Texts
        are left to :meth:`show_styles`.
        """
        self._state, whole = state, whole or not state.running
        # Weights that training blew up are drawn as they are, however large.
        with np.errstate(over="ignore", invalid="ignore"):
            has_new = self._pictures is not None and self._pictures.show_state(state, whole)
            if whole or not has_new:
                self.show_edges()
            if not state.running:
                self.show_styles(state)
        self._show_value()
        if whole:
            self._rest.stop()
        else:
            self._rest.start()

    def _show_rest(self) -> None:
        """Show what the last frame of a run omitted."""
        if self._state is not None:
            self.show_state(self._state, whole=True)

    def show_styles(self, state: BuildState) -> None:
        """Show the units' texts and bars."""
        styles = UnitStyles(state, self.captions)
        for at, item in self.units.items():
            item.show_style(styles.style(at))

    def show_edges(self, everything: bool = False) -> None:
        """Show the weights.

        If there are many edges, a frame draws as many gaps as its time allows, in turn;
        `everything` draws them all.
        """
        matrices = () if self._state is None else self._state.network.matrices
        parts = {layer: item.shown_weights(matrices[layer]) for layer, item in self.edges.items()}
        strongest = max((float(sizes(w).max(initial=0.0)) for w in parts.values()), default=0.0)
        crowd = max(len(c.units) for c in self.layout_.columns) if self.layout_ else 0
        widest = WIDEST_EDGE_PX if crowd <= 6 else WIDEST_DENSE_PX
        dead = {key for key, (_, tone) in self.captions.items() if tone == "warn"}
        dense = any(item.dense for item in self.edges.values())
        for layer in self._affordable_gaps() if dense and not everything else self.edges:
            item = self.edges[layer]
            width = WIDEST_FOLDED_PX if item.thin_out else widest
            if item.show_weights(parts[layer], strongest, width, dead):
                item.update()

    def _affordable_gaps(self) -> list[int]:
        """Return the gaps to draw in this frame, longest-waiting first, within the time limit."""
        now, spent_s = time.perf_counter(), 0.0
        chosen: list[int] = []
        for layer, item in sorted(self.edges.items(), key=lambda pair: pair[1].drawn_at_s):
            if item.paint_s > LARGEST_SHARE * (now - item.drawn_at_s):
                continue
            if chosen and spent_s + item.paint_s > EDGES_S:
                break
            spent_s += item.paint_s
            chosen.append(layer)
        return chosen

    # -- Values asked for --------------------------------------------------------------------------

    @property
    def _layers(self) -> tuple[LayerSpec, ...]:
        return () if self._state is None else self._state.experiment.network.layers

    @property
    def _weights(self) -> tuple[FloatArray, ...]:
        return () if self._state is None else self._state.network.weights

    @property
    def _biases(self) -> tuple[FloatArray, ...]:
        return () if self._state is None else self._state.network.biases

    def inputs_of(self, layer: int) -> int:
        """Return a layer's number of inputs, which is also the row of its bias."""
        return len(self._weights[layer])

    def is_bias(self, at: WeightAt) -> bool:
        """Return whether a weight is a bias."""
        return at.layer < len(self._weights) and at.row == self.inputs_of(at.layer)

    def has_bias(self, layer: int) -> bool:
        """Return whether a layer has biases."""
        return layer >= 0 and self._layers[layer].use_bias

    def weight(self, at: WeightAt) -> float:
        """Return the current value of a weight or bias."""
        if self.is_bias(at):
            return float(self._biases[at.layer][at.unit])
        return float(self._weights[at.layer][at.row, at.unit])

    def bias_per_px(self, at: WeightAt, zoom: float) -> float:
        """Return a bias's change per pixel on its rail; 0 for a weight without a rail."""
        item = self.units.get(UnitAt(at.layer, at.unit))
        if item is None or not self.is_bias(at) or item.rail_rect().isEmpty():
            return 0.0
        return bias_range(self._biases) / (item.square.width() / 2 * zoom)

    def is_pinned(self, at: WeightAt) -> bool:
        """Return whether a weight is pinned."""
        return (at.row, at.unit) in self._layers[at.layer].pinned

    # -- Finding -----------------------------------------------------------------------------------

    def helpEvent(self, event: QGraphicsSceneHelpEvent) -> None:
        """Pass on a request for a tool tip."""
        self.help_asked.emit(event.scenePos(), event.screenPos())
        event.accept()

    def target_at(self, point: QPointF, scale: float) -> Target | None:
        """Return the target under a point: a bias, a unit, or the nearest edge within reach."""
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

    def drawn_edges(self) -> list[WeightAt]:
        """Return every drawn edge, layer by layer."""
        return [at for _, edges in sorted(self.edges.items()) for at in edges.places()]

    def within(self, area: QRectF) -> frozenset[Target]:
        """Return the units in a rectangle, or its edges if there are none."""
        units = [at for at, item in self.units.items() if area.contains(item.scenePos())]
        if units:
            return frozenset(units)
        return frozenset(at for edges in self.edges.values() for at in edges.within(area))

    def anchor(self, target: Target) -> QPointF:
        """Return the point for a target's editor."""
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
        lit = {self.hovered, self.highlighted, *self.terms}
        ringed = {self.current} if self.is_ringed else set()
        for at, item in self.units.items():
            own: set[Target | None] = {at}
            if at.layer >= 0:
                own.add(WeightAt(at.layer, self.inputs_of(at.layer), at.unit))
            lit_here, selected, ringed_here = (bool(own & t) for t in (lit, self.selected, ringed))
            item.mark(UnitMarks(lit_here, selected, ringed_here))
        for layer, edges in self.edges.items():
            into = {
                WeightAt(layer, row, at.unit)
                for at in (self.hovered, self.highlighted)
                if isinstance(at, UnitAt) and at.layer == layer
                for row in edges.source.units
            }
            edges.mark(
                EdgeMarks(
                    hovered=self._edges_into(layer, lit | into),
                    selected=self._edges_into(layer, self.selected),
                    current=self._edges_into(layer, ringed),
                    pinned=self._layers[layer].pinned,
                )
            )
        self._show_value()

    def _edges_into(self, layer: int, targets: Iterable[Target | None]) -> Edges:
        weights = (t for t in targets if isinstance(t, WeightAt) and t.layer == layer)
        return frozenset((at.row, at.unit) for at in weights if not self.is_bias(at))

    def _show_value(self) -> None:
        """Show the value next to the edge under the pointer."""
        at = self.hovered
        if isinstance(at, WeightAt) and at != self.edited and self.contains(at):
            place = self.anchor(at)
            if self.is_bias(at):  # beside the rail: over it, it would cover tick and caption
                rail = self.units[UnitAt(at.layer, at.unit)].rail_rect()
                place += QPointF(max(0.0, 0.5 * rail.width() - 6.0), 0.0)
            self._value.show_value(self.weight(at), place)
        else:
            self._value.hide()

    @contextmanager
    def as_document(self) -> Iterator[None]:
        """Within this block, draw everything without marks and all edges as lines."""
        marks = self.hovered, self.current, self.selected, self.highlighted, self.terms
        self.hovered, self.current, self.highlighted = None, None, None
        self.selected = self.terms = frozenset()
        self.show_marks()
        self.show_edges(everything=True)
        for edges in self.edges.values():
            edges.set_cached(False)
        yield
        for edges in self.edges.values():
            edges.set_cached(True)
        self.hovered, self.current, self.selected, self.highlighted, self.terms = marks
        self.show_marks()

    def restyle(self) -> None:
        """Draw everything in the active theme and font."""
        fonts = UnitFonts()
        for item in self.units.values():
            item.restyle(fonts)
        for edges in self.edges.values():
            edges.restyle()
        for stack in self.stacks.values():
            stack.restyle()
        if self._state is not None and self._pictures is not None:
            self._pictures.show_state(self._state, whole=True)

    # -- Words -------------------------------------------------------------------------------------

    def name(self, target: Target) -> str:
        """Return the short name of a drawn unit or weight."""
        if isinstance(target, UnitAt):
            return self.units[target].style.name if target in self.units else ""
        assert self._state is not None
        return weight_name(target, self._state.experiment.network, self._state.dataset)

    def describe(self, target: Target) -> str:
        """Return the accessible name of a unit or weight, such as "h₁, ReLU, 2.66, ≈ AND"."""
        parts = [self.name(target)]
        if isinstance(target, WeightAt):
            parts.append(show_short(self.weight(target), 3))
            parts.append(tr("pinned") if self.is_pinned(target) else "")
        else:
            style, kind = self.units[target].style, tr("input")
            if target.layer != INPUTS:
                kind = activation_names()[self._layers[target.layer].activation]
            parts += [kind, style.value, style.caption]
        if target in self.selected:
            parts.append(tr("selected"))
        return ", ".join(part for part in parts if part)


def _draws_the_same(old: NetworkLayout, new: NetworkLayout) -> bool:
    """Return whether two layouts differ only in places."""

    def drawn(layout: NetworkLayout) -> list[Column]:
        return [replace(column, x=0.0, ys=(), stack_y=0.0) for column in layout.columns]

    return drawn(old) == drawn(new)
