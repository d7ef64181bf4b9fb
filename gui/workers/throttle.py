"""Passes on the latest of many values a few times per second."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

READING_MS = 100
"""Update interval of continuously changing figures that users read."""


class Throttle[T]:
    """Delays values that come too fast; the latest is always passed on.

    Parameters
    ----------
    interval_ms
        Minimum time between two values.
    show
        Called with a value; at most once per interval, unless `flush` is called.
    parent
        Owner of the timer.
    """

    def __init__(self, interval_ms: int, show: Callable[[T], None], parent: QObject) -> None:
        self._show = show
        self._interval_s = interval_ms / 1000
        self._passed_s = -math.inf  # the clock may begin when the machine does
        self._waiting: T | None = None
        # A value is passed on together with what else its moment brings, so that all is painted
        # once; only the last of them has to wait for the timer.
        self._last = QTimer(parent, singleShot=True)
        self._last.setInterval(2 * interval_ms)
        self._last.timeout.connect(self.flush)

    def put(self, value: T) -> None:
        """Pass `value` on, now or after the interval, replacing a waiting one."""
        self._waiting = value
        if time.perf_counter() >= self._passed_s + self._interval_s:
            self.flush()
        elif not self._last.isActive():
            self._last.start()

    def flush(self) -> None:
        """Pass the waiting value on immediately."""
        value, self._waiting = self._waiting, None
        self._last.stop()
        if value is not None:
            self._passed_s = time.perf_counter()
            self._show(value)

    def drop(self) -> None:
        """Drop the waiting value."""
        self._waiting = None
        self._last.stop()
