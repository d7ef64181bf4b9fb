"""The decision map of a state, with hand-made points, keys and tools."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QToolTip

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import readable
from gui.build_tab.state import BuildState
from gui.format import list_separator, percent, show_integer, show_number
from gui.plots.colours import diverging, mixed_classes, normalise_output, unit_scale
from gui.plots.legend import class_icon
from gui.plots.plane_axes import UNSCALED
from gui.plots.plane_map import PlaneMap
from gui.plots.points import MAX_POINTS, Points, Spot
from gui.theme import active, icon
from gui.widgets.basic import ARROWS, PRESS_KEYS, Segments, describe, is_keyboard_focus
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.panel import Panel
from model.data import Dataset
from model.defaults import MARGIN
from model.experiment import FloatArray, PointsData
from model.insight.answers import Answers, class_names, output_scale, targets_to_draw
from model.insight.contour import class_borders, level_segments
from model.insight.plane import MAP_SIDE, Plane, plane_of, plane_outputs, plane_unit
from model.metrics import OPEN, RIGHT, WRONG
from model.network import Network
from model.places import UnitAt

_MAX_CLASSES = 8
_MAX_USED = 64
"""Limit of a step's rows to mark."""
_MAX_DESCRIBED = 12
"""Limit of positions to describe to a screen reader."""


class PointTools(Panel):
    """Chooses the effect of a press on the map."""

    def __init__(self) -> None:
        super().__init__("point_tools")
        names = [f"add_class_{k}" for k in range(_MAX_CLASSES)]
        self.segments = Segments([*names, "drag_points", "erase_points"])
        self.segments.choose(0)
        hbox(self.segments, STRETCH, on=self, margins=0)
        self._names: tuple[str, ...] = ()
        self.show_classes(("0", "1"))

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Offer an adding tool per class."""
        if names == self._names:
            return
        self._names = names[:_MAX_CLASSES]
        for k in range(_MAX_CLASSES):
            self.segments.button(k).setVisible(k < len(self._names))
        if len(self._names) <= self.segments.current < _MAX_CLASSES:
            self.segments.choose(0)
        self.retranslate()

    @property
    def adds(self) -> int:
        """The class that a press adds, -1 if it drags or erases."""
        return self.segments.current if self.segments.current < _MAX_CLASSES else -1

    @property
    def erases(self) -> bool:
        """Whether a press erases the point under it."""
        return self.segments.current == _MAX_CLASSES + 1

    def retranslate(self) -> None:
        """Set every text and redraw the icons in the theme's colours."""
        # The hidden ones too, so that none is ever without a name.
        for k in range(_MAX_CLASSES):
            name = self._names[k] if k < len(self._names) else str(k)
            button = self.segments.button(k)
            button.setIcon(class_icon(k))
            describe(
                button,
                tr("Add points of class {name}", name=name),
                tr("Click on the map to add a point of class {name}", name=name),
            )
        for index, glyph, text, tip in (
            (_MAX_CLASSES, "hand", tr("Drag points"), tr("Drag a point to move it")),
            (
                _MAX_CLASSES + 1,
                "eraser",
                tr("Erase points"),
                tr("Click a point to erase it"),
            ),
        ):
            button = self.segments.button(index)
            button.setIcon(icon(glyph, "t1"))
            describe(button, text, tip)

    def restyle(self) -> None:
        """Apply the current theme."""
        self.retranslate()


_STEPS = 40
_FINE_STEPS = 200
_FINE_SIDE = 121
_MAX_FINE = 409
"""Most parameters for which the map is finer at rest than during training."""
_MAX_COST, _COARSE_SIDE = 500_000_000, 8
"""Limit of multiplications per field, and its least number of points per side.

The field is computed on the main thread.
"""


class MapLook(Struct, frozen=True):
    """Display options of the decision map.

    Attributes
    ----------
    margin
        Draw dashed lines where the answer reaches the stop rule's margin, or `MARGIN` (outputs
        0.1 and 0.9) if the rule has none.
    classes_only
        Draw each class in one shade, regardless of how certain the answer is.
    test_rows
        Draw the test rows in addition to the training rows.
    """

    margin: bool = False
    classes_only: bool = False
    test_rows: bool = True


class DecisionMap(PlaneMap):
    """The network's answers over two inputs, with editable hand-made points.

    Arrow keys move a cursor (Shift: in fine steps), Space presses at it. With the adding and
    erasing tools a press is a click; with the dragging tool Space picks up the point under the
    cursor, the arrow keys move it, and Space drops it.

    Parameters
    ----------
    tools
        Tools that determine the effect of a press; ``None`` for a read-only map.

    Attributes
    ----------
    unit
        Unit to draw instead of the output; takes effect at the next drawing.
    look
        Display options; they take effect at the next drawing.
    """

    def __init__(self, model: BuildModel, tools: PointTools | None = None) -> None:
        super().__init__()
        self._model, self._tools = model, tools
        self._state: BuildState | None = None
        self._plane: Plane | None = None
        self._output = 0
        self.unit: UnitAt | None = None
        self.look = MapLook()
        self._points_key: tuple[object, ...] = ()
        self._answered: tuple[Network, tuple[object, ...], tuple[FloatArray, FloatArray]] | None = (
            None
        )
        self._dragged = -1
        self._hovered = -1
        self._place: tuple[float, float] | None = None
        self._carries = False

    def in_words(self) -> str:
        """Describe the share of the plane with each answer, or the range of the answers."""
        state, plane = self._state, self._plane
        if state is None or plane is None or self.unit is not None:
            return ""
        side = points_per_side(state.network.parameter_count(), state.running)
        outputs = np.nan_to_num(plane_outputs(state.network, plane, side)[1])
        if state.dataset.task == "regression":
            ends = (float(f(outputs[self._output])) for f in (np.min, np.max))
            low, high = (state.dataset.y_in_data_units(self._output, end) for end in ends)
            return tr(
                "Over the plane it answers {low} to {high}.",
                low=show_number(low, 3),
                high=show_number(high, 3),
            )
        if state.dataset.task == "multiclass":
            answers = outputs.argmax(axis=0)
        else:
            middle, _ = output_scale(state.experiment, state.dataset, self._output)
            answers = (outputs[self._output] > middle).astype(np.intp)
        own, count = class_names(state.dataset), max(2, int(answers.max()) + 1)
        names = own if len(own) >= count else tuple(map(str, range(count)))
        shares = np.bincount(answers.ravel(), minlength=len(names)) / answers.size
        text = tr("{name} over {share} of the plane")
        said = [
            text.format(name=name, share=percent(float(share), 0))
            for name, share in zip(names, shares, strict=True)
            if share > 0.0
        ]
        return f"{list_separator().join(said)}."

    # -- Drawing -----------------------------------------------------------------------------------

    def show_over(self, state: BuildState, first: int, second: int, output: int) -> None:
        """Draw the field, its level lines and the points over two inputs."""
        self._state, self._output = state, output
        columns, row = state.dataset.columns, state.row_columns
        names = tuple(map(readable, columns.feature_names))
        plane = plane_of(state.dataset, first, second, row, state.bounds)
        unit = columns.x_scaling
        self._plane = plane
        self.show_plane(
            plane.bounds,
            (names[first], names[second] if second >= 0 else ""),
            (unit(first), unit(second) if second >= 0 else UNSCALED),
        )
        self._show_points(state.dataset, plane)
        self._show_field(state, plane)
        used = () if state.snapshot is None else state.snapshot.rows[:_MAX_USED]
        x = columns.x_train[list(used)]
        up = x[:, second] if second >= 0 else np.zeros(len(x))
        self.mark_used(tuple(zip(x[:, first].tolist(), up.tolist(), strict=True)))
        self.mark(
            None if row is None else (float(row[first]), float(row[second]) if second >= 0 else 0.0)
        )

    def show_answers(self, train: Answers | None, test: Answers | None) -> None:
        """Ring wrong and undecided rows; ``None`` if unknown."""
        points = self.layer.points
        if points is None:
            return
        outcomes = np.full(len(points.x), RIGHT)
        for answers, chosen in ((train, ~points.test), (test, points.test)):
            if answers is not None and chosen.any():
                outcomes[chosen] = answers.outcomes_of(self._output)[points.row[chosen]]
        self.show_outcomes(outcomes)
        if self.layer.spots:
            self._describe()

    def _show_field(self, state: BuildState, plane: Plane) -> None:
        side = points_per_side(state.network.parameter_count(), state.running)
        if self.unit is not None:
            self._show_unit_field(state, plane, side, self.unit.layer, self.unit.unit)
            return
        is_known = side == MAP_SIDE and (plane.first, plane.second) == (0, 1)
        known = state.output_maps if is_known else None
        found = self._outputs_over(state.network, plane, side) if known is None else known
        sums, outputs = map(np.nan_to_num, found)
        activation = state.experiment.network.layers[-1].activation
        if state.dataset.task == "multiclass" and len(outputs) > 1:
            # Answers that hardly differ have no digits left to say where they tie; sums have.
            tied = sums if activation == "softmax" else outputs
            if self.look.classes_only:
                numbers = np.arange(len(outputs))[:, None, None]
                outputs = (numbers == outputs.argmax(axis=0)).astype(np.float64)
            self.show_field(mixed_classes(outputs, active()), class_borders(tied))
            return
        middle, half = output_scale(state.experiment, state.dataset, self._output)
        field = outputs[self._output]
        segments: FloatArray = np.empty((0, 2, 2))
        margins: FloatArray | None = None
        classes = state.dataset.task != "regression"
        if classes and activation in ("sigmoid", "step") and middle == 0.5:
            # Of 0s and 1s, and of answers that are all but one half, the border would be stairs.
            segments = level_segments(sums[self._output], 0.0)
        elif classes:
            segments = level_segments(field, middle)
        if classes and self.look.margin and activation != "step":
            margin = state.experiment.training.stop.margin or MARGIN
            reach = margin * 2 * half
            margins = np.concatenate(
                [level_segments(field, middle - reach), level_segments(field, middle + reach)]
            )
        shade = (field - middle) / half
        if classes and self.look.classes_only:
            shade = np.sign(shade)
        self.show_field(diverging(shade, active()), segments, margins)

    def _outputs_over(
        self, network: Network, plane: Plane, side: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return sums and answers over the plane, cached because large networks are slow."""
        at = plane.first, plane.second, plane.held.tobytes(), plane.bounds, plane.features, side
        known = self._answered
        if known is None or known[0] is not network or known[1] != at:
            known = self._answered = network, at, plane_outputs(network, plane, side)
        return known[2]

    def _show_unit_field(
        self, state: BuildState, plane: Plane, side: int, layer: int, unit: int
    ) -> None:
        """Draw a unit's activation on its scale, and the line where its weighted sum is zero."""
        of_unit = plane_unit(state.network, plane, layer, unit, side)
        z, a = (np.nan_to_num(values) for values in of_unit)
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
        self.show_field(diverging(field, active()), segments)

    def _show_points(self, dataset: Dataset, plane: Plane) -> None:
        key = (dataset, plane.first, plane.second, self._output, self.look.test_rows)
        if key == self._points_key:
            return
        self._points_key = key
        self.show_points(self._points_of(dataset, plane))
        self._describe()

    def _points_of(self, dataset: Dataset, plane: Plane) -> Points | None:
        """Return training rows, then test rows, or a sample of them; ``None`` if empty."""
        columns, trained = dataset.columns, len(dataset.x_train)
        tested = len(dataset.x_test) if self.look.test_rows else 0
        if trained + tested == 0:
            return None
        assert self._state is not None
        step = max(1, -(-(trained + tested) // MAX_POINTS))
        train, test = slice(0, trained, step), slice(0, tested, step)
        x = np.concatenate([columns.x_train[train], columns.x_test[test]])
        y = np.concatenate([dataset.y_train[train], dataset.y_test[test]])
        mask = None
        if dataset.mask_train is not None or dataset.mask_test is not None:
            pairs = (dataset.y_train, dataset.mask_train), (dataset.y_test, dataset.mask_test)
            masks = [np.ones_like(targets) if mask is None else mask for targets, mask in pairs]
            mask = np.concatenate([masks[0][train], masks[1][test]])
        kind, value = targets_to_draw(self._state.experiment, dataset, y, mask, self._output)
        up = x[:, plane.second] if plane.second >= 0 else np.zeros(len(x))
        rows = np.arange(0, trained, step), np.arange(0, tested, step)
        of_test = np.repeat((False, True), tuple(map(len, rows)))
        return Points(x[:, plane.first], up, kind, value, of_test, np.concatenate(rows), step)

    # -- Pointer -----------------------------------------------------------------------------------

    @property
    def _made_by_hand(self) -> PointsData | None:
        data = None if self._state is None else self._state.experiment.data
        return data if isinstance(data, PointsData) else None

    def _nearest_hand_made(self, x: float, y: float) -> int:
        """Return the index of the hand-made point within nine pixels, or -1."""
        data = self._made_by_hand
        if data is None or not data.points:
            return -1
        places = np.array([p[:2] for p in data.points])
        x_low, x_high, y_low, y_high = self.bounds
        across, up = self.ground.width(), self.ground.height()
        distances = np.hypot(
            (places[:, 0] - x) / (x_high - x_low) * across,
            (places[:, 1] - y) / (y_high - y_low) * up,
        )
        index = int(distances.argmin())
        return index if distances[index] <= 9.0 else -1

    def pressed(self, x: float, y: float) -> None:
        """Add, erase or grab a point; for other data, choose the point's row."""
        if self._tools is None:
            return
        if self._made_by_hand is None:
            row = self._row_of(self.layer.nearest(x, y, self._per_px))
            if row >= 0:
                self._model.choose_row(row)
            return
        tools, under = self._tools, self._nearest_hand_made(x, y)
        if tools.adds >= 0:
            self._model.add_point(x, y, tools.adds)
        elif under >= 0 and tools.erases:
            self._model.erase_point(under)
        elif under >= 0:
            self._dragged = under

    def dragged(self, x: float, y: float) -> None:
        """Move the grabbed point."""
        if self._dragged >= 0:
            self._model.move_point(self._dragged, x, y)

    def released(self) -> None:
        """Release the grabbed point."""
        if self._dragged >= 0:
            self._dragged = -1
            self._model.end_gesture()

    def pointed(self, under: int) -> None:
        """Set the row of the point under the pointer as the hovered row."""
        row = self._row_of(under)
        if self._tools is not None and row != self._hovered:
            self._hovered = row
            self._model.hover_row(row)

    def _row_of(self, under: int) -> int:
        """Return a point's row as in :attr:`BuildState.row`, -1 if there is none."""
        points = self.layer.points
        if under < 0 or points is None or self._state is None:
            return -1
        dataset, row = self._state.dataset.columns, int(points.row[under])
        test = bool(points.test[under])
        if dataset.table_x is not None:
            x = (dataset.x_test if test else dataset.x_train)[row]
            return int(np.abs(dataset.table_x - x).sum(axis=1).argmin())
        return -1 if test else row

    # -- Words -------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Show in a tool tip how many rows of each class share a position."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            spot = self.spot_under(QPointF(event.pos()))
            if spot is not None:
                QToolTip.showText(event.globalPos(), self._spot_words(spot), self)
                return True
        return super().event(event)

    def _spot_words(self, spot: Spot) -> str:
        """Describe a spot: its rows, their classes, and how many are wrong."""
        points, state = self.layer.points, self._state
        assert points is not None
        assert state is not None
        parts = []
        if points.value is None:
            names = (*class_names(state.dataset), tr("free"))  # a kind of -1 is the last
            kinds, counts = np.unique(points.kind[spot.members], return_counts=True)
            parts = [
                f"{names[kind]}: {show_integer(number * points.each)}"
                for kind, number in zip(kinds.tolist(), counts.tolist(), strict=True)
            ]
        wrong = int(np.count_nonzero(self.outcomes[spot.members] == WRONG)) * points.each
        if wrong:
            parts.append(tr("wrong: {n}", n=show_integer(wrong)))
        text = tr("{n} rows here") if points.each == 1 else tr("About {n} rows here")
        return "; ".join([text.format(n=show_integer(spot.rows)), *parts])

    def point_words(self, index: int) -> list[str]:
        """Return a point's class, and the network's answer."""
        points, state, said = self.layer.points, self._state, list[str]()
        assert points is not None
        assert state is not None
        if points.value is None:
            names = (*class_names(state.dataset), tr("free"))  # a kind of -1 is the last
            said.append(names[int(points.kind[index])])
        if index < len(self.outcomes):
            outcome = int(self.outcomes[index])
            words = {WRONG: tr("answered wrongly"), OPEN: tr("undecided")}
            said.append(words.get(outcome, ""))
        if points.test[index]:
            said.append(tr("test row"))
        return [word for word in said if word]

    def _describe(self) -> None:
        """Describe the keys for editing points, and shared positions, to screen readers."""
        said = [tr("Arrow keys move a cursor; Space uses the chosen tool there.")]
        if self._made_by_hand is None:
            said = []
        for spot in self.layer.spots[:_MAX_DESCRIBED]:
            said.append(f"{self.place_words(spot.x, spot.y)}: {self._spot_words(spot)}.")
        self.setAccessibleDescription(" ".join(said))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        if self._state is not None:
            self._describe()

    # -- Keys --------------------------------------------------------------------------------------

    def set_keys_enabled(self, on: bool) -> None:
        """Accept keys if there are points to edit, otherwise pass them to the window."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.NoFocus)
        if not on and self.hasFocus():
            self.clearFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor, press or release at it."""
        key = Qt.Key(event.key())
        if key in ARROWS:
            down, right = ARROWS[key]
            is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move_cursor(right, -down, _FINE_STEPS if is_fine else _STEPS)
        elif key in PRESS_KEYS:
            self._press_at_cursor()
        elif key == Qt.Key.Key_Escape and self._carries:
            self._put_down()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor when the focus comes by keyboard."""
        super().focusInEvent(event)
        if is_keyboard_focus(event):
            self.show_cursor(self._cursor_place())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Release the point at the cursor, and hide the cursor."""
        super().focusOutEvent(event)
        self._put_down()
        self.show_cursor(None)

    def _cursor_place(self) -> tuple[float, float]:
        """Return the cursor's position, clamped to the map."""
        x_low, x_high, y_low, y_high = self.bounds
        x, y = self._place or (0.5 * (x_low + x_high), 0.5 * (y_low + y_high))
        self._place = (min(max(x, x_low), x_high), min(max(y, y_low), y_high))
        return self._place

    def _move_cursor(self, across: int, up: int, steps: int) -> None:
        x_low, x_high, y_low, y_high = self.bounds
        x, y = self._cursor_place()
        self._place = (x + across * (x_high - x_low) / steps, y + up * (y_high - y_low) / steps)
        place = self._cursor_place()
        self.show_cursor(place)
        if self._carries:
            self.dragged(*place)

    def _press_at_cursor(self) -> None:
        if self._carries:
            self._put_down()
            return
        place = self._cursor_place()
        self.show_cursor(place)
        self.pressed(*place)
        self._carries = self._dragged >= 0

    def _put_down(self) -> None:
        if self._carries:
            self._carries = False
            self.released()


def points_per_side(parameters: int, running: bool) -> int:
    """Return the field's number of points per side, fewer for large networks."""
    if not running and parameters <= _MAX_FINE:
        return _FINE_SIDE
    return min(MAP_SIDE, max(_COARSE_SIDE, math.isqrt(_MAX_COST // max(1, parameters))))
