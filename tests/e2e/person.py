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

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QTabBar, QWidget
from pytestqt.qtbot import QtBot

__all__ = ["Person"]

_SOURCE = Path(__file__).with_name("drag_source.py")
_X_KEYS = {"Space": "space", "Enter": "Return", "Escape": "Escape", "Tab": "Tab"}
_WAIT_MS = 20_000


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

    def find[W: QWidget](self, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
        """Return the widget with the object name `name`."""
        widget = self.window.findChild(kind, name)
        assert widget is not None, f"no {kind.__name__} is named {name!r}"
        return widget

    def wait(self, condition: Callable[[], bool], what: str, timeout_ms: int = _WAIT_MS) -> None:
        """Wait until `condition` holds, or fail saying `what` did not happen."""
        self._qtbot.waitUntil(lambda: _holds(condition, what), timeout=timeout_ms)

    def click(self, target: str | QWidget, at: QPoint | None = None) -> None:
        """Click the left button in the middle of a widget, or at a point of it."""
        widget = self.find(target) if isinstance(target, str) else target
        self.wait(widget.isVisible, f"{widget.objectName()} is visible")
        point = at or widget.rect().center()
        if self.real:
            self._point(widget.mapToGlobal(point))
            self._xdotool("click", "1")
        else:
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=point)

    def choose_tab(self, index: int) -> None:
        """Click a tab of the header."""
        tabs = self.find("tabs", QTabBar)
        self.click(tabs, tabs.tabRect(index).center())
        self.wait(lambda: tabs.currentIndex() == index, f"tab {index} is chosen")

    def press(self, key: str) -> None:
        """Press a key or a chord, written as in ``Ctrl+Z``."""
        if self.real:
            *modifiers, last = key.split("+")
            chord = [m.lower() for m in modifiers] + [
                _X_KEYS.get(last, last.lower() if modifiers else last)
            ]
            self._xdotool("key", "+".join(chord))
        else:
            QTest.keySequence(QApplication.focusWidget() or self.window, key)

    def type(self, text: str) -> None:
        """Type `text` into what has the focus."""
        if self.real:
            self._xdotool("type", "--delay", "1", text)
        else:
            QTest.keyClicks(QApplication.focusWidget(), text)

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

    def _point(self, where: QPoint) -> None:
        self._xdotool("mousemove", str(where.x()), str(where.y()))

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True)
        QApplication.processEvents()


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
