"""Whether a perceptron could do it, by proof: the reason in a sentence and in a drawing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from gui.build.output.hulls import HullDrawing
from gui.build.output.question_card import QuestionCard
from gui.build.output.verdict_run import Verdict
from gui.build.plots.numbers import count, decimal, significant
from gui.theme import GAP_L_PX, GAP_M_PX
from gui.widgets import describe, label

__all__ = ["VerdictCard"]

_KEPT_TOGETHER = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"


class VerdictCard(QuestionCard):
    """Say whether a network without a hidden layer could do it, and why or why not."""

    def __init__(self) -> None:
        super().__init__("verdict")
        self._verdict: Verdict | None = None
        self._name = ""
        self.drawing = HullDrawing()
        self.sentence = label("", "verdict_sentence", wrap=True)
        self.detail = label("hint", "verdict_detail", wrap=True)
        texts = QVBoxLayout()
        texts.setSpacing(GAP_M_PX)
        texts.addWidget(self.sentence)
        texts.addWidget(self.detail)
        texts.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GAP_L_PX)
        row.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.body.addLayout(row)
        self.show_verdict(None, "")

    def show_verdict(self, verdict: Verdict | None, name: str) -> None:
        """Show a verdict; ``None`` hides the card. `name` is the output's, where there are many."""
        self._verdict, self._name = verdict, name
        self.setVisible(verdict is not None)
        if verdict is not None:
            self.drawing.setVisible(len(verdict.points) > 0)
            self.drawing.show_classes(verdict.points, verdict.kinds, verdict.line, verdict.meeting)
        self.retranslate()

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        describe(self.drawing, self.tr("Both classes with their hulls"), "")
        verdict = self._verdict
        if verdict is None:
            return
        if verdict.separable:
            self.show_answer("yes", self.tr("separable"))
        elif verdict.contradiction is not None:
            self.show_answer("no", self.tr("rows contradict"))
        else:
            self.show_answer("no", self.tr("hulls overlap"))
        self.sentence.setText(self._reason(verdict))
        detail = self._detail(verdict)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))

    def _reason(self, verdict: Verdict) -> str:
        found = verdict.contradiction
        if found is not None:
            text = self.tr(
                "Rows {first} and {second} have equal inputs and different targets: no network "
                "gets more than {share}% of the rows right, with hidden layers or without."
            )
            share = decimal(100 * found.ceiling, 1)
            first, second = count(found.first + 1), count(found.second + 1)
            return text.format(first=first, second=second, share=share)
        flat = len(verdict.points) > 0
        if verdict.separable and verdict.output >= 0:
            return self.tr("Each output can be separated by a plane of its own.")
        if verdict.separable and flat:
            return self.tr("One straight line has every 1 on one side and every 0 on the other.")
        if verdict.separable:
            return self.tr("One plane has every 1 on one side and every 0 on the other.")
        if verdict.output >= 0:
            return self.tr("The hulls of {name} and of the rest overlap.").format(name=self._name)
        if verdict.crossing and flat:
            return self.tr(
                "The hulls overlap: the line joining the 0s crosses the line joining the 1s."
            )
        if flat:
            return self.tr("The hulls of the two classes overlap, so no line can separate them.")
        return self.tr("The hulls of the two classes overlap, so no plane can separate them.")

    def _detail(self, verdict: Verdict) -> str:
        if verdict.line is not None and verdict.output < 0:
            w1, w2, b = (significant(value, 2) for value in verdict.line)
            text = self.tr("For example w = ({w1}; {w2}), b = {b}.").format(w1=w1, w2=w2, b=b)
            return text.replace(" = ", _KEPT_TOGETHER)
        if verdict.best is not None:
            return self.tr("Best single line: {right} of {rows} rows.").format(
                right=count(verdict.best), rows=count(verdict.rows)
            )
        return ""
