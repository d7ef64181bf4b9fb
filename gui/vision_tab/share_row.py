"""A row with the name, slider and value of a share."""

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
        Object name of the slider; the value's label has the suffix "_value".
    low, high
        Minimum and maximum, in hundredths.
    choose
        Called with the share when the user changes it, but not from `show_share`.
    term
        Glossary entry for the caption.
    caption, tip
        Caption and tool tip.

    Attributes
    ----------
    slider
        Slider, in hundredths.
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
        """Show a share without calling `choose`."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(100 * share))
        # A threshold from Teach may lie between two steps of the slider.
        is_step = abs(100 * share - self.slider.value()) < 0.05
        self._figure.setText(percent(share, 0 if is_step else 1))
        self.slider.figure = self._figure.text()
