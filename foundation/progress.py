"""Progress of long work, reported on the worker's own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

type ShouldStop = Callable[[], bool]
"""Asked now and then by work whether it is to end."""

_listener: ContextVar[Callable[[float], None] | None] = ContextVar("listener", default=None)


@contextmanager
def reported_to(listener: Callable[[float], None]) -> Iterator[None]:
    """Call `listener` with the share done, 0 to 1, while this block works on this thread.

    What the listener raises ends the work.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(share: float) -> None:
    """Report that `share` of the work is done; without a listener do nothing."""
    listener = _listener.get()
    if listener is not None:
        listener(share)


def never() -> bool:
    """Never ask the work to stop."""
    return False
