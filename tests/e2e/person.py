"""A person at the window: moves a real pointer, presses real keys, drops real files.

Under X (xcb) everything goes through the X server by xdotool, so that Qt gets exactly what a person
would cause. On other platforms the same calls are made by QTest.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QElapsedTimer,
    QMimeData,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QUrl,
)
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMainWindow, QMenu, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from tests.e2e.echo import Echo

__all__ = ["Person"]

_SOURCE = Path(__file__).with_name("drag_source.py")
_X_KEYS = {
    "Space": "space",
    "Enter": "Return",
    "Del": "Delete",
    "/": "slash",
    **{key: key for key in ("Escape", "Tab", "Left", "Right", "Up", "Down", "Home", "End")},
    **{f"F{n}": f"F{n}" for n in range(1, 13)},
}
_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}
_BUTTONS = {
    "left": (1, Qt.MouseButton.LeftButton),
    "middle": (2, Qt.MouseButton.MiddleButton),
    "right": (3, Qt.MouseButton.RightButton),
}
_WAIT_MS = 20_000
_MOST_TABS = 150
_BESIDE_PX = 16


class Person:
    """Someone who sees `window` and uses mouse and keyboard.

    Attributes
    ----------
    real
        Whether events go through an X server.
    """

    def __init__(self, qtbot: QtBot, window: QMainWindow) -> None:
        self._qtbot = qtbot
        self.window = window
        self.real = QGuiApplication.platformName() == "xcb"
        if self.real:
            assert shutil.which("xdotool"), "xdotool is missing; `make test` installs it"
        self._echo = Echo() if self.real else None
        self._clicked_at, self._since_click = QPoint(), QElapsedTimer()

    # -- Seeing ------------------------------------------------------------------------------------

    def find[W: QWidget](self, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
        """Return the widget with the object name `name`, one that is visible if there is any."""
        found = self.window.findChildren(kind, name)
        assert found, f"no {kind.__name__} is named {name!r}"
        return next((widget for widget in found if widget.isVisible()), found[-1])

    def wait(self, condition: Callable[[], bool], what: str, timeout_ms: int = _WAIT_MS) -> None:
        """Wait until `condition` holds, or fail saying `what` did not happen."""
        self._qtbot.waitUntil(lambda: _holds(condition, what), timeout=timeout_ms)

    @property
    def focus(self) -> str:
        """Name of the widget that has the keyboard."""
        widget = QApplication.focusWidget()
        return "" if widget is None else widget.objectName()

    # -- Mouse -------------------------------------------------------------------------------------

    def _visible(self, target: str | QWidget) -> QWidget:
        widget = self.find(target) if isinstance(target, str) else target
        self.wait(widget.isVisible, f"{widget.objectName()} is visible")
        return widget

    def hover(self, target: str | QWidget, at: QPoint | None = None) -> None:
        """Move the pointer over a widget, in a few steps as a hand does."""
        widget = self._visible(target)
        point = at or widget.rect().center()
        for beside in (QPoint(3, 2), QPoint(0, 0)):
            if self.real:
                self._point(widget.mapToGlobal(point + beside))
            else:
                QTest.mouseMove(widget, point + beside)
        QApplication.processEvents()

    def click(
        self,
        target: str | QWidget,
        at: QPoint | None = None,
        button: str = "left",
        keys: str = "",
        times: int = 1,
    ) -> None:
        """Click in the middle of a widget, or at a point of it, `keys` (``"Shift"``) held."""
        widget = self._visible(target)
        point = at or widget.rect().center()
        number, qt_button = _BUTTONS[button]
        if self.real:
            where = widget.mapToGlobal(point)
            self._leave_time_since_click(where)
            self._point(where)
            self._holding(keys, *_clicks(times), str(number))
            self._clicked_at = where
            self._since_click.start()
        else:
            modifiers = _MODIFIERS.get(keys, Qt.KeyboardModifier.NoModifier)
            QTest.mouseClick(widget, qt_button, modifiers, point)
            if times > 1:
                QTest.mouseDClick(widget, qt_button, modifiers, point)

    def _leave_time_since_click(self, where: QPoint) -> None:
        """Wait until a click at the place of the last one is no longer half of a double click."""
        if (where - self._clicked_at).manhattanLength() < _BESIDE_PX and self._since_click.isValid():
            needed_ms = QApplication.doubleClickInterval()
            self.wait(lambda: self._since_click.hasExpired(needed_ms), "the last click is over")

    def drag(self, target: str | QWidget, start: QPoint, end: QPoint, steps: int = 5) -> None:
        """Press at `start`, move to `end`, let go."""
        widget = self._visible(target)
        places = [start + (end - start) * k / steps for k in range(1, steps + 1)]
        if self.real:
            self._point(widget.mapToGlobal(start))
            self._xdotool("mousedown", "1")
            for place in places:
                self._point(widget.mapToGlobal(place))
            self._xdotool("mouseup", "1")
            return
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, pos=start)
        for place in places:
            QTest.mouseMove(widget, place)
        QTest.mouseRelease(widget, left, pos=end)

    def wheel(self, target: str | QWidget, at: QPoint, notches: int, keys: str = "") -> None:
        """Turn the wheel `notches` away from the body (negative: towards it)."""
        widget = self._visible(target)
        if self.real:
            self._point(widget.mapToGlobal(at))
            for _ in range(abs(notches)):
                self._holding(keys, *_clicks(1), "4" if notches > 0 else "5")
            return
        event = QWheelEvent(
            QPointF(at),
            QPointF(widget.mapToGlobal(at)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            _MODIFIERS.get(keys, Qt.KeyboardModifier.NoModifier),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def choose_tab(self, index: int) -> None:
        """Click a tab of the header."""
        tabs = self.find("tabs", QTabBar)
        self.click(tabs, tabs.tabRect(index).center())
        self.wait(lambda: tabs.currentIndex() == index, f"tab {index} is chosen")

    def choose(self, name: str, text: str) -> None:
        """Open a list by a click and click the entry that reads `text`."""
        combo = self.find(name, QComboBox)
        self.click(combo, QPoint(combo.width() - 8, combo.height() // 2))
        view = combo.view()
        self.wait(view.isVisible, f"the list of {name} is open")
        index = combo.findText(text)
        assert index >= 0, f"{name} offers no {text!r}"
        view.scrollTo(combo.model().index(index, 0))
        self.click(view.viewport(), view.visualRect(combo.model().index(index, 0)).center())
        self.wait(lambda: not view.isVisible(), f"the list of {name} is closed")

    def pick(self, button: str, *names: str) -> None:
        """Open a button's menu by a click and click through to an action by object names.

        Notes
        -----
        A tool button may run its menu in a loop of its own, in which only timers and events are
        served; so each click waits for its menu in a timer.
        """
        left = list(names)
        timer = QTimer()
        timer.setInterval(15)

        def on_timeout() -> None:
            menu = QApplication.activePopupWidget()
            while isinstance(menu, QMenu) and left and _action(menu, left[0]) is None:
                active = menu.activeAction()
                inner = None if active is None else active.menu()
                if not isinstance(inner, QMenu) or not inner.isVisible():
                    return
                menu = inner
            if not isinstance(menu, QMenu) or not menu.isVisible():
                return
            action = _action(menu, left[0])
            assert action is not None
            left.pop(0)
            if not left:
                timer.stop()
            self.click(menu, menu.actionGeometry(action).center())

        timer.timeout.connect(on_timeout)
        timer.start()
        self.click(button)
        self.wait(lambda: not left, f"{button} > {' > '.join(names)} is clicked", 5000)

    def click_in_menu(self, name: str) -> None:
        """Click an action of the menu that has been opened at the pointer."""
        self.wait(
            lambda: isinstance(QApplication.activePopupWidget(), QMenu), "a menu is open", 5000
        )
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = _action(menu, name)
        assert action is not None, f"the menu has no {name}"
        self.click(menu, menu.actionGeometry(action).center())

    def drop(self, path: Path, target: QWidget, done: Callable[[], bool]) -> None:
        """Drag the file `path` from another program's window onto `target`."""
        point = target.rect().center()
        if not self.real:
            _send_drop(self.window, target.mapTo(self.window, point), path)
            self.wait(done, f"{path.name} has been dropped")
            return
        source = subprocess.Popen([sys.executable, str(_SOURCE), str(path)], stdout=subprocess.PIPE)
        try:
            assert source.stdout is not None
            x, y = map(int, source.stdout.readline().split())
            self._xdotool("mousemove", str(x), str(y), "mousedown", "1")
            goal = target.mapToGlobal(point)
            self.window.setProperty("drag_seen", False)
            for step in range(1, 11):
                self._point(
                    QPoint(x + (goal.x() - x) * step // 10, y + (goal.y() - y) * step // 10)
                )
                QTest.qWait(30)  # a drag is a conversation between three programs; let it be held
            self._xdotool("mouseup", "1")
            self.wait(done, f"{path.name} has been dropped")
        finally:
            source.kill()
            source.wait()
            source.stdout.close() if source.stdout else None

    # -- Keyboard ----------------------------------------------------------------------------------

    def press(self, key: str, times: int = 1) -> None:
        """Press a key or a chord, written as in ``Ctrl+Z``."""
        if not self.real:
            for _ in range(times):
                QTest.keySequence(QApplication.focusWidget() or self.window, key)
            return
        *modifiers, last = key.split("+")
        chord = [m.lower() for m in modifiers] + [
            _X_KEYS.get(last, last.lower() if modifiers else last)
        ]
        keys = ["+".join(chord)] * times
        self._xdotool("key", "--delay", "1", *keys)

    def type(self, text: str) -> None:
        """Type `text` into what has the focus."""
        if self.real:
            self._xdotool("type", "--delay", "1", "--", text)
        else:
            QTest.keyClicks(QApplication.focusWidget(), text)

    def reach(self, name: str) -> None:
        """Press Tab until the widget called `name` has the keyboard."""
        for _ in range(_MOST_TABS):
            if self.focus == name:
                return
            self.press("Tab")
        raise AssertionError(f"Tab never comes to {name!r}")

    def push(self, name: str, by_keyboard: bool) -> None:
        """Press a button with the mouse, or go there by Tab and press Space."""
        if by_keyboard:
            self.reach(name)
            self.press("Space")
        else:
            self.click(name)

    def press_menu_entry(self, *texts: str) -> None:
        """Open the menu of the button that has the keyboard, and go by keys to the entry `texts`.

        All but the last of them name the menus within the menu that lead there.
        """
        left = list(texts)
        timer = QTimer()
        timer.setInterval(15)
        steps = 0

        def on_timeout() -> None:
            nonlocal steps
            menu = QApplication.activePopupWidget()
            if not isinstance(menu, QMenu) or not menu.isVisible():
                return
            active = menu.activeAction()
            if active is None or active.text() != left[0]:
                steps += 1
                assert steps < 40, f"the menu has no {left[0]!r}"
                self.press("Down")
                return
            left.pop(0)
            if not left:
                timer.stop()
            self.press("Right" if left else "Enter")

        timer.timeout.connect(on_timeout)
        timer.start()
        self.press("Space")
        self.wait(lambda: not timer.isActive(), f"{' > '.join(texts)} is chosen", 5000)

    def enter(self, name: str, text: str, by_keyboard: bool = False) -> None:
        """Replace what a field holds and press Enter."""
        if by_keyboard:
            self.reach(name)
        else:
            field = self.find(name)
            self.click(field, QPoint(12, field.height() // 2))
        self.press("Ctrl+A")
        self.type(text)
        self.press("Enter")

    # -- X -----------------------------------------------------------------------------------------

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
        assert self._echo is not None
        self._echo.await_answer()


def _clicks(times: int) -> tuple[str, ...]:
    """Return the command for clicks, without the tenth of a second that it rests after each."""
    return "click", "--repeat", str(times), "--delay", "10"


def _action(menu: QMenu, name: str) -> QAction | None:
    """Return the action of a menu, or of the submenu, with an object name."""
    for action in menu.actions():
        inner = action.menu()
        if action.objectName() == name:
            return action
        if isinstance(inner, QMenu) and inner.objectName() == name:
            return action
    return None


def _holds(condition: Callable[[], bool], what: str) -> None:
    assert condition(), f"waited in vain: {what}"


def _send_drop(window: QWidget, point: QPoint, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    target = window.childAt(point) or window
    while target is not window and not target.acceptDrops():
        target = target.parentWidget() or window
    local = target.mapFrom(window, point)
    copy, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, QDragEnterEvent(local, copy, data, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(local), copy, data, left, none))
