"""The status bar: what runs, with its numbers; one sentence; one fact at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from gui.shell.figures import Figures
from gui.steady_text import show_text
from gui.theme import GAP_XL_PX, INSET_PX, icon
from gui.widgets import label, rule, set_role

__all__ = ["StatusBar"]

HEIGHT_PX = 26


class StatusBar(QFrame):
    """One row that panels write into through the window; it holds no state of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self._dot = label()
        self.state = label("strong", "status_state")
        self.figures = Figures()
        self.figures.setObjectName("status_figures")
        self._icon = label()
        self.sentence = label("label", "status_sentence")
        # A long sentence is cut at the window's edge, never the reason for a wider window.
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.fact = label("label", "status_fact")
        self._tone = "t3"
        layout = QHBoxLayout(self)
        layout.setContentsMargins(INSET_PX, 0, INSET_PX, 0)
        layout.setSpacing(6)
        layout.addWidget(self._dot)
        layout.addWidget(self.state)
        layout.addSpacing(GAP_XL_PX - 6)
        layout.addWidget(self.figures)
        layout.addSpacing(GAP_XL_PX - 6)
        layout.addWidget(rule(vertical=True))
        layout.addSpacing(GAP_XL_PX - 6)
        layout.addWidget(self._icon)
        layout.addWidget(self.sentence, 1)
        layout.addWidget(self.fact)
        set_role(self, role="status")
        self._refresh()

    def show_state(self, text: str, tone: str) -> None:
        """Write the state; `tone` is the token of its dot (``acc`` running, ``t3`` at rest)."""
        if text != self.state.text():
            self.state.setText(text)
        if tone != self._tone:
            self._tone = tone
            self._refresh()

    def show_figures(self, figures: list[tuple[str, str]]) -> None:
        """Write name and value pairs, the values strong."""
        self.figures.show_figures(figures)

    def show_sentence(self, text: str) -> None:
        """Write what just happened."""
        if text != self.sentence.text():
            self.sentence.setText(text)
            self.sentence.setToolTip(text)
            self._icon.setVisible(bool(text))

    def show_fact(self, text: str) -> None:
        """Write the fact at the right."""
        show_text(self.fact, text)

    def _refresh(self) -> None:
        self._dot.setPixmap(icon("circle-fill", self._tone).pixmap(9, 9))
        self._icon.setPixmap(icon("info", "t2").pixmap(14, 14))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._refresh()
        super().changeEvent(event)
