"""Whether perceptrons could do it, by comparison: what they reach beside what the network does."""

from __future__ import annotations

from collections.abc import Sequence

from gui.build.output.accuracy_bars import AccuracyBar, AccuracyBars, accuracy_text
from gui.build.output.question_card import Answer, QuestionCard
from gui.build.plots.numbers import count
from gui.widgets import describe, label, strong
from model.insight import LinearClassifier

__all__ = ["ComparisonCard", "answer_of"]

NEARLY = 0.9
"""Share of the way from the most common class to no mistake at all."""


def answer_of(reached: float, baseline: float) -> Answer:
    """Return whether an accuracy means yes, nearly or no.

    Parameters
    ----------
    reached, baseline
        Accuracy from 0 to 1, and that of always answering the most common class.
    """
    if reached >= 1.0:
        return "yes"
    return "nearly" if reached - baseline >= NEARLY * (1.0 - baseline) else "no"


class ComparisonCard(QuestionCard):
    """Show what one perceptron a class reaches without a hidden layer, and what this network does.

    It is shown once both sides of the comparison are there.
    """

    def __init__(self) -> None:
        super().__init__("comparison")
        self._found: LinearClassifier | None = None
        self._rows = 0
        self._layers: tuple[int, ...] = ()
        self._reached, self._baseline = float("nan"), 0.0
        self.sentence = label("", "comparison_sentence", wrap=True)
        self.bars = AccuracyBars()
        self.detail = label("hint", "comparison_detail", wrap=True)
        for widget in (self.sentence, self.bars, self.detail):
            self.body.addWidget(widget)
        self.hide()

    def show_found(self, found: LinearClassifier | None) -> None:
        """Show what perceptrons reach; ``None`` hides the card."""
        self._found = found
        self.setVisible(found is not None)
        self.retranslate()

    def show_network(
        self, reached: float, baseline: float, layers: Sequence[int], rows: int
    ) -> None:
        """Show the network's side.

        Parameters
        ----------
        reached, baseline
            Its accuracy on the rows that the perceptrons are judged on, NaN where it is not known,
            and that of the most common class.
        layers
            Units of each layer.
        rows
            How many training rows there are.
        """
        shown = (reached, baseline, tuple(layers), rows)
        known = (self._reached, self._baseline, self._layers, self._rows)
        if shown != known:
            self._reached, self._baseline, self._layers, self._rows = shown
            self.retranslate()

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        found = self._found
        describe(self.bars, self.tr("Accuracy without a hidden layer, and of this network"), "")
        if found is None:
            return
        units = found.weights.shape[1]
        alone, network = accuracy_text(found.accuracy), accuracy_text(self._reached)
        text = (
            self.tr("One perceptron reaches {alone}. This network reaches {network}.")
            if units == 1
            else self.tr(
                "Without a hidden layer {n} perceptrons reach {alone}. "
                "This network reaches {network}."
            )
        )
        text = text.format(n=count(units), alone=strong(alone), network=strong(network))
        if self.sentence.text() != text:
            self.sentence.setText(text)
        units_each = " + ".join(count(n) for n in self._layers[:-1])
        hidden = self.tr("Hidden {units}").format(units=units_each) if units_each else ""
        self.bars.show_bars(
            (
                AccuracyBar(self.tr("No hidden"), found.accuracy, "runs"),
                AccuracyBar(hidden or self.tr("This network"), self._reached, "acc"),
            )
        )
        self._show_detail(found)
        self.show_answer(answer_of(found.accuracy, self._baseline), alone)

    def _show_detail(self, found: LinearClassifier) -> None:
        parts = []
        if self._layers[1:] and self._reached <= found.accuracy < 1.0:
            parts.append(self.tr("The hidden layers gain nothing so far."))
        if not found.on_test:
            parts.append(self.tr("Judged on the training rows."))
        if found.rows < self._rows:
            drawn = self.tr("Trained on {n} of {rows} rows, drawn at random.")
            parts.append(drawn.format(n=count(found.rows), rows=count(self._rows)))
        if not found.has_converged:
            parts.append(self.tr("Its training was cut short, so it may reach a little more."))
        text = " ".join(parts)
        if self.detail.text() != text:
            self.detail.setText(text)
        if self.detail.isHidden() == bool(text):
            self.detail.setVisible(bool(text))
