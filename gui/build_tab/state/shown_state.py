"""The one state that every panel shows, and what replaces it."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import QObject, Signal

from gui.build_tab.state.build_state import BuildState, InsightView, Selection, rows_to_choose
from gui.build_tab.state.measurer import Measurer
from gui.build_tab.state.state_maker import StateMaker
from model.experiment import Experiment, NetworkSpec
from model.places import INPUTS, UnitAt
from model.training import Snapshot

__all__ = ["ShownState"]


class ShownState(QObject):
    """Keep the state that is shown; its figures follow from a worker where they take long.

    Attributes
    ----------
    state
        What every panel shows now.

    Signals
    -------
    changed(BuildState)
        There is another one.
    failed(Exception, str)
        Figures could not be worked out; the traceback's text.
    """

    changed = Signal(object)
    failed = Signal(object, str)

    def __init__(self, states: StateMaker, experiment: Experiment, parent: QObject) -> None:
        super().__init__(parent)
        self._states = states
        self._row = -1
        self._selection = Selection()
        self._refusals = 0
        self._insight = InsightView()
        self._measurer = Measurer(self)
        self._measurer.measured.connect(self._on_measured)
        self._measurer.failed.connect(self.failed)
        self.state = states.at_rest(experiment, self._row, None)

    @property
    def is_idle(self) -> bool:
        """Whether no figures are being worked out."""
        return self._measurer.is_idle

    def cancel(self) -> None:
        """Work out no more figures."""
        self._measurer.cancel()

    def show_at_rest(self, experiment: Experiment, snapshot: Snapshot | None = None) -> None:
        """Show an experiment's own weights, with the figures that belong to them where known."""
        self._show(self._states.at_rest(experiment, self._row, snapshot))

    def show_in_a_run(self, experiment: Experiment, snapshot: Snapshot) -> None:
        """Show the weights that a running training has come to."""
        self._show(self._states.in_a_run(experiment, self._row, snapshot))

    def show_running(self) -> None:
        """Show the same as of a training that has just begun."""
        self._show(dataclasses.replace(self.state, running=True))

    def choose_row(self, row: int) -> None:
        """Show the values of another row everywhere; -1 for none."""
        if row != self._row:
            self._row = row
            shown = row if row < rows_to_choose(self.state.dataset) else -1
            self._show(dataclasses.replace(self.state, row=shown))

    def select(self, selection: Selection) -> None:
        """Look at other units or rows; the weights and the row shown stay."""
        if selection != self._selection:
            self._selection = selection
            self._show(self.state)

    def show_insight(self, insight: InsightView) -> None:
        """Show what was worked out about the state."""
        self._insight = insight
        self._show(self.state)

    def refuse(self) -> None:
        """Show the same again, because an edit was refused."""
        self._refusals += 1
        self._show(self.state)

    def retranslate(self) -> None:
        """Name the data anew in the language in use."""
        dataset = self._states.dataset_of(self.state.experiment)
        self._show(dataclasses.replace(self.state, dataset=dataset))

    def _on_measured(self, experiment: Experiment, snapshot: Snapshot | None) -> None:
        if snapshot is not None and self.state.experiment is experiment:
            self._show(dataclasses.replace(self.state, snapshot=snapshot))

    def _show(self, state: BuildState) -> None:
        for name, at in vars(self._selection).items():
            if isinstance(at, UnitAt) and not _is_in(state.experiment.network, at):
                gone: dict[str, Any] = {name: None}
                self._selection = dataclasses.replace(self._selection, **gone)
        if self._selection.mistakes and state.dataset.x_train is not self.state.dataset.x_train:
            self._selection = dataclasses.replace(self._selection, mistakes=False)
        self.state = state = state.seen_by(self._selection, self._refusals, self._insight)
        self._measurer.follow(state)
        self.changed.emit(state)


def _is_in(network: NetworkSpec, at: UnitAt) -> bool:
    if at.layer == INPUTS:
        return at.unit < network.inputs
    return at.layer < len(network.layers) and at.unit < network.layers[at.layer].units
