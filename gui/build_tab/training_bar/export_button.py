"""The button behind which the network can be taken elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QToolButton

from gui.export_menu import ExportMenu
from gui.theme import icon
from gui.widgets.basic import describe, set_role

__all__ = ["ExportButton"]


class ExportButton(QToolButton):
    """A menu of what can be written.

    Signals
    -------
    export_requested(str)
        See :class:`gui.export_menu.ExportMenu`.
    """

    export_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("export")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._kinds = ExportMenu("export", self)
        self._kinds.setObjectName("export_menu")
        self._kinds.export_requested.connect(self.export_requested)
        self.setMenu(self._kinds)
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
        self._kinds.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)
