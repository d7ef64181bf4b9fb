"""The focus ring, shown for keyboard focus and not after a click."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from gui.widgets.basic import set_role

_CAME_BY_KEYS = Qt.WidgetAttribute.WA_KeyboardFocusChange
"""Set by Qt on a window when Tab, an arrow key or a mnemonic moves the focus."""
_IN_SHORTCUTS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_HELD = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)


def should_draw_focus_ring(widget: QWidget) -> bool:
    """Return whether a widget that paints its own ring should show it."""
    return widget.hasFocus() and widget.property("ring") != "false"


class FocusRing(QObject):
    """Sets the property ``ring``, for which the style sheet draws a focus ring.

    The ring appears when the focus moves by a key, and at the first key press after a click. When
    the focus moves otherwise, as when a dialog opens or a list closes, the ring is shown if the
    last focused widget had one.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("focus_ring")
        self._by_keys = False
        self._clicked: QWidget | None = None
        app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        self._stop_watching()
        if now is None:
            return
        window, held = now.window(), QApplication.keyboardModifiers()
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._by_keys = False
        elif window.testAttribute(_CAME_BY_KEYS) or held & _IN_SHORTCUTS:
            self._by_keys = True
        window.setAttribute(_CAME_BY_KEYS, False)
        set_role(now, ring="true" if self._by_keys else "false")
        if not self._by_keys:
            self._clicked = now
            now.installEventFilter(self)

    def _stop_watching(self) -> None:
        """Stop watching for keys."""
        if self._clicked is not None and isValid(self._clicked):
            self._clicked.removeEventFilter(self)
        self._clicked = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the ring once a clicked widget gets a key press."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() not in _HELD
            and isinstance(watched, QWidget)
        ):
            self._stop_watching()
            self._by_keys = True
            set_role(watched, ring="true")
            watched.update()
        return False
