"""Accuracy on training and test rows with baseline, mistakes and a small matrix."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from foundation.text import tr, tr_plural
from gui.build_tab.build_model import BuildModel
from gui.build_tab.output_panel.confusion import ConfusionMatrix
from gui.explain import explain
from gui.format import list_separator, percent, show_integer, show_part, show_short, significant
from gui.theme import GAP_M_PX, GAP_S_PX
from gui.widgets.basic import label, push_button, show_text, write_on
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.metrics import MIN_TEST_ROWS

_SMALL_CLASSES = 3


class Score(Struct, frozen=True):
    """Scores of a set of rows.

    Attributes
    ----------
    value
        Accuracy from 0 to 1, or R squared.
    baseline
        Score of an answer that ignores the inputs.
    undecided
        Number of rows that are neither right nor wrong.
    error
        Root mean squared error in the units of the data; NaN for classification or if unknown.
    """

    value: float
    rows: int
    baseline: float
    undecided: int = 0
    error: float = float("nan")


def judged_score[Train: Score | None](train: Train, test: Score | None) -> Score | Train:
    """Return the score to compare with the baseline: test if it has enough rows.

    A single test row shows only whether it is of the most common class.
    """
    return test if test is not None and test.rows >= MIN_TEST_ROWS else train


class _Accuracy(QWidget):
    """A caption, an accuracy and the counts of a set of rows."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.caption = label("caption")
        self.value = label("figure", f"{name}_accuracy")
        self.counts = label("caption", f"{name}_counts")
        vbox(self.caption, self.value, self.counts, on=self, gap=1, margins=0)


class ScoreRow(Panel):
    """Scores, with the matrix of a few classes beside or below them."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self._train: Score | None = None
        self._test: Score | None = None
        self._regression = False
        self._mistakes: int | None = None
        self._shows_mistakes = False
        self.train, self.test = _Accuracy("train"), _Accuracy("test")
        self.mistakes_link = push_button(
            "mistakes_link",
            tone="link",
            size="small",
            do=lambda: model.show_mistakes(not self._shows_mistakes),
        )
        self.matrix = worded(
            ConfusionMatrix(large=False), accessible_name="Confusion matrix", tip=""
        )
        self._baseline = label("hint", "baseline", wrap=True)
        explain(self._baseline, "baseline")
        self._lay_out()
        # As narrow as the panel, whatever is in it; `_fit` finds the room.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.retranslate()

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        figures = hbox((self.train, 0, top), (self.test, 0, top), STRETCH, gap=GAP_M_PX)
        self._beside = hbox((figures, 1), (self.matrix, 0, top), gap=GAP_S_PX)
        guess = hbox((self._baseline, 1), (self.mistakes_link, 0, top), gap=GAP_M_PX)
        vbox(self._beside, guess, on=self, gap=GAP_S_PX, margins=0)

    def refit(self) -> None:
        """Place the matrix below the figures if it does not fit beside them."""
        shown = [figure for figure in (self.train, self.test) if not figure.isHidden()]
        beside = sum(figure.sizeHint().width() + GAP_M_PX for figure in shown)
        beside += GAP_S_PX + self.matrix.sizeHint().width()
        is_wide = self.matrix.isHidden() or beside <= self.width()
        side, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._beside.setDirection(side if is_wide else below)

    def show_scores(self, train: Score | None, test: Score | None, regression: bool) -> None:
        """Show the figures; ``None`` for missing or unknown ones."""
        if (train, test, regression) == (self._train, self._test, self._regression):
            return
        self._train, self._test, self._regression = train, test, regression
        self.retranslate()

    def show_matrix(self, counts: np.ndarray | None, names: tuple[str, ...], large: bool) -> None:
        """Show the small matrix if it exists, fits, and no large one is shown."""
        fits = counts is not None and len(counts) <= _SMALL_CLASSES and not large
        self.matrix.setVisible(fits)
        if fits and counts is not None:
            self.matrix.show_counts(counts, names)

    def show_mistakes(self, number: int | None, are_shown: bool) -> None:
        """Show how many rows are wrong; ``None`` if unknown or not selectable.

        `are_shown` is true if the samples show only those.
        """
        if (number, are_shown) != (self._mistakes, self._shows_mistakes):
            self._mistakes, self._shows_mistakes = number, are_shown
            self._show_mistakes()

    def _show_mistakes(self) -> None:
        number = self._mistakes or 0
        self.mistakes_link.setVisible(number > 0)
        text = tr_plural("1 mistake", "{n} mistakes", number, n=show_integer(number))
        tip = tr("Show only the wrong rows in the data panel")
        if self._shows_mistakes:
            text, tip = tr("Show all"), tr("Show all rows again in the data panel")
        if self.mistakes_link.text() != text:
            write_on(self.mistakes_link, text, tip)

    def _show_figures(self) -> None:
        for figure, score in ((self.train, self._train), (self.test, self._test)):
            figure.setVisible(score is not None)
            if score is None:
                continue
            show_text(figure.value, self._written(score.value))
            show_text(
                figure.counts,
                self._counts_text(score),
                list_separator() if self._regression else ", ",
            )
        self._show_baseline()

    def _counts_text(self, score: Score) -> str:
        """Return the number of correct rows, the RMSE, or only the number of rows."""
        rows = show_integer(score.rows)
        if self._regression or np.isnan(score.value):
            text = tr_plural("1 row", "{n} rows", score.rows, n=rows)
            if not np.isfinite(score.error):
                return text
            return tr("RMSE {n}", n=significant(score.error)) + list_separator() + text
        right = round(score.value * score.rows)
        short = f"{show_integer(right)} / {rows}"
        if not score.undecided:
            return short
        if self._train is not None and self._test is not None:  # two such stand side by side
            undecided = tr("{n} undecided", n=show_integer(score.undecided))
            return f"{short}, {undecided}"
        return tr(
            "{right} of {rows} right, {undecided} undecided",
            right=show_part(right),
            rows=rows,
            undecided=show_part(score.undecided),
        )

    def _show_baseline(self) -> None:
        score = self._test or self._train
        if score is not None and not self._regression:
            score = judged_score(self._train, self._test)
        if score is None:
            text = ""
        elif self._regression and np.isnan(score.baseline):
            text = tr("R² is not defined where all targets are equal.")
        elif self._regression:
            text = tr("The mean alone reaches {n}.")
        elif self._test is None:
            text = tr("The most common class alone: {n}.")
        elif score is self._test:
            text = tr("Most common training class: {n}.")
        else:
            text = tr("The most common class alone: {n} of the training rows.")
        if score is not None:
            text = text.format(n=self._written(score.baseline))
        self._baseline.setText(text)

    def _written(self, value: float) -> str:
        if not np.isfinite(value):
            return "–"
        return show_short(value, 3) if self._regression else percent(value)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        r2 = self._regression
        self.train.caption.setText(tr("Train R²") if r2 else tr("Train accuracy"))
        self.test.caption.setText(tr("Test R²") if r2 else tr("Test accuracy"))
        self._show_figures()
        self._show_mistakes()

    def event(self, event: QEvent) -> bool:
        """Lay out again when the content has become wider."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.refit()
        return super().event(event)
