"""A video file as a source of frames, played by the clock and seekable."""

from __future__ import annotations

import os
import time
from pathlib import Path

import cv2
import numpy as np

from vision.errors import Fault, VisionError
from vision.files import open_file
from vision.pictures.pixels import Picture
from vision.sources.base import Frame

_DEFAULT_FPS = 25.0
# A container may guess the number of its frames from its length in time, in which the sound may go
# on after the last picture.
_SLACK_S = 0.5
# A damaged file may claim to go on for days.
_MAX_DAMAGED = 600


class VideoSource:
    """A video file; see `FrameSource` for the methods.

    Parameters
    ----------
    path
        The file.
    paced
        Initial value of `is_paced`.

    Attributes
    ----------
    fps
        Frames per second according to the file, 25 if its value is implausible.
    is_paced
        True to play by the clock and drop late frames; False to return every frame as fast as
        possible.
    """

    trouble: VisionError | None = None

    def __init__(self, path: Path | str, *, paced: bool = True) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.is_paced = paced
        self.fps = _DEFAULT_FPS
        self.length: int | None = None
        self._capture: cv2.VideoCapture | None = None
        self._next = 0
        self.dropped = 0
        self.ended = False
        self._damaged = 0
        self._good: Picture | None = None
        # The clock: frame `_zero_index` is due at `_zero_s`.
        self._zero_s: float | None = None
        self._zero_index = 0

    def start(self) -> None:
        """Open the file.

        Raises
        ------
        VisionError
            file_missing, file_unreadable, file_not_a_file, or video_unreadable if it is not a
            video.
        """
        open_file(self.path).close()  # OpenCV would wait for a pipe, and for the end of a device
        capture = _open_video(self.path)
        if capture is None:
            raise VisionError(Fault.VIDEO_UNREADABLE, file=self.name)
        self._capture = capture
        fps = capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0.1 < fps < 1000 else _DEFAULT_FPS
        count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.length = count if count > 0 else None
        self._next, self.ended, self._zero_s = 0, False, None

    def next_frame(self, timeout_s: float) -> Frame | None:
        """Return the frame that is due, waiting at most `timeout_s`.

        Raises
        ------
        VisionError
            video_damaged, once for each gap of undecodable frames, before the next good frame or
            the end. Up to half a second missing at the end is ignored.
            video_codec if no frame can be decoded.
        """
        if self._capture is None or self.ended:
            return None
        if self.is_paced and not self._wait_until_due(timeout_s):
            return None
        started = time.perf_counter()
        picture, self._good = self._good, None
        if picture is None:
            picture = self._read()
        if picture is None:
            is_over = self._pass_over_damage()
            if is_over and (self._damaged > _SLACK_S * self.fps or self._has_no_frame):
                raise self._damage_error()
            return None
        if self._damaged:
            # The next call returns it.
            self._good = picture
            raise self._damage_error()
        index, self._next = self._next, self._next + 1
        return Frame(
            picture,
            index,
            f"{self.path.name} {index + 1}",
            (time.perf_counter() - started) * 1e3,
        )

    def _pass_over_damage(self) -> bool:
        """Skip a frame that cannot be decoded; return whether the file is at its end."""
        if self.length is not None and self._next < self.length:
            self._next += 1
            self._damaged += 1
        too_much = self._damaged >= _MAX_DAMAGED
        self.ended = self.length is None or self._next >= self.length or too_much
        return self.ended

    @property
    def _has_no_frame(self) -> bool:
        """Whether no frame could be decoded so far."""
        return self._damaged == self._next and self._good is None

    def _damage_error(self) -> VisionError:
        """Return the error for the skipped frames, and reset their count."""
        if self._has_no_frame and self._capture is not None:
            # Not one frame: more likely than so much damage is a codec that is not there.
            number = int(self._capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
            letters = number.to_bytes(4, "little").decode("latin-1")
            codec = "".join(letter if letter.isalnum() else "?" for letter in letters)
            self._damaged = 0
            return VisionError(Fault.VIDEO_CODEC, file=self.path.name, codec=codec)
        count, self._damaged = self._damaged, 0
        first = self._next - count + 1  # as the user counts
        return VisionError(Fault.VIDEO_DAMAGED, file=self.path.name, count=count, first=first)

    def _wait_until_due(self, timeout_s: float) -> bool:
        now = time.perf_counter()
        if self._zero_s is None:
            self._zero_s, self._zero_index = now, self._next
            return True
        due = self._zero_s + (self._next - self._zero_index) / self.fps
        if due > now:
            time.sleep(min(due - now, timeout_s))
            return due - now <= timeout_s
        self._drop_late_frames(int((now - due) * self.fps))
        return True

    def _drop_late_frames(self, count: int) -> None:
        """Skip frames that should already have been shown."""
        assert self._capture is not None
        for _ in range(count):
            if self._capture.grab():
                self._next += 1
                self.dropped += 1
            else:
                self._pass_over_damage()
            if self.ended:
                return

    def _read(self) -> Picture | None:
        assert self._capture is not None
        try:
            there, picture = self._capture.read()
        except cv2.error:
            return None
        if not there or picture is None or picture.ndim not in (2, 3):
            return None
        if picture.ndim == 2:
            picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
        return np.asarray(picture, np.uint8)

    def seek(self, index: int) -> None:
        """Seek to a frame, counted from 0, and reset the clock."""
        if self._capture is None:
            return
        last = index if self.length is None else self.length - 1
        index = max(0, min(index, last))
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, index)
        self._next, self.ended, self._zero_s = index, False, None
        self._damaged, self._good = 0, None

    def reset_clock(self) -> None:
        """Reset the clock, so that a pause does not count as lateness."""
        self._zero_s = None

    def stop(self) -> None:
        """Close the file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _open_video(path: Path) -> cv2.VideoCapture | None:
    try:
        capture = cv2.VideoCapture(os.fspath(path), cv2.CAP_FFMPEG)
    except cv2.error:
        return None
    if capture.isOpened() and capture.get(cv2.CAP_PROP_FRAME_WIDTH) > 0:
        return capture
    capture.release()
    return None
