"""Tell that an event has come from the window system."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject

__all__ = ["Witness"]


class Witness(QObject):
    """Notice when an event of some type comes from the window system."""

    def __init__(self, wanted: QEvent.Type) -> None:
        super().__init__()
        self._wanted = wanted
        self.seen = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count what comes from outside, once each: at the window it comes to."""
        if event.type() == self._wanted and event.spontaneous() and watched.isWindowType():
            self.seen += 1
        return False
