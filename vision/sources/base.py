"""The protocol of frame sources."""

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
        Index in the source, from 0, counting dropped frames.
    name
        Name of the source with the frame's number, counted from 1.
    read_ms
        Time to capture and decode it, in milliseconds.
    captured_s
        Time of capture, on the clock of `time.perf_counter`.
    """

    picture: Picture
    index: int
    name: str
    read_ms: float = 0.0
    captured_s: float = field(default_factory=time.perf_counter)

    def age_ms(self) -> float:
        """Return the time since capture, in milliseconds."""
        return (time.perf_counter() - self.captured_s) * 1e3


class FrameSource(Protocol):
    """A source of frames, used by one worker thread.

    Attributes
    ----------
    name
        Name on the stage and in errors.
    length
        Number of frames, or None if unknown.
    """

    name: str
    length: int | None

    @property
    def is_paced(self) -> bool:
        """Whether frames follow the clock, so that late ones are dropped."""

    @property
    def ended(self) -> bool:
        """Whether the last frame has been read; seeking may restart the source."""

    @property
    def dropped(self) -> int:
        """The number of frames skipped because newer ones were available."""

    @property
    def trouble(self) -> VisionError | None:
        """The current problem (unplugged, stalled), which is retried; None while frames arrive."""

    def start(self) -> None:
        """Start the source; never blocks on a device.

        Raises
        ------
        VisionError
            If a file cannot be used at all.
        """

    def next_frame(self, timeout_s: float) -> Frame | None:
        """Return the newest unread frame, or None if none arrives within `timeout_s`.

        Raises
        ------
        VisionError
            For a single bad picture; the next call continues with the next one.
        """

    def seek(self, index: int) -> None:
        """Seek to a frame, counted from 0; ignored by live sources."""

    def stop(self) -> None:
        """Stop without waiting; the device is released soon after."""
