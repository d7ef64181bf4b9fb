"""A pipeline on a thread of its own, and other processes, for the tests to watch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from tests.vision.onnx_models import network
from vision.errors import VisionError
from vision.jobs.pipeline import Pipeline, PipelineUpdate
from vision.sources.base import Frame

LIMIT_S = 10.0


class Running:
    """A pipeline on a thread of its own, with everything it published."""

    def __init__(self, pipeline: Pipeline, shows_frames: bool = False) -> None:
        self.pipeline = pipeline
        self.updates: list[PipelineUpdate] = []
        self.shown: list[Frame] = []
        self._shows_frames = shows_frames
        self.failure: VisionError | None = None
        self._news = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            show = self._show if self._shows_frames else None
            self.pipeline.run(self._stop.is_set, self._publish, show)
        except VisionError as error:
            self.failure = error

    def _publish(self, update: PipelineUpdate) -> None:
        with self._news:
            self.updates.append(update)
            self._news.notify_all()

    def _show(self, frame: Frame) -> None:
        with self._news:
            self.shown.append(frame)
            self._news.notify_all()

    def wait_for_shown(self, count: int) -> None:
        """Wait until so many frames were shown."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.shown) >= count, LIMIT_S), len(self.shown)

    def wait_for(
        self, condition: Callable[[PipelineUpdate], bool], since: int = 0
    ) -> PipelineUpdate:
        """Return the first update after `since` that meets a condition."""

        def found() -> PipelineUpdate | None:
            return next((u for u in self.updates[since:] if condition(u)), None)

        with self._news:
            assert self._news.wait_for(lambda: found() is not None, LIMIT_S), self.updates[-3:]
            update = found()
        assert update is not None
        return update

    def stop(self) -> float:
        """Stop it; return the seconds that took."""
        started = time.perf_counter()
        self._stop.set()
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()
        return time.perf_counter() - started

    def join(self) -> None:
        """Wait until it ends by itself."""
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()


def brightness_model() -> bytes:
    """Return a model that says how bright a picture is."""
    weights = np.zeros((192, 2), np.float32)
    weights[:, 1] = 10 / 192
    return network(
        """(float[N, 3, 8, 8] image) => (float[N, 2] z) <float[2] b = {5, 0}> {
            flat = Flatten (image)
            z = Gemm (flat, W, b)
        }""",
        W=weights,
    )


def reading_processes() -> list[int]:
    """Return the ids of the processes in which this one reads pictures, as Linux lists them."""
    lists = []
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(FileNotFoundError):  # the thread has ended meanwhile
            lists.append(path.read_text())
    started = " ".join(lists).split()
    return [
        int(one)
        for one in started
        if "vision.pictures.process" in Path("/proc", one, "cmdline").read_text()
    ]
