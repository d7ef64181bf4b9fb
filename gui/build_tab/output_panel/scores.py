"""Accuracy on training and test rows beside what a guess would reach, mistakes, small matrix."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QPushButton, QSizePolicy, QWidget

from foundation.text import tr, tr_context, tr_plural
from gui.build_tab.build_model import BuildModel
from gui.build_tab.output_panel.confusion import ConfusionMatrix
from gui.explain import explain
from gui.format import apart, percent, show_integer, show_part, show_short, significant
from gui.theme import GAP_M_PX, GAP_S_PX
from gui.widgets.basic import describe, label, push_button, show_text, write_on
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from model.metrics import LEAST_TEST_ROWS

_SMALL_CLASSES = 3


class Score(Struct, frozen=True):
    """Figures of one set of rows.

    Attributes
    ----------
    value
        Accuracy from 0 to 1, or R squared.
    baseline
        The same figure for an answer that ignores the inputs.
    undecided
        How many rows are neither right nor wrong.
    error
        Root mean squared error in the units of the data; NaN where there is none, or not known.
    """

    value: float
    rows: int
    baseline: float
    undecided: int = 0
    error: float = float("nan")


def judged_score[Train: Score | None](train: Train, test: Score | None) -> Score | Train:
    """Return the scores that a guess is held against: those of enough test rows, else of training.

    One test row says only whether it is of the most common class.
    """
    return test if test is not None and test.rows >= LEAST_TEST_ROWS else train


class _Figure(QWidget):
    """A caption over a large number."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.caption = label("caption")
        self.value = label("figure", name)
        self.column = vbox(self.caption, self.value, on=self, gap=1, margins=0)


class _Accuracy(_Figure):
    """A share of rows, and how many that are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}_accuracy")
        self.counts = label("caption", f"{name}_counts")
        self.column.addWidget(self.counts)


class _Pair(QWidget):
    """A word and its number in one line."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.value = label("label"), label("strong", f"{name}_line")
        hbox(self.name, self.value, on=self, gap=GAP_S_PX, margins=0)


def _link(name: str) -> QPushButton:
    return push_button(name, tone="link", size="small")


class ScoreRow(Panel):
    """Show the scores; in the narrow window as one line with a link to the matrix."""

    def __init__(self, model: BuildModel, show_large: Callable[[], None]) -> None:
        super().__init__()
        self._train: Score | None = None
        self._test: Score | None = None
        self._regression = False
        self._compact = False
        self._mistakes: int | None = None
        self._shows_mistakes = self._leads_to_matrix = False
        self.train, self.test = _Accuracy("train"), _Accuracy("test")
        self.mistakes = _Figure("mistakes")
        self.show_mistakes_link = push_button("mistakes_link", tone="link", size="line")
        self.mistakes_link_below = _link("mistakes_link_below")
        for link in (self.show_mistakes_link, self.mistakes_link_below):
            link.clicked.connect(lambda: model.show_mistakes(not self._shows_mistakes))
        self.matrix = ConfusionMatrix(large=False)
        self._baseline = label("hint", "baseline", wrap=True)
        explain(self._baseline, "baseline")
        self._line = QWidget()
        self._train_line, self._test_line = _Pair("train"), _Pair("test")
        self._link = _link("confusion_link")
        self._link.clicked.connect(show_large)
        self._lay_out()
        # As narrow as the panel, whatever is in it; `_fit` finds the room.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.retranslate()
        self.set_compact(False)

    def _lay_out(self) -> None:
        top, parts = Qt.AlignmentFlag.AlignTop, (self.train, self.test, self.mistakes)
        figures = hbox(*((figure, 0, top) for figure in parts), STRETCH, gap=GAP_M_PX)
        self.mistakes.column.setContentsMargins(GAP_S_PX, 0, 0, 0)
        self.mistakes.column.addWidget(self.show_mistakes_link, 0, Qt.AlignmentFlag.AlignLeft)
        self._figures = QWidget()
        self._left = vbox(figures, gap=GAP_S_PX)
        beside = (self._left, 1), (self.matrix, 0, top)
        self._beside = hbox(*beside, on=self._figures, gap=GAP_S_PX, margins=0)
        hbox(
            self._train_line,
            GAP_M_PX,
            self._test_line,
            STRETCH,
            self._link,
            on=self._line,
            gap=0,
            margins=0,
        )
        self._guess = QWidget()
        guess = (self._baseline, 1), (self.mistakes_link_below, 0, top)
        hbox(*guess, on=self._guess, gap=GAP_M_PX, margins=0)
        rows = self._figures, self._line, self._guess
        self._below = vbox(*rows, on=self, gap=GAP_S_PX, margins=0)

    def set_compact(self, compact: bool) -> None:
        """Choose one line, as in the narrow window, or large figures."""
        self._compact = compact
        self._figures.setVisible(not compact)
        self._line.setVisible(compact)
        self._show_baseline()
        self._show_link()
        self._show_mistakes()

    def refit(self) -> None:
        """Put the matrix below the figures where there is no room for it beside them.

        The guess stands under the figures where the matrix leaves room there.
        """
        shown = [figure for figure in (self.train, self.test) if not figure.isHidden()]
        beside = sum(figure.sizeHint().width() + GAP_M_PX for figure in shown)
        beside += GAP_S_PX + self.matrix.sizeHint().width()
        is_wide = self.matrix.isHidden() or beside <= self.width()
        side, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._beside.setDirection(side if is_wide else below)
        has_room = is_wide and not self.matrix.isHidden() and not self._compact
        wanted = self._left if has_room else self._below
        if wanted.indexOf(self._guess) < 0:
            for layout in (self._left, self._below):
                layout.removeWidget(self._guess)
            wanted.addWidget(self._guess)
            self._below.activate()  # or its text would have the old place's room for a while

    def show_scores(self, train: Score | None, test: Score | None, regression: bool) -> None:
        """Show the figures; ``None`` for rows that there are none of, or that are not known."""
        if (train, test, regression) == (self._train, self._test, self._regression):
            return
        changed = regression != self._regression or (test is None) != (self._test is None)
        self._train, self._test, self._regression = train, test, regression
        if changed:
            self.retranslate()
        else:
            self._show_figures()

    def show_matrix(self, counts: np.ndarray | None, names: tuple[str, ...], large: bool) -> None:
        """Show the small matrix where there is one, it fits, and no large one is shown."""
        fits = counts is not None and len(counts) <= _SMALL_CLASSES and not large
        self.matrix.setVisible(fits)
        if fits and counts is not None:
            self.matrix.show_counts(counts, names)
        self._leads_to_matrix = counts is not None and not large
        self._show_link()
        self._show_mistakes()

    def _show_link(self) -> None:
        self._link.setVisible(self._compact and self._leads_to_matrix)

    def show_mistakes(self, number: int | None, are_shown: bool) -> None:
        """Show how many rows are wrong, ``None`` where they cannot be chosen or are not known.

        `are_shown` tells whether the samples show only those.
        """
        if (number, are_shown) != (self._mistakes, self._shows_mistakes):
            self._mistakes, self._shows_mistakes = number, are_shown
            self._show_mistakes()

    def _show_mistakes(self) -> None:
        """Write the mistakes as a figure of their own, or below where the matrix has its place."""
        number = self._mistakes
        has_figure = number is not None and self.matrix.isHidden() and not self._compact
        has_link = number is not None and number > 0
        for widget, shown in (
            (self.mistakes, has_figure),
            (self.show_mistakes_link, has_link),
            (self.mistakes_link_below, has_link and not has_figure),
        ):
            widget.setVisible(shown)
        number = number or 0
        show_text(self.mistakes.value, show_integer(number))
        back, there = tr("Show all"), tr("Show them")
        one, several = tr("1 mistake"), tr("{n} mistakes", n=show_integer(number))
        tip = (
            tr("Show all rows again in the data panel")
            if self._shows_mistakes
            else tr("Show only the wrong rows in the data panel")
        )
        for link, text in (
            (self.show_mistakes_link, there),
            (self.mistakes_link_below, one if number == 1 else several),
        ):
            text = back if self._shows_mistakes else text
            if link.text() != text:
                write_on(link, text, tip)

    def _show_figures(self) -> None:
        for figure, line, name, score in (
            (self.train, self._train_line, tr_context("ScoreRow", "train"), self._train),
            (self.test, self._test_line, tr("test"), self._test),
        ):
            for widget in (figure, line):
                widget.setVisible(score is not None)
            if score is None:
                continue
            value = self._written(score.value)
            show_text(figure.value, value)
            line.name.setText(name)
            show_text(line.value, value)
            has_two = score.undecided or np.isfinite(score.error)
            show_text(figure.counts, self._counted(score), ", " if has_two else "")
        self._show_baseline()

    def _counted(self, score: Score) -> str:
        """Return how many rows are right; all that is known of them where that is not known yet."""
        rows = show_integer(score.rows)
        if self._regression or np.isnan(score.value):
            text = tr_plural("1 row", "{n} rows", score.rows, n=rows)
            if not np.isfinite(score.error):
                return text
            return tr("RMSE {n}", n=significant(score.error)) + apart() + text
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
        elif self._regression and score.rows == 1:
            text = tr("R² of a single row is not defined.")
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
            if self._compact and (score.undecided or np.isfinite(score.error)):
                text = f"{self._counted(score)}. {text}"
        self._baseline.setText(text)

    def _written(self, value: float) -> str:
        if not np.isfinite(value):
            return "–"
        return show_short(value, 3) if self._regression else percent(value)

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        r2 = self._regression
        self.train.caption.setText(tr("Train R²") if r2 else tr("Train accuracy"))
        self.test.caption.setText(tr("Test R²") if r2 else tr("Test accuracy"))
        self.mistakes.caption.setText(tr("Mistakes"))
        self._link.setText(tr("Confusion") + " ›")
        describe(self._link, tr("Show the confusion matrix"))
        describe(self.matrix, tr("Confusion matrix"), "")
        self._show_figures()
        self._show_mistakes()

    def event(self, event: QEvent) -> bool:
        """Find room anew when what is inside has become wider."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.refit()
        return super().event(event)
