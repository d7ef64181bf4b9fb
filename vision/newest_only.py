"""Work on the newest of many values, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable


class NewestOnly[T]:
    """Hand values to a thread that works on one at a time and passes over the older ones.

    All methods belong to one other thread.

    Attributes
    ----------
    passed_over
        How many values were replaced or dropped before their turn came.

    Parameters
    ----------
    work
        Called with one value after the other, on the thread.
    prepare
        Called once before, on the thread.
    """

    def __init__(
        self, work: Callable[[T], None], prepare: Callable[[], None] = lambda: None
    ) -> None:
        self.passed_over = 0
        self._work, self._prepare = work, prepare
        self._news = threading.Condition()
        self._waiting: list[T] = []
        self._is_busy = self._is_closed = False
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="newest-only")
        self._thread.start()

    def put(self, value: T) -> None:
        """Hand over a value, in place of one whose turn has not come.

        Raises
        ------
        Exception
            What the work on an earlier value raised.
        """
        self._raise_error()
        with self._news:
            self._drop_waiting()
            self._waiting.append(value)
            self._news.notify_all()

    def wait_for_room(self, timeout_s: float) -> None:
        """Return as soon as no value waits for its turn, at the latest after `timeout_s`."""
        with self._news:
            self._news.wait_for(lambda: not self._waiting, timeout_s)

    def settle(self) -> None:
        """Drop what waits, and return when nothing is being worked on; raises as `put` does."""
        with self._news:
            self._drop_waiting()
            self._news.wait_for(lambda: not self._is_busy)
        self._raise_error()

    def close(self) -> None:
        """End the thread after what it is doing."""
        with self._news:
            self._is_closed = True
            self._news.notify_all()
        self._thread.join()

    def _drop_waiting(self) -> None:
        self.passed_over += len(self._waiting)
        self._waiting.clear()

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self) -> None:
        self._prepare()
        while True:
            with self._news:
                self._news.wait_for(lambda: self._is_closed or bool(self._waiting))
                if self._is_closed:
                    return
                value = self._waiting.pop()
                self._is_busy = True
                self._news.notify_all()
            try:
                self._work(value)
            except Exception as error:  # noqa: BLE001 - raised again on the other thread
                self._error = error
            finally:
                with self._news:
                    self._is_busy = False
                    self._news.notify_all()
