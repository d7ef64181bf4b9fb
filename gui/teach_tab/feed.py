"""Frames of a camera, stream or video for the preview and recordings."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from gui.teach_tab.state import HeadAnswer
from gui.teach_tab.teaching import Head
from model.network import Network
from vision.errors import VisionError, as_value
from vision.pictures.pixels import limit_size, resized
from vision.sources.base import FrameSource
from vision.sources.video_source import VideoSource
from vision.teaching.collection import Picture
from vision.teaching.features import Backbone, Pixels
from vision.teaching.importing import Import, picture_from_frame

LONGEST_SIDE_PX = 640
"""Maximum longer side of recorded images; the backbone itself needs only 224."""

MAX_FRAMES = 300
"""Maximum number of frames imported from a video."""

_WAIT_S = 0.1
_RATE_S = 1.0


class HeadClassifier:
    """Classifies images with the newest head; for one thread at a time.

    Attributes
    ----------
    head
        Head for the next image; set from any thread.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        self._backbone: Backbone | None = None
        self._network: tuple[Head, Network] | None = None

    def look(self, pixels: Pixels) -> HeadAnswer:
        """Return an image with the head's answer."""
        head = self.head
        if head is None:
            return HeadAnswer(pixels)
        if self._backbone is None:
            self._backbone = Backbone()
        if self._network is None or self._network[0] is not head:
            self._network = head, Network.of(head.experiment)
        started = time.perf_counter()
        blob = self._backbone.preprocessing.blob(pixels)
        row = self._backbone.features(blob)[0]
        answer = np.asarray(self._network[1].forward(row[None].astype(np.float64)))[0]
        ms = (time.perf_counter() - started) * 1e3
        return HeadAnswer(pixels, head, row, answer, ms)


@dataclass(frozen=True, eq=False)
class FeedView:
    """The newest update of a feed: an answer, or the source's error."""

    look: HeadAnswer | None
    fps: float = 0.0
    trouble: VisionError | None = None


@dataclass(eq=False)
class Burst:
    """A recording in progress, created by the GUI thread and filled by the worker.

    Attributes
    ----------
    name
        Name of the recording, to which each image's number is appended.
    number
        Number of the burst, shared by all its images.
    rate_fps
        Maximum number of images per second.
    due_s
        Time of the next image, on the clock of `time.perf_counter`.
    """

    name: str
    number: int
    rate_fps: float
    pictures: list[Picture] = field(default_factory=list)
    due_s: float = 0.0


class Feed:
    """Classifies the frames of a source, and records some; a worker calls `run`.

    Attributes
    ----------
    burst
        Recording in progress, or ``None``; set from any thread.
    """

    def __init__(
        self, source: FrameSource, looker: HeadClassifier, is_mirrored: bool = False
    ) -> None:
        self.source = source
        self.is_mirrored = is_mirrored
        self.burst: Burst | None = None
        self._looker = looker

    def run(self, should_stop: Callable[[], bool], publish: Callable[[FeedView], None]) -> None:
        """Run until stopped or until the source ends.

        Raises
        ------
        VisionError
            If the source cannot be started.
        """
        times: deque[float] = deque()
        self.source.start()
        try:
            while not should_stop() and not self.source.ended:
                try:
                    frame = self.source.next_frame(_WAIT_S)
                except VisionError as error:
                    publish(FeedView(None, trouble=as_value(error)))
                    continue
                if frame is None:
                    if (trouble := self.source.trouble) is not None:
                        publish(FeedView(None, trouble=trouble))
                    continue
                pixels = frame.picture
                if self.is_mirrored:
                    pixels = np.asarray(cv2.flip(pixels, 1), np.uint8)
                self._record(pixels)
                look = self._looker.look(pixels)
                now = time.perf_counter()
                times.append(now)
                while times and times[0] < now - _RATE_S:
                    times.popleft()
                publish(FeedView(look, len(times) / _RATE_S))
        finally:
            self.source.stop()

    def _record(self, pixels: Pixels) -> None:
        burst, now = self.burst, time.perf_counter()
        if burst is not None and now >= burst.due_s:
            burst.due_s = max(burst.due_s + 1 / burst.rate_fps, now)
            name = f"{burst.name}, {len(burst.pictures) + 1}"
            burst.pictures.append(picture_from_frame(limit_sides(pixels), name, burst.number))


def limit_sides(pixels: Pixels) -> Pixels:
    """Return an image scaled down to a longer side of at most `LONGEST_SIDE_PX`."""
    height, width = pixels.shape[:2]
    wanted = limit_size(LONGEST_SIDE_PX, (width, height))
    return pixels if wanted == (width, height) else resized(pixels, wanted)


def import_video(
    path: Path,
    burst: int,
    rate_fps: float,
    should_stop: Callable[[], bool],
    publish: Callable[[int, int], None],
) -> Import | None:
    """Import `rate_fps` frames per second of a video; return ``None`` if stopped.

    At most `MAX_FRAMES` frames are imported.

    Raises
    ------
    VisionError
        If the video cannot be opened.
    """
    source = VideoSource(path, paced=False)
    source.start()
    step = max(1, round(source.fps / rate_fps))
    if source.length is not None:
        step = max(step, -(-source.length // MAX_FRAMES))
    found: list[Picture] = []
    try:
        while not source.ended and len(found) < MAX_FRAMES:
            if should_stop():
                return None
            try:
                frame = source.next_frame(_WAIT_S)
            except VisionError:
                continue  # a damaged stretch; what comes after it is taken
            if frame is None or frame.index % step:
                continue
            found.append(picture_from_frame(limit_sides(frame.picture), frame.name, burst))
            publish(frame.index + 1, source.length or 0)
    finally:
        source.stop()
    return Import(tuple(found), ())
