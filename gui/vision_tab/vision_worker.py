"""Vision's worker threads: main job, side jobs, and a shared network."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from gui.garbage import release_free_memory
from gui.workers import RunController
from vision.detections import Limits
from vision.errors import VisionError
from vision.jobs.batch import BatchItem
from vision.jobs.picture_jobs import (
    CompareJob,
    ExplainJob,
    FolderJob,
    LookJob,
    ModelJob,
    PictureItem,
    PicturesJob,
    ReprocessJob,
)
from vision.jobs.queue import Job, JobQueue, SideJob, run_job, run_job_with_retries
from vision.jobs.session import PictureResult, Refusal, Session
from vision.jobs.stream_job import StreamJob, StreamView
from vision.models.choice import ModelChoice
from vision.pictures.preprocessing import Preprocessing
from vision.sources.base import FrameSource


@dataclass(frozen=True, eq=False)
class JobEnded:
    """A stream or folder has ended.

    `is_whole` is whether all of the folder was processed.
    """

    job: Job
    is_whole: bool


class VisionWorker:
    """Owns the worker threads, the loaded model and the queue of jobs.

    Parameters
    ----------
    choice
        Model that the first job loads.
    on_news
        Called with the results of jobs: a `ModelReport` or a `Refusal`; a `PictureResult`; the
        newest `ShownFrame`, a `PipelineUpdate` or a `VisionError` of a stream; a `FolderJob` that
        has progressed; a `JobEnded`; an `OcclusionView`, finished or not; a list of comparisons.
    on_failed
        Called with the error if a picture, a model or a source could not be used, and with the
        traceback or ``""``.
    on_busy
        Called when the main job begins or ends.

    Notes
    -----
    The model is loaded by the first job that needs it, on the worker thread, and kept until another
    one is chosen. A second thread runs one side job at a time on the current picture, and at most
    one more waits; it begins when the main job does not use the network (docs/adr/0040).
    """

    def __init__(
        self,
        choice: ModelChoice,
        on_news: Callable[[object], None],
        on_failed: Callable[[Exception, str], None],
        on_busy: Callable[[], None],
        parent: QObject,
    ) -> None:
        self.session = Session(choice)
        self._tell, self._fail, self._on_busy = on_news, on_failed, on_busy
        self._queue = JobQueue()
        self._job: Job | None = None
        self._next_model: ModelChoice | None = None
        self._is_closing = self._is_held = False
        self._main = RunController(
            parent, self._on_ended, self._on_failed, updated=self._on_updated
        )
        self._next_side_job: SideJob | None = None
        self._after_side_job: list[Callable[[], None]] = []
        self._side = RunController(
            parent,
            self._on_side_ended,
            self._on_side_failed,
            cancelled=lambda _: self._on_side_over(),
            updated=self._on_side_updated,
        )

    @property
    def is_busy(self) -> bool:
        """Whether a job is running or waiting."""
        return not self._main.is_idle or bool(self._queue)

    @property
    def is_side_job_running(self) -> bool:
        """Whether a side job, such as an occlusion map, is running."""
        return not self._side.is_idle

    @property
    def stream(self) -> StreamJob | None:
        """The running video or camera; ``None`` if there is none."""
        return self._job if isinstance(self._job, StreamJob) else None

    # -- The main job ------------------------------------------------------------------------------

    def load_model(self) -> None:
        """Load the chosen model before the first picture."""
        self._enqueue(ModelJob(self.session.choice))

    def choose_model(self, choice: ModelChoice) -> None:
        """Use another model from the next picture on, and load it."""
        stream = self.stream
        if stream is not None:
            # Should the stream end before its next frame, the wish is met after it.
            self._next_model = choice
            self._when_network_is_free(lambda: stream.use_model(choice))
            return
        if isinstance(self._job, ModelJob):
            # A model that is still being tried is wanted no longer.
            self._main.request_stop()
        self._enqueue(ModelJob(choice))

    def set_preprocessing(self, choice: ModelChoice, settings: Preprocessing | None) -> None:
        """Use other preprocessing settings than a model's own; ``None`` restores those."""
        self.session.settings = None if settings is None else (choice, settings)
        stream = self.stream
        if stream is not None:
            self._when_network_is_free(stream.use_settings)

    def set_limits(self, limits: Limits) -> None:
        """Select boxes in the next pictures and frames by other limits."""
        self.session.limits = limits
        stream = self.stream
        if stream is not None:
            stream.use_settings()

    def classify(self, items: list[PictureItem]) -> None:
        """Classify pictures, one after the other."""
        self._enqueue(PicturesJob(items))

    def classify_again(self, on_show: Callable[[], PictureItem | None]) -> None:
        """Classify the current picture again, with the current model and settings."""
        if not self._queue.makes_reprocessing_needless:
            self._enqueue(ReprocessJob(on_show))

    def start_stream(self, source: FrameSource) -> None:
        """Show a video, a camera or a stream instead of the running job."""
        self._enqueue(StreamJob(source, self.session))

    def start_folder(self, folder: Path, *, is_watched: bool = True) -> FolderJob:
        """Classify every picture of a folder; if watched, show some of them."""
        job = FolderJob(folder, is_watched=is_watched)
        self._enqueue(job)
        return job

    def pause(self) -> None:
        """Pause the running stream at the current frame."""
        stream = self.stream
        if stream is not None:
            self._is_held = True
            stream.pipeline.pause()

    def resume(self) -> None:
        """Resume the running stream."""
        stream = self.stream
        if stream is not None:
            self._is_held = False
            self._next_side_job = None
            self._when_network_is_free(stream.pipeline.resume)

    def seek(self, index: int) -> None:
        """Seek to a frame of the running video."""
        stream = self.stream
        if stream is not None:
            self._when_network_is_free(lambda: stream.pipeline.seek(index))

    def stop(self) -> None:
        """End a stream or a folder; jobs requested since then follow."""
        if isinstance(self._job, StreamJob | FolderJob):
            self._main.request_stop()

    # -- Beside it ---------------------------------------------------------------------------------

    def show_batch_item(self, item: BatchItem) -> None:
        """Show a batch's result for a picture while the batch continues."""
        if self._side.is_idle and not self._is_closing:
            self._start_side_job(LookJob(item))

    def explain(self, shown: PictureResult, class_index: int | None = None) -> None:
        """Compute an occlusion map of a result, once nothing else uses the network."""
        self._queue_side_job(ExplainJob(shown, class_index))

    def compare(self, shown: PictureResult) -> None:
        """Classify a result's picture with common mistakes in the settings."""
        self._queue_side_job(CompareJob(shown))

    def stop_side_job(self) -> None:
        """Stop the side job, and drop the waiting one."""
        self._next_side_job = None
        self._side.request_stop()

    def _queue_side_job(self, job: SideJob) -> None:
        """Start `job` once the network is free; a newer job replaces it."""
        if self._is_closing:
            return
        self._next_side_job = job
        self._side.request_stop()
        self._start_next_side_job()

    def _start_next_side_job(self) -> None:
        """Start the waiting side job, if possible now."""
        job = self._next_side_job
        # A held stream leaves the network alone; one that plays has to be held first.
        rests = self._main.is_idle or (self.stream is not None and self._is_held)
        if job is not None and self._side.is_idle and rests and not self._queue:
            self._next_side_job = None
            self._start_side_job(job)

    def _start_side_job(self, job: SideJob) -> None:
        self._side.start(
            lambda should_stop, publish: run_job_with_retries(
                job, self.session, should_stop, publish
            )
        )

    def _when_network_is_free(self, action: Callable[[], None]) -> None:
        """Call `action` once no side job uses the network; stop a running one."""
        if self._side.is_idle:
            action()
        else:
            self._after_side_job.append(action)
            self._side.request_stop()

    def _on_side_ended(self, result: object) -> None:
        self._on_side_over()
        self._on_side_updated(result)

    def _on_side_failed(self, error: Exception, details: str) -> None:
        self._on_side_over()
        self._fail(error, details)

    def _on_side_over(self) -> None:
        actions, self._after_side_job = self._after_side_job, []
        for action in actions:
            action()
        self._start_next()
        self._start_next_side_job()

    def _on_side_updated(self, result: object) -> None:
        if result is not None:
            self._tell(result)

    # -- Jobs --------------------------------------------------------------------------------------

    def _enqueue(self, job: Job) -> None:
        if self._is_closing and not (self._main.is_idle and self._side.is_idle):
            return
        # All was at rest and the window is still there: the closing was called off.
        self._is_closing = False
        for dropped in self._queue.drop_superseded_by(job):
            self._tell(JobEnded(dropped, is_whole=False))
        self._queue.put(job)
        self.stop()
        self._side.request_stop()
        self._start_next()

    def _start_next(self) -> None:
        if not self._main.is_idle or not self._side.is_idle:
            return
        if not self._queue:
            release_free_memory()
            return
        job = self._queue.take()
        if isinstance(job, ReprocessJob) and (item := job.on_show()) is not None:
            job = PicturesJob([item])
        self._job = job
        self._is_held = False
        self._main.start(partial(run_job, job, self.session))
        self._on_busy()

    def _on_updated(self, value: object) -> None:
        job = self._job
        self._show_progress(job)
        if isinstance(job, StreamJob) and isinstance(value, StreamView):
            for news in job.changed_parts(value):
                if news is not None:
                    self._tell(news)

    def _show_progress(self, job: Job | None) -> None:
        """Report a job's results since the last call, oldest first."""
        if isinstance(job, PicturesJob):
            for outcome in _drain(job.outcomes):
                if isinstance(outcome, VisionError):
                    self._fail(outcome, "")
                else:
                    self._tell(outcome)
        elif isinstance(job, FolderJob):
            for result in _drain(job.looks):
                self._tell(result)
            self._tell(job)
        elif isinstance(job, StreamJob):
            for event in _drain(job.events):
                if not isinstance(event, VisionError) and event.choice == self._next_model:
                    self._next_model = None
                self._tell(event)

    def _on_ended(self, result: object) -> None:
        self._on_busy()
        job, self._job = self._job, None
        self._show_progress(job)
        if isinstance(job, ModelJob) and result is not None and not self._queue.has_waiting_model:
            self._tell(result)
        self._report_end(job, is_whole=bool(result))
        self._start_next()
        self._start_next_side_job()

    def _on_failed(self, error: Exception, details: str) -> None:
        self._on_busy()
        job, self._job = self._job, None
        kept = self.session.loaded_choice
        if isinstance(job, ModelJob) and kept is not None and kept != job.choice:
            self._tell(Refusal(job.choice, error, kept))
        else:
            self._fail(error, details)
        self._show_progress(job)
        self._report_end(job, is_whole=False)
        self._start_next()

    def _report_end(self, job: Job | None, is_whole: bool) -> None:
        if isinstance(job, StreamJob):
            if self._next_model is not None and not self._is_closing:
                self._queue.put_first(ModelJob(self._next_model))
            self._next_model = None
        if isinstance(job, StreamJob | FolderJob):
            self._tell(JobEnded(job, is_whole))

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Drop waiting jobs and stop running ones, without blocking.

        Return whether all workers are idle.
        """
        self._is_closing = True
        self._queue.clear()
        self._after_side_job.clear()
        self._main.request_stop()
        self.stop_side_job()
        return self._main.is_idle and self._side.is_idle


def _drain[T](told: deque[T]) -> Iterator[T]:
    while told:
        yield told.popleft()
