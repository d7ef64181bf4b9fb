"""Tell when all that an X server has sent so far has come to the application."""

from __future__ import annotations

import ctypes
import struct

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QDeadlineTimer, QEventLoop
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

__all__ = ["Echo"]

_CONFIGURE_NOTIFY = 22
# What is in it: its type, its number, the window told, the one moved, the one below, and x.
_EVENT = struct.Struct("=BxHIIIh")
_MAX_MS = 20_000


class Echo(QAbstractNativeEventFilter):
    """Call to the X server and listen for the answer.

    Notes
    -----
    The call moves a window that is never shown. The server tells of it on the connection that keys
    and clicks come by, and X keeps the order of what it tells: once the answer is heard, the events
    sent before it have been heard too. Which of them Qt hands on or drops plays no part.
    """

    def __init__(self) -> None:
        super().__init__()
        self._window = QWindow()
        self._window.create()
        self._id = int(self._window.winId())
        self._called = self._heard = 0

    def await_answer(self) -> None:
        """Handle events until all that the server has sent before this call has been handled."""
        app = QApplication.instance()
        assert app is not None
        self._called += 1
        mine, deadline = self._called, QDeadlineTimer(_MAX_MS)
        app.installNativeEventFilter(self)
        self._window.setX(mine)
        # A click may run a menu's own loop in here, and what is done there calls and hears anew.
        while self._heard < mine:
            assert not deadline.hasExpired(), "the X server does not answer"
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        app.removeNativeEventFilter(self)
        QApplication.processEvents()

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> bool:
        """Hear the answer; let everything through."""
        event = ctypes.string_at(int(message), _EVENT.size)
        code, _, _, moved, _, x = _EVENT.unpack(event)
        if code == _CONFIGURE_NOTIFY and moved == self._id:
            self._heard = x
        return False
