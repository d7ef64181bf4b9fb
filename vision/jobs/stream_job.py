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
from vision.networks.predictor import MAX_SHOWN, Predictor
from vision.pictures.pixels import DisplaySize, Pixels
from vision.sources.base import Frame, FrameSource


@dataclass(frozen=True, eq=False)
class ShownFrame:
    """A frame converted for the stage.

    Attributes
    ----------
    pixels
        Pixels of the frame, (H, W, 4), at their size on the stage.
    display
        Display size they were converted for.
    convert_ms
        Duration of the conversion, in milliseconds.
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
    """The current view of a stream.

    Attributes
    ----------
    frame
        The newest frame; the network may not have processed it yet.
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
        Events that must not be missed, although only the newest update is shown: a report or a
        refusal for each change of the model during the stream, and each error of a frame or the
        model, once. The worker appends, the GUI thread removes.
    pipeline
        The running pipeline; it can be paused, resumed and moved to another frame.
    tally
        Counts of each class over all frames that the network processed.

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
        self.pipeline = Pipeline(source, session.predictor, top=MAX_SHOWN)
        self._seen = StreamView(None, None)

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Run the pipeline and record every result."""
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
                session.update_report(update.result)
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
        """Add a frame's error to the events, unless it is the same as before."""
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
        """Use another model from the next frame on; on failure, keep the current one."""

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
    """Return the final update of a stream with the result of its last frame.

    Only the newest update is shown, so the one with the result may have been skipped.
    """
    if last.frame is not end.frame:
        return end
    return replace(end, result=last.result, frame_age_ms=last.frame_age_ms, file=last.file)
