"""A challenge for the current experiment: requirements, current values, what is missing."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.format import list_separator, show_part
from gui.learn.condition_words import describe_condition
from gui.learn.learn_model import LearnModel
from gui.learn.state import LearnState
from gui.settings import language
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, IconLabel, icon
from gui.widgets.basic import (
    ColumnScroll,
    as_html,
    frame,
    label,
    push_button,
    rule,
    set_role,
    strong,
    tool_button,
)
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from model.lessons.conditions import Checked

_SIDE_PX = 14
_MARKS = {True: ("check-circle", "ok"), False: ("circle", "line2"), None: ("question", "t3")}


class _CheckRow(Panel):
    """A requirement of a challenge."""

    def __init__(self) -> None:
        super().__init__()
        self._mark, self.text = IconLabel(16), as_html(label("prose", wrap=True))
        mark = (self._mark, 0, Qt.AlignmentFlag.AlignTop)
        hbox(mark, (self.text, 1), on=self, gap=10, margins=(10, GAP_M_PX))
        set_role(self, role="task")

    def show_check(self, check: Checked) -> None:
        """Show a requirement, the current value, and whether it is met."""
        self._mark.show_icon(*_MARKS[check.met])
        told = describe_condition(check)
        name = told.code
        asked = tr("asked {wanted}", wanted=told.wanted)
        found = tr("now {found}", found=told.found)
        text = asked + list_separator() + found
        self.text.setText(f"{strong(html.escape(name))}<br>{html.escape(text)}")
        state = tr("Met") if check.met else tr("Missing")
        self.setAccessibleName(f"{state}: {name}, {text}")


class ChallengePage(Panel):
    """A challenge's requirements, checked against the experiment as it changes."""

    def __init__(self, model: LearnModel) -> None:
        super().__init__("challenge_page")
        self._state = LearnState()
        self._title = label("card-title", "challenge_title", wrap=True)
        self.close_button = tool_button(
            "challenge_close",
            size="small",
            icon=icon("x", "t2"),
            do=model.toggle,
            accessible_name="Put the challenge away",
        )
        self._text = label("prose", wrap=True)
        self.result = label("strong", "challenge_result", wrap=True)
        self.rows: list[_CheckRow] = []
        self.data_button = push_button(
            "challenge_data",
            do=model.use_challenge_data,
            text="Learn from its data",
            tip="Choose the data that the challenge asks about",
        )
        self.leave_button = push_button(
            "challenge_leave", do=model.leave, text="All lessons", tip="Leave the challenge"
        )
        self._lay_out()

    def _lay_out(self) -> None:
        kind = hbox((label("caption", text="Challenge"), 1), self.close_button)
        head = vbox(kind, self._title, gap=GAP_S_PX, margins=(_SIDE_PX, 10, _SIDE_PX, GAP_L_PX))
        content, self._card = frame("panel"), frame("card")
        self._rows = vbox(on=self._card, gap=0, margins=1)
        vbox(
            self._text,
            self._card,
            self.result,
            self.data_button,
            STRETCH,
            on=content,
            gap=GAP_L_PX,
            margins=(_SIDE_PX, GAP_L_PX),
        )
        body = ColumnScroll("challenge_body")
        body.setWidget(content)
        foot = hbox(self.leave_button, STRETCH, margins=(_SIDE_PX, GAP_M_PX, _SIDE_PX, 10))
        vbox(head, rule(), (body, 1), rule(), foot, on=self, gap=0, margins=0)

    def show_state(self, state: LearnState) -> None:
        """Show the open challenge."""
        self._state = state
        view = state.challenge
        if view is None:
            return
        self._title.setText(view.title)
        _, text = view.challenge.localised(language())
        self._text.setText(text)
        self._text.setVisible(bool(text))
        checks = view.checks or ()
        while len(self.rows) < len(checks):
            row = _CheckRow()
            self.rows.append(row)
            self._rows.addWidget(row)
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(checks))
            if index < len(checks):
                row.show_check(checks[index])
        self._card.setVisible(bool(checks))
        if view.checks is None:
            text = tr("The network is being checked.")
        elif view.met == len(checks):
            text = tr("Everything asked is met.")
        else:
            text = tr("{met} of {all} are met.", met=show_part(view.met), all=len(checks))
        self.result.setText(text)

    def first_stop(self) -> QWidget:
        """Return the page's first tab stop."""
        return self.data_button

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.show_state(self._state)
