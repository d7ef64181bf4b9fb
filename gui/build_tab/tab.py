"""The Build tab: the first-run page, the workbench behind it, and what the window asks of a tab."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout

from gui.build_tab import status
from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.csv_dialog import TABLE_SUFFIXES
from gui.build_tab.first_page.page import FirstPage
from gui.build_tab.state.build_state import FIRST_ROW, BuildState
from gui.build_tab.status import StatusDesk
from gui.document import ExperimentDocument
from gui.document.document_files import SUFFIX, DocumentFiles
from gui.document.recovery import Autosave, RecoveryOffer
from gui.error_texts import sentence_of
from gui.format import show_integer, show_number
from gui.settings import settings
from gui.tab import Tab
from model.data.idx import is_idx
from model.errors import ModelError
from model.experiment import Experiment
from model.training import RunResult

if TYPE_CHECKING:
    from gui.build_tab.exports import Exporter, RoundTrip
    from gui.build_tab.workbench import Workbench

__all__ = ["BuildTab"]

_LEFT_KEY = "first_run_left"
_AFTER_FIRST_PAINT_MS = 100


class BuildTab(Tab):
    """Show the first-run page or the workbench, and keep status bar and title up to date.

    Attributes
    ----------
    model
        What the panels know.
    controller
        Its training.
    autosave
        Writes copies of unsaved work.
    first_run
        The page that greets a person, ``None`` once it has been left.

    Signals
    -------
    vision_requested(PictureModel, str)
        A person wants to use the network, which has that name, in Vision.
    """

    vision_requested = Signal(object, str)

    def __init__(self, document: ExperimentDocument, files: DocumentFiles) -> None:
        super().__init__()
        self.setObjectName("build_tab")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._document, self._files = document, files
        self._at_rest: Callable[[], None] | None = None
        self._workbench: Workbench | None = None
        self._exporter: Exporter | None = None
        self.first_run: FirstPage | None = None
        self.model = BuildModel(document, files.pending, self)
        self.controller = self.model.training
        self.status = StatusDesk(self.controller, self)
        self.autosave = Autosave(document, self.controller.present, parent=self)
        self._offer = RecoveryOffer(self.autosave, self)
        self._offered = False
        self._copy_failed = False
        self._stack = QStackedLayout(self)
        self._connect()
        if settings().value(_LEFT_KEY, False, type=bool) or document.path is not None:
            self.model.choose_row(FIRST_ROW)
            self._stack.addWidget(self.workbench)
        else:
            self._greet()
        self._show_state(self.model.state)

    def _connect(self) -> None:
        controller = self.controller
        self.model.state_changed.connect(self._show_state)
        self.model.failed.connect(self.failed)
        self.model.data_chosen.connect(self.status.forget_end)
        self.model.data_chosen.connect(self.failure_over)
        controller.running_changed.connect(self._on_running_changed)
        controller.run_ended.connect(self._on_run_ended)
        controller.failed.connect(self.failed)
        controller.remedy_offered.connect(self.remedy_offered)
        controller.edited.connect(self._on_mended)
        self.status.state_shown.connect(self.state_shown)
        self.status.figures_shown.connect(self.figures_shown)
        self.status.fact_shown.connect(self.fact_shown)
        self.status.sentence_shown.connect(self.sentence_shown)
        self.autosave.failed.connect(self._on_copy_failed)
        self.autosave.saved.connect(self._on_copy_saved)
        self._document.experiment_changed.connect(lambda: self.title_changed.emit())
        self._files.opened.connect(self.show_all_panels)
        self._files.once_at_rest = self._once_at_rest
        self._files.while_paused = self._while_paused
        self._files.writing.connect(self.autosave.note_save)
        self._files.kept.connect(self._on_kept)
        self._offer.recovered.connect(lambda work: self._files.recover(work.experiment, work.path))

    # -- Pages -------------------------------------------------------------------------------------

    @property
    def workbench(self) -> Workbench:
        """Every panel; made when first asked for."""
        return self._workbench or self._make_workbench()

    def _make_workbench(self) -> Workbench:
        from gui.build_tab.workbench import Workbench  # late: pyqtgraph takes a third of the start

        bench = self._workbench = Workbench(self.model)
        bench.loss.exported.connect(self._on_exported)
        bench.bar.export_button.kinds.export_requested.connect(self.export)
        self.destroyed.connect(bench.deleteLater)  # made ahead of need, it has no parent yet
        return bench

    def _greet(self) -> None:
        """Show the first-run page."""
        page = self.first_run = FirstPage(self.model)
        self.status.greets = True
        page.train_button.clicked.connect(self._on_first_train)
        page.panels_button.clicked.connect(self.show_all_panels)
        page.open_button.clicked.connect(self._files.open)
        page.experiment_chosen.connect(self._on_lesson_chosen)
        page.picture_chosen.connect(self.path_requested)
        self._stack.addWidget(page)

    def show_all_panels(self) -> None:
        """Leave the first-run page for good."""
        if self.first_run is None:
            return
        page, self.first_run = self.first_run, None
        self.status.greets = False
        settings().setValue(_LEFT_KEY, True)
        self._stack.addWidget(self.workbench)
        self._stack.setCurrentWidget(self.workbench)
        self._stack.removeWidget(page)
        page.deleteLater()
        self.model.choose_unit(None)
        self.model.choose_row(FIRST_ROW)
        self.workbench.show_state(self.model.state)
        self.title_changed.emit()
        self.setFocus()

    def _on_first_train(self) -> None:
        self.show_all_panels()
        self.controller.start()

    def _on_lesson_chosen(self, experiment: Experiment) -> None:
        self._document.load(experiment, None)
        self.show_all_panels()

    # -- Showing -----------------------------------------------------------------------------------

    def _show_state(self, state: BuildState) -> None:
        if self.first_run is not None:
            self.first_run.show_state(state)
        elif self._workbench is not None:
            self._workbench.show_state(state)
        self.status.follow(state)

    def _on_running_changed(self, running: bool) -> None:
        self.autosave.set_training(running)
        if running:
            self.status.forget_end()
            self._on_mended()
        elif self._at_rest is not None:
            then, self._at_rest = self._at_rest, None
            QTimer.singleShot(0, self, then)  # once edits that waited for the end are made
        self.status.show_now()

    def _on_run_ended(self, result: RunResult) -> None:
        if result.reason == "diverged":
            self.failed.emit(status.end_sentence(result), "")
        self.status.note_end(result)

    def _on_mended(self) -> None:
        """Take back what failed before: the person has gone on. A copy still cannot be written."""
        if not self._copy_failed:
            self.failure_over.emit()

    def _on_copy_failed(self, error: Exception) -> None:
        self._copy_failed = True
        text = self.tr("No copy of your unsaved work can be kept. {reason} Save it to a file now.")
        self.failed.emit(text.format(reason=sentence_of(error)), "")

    def _on_copy_saved(self) -> None:
        if self._copy_failed:
            self._copy_failed = False
            self.failure_over.emit()

    def _once_at_rest(self, then: Callable[[], None]) -> None:
        if self.controller.is_running:
            self._at_rest = then
            self.controller.pause()
        else:
            then()

    def _while_paused(self, do: Callable[[], None]) -> None:
        if not self.controller.is_running:
            do()
            return

        def do_and_go_on() -> None:
            do()
            end = self.status.last_end
            if end is not None and end.reason == "stopped":
                self.controller.start()

        self._once_at_rest(do_and_go_on)

    def _on_kept(self) -> None:
        """Go on: a person was asked about unsaved work and took the close back."""
        if self._workbench is not None:
            self._workbench.resume()

    # -- Files -------------------------------------------------------------------------------------

    def opens(self, path: Path) -> bool:
        """Tell whether `path` is an experiment, a table, or a file of pictures in IDX form."""
        return path.suffix.lower() in (SUFFIX, *TABLE_SUFFIXES) or is_idx(path)

    def open_path(self, path: Path) -> None:
        """Open an experiment, or a table to learn from."""
        if path.suffix.lower() == SUFFIX:
            self._files.open_path(path)
            return
        self.show_all_panels()
        self.workbench.data.open_table(path)

    def open_paths(self, paths: list[Path]) -> None:
        """Open the first experiment among `paths`, and ask about the tables one by one."""
        experiments = [path for path in paths if path.suffix.lower() == SUFFIX]
        for path in paths:
            if path not in experiments:
                self.open_path(path)
        if experiments:
            self._files.open_path(experiments[0], experiments[1:])

    def export(self, kind: str) -> None:
        """Let the person choose where to write the network as `kind`, or take it to Vision."""
        self.show_all_panels()
        if kind == "vision":
            self._offer_to_vision()
        else:
            self.exporter.ask(kind, self._name)

    @property
    def _name(self) -> str:
        """What the work is called, whether or not it is saved."""
        return status.document_title(self._document).removesuffix(" •")

    def _offer_to_vision(self) -> None:
        from gui.build_tab.exports import shown_experiment
        from model.export import picture_model

        try:
            network = picture_model(shown_experiment(self.controller))
        except ModelError as error:
            self.failed.emit(sentence_of(error), "")
            return
        self.vision_requested.emit(network, self._name)

    @property
    def exporter(self) -> Exporter:
        """What writes the network to files of other kinds; made when first asked for."""
        if self._exporter is None:
            from gui.build_tab.exports import Exporter

            self._exporter = Exporter(self.controller, self.workbench.canvas, self)
            self._exporter.failed.connect(self.failed)
            self._exporter.exported.connect(self._on_exported)
        return self._exporter

    def _on_exported(self, path: Path, trip: RoundTrip | None = None) -> None:
        self._on_mended()
        sentences = [self.tr("{name} is written.").format(name=path.name)]
        if trip is not None:
            text = self.tr("Run by OpenCV on {rows} rows, its answers differ by at most {n}.")
            n = show_number(trip.difference, 2)
            sentences.append(text.format(rows=show_integer(trip.rows), n=n))
        self.sentence_shown.emit(" ".join(sentences))

    # -- Tab ---------------------------------------------------------------------------------------

    def title(self) -> str:
        """Return what the header shows in its middle; nothing while a person is greeted."""
        return "" if self.first_run is not None else status.document_title(self._document)

    def republish(self) -> None:
        """Emit the status bar's texts again."""
        self.status.show_now()

    def request_close(self) -> bool:
        """Stop what runs; return ``True`` when nothing runs any more."""
        self._files.loader.cancel()
        self.controller.request_close()
        if self._workbench is not None:
            self._workbench.request_close()
        return not self.is_closing

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        bench_works = self._workbench is not None and not self._workbench.is_idle
        idle = self._files.loader.is_idle and self.autosave.is_idle
        idle = idle and (self._exporter is None or self._exporter.is_idle)
        return not self.controller.is_idle or bench_works or not idle

    def closed(self) -> None:
        """Delete the copy of unsaved work: there is none any more."""
        self.autosave.close()

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Train, step and travel by single keys; a field with the focus has taken them before."""
        controller = self.controller
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        other = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        key = event.key()
        if other & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            (self._on_first_train if self.first_run is not None else controller.toggle)()
        elif self.first_run is not None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_S:
            controller.step(shift)
        elif key == Qt.Key.Key_R:
            controller.reset()
        elif key == Qt.Key.Key_B:
            controller.branch(controller.epoch_wanted)
        elif key == Qt.Key.Key_Left:
            controller.show_epoch(max(controller.epoch_wanted - 1, controller.past.first_epoch))
        elif key == Qt.Key.Key_Right:
            controller.show_epoch(min(controller.epoch_wanted + 1, controller.past.last_epoch))
        elif key == Qt.Key.Key_Home:
            controller.show_epoch(controller.past.first_epoch)
        elif key == Qt.Key.Key_End:
            controller.show_epoch(controller.past.last_epoch)
        elif key == Qt.Key.Key_Escape and self.model.state.selection.unit is not None:
            self.model.choose_unit(None)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the focus, so that single keys work at once; make the workbench ahead of need."""
        super().showEvent(event)
        self.setFocus()
        QTimer.singleShot(_AFTER_FIRST_PAINT_MS, self, self._on_first_shown)

    def _on_first_shown(self) -> None:
        """Make the workbench ahead of need, and offer what a crash left behind."""
        if self._workbench is None:
            self._make_workbench()
        if not self._offered:
            self._offered = True
            self._offer.ask()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.model.retranslate()
        self.title_changed.emit()
