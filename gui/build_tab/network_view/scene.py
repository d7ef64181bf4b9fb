"""The drawing itself: items made once for a structure, then only shown new numbers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsSceneHelpEvent,
    QStyleOptionGraphicsItem,
    QWidget,
)

from foundation.text import tr
from gui.build_tab.names import activation_names, weight_name
from gui.build_tab.network_view.captions import Captions
from gui.build_tab.network_view.edges_item import EdgeMarks, EdgesItem, sizes
from gui.build_tab.network_view.layout import FOLD_ABOVE, Column, NetworkLayout
from gui.build_tab.network_view.unit_item import UnitFonts, UnitItem
from gui.build_tab.network_view.unit_pictures import UnitPictures
from gui.build_tab.network_view.unit_style import UnitStyles, bias_range
from gui.build_tab.state import BuildState
from gui.format import show_short
from gui.theme import CAPTION_PX, active, font
from gui.widgets.painting import draw_box, write_in
from model.experiment import FloatArray
from model.places import INPUTS, Target, UnitAt, WeightAt

EDGE_REACH_PX = 6.0
REST_MS = 25
MANY_EDGES, EDGES_S, LARGEST_SHARE = 60, 0.0015, 0.2
WIDEST_EDGE_PX, WIDEST_DENSE_PX, WIDEST_FOLDED_PX = 9.0, 5.0, 3.6


class StackItem(QGraphicsItem):
    """The units of a large layer that are not drawn, as a small stack with their number."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.text = f"+{column.folded}"
        self.setPos(column.x, column.stack_y)
        self.setZValue(1)

    def boundingRect(self) -> QRectF:
        """Return the stack's area."""
        return QRectF(-24, -12, 48, 26)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw three sheets, the number on the first."""
        theme = active()
        for inset, drop in ((6, 8), (3, 5), (0, 2)):
            sheet = QRectF(-20 + inset, -10 + drop, 40 - 2 * inset, 14)
            draw_box(painter, sheet, 3, theme.bg1, theme.line2)
        write_in(painter, theme.t1, CAPTION_PX, 600)
        painter.drawText(QRectF(-20, -8, 40, 14), Qt.AlignmentFlag.AlignCenter, self.text)


class ValueItem(QGraphicsItem):
    """The value of the edge under the pointer, the same size at any zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(3)
        self.hide()

    def show_value(self, text: str, at: QPointF) -> None:
        """Show `text` at the right of a point of the scene."""
        self.prepareGeometryChange()
        self.text = text
        self.setPos(at)
        self.show()
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the label's area."""
        width = QFontMetricsF(font(CAPTION_PX, 600)).horizontalAdvance(self.text) + 10
        return QRectF(10, -8, width, 16)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the value on a small card."""
        theme, area = active(), self.boundingRect()
        draw_box(painter, area.adjusted(0.5, 0.5, -0.5, -0.5), 3, theme.bg1, theme.line2)
        tone = theme.neg_text if self.text.startswith("−") else theme.pos_text
        if not any(digit in self.text for digit in "123456789"):
            tone = theme.t1
        write_in(painter, tone, CAPTION_PX, 600)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text)


class NetworkScene(QGraphicsScene):
    """Units and edges of one network.

    Attributes
    ----------
    layout_
        Where everything lies; ``None`` before the first network.
    ground
        The token of the colour that everything is drawn on.
    units
        The unit items by place.
    edges
        One item a gap, by the layer it leads into.
    hovered, current, is_ringed, selected, highlighted, terms
        Marks. `current` is where the keyboard is, ringed only if it came there by the keyboard.
        `terms` are the units and weights that the microscope's present step is about.
    edited
        The weight whose editor is open; its value is not written a second time.

    Signals
    -------
    help_asked(QPointF, QPoint)
        A tool tip is wanted at a point of the scene, and of the screen.

    Notes
    -----
    A view asks its scene for tool tips. Neither the view nor a filter of its viewport may watch for
    them: either would be called in Python for every frame that Qt paints, and a training waits
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
        self._names: dict[UnitAt, str] = {}
        self._pictures: UnitPictures | None = None
        self._value = ValueItem()
        self._weights: tuple[FloatArray, ...] = ()
        self._biases: tuple[FloatArray, ...] = ()
        self._rest = QTimer(self, singleShot=True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._show_rest)

    # -- Structure ---------------------------------------------------------------------------------

    def build(self, state: BuildState, layout: NetworkLayout) -> None:
        """Make the items for a layout and show the state's numbers."""
        if state is self._state and self.layout_ is not None and _is_moved(self.layout_, layout):
            self._move(layout)
            return
        self.clear()
        self.units, self._names = {}, {}
        fonts = UnitFonts()
        for column in layout.columns:
            is_last = column is layout.columns[-1]
            for unit in column.units:
                at = UnitAt(column.layer, unit)
                self.units[at] = UnitItem(at, column, is_last, self.ground, fonts)
                self.addItem(self.units[at])
        self._lay_between(layout)
        self._pictures = UnitPictures(state, layout, self.units)
        self._value = ValueItem()
        self.addItem(self._value)
        self._drop_lost_marks()
        self.show_state(state, whole=True)
        if state.running:
            self.show_styles(state)

    def _lay_between(self, layout: NetworkLayout) -> None:
        """Make what lies between the units of a layout: edges, and stacks of those not drawn."""
        self.layout_ = layout
        self.setSceneRect(0, 0, layout.width, layout.height)
        columns = layout.columns
        cells = sum(len(a.units) * len(b.units) for a, b in itertools.pairwise(columns))
        dense = cells > MANY_EDGES
        self.edges, self.stacks = {}, {}
        for source, target in itertools.pairwise(columns):
            thin_out = (
                source.folded > 0
                or target.folded > 0
                or max(len(source.units), len(target.units)) > FOLD_ABOVE
            )
            edges = EdgesItem(source, target, thin_out, dense, self.ground)
            self.edges[target.layer] = edges
            self.addItem(edges)
        for column in columns:
            if column.folded:
                self.stacks[column.layer] = StackItem(column)
                self.addItem(self.stacks[column.layer])

    def _move(self, layout: NetworkLayout) -> None:
        """Draw the same units elsewhere."""
        for item in (*self.edges.values(), *self.stacks.values()):
            self.removeItem(item)
        for column in layout.columns:
            for unit in column.units:
                self.units[UnitAt(column.layer, unit)].place(column)
        self._lay_between(layout)
        self.show_edges(everything=True)
        self._show_value()

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

    def show_state(self, state: BuildState, whole: bool = False) -> None:
        """Show the numbers of a state whose structure is the one built.

        In a run the frames take turns, but where `whole`: one shows half of the pictures, the next
        the other half and the edges. A frame that no other follows within 25 ms is made whole. What
        is written is left to :meth:`show_styles`.
        """
        # Weights that training blew up are drawn as they are, however large.
        with np.errstate(over="ignore", invalid="ignore"):
            self._show_numbers(state, whole or not state.running)
        self._show_value()
        if whole or not state.running:
            self._rest.stop()
        else:
            self._rest.start()

    def _show_rest(self) -> None:
        """Show whole what the last frame of a run left out."""
        if self._state is not None:
            self.show_state(self._state, whole=True)

    def _show_numbers(self, state: BuildState, whole: bool) -> None:
        self._state = state
        self._weights, self._biases = state.network.weights, state.network.biases
        has_new = self._pictures is not None and self._pictures.show_state(
            state, self._weights, whole
        )
        if whole or not has_new:
            self.show_edges()
        if not state.running:
            self.show_styles(state)

    def show_styles(self, state: BuildState) -> None:
        """Show what is written at the units, their marks and bars."""
        styles = UnitStyles(state, self._biases, self.captions, self._names)
        for at, item in self.units.items():
            item.show_style(styles.style(at))

    def show_edges(self, everything: bool = False) -> None:
        """Show the weights.

        Where there are many edges, a frame draws as many gaps as its time allows, in turn;
        `everything` draws them all.
        """
        parts = {
            layer: item.shown_weights(self._weights[layer]) for layer, item in self.edges.items()
        }
        strongest = max((float(sizes(w).max(initial=0.0)) for w in parts.values()), default=0.0)
        crowd = max(len(c.units) for c in self.layout_.columns) if self.layout_ else 0
        cap = WIDEST_EDGE_PX if crowd <= 6 else WIDEST_DENSE_PX
        dead = {key for key, (_, tone) in self.captions.items() if tone == "warn"}
        dense = any(item.dense for item in self.edges.values())
        chosen = self._affordable_gaps() if dense and not everything else list(self.edges)
        for layer in chosen:
            item = self.edges[layer]
            rows = [i for i, u in enumerate(item.source.units) if (layer - 1, u) in dead]
            units = [j for j, u in enumerate(item.target.units) if (layer, u) in dead]
            width = WIDEST_FOLDED_PX if item.thin_out else cap
            if item.show_weights(parts[layer], strongest, width, rows, units):
                item.update()

    def _affordable_gaps(self) -> list[int]:
        """Return the gaps to draw in this frame: the longest waiting, while the time lasts."""
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

    def helpEvent(self, event: QGraphicsSceneHelpEvent) -> None:
        """Pass on that a tool tip is wanted."""
        self.help_asked.emit(event.scenePos(), event.screenPos())
        event.accept()

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
        at_hand = (self.hovered, self.current, self.highlighted, *self.selected)
        told = {target.layer for target in at_hand if target is not None}
        lit_biases = {self.hovered, *self.terms} - {None}
        for at, item in self.units.items():
            bias = WeightAt(at.layer, self.inputs_of(at.layer), at.unit) if at.layer >= 0 else None
            item.mark(
                at in lit or at in self.terms or (bias in lit_biases),
                at in self.selected or bias in self.selected,
                ringed is not None and ringed in (at, bias),
                at.layer in told,
            )
        for layer, edges in self.edges.items():
            self._mark_edges(layer, edges, lit, ringed)
        self._show_value()

    def _show_value(self) -> None:
        """Write the value beside the edge under the pointer."""
        at = self.hovered
        if isinstance(at, WeightAt) and at != self.edited and self.contains(at):
            place = self.anchor(at)
            if self.is_bias(at):  # beside the rail: over it, it would cover tick and caption
                rail = self.units[UnitAt(at.layer, at.unit)].rail_rect()
                place += QPointF(max(0.0, 0.5 * rail.width() - 6.0), 0.0)
            self._value.show_value(show_short(self.weight(at), 3), place)
        else:
            self._value.hide()

    def _mark_edges(
        self, layer: int, edges: EdgesItem, lit: set[UnitAt], ringed: Target | None
    ) -> None:
        hovered = {(r, at.unit) for at in lit if at.layer == layer for r in edges.source.units}
        if isinstance(self.hovered, WeightAt) and self.hovered.layer == layer:
            hovered.add((self.hovered.row, self.hovered.unit))
        hovered |= {
            (t.row, t.unit)
            for t in self.terms
            if isinstance(t, WeightAt) and t.layer == layer and not self.is_bias(t)
        }
        selected = {
            (t.row, t.unit) for t in self.selected if isinstance(t, WeightAt) and t.layer == layer
        }
        current = None
        if isinstance(ringed, WeightAt) and ringed.layer == layer:
            current = (ringed.row, ringed.unit)
        pinned: tuple[tuple[int, int], ...] = ()
        if self._state is not None:
            pinned = tuple(self._state.experiment.network.layers[layer].pinned)
        edges.mark(EdgeMarks(frozenset(hovered), frozenset(selected), pinned, current))

    @contextmanager
    def as_document(self) -> Iterator[None]:
        """Draw all as it is now, without marks, and every edge as a line, while this lasts."""
        marks = self.hovered, self.current, self.selected, self.highlighted, self.terms
        self.hovered, self.current, self.highlighted = None, None, None
        self.selected = self.terms = frozenset()
        self.show_marks()
        self.show_edges(everything=True)
        for edges in self.edges.values():
            edges.keep_picture(False)
        yield
        for edges in self.edges.values():
            edges.keep_picture(True)
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
            stack.update()
        if self._state is not None and self._pictures is not None:
            self._pictures.show_state(self._state, self._weights, whole=True)

    # -- Words -------------------------------------------------------------------------------------

    def name(self, target: Target) -> str:
        """Return the short name of a drawn unit or weight."""
        if isinstance(target, UnitAt):
            return self.units[target].style.name if target in self.units else ""
        assert self._state is not None
        return weight_name(target, self._state.experiment.network, self._state.dataset)

    def describe(self, target: Target) -> str:
        """Return the accessible name of a unit or weight, such as "h₁, ReLU, 2.66, ≈ AND"."""
        assert self._state is not None
        parts = [self.name(target)]
        if isinstance(target, WeightAt):
            parts.append(show_short(self.weight(target), 3))
            parts.append(tr("pinned") if self.is_pinned(target) else "")
        else:
            layers, style = self._state.experiment.network.layers, self.units[target].style
            is_input = target.layer == INPUTS
            kind = "" if is_input else activation_names()[layers[target.layer].activation]
            parts += [kind or tr("input"), style.value, style.caption]
        if target in self.selected:
            parts.append(tr("selected"))
        return ", ".join(part for part in parts if part)


def _is_moved(old: NetworkLayout, new: NetworkLayout) -> bool:
    """Tell whether a layout draws the same units, as they were, in other places."""

    def drawn(layout: NetworkLayout) -> list[Column]:
        return [replace(column, x=0.0, ys=(), stack_y=0.0) for column in layout.columns]

    return drawn(old) == drawn(new)
