"""Hands that make Qt's own events, where there is no X server to move a pointer of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

__all__ = ["QtHands"]

_BUTTONS = {
    "left": Qt.MouseButton.LeftButton,
    "middle": Qt.MouseButton.MiddleButton,
    "right": Qt.MouseButton.RightButton,
}
_NONE = Qt.KeyboardModifier.NoModifier
_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}
_NOTCH = 120


class QtHands:
    """Do everything by QTest; keys go to `window` where nothing has the focus."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window

    # -- Mouse -------------------------------------------------------------------------------------

    def hover(self, widget: QWidget, at: QPoint) -> None:
        """Move the pointer over a widget, in a few steps as a hand does."""
        for beside in (QPoint(3, 2), QPoint(0, 0)):
            QTest.mouseMove(widget, at + beside)

    def click(self, widget: QWidget, at: QPoint, button: str, keys: str, times: int) -> None:
        """Press and release a button of the mouse while a modifier is held."""
        modifiers = _MODIFIERS.get(keys, _NONE)
        QTest.mouseClick(widget, _BUTTONS[button], modifiers, at)
        if times > 1:
            QTest.mouseDClick(widget, _BUTTONS[button], modifiers, at)

    def drag(self, widget: QWidget, start: QPoint, places: Sequence[QPoint]) -> None:
        """Press the left button at `start`, go through `places`, let go at the last of them."""
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, pos=start)
        for place in places:
            QTest.mouseMove(widget, place)
        QTest.mouseRelease(widget, left, pos=places[-1])

    def hold(self, widget: QWidget, await_done: Callable[[], None]) -> None:
        """Press the left button on a widget, and let go when `await_done` returns."""
        QTest.mousePress(widget, Qt.MouseButton.LeftButton)
        await_done()
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton)

    def wheel(self, widget: QWidget, at: QPoint, notches: int, keys: str) -> None:
        """Turn the wheel `notches` at once."""
        event = QWheelEvent(
            QPointF(at),
            QPointF(widget.mapToGlobal(at)),
            QPoint(),
            QPoint(0, _NOTCH * notches),
            Qt.MouseButton.NoButton,
            _MODIFIERS.get(keys, _NONE),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def drop(self, path: Path, target: QWidget, await_done: Callable[[], None]) -> None:
        """Send what a drop of the file sends to the widget under the middle of `target`."""
        point = target.mapTo(self._window, target.rect().center())
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        taker = self._window.childAt(point) or self._window
        while taker is not self._window and not taker.acceptDrops():
            taker = taker.parentWidget() or self._window
        local = taker.mapFrom(self._window, point)
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        QApplication.sendEvent(taker, QDragEnterEvent(QPointF(local), copy, data, left, _NONE))
        QApplication.sendEvent(taker, QDropEvent(QPointF(local), copy, data, left, _NONE))
        await_done()

    # -- Keyboard ----------------------------------------------------------------------------------

    def press(self, key: str, times: int) -> None:
        """Press a key or a chord, written as in ``Ctrl+Z``, when what came before is laid out."""
        for _ in range(times):
            QApplication.sendPostedEvents()
            QTest.keySequence(QApplication.focusWidget() or self._window, key)

    def type(self, text: str) -> None:
        """Type `text` into what has the focus."""
        QTest.keyClicks(QApplication.focusWidget(), text)
