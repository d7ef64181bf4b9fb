"""Answers to so many rows that they are worked out on a worker, once nothing else happens."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from gui.build_tab.map.fields import Reading
from gui.build_tab.state import BuildState
from gui.workers import RunController

__all__ = ["SlowReadings"]

PAUSE_MS = 80


class SlowReadings(QObject):
    """Have the answers to all rows of a state at hand, a while after they were asked for.

    Signals
    -------
    ready()
        The answers to what was asked last can be had.

    Thread
    ------
    GUI thread; the answers are worked out on the controller's.
    """

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: BuildState | None = None
        self._readings: tuple[Reading, Reading] | None = None
        self._closing = False
        self.runner = RunController(self)
        self.runner.completed.connect(self._on_completed)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._start)

    def of(self, state: BuildState, test: bool) -> Reading | None:
        """Return a state's answers; where they are not known they are worked out by and by."""
        if self._readings is not None and self._readings[0].state is state:
            return self._readings[test]
        self._wanted = state
        if not self._closing:
            self._timer.start()
        return None

    def request_close(self) -> bool:
        """Work nothing out any more; return ``True`` when nothing is under way."""
        self._closing = True
        self._timer.stop()
        self.runner.request_stop()
        return self.runner.is_idle

    def resume(self) -> None:
        """Go on, because the window stays open after all."""
        self._closing = False
        if self._wanted is not None:
            self._timer.start()

    def _start(self) -> None:
        state = self._wanted
        if state is None or not self.runner.is_idle:
            return

        def work(
            should_stop: Callable[[], bool], publish: Callable[[object], None]
        ) -> tuple[Reading, Reading]:
            readings = Reading(state, False), Reading(state, True)
            for reading in readings:
                if len(reading.x) and not should_stop():
                    _ = reading.accuracy, reading.outcomes
            return readings

        self._wanted = None
        self.runner.start(work)

    def _on_completed(self, readings: tuple[Reading, Reading]) -> None:
        self._readings = readings
        if self._wanted is not None:
            self._timer.start()
        else:
            self.ready.emit()
