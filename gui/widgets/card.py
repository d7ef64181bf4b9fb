"""Cards under the scores: a folding heading, a body, and a tone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from foundation.text import tr
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, IconLabel, icon
from gui.widgets.basic import describe, label, set_role, tool_button
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel

_MARGIN_PX, _TIGHT_PX = INSET_PX - 2, 5


class Card(Panel):
    """A frame with a heading of icon, title and answer, over a body.

    Parameters
    ----------
    object_name
        Object name of the card; its parts are named after it.
    close
        Closes the card; ``None`` for a card without a close button.

    Attributes
    ----------
    body
        Layout of the content.
    title, answer
        Labels of the heading.
    is_folded
        Whether only the heading is visible.
    """

    def __init__(self, object_name: str, close: Callable[[], None] | None = None) -> None:
        super().__init__(object_name)
        self.is_folded = False
        self._icon, self._answer_icon = IconLabel(15), IconLabel(15)
        self.title = label("strong", f"{object_name}_title", wrap=True)
        self.answer = label("strong", f"{object_name}_answer")
        self.fold = tool_button(f"{object_name}_fold", size="small")
        self.fold.setIconSize(QSize(12, 12))
        self.fold.setFixedSize(24, 24)
        self.fold.hide()
        self.fold.clicked.connect(lambda: self.set_folded(not self.is_folded))
        middle = Qt.AlignmentFlag.AlignVCenter
        answer = hbox((self._answer_icon, 0, middle), (self.answer, 0, middle), gap=GAP_S_PX)
        words = (self._icon, 0, middle), (self.title, 1, middle)
        head = self._head = hbox(*words, answer, gap=GAP_M_PX)
        self._after_answer = head.count()
        head.addWidget(self.fold, 0, middle)
        self._close: QToolButton | None = None
        if close is not None:
            self._close = tool_button(f"{object_name}_close", size="small", icon=icon("x", "t2"))
            self._close.setIconSize(QSize(12, 12))
            self._close.setFixedSize(24, 24)
            self._close.clicked.connect(lambda: close())
            head.addWidget(self._close, 0, middle)
        self._content = QWidget()
        self.body = vbox(on=self._content, gap=GAP_M_PX, margins=0)
        vbox(head, self._content, on=self, gap=GAP_S_PX + 2)
        self._set_margin(_MARGIN_PX)
        set_role(self, role="card")
        self._show_fold()

    def set_tone(self, tone: str, icon_name: str = "", icon_token: str = "t1") -> None:
        """Set the card's background and the icon before its title."""
        set_role(self, tone=tone)
        self._icon.show_icon(icon_name, icon_token)

    def set_answer(self, text: str, icon_name: str, token: str, tone: str) -> None:
        """Set a short answer to the right of the title."""
        self.answer.setText(text)
        set_role(self.answer, tone=tone)
        self._answer_icon.show_icon(icon_name, token)

    def add_to_heading(self, widget: QWidget) -> None:
        """Add a control to the heading, before the buttons that fold and close."""
        self._head.insertWidget(self._after_answer, widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def _set_margin(self, above_px: int) -> None:
        """Set the vertical margins of heading and body."""
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(INSET_PX, above_px, INSET_PX, above_px)

    def set_foldable(self, foldable: bool) -> None:
        """Allow folding, as in the narrow window."""
        if foldable == self.fold.isHidden():
            self.fold.setVisible(foldable)
            self._set_margin(_TIGHT_PX if foldable else _MARGIN_PX)
        if not foldable and self.is_folded:
            self.set_folded(False)

    def set_folded(self, folded: bool) -> None:
        """Show only the heading, or everything."""
        self.is_folded = folded
        self._content.setVisible(not folded)
        self._show_fold()

    def _show_fold(self) -> None:
        self.fold.setIcon(icon("caret-down" if self.is_folded else "caret-up", "t2"))
        describe(self.fold, tr("Show more") if self.is_folded else tr("Show less"))

        if self._close is not None:
            describe(self._close, tr("Close"))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show_fold()
