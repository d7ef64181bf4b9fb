"""The Build tab: the first page, the workbench behind it, and the interface to the window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from foundation.text import tr
from gui.actions import Actions, Entry, Place
from gui.build_tab.build_model import BuildModel
from gui.build_tab.sources import TILES
from gui.build_tab.state import FIRST_ROW, Activity, BuildState
from gui.build_tab.status import document_title, status_of
from gui.document.document_files import NETWORK_SUFFIX, SUFFIX, is_network
from gui.document.recovery import offer_recovery
from gui.session import Session
from gui.settings import settings
from gui.tab import AFTER_FIRST_PAINT_MS, Status, Tab
from gui.widgets.first_paint import after_first_paint
from gui.widgets.regions import Region
from model.data.files.idx import is_idx
from model.data.files.table_names import is_table_name
from model.insight.step.walk import STEPS, first_part
from model.recipes import VERSIONS

if TYPE_CHECKING:
    from gui.build_tab.exports import Exporter
    from gui.build_tab.first_page.page import FirstPage
    from gui.build_tab.workbench import Workbench

_LEFT_KEY = "first_run_left"
_AHEAD_MS = 1500


class BuildTab(Tab):
    """The first page or the workbench, with the state of training.

    Attributes
    ----------
    first_run
        The first page; ``None`` once it has been left.
    """

    def __init__(self, session: Session, actions: Actions, parent: QWidget) -> None:
        super().__init__("build_tab", parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._session, self._actions = session, actions
        self._document, self._files = session.document, session.files
        self._workbench: Workbench | None = None
        self._exporter: Exporter | None = None
        self.first_run: FirstPage | None = None
        self.model: BuildModel = session.build
        self._autosave = session.autosave
        self._stack = QStackedLayout(self)
        self._connect()
        self._bind()
        if settings().value(_LEFT_KEY, False, type=bool) or self._document.path is not None:
            self.model.choose_row(FIRST_ROW)
            self._make_workbench()
        else:
            self._greet()
        self._show_state(self.model.state)
        after_first_paint(self, self._on_first_shown, AFTER_FIRST_PAINT_MS)

    def _connect(self) -> None:
        self.model.state_changed.connect(self._show_state)
        self._document.replaced.connect(self._leave_first_page)
        # In a turn of its own, once all that comes with the document is there to be shown.
        queued = Qt.ConnectionType.QueuedConnection
        self._document.replaced.connect(self.show_all_panels, queued)
        self._document.path_changed.connect(lambda: self.changed.emit())

    def _bind(self) -> None:
        model, bind = self.model, self._actions.bind
        bind("train", model.toggle_training)
        bind("step", lambda: model.step(whole_epoch=False), self._trains)
        bind("step_epoch", lambda: model.step(whole_epoch=True), self._trains)
        bind("reset", model.reset)
        bind("epoch_back", lambda: self._step_epochs(-1), lambda: self._no_epoch(-1))
        bind("epoch_on", lambda: self._step_epochs(1), lambda: self._no_epoch(1))
        bind("epoch_first", lambda: model.show_epoch(model.state.run.first_epoch))
        bind("epoch_last", lambda: model.show_epoch(model.state.run.last_epoch))
        bind("branch", model.branch, self._no_run)
        bind("microscope", lambda: self.workbench.canvas.toggle_microscope())
        bind("microscope_on", lambda: model.walk(on=True), self._no_microscope)
        bind("microscope_back", lambda: model.walk(on=False), self._no_microscope)
        for step in range(1, STEPS + 1):
            bind(f"microscope_at_{step}", partial(self._examine_step, step))
        for view in ("loss", "weights", "hidden", "lottery", "landscape"):
            bind(f"view_{view}", partial(self._show_view, view))
        bind("add_layer", lambda: model.add_layer(self._hidden))
        bind("remove_layer", lambda: model.remove_layer(self._hidden - 1), self._no_hidden)
        bind("add_unit", partial(self._add_units, 1), self._no_hidden)
        bind("remove_unit", partial(self._add_units, -1), self._no_spare_unit)
        bind("new_start", lambda: model.new_start())
        for version in VERSIONS:
            bind(f"recipe_as_{version}", partial(model.choose_version, version), self._no_recipe)
        self._bind_data()

    def _bind_data(self) -> None:
        names = {f"data_{key.replace(':', '_')}": tile for key, tile in TILES.items()}
        names.pop("data_all_16")  # it opens a menu of its own
        self._actions.add(
            Place.DATA,
            [Entry(n, str(t.source_name)) for n, t in names.items()],
        )
        for name, tile in names.items():
            if tile.data is not None:
                self._actions.bind(name, partial(self.model.choose_data, tile.data))
            else:
                self._actions.bind(name, lambda: self.workbench.data.ask_for_table())

    @property
    def _hidden(self) -> int:
        """The number of hidden layers."""
        return len(self.model.state.experiment.network.layers) - 1

    def _add_units(self, by: int) -> None:
        layer = self._hidden - 1
        units = self.model.state.experiment.network.layers[layer].units
        self.model.set_units(layer, units + by)

    def _examine_step(self, step: int) -> None:
        """Open the microscope at one of the eight steps of the current unit or weight."""
        self.model.open_microscope(self.workbench.canvas.target, first_part(step))

    def _show_view(self, key: str) -> None:
        """Bring a view of the dock to the front, and focus it."""
        bench = self.workbench
        if key == "loss" and not bench.arrangement.is_loss_in_dock:
            bench.loss.timeline.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        bench.dock.choose(key)
        bench.dock.tabs.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- What stands in the way --------------------------------------------------------------------

    def _trains(self) -> str:
        return tr("The network is being trained: pause it first.") if self._is_busy else ""

    @property
    def _is_busy(self) -> bool:
        return self.model.is_training or self.model.is_about_to_train

    def _no_epoch(self, by: int) -> str:
        run = self.model.state.run
        if run.nearest(run.wanted_epoch + by) != run.wanted_epoch:
            return ""
        last = tr("This is the last epoch: train on.")
        return last if by > 0 else tr("This is the first epoch.")

    def _no_run(self) -> str:
        if self._is_busy:
            return self._trains()
        return "" if self.model.state.run.last_epoch else tr("Train the network first.")

    def _no_microscope(self) -> str:
        is_open = self.model.state.selection.part is not None
        return "" if is_open else tr("The microscope is closed: M opens it.")

    def _no_hidden(self) -> str:
        return "" if self._hidden else tr("The network has no hidden layer.")

    def _no_spare_unit(self) -> str:
        if self._hidden and self.model.state.experiment.network.layers[self._hidden - 1].units == 1:
            return tr("The layer has one unit only.")
        return self._no_hidden()

    def _no_recipe(self) -> str:
        has = self.model.state.recipe is not None
        return "" if has else tr("No article of the course used these data in this way.")

    def _step_epochs(self, by: int) -> None:
        """Show the previous or the next epoch, if this run has one."""
        run = self.model.state.run
        self.model.show_epoch(run.nearest(run.wanted_epoch + by))

    # -- Pages -------------------------------------------------------------------------------------

    @property
    def workbench(self) -> Workbench:
        """All panels, created on first use."""
        return self._workbench or self._make_workbench()

    def _make_workbench(self) -> Workbench:
        from gui.build_tab.workbench import Workbench  # late: pyqtgraph takes a third of the start

        bench = self._workbench = Workbench(self.model, self)
        bench.reading_changed.connect(self.changed)
        self._stack.addWidget(bench)
        button = bench.bar.export_button
        button.setMenu(self._actions.export_menu(button, "export_menu"))
        return bench

    def _greet(self) -> None:
        """Show the first page."""
        from gui.build_tab.first_page.page import FirstPage

        self.first_run = FirstPage(self.model, self._actions, self.show_all_panels)
        self._stack.addWidget(self.first_run)

    def _leave_first_page(self) -> None:
        """Forget the first page."""
        self.first_run = None

    def show_all_panels(self) -> None:
        """Leave the first page and show all panels."""
        bench = self.workbench
        page = self._stack.currentWidget()
        if page is None or page is bench:
            return
        self._leave_first_page()
        settings().setValue(_LEFT_KEY, True)
        if self.model.state.selection.part is None:
            self.model.choose_unit(None)
            self.model.choose_row(FIRST_ROW)
        self.setFocus()  # before Qt takes the keyboard to some control of the other page
        self._stack.setCurrentWidget(bench)  # last, so that it is laid out for what it shows
        self._stack.removeWidget(page)
        page.deleteLater()
        QTimer.singleShot(_AHEAD_MS, bench, bench.prepare)
        self.changed.emit()

    # -- Showing -----------------------------------------------------------------------------------

    def _show_state(self, state: BuildState) -> None:
        is_looking = state.selection.part is not None
        if self.first_run is not None and (is_looking or state.activity is not Activity.REST):
            self.show_all_panels()
        elif self.first_run is not None:
            self.first_run.show_state(state)
        if not state.running or self._workbench is None:
            self.changed.emit()

    # -- Files -------------------------------------------------------------------------------------

    def opens(self, path: Path) -> bool:
        """Return whether `path` is an experiment, a table, a network for rows, or IDX."""
        is_experiment = path.suffix.lower() == SUFFIX or is_network(path)
        return is_experiment or is_table_name(path) or is_idx(path)

    def open_paths(self, paths: list[Path]) -> None:
        """Open the first experiment or network of `paths`, and ask about each table."""
        experiments = [path for path in paths if path.suffix.lower() in (SUFFIX, NETWORK_SUFFIX)]
        for path in paths:
            if path not in experiments:
                self.show_all_panels()
                self.workbench.data.open_table(path)
        if experiments:
            self._files.open_path(experiments[0], experiments[1:])

    def export(self, kind: str) -> None:
        """Let the user choose a file for the network as `kind`: see `Exporter.ask`."""
        self.show_all_panels()
        self.exporter.ask(kind, self._session.name)

    @property
    def exporter(self) -> Exporter:
        """The exporter to other kinds of files, created on first use."""
        if self._exporter is None:
            from gui.build_tab.exports import Exporter

            self._exporter = Exporter(
                self.model, self.workbench.canvas, self.workbench.loss.plot, self
            )
        return self._exporter

    # -- Tab ---------------------------------------------------------------------------------------

    def title(self) -> str:
        """Return the title in the header's centre; empty on the first page."""
        return "" if self.first_run is not None else document_title(self._document)

    def status(self) -> Status:
        """Return the state of training, its figures, and the network's results on its data."""
        return status_of(self.model.state, greets=self.first_run is not None)

    def regions(self) -> list[Region]:
        """Return the panels, or the first page."""
        page = self.first_run
        if page is not None:
            return [Region(tr("First page"), page, page.train_button)]
        return [] if self._workbench is None else self._workbench.regions()

    def primary_widget(self) -> QWidget | None:
        """Return the Train button, from which single keys and arrows reach the page."""
        if self.first_run is not None:
            return self.first_run.train_button
        return None if self._workbench is None else self._workbench.bar.train_button

    def make_room(self, left_px: int) -> int:
        """Reserve `left_px` pixels under the training bar, and close the first page."""
        if left_px:
            self.workbench.make_room(left_px)  # before it is laid out
            self.show_all_panels()
        return self.workbench.make_room(left_px) if self._workbench is not None else 0

    def request_close(self) -> bool:
        """Stop all work; return ``True`` once nothing is running."""
        self._files.cancel()
        self._autosave.cancel_search()
        self.model.request_close()
        if self._workbench is not None:
            self._workbench.request_close()
        parts = (self._files, self.model, self._workbench, self._autosave, self._exporter)
        return all(part is None or part.is_idle for part in parts)

    def closed(self) -> None:
        """Delete the recovery copy, as there is no unsaved work left."""
        self._autosave.close()

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Train, step and seek by single keys not handled by a focused field."""
        action = self._actions.find_by_key(Place.BUILD, event)
        if action is not None and (self.first_run is None or action is self._actions["train"]):
            action.trigger()
        elif event.key() == Qt.Key.Key_Escape and self.model.state.selection.part is not None:
            self.model.close_microscope()
        elif event.key() == Qt.Key.Key_Escape and self.model.state.selection.unit is not None:
            self.model.choose_unit(None)
        else:
            super().keyPressEvent(event)

    def _on_first_shown(self) -> None:
        """Create the workbench ahead of use, and offer to restore work after a crash."""
        if self._workbench is None:
            self._make_workbench()
        QTimer.singleShot(_AHEAD_MS, self.workbench, self.workbench.prepare)
        self._autosave.find_orphan(
            lambda work: offer_recovery(self._autosave, work, self, self._files)
        )

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.model.retranslate()
        super().retranslate()
