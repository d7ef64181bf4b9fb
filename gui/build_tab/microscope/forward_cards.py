"""The cards of the forward pass: inputs, bias, weights, weighted sum, activation."""

from __future__ import annotations

import html
import math
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt

from foundation.text import tr, tr_plural
from gui.build_tab.microscope.drawings import SumBars, Term
from gui.build_tab.microscope.formulas import (
    activation_formula,
    general_sum,
    live_sum,
    more_words,
    rest_of_sum,
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
from gui.widgets.layouts import STRETCH, add_parts, hbox, vbox
from model.insight.curves import softmax_shift
from model.insight.step.one_step import UnitStep
from model.insight.step.walk import Part

Choose = Callable[[Part], None]
_CURVE, _LONG_NAME_PX = QSize(128, 76), 140
_APART = "    "
"""Between two weights in a line."""


class InputsCard(PartCard):
    """The unit's inputs: names, values in the unit of the data and as the network reads them."""

    def __init__(self, choose: Choose) -> None:
        super().__init__(Part.INPUTS, choose)
        self.values = as_html(label("", "microscope_inputs_values"))
        self._spoken = ""
        self.body.addWidget(self.values)

    def show_view(self, view: StepView) -> None:
        """Show the inputs of the largest products."""
        hidden = view.unit.at.layer > 0
        self.title.setText(tr("What it reads") if hidden else tr("Inputs"))
        self.hint.setText(
            tr_plural("1 input", "{n} inputs", view.inputs, n=show_integer(view.inputs))
        )
        cells = [self._cells(view, row) for row in view.terms]
        self._spoken = "; ".join(" ".join(filter(None, each)) for each in cells)
        rows = [_row(*map(html.escape, each)) for each in cells]
        left = view.inputs - len(view.terms)
        if left:
            rows.append(f"<tr><td colspan=4>{more_words(left)}</td></tr>")
        write(self.values, f'<table cellspacing="0" cellpadding="1">{"".join(rows)}</table>')

    def spoken(self) -> str:
        """Return the values with their names."""
        return self._spoken

    def _cells(self, view: StepView, row: int) -> list[str]:
        short = view.input_name(row)
        middle = Qt.TextElideMode.ElideMiddle
        long = self.values.fontMetrics().elidedText(view.long_name(row), middle, _LONG_NAME_PX)
        cells = [short, long if long != short else "", view.own_input(row)]
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
    """The number that a unit adds whatever the row."""

    def __init__(self, choose: Choose) -> None:
        super().__init__(Part.BIAS, choose)
        self.formula = FormulaLabel("microscope_bias_formula")
        self.why = self.sentence("bias_why")
        add_parts(self.body, self.formula, self.why)

    def show_view(self, view: StepView) -> None:
        """Show the bias."""
        self.title.setText(tr("Bias"))
        bias = view.unit.bias
        self.formula.setVisible(bias is not None)
        if bias is not None:
            self.formula.show_formula((Word("b = "), number(bias)))
        write(self.why, bias_sentence(view))


class WeightsCard(PartCard):
    """The weights of a unit, and their origin."""

    def __init__(self, choose: Choose) -> None:
        super().__init__(Part.WEIGHTS, choose)
        self.formula = FormulaLabel("microscope_weights_formula")
        self.why = self.sentence("weights_why")
        add_parts(self.body, self.formula, self.why)

    def show_view(self, view: StepView) -> None:
        """Show the weights of the largest products."""
        self.title.setText(tr("Weights"))
        pieces: list[Word] = []
        for row in view.terms:
            pieces.append(Word(f"{view.weight_name(row)} = ", breaks=True))
            pieces += [number(float(view.unit.weights[row])), Word(_APART)]
        left = view.inputs - len(view.terms)
        if left:
            pieces.append(Word(more_words(left), token="t2", breaks=True))
        self.formula.show_formula(tuple(pieces))
        write(self.why, weights_sentence(view))


class SumCard(PartCard):
    """The weighted sum in symbols, in numbers and as bars."""

    def __init__(self, choose: Choose) -> None:
        super().__init__(Part.SUM, choose)
        self.general = FormulaLabel("microscope_sum_general")
        self.live = FormulaLabel("microscope_sum_formula")
        self.bars = SumBars()
        add_parts(self.body, self.general, self.live, self.bars)

    def show_view(self, view: StepView) -> None:
        """Show how z is computed."""
        unit = view.unit
        self.title.setText(tr("Weighted sum"))
        self.general.show_formula(general_sum(view))
        self.live.show_formula(live_sum(view))
        terms = [
            Term(
                f"{view.weight_name(row)}·{view.input_name(row)}",
                float(unit.x[row]) * float(unit.weights[row]),
            )
            for row in view.terms
        ]
        left = view.inputs - len(view.terms)
        if left:
            terms.append(Term(more_words(left), rest_of_sum(view)))
        if unit.bias is not None:
            terms.append(Term("b", unit.bias))
        self.bars.show_terms(terms, Term("z", unit.z))


class ActivationCard(PartCard):
    """The activation's value at z, on its curve."""

    def __init__(self, choose: Choose) -> None:
        super().__init__(Part.ACTIVATION, choose)
        self.formula = FormulaLabel("microscope_activation_formula")
        self.slope = FormulaLabel("microscope_slope", BODY_PX)
        self.why = self.sentence("activation_why")
        self.curve = CurvePlot("microscope_curve", _CURVE)
        self.curve.setFixedSize(_CURVE)
        column = vbox(self.formula, self.slope, self.why, STRETCH, gap=4)
        row = hbox((column, 1), (self.curve, 0, Qt.AlignmentFlag.AlignTop), gap=GAP_M_PX)
        self.body.addLayout(row)

    def show_view(self, view: StepView) -> None:
        """Show a, the slope, and why."""
        unit = view.unit
        self.title.setText(tr("Activation"))
        self.hint.setText(unit_words(unit))
        self.formula.show_formula(activation_formula(view))
        slope = (Word("∂a/∂z = ", token="t2"), Word(short_figure(unit.slope), weight=600))
        self.slope.show_formula(slope)
        why = slope_sentence(view)
        write(self.why, why)
        spoken = tr(
            "{name}: z {z}, a {a}, slope {slope}",
            name=unit_words(unit),
            z=figure(unit.z),
            a=figure(unit.a),
            slope=short_figure(unit.slope),
        )
        is_number = math.isfinite(unit.z) and math.isfinite(unit.a)
        self.curve.show_curves(_curves(unit) if is_number else None)
        self.curve.show_dots([Dot(unit.z, unit.a)] if is_number else [], spoken)


def _curves(unit: UnitStep) -> Curves:
    """Return the curve of a unit's activation over a range that contains its z."""
    reach = min(max(4.0, 1.25 * abs(unit.z)), 1e6)
    shift = softmax_shift(unit.z, unit.a) if unit.activation == "softmax" else 0.0
    return activation_curves(unit.activation, reach, shift)
