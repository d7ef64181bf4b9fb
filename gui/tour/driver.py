"""Drives the window by mouse and key events, waits, and takes pictures."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import FrameType

import numpy as np
from PIL import Image
from PySide6.QtCore import QModelIndex, QSettings, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QTabBar, QWidget

from gui.app import FUSION, make_window, style_application
from gui.window import GlassnetWindow
from model.files import write_bytes
from vision.teaching.collection import Collection

_PATIENCE_S = 30.0
MAX_PNG_BYTES = 200_000
"""Size limit of a picture for the documents: the repository keeps every retake."""

_COLOURS = (256, 128, 64)


class Interrupted(KeyboardInterrupt):
    """Raised on Ctrl-C or SIGTERM.

    Attributes
    ----------
    status
        Exit status that shells use for "ended by this signal".
    """

    def __init__(self, number: signal.Signals) -> None:
        super().__init__("Ctrl-C" if number is signal.SIGINT else number.name)
        self.status = 128 + number


class TourError(RuntimeError):
    """Raised if something that should be visible does not appear."""


class TourDriver:
    """Operates the window by clicks and keys, and checks what is visible."""

    def __init__(self, window: GlassnetWindow, folder: Path) -> None:
        self.window = window
        self._folder = folder
        self._heard: signal.Signals | None = None

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Store a signal for :meth:`wait`; raised here it would end an arbitrary slot."""
        self._heard = signal.Signals(number)

    def find[W: QWidget](self, name: str, kind: type[W]) -> W:
        """Return the control with the object name `name`."""
        widget = self.window.findChild(kind, name)
        if widget is None:
            raise TourError(f"There is no {kind.__name__} named {name}.")
        return widget

    def sees(self, name: str) -> bool:
        """Return whether the control `name` exists and is visible."""
        widget = self.window.findChild(QWidget, name)
        return widget is not None and widget.isVisible()

    def click(self, name: str) -> None:
        """Click the control `name` once it is visible."""
        self.wait(lambda: self.sees(name), f"{name} is on screen")
        QTest.mouseClick(self.find(name, QWidget), Qt.MouseButton.LeftButton)

    def choose_tile(self, name: str, text: str) -> None:
        """Click the tile `text` in the list of tiles `name`."""
        tiles = self.find(name, QAbstractItemView)
        index = _index_of(tiles, text)
        tiles.scrollTo(index)
        where = tiles.visualRect(index).center()
        QTest.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=where)

    def choose(self, name: str, text: str) -> None:
        """Choose the entry `text` of the combo box `name` by its first letters."""
        combo = self.find(name, QComboBox)
        if combo.findText(text) < 0:
            raise TourError(f"{name} offers no {text}.")
        combo.setFocus()
        QTest.keyClicks(combo, text)
        self.wait(lambda: combo.currentText() == text, f"{name} shows {text}")
        self.settle()

    def type_into(self, name: str, text: str) -> None:
        """Replace the content of the field `name`, and press Enter."""
        found = self.find(name, QWidget)
        field = found.lineEdit() if isinstance(found, QComboBox) else found
        if field is None:
            raise TourError(f"Nothing can be typed into {name}.")
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.settle()

    def choose_tab(self, index: int) -> None:
        """Click a tab of the header."""
        self._click_tab("tabs", index)

    def choose_dock_tab(self, text: str) -> None:
        """Click the tab `text` below the drawing."""
        tabs = self.find("dock_tabs", QTabBar)
        found = [k for k in range(tabs.count()) if tabs.tabText(k) == text]
        if not found:
            raise TourError(f"There is no tab {text}.")
        self._click_tab("dock_tabs", found[0])

    def _click_tab(self, name: str, index: int) -> None:
        tabs = self.find(name, QTabBar)
        QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(index).center())
        self.wait(lambda: tabs.currentIndex() == index, f"tab {index} is chosen")

    def wait(self, condition: Callable[[], bool], what: str) -> float:
        """Run the event loop until `condition` holds; return the seconds it took."""
        start = time.perf_counter()
        while not condition():
            if (heard := self._heard) is not None:
                self._heard = None  # the window is still to be closed
                raise Interrupted(heard)
            if time.perf_counter() - start > _PATIENCE_S:
                raise TourError(f"Waited {_PATIENCE_S:.0f} s in vain: {what}.")
            QTest.qWait(5)
        return time.perf_counter() - start

    def close(self) -> None:
        """Close the window without saving, even if something is running."""

        def closed() -> bool:
            self.window.document.undo_stack.setClean()
            if (teach := self.window.session.teach_if_made) is not None:
                teach.document.load(Collection(), None)
            self.window.close()
            return not self.window.isVisible()

        self.wait(closed, "the window closes")

    def resize(self, width_px: int, height_px: int) -> None:
        """Resize the window."""
        self.window.resize(QSize(width_px, height_px))
        self.settle()

    def settle(self) -> None:
        """Wait until all pending layout and painting is done."""
        QTest.qWait(300)
        QApplication.sendPostedEvents()

    def picture(self, name: str) -> str:
        """Save the window as ``name.png``; return the file's name."""
        self.settle()
        file = f"{name}.png"
        # Qt would let libpng complain of a full disk in words of its own.
        write_bytes(self._folder / file, small_png(self.window.grab().toImage()))
        return file


@contextmanager
def first_run_window(folder: Path) -> Iterator[tuple[QApplication, TourDriver]]:
    """Open a light, English window with temporary settings and recovery copies.

    Pictures go into `folder`, which is created if needed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_STATE_HOME"] = home
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        app = QApplication([*sys.argv[:1], *FUSION])
        app.setQuitOnLastWindowClosed(False)
        style_application(app, language="en", theme="light")
        window = make_window()
        window.show()
        driver = TourDriver(window, folder)
        signals = signal.SIGINT, signal.SIGTERM
        before = [signal.signal(number, driver.interrupt) for number in signals]
        try:
            yield app, driver
            driver.close()
        finally:
            for number, handler in zip(signals, before, strict=True):
                signal.signal(number, handler)


def _index_of(view: QAbstractItemView, text: str) -> QModelIndex:
    model = view.model()
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        if index.data() == text:
            return index
    raise TourError(f"{view.objectName()} has no tile {text}.")


def small_png(picture: QImage) -> bytes:
    """Return a PNG of limited size, with as many colours as the limit allows.

    The palette covers all colours that occur: a few red letters stay red next to a large blue map.
    """
    plain = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    pixels = rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3)
    method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
    content = b""
    for most in _COLOURS:
        file = BytesIO()
        few = Image.fromarray(pixels).quantize(most, method, dither=dither)
        few.save(file, "PNG", optimize=True)
        content = file.getvalue()
        if len(content) <= MAX_PNG_BYTES:
            break
    return content
