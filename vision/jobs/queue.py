"""The queue of the worker's jobs, and how they are run."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from vision.child import StoppedError, stop_when
from vision.errors import Fault, VisionError

if TYPE_CHECKING:
    from vision.jobs.session import Session


type ShouldStop = Callable[[], bool]
type Publish = Callable[[object], None]


class SideJob(Protocol):
    """Work that runs alongside the main job and must not use the network meanwhile."""

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Run the work; the newest published value is shown at the display's rate."""


class Job(SideJob, Protocol):
    """A job for the session's thread.

    Attributes
    ----------
    ends_soon
        Whether it ends by itself soon; any other job is stopped by the next one.
    goes_first
        Whether it is queued before all open-ended jobs.
    shows_anew
        Whether it makes processing the current picture again unnecessary.
    """

    ends_soon: ClassVar[bool] = True
    goes_first: ClassVar[bool] = False
    shows_anew: bool = False


class JobQueue:
    """The queue of waiting jobs.

    Notes
    -----
    A stream never ends by itself, and a folder takes long: the next job stops them, even while they
    are waiting. Only loading another model is queued before them.
    """

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        """Return the number of waiting jobs."""
        return len(self._jobs)

    @property
    def makes_reprocessing_needless(self) -> bool:
        """Whether a waiting job makes processing the current picture again unnecessary."""
        return any(job.shows_anew for job in self._jobs)

    @property
    def has_waiting_model(self) -> bool:
        """Whether another model is waiting, so that the loaded one is no longer needed."""
        return any(job.goes_first for job in self._jobs)

    def drop_superseded_by(self, job: Job) -> list[Job]:
        """Drop the waiting jobs that `job` would end before they start; return them."""
        endless = [] if job.goes_first else self._open_ended_jobs()
        for waiting in endless:
            self._jobs.remove(waiting)
        return endless

    def put(self, job: Job) -> None:
        """Add a job at the end, or a model before the first open-ended job.

        A model replaces another model that is still waiting.
        """
        endless = self._open_ended_jobs()
        waiting = [other for other in self._jobs if other.goes_first and job.goes_first]
        if waiting:
            self._jobs[self._jobs.index(waiting[0])] = job
        elif job.goes_first and endless:
            self._jobs.insert(self._jobs.index(endless[0]), job)
        else:
            self._jobs.append(job)

    def put_first(self, job: Job) -> None:
        """Add a job before all others."""
        self._jobs.appendleft(job)

    def take(self) -> Job:
        """Remove and return the next job; the queue must not be empty."""
        return self._jobs.popleft()

    def clear(self) -> None:
        """Drop all waiting jobs."""
        self._jobs.clear()

    def _open_ended_jobs(self) -> list[Job]:
        return [job for job in self._jobs if not job.ends_soon]


_BUSY_S: Final = 3.0


def run_job(job: SideJob, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
    """Run a job; return None if its child process was stopped."""
    try:
        with stop_when(should_stop):
            return job.run(session, should_stop, publish)
    except StoppedError:
        return None
    except VisionError as error:
        if error.code is not Fault.MODEL_STOPPED:
            raise
        return None


def run_job_with_retries(
    job: SideJob, session: Session, should_stop: ShouldStop, publish: Publish
) -> object:
    """Run a job, retrying while a paused stream still classifies its last frame."""
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            return run_job(job, session, should_stop, publish)
        except VisionError as error:
            is_late = should_stop() or time.monotonic() > deadline
            if error.code is not Fault.MODEL_BUSY or is_late:
                raise
            time.sleep(0.01)
