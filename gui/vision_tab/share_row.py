"""A row with a share's name, slider and value, as below the bars in Vision."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QWidget

from gui.format import percent
from gui.widgets.basic import label
from gui.widgets.fields import caption_of
from gui.widgets.layouts import hbox
from gui.widgets.slider import KNOB_PX, Slider
from gui.widgets.texts import LazyText

NAME_W_PX, FIGURE_W_PX = 128, 52


class ShareRow(QWidget):
    """A slider for a share from 0 to 1.

    Parameters
    ----------
    name
        Of the slider, and of the figure with "_value" behind it.
    low, high
        The least and the largest share, in hundredths.
    choose
        Called with what the user chose, not with a share that is only shown.
    term
        The caption's word of the glossary.
    caption, tip
        What the share is called, and what it does.

    Attributes
    ----------
    slider
        In hundredths.
    """

    def __init__(
        self,
        name: str,
        low: int,
        high: int,
        choose: Callable[[float], None],
        term: str = "",
        caption: LazyText = "",
        tip: LazyText = "",
    ) -> None:
        super().__init__()
        self.slider = Slider(name, before="line2", overhang=False)
        self.caption = caption_of(self.slider, "label", term, caption, tip)
        self.slider.setRange(low, high)
        self._figure = label("strong", f"{name}_value")
        self._figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # The knob's middle stands under the end of a bar, so the slider is a knob wider than bars.
        self.caption.setFixedWidth(NAME_W_PX - KNOB_PX // 2)
        self._figure.setFixedWidth(FIGURE_W_PX - KNOB_PX // 2)
        hbox(self.caption, (self.slider, 1), self._figure, on=self, gap=0, margins=0)
        self.slider.valueChanged.connect(lambda value: choose(value / 100))

    def show_share(self, share: float) -> None:
        """Show a share in the current language."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(100 * share))
        # A threshold from Teach may lie between two steps of the slider.
        is_step = abs(100 * share - self.slider.value()) < 0.05
        self._figure.setText(percent(share, 0 if is_step else 1))
        self.slider.figure = self._figure.text()
