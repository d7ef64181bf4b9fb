"""A cursor on the decision map for people who use the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from gui.build.map.plane_map import PlaneMap

__all__ = ["PlaneKeys"]

_STEPS = 40
_FINE_STEPS = 200
_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class PlaneKeys(QObject):
    """Arrows move the cursor (Shift: finely), Space presses at it, Space again lets go.

    With the tools that add and erase a press is a click; with the dragging tool the point under the
    cursor is picked up by the first Space, carried by the arrows and put down by the second.

    Attributes
    ----------
    carries
        Whether a press picks the point up until the next one.

    Signals
    -------
    cursor_moved(float, float)
        The cursor's place, in data units.
    """

    cursor_moved = Signal(float, float)

    def __init__(self, canvas: PlaneMap) -> None:
        super().__init__(canvas)
        self._map = canvas
        self._place: tuple[float, float] | None = None
        self._holds = False
        self.carries = False
        canvas.installEventFilter(self)

    def set_enabled(self, enabled: bool) -> None:
        """Take keys only where there are points to edit; elsewhere they belong to the window."""
        policy = Qt.FocusPolicy.StrongFocus if enabled else Qt.FocusPolicy.NoFocus
        self._map.setFocusPolicy(policy)
        if not enabled and self._map.hasFocus():
            self._map.clearFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the keys while the map has the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        if event.type() == QEvent.Type.FocusOut:
            self._let_go()
            self._map.show_cursor(None)
        elif event.type() == QEvent.Type.FocusIn and self._map.is_keyboard_focus(event):
            self._map.show_cursor(self._at())
        return False

    def _at(self) -> tuple[float, float]:
        """Return the cursor's place, kept within the map."""
        x_low, x_high, y_low, y_high = self._map.bounds
        x, y = self._place or (0.5 * (x_low + x_high), 0.5 * (y_low + y_high))
        self._place = (min(max(x, x_low), x_high), min(max(y, y_low), y_high))
        return self._place

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _MOVES:
            self._move(
                *_MOVES[key], fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._press()
        elif key == Qt.Key.Key_Escape and self._holds:
            self._let_go()
        else:
            return False
        return True

    def _move(self, across: int, up: int, fine: bool) -> None:
        x_low, x_high, y_low, y_high = self._map.bounds
        steps = _FINE_STEPS if fine else _STEPS
        x, y = self._at()
        self._place = (x + across * (x_high - x_low) / steps, y + up * (y_high - y_low) / steps)
        place = self._at()
        self._map.show_cursor(place)
        if self._holds:
            self._map.dragged.emit(*place)
        self.cursor_moved.emit(*place)

    def _press(self) -> None:
        if self._holds:
            self._let_go()
            return
        x, y = self._at()
        self._map.show_cursor((x, y))
        self._map.pressed.emit(x, y, self._map.under(self._map.to_px(x, y)))
        if self.carries:
            self._holds = True
        else:
            self._map.released.emit()

    def _let_go(self) -> None:
        if self._holds:
            self._holds = False
            self._map.released.emit()
