"""What every source of frames offers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol

from vision.errors import VisionError
from vision.pictures.pixels import Picture


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture from a source.

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
        """Return how long ago it was captured, in milliseconds."""
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
        """True if frames come by the clock, so that late ones are dropped."""

    @property
    def ended(self) -> bool:
        """True after the last frame; a seek may start it again."""

    @property
    def dropped(self) -> int:
        """How many frames were passed over because newer ones were there."""

    @property
    def trouble(self) -> VisionError | None:
        """What is wrong now (unplugged, stalled); None while frames come. Retried by itself."""

    def start(self) -> None:
        """Begin; never blocks on a device.

        Raises
        ------
        VisionError
            If a file cannot be used at all.
        """

    def next_frame(self, timeout_s: float) -> Frame | None:
        """Return the newest frame not seen before, or None if none came within `timeout_s`.

        Raises
        ------
        VisionError
            For one bad picture among others; the next call goes on with the next one.
        """

    def seek(self, index: int) -> None:
        """Make the frame of that number the next one; ignored by live sources."""

    def stop(self) -> None:
        """End; returns at once and leaves no device open for long."""
