"""Run what the dock asks for on a worker of its own, and show it there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.build_tab.dock.landscape_run import RestorableHistory, landscape_work
from gui.build_tab.dock.lottery_run import LotteryProgress, LotteryResult, lottery_work
from gui.build_tab.dock.panel import DockPanel
from gui.workers import RunController, RunState
from model.data import Dataset
from model.experiment import Experiment

__all__ = ["DockWiring"]


class DockWiring(QObject):
    """Between the dock and the workers that draw seeds and measure the landscape.

    Parameters
    ----------
    dock
        The panel.
    experiment_of
        Gives the experiment to draw seeds of.
    task_of
        Gives what it is called, translated.
    run_of
        Gives the present run's history and data, ``None`` before there is one.

    Signals
    -------
    experiment_opened(Experiment)
        The person wants to go on with one of the seeds.
    failed(Exception, str)
        The work ended by an error: the error and its traceback.

    Thread
    ------
    GUI thread; the work runs on the controller's.
    """

    experiment_opened = Signal(object)
    failed = Signal(object, str)

    def __init__(
        self,
        dock: DockPanel,
        experiment_of: Callable[[], Experiment],
        task_of: Callable[[], str],
        run_of: Callable[[], tuple[RestorableHistory, Dataset] | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._dock, self._experiment_of, self._task_of = dock, experiment_of, task_of
        self._result: LotteryResult | None = None
        self._run_of = run_of
        self._next_seed = 0
        self.landscape = RunController(self)
        self.landscape.completed.connect(dock.show_landscape)
        self.landscape.failed.connect(self.failed)
        self.landscape.state_changed.connect(
            lambda state: dock.landscape.show_running(state is not RunState.IDLE)
        )
        dock.landscape_requested.connect(self.measure_landscape)
        self.lottery = RunController(self)
        self.lottery.updated.connect(self._on_progress)
        self.lottery.completed.connect(self._on_lottery_done)
        self.lottery.cancelled.connect(self._on_lottery_done)
        self.lottery.failed.connect(self.failed)
        self.lottery.state_changed.connect(
            lambda state: dock.lottery.show_running(state is not RunState.IDLE)
        )
        dock.lottery_requested.connect(self.draw_seeds)
        dock.lottery_cancelled.connect(self.lottery.request_stop)
        dock.seed_opened.connect(self._on_seed_opened)

    def draw_seeds(self, number: int) -> None:
        """Start a lottery: the first takes seeds from 0 on, the next the seeds after those."""
        if not self.lottery.is_idle:
            return
        seeds = range(self._next_seed, self._next_seed + number)
        self._next_seed += number
        self.lottery.start(lottery_work(self._experiment_of(), seeds, self._task_of()))

    def measure_landscape(self) -> None:
        """Start to measure the loss around the present run's path."""
        run = self._run_of()
        if run is not None and self.landscape.is_idle:
            self.landscape.start(landscape_work(*run))

    def forget(self) -> None:
        """Drop the outcome, because the network or the data changed."""
        self._next_seed, self._result = 0, None
        self._dock.show_lottery(None)
        self._dock.show_landscape(None)

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
            self.experiment_opened.emit(self._result.members[seed].experiment)
