"""The user's jobs: the queue for the worker, and how they are run."""

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
    """Work beside the main job, which must not use the network meanwhile."""

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Run the work; the newest published value is shown at the display's rate."""


class Job(SideJob, Protocol):
    """A job for the session's thread.

    Attributes
    ----------
    ends_soon
        Whether it ends by itself before long; whatever comes next ends any other.
    goes_first
        Whether it is done before all that has no near end.
    shows_anew
        Whether, once it is done, the picture on show need not be classified anew.
    """

    ends_soon: ClassVar[bool] = True
    goes_first: ClassVar[bool] = False
    shows_anew: bool = False


class JobQueue:
    """The waiting jobs in order.

    Notes
    -----
    A stream has no end of its own, and a folder a late one: whatever comes next ends them, also
    while they wait. Only another model is loaded before them.
    """

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        """Return the number of waiting jobs."""
        return len(self._jobs)

    @property
    def makes_reprocessing_needless(self) -> bool:
        """Whether a waiting job makes processing the present picture again unnecessary."""
        return any(job.shows_anew for job in self._jobs)

    @property
    def holds_model(self) -> bool:
        """Whether another model is waiting, so that the loaded one is not needed any more."""
        return any(job.goes_first for job in self._jobs)

    def drop_superseded_by(self, job: Job) -> list[Job]:
        """Drop the waiting jobs that `job` would end before they begin; return them."""
        endless = [] if job.goes_first else self._open_ended_jobs()
        for waiting in endless:
            self._jobs.remove(waiting)
        return endless

    def put(self, job: Job) -> None:
        """Add a job at the end, but a model before a job without a near end.

        It takes the place of a model that still waits, which is wanted no longer.
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
        """Remove and return the next job; there must be one."""
        return self._jobs.popleft()

    def clear(self) -> None:
        """Drop all waiting jobs."""
        self._jobs.clear()

    def _open_ended_jobs(self) -> list[Job]:
        return [job for job in self._jobs if not job.ends_soon]


_BUSY_S: Final = 3.0


def run_job(job: SideJob, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
    """Run a job; one whose other process was stopped has no result."""
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
    """Run a job after the frame that a paused stream was classifying."""
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            return run_job(job, session, should_stop, publish)
        except VisionError as error:
            is_late = should_stop() or time.monotonic() > deadline
            if error.code is not Fault.MODEL_BUSY or is_late:
                raise
            time.sleep(0.01)
