"""Videos and streams through the pipeline, without the window, beside a bare loop."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.bare_loop import BareLoop
from bench.harness import Row, in_turn
from bench.mjpeg_server import mjpeg_stream
from vision.classification import Classifier
from vision.formats.manifest import ASSETS
from vision.jobs.pipeline import Pipeline, PipelineUpdate
from vision.models.opening import open_classifier
from vision.pictures.files import read_picture
from vision.pictures.pixels import Picture
from vision.sources.live_source import LiveSource
from vision.sources.stream import stream_device
from vision.sources.video_source import VideoSource

BUDGET_S = 38
_LIMIT_S = 14.0
_ROUNDS = 9
_VIDEO_FRAMES = 80
_STREAM_WH = (640, 480)
_STREAM_FPS = 120.0
_STREAM_FRAMES = 80
_STREAM_SKIPPED = 5
_LIVE_S = 6.0
_LIVE_FPS = 30.0


def measure() -> Iterator[Row]:
    """Measure every goal that moving pictures, without the window, have."""
    classifier = open_classifier()
    picture = read_picture(ASSETS / "images" / "coffee.png")
    with tempfile.TemporaryDirectory() as name:
        yield _video(classifier, write_video(Path(name, "video.avi"), picture, _VIDEO_FRAMES, 30.0))
    yield _stream(classifier)
    yield _frame_age(classifier, picture)


def write_video(path: Path, picture: Picture, frames: int, fps: float) -> Path:
    """Write a video of 640 x 480 in which a picture wanders, and return its path."""
    frame = cv2.resize(picture, (640, 480))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (640, 480))
    for index in range(frames):
        writer.write(np.roll(frame, index, axis=1))
    writer.release()
    return path


def _video(classifier: Classifier, path: Path) -> Row:
    bare = BareLoop()

    def ours() -> float:
        started = time.perf_counter()
        ended = threading.Event()

        def publish(update: PipelineUpdate) -> None:
            # Nothing is kept, as by the window: every frame held is one more to allocate.
            if update.result is None:
                ended.set()

        Pipeline(VideoSource(path, paced=False), classifier).run(ended.is_set, publish)
        return _VIDEO_FRAMES / (time.perf_counter() - started)

    def theirs() -> float:
        started = time.perf_counter()
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        while True:
            there, frame = capture.read()
            if not there:
                break
            bare(np.asarray(frame, np.uint8))
        capture.release()
        return _VIDEO_FRAMES / (time.perf_counter() - started)

    found = in_turn(ours, theirs, _ROUNDS, _LIMIT_S)
    return Row.beside(
        "video 640 x 480, every frame",
        found.ours,
        found.peer,
        peer_name="bare loop with VideoCapture",
        goal=">= 0.95",
        unit="frames a second",
    )


def _stream(classifier: Classifier) -> Row:
    """Take frames from a server that has more of them than the network can classify."""
    bare = BareLoop()
    with mjpeg_stream(_STREAM_WH, _STREAM_FPS) as address:

        def ours() -> float:
            counts: list[int] = []
            source = LiveSource(stream_device(address))
            started: list[float] = []

            def publish(update: PipelineUpdate) -> None:
                # The first frames wait for the connection.
                if update.processed > _STREAM_SKIPPED:
                    counts.append(update.processed)
                    started.append(time.perf_counter())

            def enough() -> bool:
                return len(counts) > _STREAM_FRAMES

            Pipeline(source, classifier).run(enough, publish, lambda frame: None)
            source.join(2.0)
            return (counts[-1] - counts[0]) / (started[-1] - started[0])

        def theirs() -> float:
            capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG)
            started = 0.0
            for index in range(_STREAM_SKIPPED + _STREAM_FRAMES):
                if index == _STREAM_SKIPPED:
                    started = time.perf_counter()
                there, frame = capture.read()
                assert there  # the server goes on for ever
                bare(np.asarray(frame, np.uint8))
            elapsed = time.perf_counter() - started
            capture.release()
            return _STREAM_FRAMES / elapsed

        found = in_turn(ours, theirs, _ROUNDS, _LIMIT_S)
    return Row.beside(
        f"stream {_STREAM_WH[0]} x {_STREAM_WH[1]}, {_STREAM_FPS:.0f} a second",
        found.ours,
        found.peer,
        peer_name="bare loop with VideoCapture",
        goal=">= 0.95",
        unit="frames a second",
    )


class _Metronome:
    """A live device that delivers the same picture at a steady pace."""

    name = "metronome"

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._due = 0.0

    def open(self) -> None:
        self._due = time.perf_counter()

    def read(self) -> Picture:
        self._due += 1 / _LIVE_FPS
        time.sleep(max(0.0, self._due - time.perf_counter()))
        return self._picture.copy()

    def interrupt(self) -> None:
        """Do nothing: no read waits for long."""

    def close(self) -> None:
        """Do nothing: nothing is open."""


def _frame_age(classifier: Classifier, picture: Picture) -> Row:
    frame = np.asarray(cv2.resize(picture, (1280, 720)), np.uint8)
    updates: list[PipelineUpdate] = []
    source = LiveSource(_Metronome(frame))
    end = time.perf_counter() + _LIVE_S
    Pipeline(source, classifier).run(lambda: time.perf_counter() > end, updates.append)
    source.join(2.0)
    results = [update for update in updates if update.result is not None][5:]
    age = float(np.percentile([update.frame_age_ms for update in results], 95))
    forward = statistics.median(
        update.result.timings.forward_ms for update in results if update.result is not None
    )
    return Row.beside(
        f"age of a live frame, 95th percentile, 1280 x 720 at {_LIVE_FPS:.0f} a second",
        age,
        1.5 * forward + 1e3 / _LIVE_FPS,
        peer_name="1.5 forwards and one frame",
        goal="<= 1.0",
        unit="ms",
    )
