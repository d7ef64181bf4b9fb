"""The message bar under the header: what went wrong and what to do.

It lies over the page, so that nothing moves, and never takes the focus.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QClipboard, QFontDatabase, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from foundation.text import tr
from gui.messages import Message, Messages
from gui.spoken import signs_in_words
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, INSET_PX, IconLabel, icon
from gui.widgets.basic import (
    ZERO_WIDTH_SPACE,
    breakable,
    describe,
    has_focus,
    label,
    named,
    push_button,
    set_role,
    tool_button,
)
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded

ICON_PX, WIDEST_PX, DETAILS_PX = 16, 760, 160
PAGE_BAR_PX = 56
"""Height of the toolbar at the top of every page, which the message never covers."""
MAX_LETTERS = 60
_ICONS = {"fail": "x-circle", "warn": "warning", "ok": "check-circle"}


class MessageBar(Panel):
    """Shows a message with its tone, an optional remedy and details; Escape closes it.

    Parameters
    ----------
    page
        Widget that the bar overlays, below the toolbar at its top.
    """

    def __init__(self, page: QWidget, messages: Messages) -> None:
        super().__init__("message_bar", page.parentWidget())
        self._page, self._messages = page, messages
        self._icon = IconLabel(ICON_PX)
        self.text = label("", "message_text", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remedy_button = push_button(
            "message_remedy", "outline", "small", do=self._on_remedy_clicked
        )
        self._details_button = push_button(
            "message_details",
            "link",
            do=self._on_details_clicked,
            text="Details",
            accessible_name="Show or hide the details",
        )
        self._close = tool_button(
            "message_close",
            icon=icon("x"),
            do=messages.clear,
            accessible_name="Close this message",
        )
        details = named(QPlainTextEdit(), "message_details_text")
        self.details = worded(details, accessible_name="Details of the error")
        self.details.setReadOnly(True)
        self.details.setFixedHeight(DETAILS_PX)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._beside = (self.remedy_button, self._details_button, self._close)
        row = hbox(self._icon, (self.text, 1), *self._beside, gap=GAP_M_PX)
        below = hbox(self.details, margins=(ICON_PX + GAP_S_PX, 0, 0, GAP_S_PX))
        vbox(row, below, on=self, margins=(INSET_PX, GAP_S_PX))
        # Known only while the message is there: a hidden widget's shortcut is asleep.
        QShortcut(QKeySequence("Esc"), self, messages.clear)
        set_role(self, role="message", tone="fail")
        self.retranslate()
        QGuiApplication.clipboard().changed.connect(self._on_copied)
        page.installEventFilter(self)
        messages.changed.connect(self._show_message)
        self._show_message(messages.shown)

    def _show_message(self, message: Message | None) -> None:
        if message is None:
            if has_focus(self) and (before := self._page.focusWidget()) is not None:
                before.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            return
        set_role(self, tone=message.tone)
        self.details.setPlainText(message.details)
        self.details.hide()
        self._details_button.setVisible(bool(message.details))
        self.remedy_button.setVisible(message.remedy is not None)
        self.retranslate()
        self._icon.show_icon(_ICONS[message.tone], message.tone)
        self._fit()
        self.show()
        self.raise_()
        from gui.widgets.accessible import announce  # late: the first picture needs none

        announce(self, signs_in_words(self._spoken(message)), waits=message.tone != "fail")

    def _spoken(self, message: Message) -> str:
        """Return the message for a screen reader, with its buttons."""
        if message.remedy is None:
            return message.sentence()
        return tr(
            "{sentence} Offered here: {remedy}.",
            sentence=message.sentence(),
            remedy=message.remedy[0](),
        )

    def _fit(self) -> None:
        """Centre the bar under the page's toolbar, no wider than its text."""
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

    def retranslate(self) -> None:
        """Set every text, the sentence and the remedy in the current language."""
        message = self._messages.shown
        if message is not None:
            self.text.setText(breakable(message.sentence(), MAX_LETTERS))
            self.text.setAccessibleName(message.sentence())
            self.text.setToolTip(message.path())
        remedy = message.remedy[0]() if message is not None and message.remedy is not None else ""
        self.remedy_button.setText(remedy)
        describe(self.remedy_button, remedy or tr("Mend what is wrong"))
        if self.isVisible():
            self._fit()

    def _on_copied(self, mode: QClipboard.Mode) -> None:
        """Remove soft line breaks from copied text, which would break paths."""
        shown, clipboard = self.text.selectedText(), QGuiApplication.clipboard()
        if ZERO_WIDTH_SPACE in shown and clipboard.text(mode) == shown:
            clipboard.setText(shown.replace(ZERO_WIDTH_SPACE, ""), mode)

    def _on_details_clicked(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self._fit()

    def _on_remedy_clicked(self) -> None:
        message = self._messages.shown
        self._messages.clear()
        if message is not None and message.remedy is not None:
            message.remedy[1]()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay centred on the page."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        return False
