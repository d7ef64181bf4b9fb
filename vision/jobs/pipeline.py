"""Runs a model on a source's frames on a worker thread; the newest frame wins."""

from __future__ import annotations

import contextlib
import math
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import itemgetter

import cv2

from vision.errors import VisionError, as_value
from vision.formats.model_file import ModelFile
from vision.jobs.newest_only import MAX_AT_ONCE, NewestOnly
from vision.networks.predictor import Predictor
from vision.priority import lower_priority
from vision.result import TOP, Result
from vision.sources.base import Frame, FrameSource
from vision.sources.video_source import VideoSource

_WAIT_S = 0.1
_RATE_OVER_S, _MIN_SPAN_S = 1.0, 0.1
# Nobody sees more frames a second than a display shows; the others need not be decoded.
SHOWN_EVERY_S = 1 / 66
# On a slow machine drawing leaves the network its share of the processor: the thread that takes
# frames rests as long as it works.
_RESTS_PER_WORK = 1.0
# Two frames looked at side by side are more frames a second, and each is answered later: for quick
# networks alone, whose answers are still quick then.
_QUICK_S = 1 / 30


def lower_thread_priority() -> None:
    """Give the window's threads priority over the calling thread and its OpenCV threads.

    See `vision.priority`; does nothing except on Linux.
    """
    if sys.platform != "linux":
        return
    lower_priority()
    # OpenCV starts its helpers with the next work that it shares, which is this thread's.
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    cv2.setNumThreads(threads)


class PipelineState(StrEnum):
    """The state of the pipeline."""

    RUNNING = "running"
    PAUSED = "paused"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True, eq=False)
class PipelineUpdate:
    """The pipeline's message after each frame and each change of state.

    Attributes
    ----------
    state
        RUNNING; PAUSED; WAITING while the source is in trouble; ENDED after the last frame.
    frame
        The newest frame, or None before the first.
    result
        Result of the model for `frame`, or None if there is none or it failed.
    error
        Current error of the source, the picture or the model, or None.
    processed, dropped
        Number of frames processed and dropped since the source started.
    frame_age_ms
        Time from capture to this result, in milliseconds.
    rate_fps
        Frames processed in the last second; 0 until enough frames have come to measure it.
    seeks
        Number of calls of `Pipeline.seek` carried out before `frame` was taken.
    file
        File of the model that returned `result`.
    """

    state: PipelineState
    frame: Frame | None = None
    result: Result | None = None
    error: VisionError | None = None
    processed: int = 0
    dropped: int = 0
    frame_age_ms: float = 0.0
    rate_fps: float = 0.0
    seeks: int = 0
    file: ModelFile | None = None


class FrameRate:
    """The frame rate over the last second.

    Frames are counted, because they often arrive two at a time, and the mean of 1 / interval would
    then be hundreds.

    Attributes
    ----------
    fps
        Frames per second; 0 until enough frames have come to measure it.
    """

    def __init__(self) -> None:
        self.fps = 0.0
        self._times_s: deque[float] = deque()

    def count_frame(self, now_s: float) -> None:
        """Count a frame."""
        times = self._times_s
        times.append(now_s)
        while len(times) > 2 and times[0] < now_s - _RATE_OVER_S:
            times.popleft()
        span_s = now_s - times[0]
        if span_s >= _MIN_SPAN_S:
            self.fps = (len(times) - 1) / span_s

    def restart(self) -> None:
        """Restart the count with the next frame, so that a pause is not an interval."""
        self._times_s.clear()


type Publish = Callable[[PipelineUpdate], None]
type Show = Callable[[Frame], None]


class Pipeline:
    """Runs a model on the frames of a source, one after the other, until stopped.

    `run` belongs to the worker thread; every other method may be called from any thread and
    takes effect between two frames.

    Parameters
    ----------
    source
        Source of the frames; `run` starts and stops it.
    predictor
        A loaded model, or a function that loads one, called once on the worker.
    top
        Number of classes in each classification.
    """

    def __init__(
        self,
        source: FrameSource,
        predictor: Predictor | Callable[[], Predictor],
        top: int = TOP,
    ) -> None:
        self._source = source
        self._predictor = predictor
        self._top = top
        self._messages: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._is_over = False
        self._paused = False
        self._show_one = False
        self._show_again = False
        self._publish: Publish = _ignore_update
        self._show: Show | None = None
        # One update at a time is told, from whichever thread.
        self._telling = threading.Lock()
        self._aside: NewestOnly[Frame] | None = None
        self._last: Frame | None = None
        self._told: Frame | None = None
        self._processed = self._lost = 0
        # What is being looked at, and what was seen on frames newer than one of these.
        self._under_way: list[Frame] = []
        self._answers: list[tuple[float, PipelineUpdate]] = []
        self._can_be_two = True
        self._rate = FrameRate()
        self._seeks = self._seeks_shown = 0
        self._asked_s = self._work_s = self._predict_s = 0.0

    # -- from any thread ---------------------------------------------------------------

    def pause(self) -> None:
        """Pause before the next frame; the last one stays visible."""
        self._send(self._do_pause)

    def resume(self) -> None:
        """Resume taking frames."""
        self._send(self._do_resume)

    def seek(self, index: int) -> None:
        """Seek to a frame of a video, counted from 0; a paused pipeline processes it."""
        self._send(lambda: self._do_seek(index))

    def use_predictor(self, predictor: Predictor | Callable[[], Predictor]) -> None:
        """Use another model from the next frame on; a function is called on the worker."""
        self._send(lambda: self._do_predictor(predictor))

    def _send(self, message: Callable[[], None]) -> None:
        if not self._is_over:
            self._messages.put(message)

    # -- on the worker -----------------------------------------------------------------

    def run(
        self, should_stop: Callable[[], bool], publish: Publish, show: Show | None = None
    ) -> None:
        """Run until `should_stop` returns true; a finished video waits for `resume`.

        Parameters
        ----------
        should_stop
            Asked before each frame and at least every 0.1 s.
        publish
            Called with each update; must not block.
        show
            Called with each frame before the network processes it; must not block. If given, the
            frames of a paced source are processed on other threads, so that no frame waits for the
            network to be shown; two in parallel if the network is quick but too slow for all
            frames. `publish` is then called from these threads, but by one at a time and never with
            an older frame than before; `show` may run at the same time.

        Raises
        ------
        VisionError
            If the model cannot be loaded, or the source cannot be used at all. Bad frames and
            interrupted live sources are published instead.
        """
        self._publish, self._show = publish, show
        try:
            self._predictor = _loaded(self._predictor)
            self._source.start()
            if show is not None:
                self._aside = NewestOnly(self._predict, prepare=lower_thread_priority)
            while not should_stop():
                self._process_messages()
                if self._show_again and self._last is not None:
                    self._show_again = False
                    self._predict(self._last)
                elif self._paused and not self._show_one:
                    self._process_messages(_WAIT_S)
                else:
                    self._step()
        finally:
            self._source.stop()
            if self._aside is not None:
                self._aside.close()
            # All of these may know the pipeline, and would keep its frames and its network until a
            # collection comes by.
            self._aside = self._show = None
            self._publish = _ignore_update
            self._is_over = True
            while not self._messages.empty():
                self._messages.get_nowait()

    def _step(self) -> None:
        self._show_one = False
        self._seeks_shown = self._seeks
        if self._aside is not None and self._source.is_paced:
            # Until the next frame can be seen, one is needed only if the network waits for it. That
            # is taken halfway through the one before, which is then made ready undisturbed.
            worked_s = time.thread_time() - self._work_s
            due_s = self._asked_s + max(SHOWN_EVERY_S, (1 + _RESTS_PER_WORK) * worked_s)
            self._aside.wait_for_room(due_s - time.perf_counter())
            rest_s = due_s - time.perf_counter()
            time.sleep(max(0.0, min(rest_s, self._predict_s / 2 / self._aside.at_once)))
            self._asked_s, self._work_s = time.perf_counter(), time.thread_time()
        try:
            frame = self._source.next_frame(_WAIT_S)
        except VisionError as error:
            self._publish_state(PipelineState.RUNNING, error=error)
            return
        if frame is not None:
            self._take(frame)
        elif self._source.ended:
            self._settle()
            last = self._last
            if self._aside is not None and last is not None and last is not self._told:
                self._predict(last)
            self._publish_state(PipelineState.ENDED)
            self._paused = True
        elif (trouble := self._source.trouble) is not None:
            self._publish_state(PipelineState.WAITING, error=trouble)

    def _take(self, frame: Frame) -> None:
        """Show a frame, and process it here or on another thread."""
        self._last = frame
        if self._show is not None:
            self._show(frame)
        if self._aside is not None and self._source.is_paced and not self._paused:
            self._aside.put(frame)
        else:
            self._predict(frame)

    def _settle(self) -> None:
        """Wait until the other threads have released the network."""
        if self._aside is not None:
            self._aside.settle()

    def _predict(self, frame: Frame, thread: int = 0) -> None:
        """Process a frame; publish the result once no older frame is in progress."""
        with self._telling:
            self._under_way.append(frame)
        answer = None
        try:
            answer = self._answer(frame, thread)
        finally:
            with self._telling:
                self._under_way.remove(frame)
                if answer is not None:
                    self._answers.append((frame.captured_s, answer))
                self._answers.sort(key=itemgetter(0))
                oldest_s = min((one.captured_s for one in self._under_way), default=math.inf)
                while self._answers and self._answers[0][0] < oldest_s:
                    self._update(self._answers.pop(0)[1])

    def _answer(self, frame: Frame, thread: int) -> PipelineUpdate | None:
        """Return the result for a frame, or None if the second network cannot be built."""
        state, predictor = self._state(), self._predictor
        assert isinstance(predictor, Predictor)
        started_s = time.perf_counter()
        if thread:
            try:
                predictor = predictor.clone_for_thread()
            except VisionError:  # the first one goes on alone
                assert self._aside is not None
                self._can_be_two, self._aside.at_once = False, 1
                with self._telling:
                    self._lost += 1
                return None
        try:
            result = predictor.predict(frame.picture, frame.read_ms, self._top)
        except VisionError as error:
            return PipelineUpdate(state, frame, error=error)
        self._predict_s = time.perf_counter() - started_s
        file = predictor.engine.file
        is_quick = self._predict_s < _QUICK_S and not file.must_stay_on_disk
        if self._aside is not None and is_quick and self._can_be_two:
            self._aside.at_once = MAX_AT_ONCE
        return PipelineUpdate(state, frame, result, file=file)

    def _publish_state(self, state: PipelineState, error: VisionError | None = None) -> None:
        """Publish an update about the last frame."""
        with self._telling:
            self._update(PipelineUpdate(state, error=error))

    def _update(self, update: PipelineUpdate) -> None:
        """Publish an update with all counts, by default of the last frame; `_telling` is held."""
        frame, error = update.frame, update.error
        self._told = frame or self._told
        age_ms = 0.0
        if frame is not None and update.result is not None:
            age_ms = frame.age_ms()
            self._processed += 1
            self._rate.count_frame(time.perf_counter())
        passed_over = 0 if self._aside is None else self._aside.passed_over
        self._publish(
            replace(
                update,
                frame=frame or self._last,
                error=None if error is None else as_value(error),
                processed=self._processed,
                dropped=self._source.dropped + self._lost + passed_over,
                frame_age_ms=age_ms,
                rate_fps=self._rate.fps,
                seeks=self._seeks_shown,
            )
        )

    # -- messages, on the worker -------------------------------------------------------

    def _process_messages(self, wait_s: float = 0.0) -> None:
        """Process messages, waiting for the first one at most `wait_s`."""
        with contextlib.suppress(queue.Empty):
            while True:
                message = self._messages.get(timeout=wait_s)
                message()
                wait_s = 0.0

    def _do_pause(self) -> None:
        self._settle()
        self._paused = True
        # What is held is the frame on show, with what the network says of that very one.
        self._show_again = self._aside is not None and self._last is not self._told
        self._rate.restart()

    def _do_resume(self) -> None:
        self._paused = False
        if isinstance(self._source, VideoSource):
            self._source.reset_clock()
            if self._source.ended:
                self._source.seek(0)

    def _do_seek(self, index: int) -> None:
        self._settle()
        self._source.seek(index)
        self._seeks += 1
        self._show_one = True

    def _do_predictor(self, predictor: Predictor | Callable[[], Predictor]) -> None:
        self._settle()
        if self._aside is not None:
            # Another one may be slow.
            self._can_be_two, self._aside.at_once = True, 1
        try:
            self._predictor = _loaded(predictor)
        except VisionError as error:
            # The model in use stays.
            self._publish_state(self._state(), error=error)
            return
        self._show_again = self._paused

    def _state(self) -> PipelineState:
        return PipelineState.PAUSED if self._paused else PipelineState.RUNNING


def _ignore_update(update: PipelineUpdate) -> None:
    """Discard updates before and after a run."""


def _loaded(predictor: Predictor | Callable[[], Predictor]) -> Predictor:
    return predictor if isinstance(predictor, Predictor) else predictor()
