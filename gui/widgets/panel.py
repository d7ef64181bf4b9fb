"""The base classes of panels and dialogs, which follow language, theme and size."""

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
        """Set every text in the current language."""

    def restyle(self) -> None:
        """Apply the theme where the style sheet does not; called by `choose_theme`."""

    def refit(self) -> None:
        """Adapt to the current size where the layout does not."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Refit the panel to its new size."""
        super().resizeEvent(event)
        self.refit()

    def changeEvent(self, event: QEvent) -> None:
        """Update the texts after a language change."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Dialog(QDialog):
    """A separate window that asks for or shows something."""

    def __init__(
        self, object_name: str, parent: QWidget | None = None, **texts: Unpack[Texts]
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        worded(self, **texts)

    def retranslate(self) -> None:
        """Set every text in the current language."""

    def restyle(self) -> None:
        """Apply the theme where the style sheet does not."""

    def changeEvent(self, event: QEvent) -> None:
        """Update the texts after a language change."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the focused button."""
        button = self.focusWidget()
        if event.key() in ENTER and isinstance(button, QPushButton):
            button.click()
        else:
            super().keyPressEvent(event)
