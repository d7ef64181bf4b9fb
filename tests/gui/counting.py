"""How often a widget gets an event."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject


class Counter(QObject):
    """Count one kind of event.

    Attributes
    ----------
    count
        How many there were.
    """

    def __init__(self, watched: QObject, kind: QEvent.Type) -> None:
        super().__init__(watched)
        self._kind = kind
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count the event and let it through."""
        self.count += event.type() == self._kind
        return False
