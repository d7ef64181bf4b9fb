"""Work deferred until the user sees something."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


def after_first_paint(widget: QWidget, do: Callable[[], object], delay_ms: int = 0) -> None:
    """Call a function once, `delay_ms` after `widget` is next painted."""
    timer = _FirstPaintTimer(widget, singleShot=True)
    timer.setInterval(delay_ms)
    timer.timeout.connect(timer.deleteLater)
    timer.timeout.connect(do)
    widget.installEventFilter(timer)


class _FirstPaintTimer(QTimer):
    """A timer started by the first paint."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Release the widget when it is painted."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self.start()
        return super().eventFilter(watched, event)
