"""The card of a loss: what it is, and what the chosen row's answers cost."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.function_cards.formulas import loss_definition
from gui.build_tab.function_cards.function_card import FunctionCard, coloured
from gui.build_tab.function_cards.words import loss_words
from gui.build_tab.names import activation_names, loss_names, loss_reduction
from gui.build_tab.state import BuildState
from gui.format import show_integer, show_number, show_part
from gui.plots.curve_plot import Curves, Dot, Line
from model.checks import first_outside
from model.experiment import LOSSES, Activation, FloatArray, Loss
from model.insight.curves import LossAxis, loss_axis, loss_curve, output_losses
from model.losses import loss_fits

_OWN_ACTIVATION: dict[Loss, Activation] = {"categorical_cross_entropy": "softmax"}
"""What a loss needs under it to be a loss of each output by itself."""


def _answering(loss: Loss, activation: Activation) -> Activation:
    return _OWN_ACTIVATION.get(loss, activation)


class LossCard(FunctionCard):
    """Explain a loss, with what the answers to the chosen row cost as dots."""

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__("loss_card", model, parent)
        self._wished: Loss | None = None
        self._shown: tuple[Loss, Activation] | None = None

    def show_loss(self, name: Loss | None = None) -> None:
        """Be about the loss in use, or about `name` as it would be in its place."""
        self._wished, self._shown = name, None
        self.show_numbers(self._model.state)

    def show_numbers(self, state: BuildState) -> None:
        """Put the dots where the answers to the chosen row are."""
        experiment = state.experiment
        loss = self._wished or experiment.training.loss
        activation = experiment.network.layers[-1].activation
        if (loss, activation) != self._shown:
            self._shown = loss, activation
            self._show_curves(loss, activation)
            self._write(loss, activation)
        self._show_dots(state, loss, activation)

    def _show_curves(self, loss: Loss, activation: Activation) -> None:
        curve = loss_curve(loss, _answering(loss, activation))
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

    def _show_dots(self, state: BuildState, loss: Loss, activation: Activation) -> None:
        found = self._answers(state)
        if found is None or _answering(loss, activation) != activation:
            self.tell("" if found else self.tr("Choose a row to see what its answers cost."))
            spoken = QTextDocumentFragment.fromHtml(self.key.text()).toPlainText()
            self.plot.show_dots((), spoken)
            return
        a, t, outputs = found
        outside = first_outside(loss, t[None])
        if outside is not None:
            text = self.tr("Row {row}: it cannot measure a target of {t}.")
            target = show_number(float(t[outside[1]]), 3)
            self.tell(text.format(row=show_integer(state.row + 1), t=target))
            self.plot.show_dots((), self.present.text())
            return
        losses = output_losses(loss, activation, a, t)
        x = a - t if loss_axis(loss, activation) == "error" else a
        shown = range(len(a))
        if loss == "categorical_cross_entropy" and len(a):
            shown = range(int(np.argmax(t)), int(np.argmax(t)) + 1)  # the others cost nothing
        self.tell(self._present(a, t, losses, outputs, state.row))
        is_single = len(shown) == 1
        dots = [Dot(float(x[k]), float(losses[k]), "", is_single) for k in shown]
        spoken = self.plot.accessibleName() if state.running else self.present.text()
        self.plot.show_dots(dots, spoken)

    @staticmethod
    def _answers(state: BuildState) -> tuple[FloatArray, FloatArray, int] | None:
        """Return the answers to the chosen row that have a target, the targets, and all outputs."""
        values = state.row_values
        if values is None:
            return None
        counts = state.dataset.mask_at([state.row])[0] > 0.0
        answers, targets = values[-1][1][counts], state.rows_at([state.row])[1][0][counts]
        return answers.astype(np.float64), targets.astype(np.float64), len(counts)

    def _present(
        self, a: FloatArray, t: FloatArray, losses: FloatArray, outputs: int, row: int
    ) -> str:
        total = show_number(float(losses.sum()), 3)
        row_text = show_integer(row + 1)
        if len(a) == 0:
            text = self.tr("Row {row} has no target (don't care), so no loss.")
            return text.format(row=row_text)
        if len(a) < outputs:
            text = self.tr("Row {row}: {n} of {outputs} outputs have a target, loss {loss}")
            n, whole = show_part(len(a)), show_integer(outputs)
            return text.format(row=row_text, n=n, outputs=whole, loss=total)
        if len(a) == 1:
            text = self.tr("Row {row}: answer {a}, target {t}, loss {loss}")
            answer, target = show_number(float(a[0]), 3), show_number(float(t[0]), 3)
            return text.format(row=row_text, a=answer, t=target, loss=total)
        text = self.tr("Row {row}: the losses of {n} outputs come to {loss}")
        return text.format(row=row_text, n=show_integer(len(a)), loss=total)

    # -- Texts -------------------------------------------------------------------------------------

    def _write(self, loss: Loss, activation: Activation) -> None:
        place = LOSSES.index(loss)
        words = [loss_words(loss, activation), loss_reduction()]
        if not loss_fits(loss, activation):
            text = self.tr(
                "With {name} as the output training may stand still while rows are wrong."
            )
            words.append(text.format(name=activation_names()[activation]))
        self.write(loss_names()[place], loss_definition(loss, activation), "\n".join(words))
        self.write_key()

    def write_key(self) -> None:
        """Say which line is which."""
        if self._shown is None:
            return
        axis: LossAxis = loss_axis(self._shown[0], _answering(*self._shown))
        text = self.tr("{line} loss L over the error, answer a less target t")
        if axis != "error":
            text = self.tr("{line} target 1   {dashes} target 0   over the answer a")
        if axis == "probability":
            text = self.tr("{line} target 1   {dashes} target 0   over the probability p")
        line = coloured("━━", "t2" if axis == "error" else "pos")
        text = text.format(line=line, dashes=coloured("– –", "neg"))
        self.key.setText(text.replace("   ", "&nbsp;&nbsp;&nbsp;"))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        super().retranslate()
        if self.is_made:
            self.show_loss(self._wished)
