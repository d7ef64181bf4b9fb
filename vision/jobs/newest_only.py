"""Process the newest of many values on separate threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

MAX_AT_ONCE: Final = 2


class NewestOnly[T]:
    """Passes values to worker threads that process the newest one and skip older ones.

    All methods must be called from one other thread.

    Attributes
    ----------
    at_once
        Number of values processed in parallel: 1 or `MAX_AT_ONCE`; may be changed by any thread.
    passed_over
        Number of values replaced or dropped before they were processed.

    Parameters
    ----------
    work
        Called on a worker thread with a value and the number of the thread. Thread 1 starts a value
        only while thread 0 is busy.
    prepare
        Called once on each worker thread before any work, on one thread at a time.
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
            for number in range(MAX_AT_ONCE)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, value: T) -> None:
        """Pass a value, replacing one that has not been taken.

        Raises
        ------
        Exception
            The exception that `work` raised for an earlier value.
        """
        self._raise_error()
        with self._news:
            self._drop_waiting()
            self._waiting.append(value)
            self._news.notify_all()

    def wait_for_room(self, timeout_s: float) -> None:
        """Wait until no value is waiting, at most `timeout_s` seconds."""
        with self._news:
            self._news.wait_for(lambda: not self._waiting, timeout_s)

    def settle(self) -> None:
        """Drop waiting values and wait until no work is in progress; raises as `put` does."""
        with self._news:
            self._drop_waiting()
            self._news.wait_for(lambda: not self._busy)
        self._raise_error()

    def close(self) -> None:
        """End the threads once their current work is finished."""
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
