"""The logic circuit that the network computes, in standard gate symbols."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
)

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import unit_name
from gui.build_tab.sources import data_name
from gui.build_tab.state import BuildState
from gui.build_tab.weight_figures import is_finite
from gui.explain import explain
from gui.format import show_integer, show_part_within
from gui.theme import BODY_PX, CAPTION_PX, active, font, icon
from gui.widgets.basic import label, tool_button
from gui.widgets.card import Card
from gui.widgets.layouts import add_parts
from gui.widgets.painting import set_text_style
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.data.gates import corners
from model.experiment import GateData
from model.insight.circuit import Circuit, GateKind, Unreadable, read_circuit
from model.insight.gates import read_gates
from model.network import Network
from model.places import INPUTS, UnitAt

_GATE_WH, _BUBBLE_PX, _NAME_PX = (34.0, 26.0), 3.0, 14.0
_ROW_PX, _CHANNEL_PX, _TRUNK_PX, _PAD_PX = 48.0, 26.0, 7.0, 6.0
_ASIDE_PX = 5.0
_MAX_DRAWN = 24
"""Limit of gates to draw; a larger circuit is shown only as a formula."""

_PICTURE_SCALE = 3.0
_MAX_NAMED = 4
_NEGATED = frozenset({"nand", "nor", "xnor", "not"})
_BACK = 0.28
"""Depth of the curved back of an OR symbol, as a share of its width."""


def _body(kind: GateKind) -> QPainterPath:
    """Return a symbol's outline, its output without the bubble at (width, 0)."""
    wide, high = _GATE_WH
    half = high / 2
    path = QPainterPath()
    if kind in ("and", "nand"):
        path.moveTo(0, -half)
        path.lineTo(wide - half, -half)
        path.arcTo(QRectF(wide - high, -half, high, high), 90, -180)
        path.lineTo(0, half)
        path.closeSubpath()
    elif kind in ("not", "buffer"):
        path.moveTo(4, -half * 0.8)
        path.lineTo(wide, 0)
        path.lineTo(4, half * 0.8)
        path.closeSubpath()
    elif kind in ("true", "false"):
        path.addRoundedRect(QRectF(8, -half * 0.8, wide - 8, 1.6 * half), 3, 3)
    else:
        path.moveTo(0, -half)
        path.cubicTo(wide * 0.5, -half, wide * 0.8, -half * 0.6, wide, 0)
        path.cubicTo(wide * 0.8, half * 0.6, wide * 0.5, half, 0, half)
        path.quadTo(2 * _BACK * wide * 0.62, 0, 0, -half)
    return path


def _pin_x(kind: GateKind, y: float) -> float:
    """Return the x where a symbol's outline begins at height `y`, from its left edge."""
    wide, high = _GATE_WH
    if kind in ("not", "buffer"):
        return 4.0
    if kind in ("and", "nand"):
        return 0.0
    share = 1.0 - (2.0 * y / high) ** 2
    bend = _BACK * wide * 0.62 * share
    return bend - (4.0 if kind in ("xor", "xnor") else 0.0)


def _pins(sources: int) -> list[float]:
    """Return the heights of a gate's pins relative to its centre."""
    reach = 7.0 if sources <= 2 else 9.0
    if sources == 1:
        return [0.0]
    return [float(y) for y in np.linspace(-reach, reach, sources)]


class CircuitDrawing(Panel):
    """A circuit, from its inputs on the left to its outputs on the right."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__("circuit_drawing")
        self.setMouseTracking(True)
        self._model = model
        self._circuit: Circuit | None = None
        self._names: Mapping[UnitAt, str] = {}
        self._lit: UnitAt | None = None
        self._columns: list[list[UnitAt]] = []
        self._places: dict[UnitAt, QPointF] = {}
        self._natural_px = 1.0

    def show_circuit(self, circuit: Circuit, names: Mapping[UnitAt, str]) -> None:
        """Show a circuit; `names` contains the names of its inputs and units."""
        self._circuit, self._names = circuit, names
        by_layer: dict[int, list[UnitAt]] = defaultdict(list)
        for node in circuit.nodes:
            by_layer[node.at.layer].append(node.at)
        reads = {source.at for node in circuit.nodes for source in node.sources}
        by_layer[INPUTS] = sorted(at for at in reads if at.layer == INPUTS)
        self._columns = [by_layer[layer] for layer in sorted(by_layer)]
        self._place()
        self.update()

    def highlight_gate(self, at: UnitAt | None) -> None:
        """Highlight a unit's gate, ``None`` for no gate."""
        self._lit = at
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for all rows; the width is the card's."""
        return QSize(260, self.height())

    # -- Places ------------------------------------------------------------------------------------

    def _place(self) -> None:
        """Set each unit's position: left edge of its symbol and height of its centre."""
        height = max(len(column) for column in self._columns) * _ROW_PX
        self.setFixedHeight(round(height + _PAD_PX))
        self._places, x = {}, _PAD_PX
        for index, column in enumerate(self._columns):
            top = (height - len(column) * _ROW_PX) / 2
            for row, at in enumerate(column):
                self._places[at] = QPointF(x, top + (row + 0.5) * _ROW_PX + _NAME_PX / 2)
            x += (_GATE_WH[0] + 8) if index else self._name_px(0)
            self._natural_px = x + self._name_px(-1) + _PAD_PX
            x += _CHANNEL_PX + _TRUNK_PX * len(column)

    def _name_px(self, column: int) -> float:
        """Return the width of the inputs' or outputs' names."""
        metrics = QFontMetricsF(font(BODY_PX, 600))
        names = [self._names[at] for at in self._columns[column]]
        return max((metrics.horizontalAdvance(name) for name in names), default=0.0) + 6

    def _wire_start(self, at: UnitAt) -> QPointF:
        """Return the start point of a unit's wire."""
        assert self._circuit is not None
        if at.layer == INPUTS:
            return self._places[at] + QPointF(self._name_px(0), 0)
        kind = next(node.kind for node in self._circuit.nodes if node.at == at)
        bubble = 2 * _BUBBLE_PX if kind in _NEGATED else 0.0
        return self._places[at] + QPointF(_GATE_WH[0] + bubble, 0)

    def _transform(self) -> QTransform:
        """Return the transform that scales the drawing down to a narrow card."""
        scale = min(1.0, self.width() / self._natural_px)
        return QTransform.fromTranslate(0, (1 - scale) * self.height() / 2).scale(scale, scale)

    # -- Painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint wires, symbols and names, scaled down if necessary."""
        painter = QPainter(self)
        self.paint_on(painter)

    def picture(self) -> QImage:
        """Return the drawing as an image, larger than on the screen."""
        image = QImage(self.size() * _PICTURE_SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_PICTURE_SCALE)
        image.fill(QColor(active().bg1))
        painter = QPainter(image)
        self.paint_on(painter)
        painter.end()
        return image

    def paint_on(self, painter: QPainter) -> None:
        """Paint the drawing into this widget's rectangle."""
        if self._circuit is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self._transform(), combine=True)
        wires, dots, bubbles = self._wires()
        theme = active()
        painter.setPen(QPen(QColor(theme.t2), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(wires)
        painter.setBrush(QColor(theme.t2))
        for dot in dots:
            painter.drawEllipse(dot, 1.8, 1.8)
        for node in self._circuit.nodes:
            self._paint_gate(painter, node.at, node.kind)
        painter.setPen(QPen(QColor(theme.t1), 1.4))
        painter.setBrush(QColor(theme.bg1))
        for bubble in bubbles:
            painter.drawEllipse(bubble, _BUBBLE_PX, _BUBBLE_PX)
        self._paint_names(painter)

    def _wires(self) -> tuple[QPainterPath, list[QPointF], list[QPointF]]:
        """Return the wires, the dots where they branch, and the bubbles at pins.

        Each source has a separate trunk in the channel after its column.
        """
        assert self._circuit is not None
        ends: dict[UnitAt, list[QPointF]] = defaultdict(list)
        bubbles: list[QPointF] = []
        for node in self._circuit.nodes:
            for source, y in zip(node.sources, _pins(len(node.sources)), strict=True):
                level = self._places[node.at].y() + y
                column = next(column for column in self._columns if source.at in column)
                if any(abs(level - self._places[at].y()) < 2.0 for at in column if at != source.at):
                    y += _ASIDE_PX  # or two wires would lie on one another
                end = self._places[node.at] + QPointF(_pin_x(node.kind, y), y)
                if source.negated:
                    bubbles.append(end - QPointF(_BUBBLE_PX, 0))
                    end -= QPointF(2 * _BUBBLE_PX, 0)
                ends[source.at].append(end)
        path, dots = QPainterPath(), []
        for column in self._columns[:-1]:
            used = [at for at in column if ends[at]]
            right = max((self._wire_start(at).x() for at in used), default=0.0)
            # The lowest source turns first, so that fewer wires cross.
            for index, at in enumerate(reversed(used)):
                start = self._wire_start(at)
                trunk = right + _CHANNEL_PX / 2 + _TRUNK_PX * index
                heights = sorted({start.y(), *(end.y() for end in ends[at])})
                lines = [(start, QPointF(trunk, start.y()))]
                lines += [(QPointF(trunk, end.y()), end) for end in ends[at]]
                lines.append((QPointF(trunk, heights[0]), QPointF(trunk, heights[-1])))
                for begin, end in lines:
                    path.moveTo(begin)
                    path.lineTo(end)
                branches = heights[1:-1]
                if len(heights) > 1 and any(end.y() == start.y() for end in ends[at]):
                    branches.append(start.y())
                dots += [QPointF(trunk, y) for y in branches]
        for at in self._circuit.outputs:
            path.moveTo(self._wire_start(at))
            path.lineTo(self._wire_start(at) + QPointF(8, 0))
        return path, dots, bubbles

    def _paint_gate(self, painter: QPainter, at: UnitAt, kind: GateKind) -> None:
        theme = active()
        painter.save()
        painter.translate(self._places[at])
        is_lit = at == self._lit
        painter.setPen(QPen(QColor(theme.acc if is_lit else theme.t1), 2.0 if is_lit else 1.4))
        painter.setBrush(QColor(theme.tint if is_lit else theme.bg2))
        painter.drawPath(_body(kind))
        if kind in ("xor", "xnor"):
            half = _GATE_WH[1] / 2
            back = QPainterPath(QPointF(-4, -half))
            back.quadTo(2 * _BACK * _GATE_WH[0] * 0.62 - 4, 0, -4, half)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(back)
        if kind in _NEGATED:
            painter.setBrush(QColor(theme.bg1))
            centre = QPointF(_GATE_WH[0] + _BUBBLE_PX, 0)
            painter.drawEllipse(centre, _BUBBLE_PX, _BUBBLE_PX)
        if kind in ("true", "false"):
            set_text_style(painter, theme.t1, BODY_PX, 600)
            box = QRectF(8, -_GATE_WH[1] / 2, _GATE_WH[0] - 8, _GATE_WH[1])
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "1" if kind == "true" else "0")
        painter.restore()

    def _paint_names(self, painter: QPainter) -> None:
        assert self._circuit is not None
        theme = active()
        middle = Qt.AlignmentFlag.AlignVCenter
        for at, place in self._places.items():
            name = self._names[at]
            set_text_style(painter, theme.t1, BODY_PX, 600)
            if at.layer == INPUTS:
                box = QRectF(place.x(), place.y() - 10, self._name_px(0), 20)
                painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, name)
            elif at in self._circuit.outputs:
                start = self._wire_start(at)
                box = QRectF(start.x() + 12, place.y() - 10, self._name_px(-1) + 8, 20)
                painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, name)
            else:
                set_text_style(painter, theme.t2, CAPTION_PX)
                top = place.y() - _GATE_WH[1] / 2 - _NAME_PX - 1
                box = QRectF(place.x() - 10, top, _GATE_WH[0] + 20, _NAME_PX)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    # -- Pointer -----------------------------------------------------------------------------------

    def gate_rect(self, at: UnitAt) -> QRectF:
        """Return the rectangle of a unit's symbol, in pixels of this widget."""
        wide, high = _GATE_WH
        corner = self._places[at] - QPointF(0, high / 2)
        return self._transform().mapRect(QRectF(corner, QSizeF(wide, high)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the unit whose gate is under the pointer, here and in the network's drawing."""
        nodes = () if self._circuit is None else self._circuit.nodes
        under = (n.at for n in nodes if self.gate_rect(n.at).contains(event.position()))
        self._model.highlight(next(under, None))

    def leaveEvent(self, event: QEvent) -> None:
        """End the highlighting."""
        self._model.highlight(None)
        super().leaveEvent(event)


class CircuitCard(Card):
    """The circuit of a network for a two-input gate, or the unit that is no gate.

    During training it is updated at most four times a second, like the captions.

    Attributes
    ----------
    toggle
        Button that opens and closes the card. The owner places it; visible only if the data are
        a two-input gate.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__("circuit")
        self._state: BuildState | None = None
        self._network: Network | None = None
        self.toggle = tool_button(
            "circuit_toggle",
            icon=icon("caret-right", "t2"),
            text="Circuit",
            tip="Draw the units as logic gates",
        )
        self.toggle.setCheckable(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.setIconSize(QSize(12, 12))
        self.toggle.toggled.connect(self._on_toggled)
        self.drawing = worded(
            CircuitDrawing(model), accessible_name="Logic circuit of the network", tip=""
        )
        self.formula = label("", "circuit_formula", wrap=True)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remark = label("hint", "circuit_remark", wrap=True)
        explain(self.toggle, "circuit")
        explain(self.remark, "loosely")
        add_parts(self.body, self.drawing, self.formula, self.remark)
        self.copy_formula = tool_button(
            "circuit_copy_formula",
            size="tiny",
            icon=icon("copy", "t2"),
            do=lambda: QGuiApplication.clipboard().setText(self.formula.text()),
            accessible_name="Copy the formula",
        )
        self.copy_picture = tool_button(
            "circuit_copy_picture",
            size="tiny",
            icon=icon("image", "t2"),
            do=lambda: QGuiApplication.clipboard().setImage(self.drawing.picture()),
            accessible_name="Copy the picture of the circuit",
        )
        for button in (self.copy_formula, self.copy_picture):
            button.setFixedSize(24, 24)
            self.add_to_heading(button)
        self.hide()
        self.retranslate()

    def show_state(self, state: BuildState) -> None:
        """Show the network's circuit if the data are a two-input gate."""
        self._state = state
        table = state.dataset.table_x
        is_gate = table is not None and np.array_equal(table, corners(2))
        is_gate = is_gate and state.experiment.network.inputs == 2
        self.toggle.setVisible(is_gate)
        is_open = is_gate and self.toggle.isChecked()
        self.setVisible(is_open)
        if not is_open:
            return
        self.drawing.highlight_gate(state.selection.lit or state.selection.pointed)
        if state.network is not self._network:
            self._network = state.network
            self._read(state)

    def _on_toggled(self, is_open: bool) -> None:
        self.toggle.setIcon(icon("caret-down" if is_open else "caret-right", "t2"))
        if self._state is not None:
            self.show_state(self._state)

    def _read(self, state: BuildState) -> None:
        network = state.experiment.network
        found: Circuit | Unreadable | None = None
        if is_finite(state.network):
            with np.errstate(all="ignore"):
                readings = read_gates(replace(state.experiment, network=state.network.spec))
            if np.isfinite([reading.values for reading in readings]).all():
                found = read_circuit(state.network, readings)
        names = {
            UnitAt(layer, unit): unit_name(UnitAt(layer, unit), network, state.dataset)
            for layer in range(INPUTS, len(network.layers))
            for unit in range(2 if layer == INPUTS else network.layers[layer].units)
        }
        is_circuit = isinstance(found, Circuit)
        for widget in (self.copy_formula, self.copy_picture):
            widget.setVisible(is_circuit)
        if isinstance(found, Circuit):
            self._show_circuit(found, names)
            return
        self.drawing.hide()
        self.remark.hide()
        text = (
            tr("Some weights or sums are no finite numbers.")
            if found is None
            else self._why_not(found, names)
        )
        self.formula.setText(text)

    def _show_circuit(self, found: Circuit, names: Mapping[UnitAt, str]) -> None:
        is_small = len(found.nodes) <= _MAX_DRAWN
        self.drawing.setVisible(is_small)
        self.copy_picture.setVisible(is_small)
        if is_small:
            self.drawing.show_circuit(found, names)
        lines = found.formulas(names)
        text = "\n".join(lines)
        self.formula.setText(text)
        self.drawing.setAccessibleDescription("; ".join(lines))
        said = [
            text.format(units=self._units_words(some, names))
            for some, text in (
                (found.loose, tr("Read loosely, on and off lie close together: {units}.")),
                (found.spare, tr("Not needed for these answers: {units}.")),
            )
            if some
        ]
        text = " ".join(said)
        self.remark.setText(text)
        self.remark.setVisible(bool(text))

    def _units_words(self, units: Sequence[UnitAt], names: Mapping[UnitAt, str]) -> str:
        if len(units) > _MAX_NAMED:
            return tr("{n} units", n=show_integer(len(units)))
        return ", ".join(names[at] for at in units)

    def _why_not(self, found: Unreadable, names: Mapping[UnitAt, str]) -> str:
        texts = {
            "undecided": tr("{unit} cannot be read as a gate: it is undecided on {n} of 4 rows."),
            "between": tr(
                "{unit} acts like {gate} of the inputs, but not like any gate of the layer before: "
                "values between on and off matter."
            ),
        }
        return texts[found.reason].format(
            unit=names[found.at],
            n=show_part_within(found.undecided),
            gate=data_name(GateData(found.gate)) if found.gate else "",
        )

    def retranslate(self) -> None:
        """Set every text in the current language."""
        super().retranslate()
        self.title.setText(tr("Circuit"))
        self._network = None
        if self._state is not None:
            self.show_state(self._state)
