"""Distributes drawing over frames during training, and after expensive edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from gui.workers.throttle import READING_MS

_SHORTEST_S, _LONGEST_S = READING_MS / 1000, 0.25
_SHARE = 0.04
_WHILE_S, _WHILE_TRAINING_S = 0.008, 0.002
"""Seconds after which no further part is updated in a turn, at rest and in a run."""


class PanelScheduler:
    """Shows a state in all of several parts, or in one after another.

    The drawing of the network follows every frame; nobody reads a loss curve, a map and a table
    sixty times a second each, and training pauses while they are drawn. In a run they are therefore
    updated in rounds: each part once, one or a few cheap ones between two frames, all with the same
    state (docs/adr/0036). A round starts ten times a second, or less often if the parts would take
    more than a twenty-fifth of the time.

    At rest, an edit for which every part needs a new layout would block the window for too long in
    one turn of the event loop: :meth:`show_more` updates some parts in each of the next turns.

    Parameters
    ----------
    parts
        Functions that each update one panel.
    hold
        Holds training until the following updates are drawn, then calls its argument with the
        seconds this took.
    clock
        Returns monotonic seconds; replaceable in tests.
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
        self._stale: dict[int, None] = {}  # in the order in which they came to be so

    def show_all(self) -> None:
        """Update every part now."""
        self._stale.clear()
        for part in self._parts:
            part()

    def show_first(self) -> None:
        """Update the first part now, and leave the others to :meth:`show_more`."""
        self._stale |= dict.fromkeys(range(1, len(self._parts)))
        self._stale.pop(0, None)
        self._parts[0]()

    def show_more(self) -> bool:
        """Update the longest-waiting parts for a limited time; return whether more are waiting."""
        return self._show_for(_WHILE_S)

    def begin_round(self) -> bool:
        """Start a round for a new state of a run; return whether one was due.

        By then every part has shown the previous state.
        """
        now = self._clock()
        due = self._begun_s + min(max(self._spent_s / _SHARE, _SHORTEST_S), _LONGEST_S)
        if self._stale or now < due:
            return False
        # Of when it was due: a round that begins late makes no other one late.
        self._begun_s = due if now - due < _SHORTEST_S / 2 else now
        self._spent_s = 0.0
        self._stale = dict.fromkeys(range(len(self._parts)))
        return True

    def show_next(self) -> None:
        """Update the next part of the round, and the cheap ones after it."""
        if self._stale:
            self._hold(self._spend)
            self._show_for(_WHILE_TRAINING_S)

    def _spend(self, seconds: float) -> None:
        self._spent_s += seconds

    def _show_for(self, seconds: float) -> bool:
        end = self._clock() + seconds
        while self._stale and self._clock() < end:
            index = next(iter(self._stale))
            del self._stale[index]
            self._parts[index]()
        return bool(self._stale)
