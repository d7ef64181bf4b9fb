"""A mailbox with one slot: the newest value wins, an unread older one is dropped and counted."""

from __future__ import annotations

import threading

__all__ = ["Mailbox"]


class Mailbox[T]:
    """Hand the newest value from a worker thread to the GUI thread.

    Attributes
    ----------
    dropped
        How many values were replaced before anyone took them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None
        self.dropped = 0

    def put(self, value: T) -> None:
        """Store `value`, replacing what was not taken (any thread)."""
        with self._lock:
            if self._value is not None:
                self.dropped += 1
            self._value = value

    def take(self) -> T | None:
        """Return and empty the slot, or ``None`` (any thread)."""
        with self._lock:
            value, self._value = self._value, None
            return value
