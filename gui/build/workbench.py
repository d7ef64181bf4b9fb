"""The workbench: every panel of Build, and what each does to the experiment."""

from __future__ import annotations

import functools
from collections.abc import Callable

from msgspec import structs
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.build.arrangement import Arrangement
from gui.build.canvas import NetworkCanvas
from gui.build.canvas_wiring import CanvasWiring
from gui.build.captions import CaptionReader
from gui.build.data_panel.catalogue import data_name
from gui.build.data_panel.panel import DataPanel
from gui.build.dock.dock_panel import DockPanel
from gui.build.dock.dock_wiring import DockWiring
from gui.build.loading_strip import LoadingStrip
from gui.build.loss.loss_panel import LossPanel
from gui.build.output.doctor_texts import advice_on
from gui.build.output.insight_wiring import InsightWiring
from gui.build.output.output_panel import OutputPanel
from gui.build.state.build_state import FIRST_ROW, BuildState
from gui.build.training.training_controller import TrainingController
from gui.build.training_bar import TrainingBar
from gui.build.turns import Turns
from gui.document import ExperimentDocument, edits, point_edits
from gui.sentences import sentence_of
from model.data import Dataset
from model.experiment import DataSpec, Experiment, PointsData, SplitSpec, TrainingSpec
from model.initialise import initialise
from model.insight import Finding
from model.training import History

__all__ = ["Workbench"]


class Workbench(QWidget):
    """Lay the panels out, show them the present state, and turn their signals into edits.

    Attributes
    ----------
    bar, data, canvas, loss, dock, output
        The panels.
    arrangement
        Where they are.

    Signals
    -------
    failed(str, str)
        A sentence for the message bar, and details.
    export_requested(str)
        The export menu.
    own_table_requested()
        The tile "Own CSV".
    data_chosen()
        A person chose other data altogether.
    """

    failed = Signal(str, str)
    export_requested = Signal(str)
    own_table_requested = Signal()
    data_chosen = Signal()

    def __init__(self, document: ExperimentDocument, controller: TrainingController) -> None:
        super().__init__()
        self.setObjectName("workbench")
        self._document, self._controller = document, controller
        self._chosen_row = FIRST_ROW
        self._captions = CaptionReader()
        self._state = controller.state
        self._turns = Turns(
            [self._show_output, self._show_loss, self._show_data], controller.hold_until_drawn
        )
        self._no_history = History(0, has_test=False)
        self.bar = TrainingBar()
        self.data = DataPanel()
        self.canvas = NetworkCanvas()
        self.loss = LossPanel()
        self.dock = DockPanel()
        self.dock_wiring = DockWiring(
            self.dock,
            lambda: edits.fresh(document.experiment),
            self._task_name,
            self._present_run,
            self,
        )
        self.output = OutputPanel()
        self.insight = InsightWiring(self.output, self)
        self.arrangement = Arrangement(self.data, self.canvas, self.loss, self.dock, self.output)
        CanvasWiring(self.canvas, controller)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.arrangement, 1)
        LoadingStrip(controller.loader, controller.supply, controller.past, self.canvas.view)
        self._connect_bar()
        self._connect_data()
        self._connect_plots()
        controller.between_frames.connect(self._turns.show_next)
        controller.running_changed.connect(self.bar.show_running)
        controller.run.changed.connect(self._show_runs)
        controller.edit_dropped.connect(self._show_anew)
        self.bar.show_running(controller.is_running)
        self.bar.show_speed(controller.speed)
        self._show_runs()
        self.show_state(controller.state)

    def _connect_bar(self) -> None:
        bar, controller = self.bar, self._controller
        bar.train_toggled.connect(controller.toggle)
        bar.reset_requested.connect(controller.reset)
        bar.new_start_requested.connect(controller.new_start)
        bar.step_requested.connect(controller.step)
        bar.speed_chosen.connect(controller.set_speed)
        bar.seed_edited.connect(controller.new_start)
        bar.training_edited.connect(self._on_training_edited)
        bar.dropout_edited.connect(self._on_dropout_edited)
        bar.export_requested.connect(self.export_requested)

    def _connect_data(self) -> None:
        data, grading = self.data, self.output.grading
        data.data_chosen.connect(self.choose_data)
        data.data_edited.connect(self._on_data_edited)
        data.split_edited.connect(self._on_split_edited)
        data.gesture_ended.connect(self._controller.end_gesture)
        data.row_hovered.connect(self._on_row_hovered)
        data.row_chosen.connect(self._on_row_chosen)
        data.own_table_requested.connect(self.own_table_requested)
        data.samples.all_rows_requested.connect(lambda: grading.show_mistakes(False))
        grading.mistakes_shown.connect(data.show_mistakes)
        self.output.scores.mistakes_toggled.connect(
            lambda on: self.arrangement.show_data() if on else None
        )

    def _connect_plots(self) -> None:
        controller, loss, output = self._controller, self.loss, self.output
        loss.epoch_chosen.connect(controller.show_epoch)
        output.rewind_requested.connect(controller.show_epoch)
        loss.branch_requested.connect(controller.branch)
        loss.run_toggled.connect(controller.run.show)
        loss.run_renamed.connect(controller.run.rename)
        loss.failed.connect(self.failed)
        self.dock_wiring.experiment_opened.connect(self._on_seed_opened)
        slow = output.grading.slow.runner
        for failed in (self.dock_wiring.failed, self.insight.failed, slow.failed):
            failed.connect(lambda error, details: self.failed.emit(sentence_of(error), details))
        output.fix_requested.connect(self._on_fix_requested)
        self._document.experiment_changed.connect(self._on_experiment_changed)
        output.row_hovered.connect(self._on_row_hovered)
        output.point_added.connect(self._on_point_added)
        output.point_moved.connect(self._on_point_moved)
        output.point_erased.connect(self._on_point_erased)
        output.point_drag_finished.connect(self._document.end_merge)
        self.canvas.unit_pointed.connect(output.show_unit)
        self.canvas.unit_chosen.connect(output.choose_unit)
        output.unit_pointed.connect(self.canvas.highlight_unit)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the present state: in every panel, or while training in one after another."""
        self._state = state
        self.bar.show_experiment(state.experiment, len(state.dataset.x_train))
        self.canvas.set_captions(self._captions.read(state))
        self.canvas.show_state(state)
        if state.running:
            self._turns.show_frame()
        else:
            self._turns.show_all()

    def _show_anew(self) -> None:
        """Show the present state also where a control says what a person wanted instead."""
        self.bar.forget_shown()
        self.data.forget_shown()
        self.show_state(self._state)

    def _show_data(self) -> None:
        self.data.show_state(self._state)
        self.arrangement.rail.show_state(self._state)
        self.dock.show_state(self._state)

    def _show_loss(self) -> None:
        self._show_history()
        self.loss.show_state(self._state)

    def _show_history(self) -> None:
        history = self._controller.run.history
        self.loss.show_history(self._no_history if history is None else history)

    def _show_output(self) -> None:
        self.output.show_state(self._state)
        self.insight.show_state(self._state, self._controller.run.history)

    def _show_runs(self) -> None:
        self.loss.set_runs(self._controller.run.earlier)
        self._show_history()

    # -- Dock --------------------------------------------------------------------------------------

    def _task_name(self) -> str:
        return data_name(self._document.experiment.data)

    def _present_run(self) -> tuple[History, Dataset] | None:
        history = self._controller.run.history
        return None if history is None else (history, self._controller.state.dataset)

    def _on_fix_requested(self, finding: Finding) -> None:
        fix = finding.fix
        if fix is not None:
            self._controller.apply(advice_on(finding).remedy, lambda _: initialise(fix))

    def _on_seed_opened(self, experiment: Experiment) -> None:
        self._controller.apply(
            self.tr("Open seed {n}").format(n=experiment.seed), lambda _: experiment, restart=False
        )

    def _on_experiment_changed(self, old: Experiment, new: Experiment) -> None:
        """Drop the lottery's outcome once it is about another network or other data."""
        if not edits.same_task(old, new):
            self.dock_wiring.forget()

    def request_close(self) -> bool:
        """Stop what the dock runs; tell whether nothing runs any more."""
        dock, insight = self.dock_wiring.request_close(), self.insight.request_close()
        return self.output.grading.slow.request_close() and dock and insight

    @property
    def is_idle(self) -> bool:
        """Whether neither dock nor cards have work under way."""
        dock = self.dock_wiring
        looks = self.insight.is_idle and self.output.grading.slow.runner.is_idle
        return dock.lottery.is_idle and dock.landscape.is_idle and looks

    def resume(self) -> None:
        """Go on after a close that was taken back."""
        self.insight.resume()
        self.output.grading.slow.resume()

    # -- Training settings -------------------------------------------------------------------------

    def _on_training_edited(self, training: TrainingSpec, text: str) -> None:
        self._controller.apply(text, lambda e: edits.with_training(e, training))

    def _on_dropout_edited(self, share: float) -> None:
        def edit(experiment: Experiment) -> Experiment:
            for index in range(len(experiment.network.layers) - 1):
                experiment = edits.with_dropout(experiment, index, share)
            return experiment

        self._controller.apply(self.tr("Drop-out"), edit)

    # -- Data --------------------------------------------------------------------------------------

    def choose_data(self, data: DataSpec) -> bool:
        """Learn from other data altogether; tell whether that could be done."""
        text = self.tr("Data: {name}").format(name=data_name(data))
        self.data_chosen.emit()
        edit = functools.partial(edits.with_chosen_data, data=data)
        if not self._controller.apply_loading(text, edit, data, is_choice=True):
            return False
        self._on_row_chosen(FIRST_ROW)
        return True

    def _on_data_edited(self, data: DataSpec, text: str, merge_key: str) -> None:
        edit = functools.partial(edits.with_data, data=data)
        self._controller.apply_loading(text, edit, data, merge_key)

    def _on_split_edited(self, split: SplitSpec, text: str, merge_key: str) -> None:
        shown = self._state.experiment.split
        changes = {
            name: value
            for name, value in structs.asdict(split).items()
            if value != getattr(shown, name)
        }
        self._controller.apply(
            text, lambda e: edits.with_split(e, structs.replace(e.split, **changes)), merge_key
        )

    def _on_row_hovered(self, row: int) -> None:
        self._controller.choose_row(row if row >= 0 else self._chosen_row)

    def _on_row_chosen(self, row: int) -> None:
        self._chosen_row = row
        self._controller.choose_row(row)

    # -- Points made by hand -----------------------------------------------------------------------

    def _edit_points(
        self, text: str, merge_key: str, edit: Callable[[PointsData], PointsData]
    ) -> None:
        def on_experiment(experiment: Experiment) -> Experiment:
            if not isinstance(experiment.data, PointsData):
                return experiment
            return edits.with_data(experiment, edit(experiment.data))

        self._controller.apply(text, on_experiment, merge_key)

    def _on_point_added(self, x1: float, x2: float, target: int) -> None:
        self._edit_points(
            self.tr("Add point"), "", lambda d: point_edits.with_point_added(d, x1, x2, target)
        )

    def _on_point_moved(self, index: int, x1: float, x2: float) -> None:
        self._edit_points(
            self.tr("Move point"),
            f"point {index}",
            lambda d: point_edits.with_point_moved(d, index, x1, x2),
        )

    def _on_point_erased(self, index: int) -> None:
        data = self._state.experiment.data
        if isinstance(data, PointsData) and len(data.points) <= point_edits.FEWEST_POINTS:
            self.failed.emit(
                self.tr("The last point stays: without a row there is nothing to learn from."), ""
            )
            return
        self._edit_points(
            self.tr("Erase point"), "", lambda d: point_edits.with_point_erased(d, index)
        )
