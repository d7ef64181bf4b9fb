"""The common parts of lottery and sweep: the number of seeds, and the buttons."""

from __future__ import annotations

from abc import abstractmethod

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.format import show_integer
from gui.theme import icon
from gui.widgets.basic import describe, push_button
from gui.widgets.fields import FIELD_PX, NumberEdit
from gui.widgets.panel import Panel
from gui.widgets.texts import LazyText, worded
from model.defaults import LOTTERY_SEEDS

_FIELD_PX = 62


class DrawView(Panel):
    """A form for random starts, and a page with their results.

    Attributes
    ----------
    seeds
        Field for the number of starts to train.
    start, again
        Buttons of the form and the results page; they start or stop the training.
    """

    def __init__(
        self, name: str, model: BuildModel, most: int, picture: str, seeds: LazyText, tip: LazyText
    ) -> None:
        super().__init__(f"{name}_view")
        self._model = model
        self._number = LOTTERY_SEEDS
        self._share: float | None = None
        self.seeds = NumberEdit(f"{name}_seeds", 1, most, whole=True)
        worded(self.seeds, accessible_name=seeds, tip=tip)
        self.seeds.setFixedSize(_FIELD_PX, FIELD_PX)
        self.seeds.show_value(LOTTERY_SEEDS)
        self.seeds.entered.connect(self._choose_number)
        self.seeds.refused.connect(self._on_refused)
        self.start = push_button(f"{name}_start", icon=icon(picture), do=self._on_start_clicked)
        self.again = push_button(
            f"{name}_again",
            size="small",
            icon=icon("arrow-counter-clockwise"),
            do=self._on_start_clicked,
        )

    @abstractmethod
    def _draw(self) -> None:
        """Start training the starts."""

    @abstractmethod
    def _stop(self) -> None:
        """Stop training the starts."""

    @abstractmethod
    def _draw_words(self) -> tuple[str, str]:
        """Return the start button's text, and the tip of both buttons."""

    @abstractmethod
    def _on_refused(self, text: str) -> None:
        """Explain why a field was reverted."""

    def _choose_number(self, number: float) -> None:
        self._number = int(number)
        self._show_buttons()

    def _on_start_clicked(self) -> None:
        if self._share is None:
            self._draw()
        else:
            self._stop()

    def _show_share(self, share: float | None) -> None:
        """Show the share of training done, 0 to 1; ``None`` if no training is running."""
        if share != self._share:
            self._share = share
            self._show_buttons()

    def _show_buttons(self) -> None:
        draw, tip = self._draw_words()
        for button, text in ((self.start, draw), (self.again, tr("Draw again"))):
            name = text if self._share is None else tr("Stop")
            describe(button, name, tip)
            done = show_integer(100 * (self._share or 0.0))
            button.setText(tr("Stop ({n}%)", n=done) if self._share else name)
