"""Cards on whether a perceptron suffices: by proof for two classes, else by comparison."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from PySide6.QtCore import Qt

from foundation.text import mark, tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import input_name, subscript
from gui.build_tab.output_panel.accuracy_bars import AccuracyBar, AccuracyBars, accuracy_text
from gui.build_tab.output_panel.hull_drawing import HullDrawing
from gui.explain import explain
from gui.format import MINUS, list_separator, show_integer, show_number, significant
from gui.theme import GAP_L_PX, GAP_M_PX
from gui.widgets.basic import as_html, describe, label, push_button, strong, write_on
from gui.widgets.card import Card
from gui.widgets.layouts import STRETCH, add_parts, hbox, vbox
from gui.widgets.texts import worded
from model.data import Dataset
from model.data.derived import Feature
from model.insight import LinearClassifier
from model.insight.separation.inequalities import Impossibility
from model.insight.separation.verdict import Verdict

Answer = Literal["yes", "nearly", "no"]

_LOOKS = {"yes": ("check-circle", "ok"), "nearly": ("", "warn"), "no": ("prohibit", "fail")}


class PerceptronCard(Card):
    """A card with the question and its answer."""

    def show_answer(self, answer: Answer) -> None:
        """Show the answer in the current language."""
        question = tr("Can a perceptron do it?")
        words = {"yes": tr("Yes"), "nearly": tr("Nearly"), "no": tr("No")}
        icon_name, token = _LOOKS[answer]
        self.title.setText(question)
        self.set_answer(words[answer], icon_name, token, token)
        self.setAccessibleName(f"{question} {words[answer]}")


_MAX_WEIGHTS = 4
"""Limit of weights shown in an example."""
_MAX_WRITTEN, _MAX_SHARED = 10, 4
"""Limits of inputs for a proof with short numbers, and with long ones."""

_BORDERS = {
    "line": (
        mark("One straight line has every 1 on one side and every 0 on the other."),
        mark("Each output can be separated by a straight line of its own."),
        mark("The hulls of the two classes overlap, so no line can separate them."),
    ),
    "threshold": (
        mark("One threshold has every 1 on one side and every 0 on the other."),
        mark("Each output can be separated by a threshold of its own."),
        mark("The ranges of the two classes overlap, so no threshold separates them."),
    ),
    "plane": (
        mark("One plane has every 1 on one side and every 0 on the other."),
        mark("Each output can be separated by a plane of its own."),
        mark("The hulls of the two classes overlap, so no plane can separate them."),
    ),
}
"""Sentences by kind of border: one separates all, each output has one, none separates."""

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_KEPT_TOGETHER = f"{_NO_BREAK_SPACE}={_NO_BREAK_SPACE}"


class VerdictCard(PerceptronCard):
    """Shows whether a network without a hidden layer could do it, and why.

    Attributes
    ----------
    why, proof
        Button that shows the contradicting inequalities if no line exists, and their label.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__("verdict")
        explain(self.title, "perceptron", "separable")
        explain(self.answer, "verdict")
        self._model = model
        self._verdict: Verdict | None = None
        self._dataset: Dataset | None = None
        self._name = ""
        self._lacks_bias = False
        self.drawing = worded(
            HullDrawing(), accessible_name="Both classes with their hulls", tip=""
        )
        self.sentence = label("", "verdict_sentence", wrap=True)
        self.detail = label("hint", "verdict_detail", wrap=True)
        explain(self.detail, "hull", "separable")
        self.why = push_button(
            "verdict_why",
            tone="link",
            size="line",
            do=lambda: self._open_proof(self.proof.isHidden()),
        )
        self.proof = as_html(label("", "verdict_proof", wrap=True))
        self.proof.hide()
        self.remedy = push_button(
            "verdict_add_inputs", tone="link", size="line", do=self._on_remedy
        )
        links = hbox(self.why, self.remedy, STRETCH, gap=GAP_M_PX)
        texts = vbox(self.sentence, self.detail, links, STRETCH, gap=0)
        row = hbox((self.drawing, 0, Qt.AlignmentFlag.AlignTop), (texts, 1), gap=GAP_L_PX)
        add_parts(self.body, row, self.proof)
        self.hide()
        self.retranslate()

    def show_verdict(
        self,
        verdict: Verdict | None,
        name: str,
        dataset: Dataset | None,
        lacks_bias: bool = False,
    ) -> None:
        """Show a verdict; ``None`` hides the card. `name` is the output's if there are several.

        `lacks_bias` means that the network has no bias, which the verdict's line may need.
        """
        is_same = verdict is self._verdict and dataset is self._dataset
        if is_same and (name, lacks_bias) == (self._name, self._lacks_bias):
            return
        if verdict is not self._verdict:
            self.proof.hide()
        self._verdict, self._name, self._dataset = verdict, name, dataset
        self._lacks_bias = lacks_bias
        if verdict is not None:
            self.drawing.setVisible(len(verdict.points) > 0)
            self.drawing.show_classes(verdict, has_hulls=not self._derived_inputs)
            self.remedy.setVisible(bool(verdict.remedy))
            self.retranslate()
        self.setVisible(verdict is not None)  # last, so that it is laid out once

    @property
    def _derived_inputs(self) -> tuple[Feature, ...]:
        """The derived inputs without the plain columns."""
        features = () if self._dataset is None else self._dataset.features
        return tuple(each for each in features if each.kind != "column")

    def _input_names(self, features: Sequence[Feature]) -> str:
        """Return the inputs' names, separated by commas."""
        if self._dataset is None:
            return ""
        return ", ".join(input_name(each, self._dataset.columns) for each in features)

    def _on_remedy(self) -> None:
        if self._verdict is not None:
            self._model.add_features(self._verdict.remedy)

    def show_locks(self) -> None:
        """Offer to add inputs, disabled with the reason if a lesson locks them."""
        if self._verdict is None or not self._verdict.remedy:
            return
        added = self._input_names(self._verdict.remedy)
        reason = self._model.lock_reason(("inputs",))
        self.remedy.setEnabled(not reason)
        text = tr("Add {inputs}", inputs=added)
        write_on(
            self.remedy,
            text,
            reason
            or tr(
                "With {inputs} among its inputs one unit can do it: its border bends.", inputs=added
            ),
        )

    def retranslate(self) -> None:
        """Set every text in the current language."""
        super().retranslate()
        self._open_proof(not self.proof.isHidden())
        verdict = self._verdict
        if verdict is None:
            describe(self.remedy, tr("Add inputs"))
            return
        self.show_answer("yes" if verdict.separable else "no")
        sentence = self._reason(verdict)
        if verdict.separable and self._lacks_bias:
            sentence += " " + tr("It needs a bias, and this layer has none.")
        detail = self._detail(verdict)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.show_locks()
        found = verdict.impossibility
        can_tell = found is not None and (
            len(found.total) <= (_MAX_WRITTEN if found.is_short else _MAX_SHARED)
        )
        self.why.setVisible(can_tell)
        self.proof.setText(self._proof(found) if can_tell and found is not None else "")
        self._open_proof(can_tell and not self.proof.isHidden())
        self.sentence.setText(sentence)

    def _open_proof(self, on: bool) -> None:
        """Show or hide the inequalities."""
        self.proof.setVisible(on)
        text = tr("Hide") if on else tr("Why?")
        self.why.setText(text)
        name = tr("Hide the proof") if on else text
        describe(self.why, name, tr("The inequalities that contradict each other"))

    def _proof(self, found: Impossibility) -> str:
        """Return the inequalities and their sums; for long numbers, see `_mixture`."""
        if not found.is_short:
            return self._mixture(found)
        several = any(each.times > 1 for each in found.inequalities)
        rows = []
        for each in found.inequalities:
            times = f"{show_integer(each.times)} ×" if each.times > 1 else ""
            sign = "&gt;" if each.positive else "&lt;"
            wanted = f"{_sum_text(each.inputs, 1)}\u00a0{sign}\u00a00"
            cells = [f"{_place_text(each.inputs)} → {int(each.positive)}", wanted]
            rows.append(_row(cells[0], times, cells[1]) if several else _row(*cells))
        total = _sum_text(found.total, found.count)
        text = tr("The rows with 1 add up to {sum} > 0, the rows with 0 to {sum} < 0: impossible.")
        said = text.replace(" < ", "\u00a0&lt;\u00a0").replace(" > ", "\u00a0&gt;\u00a0")
        return f"{_table(rows)}<p>{said.format(sum=total)}</p>"

    def _mixture(self, found: Impossibility) -> str:
        """Return the shares in which the rows of each class mix to the same point."""
        rows = [
            _row(
                f"{_place_text(each.inputs, 3)} → {int(each.positive)}",
                f"≈ {significant(each.times / found.count, 3)}"
                if each.times < found.count
                else "1",
            )
            for each in found.inequalities
        ]
        said = tr(
            "Mixed in these shares, the rows with 1 and the rows with 0 make the very same point, "
            "which would have to lie on both sides."
        )
        return f"{_table(rows)}<p>{said}</p>"

    def _reason(self, verdict: Verdict) -> str:
        weights, bias = verdict.weights, verdict.bias
        if weights is not None and bias is not None and not weights.any() and verdict.output < 0:
            return tr(
                "Every target is {t}: the bias alone answers that, whatever the row.",
                t=int(bias > 0.0),
            )
        return self._border_reason(verdict)

    def _border_reason(self, verdict: Verdict) -> str:
        """Explain which border separates the classes, or why none does."""
        found = verdict.contradiction
        if found is not None:
            text = tr(
                "No network can, with hidden layers or without: rows {first} and {second} "
                "contradict each other."
            )
            if self._derived_inputs:
                text = tr(
                    "No network that reads only {inputs} can: rows {first} and {second} "
                    "contradict each other there."
                )
            first, second = show_integer(found.first + 1), show_integer(found.second + 1)
            inputs = self._input_names(() if self._dataset is None else self._dataset.features)
            return text.format(first=first, second=second, inputs=inputs)
        flat = len(verdict.points) > 0 and not self._derived_inputs
        if verdict.separable and self._derived_inputs:
            return self._explain_derived(verdict)
        is_single = self._dataset is not None and self._dataset.inputs == 1
        one, each, none = _BORDERS["line" if flat else "threshold" if is_single else "plane"]
        if verdict.separable:
            return tr(one) if verdict.output < 0 else tr(each)
        if verdict.output >= 0:
            return tr("The hulls of {name} and of the rest overlap.", name=self._name)
        if verdict.crossing and flat:
            return tr("The hulls overlap: a segment between two 0s crosses one between two 1s.")
        return tr(none)

    def _explain_derived(self, verdict: Verdict) -> str:
        """Explain that one unit with derived inputs can separate the classes."""
        inputs = self._input_names(self._derived_inputs)
        if verdict.output >= 0:
            text = tr("With {inputs} one unit an output can do it.")
        else:
            text = tr(
                "One unit with {inputs} can: its border is no straight line, and has every 1 on "
                "one side and every 0 on the other."
            )
        return text.format(inputs=inputs)

    def _example(self, verdict: Verdict) -> str:
        """Return example weights and a bias that are correct as rounded."""
        *weights, bias = (significant(value, verdict.figures) for value in verdict.example)
        return tr(
            "For example w = ({weights}), b = {b}.", weights=list_separator().join(weights), b=bias
        ).replace(" = ", _KEPT_TOGETHER)

    def _detail(self, verdict: Verdict) -> str:
        weights = verdict.weights
        is_short = self._derived_inputs and weights is not None and len(weights) <= _MAX_WEIGHTS
        if (is_short or verdict.line is not None) and verdict.output < 0:
            return self._example(verdict)
        if verdict.best is not None:
            return tr(
                "Best single line: {right} of {rows} rows.",
                right=show_integer(verdict.best),
                rows=show_integer(verdict.rows),
            )
        return ""


def _table(rows: Sequence[str]) -> str:
    return f'<table cellspacing="0" cellpadding="0">{"".join(rows)}</table>'


def _row(*cells: str) -> str:
    inner = "".join(f'<td style="padding-right: 14px">{text}</td>' for text in cells)
    return f"<tr>{inner}</tr>"


def _place_text(inputs: Sequence[Fraction], digits: int = 7) -> str:
    """Format a point as "(0, 1)", in Turkish "(0; 1)"."""
    return f"({list_separator().join(show_number(float(value), digits) for value in inputs)})"


def _sum_text(weights: Sequence[Fraction], biases: int) -> str:
    """Return "w₁ + 2w₂ + b" for the weights 1 and 2 and one bias."""
    named = [(value, f"w{subscript(str(n + 1))}") for n, value in enumerate(weights)]
    text = ""
    for value, name in [*named, (Fraction(biases), "b")]:
        if value == 0:
            continue
        sign = MINUS if value < 0 else "+"
        size = "" if abs(value) == 1 else show_number(float(abs(value)), 7)
        lead = (MINUS if value < 0 else "") if not text else f" {sign} "
        text += f"{lead}{size}{name}"
    return text


NEARLY = 0.9
"""Share of the way from the baseline to 100 % from which the answer is "nearly"."""


def answer_of(reached: float, baseline: float) -> Answer:
    """Return whether an accuracy means yes, nearly or no.

    Parameters
    ----------
    reached, baseline
        Accuracy, and that of always answering the most common class, both from 0 to 1.
    """
    if reached >= 1.0:
        return "yes"
    return "nearly" if reached - baseline >= NEARLY * (1.0 - baseline) else "no"


class ComparisonCard(PerceptronCard):
    """Compares one perceptron per class, without a hidden layer, with the network.

    It is shown once both sides are known, and only if the judged rows have more than one class:
    otherwise one answer for all rows would be a "yes".
    """

    def __init__(self) -> None:
        super().__init__("comparison")
        explain(self.title, "perceptron", "baseline")
        self._found: LinearClassifier | None = None
        self._network: tuple[float, float, tuple[int, ...], int] = float("nan"), 0.0, (), 0
        self.sentence = as_html(label("", "comparison_sentence", wrap=True))
        self.bars = worded(
            AccuracyBars(),
            accessible_name="Accuracy without a hidden layer, and of this network",
            tip="",
        )
        self.detail = label("hint", "comparison_detail", wrap=True)
        add_parts(self.body, self.sentence, self.bars, self.detail)
        self.hide()

    def show_found(self, found: LinearClassifier | None) -> None:
        """Show what perceptrons achieve; ``None`` hides the card."""
        if found is not self._found:
            self._found = found
            self.retranslate()

    def show_network(
        self, reached: float, baseline: float, layers: Sequence[int], rows: int
    ) -> None:
        """Set the network's accuracy, for comparison.

        Parameters
        ----------
        reached, baseline
            The network's accuracy on the rows that the perceptrons are judged on (NaN if unknown),
            and that of always answering the most common class, both from 0 to 1.
        """
        shown = (reached, baseline, tuple(layers), rows)
        if shown != self._network:
            self._network = shown
            self.retranslate()

    def retranslate(self) -> None:
        """Say in the language in use what either side reaches."""
        super().retranslate()
        found, (_, baseline, _, _) = self._found, self._network
        self.sentence.clear()
        if found is not None:
            self._write(found)
        self.setVisible(found is not None and baseline < 1.0)  # last, so that it is laid out once

    def _write(self, found: LinearClassifier) -> None:
        reached, baseline, layers, rows = self._network
        units = found.weights.shape[1]
        alone, network = accuracy_text(found.accuracy), accuracy_text(reached)
        text = (
            tr("One perceptron reaches {alone}. This network reaches {network}.")
            if units == 1
            else tr(
                "Without a hidden layer {n} perceptrons reach {alone}. "
                "This network reaches {network}."
            )
        )
        text = text.format(n=show_integer(units), alone=strong(alone), network=strong(network))
        self.sentence.setText(text)
        units_each = " + ".join(show_integer(n) for n in layers[:-1])
        hidden = tr("Hidden {units}", units=units_each) if units_each else ""
        self.bars.show_bars(
            (
                AccuracyBar(tr("No hidden"), found.accuracy, "runs"),
                AccuracyBar(hidden or tr("This network"), reached, "acc"),
            )
        )
        self.show_answer(answer_of(min(found.accuracy, found.ceiling), baseline))
        parts = []
        if layers[1:] and reached <= found.accuracy < 1.0:
            parts.append(tr("The hidden layers gain nothing so far."))
        parts.append(
            tr("Judged on the test rows.") if found.on_test else tr("Judged on the training rows.")
        )
        if found.ceiling < found.accuracy:
            parts.append(tr("Training rows contradict each other: no network learns all."))
        if found.rows < rows:
            parts.append(
                tr(
                    "Trained on {n} of {rows} rows, drawn at random.",
                    n=show_integer(found.rows),
                    rows=show_integer(rows),
                )
            )
        if not found.has_converged:
            parts.append(tr("Its training was cut short, so it may reach a little more."))
        self.detail.setText(" ".join(parts))
