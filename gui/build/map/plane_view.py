"""From a state to the decision map: colours, level lines, points, and the tools for points."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.build.canvas.pictures import normalise_output, unit_scale
from gui.build.data_words import readable
from gui.build.map.contour import level_segments
from gui.build.map.fields import (
    Plane,
    Reading,
    output_scale,
    plane_of,
    plane_outputs,
    plane_unit,
)
from gui.build.map.plane_axes import UNSCALED
from gui.build.map.plane_keys import PlaneKeys
from gui.build.map.plane_map import PlaneMap
from gui.build.map.point_tools import PointTools
from gui.build.map.points import MOST_POINTS, Points
from gui.build.map.shades import diverging, mixed_classes
from gui.build.state.build_state import MAP_SIDE, BuildState
from gui.theme import active
from model.data import Dataset
from model.experiment import FloatArray, PointsData
from model.metrics import RIGHT

__all__ = ["PlaneView"]

_MARGIN = 0.4
_FINE_SIDE = 121
_FINE_COST = 6_000_000


class PlaneView(QObject):
    """Draw a state on a :class:`PlaneMap` and turn presses on it into edits of points.

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
        self._unit: tuple[int, int] | None = None
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

    def show_unit(self, unit: tuple[int, int] | None) -> None:
        """Draw a unit's answers, by layer and place, instead of the output's from now on."""
        self._unit = unit

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
        if self._unit is not None:
            self._show_unit_field(state, plane, side, *self._unit)
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
