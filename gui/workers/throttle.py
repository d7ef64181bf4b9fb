"""Pass on the newest of many values a few times a second."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QObject, QTimer, Signal


class Throttle(QObject):
    """Hold values back that come faster than they can be read; the newest is always passed on.

    Signals
    -------
    due(object)
        A value to show; at most one an interval, unless `flush` was called.

    Parameters
    ----------
    interval_ms
        The time between two values.
    """

    due = Signal(object)

    def __init__(self, interval_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._interval_s = interval_ms / 1000
        self._passed_s = -math.inf  # the clock may begin when the machine does
        self._waiting: object = None
        # A value is passed on together with what else its moment brings, so that all is painted
        # once; only the last of them has to wait for the timer.
        self._last = QTimer(self, singleShot=True, interval=2 * interval_ms)
        self._last.timeout.connect(self.flush)

    def put(self, value: object) -> None:
        """Pass `value` on, now or when the interval is over, in place of one that waits."""
        self._waiting = value
        if time.perf_counter() >= self._passed_s + self._interval_s:
            self.flush()
        elif not self._last.isActive():
            self._last.start()

    def flush(self) -> None:
        """Pass on at once what waits."""
        value, self._waiting = self._waiting, None
        self._last.stop()
        if value is not None:
            self._passed_s = time.perf_counter()
            self.due.emit(value)

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting = None
        self._last.stop()
