"""Reading each file once while something is made that asks for it more than once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

__all__ = ["once", "reading_once"]

_read: ContextVar[dict[Hashable, Any] | None] = ContextVar("read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Keep what is read in this block, on this thread, until its end."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def once[T](key: Hashable, read: Callable[[], T]) -> T:
    """Return what `read` returns; in :func:`reading_once` it is called once for a key."""
    known = _read.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    result: T = known[key]
    return result
