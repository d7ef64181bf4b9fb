"""A person who reads what the window says, and answers its file dialogs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QWidget,
)

from gui.shell.status_bar import Figures
from tests.e2e.person import Person

__all__ = ["SOON_MS", "Reader"]

SOON_MS = 5000


class Reader(Person):
    """Someone who knows what each place of the window is called."""

    # -- Reading -----------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Return what a label or a field says."""
        widget = self.find(name)
        assert isinstance(widget, QLabel | QLineEdit), f"{name} has no text"
        return widget.text()

    def plain(self, name: str) -> str:
        """Return what a label says, without its colours."""
        return " ".join(_without_tags(self.text(name)).split())

    def choice(self, name: str) -> str:
        """Return what a list shows as chosen."""
        return self.find(name, QComboBox).currentText()

    @property
    def complaint(self) -> str:
        """What the message bar says, or nothing."""
        message = self.window.findChild(QLabel, "message_text")
        return message.text() if message is not None and message.isVisible() else ""

    def image(self, widget: QWidget) -> QImage:
        """Return a widget as it is on screen."""
        QApplication.processEvents()
        return widget.grab().toImage()

    def pixel(self, widget: QWidget, at: QPoint) -> QColor:
        """Return a colour on screen."""
        image = self.image(widget)
        ratio = image.devicePixelRatio()
        return image.pixelColor(round(at.x() * ratio), round(at.y() * ratio))

    def figure(self, name: str) -> str:
        """Return a value of the status bar, such as "loss"."""
        plain = self.find("status_figures", Figures).text().split()
        return plain[plain.index(name) + 1]

    # -- Doing -------------------------------------------------------------------------------------

    def choose_by(self, name: str, text: str, by_keyboard: bool) -> None:
        """Choose an entry of a list with the mouse, or by typing how it begins."""
        if by_keyboard:
            self.reach(name)
            self.type(text)
        else:
            self.choose(name, text)
        self.wait(lambda: self.choice(name) == text, f"{name} shows {text}", SOON_MS)

    def name_file(self, dialog: str, path: Path, back: bool = True) -> None:
        """Type a file's name into a file dialog and press Enter; `back` leads to the window."""
        self.wait(
            lambda: any(d.isVisible() for d in self.window.findChildren(QFileDialog, dialog)),
            f"{dialog} is open",
            SOON_MS,
        )
        box = self.find(dialog, QFileDialog)
        line = box.findChild(QLineEdit, "fileNameEdit")
        assert line is not None
        self.wait(line.hasFocus, "the name has the keyboard", SOON_MS)
        self.press("Ctrl+A")
        self.type(str(path))
        self.press("Enter")
        self.wait(lambda: not _alive(box), f"{dialog} is closed", SOON_MS)
        if back:
            self.come_back()

    def come_back(self) -> None:
        """Make the window active again, as a window manager does when a dialog has closed."""
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow, "the window is active", SOON_MS)


def _alive(widget: QWidget) -> bool:
    try:
        return widget.isVisible()
    except RuntimeError:  # Qt has deleted it
        return False


def _without_tags(text: str) -> str:
    result, inside = [], False
    for letter in text:
        if letter in "<>":
            inside = letter == "<"
            result.append(" ")
        elif not inside:
            result.append(letter)
    return "".join(result).replace(" ", " ").replace("&nbsp;", " ")
