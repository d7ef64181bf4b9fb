"""The button behind which the network can be taken elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from gui.theme import icon
from gui.widgets import describe, set_role

__all__ = ["ExportButton"]

KINDS = ("onnx", "numpy", "svg", "png", "csv", "vision")
"""What can be written; ``"vision"`` takes the network to the Vision tab."""


class ExportButton(QToolButton):
    """A menu of what can be written.

    Signals
    -------
    export_requested(str)
        One of `KINDS`.
    """

    export_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("export")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("export_menu")
        self._actions = {}
        for kind in KINDS:
            action = menu.addAction(kind)
            action.setObjectName(f"export_{kind}")
            action.triggered.connect(lambda _=False, kind=kind: self.export_requested.emit(kind))
            self._actions[kind] = action
        self.setMenu(menu)
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
        for kind, text in (
            ("onnx", self.tr("ONNX model…")),
            ("numpy", self.tr("NumPy script…")),
            ("svg", self.tr("Drawing as SVG…")),
            ("png", self.tr("Drawing as PNG…")),
            ("csv", self.tr("Predictions as CSV…")),
            ("vision", self.tr("Use in Vision")),
        ):
            self._actions[kind].setText(text)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)
