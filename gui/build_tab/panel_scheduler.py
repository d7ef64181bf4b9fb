"""Who draws in which frame while training runs flat out, and after an edit that is dear to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 0.25
_SHARE = 0.0125
_WHILE_S = 0.008
"""In a turn at rest no further part is begun after so long."""


class PanelScheduler:
    """Show a state in all of several parts, or in one part after another.

    The drawing of the network follows every frame; nobody reads a loss curve, a map and a table
    sixty times a second each, and training stands still while they are drawn. In a run each part is
    therefore shown when its turn has come, one between two frames: twenty times a second, or more
    seldom where it would take more than an eightieth of the time
    (docs/adr/0037-panels-take-turns.md). What is for reading says itself how often it is shown.
    Every part comes to show the last state, also where no other frame follows.

    At rest a state that every part lays out anew would hold the window too long in one turn of the
    event loop: :meth:`show_more` shows some in each of the next few.

    Parameters
    ----------
    parts
        What to call, each a cheap or dear show of one panel. Each returns after how many seconds
        it is to be shown again, ``None`` where that depends on how long it takes.
    hold
        Holds training up until what is shown from now on is drawn, and then calls its argument
        with the seconds it took.
    clock
        Seconds that only grow; a test brings its own.
    """

    def __init__(
        self,
        parts: Sequence[Callable[[], float | None]],
        hold: Callable[[Callable[[float], None]], None],
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._parts = list(parts)
        self._hold = hold
        self._clock = clock
        self._due = [float("-inf")] * len(self._parts)
        self._steps: list[float | None] = [None] * len(self._parts)
        self._stale: dict[int, None] = {}  # in the order in which they came to be so

    def show_all(self) -> None:
        """Show every part now."""
        self._stale.clear()
        for part in self._parts:
            part()

    def show_frame(self) -> None:
        """Leave every part to :meth:`show_next` or :meth:`show_more`."""
        self._stale |= dict.fromkeys(range(len(self._parts)))

    def show_first(self) -> None:
        """Show the first part now, and leave the others to :meth:`show_more`."""
        self.show_frame()
        del self._stale[0]
        self._parts[0]()

    def show_more(self) -> bool:
        """Show those that have waited longest, for a while; tell whether more wait."""
        end = self._clock() + _WHILE_S
        while self._stale and self._clock() < end:
            index = next(iter(self._stale))
            del self._stale[index]
            self._parts[index]()
        return bool(self._stale)

    def show_next(self) -> None:
        """Show the part whose turn has come first, if any shows an older state."""
        now = self._clock()
        index = min(self._stale, key=self._due.__getitem__, default=-1)
        if index < 0 or self._due[index] > now:
            return
        del self._stale[index]

        def drawn(seconds: float) -> None:
            if self._steps[index] is None:
                pause = min(max(seconds / _SHARE, _SHORTEST_PAUSE_S), _LONGEST_PAUSE_S)
                self._due[index] = now + pause

        was_due, self._due[index] = self._due[index], now + _LONGEST_PAUSE_S
        self._hold(drawn)
        step = self._steps[index] = self._parts[index]()
        if step is not None:  # of when it was due: a turn that came late makes no other one late
            self._due[index] = max(was_due, now - step / 2) + step
