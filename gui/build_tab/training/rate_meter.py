"""How fast training goes."""

from __future__ import annotations

from time import perf_counter

__all__ = ["RateMeter"]

WINDOW_S = 0.5


class RateMeter:
    """Measure epochs a second over the last half second.

    Attributes
    ----------
    epochs_per_second
        0 at rest.
    """

    def __init__(self) -> None:
        self.epochs_per_second = 0.0
        self._mark = (0.0, 0)

    def begin(self, epoch: int) -> None:
        """Measure from now on, from an epoch on."""
        self._mark = (perf_counter(), epoch)

    def note(self, epoch: int) -> None:
        """Know the epoch that training has come to."""
        now = perf_counter()
        since, before = self._mark
        if now - since >= WINDOW_S:
            self.epochs_per_second = (epoch - before) / (now - since)
            self._mark = (now, epoch)

    def end(self) -> None:
        """Be at rest."""
        self.epochs_per_second = 0.0
