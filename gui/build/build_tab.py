"""The Build tab: data at the left, the network in the middle, what it computes at the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.build import status
from gui.build.arrangement import Arrangement
from gui.build.canvas import NetworkCanvas
from gui.build.canvas_wiring import CanvasWiring
from gui.build.data_panel import DataPanel
from gui.build.data_panel.catalogue import data_name
from gui.build.plots import LossPanel, OutputPanel
from gui.build.state import BuildState
from gui.build.training_bar import TrainingBar
from gui.build.training_controller import TrainingController
from gui.document import ExperimentDocument, edits, point_edits
from gui.document.file_actions import SUFFIX, FileActions
from gui.document.recovery import Autosave
from gui.sentences import sentence_of
from gui.tab import Tab
from model.experiment import CsvData, DataSpec, Experiment, PointsData, SplitSpec, TrainingSpec
from model.training import RunResult

__all__ = ["BuildTab"]


class BuildTab(Tab):
    """Lay out Build's panels and pass what they say to the document and the training.

    Attributes
    ----------
    controller
        The training and the state that every panel shows.
    bar, data, canvas, loss, dock, output
        The panels.
    autosave
        Writes copies of unsaved work.
    """

    def __init__(self, document: ExperimentDocument, files: FileActions) -> None:
        super().__init__()
        self.setObjectName("build_tab")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._document = document
        self._files = files
        self._chosen_row = 1
        self._right_since: int | None = None
        self._ended = ""
        self.controller = TrainingController(document, self)
        self.bar = TrainingBar()
        self.data = DataPanel()
        self.canvas = NetworkCanvas()
        self._wiring = CanvasWiring(self.canvas, self.controller)
        self.loss = LossPanel()
        self.dock = QWidget()
        self.output = OutputPanel()
        self.autosave = Autosave(document, self.controller.present, parent=self)
        self.autosave.failed.connect(lambda error: self.failed.emit(sentence_of(error), ""))
        self._lay_out()
        self._connect()
        self.controller.choose_row(self._chosen_row)
        self._show_state(self.controller.state)

    def _lay_out(self) -> None:
        self.arrangement = Arrangement(self.data, self.canvas, self.loss, self.dock, self.output)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.arrangement, 1)

    def _connect(self) -> None:
        controller, bar, data = self.controller, self.bar, self.data
        controller.state_shown.connect(self._show_state)
        controller.running_changed.connect(self._on_running_changed)
        controller.run_ended.connect(self._on_run_ended)
        controller.failed.connect(self.failed)
        bar.train_toggled.connect(controller.toggle)
        bar.reset_requested.connect(controller.reset)
        bar.new_start_requested.connect(controller.new_start)
        bar.step_requested.connect(controller.step)
        bar.speed_chosen.connect(controller.set_speed)
        bar.seed_edited.connect(controller.new_start)
        bar.training_edited.connect(self._on_training_edited)
        bar.dropout_edited.connect(self._on_dropout_edited)
        data.data_chosen.connect(self._on_data_chosen)
        data.data_edited.connect(self._on_data_edited)
        data.split_edited.connect(self._on_split_edited)
        data.gesture_ended.connect(self._document.end_merge)
        data.row_hovered.connect(self._on_row_hovered)
        data.row_chosen.connect(self._on_row_chosen)
        self._document.experiment_changed.connect(lambda: self.title_changed.emit())
        self._connect_plots()

    def _connect_plots(self) -> None:
        controller, loss, output = self.controller, self.loss, self.output
        controller.runs_changed.connect(self._show_runs)
        loss.epoch_chosen.connect(controller.show_epoch)
        loss.branch_requested.connect(controller.branch)
        loss.run_toggled.connect(controller.show_run)
        loss.run_renamed.connect(controller.rename_run)
        loss.failed.connect(self.failed)
        output.row_hovered.connect(self._on_row_hovered)
        output.point_added.connect(self._on_point_added)
        output.point_moved.connect(self._on_point_moved)
        output.point_erased.connect(self._on_point_erased)
        output.point_drag_finished.connect(self._document.end_merge)

    # -- Showing -----------------------------------------------------------------------------------

    def _show_state(self, state: BuildState) -> None:
        self.bar.show_experiment(state.experiment)
        self.data.show_state(state)
        self.arrangement.rail.show_state(state)
        history = self.controller.history
        if history is not None:
            self.loss.show_history(history)
        self.loss.show_state(state)
        self.output.show_state(state)
        self.canvas.show_state(state)
        self._follow_rows(state)
        self._show_status(state)

    def _show_runs(self) -> None:
        self.loss.set_runs(self.controller.runs)

    def _follow_rows(self, state: BuildState) -> None:
        """Remember since which epoch every row has been right."""
        counted = status.rows_right(state)
        if counted is None or counted[0] < counted[1]:
            self._right_since = None
        elif self._right_since is None:
            self._right_since = self.controller.shown_epoch

    def _show_status(self, state: BuildState) -> None:
        controller = self.controller
        epoch = controller.shown_epoch
        if controller.is_running:
            self.state_shown.emit(self.tr("Training"), "acc")
        elif epoch:
            self.state_shown.emit(self.tr("Paused"), "t3")
        else:
            self.state_shown.emit(self.tr("Ready"), "t3")
        self.figures_shown.emit(status.figures(state, epoch, controller.epochs_per_second))
        sentence = status.rows_sentence(state, self._right_since)
        self.sentence_shown.emit(f"{self._ended} {sentence}".strip())
        self.fact_shown.emit(status.parameters(state))

    def _on_running_changed(self, running: bool) -> None:
        self.bar.show_running(running)
        self.autosave.set_training(running)
        if running:
            self._ended = ""
        self._show_status(self.controller.state)

    def _on_run_ended(self, result: RunResult) -> None:
        self._ended = status.end_sentence(result)
        if result.reason == "diverged":
            self.failed.emit(self._ended, "")
        self._show_status(self.controller.state)

    # -- What a person did -------------------------------------------------------------------------

    def _on_training_edited(self, training: TrainingSpec, text: str, merge_key: str) -> None:
        self.controller.apply(text, lambda e: edits.with_training(e, training), merge_key)

    def _on_dropout_edited(self, share: float) -> None:
        def edit(experiment: Experiment) -> Experiment:
            for index in range(len(experiment.network.layers) - 1):
                experiment = edits.with_dropout(experiment, index, share)
            return experiment

        self.controller.apply(self.tr("Drop-out"), edit)

    def _on_data_chosen(self, data: DataSpec) -> None:
        self._ended = ""
        name = data_name(data)
        text = self.tr("Data: {name}").format(name=name)
        if self.controller.apply(text, lambda e: edits.with_chosen_data(e, data)):
            self._chosen_row = 1
            self.controller.choose_row(1)

    def _on_data_edited(self, data: DataSpec, text: str, merge_key: str) -> None:
        self.controller.apply(text, lambda e: edits.with_data(e, data), merge_key)

    def _on_split_edited(self, split: SplitSpec, text: str, merge_key: str) -> None:
        self.controller.apply(text, lambda e: edits.with_split(e, split), merge_key)

    def _on_row_hovered(self, row: int) -> None:
        self.controller.choose_row(row if row >= 0 else self._chosen_row)

    def _on_row_chosen(self, row: int) -> None:
        self._chosen_row = row
        self.controller.choose_row(row)

    def _edit_points(
        self, text: str, merge_key: str, edit: Callable[[PointsData], PointsData]
    ) -> None:
        def on_experiment(experiment: Experiment) -> Experiment:
            if not isinstance(experiment.data, PointsData):
                return experiment
            return edits.with_data(experiment, edit(experiment.data))

        self.controller.apply(text, on_experiment, merge_key)

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
        self._edit_points(
            self.tr("Erase point"), "", lambda d: point_edits.with_point_erased(d, index)
        )

    # -- Tab ---------------------------------------------------------------------------------------

    def title(self) -> str:
        """Return what the header shows in its middle."""
        return status.document_title(self._document)

    def opens(self, path: Path) -> bool:
        """Tell whether `path` is an experiment or a table."""
        return path.suffix.lower() in (SUFFIX, ".csv", ".tsv", ".txt")

    def open_path(self, path: Path) -> None:
        """Open an experiment, or a table to learn from."""
        if path.suffix.lower() == SUFFIX:
            self._files.open_path(path)
        else:
            self._open_table(path)

    def _open_table(self, path: Path) -> None:
        self._on_data_chosen(CsvData(str(path)))

    def export(self, kind: str) -> None:
        """Let the person choose where to write the network as `kind`."""

    def republish(self) -> None:
        """Emit the status bar's texts again."""
        self._show_status(self.controller.state)

    def request_close(self) -> bool:
        """Stop what runs; return ``True`` when nothing runs any more."""
        return self.controller.request_close() and self.autosave.is_idle

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        return self.controller.is_running or not self.autosave.is_idle

    def closed(self) -> None:
        """Delete the copy of unsaved work: there is none any more."""
        self.autosave.close()

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Train, step and reset by single keys; a field with the focus has taken them before."""
        controller = self.controller
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        other = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        key = event.key()
        if other & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            controller.toggle()
        elif key == Qt.Key.Key_S:
            controller.step(shift)
        elif key == Qt.Key.Key_R:
            controller.reset()
        elif key == Qt.Key.Key_B:
            controller.branch(controller.shown_epoch)
        elif key == Qt.Key.Key_Left:
            controller.show_epoch(max(controller.shown_epoch - 1, controller.first_epoch))
        elif key == Qt.Key.Key_Right:
            controller.show_epoch(min(controller.shown_epoch + 1, controller.last_epoch))
        elif key == Qt.Key.Key_Home:
            controller.show_epoch(controller.first_epoch)
        elif key == Qt.Key.Key_End:
            controller.show_epoch(controller.last_epoch)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.title_changed.emit()
        super().changeEvent(event)
