"""The jobs that wait for the worker, and which of them come before or instead of others."""

from __future__ import annotations

from collections import deque

from vision.jobs import Job


class JobQueue:
    """Keep the jobs that wait, in the order in which they run.

    Notes
    -----
    A stream has no end of its own, and a folder a late one: whatever comes next ends them, also
    while they wait. Only another model is loaded before them.
    """

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        """Return how many jobs wait."""
        return len(self._jobs)

    @property
    def covers_again(self) -> bool:
        """Whether a job waits after which the picture now on show need not be read anew."""
        return any(job.shows_anew for job in self._jobs)

    @property
    def holds_model(self) -> bool:
        """Whether another model waits, so that the one in memory is wanted no longer."""
        return any(job.goes_first for job in self._jobs)

    def make_way_for(self, job: Job) -> list[Job]:
        """Let go of what `job` would end before it began, and return it."""
        endless = [] if job.goes_first else self._endless()
        for waiting in endless:
            self._jobs.remove(waiting)
        return endless

    def put(self, job: Job) -> None:
        """Add a job at its place: at the end; a model before what has no near end.

        It takes the place of a model that still waits, which is wanted no longer.
        """
        endless = self._endless()
        waiting = [other for other in self._jobs if other.goes_first and job.goes_first]
        if waiting:
            self._jobs[self._jobs.index(waiting[0])] = job
        elif job.goes_first and endless:
            self._jobs.insert(self._jobs.index(endless[0]), job)
        else:
            self._jobs.append(job)

    def put_first(self, job: Job) -> None:
        """Add a job before all that wait."""
        self._jobs.appendleft(job)

    def take(self) -> Job:
        """Take out the job that comes next; one has to wait."""
        return self._jobs.popleft()

    def clear(self) -> None:
        """Drop what waits."""
        self._jobs.clear()

    def _endless(self) -> list[Job]:
        return [job for job in self._jobs if not job.ends_soon]
