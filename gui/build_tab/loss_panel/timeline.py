"""The timeline: a slider over the epochs, its groove aligned with the plot."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize
from PySide6.QtWidgets import QSlider

from gui.widgets.slider import Slider


class Timeline(Slider):
    """Chooses an epoch along the plot's x axis.

    The groove's ends are given in pixels of the slider, and the slider's range is the epochs there.
    Only epochs in the known range can be chosen. ``valueChanged`` reports the user's choice;
    :meth:`show_epoch` moves the handle without emitting it.
    """

    def __init__(self) -> None:
        super().__init__("timeline", overhang=False)
        self.setFixedHeight(20)
        self.setRange(0, 1)
        self.setPageStep(10)
        self._groove = (8.0, 100.0)
        self._known = (0, 0)

    def set_groove(self, left_px: float, right_px: float) -> None:
        """Set the x positions of the groove's ends in this widget."""
        if (left_px, right_px) != self._groove:
            self._groove = (left_px, max(left_px + 1.0, right_px))
            self.update()

    def set_epochs(self, low: int, high: int, known: tuple[int, int]) -> None:
        """Set the epochs at the groove's ends, and the range that can be chosen."""
        high = max(high, low + 1)
        self._known = known
        if (low, high) == (self.minimum(), self.maximum()):
            return
        with QSignalBlocker(self):
            self.setRange(low, high)
        self.update()

    def show_epoch(self, epoch: int) -> None:
        """Move the handle without a signal, unless the user is dragging it."""
        if not self.isSliderDown():
            with QSignalBlocker(self):
                self.setValue(epoch)

    def sliderChange(self, change: QSlider.SliderChange) -> None:
        """Keep the value within the range that can be chosen."""
        if change == QSlider.SliderChange.SliderValueChange:
            first, last = self._known
            kept = max(self.minimum(), min(max(self.value(), first), last))
            if kept != self.value() and kept <= self.maximum():
                self.setValue(kept)
        super().sliderChange(change)

    @property
    def ends(self) -> tuple[float, float]:
        """Positions of the groove's ends, in pixels."""
        return self._groove

    def value_at(self, x: float) -> int:
        """Return the known epoch nearest to a position in pixels."""
        first, last = self._known
        return max(first, min(super().value_at(x), last))

    def sizeHint(self) -> QSize:
        """Return any width, and the height of the handle with its focus ring."""
        return QSize(200, 20)
