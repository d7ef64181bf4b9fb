"""The cards of an activation and a loss: their definition and the current values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.function_cards.formulas import Definition, activation_definition, loss_definition
from gui.build_tab.function_cards.words import activation_words, loss_words
from gui.build_tab.names import activation_names, loss_names, loss_reduction, unit_name
from gui.build_tab.state import BuildState
from gui.format import show_fixed, show_integer, show_number, show_part, show_short
from gui.plots.curve_plot import CurvePlot, Curves, Dot, Line, activation_curves
from gui.spoken import signs_in_words, spoken
from gui.theme import GAP_S_PX, INSET_PX, active
from gui.widgets.basic import as_html, label
from gui.widgets.info_card import InfoCard
from gui.widgets.layouts import add_parts
from model.activations import activate, derivative
from model.experiment import Activation, FloatArray, Loss
from model.experiment.checks import first_outside
from model.insight.curves import FLAT_SLOPE, LossAxis, loss_axis, loss_curve, output_losses
from model.losses import loss_fits
from model.places import UnitAt

_PLOT_PX, _FORMULA_PX, _SLOPE_PX = 150, 18, 16


class FunctionCard(InfoCard):
    """Formula, curve, slope and sentences of a function, with the current values.

    Attributes
    ----------
    plot
        The curve; available once `fill` has been called.
    """

    def __init__(self, object_name: str, model: BuildModel, parent: QWidget) -> None:
        super().__init__(object_name, parent)
        self._model = model
        self._shown: object = None
        """Key of the formulas and the curve shown."""
        self._spoken = "", ""

    def fill(self) -> None:
        """Lay out formulas, curve and sentences."""
        from gui.widgets.latex import LatexLabel  # late: what sets formulas is large

        name = self.objectName()
        self.formula = LatexLabel(f"{name}_formula", _FORMULA_PX)
        self.slope = LatexLabel(f"{name}_slope", _SLOPE_PX, "t2")
        inner_px = self.WIDTH_PX - 2 * INSET_PX
        self.plot = CurvePlot(f"{name}_curve", QSize(inner_px, _PLOT_PX), has_numbers=True)
        self.key = as_html(label("hint", f"{name}_key"))
        # Of one size for good: its text changes with every frame, and no layout need hear of it.
        self.present = label("strong", f"{name}_present")
        self.present.setFixedSize(inner_px, self.present.fontMetrics().height() + 2)
        self.words = label("label", f"{name}_words", wrap=True)
        add_parts(
            self.body, self.formula, self.slope, self.plot, self.key, self.present, self.words
        )
        self.body.setSpacing(GAP_S_PX + 2)

    def write(self, title: str, definition: Definition, words: str, key: str) -> None:
        """Set the texts and formulas that stay the same during training."""
        self.title.setText(title)
        self.formula.show_latex(definition.value)
        self.slope.show_latex(definition.slope)
        self.words.setText(words)
        self.key.setText(key.replace("   ", "&nbsp;&nbsp;&nbsp;"))
        self.setAccessibleName(title)
        formulas = f"{spoken(definition.value)}. {spoken(definition.slope)}."
        self._spoken = formulas, signs_in_words(words)
        self.setAccessibleDescription(" ".join(self._spoken))  # until what is present is told

    def show_present(self, dots: Sequence[Dot], present: str, spoken: str = "") -> None:
        """Show dots on the curve, described by `present`, or by `spoken` if given."""
        metrics = self.present.fontMetrics()
        shown = metrics.elidedText(present, Qt.TextElideMode.ElideRight, self.present.width())
        self.present.setText(shown)
        self.present.setVisible(bool(present))
        if self._model.state.running:
            self.plot.show_dots(dots, self.plot.accessibleName())
            return
        self.plot.show_dots(dots, spoken or present)
        self.present.setAccessibleName(present)
        formula, words = self._spoken
        self.setAccessibleDescription(" ".join(filter(None, (formula, present, words))))

    def show_state(self, state: BuildState) -> None:
        """Update the values if the card is open."""
        if self.isVisible():
            self.show_numbers(state)

    def show_numbers(self, state: BuildState) -> None:
        """Show a state's values on the curve."""

    def retranslate(self) -> None:
        """Set every text in the current language."""
        super().retranslate()
        if self.is_made:
            self._shown = None
            self.show_numbers(self._model.state)

    def restyle(self) -> None:
        """Apply the current theme."""
        self.retranslate()


def _coloured(sign: str, token: str) -> str:
    """Return a symbol as rich text in one of the theme's colours."""
    return f'<span style="color:{getattr(active(), token)}">{sign}</span>'


MAX_DOTS = 64
_RANGES = (6.0, 12.0, 24.0, 48.0)
"""Ranges of z on the curve.

The range changes in steps, so that the axis does not change all the time during training.
"""


class ActivationCard(FunctionCard):
    """Explains an activation, with the current z of a layer's units as dots."""

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__("activation_card", model, parent)
        self._layer = 0
        self._wished: Activation | None = None

    def show_layer(self, layer: int, name: Activation | None = None) -> None:
        """Show a layer's activation, or preview `name` in that layer."""
        self._layer, self._wished, self._shown = layer, name, None
        self.show_numbers(self._model.state)

    def show_numbers(self, state: BuildState) -> None:
        """Place dots at the z of the layer's units for the chosen row."""
        layers = state.experiment.network.layers
        if self._layer >= len(layers):
            self.dismiss()
            return
        name = self._wished or layers[self._layer].activation
        values = state.row_values
        z = np.empty(0) if values is None else values[self._layer][0].astype(np.float64)
        a = activate(name, z) if len(z) else z
        x = _axis_values(name, z, a)
        farthest = np.abs(x[np.isfinite(x)]).max(initial=0.0)
        reach = next((r for r in _RANGES if farthest <= r), _RANGES[-1])
        if (name, reach) != self._shown:
            self._shown = name, reach
            curves = activation_curves(name, reach)
            x_name = tr("z less the others") if name == "softmax" else "z"
            self.plot.show_curves(Curves(curves.lines, curves.flat, x_name, "a"))
            title, words = activation_names()[name], activation_words(name)
            self.write(title, activation_definition(name), words, self._key())
        chosen = self._chosen(state, len(z))
        shown = sorted({*range(min(len(z), MAX_DOTS)), chosen} - {-1})
        unit = ""
        if chosen >= 0:
            at = UnitAt(self._layer, chosen)
            unit = unit_name(at, state.experiment.network, state.dataset)
        dots = [
            Dot(float(x[k]), float(a[k]), unit if k == chosen else "", k == chosen) for k in shown
        ]
        self.show_present(dots, self._present(z, a, derivative(name, z), chosen, unit))

    def _chosen(self, state: BuildState, units: int) -> int:
        """Return the index of the layer's selected or only unit, -1 for none."""
        at = state.selection.unit
        if at is not None and at.layer == self._layer and at.unit < units:
            return at.unit
        return 0 if units == 1 else -1

    def _present(
        self, z: FloatArray, a: FloatArray, slopes: FloatArray, chosen: int, unit: str
    ) -> str:
        if len(z) == 0:
            return tr("Choose a row to see where its z lies.")
        row = show_integer(self._model.state.row + 1)
        if chosen >= 0:
            return tr(
                "{unit}, row {row}: z {z}, a {a}, slope {slope}",
                unit=unit,
                row=row,
                z=show_short(float(z[chosen]), 3),
                a=show_short(float(a[chosen]), 3),
                slope=show_short(float(slopes[chosen]), 3),
            )
        flat = int(np.count_nonzero(np.abs(slopes) <= FLAT_SLOPE))
        return tr(
            "Row {row}: {units} units, {flat} of them where it is flat",
            row=row,
            units=show_integer(len(z)),
            flat=show_part(flat),
        )

    @staticmethod
    def _key() -> str:
        """Return the legend of the lines."""
        return tr(
            "{line} a   {dashes} slope da/dz   {shade} flat: a slope of {least} at most",
            line=_coloured("━━", "t2"),
            dashes=_coloured("– –", "t3"),
            shade=_coloured("■", "line"),
            least=show_fixed(FLAT_SLOPE, 2),
        )


def _axis_values(name: Activation, z: FloatArray, a: FloatArray) -> FloatArray:
    """Return the answers' positions on the curve: z, or for softmax the log-odds of a."""
    if name != "softmax":
        return z
    with np.errstate(all="ignore"):
        return np.asarray(np.log(a) - np.log1p(-a))


def _drawn_activation(loss: Loss, activation: Activation) -> Activation:
    """Return the activation to draw a loss with: softmax for categorical cross-entropy."""
    return "softmax" if loss == "categorical_cross_entropy" else activation


class LossCard(FunctionCard):
    """Explains a loss, with the losses of the chosen row's answers as dots."""

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__("loss_card", model, parent)
        self._wished: Loss | None = None

    def show_loss(self, name: Loss | None = None) -> None:
        """Show the current loss, or preview `name` in its place."""
        self._wished, self._shown = name, None
        self.show_numbers(self._model.state)

    def show_numbers(self, state: BuildState) -> None:
        """Place dots at the answers for the chosen row."""
        experiment = state.experiment
        loss = self._wished or experiment.training.loss
        activation = experiment.network.layers[-1].activation
        if (loss, activation) != self._shown:
            self._shown = loss, activation
            self._show_loss(loss, activation)
        self._show_dots(state, loss, activation)

    def _show_loss(self, loss: Loss, activation: Activation) -> None:
        curve = loss_curve(loss, _drawn_activation(loss, activation))
        x_name = {"error": "a − t", "probability": "p", "answer": "a"}[curve.axis]
        if len(curve.of_target) == 1:
            lines: tuple[Line, ...] = (Line(curve.x, curve.of_target[0]),)
        else:
            zero, one = curve.of_target
            lines = (
                Line(curve.x, zero, "neg", 1.8, is_dashed=True),
                Line(curve.x, one, "pos", 1.8),
            )
        self.plot.show_curves(Curves(lines, (), x_name, "L"))
        words = [loss_words(loss, activation), loss_reduction()]
        if not loss_fits(loss, activation):
            words.append(
                tr(
                    "With {name} as the output training may stand still while rows are wrong.",
                    name=activation_names()[activation],
                )
            )
        title, definition = loss_names()[loss], loss_definition(loss, activation)
        self.write(title, definition, "\n".join(words), self._key(curve.axis))

    def _show_dots(self, state: BuildState, loss: Loss, activation: Activation) -> None:
        found = self._answers(state)
        if found is None or _drawn_activation(loss, activation) != activation:
            present = "" if found else tr("Choose a row to see what its answers cost.")
            key = QTextDocumentFragment.fromHtml(self.key.text()).toPlainText()
            self.show_present((), present, spoken=key)
            return
        a, t, outputs = found
        row = show_integer(state.row + 1)
        outside = first_outside(loss, t[None])
        if outside is not None:
            target = show_number(float(t[outside[1]]), 3)
            words = tr("Row {row}: it cannot measure a target of {t}.", row=row, t=target)
            self.show_present((), words)
            return
        losses = output_losses(loss, activation, a, t)
        x = a - t if loss_axis(loss, activation) == "error" else a
        shown = range(len(a))
        if loss == "categorical_cross_entropy" and len(a):
            shown = range(int(np.argmax(t)), int(np.argmax(t)) + 1)  # the others cost nothing
        is_single = len(shown) == 1
        dots = [Dot(float(x[k]), float(losses[k]), "", is_single) for k in shown]
        self.show_present(dots, self._present(a, t, losses, outputs, row))

    @staticmethod
    def _answers(state: BuildState) -> tuple[FloatArray, FloatArray, int] | None:
        """Return the chosen row's answers with targets, the targets, and the number of outputs."""
        values = state.row_values
        if values is None:
            return None
        counts = state.dataset.mask_at([state.row])[0] > 0.0
        answers, targets = values[-1][1][counts], state.rows_at([state.row])[1][0][counts]
        return answers.astype(np.float64), targets.astype(np.float64), len(counts)

    @staticmethod
    def _present(a: FloatArray, t: FloatArray, losses: FloatArray, outputs: int, row: str) -> str:
        total = show_number(float(losses.sum()), 3)
        if len(a) == 0:
            return tr("Row {row} has no target (don't care), so no loss.", row=row)
        if len(a) < outputs:
            return tr(
                "Row {row}: {n} of {outputs} outputs have a target, loss {loss}",
                row=row,
                n=show_part(len(a)),
                outputs=show_integer(outputs),
                loss=total,
            )
        if len(a) == 1:
            return tr(
                "Row {row}: answer {a}, target {t}, loss {loss}",
                row=row,
                a=show_number(float(a[0]), 3),
                t=show_number(float(t[0]), 3),
                loss=total,
            )
        return tr(
            "Row {row}: the losses of {n} outputs come to {loss}",
            row=row,
            n=show_integer(len(a)),
            loss=total,
        )

    @staticmethod
    def _key(axis: LossAxis) -> str:
        """Return the legend of the lines."""
        text = {
            "error": tr("{line} loss L over the error, answer a less target t"),
            "answer": tr("{line} target 1   {dashes} target 0   over the answer a"),
            "probability": tr("{line} target 1   {dashes} target 0   over the probability p"),
        }[axis]
        line = _coloured("━━", "t2" if axis == "error" else "pos")
        return text.format(line=line, dashes=_coloured("– –", "neg"))
