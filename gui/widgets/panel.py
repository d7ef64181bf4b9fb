"""The frames that the window's parts are made of: they follow the language and the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QFrame, QWidget

from gui.theme import active


class Panel(QFrame):
    """A part of the window."""

    def __init__(
        self, parent: QWidget | None = None, flags: Qt.WindowType = Qt.WindowType.Widget
    ) -> None:
        super().__init__(parent, flags)
        self.dressed_in = active()

    def retranslate(self) -> None:
        """Write every text in the language in use."""

    def restyle(self) -> None:
        """Put on the theme in use, where the style sheet does not."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        _follow(self, event)
        super().changeEvent(event)


class Dialog(QDialog):
    """A window of its own that asks or shows something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dressed_in = active()

    def retranslate(self) -> None:
        """Write every text in the language in use."""

    def restyle(self) -> None:
        """Put on the theme in use, where the style sheet does not."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        _follow(self, event)
        super().changeEvent(event)


def _follow(widget: Panel | Dialog, event: QEvent) -> None:
    """Tell a widget what has changed around it.

    Its palette also changes when the style sheet is put on it first, in the theme it was made in.
    """
    if event.type() == QEvent.Type.LanguageChange:
        widget.retranslate()
    elif event.type() == QEvent.Type.PaletteChange and widget.dressed_in is not active():
        widget.dressed_in = active()
        widget.restyle()
