"""Hidden space: the rows as a hidden layer sees them, with the next layer's line."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.hidden_map import BESIDE_PX, CARET, MAX_RATIO, HiddenMap, axis_button
from gui.build_tab.names import unit_name, values_text
from gui.build_tab.state import BuildState, rows_to_choose
from gui.explain import explain
from gui.format import percent, show_integer, show_part_within
from gui.plots.colours import SMALLEST_PEAK, diverging, mixed_classes
from gui.plots.points import Points
from gui.theme import CAPTION_PX, GAP_M_PX, GAP_S_PX, active, font, icon
from gui.widgets.basic import label, menu_action, tool_button
from gui.widgets.layouts import STRETCH, UNBOUNDED_PX, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.experiment import FloatArray
from model.insight.answers import output_scale, targets_to_draw
from model.insight.hidden_space import (
    HiddenSpace,
    HiddenView,
    bent_grid,
    bounds_around,
    fit_view,
    hidden_space,
    sample_row_indices,
    strongest_units,
)
from model.insight.plane import Bounds
from model.metrics import RIGHT, decision_threshold, outcomes
from model.places import UnitAt

_MAX_LABELS, _MAX_LABEL_INPUTS = 16, 4
_BELOW_PX = 26
"""Height of the numbers below the map."""
_TEXT_PX = 150
"""Width needed to place the sentence beside the map; with less it goes below."""
_MAX_NAMED, _LINE_NAME_PX = 2, 120
_SIDE = 36
"""Points per side of the field.

The sums are linear over it, so the line is exact at any resolution.
"""


class HiddenSpaceView(Panel):
    """A plane of a hidden layer's space, with the rows and the next layer's line."""

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
        self.map = worded(HiddenMap(model), accessible_name="Hidden space", tip="")
        self.line = worded(axis_button("hidden_line"), accessible_name="Unit whose line is drawn")
        self.grid = tool_button(
            "hidden_grid",
            size="tiny",
            icon=icon("grid-four", "t2"),
            accessible_name="Input grid",
            tip="Draw a square grid of the inputs as this layer bends it",
        )
        self.grid.setCheckable(True)
        self.grid.setChecked(True)
        self.grid.setFixedSize(24, 24)
        self.grid.toggled.connect(lambda _: self._draw_grid())
        self.sentence = label("caption", "hidden_sentence", wrap=True)
        explain(self.sentence, "hidden-space", "slice")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.message = label("label", "hidden_message", wrap=True)
        self._lay_out()
        self.map.across.menu().aboutToShow.connect(lambda: self._offer_units(0))
        self.map.up.menu().aboutToShow.connect(lambda: self._offer_units(1))
        self.line.menu().aboutToShow.connect(self._offer_lines)
        self.retranslate()

    def _lay_out(self) -> None:
        said, shown = QWidget(), QWidget()
        vbox(self.message, STRETCH, on=said, margins=(0, GAP_M_PX, 0, 0))
        left = Qt.AlignmentFlag.AlignLeft
        tools = hbox((self.grid, 0, left), (self.line, 0, left), STRETCH, gap=GAP_S_PX)
        side = vbox(self.sentence, tools, STRETCH, gap=GAP_S_PX)
        self._row = hbox((self.map, 1), side, on=shown, gap=GAP_M_PX, margins=0)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(said)
        self._pages.addWidget(shown)

    def refit(self) -> None:
        """Place the sentence beside the map if there is room, otherwise below it."""
        size = self.size()
        square = size.height() + int(BESIDE_PX) - 2 * GAP_M_PX
        room = size.width() - _TEXT_PX - GAP_M_PX
        beside = room >= square
        way = QBoxLayout.Direction
        self._row.setDirection(way.LeftToRight if beside else way.TopToBottom)
        more = int((MAX_RATIO - 1.0) * (size.height() - _BELOW_PX))
        self.map.setMaximumWidth(min(room, square + more) if beside else UNBOUNDED_PX)

    # -- What is shown -----------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Update the map for the weights, the rows and the chosen row."""
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
            self._show_message(
                tr(
                    "This network has no hidden layer, so there is no hidden space. "
                    "Add a layer in the drawing."
                )
            )
            return
        rows = sample_row_indices(state.network, rows_to_choose(state.dataset))
        if len(rows) == 0 or state.dataset.inputs != state.experiment.network.inputs:
            self._show_message(tr("The rows are not there yet."))
            return
        x, y = state.rows_at(rows)
        view = fit_view(self._wanted or self._proposal(state, x), state.network)
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
            self._show_message(
                tr("Some weights or sums are no finite numbers, so nothing can be drawn.")
            )
            return
        self._pages.setCurrentIndex(1)
        self._bounds = bounds_around(space, state.network, None if old is None else self._bounds)
        self._draw(state, space, rows, x, y)

    def _proposal(self, state: BuildState, x: FloatArray) -> HiddenView:
        """Return the default view: the strongest units of the last hidden layer.

        It is kept while the view is visible and the layer sizes stay the same, even if training
        makes other units stronger.
        """
        shape = tuple(layer.units for layer in state.experiment.network.layers)
        if self._proposed is None or shape != self._proposed_for:
            layer = len(shape) - 2
            self._proposed_for = shape
            self._proposed = HiddenView(layer, strongest_units(state.network, x, layer))
        return self._proposed

    def showEvent(self, event: QShowEvent) -> None:
        """Propose the strongest units again, unless the user has chosen some."""
        super().showEvent(event)
        self._proposed, self._seen = None, ()

    def _show_message(self, text: str) -> None:
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
        field, line = space.answers_over(self._bounds, _SIDE)
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
        """Draw the inputs' grid bent by the layer, if it is enabled and available."""
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
        if dataset.table_x is not None and len(rows) <= _MAX_LABELS:
            names = tuple(_row_text(state, each) for each in state.columns_at(rows))
        places = space.places
        points = Points(places[:, 0], places[:, 1], kind, value, test, rows, each)
        self.map.show_rows(points, rows, names if x.shape[1] <= _MAX_LABEL_INPUTS else ())
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
            return tr("PC₁"), tr("PC₂")
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
            metrics = QFontMetricsF(font(CAPTION_PX, 500))
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, _LINE_NAME_PX)
            self.line.setText(short + CARET)
        text = " ".join(self._sentences(state, space))
        self.sentence.setText(text)
        if not state.running:
            told = [
                f"{', '.join(name for name in names if name)}.",
                text,
                *self.map.row_descriptions(),
            ]
            self.map.setAccessibleDescription(" ".join(told))

    def _sentences(self, state: BuildState, space: HiddenSpace) -> list[str]:
        """Describe the fixed units, and for how many rows the line is right."""
        held = self._describe_fixed_units(state, space)
        rows, right = len(space.places), space.agreeing
        said = []
        if space.view.units is None:
            kept = percent(space.plane.explained)
            said.append(tr("The plane keeps {share} of the spread.", share=kept))
        if right is None:
            return [*said, f"{held}."] if held else said or [tr("Shaded by the answer.")]
        sampled = rows < rows_to_choose(state.dataset)
        if space.is_line:
            return [*said, self._agreement(held, self._answers_name(state, space), rows, sampled)]
        row = self._row_phrase(state)
        if row and sampled:
            text = tr(
                "A slice, true for {row}; it agrees with {name} on {right} of {n} rows drawn."
            )
        elif row:
            text = tr("A slice, true for {row}; it agrees with {name} on {right} of {n} rows.")
        elif sampled:
            text = tr(
                "A slice through the mean; it agrees with {name} on {right} of {n} rows drawn."
            )
        else:
            text = tr("A slice through the mean; it agrees with {name} on {right} of {n} rows.")
        name, within = self._answers_name(state, space), show_part_within(right)
        return [*said, text.format(row=row, name=name, right=within, n=show_integer(rows))]

    def _answers_name(self, state: BuildState, space: HiddenSpace) -> str:
        """Return whose answers the line shows: the network, or one unit of several."""
        layer, network = space.view.layer + 1, state.experiment.network
        if space.has_classes or (space.is_output and network.layers[layer].units == 1):
            return tr("the network")
        return unit_name(UnitAt(layer, space.view.next_unit), network, state.dataset)

    def _agreement(self, held: str, name: str, rows: int, sampled: bool) -> str:
        """Return the sentence that the line agrees with the answers on every row.

        `held` describes fixed units and comes first, unless it is empty.
        """
        if rows == 1:
            text = tr("Agrees with {name} on the only row.")
            if held:
                text = tr("{held}; agrees with {name} on the only row.")
        elif sampled:
            text = tr("Agrees with {name} on all {n} rows drawn.")
            if held:
                text = tr("{held}; agrees with {name} on all {n} rows drawn.")
        else:
            text = tr("Agrees with {name} on all {n} rows.")
            if held:
                text = tr("{held}; agrees with {name} on all {n} rows.")
        return text.format(held=held, name=name, n=show_integer(rows))

    def _describe_fixed_units(self, state: BuildState, space: HiddenSpace) -> str:
        """Describe where other units are fixed; empty if there are none."""
        view, network = space.view, state.experiment.network
        units = network.layers[view.layer].units
        if units <= 2:
            return ""
        row = self._row_phrase(state)
        if view.units is None:
            if row:
                return tr("A slice through {row}", row=row)
            return tr("A slice through the mean")
        others = [unit for unit in range(units) if unit not in view.units]
        if len(others) <= _MAX_NAMED:
            named = [unit_name(UnitAt(view.layer, unit), network, state.dataset) for unit in others]
            names = named[0]
            if len(named) > 1:
                names = tr("{unit} and {other}", unit=named[0], other=named[1])
        else:
            names = tr("the other {n} units", n=show_integer(len(others)))
        is_one = len(others) == 1
        if row:
            held = (
                tr("A slice: {units} at its value {place}")
                if is_one
                else tr("A slice: {units} at their values {place}")
            )
            return held.format(units=names, place=self._row_phrase(state, is_within=True))
        at_mean = (
            tr("A slice: {units} at its mean") if is_one else tr("A slice: {units} at their means")
        )
        return at_mean.format(units=names)

    def _row_phrase(self, state: BuildState, is_within: bool = False) -> str:
        """Return the slice's row as part of a sentence, empty if there is none.

        Parameters
        ----------
        is_within
            Whether the sentence states a unit's value in that row; Turkish needs other endings.
        """
        columns = state.row_columns
        if columns is None:
            return ""
        if len(columns) <= _MAX_LABEL_INPUTS and state.dataset.table_x is not None:
            text = tr("in row {values}") if is_within else "{values}"
            return text.format(values=_row_text(state, columns))
        number, is_test = state.row_number(state.row)
        if is_within:
            text = tr("in test row {n}") if is_test else tr("in row {n}")
        else:
            text = tr("test row {n}") if is_test else tr("row {n}")
        return text.format(n=show_integer(number))

    # -- Choosing ----------------------------------------------------------------------------------

    def _offer_units(self, axis: int) -> None:
        """List the units of every hidden layer, and the components if there are more than two.

        Parameters
        ----------
        axis
            0 for the x axis, 1 for the y axis.
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
                head = menu.addAction(tr("Hidden {n}", n=show_integer(index + 1)))
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
                text = tr("Two strongest units")
                menu_action(menu, f"hidden_strongest_{index}", text, strongest)
                is_here = index == view.layer and view.units is None
                components = partial(self._choose, HiddenView(index, None))
                text = tr("Principal components")
                menu_action(menu, f"hidden_components_{index}", text, components, is_here)

    def _choose_strongest(self, layer: int) -> None:
        state, view = self._state, self._view
        assert state is not None
        assert view is not None
        next_unit = view.next_unit if view.layer == layer else 0
        rows = sample_row_indices(state.network, rows_to_choose(state.dataset))
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
        """List the units of the next layer, whose lines can be drawn."""
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
        """Write the sentence in the language in use."""
        self._seen = ()
        if self._state is not None:
            self.show_state(self._state)

    def restyle(self) -> None:
        """Apply the current theme."""
        self.retranslate()


def _row_text(state: BuildState, x: FloatArray) -> str:
    """Return a row's values as text, such as "(0, 1)"."""
    return f"({values_text(state.dataset, x)})"
