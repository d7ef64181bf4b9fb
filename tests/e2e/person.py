"""A person at the window: sees what is there, and says what the hands shall do.

Under X (xcb) everything goes through the X server, so that Qt gets exactly what a person would
cause: :mod:`tests.e2e.x_hands`. On other platforms QTest does it: :mod:`tests.e2e.qt_hands`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import overload

from PySide6.QtCore import QEvent, QPoint, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from tests.e2e.hands import Hands
from tests.e2e.qt_hands import QtHands
from tests.e2e.x_hands import XHands

__all__ = ["Person"]

_WAIT_MS = 20_000
_MAX_TABS = 150


class Person:
    """Someone who sees `window` and uses mouse and keyboard.

    Attributes
    ----------
    real
        Whether events go through an X server.
    """

    def __init__(self, qtbot: QtBot, window: GlassnetWindow) -> None:
        self._qtbot = qtbot
        self.window = window
        self.real = QGuiApplication.platformName() == "xcb"
        self._hands: Hands = XHands(self.wait) if self.real else QtHands(window)

    # -- Seeing ------------------------------------------------------------------------------------

    @overload
    def find(self, name: str) -> QWidget: ...
    @overload
    def find[W: QWidget](self, name: str, kind: type[W]) -> W: ...
    def find(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """Return the widget with the object name `name`, one that is visible if there is any."""
        found = self.window.findChildren(kind, name)
        assert found, f"no {kind.__name__} is named {name!r}"
        return next((widget for widget in found if widget.isVisible()), found[-1])

    def wait(self, condition: Callable[..., bool], what: str, timeout_ms: int = _WAIT_MS) -> None:
        """Wait until `condition` holds, or fail saying `what` did not happen.

        It is called without arguments; a lambda in a loop has the loop's variable as its default.
        """
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
        # What has just been shown is where a person sees it only once all is laid out.
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        return widget

    def hover(self, target: str | QWidget, at: QPoint | None = None) -> None:
        """Move the pointer over a widget, in a few steps as a hand does."""
        widget = self._visible(target)
        self._hands.hover(widget, at or widget.rect().center())
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
        self._hands.click(widget, at or widget.rect().center(), button, keys, times)

    def drag(self, target: str | QWidget, start: QPoint, end: QPoint, steps: int = 5) -> None:
        """Press at `start`, move to `end`, let go."""
        widget = self._visible(target)
        places = [start + (end - start) * k / steps for k in range(1, steps + 1)]
        self._hands.drag(widget, start, places)

    def hold(self, target: str, condition: Callable[[], bool], what: str) -> None:
        """Hold the button of the mouse down on a widget until `condition` holds."""
        self._hands.hold(self._visible(target), lambda: self.wait(condition, what))

    def wheel(self, target: str | QWidget, at: QPoint, notches: int, keys: str = "") -> None:
        """Turn the wheel `notches` away from the body (negative: towards it)."""
        self._hands.wheel(self._visible(target), at, notches, keys)

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
        self._hands.drop(path, target, lambda: self.wait(done, f"{path.name} has been dropped"))

    # -- Keyboard ----------------------------------------------------------------------------------

    def press(self, key: str, times: int = 1) -> None:
        """Press a key or a chord, written as in ``Ctrl+Z``."""
        self._hands.press(key, times)

    def type(self, text: str) -> None:
        """Type `text` into what has the focus."""
        self._hands.type(text)

    def reach(self, name: str, key: str = "Tab") -> None:
        """Press Tab, or Shift+Tab, until the widget called `name` has the keyboard."""
        for _ in range(_MAX_TABS):
            if self.focus == name:
                return
            self.press(key)
        raise AssertionError(f"{key} never comes to {name!r}")

    def push(self, name: str, by_keyboard: bool) -> None:
        """Press a button with the mouse, or go there by Tab and press Space."""
        if by_keyboard:
            self.reach(name)
            self.press("Space")
        else:
            self.click(name)

    def press_menu_entry(self, *entries: str) -> None:
        """Open the menu of the button that has the keyboard, and go by keys to an entry.

        All but the last of `entries`, texts or object names, are the menus within the menu that
        lead there.
        """
        left = list(entries)
        timer = QTimer()
        timer.setInterval(15)
        steps = 0

        def on_timeout() -> None:
            nonlocal steps
            menu = QApplication.activePopupWidget()
            if not isinstance(menu, QMenu) or not menu.isVisible():
                return
            active = menu.activeAction()
            if active is None or left[0] not in _names_of(active):
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
        self.wait(lambda: not timer.isActive(), f"{' > '.join(entries)} is chosen", 5000)

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


def _action(menu: QMenu, name: str) -> QAction | None:
    """Return the action of a menu, or of the submenu, with an object name."""
    for action in menu.actions():
        inner = action.menu()
        if action.objectName() == name:
            return action
        if isinstance(inner, QMenu) and inner.objectName() == name:
            return action
    return None


def _names_of(action: QAction) -> tuple[str, ...]:
    """Return what an entry of a menu may be called."""
    inner = action.menu()
    name = inner.objectName() if isinstance(inner, QMenu) else action.objectName()
    return action.text(), name


def _holds(condition: Callable[[], bool], what: str) -> None:
    assert condition(), f"waited in vain: {what}"
