"""The status bar: state, figures, the last sentence, a fact."""

from __future__ import annotations

from collections.abc import Sequence

from gui.explain import explain
from gui.spoken import signs_in_words
from gui.tab import Status
from gui.theme import GAP_XL_PX, INSET_PX, IconLabel
from gui.widgets.basic import ElidingLabel, label, rule, set_role, show_text
from gui.widgets.layouts import hbox
from gui.widgets.panel import Panel

HEIGHT_PX = 26


class StatusBar(Panel):
    """One row with what the tab in front tells of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self._dot = IconLabel(9, "circle-fill", "t3")
        self._status = Status()
        self._told: tuple[str, ...] = ()
        self.state = label("strong", "status_state")
        self.figures = label("", "status_figures")
        explain(self.figures, "epoch", "loss")
        self._icon = IconLabel(14, "info")
        self._icon.hide()  # until there is a sentence
        # A long sentence is never the reason for a wider window.
        self.sentence = ElidingLabel("label", "status_sentence")
        self.fact = label("label", "status_fact")
        explain(self.fact, "parameter")
        apart = GAP_XL_PX - 6
        left = (self._dot, self.state, apart, self.figures, apart, rule(vertical=True), apart)
        right = (self._icon, (self.sentence, 1), self.fact)
        hbox(*left, *right, on=self, gap=6, margins=(INSET_PX, 0))
        set_role(self, role="status")

    def show_status(self, status: Status) -> None:
        """Show what a tab tells of itself."""
        self.state.setText(status.state)
        self._dot.show_icon("circle-fill", status.dot)
        old, self._status = self._status, status
        if len(status.figures) != len(old.figures):
            self.figures.setMinimumWidth(0)  # another tab's may take less room
        show_text(self.figures, "   ".join(map(" ".join, status.figures)))
        if status.sentence != old.sentence:  # what went well stays until there is news
            self._write(status.sentence)
            explain(self.sentence, *status.terms)
        show_text(self.fact, status.fact)
        self._announce(old, status)

    def show_sentence(self, text: str) -> None:
        """Write what just happened, and say it."""
        self._write(text)
        self._say([text])

    def _announce(self, old: Status, status: Status) -> None:
        """Say what is other than when something was said last; of what goes on, that it does."""
        said = (
            [] if status.state == old.state or (old.goes_on and status.goes_on) else [status.state]
        )
        if not status.goes_on:
            now = (status.sentence, *(" ".join(pair) for pair in status.figures))
            new = [text for text in now if text not in self._told]
            said = [] if old.goes_on and not new else said + new
            self._told = now
        if old.state:  # what the window opens with is there to be read
            self._say(said)

    def _say(self, texts: Sequence[str]) -> None:
        if any(texts):
            # late: the first picture needs none
            from gui.widgets.accessible import announce, sentences

            said = sentences(filter(None, texts))
            announce(self, signs_in_words(said), waits=True)

    def _write(self, text: str) -> None:
        if text != self.sentence.text():
            self.sentence.setText(text)
            self.sentence.setToolTip(text)
            self._icon.setVisible(bool(text))
