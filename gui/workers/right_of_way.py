"""The worker waits while the window draws a frame, so that neither fights for the interpreter."""

from __future__ import annotations

import threading

from PySide6.QtCore import QCoreApplication, QEvent, QObject

__all__ = ["RightOfWay"]

_LONGEST_WAIT_S = 0.1
_AFTER_PAINTING = -100  # Qt posts repaints with priority -1; this comes after them
_FRAME_IS_DRAWN = QEvent.Type(QEvent.registerEventType())


class RightOfWay(QObject):
    """Hold up a worker from the moment a frame is begun until it is painted.

    Two Python threads share one interpreter lock: a frame that takes 5 ms alone takes 40 ms beside
    a busy worker, because the lock is lost at every call into Qt and won back only after the
    other's turn. One of them waiting costs less than both of them fighting
    (docs/adr/0036-the-worker-waits-for-the-frame.md).

    Thread
    ------
    :meth:`begin_frame` in the GUI thread, :meth:`wait` in the worker.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clear = threading.Event()
        self._clear.set()

    def begin_frame(self) -> None:
        """Hold up the worker until everything posted from now on has been painted."""
        self._clear.clear()
        QCoreApplication.postEvent(self, QEvent(_FRAME_IS_DRAWN), _AFTER_PAINTING)

    def wait(self) -> None:
        """Return as soon as no frame is being drawn, at the latest after 0.1 s."""
        if not self._clear.is_set():
            self._clear.wait(_LONGEST_WAIT_S)

    def event(self, event: QEvent) -> bool:
        """Let the worker go on when the frame is painted."""
        if event.type() == _FRAME_IS_DRAWN:
            self._clear.set()
            return True
        return super().event(event)
