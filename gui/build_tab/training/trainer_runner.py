"""A trainer at work on its thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from gui.build_tab.training.rate_meter import RateMeter
from gui.workers import RunController, Work
from model.progress import reported_to
from model.training import RunResult, SetSpeed, Snapshot, Trainer

__all__ = ["TrainerRunner"]


class TrainerRunner(RunController):
    """Run a trainer, or let it make a step that takes long.

    Attributes
    ----------
    first_epoch
        Where the work under way began.
    is_stepping
        Whether it is a step: no training goes on after it.
    is_abandoned
        Whether the document has gone elsewhere, so that nothing is to come of it.
    rate
        How fast it goes.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.first_epoch = 0
        self.is_stepping = self.is_abandoned = False
        self.rate = RateMeter()

    def train(self, trainer: Trainer, epochs_per_second: float | None) -> None:
        """Train until a stop rule fires or someone says stop; ends with a `RunResult`."""
        trainer.post(SetSpeed(epochs_per_second))
        self._begin(trainer, trainer.run_on)

    def step(self, trainer: Trainer, whole_epoch: bool) -> None:
        """Make a step on the worker; ends with a `Snapshot`."""

        def work(should_stop: Callable[[], bool], publish: Callable[[object], None]) -> Snapshot:
            return trainer.step_epoch(should_stop) if whole_epoch else trainer.step_batch()

        self._begin(trainer, work, is_stepping=True)

    def settle(self, trainer: Trainer, result: RunResult | Snapshot) -> None:
        """Let a trainer make the changes that came too late for what has ended with `result`.

        It ends with the same `result`, its snapshot taken anew.
        """

        def work(
            should_stop: Callable[[], bool], publish: Callable[[object], None]
        ) -> RunResult | Snapshot:
            snapshot = trainer.settle()
            return RunResult(result.reason, snapshot) if isinstance(result, RunResult) else snapshot

        self._start_courteously(work)

    def abandon(self) -> None:
        """Stop what is under way, so that nothing comes of it."""
        self.is_abandoned = not self.is_idle
        self.request_stop()

    def _begin(self, trainer: Trainer, work: Work, is_stepping: bool = False) -> None:
        self.first_epoch = trainer.epoch
        self.is_stepping, self.is_abandoned = is_stepping, False
        self.rate.begin(trainer.epoch)
        self._start_courteously(work)

    def _start_courteously(self, work: Work) -> None:
        def courteous(should_stop: Callable[[], bool], publish: Callable[[object], None]) -> object:
            # Other data are read between two steps: Python beside the window's Python.
            with reported_to(lambda share: self.right_of_way.wait_while_late()):
                return work(should_stop, publish)

        self.start(courteous)
