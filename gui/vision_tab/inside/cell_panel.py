"""One number of the network, recomputed step by step and compared with OpenCV's."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame

from foundation.text import mark, tr
from gui.explain import explain
from gui.format import factor, show_integer, show_number, significant
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, IconLabel
from gui.vision_tab.inside.inside_model import InsideModel, InsideState
from gui.vision_tab.inside.kernel_unit import kernel_in
from gui.vision_tab.inside.kernel_view import KernelView, Part
from gui.vision_tab.inside.terms import TermRows, other_terms, term_rows
from gui.vision_tab.inside.words import (
    activation_formula,
    activation_name,
    channel_name,
    figure,
    layer_name,
    map_name,
)
from gui.widgets.basic import as_html, label, push_button, rule, set_role, strong
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.look.inside.cell import Explanation
from vision.look.inside.graph import Kind
from vision.look.inside.kernel import Kernel
from vision.pictures.preprocessing import Preprocessing

MAX_PARTS, MAX_TERMS = 3, 8


class CellPanel(Panel):
    """The arithmetic of the chosen cell."""

    def __init__(self, model: InsideModel, open_kernel: QAction) -> None:
        super().__init__("inside_cell")
        self._model = model
        self._state = InsideState()
        # In a narrow column the heading gives way to the cell's name.
        title = label("title", "inside_cell_title", wrap=True, text="One cell, recomputed")
        explain(title, "weighted-sum", "activation")
        self._where = label("hint", "inside_cell_name")
        self._nothing = label(
            "hint-text",
            "inside_nothing",
            wrap=True,
            text="Once a picture is looked at, any number of the network is recomputed here.",
        )
        tip = mark("Click a number to see where it comes from")
        self.kernel = worded(
            KernelView(model.follow),
            accessible_name="What the cell sees, and its kernel",
            tip=tip,
        )
        self.terms = worded(
            TermRows("inside_terms", model.follow), accessible_name="Terms of the sum", tip=tip
        )
        self._sums = as_html(label("", "inside_sums", wrap=True))
        self._box = QFrame()
        set_role(self._box, role="card")
        vbox(self._sums, on=self._box, margins=(10, 8))
        self._verdict_icon, self._verdict = IconLabel(15), label("strong", "inside_verdict")
        self._gap = label("hint", "inside_gap")
        self.follow_button = push_button(
            "inside_follow",
            "link",
            "small",
            do=self._on_follow,
            text="Go to the number that adds most",
            accessible_name="Choose the cell of the layer before that adds most",
        )
        self._about_title = label("title", text="What a neuron of Build is here")
        explain(self._about_title, "unit")
        self._about = label("hint", "inside_about", wrap=True)
        self.kernel_button = push_button(
            "inside_open_kernel",
            "link",
            "small",
            do=open_kernel.trigger,
            text="Open this kernel in Build",
            tip="One unit with these weights, and patches of this picture as its rows",
        )
        self._rule = rule()
        vbox(
            hbox((title, 1), (self._where, 0, Qt.AlignmentFlag.AlignTop)),
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
        self.retranslate()

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: InsideState) -> None:
        """Show the arithmetic of another cell."""
        self._state = state
        found = state.explanation
        self._where.setText(self._place())
        self._nothing.setVisible(state.view is None)
        self._box.setVisible(state.view is not None)
        kernel = kernel_in(state)
        self.kernel_button.setVisible(kernel is not None)
        for part in (
            self.kernel,
            self.terms,
            self._verdict_icon,
            self._verdict,
            self._gap,
            self.follow_button,
            self._rule,
            self._about_title,
            self._about,
        ):
            part.setVisible(found is not None)
        if found is None:
            self._sums.setText(escape(self._describe_unexplained()))
            return
        self._show_parts(found)
        self._sums.setText("<br>".join(self._steps(found)))
        self._show_verdict(found)
        self._about.setText(f"{_kind_text(found)} {_limitation_text(kernel)}".strip())

    def _place(self) -> str:
        state = self._state
        if state.view is None:
            return ""
        if state.layer is None:
            return tr("the picture")
        return map_name(state.layer, state.cell.channel)

    def _describe_unexplained(self) -> str:
        """Describe a number that is not recomputed."""
        state, maps = self._state, self._state.maps
        layer = state.layer
        if layer is None and maps is not None:
            cell = state.cell
            settings = state.view.shown.preprocessing if state.view else Preprocessing()
            scale = settings.scale / settings.std[cell.channel]
            mean = settings.mean[cell.channel]
            names = state.colours or ("",)
            return tr(
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
        operator = "" if layer is None else layer.operator
        if maps is None:
            text = tr("{operator}: its maps are not known, so there is nothing to recompute.")
        else:
            text = tr("{operator} is shown and not recomputed: Glassnet does not explain it.")
        return text.format(operator=operator)

    def _show_parts(self, found: Explanation) -> None:
        """Show maps with their kernels if there is a window, otherwise single terms."""
        is_window = found.values.shape[1:] != (1, 1)
        self.kernel.setVisible(is_window)
        names = self._source_names(found)
        if is_window:
            is_maximum = found.layer.kind is Kind.MAXIMUM
            totals = found.products.sum(axis=(1, 2))
            order = np.argsort(-np.abs(totals), kind="stable")[:MAX_PARTS]
            parts = [
                Part(
                    names(place),
                    found.values[place],
                    None if is_maximum or found.weights is None else found.weights[place],
                    found.inside[place],
                    found.total if is_maximum else float(totals[place]),
                    place,
                )
                for place in sorted(order.tolist())
            ]
            self.kernel.show_parts(parts, found.values, found.weights, found.sources)
            left = len(totals) - len(parts)
            rest = float(totals.sum() - totals[order].sum())
            rows = [other_terms(left, rest)] if left else []
        else:
            rows = term_rows(found, MAX_TERMS, lambda place: names(place[0]))
        self.terms.show_rows(rows)
        self.terms.setVisible(bool(rows))

    def _source_names(self, found: Explanation) -> Callable[[int], str]:
        view = self._state.view
        assert view is not None  # there is no explanation without

        def name(place: int) -> str:
            source = found.sources(place, 0, 0)
            if source.tensor == view.graph.picture:
                return channel_name(source.cell.channel, self._state.colours)
            maker = view.graph.layer_of(source.tensor)
            if found.layer.kind in (Kind.SUM, Kind.PRODUCT) and maker is not None:
                return layer_name(maker)
            return channel_name(source.cell.channel, ())

        return name

    def _steps(self, found: Explanation) -> list[str]:
        """Return the arithmetic, one line per step."""
        lines = [self._first_step(found)]
        for scale in found.scales:
            lines.append(
                tr(
                    "Scaled: {before} × {factor} + {shift}",
                    before=figure(found.total) if len(lines) == 1 else "…",
                    factor=factor(figure(scale.factor)),
                    shift=figure(scale.shift),
                ).replace("+ −", "− ")
            )
        if found.scales:
            lines[-1] = f"{escape(lines[-1])} = {strong(figure(found.scaled))}"
        if found.activation is not None:
            name = activation_name(found.activation)
            formula = activation_formula(found.activation, found.scaled)
            lines.append(f"{escape(name)}: {escape(formula)} = {strong(figure(found.result))}")
        return lines

    def _first_step(self, found: Explanation) -> str:
        layer, total = found.layer, strong(figure(found.total))
        text, count = {
            Kind.MAXIMUM: (tr("The largest of {count}: {total}"), int(found.inside.sum())),
            Kind.MEAN: (tr("The mean of {count} numbers: {total}"), int(found.inside.sum())),
            Kind.SOFTMAX: (
                tr("exp of this score / sum of exp of all {count} = {total}"),
                found.values.size,
            ),
            Kind.LOCAL_NORMALISATION: (
                tr("Divided by how strong {count} maps are here: {total}"),
                found.values.size,
            ),
            Kind.JOIN: (tr("Passed on as it is: {total}"), 0),
            Kind.REARRANGEMENT: (tr("Passed on as it is: {total}"), 0),
            Kind.SCALE: (tr("It reads {total}"), 0),
            Kind.ACTIVATION: (tr("It reads {total}"), 0),
        }.get(layer.kind, ("", 0))
        if text:
            return text.format(count=show_integer(count), total=total)
        if layer.kind is Kind.PRODUCT:
            first, *others = (figure(float(value)) for value in found.values.ravel())
            return f"{' × '.join((first, *map(factor, others)))} = {total}"
        return f"{self._sum_text(found)} = {total}"

    def _sum_text(self, found: Explanation) -> str:
        sums = found.products.sum(axis=(1, 2))
        if len(sums) <= MAX_PARTS:
            text = " + ".join(figure(float(one)) for one in sums).replace("+ −", "− ")
        else:
            text = tr(
                "{sum} (sum of {count} products)",
                sum=figure(float(sums.sum())),
                count=show_integer(found.products.size),
            )
        if found.bias is not None:
            sign = "−" if found.bias < 0 else "+"
            bias = tr("{value} (bias)", value=figure(abs(found.bias)))
            text = f"{text} {sign} {bias}"
        return text

    def _show_verdict(self, found: Explanation) -> None:
        tone = "ok" if found.is_explained_by_rounding else "fail"
        text = (
            tr("OpenCV says the same")
            if found.is_explained_by_rounding
            else tr("OpenCV says otherwise")
        )
        self._verdict.setText(text)
        set_role(self._verdict, tone=tone)
        self._gap.setText(tr("gap {gap}", gap=significant(found.gap, 2)))
        self._verdict_icon.show_icon(
            "check-circle" if found.is_explained_by_rounding else "x-circle", tone
        )

    # -- The user ----------------------------------------------------------------------------------

    def _on_follow(self) -> None:
        found = self._state.explanation
        if found is not None:
            self._model.follow(found.sources(*found.largest(1)[0]))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.kernel.set_headings(tr("what it sees"), tr("its kernel"))
        self.show_state(self._state)


def _kind_text(found: Explanation) -> str:
    count = show_integer(found.values.size)
    layer = found.layer
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


def _limitation_text(kernel: Kernel | None) -> str:
    """Return what Build cannot reproduce of a kernel, or an empty text."""
    if kernel is None or kernel.explanation.activation is None:
        return ""
    if kernel.missing_activation is not None:
        return tr(
            "Build has no {activation}: there it is the sum before it.",
            activation=activation_name(kernel.missing_activation),
        )
    if kernel.upper_bound is not None:
        return tr(
            "In Build it is a ReLU, which does not stop at {bound}.",
            bound=show_number(kernel.upper_bound),
        )
    return ""
