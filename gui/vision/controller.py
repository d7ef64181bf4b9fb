"""Run Vision's jobs on a worker thread, one after the other."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.vision.session import (
    Failure,
    Job,
    ModelChoice,
    PictureItem,
    PicturesJob,
    Reading,
    Session,
)
from gui.workers import RunController, RunState
from vision.pictures import Picture
from vision.preprocessing import Preprocessing

__all__ = ["VisionController"]


class _ModelJob:
    """Load the chosen model and report on it."""

    def run(self, session: Session, _should_stop: object, _publish: object) -> object:
        return session.report()


class VisionController(QObject):
    """Own the worker, the loaded model and the queue of jobs.

    Signals
    -------
    model_loaded(ModelReport)
        The chosen model is ready.
    reading_ready(Reading)
        A picture was classified.
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
    reading_ready = Signal(object)
    failed = Signal(object, str)
    busy_changed = Signal(bool)

    def __init__(self, choice: ModelChoice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = Session(choice)
        self._runs = RunController(self)
        self._queue: deque[Job] = deque()
        self._job: Job | None = None
        self._seen = 0
        self._is_closing = False
        self._runs.updated.connect(self._on_updated)
        self._runs.completed.connect(self._on_ended)
        self._runs.cancelled.connect(self._on_ended)
        self._runs.failed.connect(self._on_failed)
        self._runs.state_changed.connect(
            lambda state: self.busy_changed.emit(state is not RunState.IDLE)
        )

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return not self._runs.is_idle or bool(self._queue)

    # -- What a person asks for --------------------------------------------------------------------

    def load_model(self) -> None:
        """Load the chosen model ahead of the first picture."""
        self._enqueue(_ModelJob())

    def choose_model(self, choice: ModelChoice) -> None:
        """Use another model from the next job on, and load it."""
        self.session.choose(choice)
        self._enqueue(_ModelJob())

    def set_preprocessing(self, settings: Preprocessing | None) -> None:
        """Preprocess otherwise than the model says; ``None`` goes back to the model's own."""
        self.session.settings = settings

    def classify_paths(self, paths: list[Path], is_new: bool = True) -> None:
        """Classify picture files."""
        self._enqueue(
            PicturesJob([PictureItem(path.name, path=path, is_new=is_new) for path in paths])
        )

    def classify_picture(self, picture: Picture, name: str, is_new: bool = True) -> None:
        """Classify pixels."""
        self._enqueue(PicturesJob([PictureItem(name, picture=picture, is_new=is_new)]))

    def classify_again(self, reading: Reading) -> None:
        """Classify the picture of a reading anew; a waiting request of the same kind is dropped."""
        self._queue = deque(job for job in self._queue if not _is_repeat(job))
        item = PictureItem(reading.name, reading.path, reading.picture, is_new=False)
        self._enqueue(PicturesJob([item]))

    # -- Jobs --------------------------------------------------------------------------------------

    def _enqueue(self, job: Job) -> None:
        if self._is_closing:
            return
        self._queue.append(job)
        self._start_next()

    def _start_next(self) -> None:
        if not self._queue or not self._runs.is_idle:
            return
        job = self._queue.popleft()
        self._job, self._seen = job, 0
        self._runs.start(lambda should_stop, publish: job.run(self.session, should_stop, publish))

    def _on_updated(self, _value: object) -> None:
        if isinstance(self._job, PicturesJob):
            self._show_outcomes(self._job)

    def _show_outcomes(self, job: PicturesJob) -> None:
        """Emit what the worker has appended since the last look."""
        outcomes = job.outcomes[self._seen :]
        self._seen += len(outcomes)
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                self.failed.emit(outcome.error, "")
            else:
                self.reading_ready.emit(outcome)

    def _on_ended(self, result: object) -> None:
        job, self._job = self._job, None
        if isinstance(job, PicturesJob):
            self._show_outcomes(job)
        elif isinstance(job, _ModelJob) and result is not None:
            self.model_loaded.emit(result)
        self._start_next()

    def _on_failed(self, error: Exception, details: str) -> None:
        self._job = None
        self.failed.emit(error, details)
        self._start_next()

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Drop what waits and stop what runs; return whether all is at rest (never blocks)."""
        self._is_closing = True
        self._queue.clear()
        self._runs.request_stop()
        return self._runs.is_idle

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        return self._is_closing and not self._runs.is_idle


def _is_repeat(job: Job) -> bool:
    return isinstance(job, PicturesJob) and not any(item.is_new for item in job.items)
