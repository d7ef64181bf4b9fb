"""The button behind which the network can be taken elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QToolButton

from gui.theme import icon
from gui.widgets.basic import describe, set_role

__all__ = ["ExportButton"]


class ExportButton(QToolButton):
    """A button whose menu has what can be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("export")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_role(self)
        self.retranslate()

    def show_roomy(self, roomy: bool) -> None:
        """Show the word beside the icon where there is room."""
        self.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if roomy
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.setText(self.tr("Export"))
        self.setIcon(icon("export"))
        describe(self, self.tr("Export"), self.tr("Take the network elsewhere"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)
