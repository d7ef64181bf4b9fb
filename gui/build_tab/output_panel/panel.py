"""What the network computes: map or matrix, scores, cards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.map.fields import Reading, class_names
from gui.build_tab.names import unit_name
from gui.build_tab.output.slow_readings import SlowReadings
from gui.build_tab.output_panel.confusion import ConfusionMatrix
from gui.build_tab.output_panel.decision_map import DecisionMap, PointTools
from gui.build_tab.output_panel.doctor_cards import DoctorCards
from gui.build_tab.output_panel.perceptron_cards import ComparisonCard, VerdictCard
from gui.build_tab.output_panel.plane_choice import MOST_MAP_INPUTS, PlaneChoice
from gui.build_tab.output_panel.probe import Probe
from gui.build_tab.output_panel.scores import Score, ScoreRow
from gui.build_tab.output_panel.unit_card import UnitCard
from gui.build_tab.state.build_state import BuildState
from gui.plots.legend import ClassLegend
from gui.plots.plane_map import PlaneMap
from gui.theme import GAP_M_PX, INSET_PX
from gui.widgets.basic import ColumnScroll, describe, label
from gui.widgets.panel import Panel
from model.experiment import PointsData
from model.insight import Finding, LinearClassifier
from model.insight.verdict import Verdict

__all__ = ["Grading", "OutputPanel"]


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

    Thread
    ------
    GUI thread.
    """

    late_answers_came = Signal()

    def __init__(
        self,
        model: BuildModel,
        scores: ScoreRow,
        matrix: ConfusionMatrix,
        hint: QLabel,
        comparison: ComparisonCard,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._scores, self._matrix, self._hint = scores, matrix, hint
        self._model, self._comparison = model, comparison
        self._baselines: dict[tuple[int, bool], float] = {}
        self._mistakes: np.ndarray | None = None
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
        self._show_number()

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
        self._show_number()
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
        """List only the rows that are wrong, or all again."""
        rows = self._mistakes if on else None
        self._model.list_mistakes(None if rows is None or len(rows) == 0 else rows.tolist())

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
        self._mistakes = mistakes
        if self._model.state.selection.mistakes is not None:
            self.show_mistakes(True)

    def _show_number(self) -> None:
        number = None if self._mistakes is None else len(self._mistakes)
        are_listed = self._model.state.selection.mistakes is not None
        self._scores.show_mistakes(number, are_listed)


_TIGHT_GAP_PX = 6
"""Between the parts in the narrow window, so that all of them are seen at its least height."""
# Height of the panel from which map and matrix are at most so large: cards follow below.
_MOST_PX = ((1250, 520, 520), (860, 400, 400), (700, 222, 236), (0, 200, 226))


class OutputPanel(Panel):
    """Show what the network answers."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self._model = model
        self.setObjectName("output_panel")
        self._state: BuildState | None = None
        self._compact = False
        self.map = PlaneMap()
        self.tools = PointTools()
        self.view = DecisionMap(self.map, self.tools)
        self.choice = PlaneChoice()
        self.matrix = ConfusionMatrix(large=True)
        self.scores = ScoreRow()
        self.unit = UnitCard()
        self.verdict, self.comparison = VerdictCard(), ComparisonCard()
        self.doctor = DoctorCards(model)
        self.probe = Probe()
        self._lay_out()
        self.grading = Grading(model, self.scores, self.matrix, self._hint, self.comparison, self)
        self.grading.slow.runner.failed.connect(model.fail)
        self.grading.late_answers_came.connect(self._on_late_answers)
        self._menu = QMenu(self)
        self._margin = self._menu.addAction("")
        self._margin.setObjectName("map_margin")
        self._margin.setCheckable(True)
        self._margin.toggled.connect(self._on_margin_toggled)
        self.map.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.map.customContextMenuRequested.connect(
            lambda at: self._menu.popup(self.map.mapToGlobal(at))
        )
        self.view.point_added.connect(model.add_point)
        self.view.point_moved.connect(model.move_point)
        self.view.point_erased.connect(model.erase_point)
        self.view.point_drag_finished.connect(model.end_gesture)
        self.view.row_hovered.connect(model.hover_row)
        self.unit.close_button.clicked.connect(lambda: model.choose_unit(None))
        self.choice.changed.connect(self._on_choice_changed)
        self.scores.matrix_requested.connect(self.choice.show_matrix)
        self.retranslate()

    def _lay_out(self) -> None:
        self._no_map = label("hint", "no_map", wrap=True)
        self._title, self._hint = label("title"), label("hint", "matrix_hint")
        self.legend, self._wide_legend = ClassLegend(), ClassLegend()
        header = QHBoxLayout()
        header.setSpacing(GAP_M_PX)
        header.addWidget(self._title)
        header.addStretch(1)
        header.addWidget(self.legend, 0, Qt.AlignmentFlag.AlignVCenter)
        header.addWidget(self._hint)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(INSET_PX, GAP_M_PX + 1, INSET_PX, GAP_M_PX)
        self._column.setSpacing(GAP_M_PX)
        self._column.addLayout(header)
        for widget in (
            self._wide_legend,
            self.choice,
            self.tools,
            self.map,
            self.matrix,
            self._no_map,
            self.scores,
            self.unit,
            self.verdict,
            self.comparison,
            self.doctor,
            self.probe,
        ):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        scroll = ColumnScroll("output_scroll")
        scroll.setWidget(content)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self._wide_legend.hide()
        self.tools.hide()
        self.matrix.hide()

    # -- What is shown -----------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Draw what differs from the state shown before."""
        old, self._state = self._state, state
        if old is None or old.dataset.x_train is not state.dataset.x_train:
            self.grading.forget(state)
        if old is None or old.dataset is not state.dataset or old.running != state.running:
            self.grading.forget_baselines()
            self._show_structure(state)
        elif (old.network, old.row, old.selection) == (state.network, state.row, state.selection):
            return
        if not self.isVisible():
            return
        if old is not None and state.differs_in_units_alone(old):
            self._show_units(state)
        else:
            self._show_parts(state)

    def _show_units(self, state: BuildState) -> None:
        """Draw the answers of the unit that is pointed at, and the card of the chosen one."""
        self.unit.show_state(state)
        if self._take_pointed(state) and not self.map.isHidden():
            self._show_map(state)

    def _take_pointed(self, state: BuildState) -> bool:
        """Let the map show the unit that is pointed at; tell whether it is another one."""
        if state.selection.pointed == self.view.unit:
            return False
        self.view.unit = state.selection.pointed
        self._show_title()
        return True

    def _show_parts(self, state: BuildState) -> None:
        """Draw what depends on the weights, the row and the units looked at."""
        self._take_pointed(state)
        self._show_answers(state)
        self.probe.show_state(state)
        self.unit.show_state(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was shown while the panel was hidden."""
        super().showEvent(event)
        if self._state is not None:
            self._show_parts(self._state)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show whether a perceptron could do it; ``None`` hides the card."""
        name = ""
        if verdict is not None and self._state is not None and verdict.output >= 0:
            dataset = self._state.dataset
            several = dataset.task == "multiclass"
            names = class_names(self._state) if several else dataset.target_names
            name = names[verdict.output]
        self.verdict.show_verdict(verdict, name)

    def show_comparison(self, found: LinearClassifier | None) -> None:
        """Show what perceptrons alone reach; ``None`` hides the card."""
        self.comparison.show_found(found)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show what the training doctor found."""
        self.doctor.show_findings(findings)
        self.verdict.show_missing_bias(any(finding.code == "no_bias" for finding in findings))

    def set_compact(self, compact: bool) -> None:
        """Fold as in the narrow window: a smaller map and the scores in one line."""
        if compact != self._compact:
            self._compact = compact
            self.scores.set_compact(compact)
            for card in (self.verdict, self.comparison):
                card.set_foldable(compact)
                card.set_folded(compact)
            self.doctor.set_compact(compact)
            self._column.setSpacing(_TIGHT_GAP_PX if compact else GAP_M_PX)
            if self._state is not None:
                self._show_structure(self._state)

    def _show_structure(self, state: BuildState) -> None:
        """Lay out what depends on the data alone."""
        dataset = state.dataset
        self.choice.show_dataset(dataset)
        names = class_names(state)
        is_map = not self.choice.shows_matrix and dataset.inputs <= MOST_MAP_INPUTS
        self.map.setVisible(is_map)
        self._no_map.setVisible(not is_map and not names)
        self.matrix.setVisible(self.choice.shows_matrix and bool(names))
        self._hint.setVisible(self.choice.shows_matrix and bool(names))
        by_hand = is_map and isinstance(state.experiment.data, PointsData)
        self.tools.setVisible(by_hand)
        self.view.keys.set_enabled(by_hand)
        self.tools.show_classes(names or ("0", "1"))
        short = tuple(n if len(n) <= 16 else n[:15] + "…" for n in names)
        test = self.tr("test") if len(dataset.x_test) else ""
        for legend in (self.legend, self._wide_legend):
            legend.show_classes(short, test)
        wide = self.legend.sizeHint().width() > self.width() - 2 * INSET_PX - 76
        shown = is_map and 0 < len(names) <= 8
        self.legend.setVisible(shown and not wide)
        self._wide_legend.setVisible(shown and wide)

    def _show_answers(self, state: BuildState) -> None:
        """Draw what depends on the weights."""
        output = max(0, self.choice.output.currentIndex())
        if not self.map.isHidden():
            self._show_map(state)
        train, test = self.grading.show(state, output)
        if not self.map.isHidden():
            self.view.show_outcomes(train, test)

    def _show_map(self, state: BuildState) -> None:
        inputs = state.dataset.inputs
        first = max(0, self.choice.first.currentIndex())
        second = self.choice.second.currentIndex() if inputs > 1 else -1
        if inputs > 2:
            self.choice.show_held(state.row_x is not None)
        self.view.show(state, first, second, max(0, self.choice.output.currentIndex()))

    def _show_title(self) -> None:
        """Name what the map shows: the output, or the unit that is pointed at."""
        text, at, state = self.tr("Output"), self.view.unit, self._state
        if at is not None and state is not None and not self.map.isHidden():
            name = unit_name(at, state.experiment.network, state.dataset)
            text = self.tr("Unit {name}").format(name=name)
        self._title.setText(text)

    def _on_late_answers(self) -> None:
        if self._state is not None and not self._state.running:
            self._show_answers(self._state)

    def _on_margin_toggled(self, on: bool) -> None:
        self.view.show_margin(on)
        if self._state is not None:
            self._show_answers(self._state)

    def _on_choice_changed(self) -> None:
        self.choice.follow_view()
        if self._state is not None:
            self._show_structure(self._state)
            self._show_answers(self._state)

    # -- Language ----------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self._show_title()
        self._margin.setText(self.tr("Show the margin"))
        self._no_map.setText(self.tr("These data have too many inputs for a map."))
        self.grading.write_hint()
        describe(self.map, self.tr("Decision map"), "")
        self.map.setAccessibleDescription(
            self.tr("Arrow keys move a cursor; Space uses the chosen tool there.")
        )
        describe(self.matrix, self.tr("Confusion matrix"), "")
        if self._state is not None:
            self._show_structure(self._state)
            self._show_answers(self._state)

    def restyle(self) -> None:
        """Put on the theme in use."""
        if self._state is not None:
            self._show_answers(self._state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find the legend's place for the new width, and what map and matrix leave to the cards."""
        super().resizeEvent(event)
        height = event.size().height()
        _, of_map, of_matrix = next(limits for limits in _MOST_PX if height >= limits[0])
        self.map.set_most(of_map)
        self.matrix.set_most(of_matrix)
        if self._state is not None and event.size().width() != event.oldSize().width():
            self._show_structure(self._state)
