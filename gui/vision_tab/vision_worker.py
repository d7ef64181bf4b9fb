"""The main and the side worker, the queue, one network for both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from gui.vision_tab.stage.images import image_to_picture
from gui.workers import RunController, RunState
from vision.batch import BatchItem
from vision.errors import VisionError
from vision.job_queue import JobQueue
from vision.jobs import (
    AgainJob,
    CompareJob,
    ExplainJob,
    FolderJob,
    Job,
    LookJob,
    ModelJob,
    OcclusionView,
    PictureItem,
    PicturesJob,
    SideJob,
    again,
    run_patiently,
)
from vision.model_choice import ModelChoice
from vision.pictures import Picture
from vision.preprocessing import Preprocessing
from vision.session import Failure, ModelReport, PictureResult, Session
from vision.sources.base import FrameSource
from vision.stream_job import StreamJob, StreamView

__all__ = ["SideRun", "VisionController"]


class SideRun(QObject):
    """Own a second worker with one job at a time, and one more that is wanted next.

    Parameters
    ----------
    session
        The loaded model.
    network_is_free
        Tells whether the main job leaves the network alone and nothing waits for it.

    Signals
    -------
    told(object)
        The newest that the job has published, and its result.
    failed(Exception, str)
        It could not be done; the second is the traceback or ``""``.
    ended()
        It is over, and what was to be done then is done.

    Thread
    ------
    Lives in the GUI thread.
    """

    told = Signal(object)
    failed = Signal(object, str)
    ended = Signal()

    def __init__(
        self, session: Session, network_is_free: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._network_is_free = network_is_free
        self._runs = RunController(self)
        self._wanted: SideJob | None = None
        self._when_over: list[Callable[[], None]] = []
        self._runs.state_changed.connect(self._on_state_changed)
        self._runs.updated.connect(self.told)
        self._runs.completed.connect(self.told)
        self._runs.failed.connect(self.failed)

    @property
    def is_idle(self) -> bool:
        """Whether no job is at work."""
        return self._runs.is_idle

    def start(self, job: SideJob) -> None:
        """Begin `job` at once; an error while another is at work."""
        self._runs.start(
            lambda should_stop, publish: run_patiently(job, self._session, should_stop, publish)
        )

    def want(self, job: SideJob) -> None:
        """Begin `job` when nothing else uses the network; a newer one takes its place."""
        self._wanted = job
        if self.is_idle:
            self.start_wanted()
        else:
            self.stop()

    def start_wanted(self) -> None:
        """Begin what is wanted, if it can begin now."""
        job = self._wanted
        if job is not None and self.is_idle and self._network_is_free():
            self._wanted = None
            self.start(job)

    def forget_wanted(self) -> None:
        """Let nothing come after the job at work."""
        self._wanted = None

    def when_over(self, action: Callable[[], None]) -> None:
        """Do `action` when no job uses the network, ending one that does."""
        if self.is_idle:
            action()
        else:
            self._when_over.append(action)
            self.stop()

    def stop(self) -> None:
        """Ask the job at work to stop."""
        self._runs.request_stop()

    def close(self) -> None:
        """Drop all that is to come, and ask the job at work to stop."""
        self._when_over.clear()
        self._wanted = None
        self.stop()

    def _on_state_changed(self, state: RunState) -> None:
        if state is RunState.IDLE:
            actions, self._when_over = self._when_over, []
            for action in actions:
                action()
            self.ended.emit()


class VisionController(QObject):
    """Own the worker, the loaded model and the queue of jobs.

    Signals
    -------
    model_loaded(ModelReport)
        The chosen model is ready.
    model_failed(ModelChoice, Exception, ModelChoice)
        The first cannot be used, for that reason; the second stays in use.
    reading_ready(PictureResult)
        A picture was classified.
    frame_shown(ShownFrame), stream_updated(PipelineUpdate), stream_failed(VisionError)
        The newest frame of a video or camera; what came of one; a fault of one or of the model.
    stream_ended(), folder_progressed(FolderJob), folder_ended(FolderJob, bool)
        It was stopped or is over. More of a folder is done; all of it is, or not (False).
    explained(OcclusionView), compared(list)
        An occlusion map, as it grows and finished; what other settings make the network say.
    failed(Exception, str)
        A picture, a model or a source could not be used; the second is the traceback or ``""``.
    busy_changed(bool)
        Whether anything is running.

    Thread
    ------
    Lives in the GUI thread. The model is loaded by the first job that needs it, on the worker
    thread, and kept until another one is chosen.
    """

    model_loaded = Signal(object)
    model_failed = Signal(object, object, object)
    reading_ready = Signal(object)
    frame_shown = Signal(object)
    stream_updated = Signal(object)
    stream_failed = Signal(object)
    stream_ended = Signal()
    folder_progressed = Signal(object)
    folder_ended = Signal(object, bool)
    explained = Signal(object)
    compared = Signal(list)
    failed = Signal(object, str)
    busy_changed = Signal(bool)

    def __init__(self, choice: ModelChoice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = Session(choice)
        self._runs = RunController(self)
        self._side = SideRun(self.session, self._network_is_free, self)
        self._queue = JobQueue()
        self._job: Job | None = None
        self._shown: PictureResult | None = None
        self._wished: ModelChoice | None = None
        self._seen = 0
        self._is_closing = self._is_held = False
        self._runs.updated.connect(self._on_updated)
        self._runs.completed.connect(self._on_ended)
        self._runs.cancelled.connect(self._on_ended)
        self._runs.failed.connect(self._on_failed)
        self._runs.state_changed.connect(self._on_state_changed)
        self._side.told.connect(self._on_side_told)
        self._side.ended.connect(self._on_side_ended)
        self._side.failed.connect(self.failed)

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return not self._runs.is_idle or bool(self._queue)

    @property
    def is_looking(self) -> bool:
        """Whether an occlusion map or a comparison is being made."""
        return not self._side.is_idle

    @property
    def stream(self) -> StreamJob | None:
        """The running video or camera."""
        return self._job if isinstance(self._job, StreamJob) else None

    # -- What a person asks for --------------------------------------------------------------------

    def load_model(self) -> None:
        """Load the chosen model ahead of the first picture."""
        self._enqueue(ModelJob(self.session.choice))

    def choose_model(self, choice: ModelChoice) -> None:
        """Use another model from the next picture on, and load it."""
        stream = self.stream
        if stream is not None:
            # Should the stream end before its next frame, the wish is met after it.
            self._wished = choice
            self._side.when_over(lambda: stream.use_model(choice))
            return
        self._enqueue(ModelJob(choice))

    def set_preprocessing(self, choice: ModelChoice, settings: Preprocessing | None) -> None:
        """Preprocess otherwise than a model says; ``None`` goes back to its own settings."""
        self.session.settings = None if settings is None else (choice, settings)
        stream = self.stream
        if stream is not None:
            self._side.when_over(stream.use_settings)

    def classify_paths(self, paths: list[Path]) -> None:
        """Classify picture files."""
        self._enqueue(PicturesJob([PictureItem(path.name, path=path) for path in paths]))

    def classify_image(self, image: QImage, name: str) -> None:
        """Classify an image that is no file."""
        self._enqueue(PicturesJob([PictureItem(name, make=partial(image_to_picture, image))]))

    def classify_entry(self, name: str, path: Path | None, picture: Picture | None) -> None:
        """Classify an entry of the history once more: its file, or else its pixels."""
        self._enqueue(PicturesJob([PictureItem(name, path, picture, is_new=False)]))

    def classify_again(self) -> None:
        """Classify the picture last shown anew, with the model and settings now in use."""
        if not self._queue.covers_again:
            self._enqueue(AgainJob())

    def start_stream(self, source: FrameSource) -> None:
        """Show a video, a camera or a network stream in place of what runs."""
        self._enqueue(StreamJob(source, self.session))

    def look(self, item: BatchItem) -> None:
        """Show what a batch found in a picture; it goes on meanwhile."""
        if self._side.is_idle and not self._is_closing:
            self._side.start(LookJob(item))

    def explain(self, reading: PictureResult) -> None:
        """Make an occlusion map of a reading, once nothing else uses the network."""
        if not self._is_closing:
            self._side.want(ExplainJob(reading))

    def compare(self, reading: PictureResult) -> None:
        """Classify a reading's picture with the usual mistakes in the settings."""
        if not self._is_closing:
            self._side.want(CompareJob(reading))

    def stop_aside(self) -> None:
        """Stop an occlusion map or a comparison."""
        self._side.forget_wanted()
        self._side.stop()

    def start_folder(self, folder: Path) -> FolderJob:
        """Classify every picture of a folder."""
        job = FolderJob(folder)
        self._enqueue(job)
        return job

    def pause(self) -> None:
        """Hold the running stream at the frame on show."""
        stream = self.stream
        if stream is not None:
            self._is_held = True
            stream.pause()

    def resume(self) -> None:
        """Let the running stream go on."""
        stream = self.stream
        if stream is not None:
            self._is_held = False
            self._side.forget_wanted()
            self._side.when_over(stream.resume)

    def seek(self, index: int) -> None:
        """Go to a frame of the running video."""
        stream = self.stream
        if stream is not None:
            self._side.when_over(lambda: stream.seek(index))

    def stop(self) -> None:
        """End a stream or a folder; what was asked for since then comes next."""
        if isinstance(self._job, StreamJob | FolderJob):
            self._runs.request_stop()

    # -- Jobs --------------------------------------------------------------------------------------

    def _enqueue(self, job: Job) -> None:
        if self._is_closing and not (self._runs.is_idle and self._side.is_idle):
            return
        # All was at rest and the window is still there: the closing was called off.
        self._is_closing = False
        for dropped in self._queue.make_way_for(job):
            if isinstance(dropped, FolderJob):
                self.folder_ended.emit(dropped, False)
        self._queue.put(job)
        self.stop()
        self._side.stop()
        self._start_next()

    def _network_is_free(self) -> bool:
        """Tell whether neither the main job uses the network nor one that waits is about to."""
        # A held stream leaves the network alone; one that plays has to be held first.
        is_free = self._runs.is_idle or (self.stream is not None and self._is_held)
        return is_free and not self._queue

    def _start_next(self) -> None:
        if not self._queue or not self._runs.is_idle or not self._side.is_idle:
            return
        job = self._queue.take()
        if isinstance(job, AgainJob) and self._shown is not None:
            job = again(self._shown)
        self._job, self._seen = job, 0
        self._is_held = False
        self._runs.start(lambda should_stop, publish: job.run(self.session, should_stop, publish))

    def _show(self, reading: PictureResult) -> None:
        self._shown = reading
        self.reading_ready.emit(reading)

    def _on_state_changed(self, state: RunState) -> None:
        self.busy_changed.emit(state is not RunState.IDLE)

    def _on_side_ended(self) -> None:
        self._start_next()
        self._side.start_wanted()

    def _on_side_told(self, result: object) -> None:
        if isinstance(result, PictureResult):
            self._show(result)
        elif isinstance(result, OcclusionView):
            self.explained.emit(result)
        elif isinstance(result, list):
            self.compared.emit(result)

    def _on_updated(self, value: object) -> None:
        job = self._job
        if isinstance(job, PicturesJob):
            self._show_outcomes(job)
        elif isinstance(job, FolderJob):
            self._show_folder(job)
        elif isinstance(job, StreamJob):
            self._show_events(job)
            if isinstance(value, StreamView):
                frame, update = job.news(value)
                if frame is not None:
                    self.frame_shown.emit(frame)
                if update is not None:
                    self.stream_updated.emit(update)

    def _unseen[T](self, told: list[T]) -> list[T]:
        """Return what the worker has appended to the running job's list since the last look."""
        new = told[self._seen :]
        self._seen += len(new)
        return new

    def _show_outcomes(self, job: PicturesJob) -> None:
        for outcome in self._unseen(job.outcomes):
            if isinstance(outcome, Failure):
                self.failed.emit(outcome.error, "")
            else:
                self._show(outcome)

    def _show_folder(self, job: FolderJob) -> None:
        looks = self._unseen(job.looks)
        if looks:
            self._show(looks[-1])
        self.folder_progressed.emit(job)

    def _show_events(self, job: StreamJob) -> None:
        for event in self._unseen(job.events):
            if isinstance(event, VisionError):
                self.stream_failed.emit(event)
                continue
            chosen = event.choice if isinstance(event, ModelReport) else event[0]
            if chosen == self._wished:
                self._wished = None
            if isinstance(event, ModelReport):
                self.model_loaded.emit(event)
            else:
                self.model_failed.emit(*event, self.session.choice)

    def _on_ended(self, result: object) -> None:
        job, self._job = self._job, None
        if isinstance(job, PicturesJob):
            self._show_outcomes(job)
        elif isinstance(job, ModelJob) and result is not None:
            self.model_loaded.emit(result)
        elif isinstance(job, FolderJob):
            self._show_folder(job)
            self.folder_ended.emit(job, bool(result))
        elif isinstance(job, StreamJob):
            self._end_stream(job)
        self._start_next()
        self._side.start_wanted()

    def _on_failed(self, error: Exception, details: str) -> None:
        job, self._job = self._job, None
        kept = self.session.loaded_choice
        if isinstance(job, ModelJob) and kept is not None and kept != job.choice:
            self.model_failed.emit(job.choice, error, kept)
        else:
            self.failed.emit(error, details)
        if isinstance(job, StreamJob):
            self._end_stream(job)
        elif isinstance(job, FolderJob):
            self.folder_ended.emit(job, False)
        self._start_next()

    def _end_stream(self, job: StreamJob) -> None:
        self._show_events(job)
        if self._wished is not None and not self._is_closing:
            self._queue.put_first(ModelJob(self._wished))
        self._wished = None
        self.stream_ended.emit()

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Drop what waits and stop what runs; return whether all is at rest (never blocks)."""
        self._is_closing = True
        self._queue.clear()
        self._runs.request_stop()
        self._side.close()
        return self._runs.is_idle and self._side.is_idle

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        return self._is_closing and not (self._runs.is_idle and self._side.is_idle)
