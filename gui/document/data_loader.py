"""Reading large files of data on a worker thread, with progress and a way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from gui.workers.latest_task import Failed, LatestTask
from model.data.cache import dataset_of
from model.data.reading import reading_once
from model.experiment import Experiment
from model.progress import reported_to

__all__ = ["DataLoader"]


class _Cancelled(Exception):
    """The person does not want the data any more."""


class DataLoader(LatestTask):
    """Make an experiment and read its data, one at a time, while the window stays alive.

    What it publishes is the share that is read, 0 to 1.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._owner: object | None = None

    def reads_for(self, owner: object) -> bool:
        """Tell whether what is being read is for `owner`."""
        return self.is_wanted and self._owner is owner

    def load(
        self,
        make: Callable[[], Experiment],
        then: Callable[[Experiment], None],
        failed: Failed,
        owner: object | None = None,
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
        owner
            Who is asked about by :meth:`reads_for`.
        """

        def made() -> Experiment:
            experiment = make()
            dataset_of(experiment)
            return experiment

        self.read(made, then, failed, owner)

    def read[T](
        self,
        make: Callable[[], T],
        then: Callable[[T], None],
        failed: Failed,
        owner: object | None = None,
    ) -> None:
        """Make whatever reads data, each file once, as :meth:`load` does."""

        def work(should_stop: Callable[[], bool], publish: Callable[[float], None]) -> T | None:
            def watch(share: float) -> None:
                if should_stop():
                    raise _Cancelled
                publish(share)

            try:
                with reported_to(watch), reading_once():
                    return make()
            except _Cancelled:
                return None

        self._owner = owner
        self.start(work, then, failed)
