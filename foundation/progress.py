"""Progress of long work, reported on the worker's own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

type ShouldStop = Callable[[], bool]
"""Returns whether the work should stop; called repeatedly by the work."""

_listener: ContextVar[Callable[[float], None] | None] = ContextVar("listener", default=None)


@contextmanager
def reported_to(listener: Callable[[float], None]) -> Iterator[None]:
    """Call `listener` with the share done, 0 to 1, while this block runs on this thread.

    An exception raised by the listener ends the work.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(share: float) -> None:
    """Report that `share` of the work is done; do nothing if there is no listener."""
    listener = _listener.get()
    if listener is not None:
        listener(share)


def never_stop() -> bool:
    """Return ``False``: never stop the work."""
    return False
