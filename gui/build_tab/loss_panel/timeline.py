"""The timeline: a slider over the epochs whose groove lies exactly under the plot."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QSlider

from gui.theme import active
from gui.widgets.focus_ring import is_ringed
from gui.widgets.painting import draw_box, draw_ring, smooth_painter
from gui.widgets.slider import Slider

_HANDLE_W, _HANDLE_H = 9.0, 15.0


class Timeline(Slider):
    """Choose an epoch along the plot's own x axis.

    The groove's ends are given in the slider's pixels, and the epochs that lie there as the range.
    Only the epochs that are known, from the first to the last, can be chosen. ``valueChanged``
    says what the person chose; :meth:`show_epoch` moves the handle without it.
    """

    def __init__(self) -> None:
        super().__init__("timeline")
        self.setFixedHeight(20)
        self.setRange(0, 1)
        self.setPageStep(10)
        self._groove = (8.0, 100.0)
        self._known = (0, 0)

    def set_groove(self, left_px: float, right_px: float) -> None:
        """Lay the groove between two x positions of this widget."""
        if (left_px, right_px) != self._groove:
            self._groove = (left_px, max(left_px + 1.0, right_px))
            self.update()

    def set_epochs(self, low: int, high: int, known: tuple[int, int]) -> None:
        """Say which epochs lie at the groove's ends, and from which to which one can go."""
        high = max(high, low + 1)
        self._known = known
        if (low, high) == (self.minimum(), self.maximum()):
            return
        with QSignalBlocker(self):
            self.setRange(low, high)
        self.update()

    def show_epoch(self, epoch: int) -> None:
        """Move the handle, unless the person is dragging it."""
        if not self.isSliderDown():
            with QSignalBlocker(self):
                self.setValue(epoch)

    def sliderChange(self, change: QSlider.SliderChange) -> None:
        """Keep the value within what one can go to."""
        if change == QSlider.SliderChange.SliderValueChange:
            first, last = self._known
            kept = max(self.minimum(), min(max(self.value(), first), last))
            if kept != self.value() and kept <= self.maximum():
                self.setValue(kept)
        super().sliderChange(change)

    @property
    def ends(self) -> tuple[float, float]:
        """Where the first and the last epoch lie, in pixels."""
        return self._groove

    def value_at(self, x: float) -> int:
        """Return the epoch nearest to a place, of those that are known."""
        first, last = self._known
        return max(first, min(super().value_at(x), last))

    def sizeHint(self) -> QSize:
        """Return any width, and the height of the handle with its focus ring."""
        return QSize(200, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove, the part gone through and the handle."""
        theme = active()
        painter = smooth_painter(self)
        left, right = self._groove
        middle = self.height() / 2
        here = min(right, max(left, self.x_of(self.value())))
        draw_box(painter, QRectF(left, middle - 2, right - left, 4), 2, theme.bg3)
        start = min(here, max(left, self.x_of(self._known[0])))
        if start > left:  # what cannot be gone to is a thin line
            painter.fillRect(QRectF(left, middle - 0.5, start - left, 1), QColor(theme.acc))
        if here > start:
            draw_box(painter, QRectF(start, middle - 2, here - start, 4), 2, theme.acc)
        handle = QRectF(here - _HANDLE_W / 2, middle - _HANDLE_H / 2, _HANDLE_W, _HANDLE_H)
        lit_px = 1.0 if self.underMouse() else 0.0
        draw_box(painter, handle.adjusted(-lit_px, -lit_px, lit_px, lit_px), 2.5, theme.t1)
        if is_ringed(self):
            draw_ring(painter, handle.adjusted(-2.5, -1.5, 2.5, 1.5), 4, theme.acc)
        painter.setPen(QColor(theme.bg1))
        painter.drawLine(QPointF(here, middle - 3), QPointF(here, middle + 3))
