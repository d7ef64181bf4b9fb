"""Going back to an epoch of the present run, and forth again."""

from __future__ import annotations

from gui.build.live import with_weights_of
from gui.build.run_keeper import RunKeeper
from model.experiment import Experiment

__all__ = ["TimeMachine", "epoch_of"]


def epoch_of(experiment: Experiment) -> int:
    """Return how many epochs an experiment has been trained."""
    return 0 if experiment.progress is None else experiment.progress.epoch


class TimeMachine:
    """Know which old epoch is shown in place of the document, if any.

    Attributes
    ----------
    shown
        The document's experiment with an old epoch's weights, ``None`` in the present.
    wanted
        The epoch to go to once a running training has stopped.
    """

    def __init__(self, run: RunKeeper) -> None:
        self._run = run
        self.shown: Experiment | None = None
        self.wanted: int | None = None

    def go(self, current: Experiment, epoch: int) -> Experiment | None:
        """Go to an epoch; return what is to be shown, ``None`` where there is no such past.

        Parameters
        ----------
        current
            The document's experiment.

        Raises
        ------
        ModelError, ValueError
            Where the run does not know the epoch, or its weights do not fit the network.
        """
        history = self._run.history
        if history is None or epoch == epoch_of(self.shown or current):
            return None
        if epoch == epoch_of(current) and current == self._run.synced:
            self.shown = None
            return current
        self.shown = with_weights_of(current, history.restore(epoch))
        return self.shown

    def leave(self) -> Experiment | None:
        """Come back to the present; return what was shown of the past, to be made the present."""
        past, self.shown = self.shown, None
        return past

    def take_wanted(self) -> int | None:
        """Return the epoch that was asked for while training ran, once."""
        wanted, self.wanted = self.wanted, None
        return wanted
