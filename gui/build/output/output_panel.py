"""The output panel: the decision map or the confusion matrix, the scores, the probe, the cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from gui.build.canvas.names import unit_name
from gui.build.canvas.targets import INPUTS, UnitAt
from gui.build.map.fields import class_names
from gui.build.map.plane_choice import MOST_MAP_INPUTS, PlaneChoice
from gui.build.map.plane_map import PlaneMap
from gui.build.map.plane_view import PlaneView
from gui.build.map.point_tools import PointTools
from gui.build.output.comparison_card import ComparisonCard
from gui.build.output.confusion import ConfusionMatrix
from gui.build.output.doctor_cards import DoctorCards
from gui.build.output.grading import Grading
from gui.build.output.probe import Probe
from gui.build.output.scores import ScoreRow
from gui.build.output.unit_card import UnitCard
from gui.build.output.verdict_card import VerdictCard
from gui.build.output.verdict_run import Verdict
from gui.build.plots.legend import ClassLegend
from gui.build.state.build_state import BuildState
from gui.column_scroll import ColumnScroll
from gui.theme import GAP_M_PX, INSET_PX
from gui.widgets import describe, label
from model.experiment import PointsData
from model.insight import Finding, LinearClassifier

__all__ = ["OutputPanel"]

_TIGHT_GAP_PX = 6
"""Between the parts in the narrow window, so that all of them are seen at its least height."""
# Height of the panel from which map and matrix are at most so large: cards follow below.
_MOST_PX = ((860, 400, 400), (700, 222, 236), (0, 200, 226))


class OutputPanel(QWidget):
    """Show what the network answers.

    Signals
    -------
    point_added(float, float, int), point_moved(int, float, float), point_erased(int)
        Edits of points made by hand.
    point_drag_finished()
        A drag of a point is over.
    row_hovered(int)
        The row under the pointer on the map, or -1.
    fix_requested(Finding)
        The person clicked a remedy of the training doctor.
    rewind_requested(int)
        The person wants to go back to an epoch that the doctor named.
    unit_pointed(int, int)
        The unit that a card is about, to be lit on the drawing; (-2, -1) for none.
    """

    point_added = Signal(float, float, int)
    point_moved = Signal(int, float, float)
    point_erased = Signal(int)
    point_drag_finished = Signal()
    row_hovered = Signal(int)
    fix_requested = Signal(object)
    rewind_requested = Signal(int)
    unit_pointed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("output_panel")
        self._state: BuildState | None = None
        self._pointed: UnitAt | None = None
        self._doctors_unit: UnitAt | None = None
        self._compact = False
        self.map = PlaneMap()
        self.tools = PointTools()
        self.view = PlaneView(self.map, self.tools)
        self.choice = PlaneChoice()
        self.matrix = ConfusionMatrix(large=True)
        self.scores = ScoreRow()
        self.unit = UnitCard()
        self.verdict, self.comparison = VerdictCard(), ComparisonCard()
        self.doctor = DoctorCards()
        self.probe = Probe()
        self._lay_out()
        self.grading = Grading(self.scores, self.matrix, self._hint, self.comparison, self)
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
        for ours, theirs in (
            (self.view.point_added, self.point_added),
            (self.view.point_moved, self.point_moved),
            (self.view.point_erased, self.point_erased),
            (self.view.point_drag_finished, self.point_drag_finished),
            (self.view.row_hovered, self.row_hovered),
            (self.doctor.fix_requested, self.fix_requested),
            (self.doctor.rewind_requested, self.rewind_requested),
        ):
            ours.connect(theirs)
        self.unit.closed.connect(self._tell_pointed)
        self.doctor.unit_pointed.connect(self._on_doctor_pointed)
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
        elif old.network is state.network and old.row == state.row:
            return
        if self.isVisible():
            self._show_answers(state)
            self.probe.show_state(state)
            self.unit.show_state(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was shown while the panel was hidden."""
        super().showEvent(event)
        if self._state is not None:
            self._show_answers(self._state)
            self.probe.show_state(self._state)
            self.unit.show_state(self._state)

    def show_unit(self, layer: int, unit: int) -> None:
        """Draw one unit's answers on the map; a `unit` of -1 goes back to the output."""
        self._pointed = UnitAt(layer, unit) if unit >= 0 else None
        self.view.show_unit((layer, unit) if unit >= 0 else None)
        self._show_title()
        if self._state is not None and not self.map.isHidden():
            self._show_map(self._state)

    def choose_unit(self, layer: int, unit: int) -> None:
        """Open the card of a unit, or close it where it is open on this one."""
        self.unit.choose(UnitAt(layer, unit))
        self._tell_pointed()

    def _tell_pointed(self) -> None:
        at = self._doctors_unit or self.unit.at
        self.unit_pointed.emit(*(astuple(at) if at else (INPUTS - 1, -1)))

    def _on_doctor_pointed(self, layer: int, unit: int) -> None:
        self._doctors_unit = UnitAt(layer, unit) if unit >= 0 else None
        self._tell_pointed()

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
        text, at, state = self.tr("Output"), self._pointed, self._state
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

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange and self._state is not None:
            self._show_answers(self._state)
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find the legend's place for the new width, and what map and matrix leave to the cards."""
        super().resizeEvent(event)
        height = event.size().height()
        _, of_map, of_matrix = next(limits for limits in _MOST_PX if height >= limits[0])
        self.map.set_most(of_map)
        self.matrix.set_most(of_matrix)
        if self._state is not None and event.size().width() != event.oldSize().width():
            self._show_structure(self._state)
