"""Vision's two threads: the main job, work beside it, and one network for both."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from gui.garbage import give_free_memory_back
from gui.workers import RunController
from vision.detections import Limits
from vision.errors import VisionError
from vision.jobs.batch import BatchItem
from vision.jobs.picture_jobs import (
    AgainJob,
    CompareJob,
    ExplainJob,
    FolderJob,
    LookJob,
    ModelJob,
    PictureItem,
    PicturesJob,
)
from vision.jobs.queue import Job, JobQueue, SideJob, run_job, run_patiently
from vision.jobs.session import PictureResult, Refusal, Session
from vision.jobs.stream_job import StreamJob, StreamView
from vision.models.choice import ModelChoice
from vision.pictures.preprocessing import Preprocessing
from vision.sources.base import FrameSource


@dataclass(frozen=True, eq=False)
class JobEnded:
    """A stream or folder has ended; `is_whole` if all of the folder was processed."""

    job: Job
    is_whole: bool


class VisionWorker:
    """Owns the worker threads, the loaded model and the queue of jobs.

    Parameters
    ----------
    choice
        The model that the first job loads.
    on_news
        Takes what came of a job: a `ModelReport` or a `Refusal`; a `PictureResult`; of a stream
        the newest `ShownFrame`, a `PipelineUpdate`, a `VisionError`; a `FolderJob` that is further;
        a `JobEnded`; an `OcclusionView`, growing or finished; a list of comparisons.
    on_failed
        Takes why a picture, a model or a source could not be used, and the traceback or ``""``.
    on_busy
        Called when the main job begins or ends.

    Notes
    -----
    The model is loaded by the first job that needs it, on the worker thread, and kept until another
    one is chosen. A second thread has one job at a time that looks at what is on show, and one more
    that is wanted next; it begins when the main job leaves the network alone (docs/adr/0040).
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
    def is_looking(self) -> bool:
        """Whether an occlusion map or a comparison is in progress."""
        return not self._side.is_idle

    @property
    def stream(self) -> StreamJob | None:
        """The running video or camera."""
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
        """Preprocess otherwise than a model says; ``None`` goes back to its own settings."""
        self.session.settings = None if settings is None else (choice, settings)
        stream = self.stream
        if stream is not None:
            self._when_network_is_free(stream.use_settings)

    def set_limits(self, limits: Limits) -> None:
        """Choose boxes of the next pictures and frames by other limits."""
        self.session.limits = limits
        stream = self.stream
        if stream is not None:
            stream.use_settings()

    def classify(self, items: list[PictureItem]) -> None:
        """Classify pictures, one after the other."""
        self._enqueue(PicturesJob(items))

    def classify_again(self, on_show: Callable[[], PictureItem | None]) -> None:
        """Classify the present picture again, with the present model and settings."""
        if not self._queue.covers_again:
            self._enqueue(AgainJob(on_show))

    def start_stream(self, source: FrameSource) -> None:
        """Show a video, a camera or a network stream in place of what runs."""
        self._enqueue(StreamJob(source, self.session))

    def start_folder(self, folder: Path, *, is_watched: bool = True) -> FolderJob:
        """Classify every picture of a folder; whoever watches is shown some of them."""
        job = FolderJob(folder, is_watched=is_watched)
        self._enqueue(job)
        return job

    def pause(self) -> None:
        """Hold the running stream at the frame on show."""
        stream = self.stream
        if stream is not None:
            self._is_held = True
            stream.pipeline.pause()

    def resume(self) -> None:
        """Let the running stream go on."""
        stream = self.stream
        if stream is not None:
            self._is_held = False
            self._next_side_job = None
            self._when_network_is_free(stream.pipeline.resume)

    def seek(self, index: int) -> None:
        """Go to a frame of the running video."""
        stream = self.stream
        if stream is not None:
            self._when_network_is_free(lambda: stream.pipeline.seek(index))

    def stop(self) -> None:
        """End a stream or a folder; what was asked for since then comes next."""
        if isinstance(self._job, StreamJob | FolderJob):
            self._main.request_stop()

    # -- Beside it ---------------------------------------------------------------------------------

    def look(self, item: BatchItem) -> None:
        """Show what a batch found in a picture; it goes on meanwhile."""
        if self._side.is_idle and not self._is_closing:
            self._start_beside(LookJob(item))

    def explain(self, shown: PictureResult, class_index: int | None = None) -> None:
        """Make an occlusion map of a result, once nothing else uses the network."""
        self._queue_beside(ExplainJob(shown, class_index))

    def compare(self, shown: PictureResult) -> None:
        """Classify a result's picture with the usual mistakes in the settings."""
        self._queue_beside(CompareJob(shown))

    def stop_looking(self) -> None:
        """Stop an occlusion map or a comparison."""
        self._next_side_job = None
        self._side.request_stop()

    def _queue_beside(self, job: SideJob) -> None:
        """Start `job` once nothing else uses the network; a newer one replaces it."""
        if self._is_closing:
            return
        self._next_side_job = job
        self._side.request_stop()
        self._start_next_beside()

    def _start_next_beside(self) -> None:
        """Start the side job that waits, if it can start now."""
        job = self._next_side_job
        # A held stream leaves the network alone; one that plays has to be held first.
        rests = self._main.is_idle or (self.stream is not None and self._is_held)
        if job is not None and self._side.is_idle and rests and not self._queue:
            self._next_side_job = None
            self._start_beside(job)

    def _start_beside(self, job: SideJob) -> None:
        self._side.start(
            lambda should_stop, publish: run_patiently(job, self.session, should_stop, publish)
        )

    def _when_network_is_free(self, action: Callable[[], None]) -> None:
        """Do `action` once no side job uses the network; stop one that does."""
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
        self._start_next_beside()

    def _on_side_updated(self, result: object) -> None:
        if result is not None:
            self._tell(result)

    # -- Jobs --------------------------------------------------------------------------------------

    def _enqueue(self, job: Job) -> None:
        if self._is_closing and not (self._main.is_idle and self._side.is_idle):
            return
        # All was at rest and the window is still there: the closing was called off.
        self._is_closing = False
        for dropped in self._queue.make_way_for(job):
            self._tell(JobEnded(dropped, is_whole=False))
        self._queue.put(job)
        self.stop()
        self._side.request_stop()
        self._start_next()

    def _start_next(self) -> None:
        if not self._main.is_idle or not self._side.is_idle:
            return
        if not self._queue:
            give_free_memory_back()
            return
        job = self._queue.take()
        if isinstance(job, AgainJob) and (item := job.on_show()) is not None:
            job = PicturesJob([item])
        self._job = job
        self._is_held = False
        self._main.start(partial(run_job, job, self.session))
        self._on_busy()

    def _on_updated(self, value: object) -> None:
        job = self._job
        self._show_progress(job)
        if isinstance(job, StreamJob) and isinstance(value, StreamView):
            for news in job.news(value):
                if news is not None:
                    self._tell(news)

    def _show_progress(self, job: Job | None) -> None:
        """Pass on what came of a job since the last time, oldest first."""
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
        if isinstance(job, ModelJob) and result is not None and not self._queue.holds_model:
            self._tell(result)
        self._tell_end(job, is_whole=bool(result))
        self._start_next()
        self._start_next_beside()

    def _on_failed(self, error: Exception, details: str) -> None:
        self._on_busy()
        job, self._job = self._job, None
        kept = self.session.loaded_choice
        if isinstance(job, ModelJob) and kept is not None and kept != job.choice:
            self._tell(Refusal(job.choice, error, kept))
        else:
            self._fail(error, details)
        self._show_progress(job)
        self._tell_end(job, is_whole=False)
        self._start_next()

    def _tell_end(self, job: Job | None, is_whole: bool) -> None:
        if isinstance(job, StreamJob):
            if self._next_model is not None and not self._is_closing:
                self._queue.put_first(ModelJob(self._next_model))
            self._next_model = None
        if isinstance(job, StreamJob | FolderJob):
            self._tell(JobEnded(job, is_whole))

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Drop what waits and stop what runs; return whether all is at rest (never blocks)."""
        self._is_closing = True
        self._queue.clear()
        self._after_side_job.clear()
        self._main.request_stop()
        self.stop_looking()
        return self._main.is_idle and self._side.is_idle


def _drain[T](told: deque[T]) -> Iterator[T]:
    while told:
        yield told.popleft()
