"""The frames that the window's parts are made of: they follow the language and the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QFrame


class Panel(QFrame):
    """A part of the window."""

    def retranslate(self) -> None:
        """Write every text in the language in use."""

    def restyle(self) -> None:
        """Put on the theme in use, where the style sheet does not; `choose_theme` calls it."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Dialog(QDialog):
    """A window of its own that asks or shows something."""

    def retranslate(self) -> None:
        """Write every text in the language in use."""

    def restyle(self) -> None:
        """Put on the theme in use, where the style sheet does not."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
