"""Run what the dock asks for on a worker of its own, and show it there."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.landscape_run import landscape_work
from gui.build_tab.dock.lottery_run import LotteryProgress, LotteryResult, lottery_work
from gui.build_tab.dock.panel import DockPanel
from gui.build_tab.names import data_name
from gui.workers import RunController, RunState
from model.edits.network import fresh, same_task
from model.experiment import Experiment

__all__ = ["DockWiring"]


class DockWiring(QObject):
    """Between the dock and the workers that draw seeds and measure the landscape.

    Thread
    ------
    GUI thread; the work runs on the controller's.
    """

    def __init__(self, model: BuildModel, dock: DockPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._dock = model, dock
        self._result: LotteryResult | None = None
        self._next_seed = 0
        self.landscape = RunController(self)
        self.landscape.completed.connect(dock.show_landscape)
        self.landscape.failed.connect(model.fail)
        self.landscape.state_changed.connect(
            lambda state: dock.landscape.show_running(state is not RunState.IDLE)
        )
        dock.landscape.landscape_requested.connect(self.measure_landscape)
        self.lottery = RunController(self)
        self.lottery.updated.connect(self._on_progress)
        self.lottery.completed.connect(self._on_lottery_done)
        self.lottery.cancelled.connect(self._on_lottery_done)
        self.lottery.failed.connect(model.fail)
        self.lottery.state_changed.connect(
            lambda state: dock.lottery.show_running(state is not RunState.IDLE)
        )
        dock.lottery.lottery_requested.connect(self.draw_seeds)
        dock.lottery.lottery_cancelled.connect(self.lottery.request_stop)
        dock.lottery.seed_opened.connect(self._on_seed_opened)
        model.document.experiment_changed.connect(self._on_experiment_changed)

    def draw_seeds(self, number: int) -> None:
        """Start a lottery: the first takes seeds from 0 on, the next the seeds after those."""
        if not self.lottery.is_idle:
            return
        seeds = range(self._next_seed, self._next_seed + number)
        self._next_seed += number
        experiment = self._model.document.experiment
        self.lottery.start(lottery_work(fresh(experiment), seeds, data_name(experiment.data)))

    def measure_landscape(self) -> None:
        """Start to measure the loss around the present run's path."""
        history = self._model.state.run.history
        if history is not None and self.landscape.is_idle:
            self.landscape.start(landscape_work(history, self._model.state.dataset))

    def forget(self) -> None:
        """Drop the outcome, because the network or the data changed."""
        self._next_seed, self._result = 0, None
        self._dock.show_lottery(None)
        self._dock.show_landscape(None)

    def _on_experiment_changed(self, old: Experiment, new: Experiment) -> None:
        """Drop the outcome once it is about another network or other data."""
        if not same_task(old, new):
            self.forget()

    def request_close(self) -> bool:
        """Stop what runs; return ``True`` when nothing runs any more."""
        self.lottery.request_stop()
        self.landscape.request_stop()
        return self.lottery.is_idle and self.landscape.is_idle

    def _on_progress(self, progress: LotteryProgress) -> None:
        self._dock.lottery.show_progress(progress.share)

    def _on_lottery_done(self, result: LotteryResult) -> None:
        self._result = result
        self._dock.show_lottery(result)

    def _on_seed_opened(self, seed: int) -> None:
        if self._result is not None and seed in self._result.members:
            self._model.open_seed(self._result.members[seed].experiment)
