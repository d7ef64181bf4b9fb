"""The frames that the window's parts are made of: they follow the language and the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QFrame


class Panel(QFrame):
    """A part of the window."""

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

    def retranslate(self) -> None:
        """Write every text in the language in use."""

    def restyle(self) -> None:
        """Put on the theme in use, where the style sheet does not."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        _follow(self, event)
        super().changeEvent(event)


def _follow(widget: Panel | Dialog, event: QEvent) -> None:
    """Tell a widget what has changed around it."""
    if event.type() == QEvent.Type.LanguageChange:
        widget.retranslate()
    elif event.type() == QEvent.Type.PaletteChange:
        widget.restyle()
