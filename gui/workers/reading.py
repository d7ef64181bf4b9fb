"""Reading large files on a worker thread, with progress and a way out."""

from __future__ import annotations

from collections.abc import Callable

from foundation.progress import reported_to
from gui.workers import Work


class _Cancelled(Exception):
    """The user has cancelled the reading."""


def reading[T](make: Callable[[], T]) -> Work:
    """Return work that makes something from files while the window stays responsive.

    It publishes the share that is read, 0 to 1.

    Parameters
    ----------
    make
        Reads files; called on the worker.
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
