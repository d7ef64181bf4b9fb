"""Going back to an epoch of the present run, and forth again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.build_tab.state.measurer import takes_long
from gui.build_tab.training.run_keeper import RunKeeper
from gui.document import ExperimentDocument
from gui.workers import LatestTask
from model.errors import ModelError
from model.experiment import Experiment
from model.training import Trainer
from model.training.live import epoch_of, with_weights_of

__all__ = ["TimeMachine"]

MOST_STEPS = 1000
"""Steps of the smallest network that are made again without a pause that a person would notice."""

_LOOKS_AN_EPOCH = 3  # forward, and backward through weights and activations


class TimeMachine(LatestTask):
    """Know which old epoch is shown in place of the document, if any, and go to others.

    The way back takes a replay, made on a worker where it is a pause (docs/adr/0013, 0048).
    Whatever changes the document meanwhile ends the way.

    Attributes
    ----------
    shown
        The document's experiment with an old epoch's weights, ``None`` in the present.
    wanted
        The epoch to go to once a running training has stopped.

    Signals
    -------
    arrived(Experiment)
        Another epoch's weights are to be shown.
    refused(Exception, str)
        The run does not know the epoch, or its weights do not fit the network.
    """

    arrived = Signal(object)
    refused = Signal(object, str)

    def __init__(self, document: ExperimentDocument, run: RunKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._run = document, run
        self.shown: Experiment | None = None
        self.wanted: int | None = None
        self._goal: int | None = None
        self._then: Callable[[], None] | None = None

    @property
    def epoch(self) -> int:
        """The epoch whose weights are shown where none is trained."""
        return epoch_of(self.shown or self._document.experiment)

    @property
    def goal(self) -> int:
        """The epoch that is gone to, the one that is shown where there is none."""
        return self.epoch if self._goal is None or not self.is_wanted else self._goal

    @property
    def first_epoch(self) -> int:
        """The epoch that the present run began at."""
        return self._run.span(self.epoch)[0]

    @property
    def last_epoch(self) -> int:
        """The newest epoch of the present run."""
        return self._run.span(self.epoch)[1]

    def go(self, epoch: int) -> None:
        """Go to an epoch of the present run; where there is no run, nothing happens."""
        trainer, current = self._run.trainer, self._document.experiment
        if epoch == self.goal:
            return
        self.stay()
        if trainer is None or epoch == self.epoch:
            return
        if epoch == epoch_of(current) and current == self._run.synced:
            self.shown = None
            self.arrived.emit(current)
            return
        history = trainer.history
        if not _takes_long(trainer, current, epoch):
            try:
                self._arrive(with_weights_of(current, history.restore(epoch)))
            except (ModelError, ValueError) as error:
                self.refused.emit(error, "")
            return
        self._goal = epoch
        self.start(
            lambda should_stop, publish: with_weights_of(current, history.restore(epoch)),
            self._arrive,
            self._on_failed_on_the_way,
        )

    def once_there(self, then: Callable[[], None]) -> None:
        """Do something at the end of the way that is under way, now where there is none."""
        if self.is_wanted:
            self._then = then
        else:
            then()

    def once_there_do_nothing(self) -> None:
        """Go on, and only look at what is there."""
        self._then = None

    def waits_for(self, then: Callable[[], None]) -> bool:
        """Tell whether `then` is to be done at the end of the way."""
        return self.is_wanted and self._then == then

    def stay(self) -> None:
        """Go no further, and do nothing that was to be done there."""
        self._then = None
        self.cancel()

    def leave(self) -> Experiment | None:
        """Come back to the present; return what was shown of the past, to be made the present."""
        past, self.shown = self.shown, None
        return past

    def make_present(self, text: str) -> None:
        """Make the old epoch that is shown the document's present, as a step.

        Parameters
        ----------
        text
            What it is called, translated, with a place for the epoch ``{n}``.
        """
        past = self.leave()
        if past is not None:
            self._document.edit(text.format(n=epoch_of(past)), past)

    def take_wanted(self) -> int | None:
        """Return the epoch that was asked for while training ran, once."""
        wanted, self.wanted = self.wanted, None
        return wanted

    def _arrive(self, there: Experiment) -> None:
        self.shown = there
        self.arrived.emit(there)
        then, self._then = self._then, None
        if then is not None:
            then()

    def _on_failed_on_the_way(self, error: Exception, details: str) -> None:
        self._then = None
        self.refused.emit(error, details)


def _takes_long(trainer: Trainer, experiment: Experiment, epoch: int) -> bool:
    """Tell whether the way back to an epoch is a pause, by its products or by its steps."""
    dataset, training = trainer.dataset, experiment.training
    epochs = trainer.history.replayed(epoch)
    batches = -(-len(dataset.x_train) // training.batch_size) if training.batch_size else 1
    looks = 1 + _LOOKS_AN_EPOCH * epochs
    return epochs * batches > MOST_STEPS or takes_long(experiment, dataset, looks)
