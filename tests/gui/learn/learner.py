"""Someone at the window who does lessons."""

from __future__ import annotations

from collections.abc import Callable
from typing import overload

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow


class Learner:
    """Find what is on the screen by its name, and use it.

    Attributes
    ----------
    window
        What they sit at.
    """

    def __init__(self, qtbot: QtBot, window: GlassnetWindow) -> None:
        self._qtbot, self.window = qtbot, window
        tab = window.build_tab
        self.tab, self.model = tab, tab.model

    @overload
    def find(self, name: str) -> QWidget: ...
    @overload
    def find[W: QWidget](self, name: str, kind: type[W]) -> W: ...
    def find(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """Return the widget of that name, one in sight if there is any."""
        found = self.window.findChildren(kind, name)
        assert found, f"nothing is called {name}"
        return next((widget for widget in found if widget.isVisible()), found[-1])

    def says(self, name: str) -> str:
        """Return what a label says to a screen reader, else what it shows."""
        label = self.find(name, QLabel)
        return label.accessibleName() or label.text()

    def click(self, name: str) -> None:
        """Click the middle of a button that is in sight."""
        button = self.find(name, QAbstractButton)
        self.wait(button.isVisible)
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())

    def click_at(self, widget: QWidget, at: QPoint) -> None:
        """Click a point of a widget."""
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)

    def press(self, key: Qt.Key, on: QWidget | None = None) -> None:
        """Press a key."""
        self._qtbot.keyClick(on or self.window, key)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        self._qtbot.waitUntil(condition, timeout=10_000)

    def is_done(self, task: str) -> bool:
        """Tell whether a task's row says that it is done."""
        return self.find(f"task_{task}").accessibleName().startswith("Done: ")

    @property
    def step(self) -> int:
        """The number of the step that is open, from 1."""
        progress = self.window.learn.state.progress
        return progress.index + 1
