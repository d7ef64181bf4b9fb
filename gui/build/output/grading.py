"""The network's answers graded: scores, confusion, mistakes, and perceptrons beside them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

from gui.build.map.fields import Reading, class_names
from gui.build.output.comparison_card import ComparisonCard
from gui.build.output.confusion import ConfusionMatrix
from gui.build.output.scores import Score, ScoreRow
from gui.build.output.slow_readings import SlowReadings
from gui.build.state.build_state import BuildState

__all__ = ["Grading"]

_LIVE_COST = 3_000_000
Answers = tuple[Reading | None, Reading | None]


class Grading(QObject):
    """Between the answers to all rows and the widgets that count them.

    Attributes
    ----------
    slow
        Works answers out on a worker where they take long.

    Signals
    -------
    late_answers_came()
        Answers that were not known when they were asked for can be shown.
    mistakes_shown(object)
        The rows that are wrong, as whole numbers that a person can choose, shape (rows,), while
        the person wants to see only those; ``None`` once it wants to see all.

    Thread
    ------
    GUI thread.
    """

    late_answers_came = Signal()
    mistakes_shown = Signal(object)

    def __init__(
        self,
        scores: ScoreRow,
        matrix: ConfusionMatrix,
        hint: QLabel,
        comparison: ComparisonCard,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._scores, self._matrix, self._hint = scores, matrix, hint
        self._comparison = comparison
        self._baselines: dict[tuple[int, bool], float] = {}
        self._mistakes: np.ndarray | None = None
        self._shows_mistakes = False
        self.slow = SlowReadings(self)
        self.slow.ready.connect(self.late_answers_came)
        scores.mistakes_toggled.connect(self.show_mistakes)

    def forget(self, state: BuildState) -> None:
        """Show no count of answers to other rows while those to the new ones are worked out."""
        names = class_names(state)
        if names:
            self._matrix.show_counts(np.zeros((len(names), len(names)), dtype=np.intp), names)
        self._scores.show_matrix(None, names, large=False)
        self._take_mistakes(None)

    def forget_baselines(self) -> None:
        """Work out anew what an answer that ignores the inputs would reach."""
        self._baselines = {}

    def show(self, state: BuildState, output: int) -> Answers:
        """Grade a state; return its answers to training and test rows, ``None`` where not known.

        Parameters
        ----------
        state
            What is shown.
        output
            Which of several outputs the matrix counts.
        """
        train, test = self._reading(state, False), self._reading(state, True)
        self._show_scores(state, train, test)
        self._show_matrix(state, train, test, output)
        self._find_mistakes(state, train, test)
        return train, test

    def _reading(self, state: BuildState, test: bool) -> Reading | None:
        """Return the answers to a set of rows, ``None`` where they cost too much at this moment."""
        reading = Reading(state, test)
        if len(reading.x) == 0:
            return None
        if reading.cost <= _LIVE_COST:
            return reading
        return None if state.running else self.slow.of(state, test)

    def _show_scores(self, state: BuildState, train: Reading | None, test: Reading | None) -> None:
        snapshot, dataset = state.snapshot, state.dataset
        known_train, known_test = None, None
        if snapshot is not None:
            known_train = snapshot.train_accuracy, snapshot.train_undecided
            known_test = snapshot.test_accuracy, snapshot.test_undecided
        measured = None if snapshot is None or train is not None else snapshot.train_rows
        train_score = self._score(Reading(state, False), train, known_train, measured)
        test_score = None
        if len(dataset.x_test):
            test_score = self._score(Reading(state, True), test, known_test)
        self._scores.show_scores(train_score, test_score, dataset.task == "regression")
        judged = test_score or train_score
        self._comparison.show_network(
            judged.value,
            judged.baseline,
            tuple(layer.units for layer in state.experiment.network.layers),
            len(dataset.x_train),
        )

    def _score(
        self,
        rows: Reading,
        answered: Reading | None,
        known: tuple[float | None, int] | None,
        measured: int | None = None,
    ) -> Score:
        """Return a set's figures: from its answers, or as training `measured` them on some rows.

        `known` are those: the accuracy and the number of undecided rows.
        """
        key = (id(rows.state.dataset), rows.test)
        if key not in self._baselines:
            self._baselines[key] = rows.baseline
        value, undecided = known or (None, 0)
        if answered is not None:
            value, undecided = answered.accuracy, answered.undecided
        count = len(rows.x) if measured is None else measured
        value = np.nan if value is None else value
        return Score(value, count, self._baselines[key], undecided)

    def _show_matrix(
        self, state: BuildState, train: Reading | None, test: Reading | None, output: int
    ) -> None:
        names = class_names(state)
        best = test if len(state.dataset.x_test) else train
        for matrix in (self._matrix, self._scores.matrix):
            matrix.set_stale(best is None)
        if best is None and names and not state.running:
            return
        counts = None if best is None else best.confusion(output)
        large = not self._matrix.isHidden()
        if large and counts is not None:
            self._matrix.show_counts(counts, names)
            self.write_hint()
        if best is not None or not names:
            self._scores.show_matrix(counts, names, large)

    def write_hint(self) -> None:
        """Say how the large matrix is to be read."""
        shares = self._matrix.shows_shares
        text = self.tr("% of row: truth, by answer") if shares else ""
        text = text or self.tr("row: truth, column: answer")
        if self._hint.text() != text:
            self._hint.setText(text)

    # -- Mistakes ----------------------------------------------------------------------------------

    def show_mistakes(self, on: bool) -> None:
        """Show only the rows that are wrong among the samples, or all again."""
        self._shows_mistakes = on and self._mistakes is not None and len(self._mistakes) > 0
        self._tell_mistakes()

    def _find_mistakes(
        self, state: BuildState, train: Reading | None, test: Reading | None
    ) -> None:
        """Find the wrong rows among those that the panel judges by, where rows can be chosen."""
        dataset = state.dataset
        if dataset.table_x is not None or dataset.task == "regression":
            self._take_mistakes(None)
            return
        judged, first = (test, len(dataset.x_train)) if len(dataset.x_test) else (train, 0)
        if judged is not None:
            self._take_mistakes(first + np.flatnonzero(judged.mistaken))

    def _take_mistakes(self, mistakes: np.ndarray | None) -> None:
        known = self._mistakes
        if mistakes is not None and known is not None and np.array_equal(mistakes, known):
            return
        changed = mistakes is not None or known is not None
        self._mistakes = mistakes
        if mistakes is None or len(mistakes) == 0:
            self._shows_mistakes = False
        if changed:
            self._tell_mistakes()

    def _tell_mistakes(self) -> None:
        shown = self._shows_mistakes
        number = None if self._mistakes is None else len(self._mistakes)
        self._scores.show_mistakes(number, shown)
        self.mistakes_shown.emit(self._mistakes if shown else None)
