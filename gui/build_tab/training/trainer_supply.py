"""Trainers that stand where the document does; what takes long to make is made on a worker."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.build_tab.state.measurer import takes_long
from gui.build_tab.state.state_maker import StateMaker
from gui.build_tab.training.run_keeper import RunKeeper
from gui.document import ExperimentDocument
from gui.workers import LatestTask
from model.data import Dataset
from model.errors import ModelError
from model.experiment import Experiment
from model.training import Trainer

__all__ = ["TrainerSupply"]

Then = Callable[[Trainer], None]


class TrainerSupply(LatestTask):
    """Hand out the present run's trainer, or one that begins another run.

    Signals
    -------
    refused(Exception, str)
        There can be no trainer for the document as it is; the traceback's text.
    """

    refused = Signal(object, str)

    def __init__(
        self,
        document: ExperimentDocument,
        states: StateMaker,
        run: RunKeeper,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document, self._states, self._run = document, states, run
        self._then: Then | None = None

    def want(self, then: Then) -> None:
        """Give the trainer that stands where the document does to `then`, now or later."""
        experiment, run_id = self._document.experiment, self._run.run_id + 1
        if self._run.trainer is not None and self._run.synced == experiment:
            then(self._run.trainer)
            return
        try:
            dataset = self._states.dataset_of(experiment)
            is_slow = takes_long(experiment, dataset)
            trainer = None if is_slow else _made(experiment, dataset, run_id)
        except (ModelError, OSError) as error:
            self.refused.emit(error, "")
            return
        if trainer is not None:
            self._hand_out(trainer, experiment, then)
            return
        self._then = then
        self.start(
            lambda should_stop, publish: _made(experiment, dataset, run_id),
            lambda trainer: self._hand_out(trainer, experiment, then),
            self.refused.emit,
        )

    def is_wanted_by(self, then: Then) -> bool:
        """Whether a trainer is being made for `then`."""
        return self.is_wanted and self._then == then

    def renew(self) -> None:
        """Make what is being made for the document as it is now."""
        if self.is_wanted and self._then is not None:
            self.cancel()
            self.want(self._then)

    def _hand_out(self, trainer: Trainer, experiment: Experiment, then: Then) -> None:
        self._run.begin(trainer, experiment)
        then(trainer)


def _made(experiment: Experiment, dataset: Dataset, run_id: int) -> Trainer:
    """Return a trainer whose history begins with the epoch it starts from."""
    trainer = Trainer(experiment, dataset, run_id=run_id)
    trainer.snapshot()
    return trainer
