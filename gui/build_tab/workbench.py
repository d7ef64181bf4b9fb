"""All panels of Build, and when each is updated."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.build_tab.arrangement import MICROSCOPE_PX, Arrangement
from gui.build_tab.build_model import BuildModel
from gui.build_tab.panel_scheduler import PanelScheduler
from gui.build_tab.progress_strip import ProgressStrip
from gui.build_tab.state import BuildState
from gui.build_tab.training_bar import TrainingBar
from gui.build_tab.training_bar.recipe_strip import RecipeStrip
from gui.settings import in_turkish
from gui.widgets.layouts import vbox
from gui.widgets.regions import Region
from model.training import History

if TYPE_CHECKING:
    from gui.build_tab.microscope.panel import Microscope


class Workbench(QWidget):
    """Lays out the panels and shows them the current state.

    Signals
    -------
    reading_changed()
        The texts now show the current state of a run.
    """

    reading_changed = Signal()

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("workbench")
        self.model = model
        self._microscope: Microscope | None = None
        self._is_looking = False
        self._state = self._shown = model.state
        self._turns = PanelScheduler(
            [
                self._show_data,
                self._show_output,
                self._show_loss,
                self._show_dock,
                self._show_cards,
            ],
            model.pause_until_painted,
        )
        self._rest = QTimer(self)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._show_rest)
        self._no_history = History(0, has_test=False)
        self.bar = TrainingBar(model, self)
        self.recipe = RecipeStrip(self)
        self.arrangement = Arrangement(model, self)
        parts = self.bar, self.recipe, (self.arrangement, 1)
        self._column = vbox(*parts, on=self, gap=0, margins=0)
        self.data, self.canvas = self.arrangement.data, self.arrangement.canvas
        self.loss, self.dock = self.arrangement.loss, self.arrangement.dock
        self.output = self.arrangement.output
        self.strip = ProgressStrip(model, self.canvas.view)
        model.state_changed.connect(self.show_state)
        model.between_frames.connect(self._show_between)
        self.show_state(model.state)
        model.insight.resume()

    @property
    def microscope(self) -> Microscope:
        """The sheet with every number of a step, created on first use."""
        if self._microscope is None:
            from gui.build_tab.microscope.panel import Microscope

            self._microscope = Microscope(self.model)
            self.destroyed.connect(self._microscope.deleteLater)  # it has no parent yet
        return self._microscope

    def make_room(self, left_px: int) -> int:
        """Reserve `left_px` pixels for a lesson; return the y coordinate where it begins."""
        self.arrangement.make_room(left_px)
        return self.arrangement.y()

    def regions(self) -> list[Region]:
        """Return the regions that F6 cycles through."""
        parts = self.arrangement
        regions = [
            Region(tr("Training"), self.bar, self.bar.train_button),
            Region(tr("Recipe of an article"), self.recipe),
            Region(tr("Data, folded"), parts.rail),
            Region(tr("Data"), self.data),
            Region(tr("Network"), self.canvas, self.canvas.view),
            Region(tr("Further views"), self.dock),
            Region(tr("Output"), self.output, self.output.map),
        ]
        if not parts.is_loss_in_dock:  # else it is one of the further views
            regions.insert(5, Region(tr("Loss"), self.loss, self.loss.timeline))
        if self._microscope is not None:
            regions.append(Region(tr("Microscope"), self._microscope))
        return regions

    def create_lazy_views(self) -> None:
        """Create the views behind tabs and buttons that are built lazily."""
        self.dock.make_views()
        self.output.doctor.make_cards()
        _ = self.bar.more, self.canvas.features, self.data.samples

    def prepare(self) -> None:
        """Create lazily built views ahead of use, so that they open without delay."""
        for card in (self.bar.card, self.canvas.headers.card):
            card.make()
        for make in (self.create_lazy_views, _prepare_palette):
            QTimer.singleShot(0, self, make)  # in a turn of its own
        if self._state.selection.part is not None:
            return
        microscope = self.microscope
        self.arrangement.adopt(microscope)
        microscope.resize(MICROSCOPE_PX, self.arrangement.height())
        microscope.prepare(self._state)
        if self.isVisible():
            microscope.grab()  # styles, lays out and measures all that is in it
            return
        for widget in self.findChildren(QWidget):  # behind the first page, of another size
            widget.ensurePolished()

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the current state in every panel.

        While training runs, or if the network is redrawn, the panels are updated one after another.
        """
        old, self._state = self._state, state
        self._open_microscope(state)
        is_pointed_at = state.selection != old.selection
        if state.shows_the_same_as(old) and (is_pointed_at or state.insight is not old.insight):
            self._shown = self._shown.reuse_caches_for(
                dataclasses.replace(self._shown, selection=state.selection, insight=state.insight)
            )
            self._show_output()
            if is_pointed_at:
                self.canvas.show_state(state)
                self._show_cards()
            self._show_dock()
            return
        if state.selection.mistakes and not old.selection.mistakes:
            self.arrangement.show_data()
        if state.running and not old.running and self.arrangement.is_drawer_open:
            self.arrangement.close_drawer()  # it lies over the network, which is now to be seen
        self.canvas.await_state()
        self.bar.show_state(state)
        self.recipe.show_state(state)
        self._column.activate()  # else a panel further on does, once the network is drawn
        self.strip.show_state(state)
        drawn = self.canvas.scene.layout_
        self.canvas.show_state(state)
        is_drawn_anew = self.canvas.scene.layout_ is not drawn
        if state.running:
            self._rest.stop()
            return
        self._shown = state
        if is_drawn_anew or self._rest.isActive():
            self._turns.show_first()  # the data, which the user edits
            self._rest.start()
        else:
            self._turns.show_all()

    def _show_between(self) -> None:
        """Update texts and panels between two frames of a run, all with the same state.

        When a round is complete, the next one begins with the newest state.
        """
        state = self._state
        if state.running and state is not self._shown and self._turns.begin_round():
            self._shown = state
            self.canvas.show_writing(state)
            self.reading_changed.emit()
        self._turns.show_next()

    def _show_rest(self) -> None:
        """Show more of an edit in a separate turn of the event loop."""
        if not self._turns.show_more():
            self._rest.stop()

    def _open_microscope(self, state: BuildState) -> None:
        """Show or hide the microscope."""
        is_open, was_open = state.selection.part is not None, self._is_looking
        self._is_looking = is_open
        if is_open and not was_open:
            self.arrangement.show_microscope(self.microscope)
        elif was_open and not is_open:
            self.microscope.show_state(state)
            self.arrangement.show_microscope(None)

    def _show_data(self) -> None:
        self.data.show_state(self._shown)
        self.arrangement.rail.show_state(self._shown)

    def _show_dock(self) -> None:
        self.dock.show_state(self._shown)

    def _show_loss(self) -> None:
        run = self._shown.run
        self.loss.set_runs(run.earlier)
        self.loss.show_history(self._no_history if run.history is None else run.history)
        self.loss.show_state(self._shown)

    def _show_output(self) -> None:
        """Show the output panel, or its substitute."""
        self.output.show_state(self._shown)
        if self._is_looking:
            self.microscope.show_state(self._shown)

    def _show_cards(self) -> None:
        """Update the numbers in an open function card."""
        self.bar.card.show_state(self._shown)
        self.canvas.headers.card.show_state(self._shown)

    def request_close(self) -> bool:
        """Stop the panels' work; return whether everything has stopped."""
        self.data.reader.cancel()
        self.model.insight.request_close()
        return self.is_idle

    @property
    def is_up_to_date(self) -> bool:
        """Whether every panel shows the current state of a network at rest."""
        return not self._rest.isActive()

    @property
    def is_idle(self) -> bool:
        """Whether no panel is busy."""
        return self.data.reader.is_idle and self.model.insight.is_idle


def _prepare_palette() -> None:
    """Load what the palette lists and searches, which takes 30 ms."""
    from model.lessons import list_lessons

    list_lessons()
    in_turkish("Train")
