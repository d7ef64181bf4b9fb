"""Who draws in which frame while training runs flat out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

__all__ = ["Turns"]

_BURST_S = 0.05
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 0.25
_SHARE = 0.02


class Turns:
    """Show a state in all of several parts, or in a burst of frames in one part after another.

    The drawing of the network follows every frame; nobody reads a loss curve, a map and a table
    sixty times a second each, and training stands still while they are drawn. In a burst (frames
    less than 50 ms apart) each part is therefore shown when its turn has come, half a frame after
    the drawing: twenty times a second, or more seldom where it would take more than a fiftieth of
    the time (docs/adr/0037-panels-take-turns.md). A single frame, as in slow training, shows
    everything, and so does whoever asks for it at the end of a run.

    Parameters
    ----------
    parts
        What to call, each a cheap or dear show of one panel.
    hold
        Holds training up until what is shown from now on is drawn, and then calls its argument
        with the seconds it took.
    clock
        Seconds that only grow; a test brings its own.
    """

    def __init__(
        self,
        parts: Sequence[Callable[[], None]],
        hold: Callable[[Callable[[float], None]], None],
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._parts = list(parts)
        self._hold = hold
        self._clock = clock
        self._due = [0.0] * len(self._parts)
        self._last = float("-inf")
        self._is_waiting = False

    def show_all(self) -> None:
        """Show every part now."""
        self._last = self._clock()
        self._is_waiting = False
        for part in self._parts:
            part()

    def show_frame(self) -> None:
        """Show every part now, or in a burst leave the next one to :meth:`show_next`."""
        now = self._clock()
        if now - self._last < _BURST_S:
            self._last, self._is_waiting = now, True
        else:
            self.show_all()

    def show_next(self) -> None:
        """Show the part whose turn has come first, if a frame of a burst has left any."""
        now = self._clock()
        index = min(range(len(self._parts)), key=self._due.__getitem__)
        if not self._is_waiting or self._due[index] > now:
            return
        self._is_waiting = False

        def drawn(seconds: float) -> None:
            pause = min(max(seconds / _SHARE, _SHORTEST_PAUSE_S), _LONGEST_PAUSE_S)
            self._due[index] = now + pause

        self._due[index] = now + _LONGEST_PAUSE_S
        self._hold(drawn)
        self._parts[index]()
