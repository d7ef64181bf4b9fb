"""Who draws in which frame while training runs flat out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

__all__ = ["Turns"]

_BURST_S = 0.05


class Turns:
    """Show a state in all of several parts, or in a burst of frames in one part after another.

    The drawing of the network follows every frame; nobody reads a loss curve, a map and a table
    sixty times a second each. In a burst (frames less than 50 ms apart) each part therefore has
    every third frame, half a frame after the drawing, which leaves the event loop and the training
    their time (docs/adr/0037-panels-take-turns.md). A single frame, as in slow training, shows
    everything, and so does whoever asks for it at the end of a run.

    Parameters
    ----------
    parts
        What to call, each a cheap or dear show of one panel.
    clock
        Seconds that only grow; a test brings its own.
    """

    def __init__(
        self, parts: Sequence[Callable[[], None]], clock: Callable[[], float] = perf_counter
    ) -> None:
        self._parts = list(parts)
        self._clock = clock
        self._next = 0
        self._last = float("-inf")
        self._is_due = False

    def show_all(self) -> None:
        """Show every part now."""
        self._last = self._clock()
        self._is_due = False
        for part in self._parts:
            part()

    def show_frame(self) -> None:
        """Show every part now, or in a burst leave the next one to :meth:`show_next`."""
        now = self._clock()
        if now - self._last < _BURST_S:
            self._last, self._is_due = now, True
        else:
            self.show_all()

    def show_next(self) -> None:
        """Show the part whose turn it is, if a frame of a burst has left one."""
        if not self._is_due:
            return
        self._is_due = False
        part = self._parts[self._next]
        self._next = (self._next + 1) % len(self._parts)
        part()
