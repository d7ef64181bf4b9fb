"""The frames that the window's parts are made of: they follow language, theme and size."""

from __future__ import annotations

from typing import Unpack

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QWidget

from gui.widgets.basic import ENTER
from gui.widgets.texts import Texts, worded


class Panel(QFrame):
    """A part of the window."""

    def __init__(
        self,
        object_name: str = "",
        parent: QWidget | None = None,
        kind: Qt.WindowType = Qt.WindowType.Widget,
    ) -> None:
        super().__init__(parent, kind)
        self.setObjectName(object_name)

    def retranslate(self) -> None:
        """Write every text in the language in use."""

    def restyle(self) -> None:
        """Put on the theme in use, where the style sheet does not; `choose_theme` calls it."""

    def refit(self) -> None:
        """Fit the size that it has now, where the layout does not."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the size."""
        super().resizeEvent(event)
        self.refit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Dialog(QDialog):
    """A window of its own that asks or shows something."""

    def __init__(
        self, object_name: str, parent: QWidget | None = None, **texts: Unpack[Texts]
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        worded(self, **texts)

    def retranslate(self) -> None:
        """Write every text in the language in use."""

    def restyle(self) -> None:
        """Put on the theme in use, where the style sheet does not."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that the keyboard is on."""
        button = self.focusWidget()
        if event.key() in ENTER and isinstance(button, QPushButton):
            button.click()
        else:
            super().keyPressEvent(event)
