"""What the hands of a person at the window can do, whoever moves them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

__all__ = ["Hands"]


class Hands(Protocol):
    """A mouse and a keyboard; points are in a widget's own pixels."""

    def hover(self, widget: QWidget, at: QPoint) -> None:
        """Move the pointer over a widget, in a few steps as a hand does."""

    def click(self, widget: QWidget, at: QPoint, button: str, keys: str, times: int) -> None:
        """Press and release a button of the mouse while a modifier is held."""

    def drag(self, widget: QWidget, start: QPoint, places: Sequence[QPoint]) -> None:
        """Press the left button at `start`, go through `places`, let go at the last of them."""

    def hold(self, widget: QWidget, await_done: Callable[[], None]) -> None:
        """Press the left button in the middle of a widget, and let go when `await_done` returns."""

    def wheel(self, widget: QWidget, at: QPoint, notches: int, keys: str) -> None:
        """Turn the wheel `notches` away from the body (negative: towards it)."""

    def drop(self, path: Path, target: QWidget, await_done: Callable[[], None]) -> None:
        """Drag a file onto the middle of `target`; let go of all when `await_done` returns."""

    def press(self, key: str, times: int) -> None:
        """Press a key or a chord, written as in ``Ctrl+Z``."""

    def type(self, text: str) -> None:
        """Type `text` into what has the focus."""
