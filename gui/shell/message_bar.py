"""A bar under the header that says what went wrong and what to do, and never takes the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout

from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, icon
from gui.widgets.basic import describe, label, push_button, set_role, tool_button
from gui.widgets.panel import Panel

__all__ = ["MessageBar"]

ICON_PX, SCROLL_BAR_PX = 16, 10
MOST_LINES = 10
_ICONS = {"fail": "x-circle", "warn": "warning", "ok": "check-circle"}


class MessageBar(Panel):
    """Show one message with its tone, an optional action and optional details."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("message_bar")
        self._tone = "fail"
        self._icon = label()
        self.text = label("", "message_text", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details_button = push_button("message_details", "link")
        self._close = tool_button("message_close")
        self.details = QPlainTextEdit()
        self.details.setObjectName("message_details_text")
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        row = QHBoxLayout()
        row.setSpacing(GAP_M_PX)
        row.addWidget(self._icon)
        row.addWidget(self.text, 1)
        row.addWidget(self._details_button)
        row.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INSET_PX, 4, INSET_PX, 4)
        layout.addLayout(row)
        below = QHBoxLayout()
        below.setContentsMargins(ICON_PX + GAP_S_PX, 0, 0, GAP_S_PX)
        below.addWidget(self.details)
        layout.addLayout(below)
        self._details_button.clicked.connect(self._on_details_clicked)
        self._close.clicked.connect(self.hide)
        set_role(self, role="message", tone="fail")
        self.retranslate()
        self.hide()

    def show_message(self, text: str, tone: str = "fail", details: str = "") -> None:
        """Show `text`; ``tone`` is ``"fail"``, ``"warn"`` or ``"ok"``; `details` fold out."""
        self._tone = tone
        set_role(self, tone=tone)
        self.text.setText(text)
        self.text.setAccessibleName(text)
        self.details.setPlainText(details)
        self._fit_details()
        self.details.hide()
        self._details_button.setVisible(bool(details))
        self._refresh()
        self.show()

    def _fit_details(self) -> None:
        """Make the details as high as their text, up to `MOST_LINES`, which then scroll."""
        lines = min(self.details.document().blockCount(), MOST_LINES)
        around = 2 * self.details.document().documentMargin() + SCROLL_BAR_PX
        self.details.setFixedHeight(
            round(lines * self.details.fontMetrics().lineSpacing() + around)
        )

    def retranslate(self) -> None:
        """Write the texts in the language in use."""
        self._details_button.setText(self.tr("Details"))
        describe(self._details_button, self.tr("Show or hide the details"))
        describe(self._close, self.tr("Close this message"))
        describe(self.details, self.tr("Details of the error"))

    def _on_details_clicked(self) -> None:
        self.details.setVisible(self.details.isHidden())

    def _refresh(self) -> None:
        self._icon.setPixmap(icon(_ICONS[self._tone], self._tone).pixmap(ICON_PX, ICON_PX))
        self._close.setIcon(icon("x"))

    def restyle(self) -> None:
        """Put on the theme in use."""
        self._refresh()
