"""The network's output: map or matrix, scores, cards."""

from __future__ import annotations

from operator import attrgetter

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import unit_name
from gui.build_tab.output_panel.circuit_card import CircuitCard
from gui.build_tab.output_panel.confusion import ConfusionMatrix
from gui.build_tab.output_panel.decision_map import DecisionMap, MapLook, PointTools
from gui.build_tab.output_panel.doctor_cards import DoctorCards
from gui.build_tab.output_panel.perceptron_cards import ComparisonCard, VerdictCard
from gui.build_tab.output_panel.plane_choice import MAX_MAP_INPUTS, PlaneChoice
from gui.build_tab.output_panel.probe import Probe
from gui.build_tab.output_panel.scores import Score, ScoreRow, judged_score
from gui.build_tab.output_panel.unit_card import UnitCard
from gui.build_tab.state import BuildState, InsightView
from gui.explain import explain
from gui.plots.legend import ClassLegend
from gui.plots.plane_map import PlaneMap
from gui.plots.points import MAX_POINTS, Points
from gui.theme import GAP_M_PX, INSET_PX, active, icon
from gui.widgets.basic import (
    ColumnScroll,
    attach_menu,
    label,
    named,
    tool_button,
)
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.experiment import PointsData
from model.insight.answers import Answers, class_names

_TIGHT_GAP_PX = 6
"""Spacing in the narrow window, so that all parts fit at its least height."""
# Height of the panel from which map and matrix are at most so large: cards follow below.
_MAX_PX = ((1250, 520, 520), (860, 400, 400), (700, 222, 236), (620, 200, 226), (0, 200, 200))
_DRAWN = attrgetter("network", "row", "selection", "insight.answers")
"""Parts of the state that are drawn, apart from the data."""


_MARGIN = 0.08
_DIAGONAL = np.array([[[0.0, 0.0], [1.0, 1.0]]])


class FitPlot(PlaneMap):
    """Answers over targets, in the units of the data; test rows are hollow."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fit_plot")
        self._names = ("", "")
        self.retranslate()

    def show_answers(self, train: Answers | None, test: Answers | None, output: int) -> None:
        """Show the rows with known answers for the output with index `output`."""
        known = [answers for answers in (train, test) if answers is not None]
        if not known:
            return
        rows = sum(len(answers.x) for answers in known)
        step = max(1, -(-rows // MAX_POINTS))
        pairs = [answers.in_data_units(output) for answers in known]
        y, answered = (np.nan_to_num(np.concatenate([p[k][::step] for p in pairs])) for k in (0, 1))
        low, high = min(y.min(), answered.min()), max(y.max(), answered.max())
        margin = _MARGIN * (high - low) or 0.5
        ends = float(low - margin), float(high + margin)
        self.show_plane((*ends, *ends), self._names)
        half = max(float(np.ptp(y)) / 2, 1e-9)
        parts = [np.arange(0, len(answers.x), step) for answers in known]
        tests = [np.full(len(row), of.test) for row, of in zip(parts, known, strict=True)]
        self.show_points(
            Points(
                y,
                answered,
                np.zeros(len(y), dtype=np.intp),
                np.clip((y - y.min()) / half - 1.0, -1.0, 1.0),
                np.concatenate(tests),
                np.concatenate(parts),
                step,
            )
        )
        self.restyle()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._names = (tr("target"), tr("answer"))

    def restyle(self) -> None:
        """Apply the current theme."""
        ground = np.full((2, 2), int(active().bg2.lstrip("#"), 16) | 0xFF000000, dtype=np.uint32)
        self.show_field(ground, _DIAGONAL)


class OutputPanel(Panel):
    """The panel of the network's answers."""

    def __init__(self, model: BuildModel, parent: QWidget | None = None) -> None:
        super().__init__("output_panel", parent)
        self._state: BuildState | None = None
        self._compact = False
        self._baselines: dict[bool, float] = {}
        self._mistakes: int | None = None
        self.tools = PointTools()
        self.map = worded(DecisionMap(model, self.tools), accessible_name="Decision map", tip="")
        self.choice = PlaneChoice(self._on_choice_changed)
        self.matrix = worded(
            ConfusionMatrix(large=True), accessible_name="Confusion matrix", tip=""
        )
        self.fit = worded(FitPlot(), accessible_name="Answers against targets", tip="")
        self.scores = ScoreRow(model)
        self.unit = UnitCard(model)
        self.verdict, self.comparison = VerdictCard(model), ComparisonCard()
        self.doctor = DoctorCards(model, self.comparison.fold)
        self.circuit = CircuitCard(model)
        self.probe = Probe()
        self._lay_out()
        self._menu = attach_menu(self._more, QMenu(self))
        self._margin, self._classes_only, self._test_rows = (
            named(self._menu.addAction(""), name)
            for name in ("map_margin", "map_classes_only", "map_test_rows")
        )
        for action in self._menu.actions():
            action.setCheckable(True)
        self._test_rows.setChecked(True)
        self._menu.triggered.connect(self._on_look_chosen)
        self.map.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.map.customContextMenuRequested.connect(
            lambda at: self._menu.popup(self.map.mapToGlobal(at))
        )
        self.retranslate()

    def _lay_out(self) -> None:
        self._title = label("title", "output_title")
        self._hint = label("hint", "matrix_hint", text="row: truth, column: answer")
        self._more = tool_button(
            "map_more",
            size="small",
            icon=icon("dots-three", "t2"),
            accessible_name="What the map shows",
        )
        explain(self._title, "decision-map")
        explain(self._hint, "confusion-matrix")
        self.legend = ClassLegend()
        self._scroll = scroll = ColumnScroll("output_scroll")
        content = QWidget()
        vbox(scroll, on=self, margins=0)
        scroll.setWidget(content)
        self._column = vbox(
            hbox(
                self._title,
                STRETCH,
                (self.legend, 0, Qt.AlignmentFlag.AlignVCenter),
                self._hint,
                self._more,
                gap=GAP_M_PX,
            ),
            self.choice,
            self.tools,
            self.map,
            self.matrix,
            self.fit,
            self.scores,
            self.unit,
            self.verdict,
            self.comparison,
            self.doctor,
            self.probe,
            self.circuit,
            STRETCH,
            on=content,
            gap=GAP_M_PX,
            margins=(INSET_PX, GAP_M_PX + 1, INSET_PX, GAP_M_PX),
        )
        self.probe.head.insertWidget(1, self.circuit.toggle)
        self.circuit.toggle.toggled.connect(lambda: self._reveal(self.circuit))
        self.verdict.why.clicked.connect(lambda: self._reveal(self.verdict))
        for part in (self.tools, self.matrix, self.fit):
            part.hide()

    def _reveal(self, card: QWidget) -> None:
        """Scroll to a card once it is laid out; it opens below the visible part."""

        def reveal() -> None:
            if card.isVisible():
                self._scroll.ensureWidgetVisible(card)

        QTimer.singleShot(0, self._scroll, reveal)

    # -- What is shown -----------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Draw what differs from the previous state."""
        old, self._state = self._state, state
        if old is None or old.insight is not state.insight or old.locks != state.locks:
            self._show_insight(state.insight)
        is_other = old is None or old.dataset.x_train is not state.dataset.x_train
        if is_other and state.answers(len(state.dataset.x_test) > 0) is None:
            self._clear_answers(state)
        if old is None or old.dataset is not state.dataset or old.running != state.running:
            self._baselines = {}
            self._show_structure(state)
        elif _DRAWN(old) == _DRAWN(state):
            return
        if not self.isVisible():
            return
        is_known = old is not None and old.insight.answers is state.insight.answers
        if old is not None and is_known and state.shows_the_same_as(old):
            self._show_units(state)
        else:
            self._show_parts(state)

    def _show_insight(self, insight: InsightView) -> None:
        """Show the results about perceptrons and the doctor's findings."""
        state, verdict, name = self._state, insight.verdict, ""
        if state is not None and verdict is not None and verdict.output >= 0:
            several = state.dataset.task == "multiclass"
            names = class_names(state.dataset) if several else state.dataset.target_names
            name = names[verdict.output]
        dataset = None if state is None else state.dataset
        lacks_bias = any(finding.code == "no_bias" for finding in insight.findings)
        self.verdict.show_verdict(verdict, name, dataset, lacks_bias)
        self.verdict.show_locks()
        self.comparison.show_found(insight.perceptrons)
        self.doctor.show_findings(insight.findings, insight.saved_findings)

    def _show_units(self, state: BuildState) -> None:
        """Draw the answers of the unit under the pointer, and the chosen unit's card."""
        self._show_cards(state)
        if self._update_pointed_unit(state) and not self.map.isHidden():
            self._show_map(state)

    def _update_pointed_unit(self, state: BuildState) -> bool:
        """Show the unit under the pointer in the map; return whether it changed."""
        if state.selection.pointed == self.map.unit:
            return False
        self.map.unit = state.selection.pointed
        self._show_title()
        return True

    def _show_parts(self, state: BuildState) -> None:
        """Draw what depends on the weights, the row and the selected units."""
        self._update_pointed_unit(state)
        self._show_answers(state)
        self.probe.show_state(state)
        self._show_cards(state)

    def _show_cards(self, state: BuildState) -> None:
        """Show the cards that the user opened: the chosen unit, the circuit."""
        self.unit.show_state(state)
        self.circuit.show_state(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the state that was set while the panel was hidden."""
        super().showEvent(event)
        if self._state is not None:
            self._show_parts(self._state)

    def set_compact(self, compact: bool) -> None:
        """Fold the cards and reduce the gaps, as in the narrow window."""
        if compact != self._compact:
            self._compact = compact
            for card in (self.verdict, self.comparison):
                card.set_foldable(compact)
                card.set_folded(compact)
            self.doctor.set_compact(compact)
            self._column.setSpacing(_TIGHT_GAP_PX if compact else GAP_M_PX)
            if self._state is not None:
                self._show_structure(self._state)

    def _show_structure(self, state: BuildState) -> None:
        """Lay out what depends only on the data."""
        dataset = state.dataset
        self.choice.show_dataset(dataset)
        names = class_names(state.dataset)
        is_map = not self.choice.shows_matrix and dataset.columns.inputs <= MAX_MAP_INPUTS
        self.map.setVisible(is_map)
        self.fit.setVisible(not is_map and not names)
        self.matrix.setVisible(self.choice.shows_matrix and bool(names))
        self._hint.setVisible(self.choice.shows_matrix and bool(names))
        by_hand = is_map and isinstance(state.experiment.data, PointsData)
        self.tools.show_classes(names or ("0", "1"))
        self.tools.setVisible(by_hand)
        self.map.set_keys_enabled(by_hand)
        self._more.setVisible(is_map)
        for action in (self._margin, self._classes_only):
            action.setEnabled(bool(names))
        self._test_rows.setEnabled(len(dataset.x_test) > 0)
        short = tuple(n if len(n) <= 16 else n[:15] + "…" for n in names)
        test = tr("test") if len(dataset.x_test) else ""
        self.legend.show_classes(short, test)
        self.legend.setVisible(is_map and 0 < len(names) <= 8)

    def _show_answers(self, state: BuildState) -> None:
        """Draw what depends on the weights."""
        if not self.map.isHidden():
            self._show_map(state)
        train, test = state.answers(False), state.answers(True)
        self._show_scores(state, train, test)
        self._show_matrix(state, train, test)
        self._show_mistakes(state)
        if not self.map.isHidden():
            self.map.show_answers(train, test)
        if not self.fit.isHidden():
            self.fit.show_answers(train, test, self._output)

    def _clear_answers(self, state: BuildState) -> None:
        """Clear the counts of old rows while those of the new rows are computed."""
        names = class_names(state.dataset)
        if names:
            self.matrix.show_counts(np.zeros((len(names), len(names)), dtype=np.intp), names)
        self.scores.show_matrix(None, names, large=False)
        self._mistakes = None
        self._show_mistakes(state)

    def _show_scores(self, state: BuildState, train: Answers | None, test: Answers | None) -> None:
        snapshot, dataset = state.snapshot, state.dataset
        known_train, known_test, measured = None, None, None
        if snapshot is not None:
            known_train = snapshot.train_accuracy, snapshot.train_undecided
            known_test = snapshot.test_accuracy, snapshot.test_undecided
            measured = snapshot.train_rows if train is None else None
        of_train, of_test = state.all_answers
        train_score = self._score(of_train, train, known_train, measured)
        test_score = self._score(of_test, test, known_test) if len(dataset.x_test) else None
        self.scores.show_scores(train_score, test_score, dataset.task == "regression")
        judged = judged_score(train_score, test_score)
        layers = tuple(layer.units for layer in state.experiment.network.layers)
        self.comparison.show_network(judged.value, judged.baseline, layers, len(dataset.x_train))

    def _score(
        self,
        rows: Answers,
        answered: Answers | None,
        known: tuple[float | None, int] | None,
        measured: int | None = None,
    ) -> Score:
        """Return a set's score from `answered`, or from `known` if that is ``None``.

        `known` is the accuracy and the number of undecided rows, as measured during training on
        `measured` rows (``None``: on all rows).
        """
        if rows.test not in self._baselines:
            self._baselines[rows.test] = rows.baseline
        value, undecided = known or (None, 0)
        error = np.nan
        if answered is not None:
            value, undecided = answered.accuracy, answered.undecided
            if rows.dataset.task == "regression":
                error = answered.rms_error(self._output)
        count = len(rows.x) if measured is None else measured
        value = np.nan if value is None else value
        return Score(value, count, self._baselines[rows.test], undecided, error)

    def _show_matrix(self, state: BuildState, train: Answers | None, test: Answers | None) -> None:
        names = class_names(state.dataset)
        best = test if len(state.dataset.x_test) else train
        for matrix in (self.matrix, self.scores.matrix):
            matrix.set_stale(best is None)
        if best is None and names and not state.running:
            return
        counts = None if best is None else best.confusion(self._output)
        large = not self.matrix.isHidden()
        if large and counts is not None:
            self.matrix.show_counts(counts, names)
        if best is not None or not names:
            self.scores.show_matrix(counts, names, large)

    def _show_mistakes(self, state: BuildState) -> None:
        """Show the number of wrong rows, or the last known one until it is available."""
        wrong, dataset = state.mistakes, state.dataset
        can_choose = dataset.table_x is None and dataset.task != "regression"
        self._mistakes = len(wrong) if wrong is not None else self._mistakes if can_choose else None
        self.scores.show_mistakes(self._mistakes, state.selection.mistakes)

    @property
    def _output(self) -> int:
        """The index of the output on the map."""
        return max(0, self.choice.output.currentIndex())

    def _show_map(self, state: BuildState) -> None:
        inputs = state.dataset.columns.inputs
        first = max(0, self.choice.first.currentIndex())
        second = self.choice.second.currentIndex() if inputs > 1 else -1
        if inputs > 2:
            self.choice.show_held(state.row_x is not None)
        self.map.show_over(state, first, second, self._output)

    def _show_title(self) -> None:
        """Name the output or the unit that the map shows."""
        text, at, state = tr("Output"), self.map.unit, self._state
        if at is not None and state is not None and not self.map.isHidden():
            name = unit_name(at, state.experiment.network, state.dataset)
            text = tr("Unit {name}", name=name)
        self._title.setText(text)

    def _on_look_chosen(self) -> None:
        self.map.look = MapLook(
            margin=self._margin.isChecked(),
            classes_only=self._classes_only.isChecked(),
            test_rows=self._test_rows.isChecked(),
        )
        if self._state is not None:
            self._show_answers(self._state)

    def _on_choice_changed(self) -> None:
        self.choice.update_visibility()
        if self._state is not None:
            self._show_structure(self._state)
            self._show_answers(self._state)

    # -- Language ----------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show_title()
        self._margin.setText(tr("Show the margin"))
        self._classes_only.setText(tr("Show classes only"))
        self._test_rows.setText(tr("Show test rows"))
        if self._state is not None:
            self._show_structure(self._state)
            self._show_answers(self._state)

    def restyle(self) -> None:
        """Apply the current theme."""
        if self._state is not None:
            self._show_answers(self._state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the legend for the new width, and leave room for the cards."""
        super().resizeEvent(event)
        height = event.size().height()
        _, of_map, of_matrix = next(limits for limits in _MAX_PX if height >= limits[0])
        for plot in (self.map, self.fit):
            plot.set_most(of_map)
        self.matrix.set_most(of_matrix)
