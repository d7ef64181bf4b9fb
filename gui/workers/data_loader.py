"""Reading large files on a worker thread, with progress and a way out."""

from __future__ import annotations

from collections.abc import Callable

from gui.workers import LatestTask
from gui.workers.run_controller import Failed
from model.data.reading import reading_once
from model.progress import reported_to


class _Cancelled(Exception):
    """The person does not want the data any more."""


class DataLoader(LatestTask):
    """Make something from files, one at a time, while the window stays alive."""

    def read[T](
        self,
        make: Callable[[], T],
        then: Callable[[T], None],
        failed: Failed,
        updated: Callable[[float], None] = lambda share: None,
    ) -> None:
        """Call `make` on the worker; what is being made already is given up.

        Parameters
        ----------
        make
            Reads files, each of them once.
        then
            Takes what it returns.
        failed
            Takes the error and its traceback's text.
        updated
            Takes the share that is read, 0 to 1.
        """

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

        self.start(work, then, failed, updated)
