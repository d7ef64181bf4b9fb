"""Jobs of which only the latest matters: a new one cancels the one in progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QObject

from gui.workers.run_controller import Failed, RunController, Work


class _Job(NamedTuple):
    """A job with the handlers of its result, failure and updates."""

    work: Work
    then: Callable[[Any], None]
    failed: Failed
    updated: Callable[[Any], object]


class LatestTask:
    """Runs one job at a time on a worker thread and delivers its result unless superseded.

    Parameters
    ----------
    gives_way
        Whether `should_stop()` blocks the job while the event loop is late: a reader written in
        Python would otherwise make a frame take ten times as long (docs/adr/0036). Its thread then
        runs at a lower priority (docs/adr/0050).

    Thread
    ------
    GUI thread; only the job itself runs on the worker.
    """

    def __init__(self, parent: QObject | None = None, gives_way: bool = True) -> None:
        self._runner = RunController(
            parent,
            self._on_completed,
            self._on_failed,
            updated=self._on_updated,
            gives_way=gives_way,
        )
        self._job: _Job | None = None
        self._has_begun = False

    @property
    def is_idle(self) -> bool:
        """Whether the thread is idle, with no cancelled job still running."""
        return self._runner.is_idle

    @property
    def is_awaiting_result(self) -> bool:
        """Whether a result is awaited."""
        return self._job is not None

    def start(
        self,
        work: Work,
        then: Callable[[Any], None],
        failed: Failed,
        updated: Callable[[Any], object] = lambda value: None,
    ) -> None:
        """Start a job, cancelling the one in progress.

        Parameters
        ----------
        work
            Called on the worker with ``should_stop()`` and ``publish(value)``.
        then
            Called with the result, unless the job was cancelled.
        failed
            Called with the error and the text of its traceback, unless the job was cancelled.
        updated
            Called with the latest published value, at display rate, unless the job was cancelled.
        """
        self.cancel()
        self._job = _Job(work, then, failed, updated)
        if self.is_idle:
            self._begin(work)

    def cancel(self) -> None:
        """Cancel the job in progress, and discard its result or failure."""
        self._runner.request_stop()
        self._has_begun = False
        self._job = None

    def finish(self) -> None:
        """Ask the job in progress to stop early and deliver its result."""
        self._runner.request_stop()

    def _begin(self, work: Work) -> None:
        self._has_begun = True
        self._runner.start(work)

    def _on_updated(self, value: Any) -> None:
        if self._job is not None and self._has_begun:
            self._job.updated(value)

    def _on_completed(self, result: Any) -> None:
        if (job := self._ended_job()) is not None:
            job.then(result)

    def _on_failed(self, error: Exception, details: str) -> None:
        if (job := self._ended_job()) is not None:
            job.failed(error, details)

    def _ended_job(self) -> _Job | None:
        """Return the finished job, or start the one that was waiting for the thread."""
        job = self._job
        if job is not None and not self._has_begun:
            self._begin(job.work)
            return None
        self._job = None
        return job
