"""One number of the network, recomputed step by step and held against OpenCV's."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame

from foundation.text import tr
from gui.explain import explain
from gui.format import factor, show_integer, show_number, significant
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, IconLabel
from gui.vision_tab.inside.inside_model import InsideModel, InsideState
from gui.vision_tab.inside.kernel_unit import kernel_in
from gui.vision_tab.inside.kernel_view import KernelView, Part
from gui.vision_tab.inside.terms import TermRow, TermRows
from gui.vision_tab.inside.words import (
    activation_formula,
    activation_name,
    channel_name,
    figure,
    layer_name,
    map_name,
)
from gui.widgets.basic import (
    as_html,
    describe,
    label,
    push_button,
    rule,
    set_role,
    strong,
    write_on,
)
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from vision.look.inside.cell import Explanation
from vision.look.inside.graph import Kind
from vision.look.inside.kernel import Kernel
from vision.pictures.preprocessing import Preprocessing

MOST_PARTS, MOST_TERMS = 3, 8


class CellPanel(Panel):
    """Show the arithmetic of the chosen cell."""

    def __init__(self, model: InsideModel, open_kernel: QAction) -> None:
        super().__init__("inside_cell")
        self._model = model
        self._state = InsideState()
        # In a narrow column the heading gives way to the cell's name.
        self._title = label("title", "inside_cell_title", wrap=True)
        self._where = label("hint", "inside_cell_name")
        self._nothing = label("hint-text", "inside_nothing", wrap=True)
        explain(self._title, "weighted-sum", "activation")
        self.kernel = KernelView(model.follow)
        self.terms = TermRows("inside_terms", model.follow)
        self._sums = as_html(label("", "inside_sums", wrap=True))
        self._box = QFrame()
        set_role(self._box, role="card")
        self._verdict_icon, self._verdict = IconLabel(15), label("strong", "inside_verdict")
        self._gap = label("hint", "inside_gap")
        self.follow_button = push_button("inside_follow", "link", "small")
        self.follow_button.clicked.connect(self._on_follow)
        self._about_title = label("title")
        explain(self._about_title, "unit")
        self._about = label("hint", "inside_about", wrap=True)
        self._open_kernel = open_kernel
        self.kernel_button = push_button("inside_open_kernel", "link", "small")
        self.kernel_button.clicked.connect(open_kernel.trigger)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        vbox(self._sums, on=self._box, margins=(10, 8))
        self._rule = rule()
        vbox(
            hbox((self._title, 1), (self._where, 0, Qt.AlignmentFlag.AlignTop)),
            self._nothing,
            self.kernel,
            self.terms,
            self._box,
            hbox(self._verdict_icon, self._verdict, STRETCH, self._gap, gap=GAP_S_PX),
            (self.follow_button, 0, Qt.AlignmentFlag.AlignLeft),
            self._rule,
            self._about_title,
            self._about,
            (self.kernel_button, 0, Qt.AlignmentFlag.AlignLeft),
            on=self,
            gap=GAP_M_PX,
            margins=(INSET_PX + 2, INSET_PX),
        )

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: InsideState) -> None:
        """Show the arithmetic of another cell."""
        self._state = state
        told = state.explanation
        self._where.setText(self._place())
        self._nothing.setVisible(state.view is None)
        for widget in (self.kernel, self.terms, self._verdict_icon, self._verdict, self._gap):
            widget.setVisible(told is not None)
        self.follow_button.setVisible(told is not None)
        self._box.setVisible(state.view is not None)
        if told is None:
            self._sums.setText(self._without())
        else:
            self._show_parts(told)
            self._sums.setText("<br>".join(self._steps(told)))
            self._show_verdict(told)
        for part in (self._rule, self._about_title, self._about):
            part.setVisible(told is not None)
        kernel = kernel_in(state)
        self.kernel_button.setVisible(kernel is not None)
        if told is not None:
            self._about.setText(
                " ".join(filter(None, (self._kind_text(told), self._limit(kernel))))
            )

    def _place(self) -> str:
        state = self._state
        if state.view is None:
            return ""
        if state.layer is None:
            return tr("the picture")
        return map_name(state.layer, state.cell.channel)

    def _without(self) -> str:
        """Say what there is to say of a number that is not recomputed."""
        state, maps = self._state, self._state.maps
        layer = state.layer
        if layer is None and maps is not None:
            cell = state.cell
            settings = state.view.shown.preprocessing if state.view else Preprocessing()
            scale = settings.scale / settings.std[cell.channel]
            mean = settings.mean[cell.channel]
            names = state.colours or ("",)
            return escape(
                tr(
                    "{channel} in row {row}, column {column} is what the network is given: the "
                    "pixel less the mean, times the scale, ({pixel} − {mean}) × {scale} = {value}.",
                    channel=names[cell.channel],
                    row=show_integer(cell.row),
                    column=show_integer(cell.column),
                    value=figure(float(maps[cell])),
                    pixel=show_number(float(maps[cell]) / scale + mean, 3),
                    mean=show_number(mean),
                    scale=show_number(scale, 3),
                )
            )
        if layer is not None and maps is None:
            return escape(
                tr(
                    "{operator}: its maps are not known, so there is nothing to recompute.",
                    operator=layer.operator,
                )
            )
        operator = "" if layer is None else layer.operator
        return escape(
            tr(
                "{operator} is shown and not recomputed: Glassnet does not explain it.",
                operator=operator,
            )
        )

    def _show_parts(self, told: Explanation) -> None:
        """Show maps with their kernels where a window is read, else the terms one by one."""
        is_window = told.values.shape[1:] != (1, 1)
        self.kernel.setVisible(is_window)
        rows: list[TermRow] = []
        names = self._source_names(told)
        if is_window:
            totals = told.products.sum(axis=(1, 2))
            order = np.argsort(-np.abs(totals), kind="stable")[:MOST_PARTS]
            parts = [
                Part(
                    names(int(place)),
                    told.values[place],
                    None if told.layer.kind is Kind.MAXIMUM else self._weights(told, int(place)),
                    told.inside[place],
                    self._part_total(told, int(place)),
                    int(place),
                )
                for place in sorted(order)
            ]
            self.kernel.show_parts(parts, told.values, told.weights, told.sources)
            left = len(totals) - len(parts)
            if left:
                rest = float(totals.sum() - totals[order].sum())
                rows.append(TermRow(self._rest_name(left), "", rest))
        else:
            places = told.largest(MOST_TERMS)
            products = told.products
            for place in places:
                value = float(told.values[place])
                factors = figure(value)
                if told.weights is not None and told.layer.kind is not Kind.SUM:
                    factors = f"{factors} × {factor(figure(float(told.weights[place])))}"
                source = told.sources(*place)
                rows.append(TermRow(names(place[0]), factors, float(products[place]), source))
            left = products.size - len(places)
            if left and told.weights is not None:
                rest = float(products.sum() - sum(products[place] for place in places))
                rows.append(TermRow(self._rest_name(left), "", rest))
        self.terms.show_rows(rows)
        self.terms.setVisible(bool(rows))

    def _weights(self, told: Explanation, place: int) -> np.ndarray | None:
        return None if told.weights is None else told.weights[place]

    def _part_total(self, told: Explanation, place: int) -> float:
        if told.layer.kind is Kind.MAXIMUM:
            return told.total
        return float(told.products[place].sum())

    def _rest_name(self, count: int) -> str:
        return tr("the other {count}", count=show_integer(count))

    def _source_names(self, told: Explanation) -> Callable[[int], str]:
        view = self._state.view
        assert view is not None  # there is no explanation without

        def name(place: int) -> str:
            source = told.sources(place, 0, 0)
            if source.tensor == view.graph.picture:
                return channel_name(source.cell.channel, self._state.colours)
            maker = view.graph.maker(source.tensor)
            if told.layer.kind in (Kind.SUM, Kind.PRODUCT) and maker is not None:
                return layer_name(maker)
            return channel_name(source.cell.channel, ())

        return name

    def _steps(self, told: Explanation) -> list[str]:
        """Return the arithmetic, a line a step."""
        lines = [self._first_step(told)]
        for scale in told.scales:
            lines.append(
                tr(
                    "Scaled: {before} × {factor} + {shift}",
                    before=figure(told.total) if len(lines) == 1 else "…",
                    factor=factor(figure(scale.factor)),
                    shift=figure(scale.shift),
                ).replace("+ −", "− ")
            )
        if told.scales:
            lines[-1] = f"{escape(lines[-1])} = {strong(figure(told.scaled))}"
        if told.activation is not None:
            name = activation_name(told.activation)
            formula = activation_formula(told.activation, told.scaled)
            lines.append(f"{escape(name)}: {escape(formula)} = {strong(figure(told.result))}")
        return lines

    def _first_step(self, told: Explanation) -> str:
        layer, total = told.layer, strong(figure(told.total))
        if layer.kind is Kind.MAXIMUM:
            return tr(
                "The largest of {count}: {total}",
                count=show_integer(int(told.inside.sum())),
                total=total,
            )
        if layer.kind is Kind.MEAN:
            return tr(
                "The mean of {count} numbers: {total}",
                count=show_integer(int(told.inside.sum())),
                total=total,
            )
        if layer.kind is Kind.SOFTMAX:
            return tr(
                "exp of this score / sum of exp of all {count} = {total}",
                count=show_integer(told.values.size),
                total=total,
            )
        if layer.kind is Kind.LOCAL_NORMALISATION:
            return tr(
                "Divided by how strong {count} maps are here: {total}",
                count=show_integer(told.values.size),
                total=total,
            )
        if layer.kind in (Kind.JOIN, Kind.REARRANGEMENT):
            return tr("Passed on as it is: {total}", total=total)
        if layer.kind is Kind.PRODUCT:
            first, *others = (figure(float(value)) for value in told.values.ravel())
            return f"{' × '.join((first, *map(factor, others)))} = {total}"
        if layer.kind in (Kind.SCALE, Kind.ACTIVATION):
            return tr("It reads {total}", total=total)
        return f"{self._sum_text(told)} = {total}"

    def _sum_text(self, told: Explanation) -> str:
        sums = told.products.sum(axis=(1, 2))
        if len(sums) <= MOST_PARTS:
            text = " + ".join(figure(float(one)) for one in sums).replace("+ −", "− ")
        else:
            text = tr(
                "{sum} (sum of {count} products)",
                sum=figure(float(sums.sum())),
                count=show_integer(told.products.size),
            )
        if told.bias is not None:
            sign = "−" if told.bias < 0 else "+"
            bias = tr("{value} (bias)", value=figure(abs(told.bias)))
            text = f"{text} {sign} {bias}"
        return text

    def _show_verdict(self, told: Explanation) -> None:
        view = self._state.view
        assert view is not None  # there is no explanation without
        tone = "ok" if told.agrees else "fail"
        by = "ONNX" if view.is_by_reference else "OpenCV"
        text = tr("{by} says the same") if told.agrees else tr("{by} says otherwise")
        self._verdict.setText(text.format(by=by))
        set_role(self._verdict, tone=tone)
        self._gap.setText(tr("gap {gap}", gap=significant(told.gap, 2)))
        self._verdict_icon.show_icon("check-circle" if told.agrees else "x-circle", tone)

    def _kind_text(self, told: Explanation) -> str:
        count = show_integer(told.values.size)
        layer = told.layer
        if layer.kind is Kind.CONVOLUTION:
            return tr(
                "The same weighted sum, over {count} numbers, with the same {count} weights at "
                "every place of the picture.",
                count=count,
            )
        if layer.kind is Kind.DENSE:
            return tr("The same weighted sum, over {count} numbers.", count=count)
        if layer.kind in (Kind.SUM, Kind.PRODUCT, Kind.SCALE, Kind.ACTIVATION):
            return tr("No neuron of its own: it works on the numbers of those before it.")
        return tr("No neuron: it has no weights and learns nothing.")

    def _limit(self, kernel: Kernel | None) -> str:
        """Say what a unit of Build does not do of a kernel's activation, or nothing."""
        if kernel is None or kernel.told.activation is None:
            return ""
        if kernel.without is not None:
            return tr(
                "Build has no {activation}: there it is the sum before it.",
                activation=activation_name(kernel.without),
            )
        if kernel.bound is not None:
            return tr(
                "In Build it is a ReLU, which does not stop at {bound}.",
                bound=show_number(kernel.bound),
            )
        return ""

    # -- Person ------------------------------------------------------------------------------------

    def _on_follow(self) -> None:
        told = self._state.explanation
        if told is not None:
            self._model.follow(told.sources(*told.largest(1)[0]))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(tr("One cell, recomputed"))
        self._nothing.setText(
            tr("Once a picture is looked at, any number of the network is recomputed here.")
        )
        self._about_title.setText(tr("What a neuron of Build is here"))
        self.follow_button.setText(tr("Go to the number that adds most"))
        tip = tr("One unit with these weights, and patches of this picture as its rows")
        write_on(self.kernel_button, self._open_kernel.text(), tip)
        describe(self.follow_button, tr("Choose the cell of the layer before that adds most"))
        self.kernel.show_heads(tr("what it sees"), tr("its kernel"))
        tip = tr("Click a number to see where it comes from")
        describe(self.kernel, tr("What the cell sees, and its kernel"), tip)
        describe(self.terms, tr("Terms of the sum"), tip)
        self.show_state(self._state)
