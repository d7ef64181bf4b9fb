"""Reading large files on a worker thread, with progress and cancellation."""

from __future__ import annotations

from collections.abc import Callable

from foundation.progress import reported_to
from gui.workers import Work


class _Cancelled(Exception):
    """Raised when the user has cancelled the reading."""


def reading[T](make: Callable[[], T]) -> Work:
    """Return a job that reads files while the window stays responsive.

    It publishes the share read, 0 to 1.

    Parameters
    ----------
    make
        Reads files and returns the result; called on the worker.
    """

    def work(should_stop: Callable[[], bool], publish: Callable[[float], None]) -> T | None:
        def watch(share: float) -> None:
            if should_stop():
                raise _Cancelled
            publish(share)

        try:
            with reported_to(watch):
                return make()
        except _Cancelled:
            return None

    return work
