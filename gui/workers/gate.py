"""Pauses the worker while the GUI thread runs Python, as both compete for the interpreter."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QObject

_LONGEST_WAIT_S = 0.1
_LATE_S = 0.016
_AFTER_PAINTING = -100  # Qt posts repaints with priority -1; this comes after them
_ALL_IS_DRAWN = QEvent.Type(QEvent.registerEventType())


class WorkerGate(QObject):
    """Pauses a worker while the GUI thread runs Python.

    Two Python threads share one interpreter lock: a frame that takes 5 ms alone takes 40 ms with a
    busy worker, because the GUI thread loses the lock at every call into Qt and waits for the
    worker to release it again. Pausing one thread costs less than letting both compete
    (docs/adr/0036-the-worker-waits-for-the-frame.md). What Qt draws without Python needs no lock:
    :meth:`paused` lets the worker continue meanwhile, :meth:`pause_until_painted` does not.

    A worker that reads text in Python needs no holds: it waits whenever the event loop is late.

    Attributes
    ----------
    holds
        Number of active holds; while it is 0, a worker need not call :meth:`wait`.

    Thread
    ------
    :meth:`wait` and :meth:`wait_while_late` in the worker, all else in the GUI thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clear = threading.Event()
        self._clear.set()
        self.holds = 0
        self._alive = threading.Event()
        self._alive_at = perf_counter()
        self._awaited: deque[tuple[float, Callable[[float], None]]] = deque()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pause the worker until the block ends."""
        self._pause()
        try:
            yield
        finally:
            self._resume()

    def pause_until_painted(self, drawn: Callable[[float], None] = lambda seconds: None) -> None:
        """Pause the worker until everything posted so far has been painted.

        Parameters
        ----------
        drawn
            Called afterwards with the elapsed time in seconds.
        """
        self._pause()
        self._awaited.append((perf_counter(), drawn))
        QCoreApplication.postEvent(self, QEvent(_ALL_IS_DRAWN), _AFTER_PAINTING)

    def note_event_loop_alive(self) -> None:
        """Note that the event loop is running; called every few milliseconds."""
        self._alive_at = perf_counter()
        self._alive.set()

    def wait_while_late(self) -> None:
        """Block until the event loop has run recently, at most 0.1 s."""
        if perf_counter() - self._alive_at > _LATE_S:
            self._alive.clear()
            self._alive.wait(_LONGEST_WAIT_S)

    def wait(self) -> None:
        """Block until nothing pauses the worker, at most 0.1 s."""
        if not self._clear.is_set():
            self._clear.wait(_LONGEST_WAIT_S)

    def _pause(self) -> None:
        self.holds += 1
        self._clear.clear()

    def _resume(self) -> None:
        self.holds -= 1
        if not self.holds:
            self._clear.set()

    def event(self, event: QEvent) -> bool:
        """Resume the worker when everything is painted."""
        if event.type() == _ALL_IS_DRAWN:
            started, drawn = self._awaited.popleft()
            self._resume()
            drawn(perf_counter() - started)
            return True
        return super().event(event)
