"""The status bar: state, figures, the last sentence, a fact."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, cycle

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.explain import explain
from gui.spoken import signs_in_words
from gui.tab import Status
from gui.theme import BODY_PX, GAP_L_PX, GAP_XL_PX, INSET_PX, IconLabel, active, font
from gui.widgets.basic import ElidingLabel, label, named, rule, set_role, show_text
from gui.widgets.layouts import hbox
from gui.widgets.panel import Panel

_GAP_PX = 4


class Figures(QWidget):
    """``epoch 400 loss 0.017``: names in the label colour, values emphasised.

    The width grows with the longest text so far and shrinks only when the number of figures
    changes, so that figures changing sixty times a second move nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        self._figures: tuple[tuple[str, str], ...] = ()
        self._steps: list[float] = []
        self._width = 0
        self._fonts = font(), font(BODY_PX, 600)
        self._metrics = tuple(map(QFontMetricsF, self._fonts))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def show_figures(self, figures: tuple[tuple[str, str], ...]) -> None:
        """Show pairs of names and values."""
        if figures == self._figures:
            return
        if len(figures) != len(self._figures):
            self._width = 0
        self._figures = figures
        plain, strong = (metrics.horizontalAdvance for metrics in self._metrics)
        steps = ((plain(name) + _GAP_PX, strong(value) + GAP_L_PX) for name, value in figures)
        self._steps = list(chain.from_iterable(steps))
        needed = int(sum(self._steps)) + 1 - GAP_L_PX
        if needed > self._width:
            self._width = needed
            self.updateGeometry()
        self.setAccessibleName(self.text())
        self.update()

    def text(self) -> str:
        """Return the figures as plain text."""
        return "   ".join(f"{name} {value}" for name, value in self._figures)

    def sizeHint(self) -> QSize:
        """Return the size of the longest text so far."""
        return QSize(self._width, 16)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint, since figures are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pairs from the left."""
        painter = QPainter(self)
        theme, x, height = active(), 0.0, self.height()
        looks = tuple(zip(self._fonts, (QColor(theme.t2), QColor(theme.t1)), strict=True))
        texts = chain.from_iterable(self._figures)
        for text, step, (look, colour) in zip(texts, self._steps, cycle(looks), strict=False):
            painter.setFont(look)
            painter.setPen(colour)
            painter.drawText(int(x), 0, int(step), height, Qt.AlignmentFlag.AlignVCenter, text)
            x += step


HEIGHT_PX = 26


class StatusBar(Panel):
    """A row with the front tab's status."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self._dot = IconLabel(9, "circle-fill", "t3")
        self._status = Status()
        self._told: tuple[str, ...] = ()
        self.state = label("strong", "status_state")
        self.figures = named(Figures(), "status_figures")
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
        """Show a tab's status."""
        self.state.setText(status.state)
        self._dot.show_icon("circle-fill", status.dot)
        self.figures.show_figures(status.figures)
        old, self._status = self._status, status
        if status.sentence != old.sentence:  # what went well stays until there is news
            self._write(status.sentence)
            explain(self.sentence, *status.terms)
        show_text(self.fact, status.fact)
        self._announce(old, status)

    def show_sentence(self, text: str) -> None:
        """Show and announce what just happened."""
        self._write(text)
        self._say([text])

    def _announce(self, old: Status, status: Status) -> None:
        """Announce what changed since the last announcement."""
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
            from gui.widgets.accessible import announce, join_sentences

            said = join_sentences(filter(None, texts))
            announce(self, signs_in_words(said), waits=True)

    def _write(self, text: str) -> None:
        if text != self.sentence.text():
            self.sentence.setText(text)
            self.sentence.setToolTip(text)
            self._icon.setVisible(bool(text))
