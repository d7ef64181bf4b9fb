"""Frames are shown as they come, while the network takes its time over the newest."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vision.mjpeg_server import MjpegServer
from tests.vision.running import LIMIT_S, Running
from vision.classification import ClassificationResult, Classifier
from vision.engine import LOADS
from vision.errors import Fault, VisionError
from vision.jobs.pipeline import SHOWN_EVERY_S, Pipeline, PipelineState
from vision.sources.base import Frame
from vision.sources.live_source import LiveSource
from vision.sources.stream import stream_device
from vision.sources.video_source import VideoSource


class SlowClassifier(Classifier):
    """A classifier that begins each picture when it is told to."""

    def __init__(self, like: Classifier) -> None:
        super().__init__(like.engine, like.preprocessing, like.labels)
        self.may_begin = threading.Semaphore(0)
        self.thread_names: set[str] = set()

    def predict(self, *args: Any, **kwargs: Any) -> ClassificationResult:
        """Wait, and classify."""
        self.thread_names.add(threading.current_thread().name)
        assert self.may_begin.acquire(timeout=LIMIT_S)
        return super().predict(*args, **kwargs)


class FastCamera:
    """A source that has a new frame whenever it is asked; see `FrameSource` for the methods."""

    name, length, is_paced, ended, dropped = "fast", None, True, False, 0
    trouble: VisionError | None = None

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self.asked_s: list[float] = []
        self.asked = threading.Semaphore(0)

    def start(self) -> None:
        """Begin."""

    def next_frame(self, timeout_s: float) -> Frame | None:
        """Return the next frame at once."""
        self.asked_s.append(time.perf_counter())
        self.asked.release()
        index = next(self._numbers)
        picture = np.zeros((8, 8, 3), np.uint8)
        picture[0, 0, :2] = divmod(index, 256)
        return Frame(picture, index, f"fast {index}")

    def seek(self, index: int) -> None:
        """Go nowhere."""

    def stop(self) -> None:
        """End, and let go of whoever waits for another frame."""
        self.asked.release(5)


def test_no_more_frames_are_taken_than_can_be_seen_while_the_network_is_busy(
    run: Callable[..., Running], slow: SlowClassifier
) -> None:
    camera = FastCamera()
    running = run(camera, slow, shows_frames=True)
    running.wait_for_shown(12)
    shown = running.shown[:12]
    slow.may_begin.release(100_000)
    gaps_s = sorted(b - a for a, b in itertools.pairwise(camera.asked_s[:12]))
    # When the network takes its only frame, another is wanted at once; else the clock rules.
    assert gaps_s[1] > 0.9 * SHOWN_EVERY_S
    assert [frame.index for frame in shown] == list(range(12))


class InPairs(Classifier):
    """A classifier that is quick three times, and then waits until two threads are in it."""

    def __init__(self, like: Classifier) -> None:
        super().__init__(like.engine, like.preprocessing, like.labels)
        self.calls = itertools.count()
        self.both = threading.Barrier(2, timeout=LIMIT_S)
        self.older_may_answer = threading.Event()
        self.younger_has_answered = threading.Event()
        self.waited: list[int] = []

    def predict(self, *args: Any, **kwargs: Any) -> ClassificationResult:
        """Wait for the other thread; the older of the first two frames is held up."""
        if next(self.calls) >= 3:
            number = 256 * int(args[0][0, 0, 0]) + int(args[0][0, 0, 1])
            self.waited.append(number)
            if len(self.waited) == 3:  # the thread of the younger one takes another
                self.younger_has_answered.set()
            with suppress(threading.BrokenBarrierError):
                self.both.wait()
            if number == min(self.waited[:2]):
                assert self.older_may_answer.wait(LIMIT_S)
        return super().predict(*args, **kwargs)


def test_an_answer_waits_for_that_of_an_older_frame(
    run: Callable[..., Running], small: Classifier
) -> None:
    network = InPairs(small)
    running = run(FastCamera(), network, shows_frames=True)
    assert network.younger_has_answered.wait(LIMIT_S)
    first_two = set(network.waited[:2])
    told_before = [update.frame.index for update in running.updates if update.frame is not None]
    assert max(told_before) < min(first_two)
    network.older_may_answer.set()
    running.wait_for(lambda update: update.processed == 8)
    network.both.abort()
    told = [update.frame.index for update in running.updates if update.frame is not None]
    assert told == sorted(set(told))
    assert first_two <= set(told)


def test_a_quick_network_goes_on_alone_where_it_cannot_be_built_again(
    run: Callable[..., Running], small: Classifier
) -> None:
    tried: list[str] = []

    class Alone(InPairs):
        def clone_for_thread(self) -> Alone:
            tried.append(threading.current_thread().name)
            raise VisionError(Fault.FILE_UNWRITABLE, file="temporary files", fault="full")

        def predict(self, *args: Any, **kwargs: Any) -> ClassificationResult:
            if next(self.calls) == 3:  # until the second thread has begun
                while not tried:
                    assert camera.asked.acquire(timeout=LIMIT_S)
            return Classifier.predict(self, *args, **kwargs)

    camera = FastCamera()
    running = run(camera, Alone(small), shows_frames=True)
    last = running.wait_for(lambda update: update.processed == 12)
    assert tried == ["newest-only 1"]
    assert last.dropped > 0
    assert not any(update.error for update in running.updates)


@pytest.fixture
def slow(small: Classifier) -> SlowClassifier:
    return SlowClassifier(small)


@pytest.mark.parametrize("kind", ["video", "stream"])
def test_frames_are_shown_while_the_network_works_on_an_earlier_one(
    run: Callable[..., Running], video: Path, slow: SlowClassifier, kind: str
) -> None:
    with MjpegServer() as server:
        live = LiveSource(stream_device(server.address))
        running = run(VideoSource(video) if kind == "video" else live, slow, shows_frames=True)
        running.wait_for_shown(10)
        assert running.updates == []
        indices = [frame.index for frame in running.shown]
        assert indices == sorted(set(indices))
        slow.may_begin.release()
        first = running.wait_for(lambda u: u.result is not None)
        assert first.frame is running.shown[0]
        running.wait_for_shown(len(running.shown) + 5)
        slow.may_begin.release()
        second = running.wait_for(lambda u: u.processed == 2)
        assert second.frame is not None
        # The newest frame was taken, and those before it are counted.
        assert second.frame.index >= 9
        assert second.dropped >= 8
        assert running.shown.index(second.frame) > 0
        slow.may_begin.release(1000)
        assert running.stop() < 2.0


def test_a_held_stream_says_what_the_network_makes_of_the_frame_on_show(
    run: Callable[..., Running], slow: SlowClassifier
) -> None:
    with MjpegServer() as server:
        running = run(LiveSource(stream_device(server.address)), slow, shows_frames=True)
        running.wait_for_shown(5)
        running.pipeline.pause()
        slow.may_begin.release(1000)
        held = running.wait_for(lambda u: u.state is PipelineState.PAUSED)
        assert held.result is not None
        assert held.frame is running.shown[-1]


def test_the_last_frame_of_a_video_is_classified_before_its_end(
    run: Callable[..., Running], video: Path, small: Classifier
) -> None:
    before = LOADS.count
    running = run(VideoSource(video), small, shows_frames=True)
    ended = running.wait_for(lambda u: u.state is PipelineState.ENDED)
    assert ended.frame is not None
    last = [u for u in running.updates if u.result is not None][-1]
    assert last.frame is ended.frame is running.shown[-1]
    assert LOADS.count == before


def test_a_video_without_a_clock_is_classified_frame_by_frame(
    run: Callable[..., Running], video: Path, slow: SlowClassifier
) -> None:
    slow.may_begin.release(1000)
    running = run(VideoSource(video, paced=False), slow, shows_frames=True)
    running.wait_for(lambda u: u.state is PipelineState.ENDED)
    results = [u for u in running.updates if u.result is not None]
    assert [u.frame.index for u in results if u.frame is not None] == list(range(60))
    assert (results[-1].processed, results[-1].dropped) == (60, 0)
    first = results[0]
    assert first.frame is not None
    assert first.result is not None
    assert first.result.timings.read_ms == first.frame.read_ms > 0
    assert first.frame_age_ms > first.result.timings.forward_ms
    assert not any(name.startswith("newest-only") for name in slow.thread_names)
    assert len(running.shown) == 60


def test_a_fault_of_the_network_ends_the_run_as_it_does_without_drawing(
    video: Path, small: Classifier
) -> None:
    class Broken(Classifier):
        def predict(self, *args: Any, **kwargs: Any) -> ClassificationResult:
            raise MemoryError("no room")

    broken = Broken(small.engine, small.preprocessing, small.labels)
    with pytest.raises(MemoryError, match="no room"):
        Pipeline(VideoSource(video), broken).run(lambda: False, lambda u: None, lambda f: None)
