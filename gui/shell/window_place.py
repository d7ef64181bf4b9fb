"""Where the window opens: as it was closed, else at a first size that the screen has room for."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow

_KEY = "window/geometry"
_FRAME = QSize(8, 40)
"""About what a title bar and borders take; nobody knows before the window is shown."""


def fitting_size(wanted: QSize, least: QSize, available: QSize) -> QSize:
    """Return the size at which a window with its frame is whole on a screen, at least `least`."""
    return wanted.boundedTo(available - _FRAME).expandedTo(least)


def open_in_place(window: QMainWindow, settings: QSettings) -> None:
    """Show the window as it was when it was closed; Qt keeps it on a screen that is there.

    Without that it has its present size, or what of it fits the screen.
    """
    kept = settings.value(_KEY)
    if not (isinstance(kept, QByteArray) and window.restoreGeometry(kept)):
        available = window.screen().availableSize()
        window.resize(fitting_size(window.size(), window.minimumSize(), available))
    window.show()


def keep_place(window: QMainWindow, settings: QSettings) -> None:
    """Note size, position and whether the window is maximised, for the next time."""
    settings.setValue(_KEY, window.saveGeometry())
