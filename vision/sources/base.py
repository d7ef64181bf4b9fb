"""The protocol of sources of frames."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol

from vision.errors import VisionError
from vision.pictures.pixels import Picture


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture from a source.

    Attributes
    ----------
    picture
        (H, W, 3) BGR, uint8.
    index
        Its number in the source, from 0; dropped frames are counted too.
    name
        The source with the frame's number as the user counts, from 1.
    read_ms
        Time to capture and decode it, in milliseconds.
    captured_s
        When it was there, on the clock of `time.perf_counter`.
    """

    picture: Picture
    index: int
    name: str
    read_ms: float = 0.0
    captured_s: float = field(default_factory=time.perf_counter)

    def age_ms(self) -> float:
        """Return the time since it was captured, in milliseconds."""
        return (time.perf_counter() - self.captured_s) * 1e3


class FrameSource(Protocol):
    """A source of frames, used by one worker thread.

    Attributes
    ----------
    name
        What the stage and errors call it.
    length
        Number of frames, or None where nobody knows.
    """

    name: str
    length: int | None

    @property
    def is_paced(self) -> bool:
        """Whether frames come by the clock, so that late ones are dropped."""

    @property
    def ended(self) -> bool:
        """Whether the last frame has been read; a seek may start again."""

    @property
    def dropped(self) -> int:
        """The number of frames skipped because newer ones were available."""

    @property
    def trouble(self) -> VisionError | None:
        """The present problem (unplugged, stalled), None while frames come; it is retried."""

    def start(self) -> None:
        """Start; never blocks on a device.

        Raises
        ------
        VisionError
            If a file cannot be used at all.
        """

    def next_frame(self, timeout_s: float) -> Frame | None:
        """Return the newest unseen frame, or None if none came within `timeout_s`.

        Raises
        ------
        VisionError
            For one bad picture among others; the next call goes on with the next one.
        """

    def seek(self, index: int) -> None:
        """Seek to the frame of that number; ignored by live sources."""

    def stop(self) -> None:
        """Stop; returns at once and soon releases the device."""
