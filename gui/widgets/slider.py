"""The slider: painted, and moved directly to the pressed position."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSlider, QWidget

from gui.spoken import signs_in_words
from gui.theme import GAP_M_PX, active
from gui.widgets.basic import as_html, describe, label, named
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import draw_box, smooth_painter

KNOB_PX, GROOVE_PX = 14, 4
_TAG = re.compile("<[^>]*>")


class Slider(QSlider):
    """A slider that jumps to the pressed position and can be dragged from there.

    ``sliderPressed`` precedes the first new value, so that a video is paused before it seeks.

    Parameters
    ----------
    before, after
        Colour tokens of the groove on either side of the knob.
    overhang
        Whether the groove extends to the slider's ends, half a knob beyond the outermost values.

    Attributes
    ----------
    figure
        Text of the value displayed next to the slider; empty if the number is enough.
    worth
        Value of one step for screen readers: 0.01 if a slider moves in hundredths.
    """

    def __init__(
        self, object_name: str, before: str = "acc", after: str = "bg3", overhang: bool = True
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(object_name)
        self._before, self._after, self._overhang = before, after, overhang
        self.figure, self.worth = "", 1.0
        self.setFixedHeight(18)

    def say(self, figure: str) -> None:
        """Set the texts for screen readers: the value, and the slider's purpose."""
        figure = signs_in_words(figure)
        said = " ".join(filter(None, (f"{figure}." if figure else "", self.toolTip())))
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    @property
    def ends(self) -> tuple[float, float]:
        """The positions of the smallest and largest value, in pixels."""
        return KNOB_PX / 2, max(self.width() - KNOB_PX / 2, KNOB_PX / 2 + 1)

    def x_of(self, value: float) -> float:
        """Return a value's position, in pixels."""
        left, right = self.ends
        span = max(1, self.maximum() - self.minimum())
        return left + (right - left) * (value - self.minimum()) / span

    def value_at(self, x: float) -> int:
        """Return the value nearest to a position, in pixels."""
        left, right = self.ends
        share = min(1.0, max(0.0, (x - left) / (right - left)))
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the place under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self.value_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self.setValue(self.value_at(event.position().x()))
            event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove and knob."""
        theme = active()
        painter = smooth_painter(self)
        middle, here = self.height() / 2, self.x_of(self.sliderPosition())
        first, last = (0.0, float(self.width())) if self._overhang else self.ends
        for token, left, right in ((self._before, first, here), (self._after, here, last)):
            groove = QRectF(left, middle - GROOVE_PX / 2, right - left, GROOVE_PX)
            draw_box(painter, groove, 2, getattr(theme, token) if self.isEnabled() else theme.bg3)
        focused = should_draw_focus_ring(self)
        lit = theme.t1 if self.isEnabled() and self.underMouse() else theme.line2
        painter.setPen(QPen(QColor(theme.acc if focused else lit), 2 if focused else 1))
        painter.setBrush(QColor(theme.bg1))
        radius = KNOB_PX / 2 - (1 if focused else 1.5)
        painter.drawEllipse(QPointF(here, middle), radius, radius)


class FigureSlider(QWidget):
    """A caption, a figure and a slider.

    Attributes
    ----------
    slider
        Its ``valueChanged`` reports the user's choice, its ``sliderReleased`` the end of a drag.

    Parameters
    ----------
    worth
        As in :class:`Slider`; ``None`` if the figure is more than a number.
    """

    def __init__(
        self,
        object_name: str,
        low: int,
        high: int,
        write: Callable[[int], str],
        after: str = "bg3",
        worth: float | None = 1.0,
    ) -> None:
        super().__init__()
        self._write, self._is_number = write, worth is not None
        self.caption = label("caption")
        self.figure = label("strong", f"{object_name}_figure")
        self.slider = Slider(object_name, after=after)
        self.slider.setRange(low, high)
        self.slider.worth = worth or 1.0
        self._groove_row = hbox(self.slider, gap=GAP_M_PX)
        vbox(hbox(self.caption, STRETCH, self.figure), self._groove_row, on=self, gap=2, margins=0)
        self._wanted = low
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self._settle)
        self.refresh()

    def show_value(self, value: int) -> None:
        """Show a value set by the program, once the knob is not being dragged."""
        self._wanted = value
        if not self.slider.isSliderDown():
            self._settle()

    def _on_moved(self, value: int) -> None:
        self._wanted = value
        self.refresh()

    def _settle(self) -> None:
        """Show the last value: the user's, or the one set by the program."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._wanted)
        self.refresh()

    def describe(self, caption: str, tip: str) -> None:
        """Set the caption and the slider's description."""
        self.caption.setText(caption)
        describe(self.slider, caption, tip)
        self.refresh()

    def refresh(self) -> None:
        """Update the figure."""
        self.figure.setText(self._write(self.slider.value()))
        self.slider.figure = _TAG.sub("", self.figure.text())
        if not self._is_number:
            self.slider.say(self.slider.figure)


class SplitSlider(FigureSlider):
    """A slider for the share of training rows; the rest, in the test colour, is held out.

    Attributes
    ----------
    by_class
        Check box that keeps each class's share in both parts; hidden if there are no classes.
    """

    def __init__(self, object_name: str, write: Callable[[int], str]) -> None:
        super().__init__(object_name, 10, 100, write, after="test", worth=None)
        as_html(self.figure)
        self.slider.setPageStep(10)
        self.by_class = named(QCheckBox(), f"{object_name}_by_class")
        self._groove_row.addWidget(self.by_class)
