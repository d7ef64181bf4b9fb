"""Reading large files of data on a worker thread, with progress and a way out."""

from __future__ import annotations

from collections.abc import Callable

from gui.document.datasets import dataset_of
from gui.workers import NewestJob
from model.data.reading import reading_once
from model.experiment import Experiment
from model.progress import reported_to

__all__ = ["DataLoader"]


class _Cancelled(Exception):
    """The person does not want the data any more."""


class DataLoader(NewestJob):
    """Make an experiment and read its data, one at a time, while the window stays alive.

    What it publishes is the share that is read, 0 to 1.
    """

    def load(
        self,
        make: Callable[[], Experiment],
        then: Callable[[Experiment], None],
        failed: Callable[[Exception, str], None],
    ) -> None:
        """Read the data of an experiment; what is being read already is given up.

        Parameters
        ----------
        make
            Makes the experiment; called on the worker.
        then
            Takes it once :func:`dataset_of` has its data at hand.
        failed
            Takes the error and its traceback's text.
        """

        def work(
            should_stop: Callable[[], bool], publish: Callable[[float], None]
        ) -> Experiment | None:
            def watch(share: float) -> None:
                if should_stop():
                    raise _Cancelled
                publish(share)

            try:
                with reported_to(watch), reading_once():
                    experiment = make()
                    dataset_of(experiment)
            except _Cancelled:
                return None
            return experiment

        self.start(work, then, failed)
