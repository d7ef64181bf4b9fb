"""Changes on their way to a trainer, from whatever thread asks for them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Event

from model.training.messages import Message, SetData

__all__ = ["Inbox"]


class Inbox:
    """Hold what was posted until the trainer takes it.

    Attributes
    ----------
    waiting
        What has not been taken yet, oldest first. Its truth is asked once a step, so that a step
        without mail costs no call; only :meth:`take` takes from it.

    Notes
    -----
    Only :meth:`post` may be called from another thread.
    """

    def __init__(self) -> None:
        self.waiting: deque[Message] = deque()
        self._has_come = Event()

    def post(self, message: Message) -> None:
        """Hand over a change."""
        self.waiting.append(message)
        self._has_come.set()

    def take(self) -> Iterator[Message]:
        """Yield what has come, oldest first; of data that others replace at once only the last."""
        self._has_come.clear()
        while self.waiting:
            message = self.waiting.popleft()
            if not (isinstance(message, SetData) and self._is_replaced_at_once()):
                yield message

    def wait(self, seconds: float) -> None:
        """Wait until something comes, at the longest for so many seconds."""
        self._has_come.wait(seconds)

    def _is_replaced_at_once(self) -> bool:
        """Tell whether other data follow those just taken: reading a large file costs a second."""
        following = self.waiting[0] if self.waiting else None
        return isinstance(following, SetData) and following.split is not None
