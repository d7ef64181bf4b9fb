"""Hidden space: the rows as a hidden layer sees them, with the line that the next layer draws."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QSizePolicy, QStackedLayout, QToolButton, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import unit_name, values_text
from gui.build_tab.state import BuildState, rows_to_choose
from gui.explain import explain
from gui.format import percent, show_fixed, show_integer, show_part_within
from gui.plots.axes import cosmetic_pen
from gui.plots.colours import SMALLEST_PEAK, diverging, mixed_classes
from gui.plots.plane_map import PlaneMap
from gui.plots.points import Points
from gui.theme import CAPTION_PX, GAP_M_PX, GAP_S_PX, active, font, icon
from gui.widgets.basic import describe, menu_action, opens_menu, plain_label, set_role, tool_button
from gui.widgets.layouts import STRETCH, UNBOUNDED_PX, hbox, vbox
from gui.widgets.painting import draw_box, faded
from gui.widgets.panel import Panel
from model.experiment import FloatArray
from model.insight.answers import output_scale, targets_to_draw
from model.insight.hidden_space import (
    HiddenSpace,
    HiddenView,
    bent_grid,
    bounds_around,
    fitting,
    hidden_space,
    rows_looked_at,
    strongest_units,
)
from model.insight.plane import Bounds
from model.metrics import RIGHT, decision_threshold, outcomes
from model.places import UnitAt

_MOST_LABELS, _MOST_LABEL_INPUTS = 16, 4
_CARET = " ▾"
_BESIDE_PX, _APART_PX, _MOST_SIDE_PX, _MOST_RATIO = 46.0, 60.0, 600, 2.0
_BELOW_PX = 26
"""The room that the numbers across take."""
_TEXT_PX = 150
"""Beside the map the sentence needs so much room; with less it stands under it."""
_SAME_PLACE_PX, _POINT_PX, _LABEL_GAP_PX = 4.0, 7.0, 3.0
_MOST_NAMED = 2
_SIDE = 36
"""Places along each side of the field; sums are linear over it, so the line is exact at any."""


def _menu_button(name: str) -> QToolButton:
    button = tool_button(name)
    set_role(button, role="axis")
    opens_menu(button, QMenu(button))
    return button


class HiddenMap(PlaneMap):
    """The plane of two hidden units or components: rows, line, and the bent grid of the inputs.

    Attributes
    ----------
    across, up
        The pickers where the axes' names stand.
    labels
        Where the rows' names are written, for each what it says and its box in pixels.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self.setObjectName("hidden_map")
        self._model = model
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.set_most(_MOST_SIDE_PX)
        self._axes.beside_px, self._axes.paints_names = _BESIDE_PX, False
        self._axes.apart_px, self._axes.most_ratio = _APART_PX, _MOST_RATIO
        self.across, self.up = _menu_button("hidden_across"), _menu_button("hidden_up")
        for button in (self.across, self.up):
            button.setParent(self)
        self.ground_moved.connect(self._place_pickers)
        self._grid: FloatArray | None = None
        self._rows = np.empty(0, dtype=np.intp)
        self._hovered = -1
        self._names: tuple[str, ...] = ()
        self.labels: list[tuple[str, QRectF]] = []

    def hasHeightForWidth(self) -> bool:
        """Take the room there is; the map fits into it."""
        return False

    def sizeHint(self) -> QSize:
        """Return the size in the wide window."""
        return QSize(228, 196)

    def minimumSizeHint(self) -> QSize:
        """Return what the lowest window leaves."""
        return QSize(100, 80)

    # -- What is shown -----------------------------------------------------------------------------

    def show_axes(self, bounds: Bounds, names: tuple[str, str]) -> None:
        """Name the axes; an empty second name stands for an axis without meaning."""
        for button, name in zip((self.across, self.up), names, strict=True):
            if button.text() != name + _CARET:
                button.setText(name + _CARET)
                button.ensurePolished()
                button.resize(button.sizeHint())
            button.setVisible(bool(name))
        text_px = QFontMetricsF(font(CAPTION_PX)).horizontalAdvance(self.up.text())
        self._axes.frame_px = self.up.width() - text_px + 1.0
        self.show_plane(bounds, tuple(name + _CARET if name else "" for name in names))  # type: ignore[arg-type]  # two of them
        self._place_pickers()

    def show_rows(self, points: Points, rows: np.ndarray, names: tuple[str, ...]) -> None:
        """Show rows, numbered as `BuildState.row` counts them; `names` stand beside a few."""
        self._rows, self._names = rows, names
        self.show_points(points)

    def told_rows(self) -> list[str]:
        """Return where each row lies, for a screen reader, where their names are written."""
        points = self.layer.points
        if points is None or not self._names:
            return []
        places = zip(self._names, points.x.tolist(), points.y.tolist(), strict=True)
        return [f"{name}: {show_fixed(x, 2)}; {show_fixed(y, 2)}." for name, x, y in places]

    def show_grid(self, lines: FloatArray | None) -> None:
        """Show the bent grid, shape (lines, points, 2), or none."""
        self._grid = lines
        self.update()

    def _place_pickers(self) -> None:
        ground = self.ground
        self.up.move(0, max(0, round(ground.top()) - 1))
        if ground.top() > self.up.height():
            self.up.move(0, 0)
        at = round(ground.right()) - self.across.width() + 1
        self.across.move(at, round(ground.bottom()) + 1)

    def refit(self) -> None:
        """Keep the pickers at their axes."""
        super().refit()
        self._place_pickers()

    # -- Painting ----------------------------------------------------------------------------------

    def paint_under_points(self, painter: QPainter, ground: QRectF) -> None:
        """Paint the bent grid, faintly."""
        if self._grid is None:
            return
        x_low, x_high, y_low, y_high = self.bounds
        scale = np.array([ground.width() / (x_high - x_low), -ground.height() / (y_high - y_low)])
        px = (self._grid - (x_low, y_low)) * scale + (ground.left(), ground.bottom())
        # Far outside Qt's rasteriser loses its digits.
        px = np.clip(px, -4000.0, 4000.0)
        path = QPainterPath()
        for line in px.tolist():
            path.moveTo(*line[0])
            for at in line[1:]:
                path.lineTo(*at)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(cosmetic_pen(active().t1, 1.0, alpha=0.26))
        painter.drawPath(path)

    def paint_over_points(self, painter: QPainter, ground: QRectF) -> None:
        """Write the rows' names beside them."""
        self.labels = self._placed_labels(ground) if self._names else []
        painter.setFont(font(CAPTION_PX, 500))
        theme = active()
        back = faded(theme.bg1, 0.72)
        for text, box in self.labels:
            draw_box(painter, box, 3, back)
            painter.setPen(QColor(theme.t1))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _placed_labels(self, ground: QRectF) -> list[tuple[str, QRectF]]:
        """Return the names of rows with boxes that cover no point, no other box and no edge.

        Rows that lie on one another share a box. One for which there is no room is left out; its
        row is told by pointing at it.
        """
        points = self.layer.points
        if points is None:
            return []
        metrics = QFontMetricsF(font(CAPTION_PX, 500))
        inside = ground.adjusted(1, 1, -1, -1)
        at = [self.to_px(x, y) for x, y in zip(points.x.tolist(), points.y.tolist(), strict=True)]
        reach = _POINT_PX
        taken = [QRectF(p.x() - reach, p.y() - reach, 2 * reach, 2 * reach) for p in at]
        placed: list[tuple[str, QRectF]] = []
        for centre, text in _together(at, self._names):
            wide, high = metrics.horizontalAdvance(text) + 6, metrics.height()
            for box in _boxes_around(centre, wide, high):
                boxes = [*taken, *(other for _, other in placed)]
                if inside.contains(box) and not any(box.intersects(other) for other in boxes):
                    placed.append((text, box))
                    break
        return placed

    # -- Pointer -----------------------------------------------------------------------------------

    def pointed(self, under: int) -> None:
        """Show the row of the point under the pointer everywhere."""
        row = int(self._rows[under]) if 0 <= under < len(self._rows) else -1
        if row != self._hovered:
            self._hovered = row
            self._model.hover_row(row)

    def pressed(self, x: float, y: float) -> None:
        """Choose the row that is pressed on."""
        under = self.layer.nearest(x, y, self._per_px)
        if under >= 0:
            self._model.choose_row(int(self._rows[under]))


def _together(at: list[QPointF], names: tuple[str, ...]) -> list[tuple[QPointF, str]]:
    """Return the names of points that lie on one another as one."""
    groups: list[tuple[QPointF, list[str]]] = []
    for place, name in zip(at, names, strict=True):
        for centre, members in groups:
            if (place - centre).manhattanLength() <= _SAME_PLACE_PX:
                members.append(name)
                break
        else:
            groups.append((place, [name]))
    return [(centre, " ".join(members)) for centre, members in groups]


def _boxes_around(centre: QPointF, wide: float, high: float) -> list[QRectF]:
    """Return boxes beside a point, the best place first: right, left, above, below, corners."""
    out = _POINT_PX + _LABEL_GAP_PX
    x, y = centre.x(), centre.y()
    rights, lefts, middle = x + out, x - out - wide, x - wide / 2
    level, above, below = y - high / 2, y - out - high, y + out
    places = [(rights, level), (lefts, level), (middle, above), (middle, below)]
    near = out - _LABEL_GAP_PX
    places += [
        (x + near, above + 2),
        (x + near, below - 2),
        (x - near - wide, above + 2),
        (x - near - wide, below - 2),
    ]
    return [QRectF(left, top, wide, high) for left, top in places]


class HiddenSpaceView(Panel):
    """Choose a plane of a hidden layer's space, and see rows and the next layer's line on it."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__("hidden_view")
        self._state: BuildState | None = None
        self._wanted: HiddenView | None = None
        self._proposed: HiddenView | None = None
        self._proposed_for: tuple[int, ...] = ()
        self._view: HiddenView | None = None
        self._space: HiddenSpace | None = None
        self._seen: tuple[object, ...] = ()
        self._bounds: Bounds | None = None
        self.map = HiddenMap(model)
        self.line = _menu_button("hidden_line")
        self.grid = tool_button("hidden_grid", size="tiny", icon=icon("grid-four", "t2"))
        self.grid.setCheckable(True)
        self.grid.setChecked(True)
        self.grid.setFixedSize(24, 24)
        self.grid.toggled.connect(lambda _: self._draw_grid())
        self.sentence = plain_label("caption", "hidden_sentence", wrap=True)
        explain(self.sentence, "hidden-space", "slice")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.message = plain_label("label", "hidden_message", wrap=True)
        self._lay_out()
        self.map.across.menu().aboutToShow.connect(lambda: self._offer_units(0))
        self.map.up.menu().aboutToShow.connect(lambda: self._offer_units(1))
        self.line.menu().aboutToShow.connect(self._offer_lines)
        self.retranslate()

    def _lay_out(self) -> None:
        said, shown = QWidget(), QWidget()
        vbox(self.message, STRETCH, on=said, margins=(0, GAP_M_PX, 0, 0))
        left = Qt.AlignmentFlag.AlignLeft
        self._tools = vbox((self.grid, 0, left), (self.line, 0, left), STRETCH, gap=GAP_S_PX)
        self._side = vbox(self._tools, gap=GAP_S_PX)
        row = hbox((self.map, 1), self._side, gap=GAP_S_PX)
        self._rows = vbox((row, 1), self.sentence, on=shown, gap=GAP_S_PX, margins=0)
        self._is_beside = False
        self._pages = QStackedLayout(self)
        self._pages.addWidget(said)
        self._pages.addWidget(shown)

    def refit(self) -> None:
        """Put the sentence beside the map where there is room."""
        size = self.size()
        square = size.height() + int(_BESIDE_PX) - 2 * GAP_M_PX
        beside = size.width() - square >= _TEXT_PX + GAP_M_PX
        if beside != self._is_beside:
            self._is_beside = beside
            across = QBoxLayout.Direction.LeftToRight
            self._tools.setDirection(across if beside else QBoxLayout.Direction.TopToBottom)
            (self._rows if beside else self._side).removeWidget(self.sentence)
            if beside:
                self._side.insertWidget(0, self.sentence)
                self._side.addStretch(1)
            else:
                self._side.takeAt(self._side.count() - 1)
                self._rows.addWidget(self.sentence)
        room = size.width() - _TEXT_PX - GAP_M_PX
        more = int((_MOST_RATIO - 1.0) * (size.height() - _BELOW_PX))
        wide = max(square, min(room, square + more))
        self.map.setMaximumWidth(wide if beside else UNBOUNDED_PX)
        self.sentence.setMinimumWidth(size.width() - wide - GAP_M_PX if beside else 0)
        self._keep_lines()

    def _keep_lines(self) -> None:
        """Keep two lines under the map where a sentence may take them, so that it keeps its size.

        Of two units nothing is held, and one line is enough.
        """
        has_two = self._space is not None and len(self._space.plane.centre) > 2
        lines = 2 if has_two and not self._is_beside else 1
        height = lines * self.sentence.fontMetrics().height()
        self.sentence.setMinimumHeight(height)

    # -- What is shown -----------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Follow the weights, the rows and the chosen row."""
        self._state = state
        seen = (state.network, state.dataset, state.experiment, state.row, self._wanted)
        if len(seen) == len(self._seen) and all(
            a is b for a, b in zip(seen, self._seen, strict=True)
        ):
            return
        dataset_before = self._seen[1] if self._seen else None
        self._seen = seen
        layers = state.experiment.network.layers
        if len(layers) < 2:
            self._say(
                self.tr(
                    "This network has no hidden layer, so there is no hidden space. "
                    "Add a layer in the drawing."
                )
            )
            return
        rows = rows_looked_at(state.network, rows_to_choose(state.dataset))
        if len(rows) == 0 or state.dataset.inputs != state.experiment.network.inputs:
            self._say(self.tr("The rows are not there yet."))
            return
        x, y = state.rows_at(rows)
        view = fitting(self._wanted or self._proposal(state, x), state.network)
        old = self._space
        if old is not None and (
            dataset_before is not state.dataset
            or (old.view.layer, old.view.units) != (view.layer, view.units)
        ):
            old = None
        like = None if old is None else old.plane
        space = hidden_space(
            state.experiment, state.network, state.dataset.task, x, view, state.row_x, like
        )
        self._view, self._space = view, space
        if space is None:
            self._say(
                self.tr("Some weights or sums are no finite numbers, so nothing can be drawn.")
            )
            return
        self._pages.setCurrentIndex(1)
        self._bounds = bounds_around(space, state.network, None if old is None else self._bounds)
        self._draw(state, space, rows, x, y)

    def _proposal(self, state: BuildState, x: FloatArray) -> HiddenView:
        """Return what is seen where nothing was chosen: the last hidden layer's strongest units.

        They stay while a person looks on, also where training makes others stronger.
        """
        shape = tuple(layer.units for layer in state.experiment.network.layers)
        if self._proposed is None or shape != self._proposed_for:
            layer = len(shape) - 2
            self._proposed_for = shape
            self._proposed = HiddenView(layer, strongest_units(state.network, x, layer))
        return self._proposed

    def showEvent(self, event: QShowEvent) -> None:
        """Look for the strongest units anew where a person has chosen none."""
        super().showEvent(event)
        self._proposed, self._seen = None, ()

    def _say(self, text: str) -> None:
        self._space = None
        self.message.setText(text)
        self._pages.setCurrentIndex(0)

    def _draw(
        self,
        state: BuildState,
        space: HiddenSpace,
        rows: np.ndarray,
        x: FloatArray,
        y: FloatArray,
    ) -> None:
        assert self._bounds is not None
        names = self._axis_names(state, space.view)
        self.map.show_axes(self._bounds, names)
        self._draw_field(state, space)
        self._draw_grid()
        self._draw_points(state, space, rows, x, y)
        held = space.held_place
        self.map.mark(None if held is None else (float(held[0]), float(held[1])))
        self._show_words(state, space, names)

    def _draw_field(self, state: BuildState, space: HiddenSpace) -> None:
        assert self._bounds is not None
        field, line = space.over(self._bounds, _SIDE)
        if space.has_classes:
            colours = mixed_classes(field, active())
        elif space.is_output:
            middle, half = output_scale(state.experiment, state.dataset, space.view.next_unit)
            colours = diverging((field[0] - middle) / half, active())
        else:
            peak = max(float(np.abs(field).max()), SMALLEST_PEAK)
            colours = diverging(field[0] / peak, active())
        none = np.empty((0, 2, 2))
        if space.agreeing is None:
            self.map.show_field(colours, none)
        elif space.is_line:
            self.map.show_field(colours, line)
        else:
            self.map.show_field(colours, none, line)

    def _draw_grid(self) -> None:
        """Draw the inputs' grid as the layer bends it, where it is wanted and there is one."""
        state, space = self._state, self._space
        if state is None or space is None:
            return
        is_flat = state.has_maps
        lines = None
        if is_flat and self.grid.isChecked():
            lines = bent_grid(
                state.network,
                space.view.layer,
                space.plane,
                state.plane,
                state.dataset.features,
            )
        can_draw = is_flat and (lines is not None or not self.grid.isChecked())
        self.grid.setVisible(can_draw)
        self.map.show_grid(lines)

    def _draw_points(
        self, state: BuildState, space: HiddenSpace, rows: np.ndarray, x: FloatArray, y: FloatArray
    ) -> None:
        dataset, output = state.dataset, space.view.next_unit if space.is_output else 0
        mask = dataset.mask_at(rows)
        kind, value = targets_to_draw(state.experiment, dataset, y, mask, output)
        test = np.zeros(len(rows), dtype=bool)
        if dataset.table_x is None:
            test = rows >= len(dataset.x_train)
        each = max(1, int(rows[1] - rows[0])) if len(rows) > 1 else 1
        names: tuple[str, ...] = ()
        if dataset.table_x is not None and len(rows) <= _MOST_LABELS:
            names = tuple(_row_text(state, each) for each in state.columns_at(rows))
        places = space.places
        points = Points(places[:, 0], places[:, 1], kind, value, test, rows, each)
        self.map.show_rows(points, rows, names if x.shape[1] <= _MOST_LABEL_INPUTS else ())
        judged = np.full(len(rows), RIGHT)
        if dataset.task != "regression":
            chosen = slice(None) if dataset.task == "multiclass" else slice(output, output + 1)
            judged = outcomes(
                space.outputs[:, chosen],
                y[:, chosen],
                dataset.task,
                decision_threshold(state.experiment),
                mask[:, chosen],
            )
        self.map.show_outcomes(judged)

    # -- Words -------------------------------------------------------------------------------------

    def _axis_names(self, state: BuildState, view: HiddenView) -> tuple[str, str]:
        if view.units is None:
            return self.tr("PC₁"), self.tr("PC₂")
        network, dataset = state.experiment.network, state.dataset
        first, second = (
            unit_name(UnitAt(view.layer, unit), network, dataset) if unit >= 0 else ""
            for unit in view.units
        )
        return first, second

    def _show_words(self, state: BuildState, space: HiddenSpace, names: tuple[str, str]) -> None:
        network, dataset, view = state.experiment.network, state.dataset, space.view
        after = network.layers[view.layer + 1].units
        has_choice = after > 1 and not space.has_classes
        self.line.setVisible(has_choice)
        name = unit_name(UnitAt(view.layer + 1, view.next_unit), network, dataset)
        if has_choice:
            room = 120 if self._is_beside else 34
            metrics = QFontMetricsF(font(CAPTION_PX, 500))
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            self.line.setText(short + _CARET)
        self._keep_lines()
        text = " ".join(self._sentences(state, space))
        self.sentence.setText(text)
        if not state.running:
            told = [f"{', '.join(name for name in names if name)}.", text, *self.map.told_rows()]
            self.map.setAccessibleDescription(" ".join(told))

    def _sentences(self, state: BuildState, space: HiddenSpace) -> list[str]:
        """Say what is held where, and for how many rows the line is right."""
        held = self._held_words(state, space)
        rows, right = len(space.places), space.agreeing
        said = []
        if space.view.units is None:
            kept = percent(space.plane.explained)
            said.append(self.tr("The plane keeps {share} of the spread.").format(share=kept))
        if right is None:
            return [*said, f"{held}."] if held else said or [self.tr("Shaded by the answer.")]
        sampled = rows < rows_to_choose(state.dataset)
        if space.is_line:
            return [*said, self._agreement(held, self._answerer(state, space), rows, sampled)]
        row = self._row_words(state)
        if row and sampled:
            text = self.tr(
                "A slice, true for {row}; it agrees with {name} on {right} of {n} rows drawn."
            )
        elif row:
            text = self.tr("A slice, true for {row}; it agrees with {name} on {right} of {n} rows.")
        elif sampled:
            text = self.tr(
                "A slice through the mean; it agrees with {name} on {right} of {n} rows drawn."
            )
        else:
            text = self.tr(
                "A slice through the mean; it agrees with {name} on {right} of {n} rows."
            )
        name, within = self._answerer(state, space), show_part_within(right)
        return [*said, text.format(row=row, name=name, right=within, n=show_integer(rows))]

    def _answerer(self, state: BuildState, space: HiddenSpace) -> str:
        """Name whose answers the line tells: the network's, or those of one unit of several."""
        layer, network = space.view.layer + 1, state.experiment.network
        if space.has_classes or (space.is_output and network.layers[layer].units == 1):
            return self.tr("the network")
        return unit_name(UnitAt(layer, space.view.next_unit), network, state.dataset)

    def _agreement(self, held: str, name: str, rows: int, sampled: bool) -> str:
        """Say that the line tells every row's answer, after what is held."""
        if rows == 1:
            text = self.tr("Agrees with {name} on the only row.")
            if held:
                text = self.tr("{held}; agrees with {name} on the only row.")
        elif sampled:
            text = self.tr("Agrees with {name} on all {n} rows drawn.")
            if held:
                text = self.tr("{held}; agrees with {name} on all {n} rows drawn.")
        else:
            text = self.tr("Agrees with {name} on all {n} rows.")
            if held:
                text = self.tr("{held}; agrees with {name} on all {n} rows.")
        return text.format(held=held, name=name, n=show_integer(rows))

    def _held_words(self, state: BuildState, space: HiddenSpace) -> str:
        """Say where the plane leaves other units; nothing where there are none."""
        view, network = space.view, state.experiment.network
        units = network.layers[view.layer].units
        if units <= 2:
            return ""
        row = self._row_words(state)
        if view.units is None:
            if row:
                return self.tr("A slice through {row}").format(row=row)
            return self.tr("A slice through the mean")
        others = [unit for unit in range(units) if unit not in view.units]
        if len(others) <= _MOST_NAMED:
            named = [unit_name(UnitAt(view.layer, unit), network, state.dataset) for unit in others]
            names = named[0]
            if len(named) > 1:
                names = self.tr("{unit} and {other}").format(unit=named[0], other=named[1])
        else:
            names = self.tr("the other {n} units").format(n=show_integer(len(others)))
        is_one = len(others) == 1
        if row:
            held = (
                self.tr("A slice: {units} at its value {place}")
                if is_one
                else self.tr("A slice: {units} at their values {place}")
            )
            return held.format(units=names, place=self._row_words(state, is_within=True))
        at_mean = (
            self.tr("A slice: {units} at its mean")
            if is_one
            else self.tr("A slice: {units} at their means")
        )
        return at_mean.format(units=names)

    def _row_words(self, state: BuildState, is_within: bool = False) -> str:
        """Name the row that the slice goes through, as in a sentence; nothing for none.

        Parameters
        ----------
        is_within
            Whether the sentence says what a unit's value is in that row, for which Turkish has
            other endings.
        """
        columns = state.row_columns
        if columns is None:
            return ""
        if len(columns) <= _MOST_LABEL_INPUTS and state.dataset.table_x is not None:
            text = self.tr("in row {values}") if is_within else "{values}"
            return text.format(values=_row_text(state, columns))
        number, is_test = state.row_number(state.row)
        if is_within:
            text = self.tr("in test row {n}") if is_test else self.tr("in row {n}")
        else:
            text = self.tr("test row {n}") if is_test else self.tr("row {n}")
        return text.format(n=show_integer(number))

    # -- Choosing ----------------------------------------------------------------------------------

    def _offer_units(self, axis: int) -> None:
        """List the units of every hidden layer, and the components where there are more than two.

        Parameters
        ----------
        axis
            0 for across, 1 for up.
        """
        menu = (self.map.across if axis == 0 else self.map.up).menu()
        menu.clear()
        state, view = self._state, self._view
        if state is None or view is None:
            return
        network = state.experiment.network
        hidden = network.layers[:-1]
        for index, layer in enumerate(hidden):
            if len(hidden) > 1:
                head = menu.addAction(self.tr("Hidden {n}").format(n=show_integer(index + 1)))
                head.setEnabled(False)
            for unit in range(layer.units):
                at, name = UnitAt(index, unit), f"hidden_unit_{index}_{unit}"
                is_here = index == view.layer and view.units is not None
                is_here = is_here and view.units is not None and view.units[axis] == unit
                choose = partial(self._choose_unit, axis, at)
                menu_action(menu, name, unit_name(at, network, state.dataset), choose, is_here)
            if layer.units > 2:
                menu.addSeparator()
                strongest = partial(self._choose_strongest, index)
                text = self.tr("Two strongest units")
                menu_action(menu, f"hidden_strongest_{index}", text, strongest)
                is_here = index == view.layer and view.units is None
                components = partial(self._choose, HiddenView(index, None))
                text = self.tr("Principal components")
                menu_action(menu, f"hidden_components_{index}", text, components, is_here)

    def _choose_strongest(self, layer: int) -> None:
        state, view = self._state, self._view
        assert state is not None
        assert view is not None
        next_unit = view.next_unit if view.layer == layer else 0
        rows = rows_looked_at(state.network, rows_to_choose(state.dataset))
        x = state.rows_at(rows)[0]
        units = strongest_units(state.network, x, layer, next_unit)
        self._choose(HiddenView(layer, units, next_unit))

    def _choose_unit(self, axis: int, at: UnitAt) -> None:
        view = self._view
        assert view is not None
        units = view.units if view.layer == at.layer else None
        if units is None:
            units = (0, 1) if axis == 0 else (1, 0)
        other = units[1 - axis]
        if other == at.unit:
            other = units[axis]
        if other == at.unit:
            other = 1 if at.unit == 0 else 0
        pair = (at.unit, other) if axis == 0 else (other, at.unit)
        next_unit = view.next_unit if view.layer == at.layer else 0
        self._choose(HiddenView(at.layer, pair, next_unit))

    def _offer_lines(self) -> None:
        """List the units of the next layer, whose line can be drawn."""
        menu = self.line.menu()
        menu.clear()
        state, view = self._state, self._view
        if state is None or view is None:
            return
        network = state.experiment.network
        for unit in range(network.layers[view.layer + 1].units):
            name = unit_name(UnitAt(view.layer + 1, unit), network, state.dataset)
            choose = partial(self._choose, replace(view, next_unit=unit))
            menu_action(menu, f"hidden_line_{unit}", name, choose, unit == view.next_unit)

    def _choose(self, view: HiddenView) -> None:
        self._wanted = view
        if self._state is not None:
            self.show_state(self._state)

    # -- Language and theme ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        describe(self.map, self.tr("Hidden space"), "")
        describe(self.map.across, self.tr("Unit across"), self.tr("Choose what is drawn across"))
        describe(self.map.up, self.tr("Unit up"), self.tr("Choose what is drawn up"))
        describe(self.line, self.tr("Unit whose line is drawn"))
        describe(
            self.grid,
            self.tr("Input grid"),
            self.tr("Draw a square grid of the inputs as this layer bends it"),
        )
        self._show_again()

    def restyle(self) -> None:
        """Put on the theme in use."""
        self._show_again()

    def _show_again(self) -> None:
        self._seen = ()
        if self._state is not None:
            self.show_state(self._state)


def _row_text(state: BuildState, x: FloatArray) -> str:
    """Return "(0, 1)"."""
    return f"({values_text(state.dataset, x)})"
