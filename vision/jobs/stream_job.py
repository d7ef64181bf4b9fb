"""A video, camera or network stream, processed on the worker thread until stopped."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, replace

from vision.detections import Tally
from vision.errors import Fault, VisionError, as_value
from vision.jobs.pipeline import Pipeline, PipelineState, PipelineUpdate
from vision.jobs.queue import Job, Publish, ShouldStop
from vision.jobs.session import ModelReport, Refusal, Session
from vision.models.choice import ModelChoice
from vision.networks.detector import DetectionResult
from vision.networks.findings import ModelRefusedError
from vision.networks.predictor import MOST_SHOWN, Predictor
from vision.pictures.pixels import DisplaySize, Pixels
from vision.sources.base import Frame, FrameSource


@dataclass(frozen=True, eq=False)
class ShownFrame:
    """A frame for the stage.

    Attributes
    ----------
    pixels
        The same, (H, W, 4), at the size it has on the stage.
    display
        For which room they were made.
    convert_ms
        How long making the pixels took.
    """

    frame: Frame
    pixels: Pixels
    display: DisplaySize
    convert_ms: float

    @classmethod
    def of(cls, frame: Frame, display: DisplaySize) -> ShownFrame:
        """Convert a frame to displayable pixels."""
        started = time.perf_counter()
        pixels = display.pixels(frame.picture)
        return cls(frame, pixels, display, (time.perf_counter() - started) * 1e3)


@dataclass(frozen=True, eq=False)
class StreamView:
    """What a stream has to show at present.

    Attributes
    ----------
    frame
        The newest frame; the network may not have seen it yet.
    update
        The newest update of the pipeline.
    """

    frame: ShownFrame | None
    update: PipelineUpdate | None


class StreamJob(Job):
    """Processes a video, camera or network stream until stopped.

    Attributes
    ----------
    events
        What must not be missed, although only the newest update is shown: a report or a refusal for
        each change of the model while the stream went on; and each fault of a frame or the model,
        once. The worker appends, the GUI thread takes them away.
    pipeline
        What runs: it can be held, go on and go to another frame.
    tally
        How often each class was found, in all frames that the network saw.

    Thread
    ------
    `run` belongs to the worker; the other methods may be called from the GUI thread.
    """

    ends_soon = False
    shows_anew = True

    def __init__(self, source: FrameSource, session: Session) -> None:
        self.source = source
        self.events: deque[ModelReport | Refusal | VisionError] = deque()
        self.tally = Tally()
        self._fault = ""
        self._session = session
        self.pipeline = Pipeline(source, session.predictor, top=MOST_SHOWN)
        self._seen = StreamView(None, None)

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Run the pipeline and record each result, missing none."""
        telling = threading.Lock()
        newest: ShownFrame | None = None
        latest: PipelineUpdate | None = None

        def on_frame(frame: Frame) -> None:
            nonlocal newest
            shown = ShownFrame.of(frame, session.display)
            with telling:
                newest = shown
                publish(StreamView(newest, latest))

        def on_update(update: PipelineUpdate) -> None:
            self._note_fault(update)
            if update.result is not None and update.frame is not None:
                session.learn(update.result)
                session.record(update.frame.name, update.result)
                if isinstance(update.result, DetectionResult):
                    self.tally.add(update.result.selection.kept)
            nonlocal latest
            if update.state is PipelineState.ENDED and latest is not None:
                update = _with_result(update, latest)
            with telling:
                latest = update
                publish(StreamView(newest, latest))

        self.pipeline.run(should_stop, on_update, on_frame)
        return None

    def _note_fault(self, update: PipelineUpdate) -> None:
        """Store a frame's error, once while it stays the same."""
        error = update.error
        if update.result is not None:
            self._fault = ""
        # A source in trouble is said on the stage. Busy is the network when the stream is held and
        # its frame is explained at once.
        is_told = update.state is PipelineState.WAITING
        if error is None or is_told or error.code is Fault.MODEL_BUSY:
            return
        if error.sentence() != self._fault:
            self._fault = error.sentence()
            self.events.append(error)

    def changed_parts(self, view: StreamView) -> tuple[ShownFrame | None, PipelineUpdate | None]:
        """Return the parts of `view` that changed since the last call."""
        seen, self._seen = self._seen, view
        frame = view.frame if view.frame is not seen.frame else None
        return frame, view.update if view.update is not seen.update else None

    def use_settings(self) -> None:
        """Use the session's settings and limits from the next frame on."""
        self.pipeline.use_predictor(self._session.predictor)

    def use_model(self, choice: ModelChoice) -> None:
        """Use another model from the next frame on; if it fails, keep the present one."""

        def load() -> Predictor:
            kept = self._session.loaded_choice
            assert kept is not None  # the stream began with a loaded model
            self._session.choose(choice)
            try:
                self.events.append(self._session.report())
                # Another model has other classes.
                self.tally = Tally()
            except (VisionError, ModelRefusedError) as error:
                # One that stops with the stream is not refused; it is loaded after it.
                if not (isinstance(error, VisionError) and error.code is Fault.MODEL_STOPPED):
                    self.events.append(Refusal(choice, as_value(error), kept))
                self._session.choose(kept)
            return self._session.predictor()

        self.pipeline.use_predictor(load)


def _with_result(end: PipelineUpdate, last: PipelineUpdate) -> PipelineUpdate:
    """Return the end of a stream with the result of its last frame.

    The newest update wins, so the one that brought the result may never be shown.
    """
    if last.frame is not end.frame:
        return end
    return replace(end, result=last.result, frame_age_ms=last.frame_age_ms, file=last.file)
