"""What can wait until a person sees something."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


def after_first_paint(widget: QWidget, do: Callable[[], object], delay_ms: int = 0) -> None:
    """Do something once, so long after `widget` has been painted for the first time from now on."""
    _FirstPaint(widget, do, delay_ms)


class _FirstPaint(QObject):
    def __init__(self, widget: QWidget, do: Callable[[], object], delay_ms: int) -> None:
        super().__init__(widget)
        self._do, self._delay_ms = do, delay_ms
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let go of the widget when it is painted, and of this object after that."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(self._delay_ms, self, self._end)
        return super().eventFilter(watched, event)

    def _end(self) -> None:
        self.deleteLater()
        self._do()
