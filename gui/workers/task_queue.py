"""Jobs that all run to completion, one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from gui.workers.run_controller import Failed, RunController


class TaskQueue:
    """Runs jobs in order on a worker thread, each to completion, and delivers their results.

    Parameters
    ----------
    failed
        Called with the error that ended a job and the text of its traceback; the next job follows.

    Thread
    ------
    GUI thread; only the jobs themselves run on the worker.
    """

    def __init__(self, failed: Failed, parent: QObject | None = None) -> None:
        self._failed = failed
        self._runner = RunController(parent, self._on_done, self._on_failed)
        self._jobs: deque[tuple[Callable[[], Any], Callable[[Any], object]]] = deque()

    @property
    def is_idle(self) -> bool:
        """Whether the queue is empty and idle."""
        return not self._jobs

    def add[T](self, do: Callable[[], T], then: Callable[[T], object]) -> None:
        """Run a job after all earlier ones; `then` is called with its result."""
        self._jobs.append((do, then))
        self._start_next()

    def _start_next(self) -> None:
        if self._jobs and self._runner.is_idle:
            do = self._jobs[0][0]
            self._runner.start(lambda should_stop, publish: do())

    def _on_done(self, result: Any) -> None:
        _, then = self._jobs.popleft()
        try:
            then(result)
        finally:
            self._start_next()

    def _on_failed(self, error: Exception, details: str) -> None:
        self._jobs.popleft()
        self._failed(error, details)
        self._start_next()
