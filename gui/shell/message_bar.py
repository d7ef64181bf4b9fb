"""A message under the header that says what went wrong and what to do.

It lies over the page, so that nothing moves under a person's hand, and never takes the focus.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontDatabase, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, INSET_PX, icon
from gui.widgets.basic import describe, label, push_button, set_role, tool_button
from gui.widgets.panel import Panel

__all__ = ["MessageBar"]

ICON_PX, SCROLL_BAR_PX, WIDEST_PX = 16, 10, 760
PAGE_BAR_PX = 56
"""What is at the top of every page, and holds what a person tries next: nothing lies over it."""
MOST_LINES = 10
_ICONS = {"fail": "x-circle", "warn": "warning", "ok": "check-circle"}


class MessageBar(Panel):
    """Show one message with its tone, an optional remedy and optional details; Escape closes it.

    Parameters
    ----------
    page
        What the message lies over, under the bar at its top.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__(page.parentWidget())
        self._page = page
        self.setObjectName("message_bar")
        self._tone = "fail"
        self._icon = label()
        self.text = label("", "message_text", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._remedy: Callable[[], None] | None = None
        self.remedy_button = push_button("message_remedy", "outline", "small")
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
        self._beside = (self.remedy_button, self._details_button, self._close)
        for button in self._beside:
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INSET_PX, GAP_S_PX, INSET_PX, GAP_S_PX)
        layout.addLayout(row)
        below = QHBoxLayout()
        below.setContentsMargins(ICON_PX + GAP_S_PX, 0, 0, GAP_S_PX)
        below.addWidget(self.details)
        layout.addLayout(below)
        self.remedy_button.clicked.connect(self._on_remedy_clicked)
        self._details_button.clicked.connect(self._on_details_clicked)
        # Known only while the message is there: a hidden widget's shortcut is asleep.
        QShortcut(QKeySequence("Esc"), self, self.hide)
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
        self._remedy = None
        self.remedy_button.hide()
        self._refresh()
        self._fit()
        self.show()
        self.raise_()

    def offer_remedy(self, text: str, remedy: Callable[[], None]) -> None:
        """Put a button into the message on show that does what mends its cause."""
        self._remedy = remedy
        self.remedy_button.setText(text)
        describe(self.remedy_button, text)
        self.remedy_button.show()
        self._fit()

    def _fit(self) -> None:
        """Lie under the page's own bar, in the middle, no wider than the text."""
        shown = [button for button in self._beside if not button.isHidden()]
        frame_px = 2 * INSET_PX + ICON_PX + GAP_M_PX
        beside_px = sum(button.sizeHint().width() + GAP_M_PX for button in shown)
        area = self._page.geometry()
        room_px = min(WIDEST_PX, area.width() - 2 * GAP_L_PX) - frame_px - beside_px
        text_px = self.text.fontMetrics().horizontalAdvance(self.text.text()) + GAP_S_PX
        if self.details.isHidden():
            room_px = min(text_px, room_px)
        width_px = frame_px + beside_px + room_px
        layout = self.layout()
        assert layout is not None
        layout.activate()  # what was hidden since the last message is measured only then
        self.resize(width_px, self.heightForWidth(width_px))
        self.move(area.left() + (area.width() - width_px) // 2, area.top() + PAGE_BAR_PX + GAP_S_PX)

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
        if self._remedy is None:
            describe(self.remedy_button, self.tr("Mend what is wrong"))
        describe(self._details_button, self.tr("Show or hide the details"))
        describe(self._close, self.tr("Close this message"))
        describe(self.details, self.tr("Details of the error"))

    def _on_details_clicked(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self._fit()

    def _on_remedy_clicked(self) -> None:
        remedy = self._remedy
        self.hide()
        if remedy is not None:
            remedy()

    def _refresh(self) -> None:
        self._icon.setPixmap(icon(_ICONS[self._tone], self._tone).pixmap(ICON_PX, ICON_PX))
        self._close.setIcon(icon("x"))

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the page's size from now on."""
        super().showEvent(event)
        self._page.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the page alone."""
        super().hideEvent(event)
        self._page.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the page's middle."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def restyle(self) -> None:
        """Put on the theme in use."""
        self._refresh()
