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
    every third frame or so, which leaves the time for training
    (docs/adr/0037-panels-take-turns.md). A single frame, as in slow training, shows everything, and
    so does whoever asks for it at the end of a run.

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

    def show_all(self) -> None:
        """Show every part now."""
        self._last = self._clock()
        for part in self._parts:
            part()

    def show_frame(self) -> None:
        """Show every part, or the next one where frames come in a burst."""
        now = self._clock()
        burst, self._last = now - self._last < _BURST_S, now
        if not burst:
            self.show_all()
            return
        part = self._parts[self._next]
        self._next = (self._next + 1) % len(self._parts)
        part()
