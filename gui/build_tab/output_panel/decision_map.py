"""The decision map of a state; points by hand, keys, tools."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout

from gui.build_tab.map.fields import (
    Plane,
    Reading,
    output_scale,
    plane_of,
    plane_outputs,
    plane_unit,
)
from gui.build_tab.names import readable
from gui.build_tab.state import MAP_SIDE, BuildState
from gui.plots.colours import diverging, mixed_classes, normalise_output, unit_scale
from gui.plots.legend import draw_shape
from gui.plots.plane_axes import UNSCALED
from gui.plots.plane_map import PlaneMap
from gui.plots.points import MOST_POINTS, Points
from gui.theme import active, icon
from gui.widgets.basic import Segments, describe
from gui.widgets.panel import Panel
from model.data import Dataset
from model.experiment import FloatArray, PointsData
from model.insight.contour import level_segments
from model.metrics import RIGHT
from model.places import UnitAt

__all__ = ["DecisionMap", "PlaneKeys", "PointTools"]


_MOST_CLASSES = 8


class PointTools(Panel):
    """Choose what a press on the map does.

    Signals
    -------
    tool_chosen()
        Another tool was chosen.
    """

    tool_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("point_tools")
        names = [f"add_class_{k}" for k in range(_MOST_CLASSES)]
        self.segments = Segments([*names, "drag_points", "erase_points"])
        self.segments.choose(0)
        self.segments.group.idClicked.connect(lambda _: self.tool_chosen.emit())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.segments)
        layout.addStretch(1)
        self._names: tuple[str, ...] = ()
        self.show_classes(("0", "1"))

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Offer one adding tool a class."""
        if names == self._names:
            return
        self._names = names[:_MOST_CLASSES]
        for k in range(_MOST_CLASSES):
            self.segments.button(k).setVisible(k < len(self._names))
        if len(self._names) <= self.segments.current < _MOST_CLASSES:
            self.segments.choose(0)
        self.retranslate()

    @property
    def adds(self) -> int:
        """The class that a press adds, -1 where it drags or erases."""
        return self.segments.current if self.segments.current < _MOST_CLASSES else -1

    @property
    def erases(self) -> bool:
        """Whether a press erases the point under it."""
        return self.segments.current == _MOST_CLASSES + 1

    def retranslate(self) -> None:
        """Write every text anew and draw the icons in the theme's colours."""
        # The hidden ones too, so that none is ever without a name.
        for k in range(_MOST_CLASSES):
            name = self._names[k] if k < len(self._names) else str(k)
            button = self.segments.button(k)
            button.setIcon(_class_icon(k))
            describe(
                button,
                self.tr("Add points of class {name}").format(name=name),
                self.tr("Click on the map to add a point of class {name}").format(name=name),
            )
        for index, glyph, text, tip in (
            (_MOST_CLASSES, "hand", self.tr("Drag points"), self.tr("Drag a point to move it")),
            (
                _MOST_CLASSES + 1,
                "eraser",
                self.tr("Erase points"),
                self.tr("Click a point to erase it"),
            ),
        ):
            button = self.segments.button(index)
            button.setIcon(icon(glyph, "t1"))
            describe(button, text, tip)

    def restyle(self) -> None:
        """Put on the theme in use."""
        self.retranslate()


def _class_icon(kind: int) -> QIcon:
    size, scale = QSize(16, 16), 2
    picture = QPixmap(size * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(active().classes[kind % 8])
    painter.setPen(Qt.PenStyle.NoPen if kind < 4 else colour)
    painter.setBrush(QBrush(colour) if kind < 4 else Qt.BrushStyle.NoBrush)
    draw_shape(painter, kind, QPointF(8, 8), 5.0)
    painter.end()
    return QIcon(picture)


_STEPS = 40
_FINE_STEPS = 200
_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class PlaneKeys(QObject):
    """Arrows move the cursor (Shift: finely), Space presses at it, Space again lets go.

    With the tools that add and erase a press is a click; with the dragging tool the point under the
    cursor is picked up by the first Space, carried by the arrows and put down by the second.

    Attributes
    ----------
    carries
        Whether a press picks the point up until the next one.

    Signals
    -------
    cursor_moved(float, float)
        The cursor's place, in data units.
    """

    cursor_moved = Signal(float, float)

    def __init__(self, canvas: PlaneMap) -> None:
        super().__init__(canvas)
        self._map = canvas
        self._place: tuple[float, float] | None = None
        self._holds = False
        self.carries = False
        canvas.installEventFilter(self)

    def set_enabled(self, enabled: bool) -> None:
        """Take keys only where there are points to edit; elsewhere they belong to the window."""
        policy = Qt.FocusPolicy.StrongFocus if enabled else Qt.FocusPolicy.NoFocus
        self._map.setFocusPolicy(policy)
        if not enabled and self._map.hasFocus():
            self._map.clearFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the keys while the map has the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        if event.type() == QEvent.Type.FocusOut:
            self._let_go()
            self._map.show_cursor(None)
        elif event.type() == QEvent.Type.FocusIn and self._map.is_keyboard_focus(event):
            self._map.show_cursor(self._at())
        return False

    def _at(self) -> tuple[float, float]:
        """Return the cursor's place, kept within the map."""
        x_low, x_high, y_low, y_high = self._map.bounds
        x, y = self._place or (0.5 * (x_low + x_high), 0.5 * (y_low + y_high))
        self._place = (min(max(x, x_low), x_high), min(max(y, y_low), y_high))
        return self._place

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _MOVES:
            self._move(
                *_MOVES[key], fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._press()
        elif key == Qt.Key.Key_Escape and self._holds:
            self._let_go()
        else:
            return False
        return True

    def _move(self, across: int, up: int, fine: bool) -> None:
        x_low, x_high, y_low, y_high = self._map.bounds
        steps = _FINE_STEPS if fine else _STEPS
        x, y = self._at()
        self._place = (x + across * (x_high - x_low) / steps, y + up * (y_high - y_low) / steps)
        place = self._at()
        self._map.show_cursor(place)
        if self._holds:
            self._map.dragged.emit(*place)
        self.cursor_moved.emit(*place)

    def _press(self) -> None:
        if self._holds:
            self._let_go()
            return
        x, y = self._at()
        self._map.show_cursor((x, y))
        self._map.pressed.emit(x, y, self._map.under(self._map.to_px(x, y)))
        if self.carries:
            self._holds = True
        else:
            self._map.released.emit()

    def _let_go(self) -> None:
        if self._holds:
            self._holds = False
            self._map.released.emit()


_MARGIN = 0.4
_FINE_SIDE = 121
_FINE_COST = 6_000_000


class DecisionMap(QObject):
    """Draw a state on a :class:`PlaneMap` and turn presses on it into edits of points.

    Attributes
    ----------
    unit
        The unit whose answers are drawn instead of the output's, from the next drawing on.

    Signals
    -------
    point_added(float, float, int), point_moved(int, float, float), point_erased(int)
        What the person did to the points made by hand; indices are those of ``PointsData``.
    point_drag_finished()
        The drag that ``point_moved`` reported is over.
    row_hovered(int)
        The row under the pointer, as :attr:`BuildState.row` counts it, or -1.
    """

    point_added = Signal(float, float, int)
    point_moved = Signal(int, float, float)
    point_erased = Signal(int)
    point_drag_finished = Signal()
    row_hovered = Signal(int)

    def __init__(self, canvas: PlaneMap, tools: PointTools) -> None:
        super().__init__(canvas)
        self._map, self._tools = canvas, tools
        self._state: BuildState | None = None
        self._output = 0
        self.unit: UnitAt | None = None
        self._points_key: tuple[object, ...] = ()
        self._dragged = -1
        self._hovered = -1
        self._shows_margin = False
        self.keys = PlaneKeys(canvas)
        tools.tool_chosen.connect(self._on_tool_chosen)
        canvas.pressed.connect(self._on_pressed)
        canvas.dragged.connect(self._on_dragged)
        canvas.released.connect(self._on_released)
        canvas.pointer_moved.connect(self._on_pointer_moved)
        canvas.pointer_left.connect(lambda: self._hover(-1))

    def show_margin(self, on: bool) -> None:
        """Draw dashed lines where the answer is sure by the margin, from the next drawing on.

        The margin is that of the stop rule, else 0.4: at outputs 0.1 and 0.9.
        """
        self._shows_margin = on

    def _on_tool_chosen(self) -> None:
        self.keys.carries = self._tools.adds < 0 and not self._tools.erases

    # -- Drawing -----------------------------------------------------------------------------------

    def show(self, state: BuildState, first: int, second: int, output: int) -> None:
        """Draw the field, its level lines and the points over two inputs."""
        self._state, self._output = state, output
        names = tuple(map(readable, state.dataset.feature_names))
        plane = plane_of(state, first, second)
        unit = state.dataset.x_unit
        self._map.show_plane(
            plane.bounds,
            (names[first], names[second] if second >= 0 else ""),
            (unit(first), unit(second) if second >= 0 else UNSCALED),
        )
        self._show_points(state.dataset, plane)
        self._show_field(state, plane)
        row = state.row_x
        self._map.mark(
            None if row is None else (float(row[first]), float(row[second]) if second >= 0 else 0.0)
        )

    def show_outcomes(self, train: Reading | None, test: Reading | None) -> None:
        """Ring the rows that are wrong or undecided; ``None`` where it is not known."""
        points = self._map.layer.points
        if points is None:
            return
        outcomes = np.full(len(points.x), RIGHT)
        for reading, chosen in ((train, ~points.test), (test, points.test)):
            if reading is not None and chosen.any():
                outcomes[chosen] = reading.outcomes_of(self._output)[points.row[chosen]]
        self._map.show_outcomes(outcomes)

    def _show_field(self, state: BuildState, plane: Plane) -> None:
        fine = _FINE_SIDE * _FINE_SIDE * state.network.parameter_count() <= _FINE_COST
        side = _FINE_SIDE if fine and not state.running else MAP_SIDE
        if self.unit is not None:
            self._show_unit_field(state, plane, side, self.unit.layer, self.unit.unit)
            return
        outputs = np.nan_to_num(plane_outputs(state, plane, side))
        if state.dataset.task == "multiclass" and len(outputs) > 1:
            ordered = np.partition(outputs, len(outputs) - 2, axis=0)
            runner_up = np.where(outputs == ordered[-1], ordered[-2], ordered[-1])
            lines = [level_segments(o - r, 0.0) for o, r in zip(outputs, runner_up, strict=True)]
            self._map.show_field(mixed_classes(outputs, active()), np.concatenate(lines))
            return
        middle, half = output_scale(state, self._output)
        field = outputs[self._output]
        none = np.empty((0, 2, 2))
        classes = state.dataset.task != "regression"
        segments = level_segments(field, middle) if classes else none
        margins = None
        if classes and self._shows_margin:
            margin = state.experiment.training.stop.margin or _MARGIN
            reach = margin * 2 * half
            margins = np.concatenate(
                [level_segments(field, middle - reach), level_segments(field, middle + reach)]
            )
        self._map.show_field(diverging((field - middle) / half, active()), segments, margins)

    def _show_unit_field(
        self, state: BuildState, plane: Plane, side: int, layer: int, unit: int
    ) -> None:
        """Draw a unit's activation in its own scale, and where its weighted sum is zero."""
        z, a = (np.nan_to_num(values) for values in plane_unit(state, plane, layer, unit, side))
        layers = state.experiment.network.layers
        if layer < 0:
            low, high = float(a.min()), float(a.max())
            field = (2 * a - low - high) / max(high - low, 1e-9)
            segments: FloatArray = np.empty((0, 2, 2))
        else:
            if layer == len(layers) - 1:
                field = normalise_output(a[None], layers[layer].activation)[0]
            else:
                field = (a / unit_scale(a[None]))[0]
            segments = level_segments(z, 0.0)
        self._map.show_field(diverging(field, active()), segments)

    def _show_points(self, dataset: Dataset, plane: Plane) -> None:
        key = (id(dataset), plane.first, plane.second, self._output)
        if key == self._points_key:
            return
        self._points_key = key
        parts = [
            self._points_of(dataset, plane, test)
            for test in (False, True)
            if len(dataset.x_test if test else dataset.x_train)
        ]
        if not parts:
            self._map.show_points(None)
            return
        values = [p.value for p in parts if p.value is not None]
        self._map.show_points(
            Points(
                np.concatenate([p.x for p in parts]),
                np.concatenate([p.y for p in parts]),
                np.concatenate([p.kind for p in parts]),
                np.concatenate(values) if values else None,
                np.concatenate([p.test for p in parts]),
                np.concatenate([p.row for p in parts]),
            )
        )

    def _points_of(self, dataset: Dataset, plane: Plane, test: bool) -> Points:
        x = dataset.x_test if test else dataset.x_train
        y = dataset.y_test if test else dataset.y_train
        mask = dataset.mask_test if test else dataset.mask_train
        all_rows = len(dataset.x_train) + len(dataset.x_test)
        step = max(1, -(-all_rows // MOST_POINTS))
        row = np.arange(0, len(x), step)
        value: FloatArray | None = None
        if dataset.task == "multiclass":
            kind = y[row].argmax(axis=1)
        elif dataset.task == "regression":
            assert self._state is not None
            middle, half = output_scale(self._state, self._output)
            value = np.clip((y[row, self._output] - middle) / half, -1.0, 1.0)
            kind = np.zeros(len(row), dtype=np.intp)
        else:
            kind = (y[row, self._output] > 0.5).astype(np.intp)
            if mask is not None:
                kind = np.where(mask[row, self._output] == 0, -1, kind)
        across = x[row, plane.first]
        up = x[row, plane.second] if plane.second >= 0 else np.zeros(len(row))
        return Points(across, up, kind, value, np.full(len(row), test), row)

    # -- Pointer -----------------------------------------------------------------------------------

    @property
    def _made_by_hand(self) -> PointsData | None:
        data = None if self._state is None else self._state.experiment.data
        return data if isinstance(data, PointsData) else None

    def _nearest_made(self, x: float, y: float) -> int:
        """Return which point made by hand lies within nine pixels of a place, or -1."""
        data = self._made_by_hand
        if data is None or not data.points:
            return -1
        places = np.array([p[:2] for p in data.points])
        x_low, x_high, y_low, y_high = self._map.bounds
        across, up = self._map.ground.width(), self._map.ground.height()
        apart = np.hypot(
            (places[:, 0] - x) / (x_high - x_low) * across,
            (places[:, 1] - y) / (y_high - y_low) * up,
        )
        index = int(apart.argmin())
        return index if apart[index] <= 9.0 else -1

    def _on_pressed(self, x: float, y: float, _under: int) -> None:
        if self._made_by_hand is None:
            return
        under = self._nearest_made(x, y)
        if self._tools.adds >= 0:
            self.point_added.emit(x, y, self._tools.adds)
        elif under >= 0 and self._tools.erases:
            self.point_erased.emit(under)
        elif under >= 0:
            self._dragged = under

    def _on_dragged(self, x: float, y: float) -> None:
        if self._dragged >= 0:
            self.point_moved.emit(self._dragged, x, y)

    def _on_released(self) -> None:
        if self._dragged >= 0:
            self._dragged = -1
            self.point_drag_finished.emit()

    def _on_pointer_moved(self, _x: float, _y: float, under: int) -> None:
        points = self._map.layer.points
        if under < 0 or points is None or self._state is None:
            self._hover(-1)
            return
        dataset, row, test = self._state.dataset, int(points.row[under]), bool(points.test[under])
        if dataset.table_x is not None:
            x = (dataset.x_test if test else dataset.x_train)[row]
            row = int(np.abs(dataset.table_x - x).sum(axis=1).argmin())
        elif test:
            row = -1
        self._hover(row)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.row_hovered.emit(row)
