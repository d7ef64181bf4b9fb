"""Which panel is drawn in which frame while training runs flat out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter

from gui.workers.throttle import READING_MS

_SHORTEST_S, _LONGEST_S = READING_MS / 1000, 0.25
_SHARE = 0.04
_TURN_S = 0.002
"""Between two frames no further part is begun after so long."""


class PanelScheduler:
    """Show a state in all of several parts at rest, and in one part after another in a run.

    The drawing of the network follows every frame; nobody reads a loss curve, a map and a table
    sixty times a second each, and training stands still while they are drawn. In a run they are
    therefore shown in rounds: each part once, one or a few cheap ones between two frames, all of
    them the same state (docs/adr/0036). A round begins ten times a second, or
    more seldom where the parts would take more than a twenty-fifth of the time.

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
        self._begun_s, self._spent_s = float("-inf"), 0.0
        self._waiting: deque[Callable[[], None]] = deque()

    def show_all(self) -> None:
        """Show every part now."""
        self._waiting.clear()
        for part in self._parts:
            part()

    def begin_round(self) -> bool:
        """Begin to show another state in a run; tell whether that was due.

        Every part has then shown the one before.
        """
        now = self._clock()
        due = self._begun_s + min(max(self._spent_s / _SHARE, _SHORTEST_S), _LONGEST_S)
        if self._waiting or now < due:
            return False
        # Of when it was due: a round that begins late makes no other one late.
        self._begun_s = due if now - due < _SHORTEST_S / 2 else now
        self._spent_s = 0.0
        self._waiting.extend(self._parts)
        return True

    def show_next(self) -> None:
        """Show the next part of the round, and the cheap ones after it."""
        if self._waiting:
            self._hold(self._spend)
            end = self._clock() + _TURN_S
            while self._waiting and self._clock() < end:
                self._waiting.popleft()()

    def _spend(self, seconds: float) -> None:
        self._spent_s += seconds
