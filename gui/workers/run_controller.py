"""A run on a thread: its mailbox, its state, and the timer that reads it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from gui.workers.gate import WorkerGate


class Mailbox[T]:
    """Passes the newest value from a worker thread to the GUI thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None

    def put(self, value: T) -> None:
        """Store `value`, replacing an unread one (any thread)."""
        with self._lock:
            self._value = value

    def take(self) -> T | None:
        """Return and clear the value, or ``None`` (any thread)."""
        with self._lock:
            value, self._value = self._value, None
            return value


FRAME_MS = 16
HALF_FRAME_MS = FRAME_MS // 2

Work = Callable[[Callable[[], bool], Callable[[Any], None]], Any]
Failed = Callable[[Exception, str], None]


class RunState(Enum):
    """The state of a controller's thread."""

    IDLE = auto()
    RUNNING = auto()
    STOPPING = auto()


class _WorkerThread(QThread):
    """Runs `work` and keeps its outcome for the GUI thread to read after ``finished``.

    Attributes
    ----------
    result
        Return value of `work`.
    error, error_text
        The exception that ended it and its traceback, or ``None`` and ``""``.
    """

    def __init__(
        self,
        work: Work,
        should_stop: Callable[[], bool],
        publish: Callable[[Any], None],
        gives_way: bool,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._gives_way = gives_way
        self._should_stop = should_stop
        self._publish = publish
        self.result: Any = None
        self.error: Exception | None = None
        self.error_text = ""

    def run(self) -> None:
        """Run the work on this thread."""
        if self._gives_way:
            from vision.priority import lower_priority  # late: not for the first picture

            lower_priority()
        try:
            self.result = self._work(self._should_stop, self._publish)
        except Exception as error:  # noqa: BLE001 - a worker's failure of any kind is reported
            from vision.errors import as_value  # late: hardly any work fails

            self.error_text = traceback.format_exc()
            self.error = as_value(error)


class RunController(QObject):
    """Owns a worker thread, its mailbox, the display timer and the state.

    Parameters
    ----------
    completed, cancelled, failed
        Exactly one of them is called when a run ends, after the latest value was shown: `completed`
        with the work's result, `cancelled` with its result after a requested stop (by default
        `completed`), or `failed` with the exception and its traceback.
    updated
        Called with the latest published value, at most once every ``FRAME_MS``.
    gives_way
        Whether ``should_stop()`` blocks the work whenever the event loop is late, and its thread
        has a lower priority; otherwise the work waits only while `gate` is held.

    Attributes
    ----------
    state
        State of the thread.
    gate
        Pauses the work while the window needs the interpreter.

    Signals
    -------
    between_frames()
        Half a frame after `updated`, and while there are no new values: a time to draw whatever
        does not belong to that frame, so that neither blocks the event loop for long.

    Thread
    ------
    Lives in the GUI thread, which receives all calls. The work gets ``should_stop()`` and
    ``publish(value)``.
    """

    between_frames = Signal()

    def __init__(
        self,
        parent: QObject | None,
        completed: Callable[[Any], object],
        failed: Failed,
        *,
        cancelled: Callable[[Any], object] | None = None,
        updated: Callable[[Any], object] = lambda value: None,
        gives_way: bool = False,
    ) -> None:
        super().__init__(parent)
        self._completed, self._cancelled = completed, cancelled or completed
        self._failed, self._updated = failed, updated
        self._gives_way = gives_way
        self.state = RunState.IDLE
        self._mailbox: Mailbox[Any] = Mailbox()
        self._stop = threading.Event()
        self._thread: _WorkerThread | None = None
        self.gate = WorkerGate(self)
        self._is_between = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(HALF_FRAME_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_idle(self) -> bool:
        """Whether no thread is running."""
        return self.state is RunState.IDLE

    def start(self, work: Work) -> None:
        """Start `work` on a new thread; raise if one is running."""
        if not self.is_idle:
            raise RuntimeError(
                "A run is still going on; request_stop() and wait for its end first."
            )
        self._mailbox = Mailbox()
        self._is_between = False
        self._stop = threading.Event()
        self._thread = _WorkerThread(
            work, self._should_stop(), self._mailbox.put, self._gives_way, self
        )
        self._thread.finished.connect(self._on_thread_finished)
        self.gate.note_event_loop_alive()
        self.state = RunState.RUNNING
        self._timer.start()
        self._thread.start()

    def request_stop(self) -> None:
        """Ask the work to stop, without waiting; it ends with `cancelled`."""
        if self.state is RunState.RUNNING:
            self._stop.set()
            self.state = RunState.STOPPING

    def _should_stop(self) -> Callable[[], bool]:
        """Return this run's stop check, which also waits for the window."""
        gate, is_set = self.gate, self._stop.is_set
        gives_way = self._gives_way

        def should_stop() -> bool:
            if gate.holds:  # asked once a step, so a call is worth saving
                gate.wait()
            if gives_way:
                gate.wait_while_late()
            return is_set()

        return should_stop

    def _show_newest(self) -> bool:
        value = self._mailbox.take()
        if value is None:
            return False
        with self.gate.paused():
            self._updated(value)
        return True

    def _on_timer_timeout(self) -> None:
        self.gate.note_event_loop_alive()
        self._is_between = not self._is_between and self._show_newest()
        if not self._is_between:
            self.between_frames.emit()

    def _on_thread_finished(self) -> None:
        thread = self._thread
        if thread is None:
            return
        self._thread = None
        self._timer.stop()
        stopped = self._stop.is_set()
        self._show_newest()
        self.state = RunState.IDLE
        thread.deleteLater()
        if thread.error is not None:
            self._failed(thread.error, thread.error_text)
        elif stopped:
            self._cancelled(thread.result)
        else:
            self._completed(thread.result)
