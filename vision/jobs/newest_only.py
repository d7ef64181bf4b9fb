"""Process the newest of many values on separate threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

MOST_AT_ONCE: Final = 2


class NewestOnly[T]:
    """Passes values to threads that take one at a time and skip older ones.

    All methods belong to one other thread.

    Attributes
    ----------
    at_once
        On how many values may be worked at the same time: 1 or `MOST_AT_ONCE`; may be changed by
        any thread.
    passed_over
        How many values were replaced or dropped before their turn came.

    Parameters
    ----------
    work
        Called with one value after the other and the number of the thread, on that thread. Thread 1
        begins only while thread 0 is at work.
    prepare
        Called once on each thread before, on one after the other.
    """

    def __init__(
        self, work: Callable[[T, int], None], prepare: Callable[[], None] = lambda: None
    ) -> None:
        self.at_once = 1
        self.passed_over = 0
        self._work, self._prepare = work, prepare
        self._news = threading.Condition()
        self._waiting: list[T] = []
        self._busy = 0
        self._is_closed = False
        self._error: Exception | None = None
        self._threads = [
            threading.Thread(target=self._run, args=(number,), name=f"newest-only {number}")
            for number in range(MOST_AT_ONCE)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, value: T) -> None:
        """Pass a value, replacing one that has not been taken.

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
        """Return as soon as no value is waiting, at the latest after `timeout_s`."""
        with self._news:
            self._news.wait_for(lambda: not self._waiting, timeout_s)

    def settle(self) -> None:
        """Drop what is waiting and return when nothing is in progress; raises as `put` does."""
        with self._news:
            self._drop_waiting()
            self._news.wait_for(lambda: not self._busy)
        self._raise_error()

    def close(self) -> None:
        """End the threads after their present work."""
        with self._news:
            self._is_closed = True
            self._news.notify_all()
        for thread in self._threads:
            thread.join()

    def _drop_waiting(self) -> None:
        self.passed_over += len(self._waiting)
        self._waiting.clear()

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _has_work(self, number: int) -> bool:
        return bool(self._waiting) and number <= self._busy < self.at_once

    def _run(self, number: int) -> None:
        with self._news:
            self._prepare()
        while True:
            with self._news:
                self._news.wait_for(lambda: self._is_closed or self._has_work(number))
                if self._is_closed:
                    return
                value = self._waiting.pop()
                self._busy += 1
                self._news.notify_all()
            try:
                self._work(value, number)
            except Exception as error:  # noqa: BLE001 - raised again on the other thread
                self._error = error
            finally:
                with self._news:
                    self._busy -= 1
                    self._news.notify_all()
