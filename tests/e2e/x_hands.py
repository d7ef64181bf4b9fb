"""Hands that move an X server's own pointer and keys, so that Qt gets just what a person causes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QPointF
from PySide6.QtGui import QDragMoveEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from tests.e2e.echo import Echo

__all__ = ["XHands"]

_SOURCE = Path(__file__).with_name("drag_source.py")
_KEYS = {
    "Space": "space",
    "Enter": "Return",
    "Del": "Delete",
    "/": "slash",
    **{key: key for key in ("Escape", "Tab", "Left", "Right", "Up", "Down", "Home", "End")},
    **{f"F{n}": f"F{n}" for n in range(1, 13)},
}
_BUTTONS = {"left": "1", "middle": "2", "right": "3"}
_WHEEL_UP, _WHEEL_DOWN = "4", "5"
_BESIDE_PX = 16
_MAX_AIMS = 5


class XHands:
    """Do everything by xdotool, and go on when the application has handled what came of it.

    Parameters
    ----------
    wait
        Waits for a condition, and says what did not happen.
    """

    def __init__(self, wait: Callable[[Callable[[], bool], str], None]) -> None:
        assert shutil.which("xdotool"), "xdotool is missing; `make test` installs it"
        self._wait = wait
        self._echo = Echo()
        self._clicked_at, self._since_click = QPoint(), QElapsedTimer()

    # -- Mouse -------------------------------------------------------------------------------------

    def hover(self, widget: QWidget, at: QPoint) -> None:
        """Move the pointer over a widget, in a few steps as a hand does."""
        for beside in (QPoint(3, 2), QPoint(0, 0)):
            self._point(widget.mapToGlobal(at + beside))

    def click(self, widget: QWidget, at: QPoint, button: str, keys: str, times: int) -> None:
        """Click, apart from the click before where both are at one place."""
        for _ in range(_MAX_AIMS):
            where = self._aim(widget, at)
            pressed = _Pressed(widget)
            self._holding(keys, *_clicks(times), _BUTTONS[button])
            self._clicked_at = where
            self._since_click.start()
            if pressed.is_met or not isValid(widget) or widget.mapToGlobal(at) == where:
                return  # what has moved away from under the pointer is clicked again

    def _aim(self, widget: QWidget, at: QPoint) -> QPoint:
        """Point at a place of a widget, again as long as it moves meanwhile, and return where."""
        self._leave_time_since_click(widget.mapToGlobal(at))
        for _ in range(_MAX_AIMS):
            where = widget.mapToGlobal(at)
            self._point(where)
            if not isValid(widget) or widget.mapToGlobal(at) == where:
                break
        return where

    def _leave_time_since_click(self, where: QPoint) -> None:
        """Wait until a click at the place of the last one is no longer half of a double click."""
        is_near = (where - self._clicked_at).manhattanLength() < _BESIDE_PX
        if is_near and self._since_click.isValid():
            needed_ms = QApplication.doubleClickInterval()
            self._wait(lambda: self._since_click.hasExpired(needed_ms), "the last click is over")

    def drag(self, widget: QWidget, start: QPoint, places: Sequence[QPoint]) -> None:
        """Press the left button at `start`, go through `places`, let go at the last of them."""
        self._point(widget.mapToGlobal(start))
        self._xdotool("mousedown", "1")
        for place in places:
            self._point(widget.mapToGlobal(place))
        self._xdotool("mouseup", "1")

    def hold(self, widget: QWidget, await_done: Callable[[], None]) -> None:
        """Press the left button on a widget, and let go when `await_done` returns."""
        self._point(widget.mapToGlobal(widget.rect().center()))
        self._xdotool("mousedown", "1")
        try:
            await_done()
        finally:
            self._xdotool("mouseup", "1")

    def wheel(self, widget: QWidget, at: QPoint, notches: int, keys: str) -> None:
        """Turn the wheel notch by notch."""
        self._point(widget.mapToGlobal(at))
        for _ in range(abs(notches)):
            self._holding(keys, *_clicks(1), _WHEEL_UP if notches > 0 else _WHEEL_DOWN)

    def drop(self, path: Path, target: QWidget, await_done: Callable[[], None]) -> None:
        """Drag the file from another program's window, there until `await_done` returns."""
        source = subprocess.Popen([sys.executable, str(_SOURCE), str(path)], stdout=subprocess.PIPE)
        try:
            assert source.stdout is not None
            x, y = map(int, source.stdout.readline().split())
            self._xdotool("mousemove", str(x), str(y), "mousedown", "1")
            assert source.stdout.readline(), "the drag begins"
            goal, beside = target.mapToGlobal(target.rect().center()), QPoint(1, 0)
            dragged = _Dragged()

            def is_there() -> bool:
                # A pointer at rest tells the source nothing: it may have moved before it was asked.
                for place in (goal - beside, goal):
                    self._point(place)
                return dragged.is_at(goal)

            self._wait(is_there, f"{path.name} is over the target")
            self._xdotool("mouseup", "1")
            await_done()
        finally:
            source.kill()
            source.wait()
            source.stdout.close() if source.stdout else None

    # -- Keyboard ----------------------------------------------------------------------------------

    def press(self, key: str, times: int) -> None:
        """Press a key or a chord, written as in ``Ctrl+Z``."""
        *modifiers, last = key.split("+")
        chord = [modifier.lower() for modifier in modifiers]
        chord.append(_KEYS.get(last, last.lower() if modifiers else last))
        self._xdotool("key", "--delay", "1", *["+".join(chord)] * times)

    def type(self, text: str) -> None:
        """Type `text` into what has the focus."""
        self._xdotool("type", "--delay", "1", "--", text)

    # -- The server --------------------------------------------------------------------------------

    def _point(self, where: QPoint) -> None:
        self._xdotool("mousemove", str(where.x()), str(where.y()))

    def _holding(self, keys: str, *arguments: str) -> None:
        """Do `arguments` while modifier keys are held."""
        if keys:
            self._xdotool("keydown", keys.lower())
        self._xdotool(*arguments)
        if keys:
            self._xdotool("keyup", keys.lower())

    def _xdotool(self, *arguments: str) -> None:
        """Do `arguments` and wait until the application has handled the events they cause."""
        subprocess.run(["xdotool", *arguments], check=True)
        self._echo.await_answer()


class _Pressed(QObject):
    """Whether a widget, or what is in it, has got the press of a button of the mouse."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = widget
        self.is_met = False
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the press; let everything through."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            is_in = watched is self._widget
            self.is_met |= is_in or (isValid(self._widget) and self._widget.isAncestorOf(watched))
        return False


class _Dragged(QObject):
    """Where something was last dragged over the application, on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._where: QPointF | None = None
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def is_at(self, place: QPoint) -> bool:
        """Tell whether it was within a pixel of a place."""
        where = self._where
        return where is not None and (where.toPoint() - place).manhattanLength() <= 1

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note where the drag is; let everything through."""
        if isinstance(event, QDragMoveEvent) and isinstance(watched, QWidget):
            self._where = watched.mapToGlobal(event.position())
        return False


def _clicks(times: int) -> tuple[str, ...]:
    """Return the command for clicks, without the tenth of a second that it rests after each."""
    return "click", "--repeat", str(times), "--delay", "10"
