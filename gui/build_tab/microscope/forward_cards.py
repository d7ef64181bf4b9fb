"""The cards of the forward pass: inputs, bias, weights, weighted sum, activation."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt

from foundation.text import tr, tr_plural
from gui.build_tab.microscope.drawings import SumBars, Term
from gui.build_tab.microscope.formulas import (
    activation_formula,
    formula,
    general_sum,
    live_sum,
    omitted_terms_text,
    quiet,
)
from gui.build_tab.microscope.part_card import PartCard, write
from gui.build_tab.microscope.sentences import (
    bias_sentence,
    slope_sentence,
    unit_words,
    weights_sentence,
)
from gui.build_tab.microscope.step_view import StepView, figure, number, short_figure
from gui.format import show_integer
from gui.plots.curve_plot import CurvePlot, Curves, Dot, activation_curves
from gui.theme import BODY_PX, GAP_M_PX
from gui.widgets.basic import as_html, label
from gui.widgets.formula import FormulaLabel, Word
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.layouts import Part as LayoutPart
from model.insight.curves import softmax_shift
from model.insight.step.one_step import UnitStep
from model.insight.step.walk import Part

_CURVE, _LONG_NAME_PX = QSize(128, 76), 140
_APART = "    "
"""Separator between two weights in a line."""


class InputsCard(PartCard):
    """The unit's inputs: names, values in the unit of the data and as the network reads them."""

    part = Part.INPUTS

    def make_body(self) -> Sequence[LayoutPart]:
        """Return the table of inputs."""
        self.values = as_html(label("", "microscope_inputs_values"))
        self._spoken = ""
        return (self.values,)

    def show_view(self, view: StepView) -> None:
        """Show the inputs of the largest products."""
        title = tr("What it reads") if view.unit.at.layer > 0 else tr("Inputs")
        hint = tr_plural("1 input", "{n} inputs", view.inputs, n=show_integer(view.inputs))
        self.show_content(title, hint=hint)
        cells = [self._cells(view, row) for row in view.terms]
        self._spoken = "; ".join(" ".join(filter(None, each)) for each in cells)
        rows = [_row(*map(html.escape, each)) for each in cells]
        left = view.inputs - len(view.terms)
        if left:
            rows.append(f"<tr><td colspan=4>{omitted_terms_text(left)}</td></tr>")
        write(self.values, f'<table cellspacing="0" cellpadding="1">{"".join(rows)}</table>')

    def spoken(self) -> str:
        """Return the values with their names."""
        return self._spoken

    def _cells(self, view: StepView, row: int) -> list[str]:
        short = view.input_name(row)
        middle = Qt.TextElideMode.ElideMiddle
        long = self.values.fontMetrics().elidedText(view.long_name(row), middle, _LONG_NAME_PX)
        cells = [short, long if long != short else "", view.input_in_data_units(row)]
        if view.is_scaled and view.is_derived(row):
            cells.append(tr("of scaled columns"))
        elif view.is_scaled:
            text = tr("scaled {value}", value=figure(float(view.unit.x[row])))
            cells.append(text)
        return cells


def _row(short: str, long: str, value: str, *scaled: str) -> str:
    """Return an input as a row of a table."""
    cells = short, long, f"<b>{value}</b>", *scaled
    return f"<tr>{''.join(f'<td>{cell}&nbsp;&nbsp;</td>' for cell in cells)}</tr>"


class BiasCard(PartCard):
    """The number that a unit adds for every row."""

    part = Part.BIAS

    def show_view(self, view: StepView) -> None:
        """Show the bias."""
        bias = view.unit.bias
        formulas = [] if bias is None else [formula("b = {}", number(bias))]
        self.show_content(tr("Bias"), formulas, bias_sentence(view))


class WeightsCard(PartCard):
    """The weights of a unit, and their origin."""

    part = Part.WEIGHTS

    def show_view(self, view: StepView) -> None:
        """Show the weights of the largest products."""
        pieces: list[Word] = []
        for row in view.terms:
            value = number(float(view.unit.weights[row]))
            pieces += [Word(f"{view.weight_name(row)} = "), value, Word(_APART)]
        left = view.inputs - len(view.terms)
        if left:
            pieces.append(quiet(omitted_terms_text(left)))
        self.show_content(tr("Weights"), [tuple(pieces)], weights_sentence(view))


class SumCard(PartCard):
    """The weighted sum in symbols, in numbers and as bars."""

    part = Part.SUM

    def make_body(self) -> Sequence[LayoutPart]:
        """Return the formulas and the bars."""
        self.bars = SumBars()
        return self.formulas, self.bars

    def show_view(self, view: StepView) -> None:
        """Show how z is computed."""
        unit = view.unit
        self.show_content(tr("Weighted sum"), [general_sum(view), live_sum(view)])
        terms = [
            Term(
                f"{view.weight_name(row)}·{view.input_name(row)}",
                float(view.products[row]),
            )
            for row in view.terms
        ]
        left = view.inputs - len(view.terms)
        if left:
            terms.append(Term(omitted_terms_text(left), view.rest_of_sum))
        if unit.bias is not None:
            terms.append(Term("b", unit.bias))
        self.bars.show_terms(terms, Term("z", unit.z))


class ActivationCard(PartCard):
    """The activation's value at z, on its curve."""

    part = Part.ACTIVATION

    def make_body(self) -> Sequence[LayoutPart]:
        """Return the formula, the slope and the sentence next to the curve."""
        self.slope = FormulaLabel("microscope_slope", BODY_PX)
        self.curve = CurvePlot("microscope_curve", _CURVE)
        self.curve.setFixedSize(_CURVE)
        column = vbox(self.formulas, self.slope, self.why, STRETCH, gap=4)
        return (hbox((column, 1), (self.curve, 0, Qt.AlignmentFlag.AlignTop), gap=GAP_M_PX),)

    def show_view(self, view: StepView) -> None:
        """Show a, the slope, and why."""
        unit, name = view.unit, unit_words(view.unit)
        formulas = [activation_formula(view)]
        self.show_content(tr("Activation"), formulas, slope_sentence(view), name)
        slope = short_figure(unit.slope)
        self.slope.show_formula(formula("∂a/∂z = |{}", Word(slope, weight=600)))
        spoken = tr(
            "{name}: z {z}, a {a}, slope {slope}",
            name=name,
            z=figure(unit.z),
            a=figure(unit.a),
            slope=slope,
        )
        is_number = math.isfinite(unit.z) and math.isfinite(unit.a)
        self.curve.show_curves(_curves(unit) if is_number else None)
        self.curve.show_dots([Dot(unit.z, unit.a)] if is_number else [], spoken)


def _curves(unit: UnitStep) -> Curves:
    """Return the curve of a unit's activation over a range that contains its z."""
    reach = min(max(4.0, 1.25 * abs(unit.z)), 1e6)
    shift = softmax_shift(unit.z, unit.a) if unit.activation == "softmax" else 0.0
    return activation_curves(unit.activation, reach, shift)
