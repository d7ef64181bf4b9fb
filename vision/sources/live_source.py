"""Cameras and streams: a separate thread captures, and only the newest frame is kept."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final, Protocol

from vision.errors import Fault, VisionError, as_value
from vision.pictures.files import decode_picture
from vision.pictures.pixels import Picture
from vision.sources.base import Frame

STALL_S: Final = 3.0
_FIRST_RETRY_S: Final = 0.5
_LAST_RETRY_S: Final = 4.0
_BAD_PICTURES_ALLOWED: Final = 10


@dataclass(frozen=True, eq=False)
class _Captured:
    """A captured picture with its index, duration and time."""

    picture: Picture | bytes
    index: int
    read_ms: float
    captured_s: float


class LiveDevice(Protocol):
    """A device that delivers pictures at its own pace; used by one capture thread."""

    name: str

    def open(self) -> None:
        """Connect; may block for seconds.

        Raises
        ------
        VisionError
            source_unavailable, source_stalled or source_garbage.
        """

    def read(self) -> Picture | bytes:
        """Wait for the next picture; encoded bytes are decoded only when the frame is used.

        Raises
        ------
        VisionError
            If none arrives; the device is then reopened.
        """

    def interrupt(self) -> None:
        """Make a `read` waiting on the other thread end soon, if the device can."""

    def close(self) -> None:
        """Disconnect; also called after every failure."""


class LiveSource:
    """The newest frame of a live device; see `FrameSource` for the methods.

    A device that fails is reopened after 0.5, 1, 2, 4, 4, ... seconds until it works or the
    source is stopped.

    Attributes
    ----------
    stall_s
        Seconds without a picture after which the source reports trouble.
    reopened
        Number of times the device was reopened.
    """

    is_paced = True
    length: int | None = None
    ended = False

    def __init__(self, device: LiveDevice, stall_s: float = STALL_S) -> None:
        self.device = device
        self.name = device.name
        self.stall_s = stall_s
        self._news = threading.Condition()
        self._newest: _Captured | None = None
        self._bad_in_a_row = 0
        self._good = 0
        self._trouble: VisionError | None = None
        self._trouble_s = self._last_news_s = 0.0
        self._captured = 0
        self.dropped = 0
        self.reopened = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def trouble(self) -> VisionError | None:
        """The current problem, or None."""
        with self._news:
            if self._trouble is not None:
                return self._trouble
            if self._thread and time.perf_counter() - self._last_news_s > self.stall_s:
                return VisionError(Fault.SOURCE_STALLED, file=self.name, seconds=self.stall_s)
            return None

    def start(self) -> None:
        """Start the capture thread."""
        # Not cleared but made anew: a capture thread that still ends keeps the old one.
        self._stopping = threading.Event()
        self._last_news_s = time.perf_counter()
        # A driver may block for good; a daemon thread cannot keep the program from ending.
        self._thread = threading.Thread(
            target=self._capture,
            args=(self._stopping,),
            name=f"capture {self.name}",
            daemon=True,
        )
        self._thread.start()

    def next_frame(self, timeout_s: float) -> Frame | None:
        """Return the newest unread frame, or None if none arrives within `timeout_s`."""
        with self._news:
            if self._newest is None:
                self._news.wait(timeout_s)
            taken, self._newest = self._newest, None
        return None if taken is None else self._frame(taken)

    def _frame(self, taken: _Captured) -> Frame | None:
        """Decode a captured frame; None if damaged, a few of which are tolerated."""
        started = time.perf_counter()
        picture = taken.picture
        if isinstance(picture, bytes):
            try:
                picture = decode_picture(picture, self.name)
            except VisionError:
                with self._news:
                    self._bad_in_a_row += 1
                return None
        with self._news:
            self._bad_in_a_row, self._good = 0, self._good + 1
            if taken.captured_s > self._trouble_s:
                self._trouble = None
        read_ms = taken.read_ms + (time.perf_counter() - started) * 1e3
        name = f"{self.name} {taken.index + 1}"
        return Frame(picture, taken.index, name, read_ms, taken.captured_s)

    def seek(self, index: int) -> None:
        """Do nothing: a live source cannot seek."""

    def stop(self) -> None:
        """Ask the capture thread to end and to close the device."""
        self._stopping.set()
        self.device.interrupt()
        with self._news:
            self._news.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the capture thread; return whether it has ended."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _capture(self, stopping: threading.Event) -> None:
        retry_s = _FIRST_RETRY_S
        while not stopping.is_set():
            before = self._good
            try:
                self.device.open()
                while not stopping.is_set():
                    started = time.perf_counter()
                    picture = self.device.read()
                    self._put(picture, (time.perf_counter() - started) * 1e3)
            except VisionError as error:
                with self._news:
                    self._trouble, self._trouble_s = as_value(error), time.perf_counter()
            finally:
                self.device.close()
            if self._good > before:
                retry_s = _FIRST_RETRY_S
            if stopping.wait(retry_s):
                return
            retry_s = min(2 * retry_s, _LAST_RETRY_S)
            self.reopened += 1

    def _put(self, picture: Picture | bytes, read_ms: float) -> None:
        with self._news:
            if self._bad_in_a_row > _BAD_PICTURES_ALLOWED:
                self._bad_in_a_row = 0
                raise VisionError(Fault.SOURCE_GARBAGE, file=self.name)
            if self._newest is not None:
                self.dropped += 1
            index, self._captured = self._captured, self._captured + 1
            self._last_news_s = time.perf_counter()
            self._newest = _Captured(picture, index, read_ms, self._last_news_s)
            self._news.notify()
