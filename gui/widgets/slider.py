"""Sliders with a painted groove."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QStyle, QVBoxLayout, QWidget

from gui.theme import GAP_M_PX, active
from gui.widgets.basic import describe, label

__all__ = ["FigureSlider", "PositionSlider", "SplitSlider"]


_KNOB_PX, _GROOVE_PX = 13, 4


class _Groove(QSlider):
    """A slider whose groove is painted here: accent before the knob, `after` behind it."""

    def __init__(self, object_name: str, after: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(object_name)
        self._after = after
        self.setFixedHeight(18)

    def knob_x(self) -> float:
        """Return where the middle of the knob is, in pixels."""
        span = max(self.maximum() - self.minimum(), 1)
        share = (self.sliderPosition() - self.minimum()) / span
        return _KNOB_PX / 2 + share * (self.width() - _KNOB_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove and knob."""
        theme = active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, knob = self.height() / 2, self.knob_x()
        top = middle - _GROOVE_PX / 2
        painter.setPen(Qt.PenStyle.NoPen)
        for token, left, right in (("acc", 0.0, knob), (self._after, knob, float(self.width()))):
            colour = getattr(theme, token) if self.isEnabled() else theme.bg3
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(left, top, right - left, _GROOVE_PX), 2, 2)
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(theme.acc if focused else theme.line2), 2 if focused else 1))
        painter.setBrush(QColor(theme.bg1))
        radius = _KNOB_PX / 2 if focused else _KNOB_PX / 2 - 1
        painter.drawEllipse(QPointF(knob, middle), radius, radius)


class FigureSlider(QWidget):
    """A caption, a figure and a slider.

    Signals
    -------
    moved(int)
        A person moved the knob, by whatever means.
    released()
        A drag has ended: the next movement is another step.
    """

    moved = Signal(int)
    released = Signal()

    def __init__(
        self, object_name: str, low: int, high: int, write: Callable[[int], str], after: str = "bg3"
    ) -> None:
        super().__init__()
        self._write = write
        self._caption = label("caption")
        self.figure = label("strong", f"{object_name}_figure")
        self.slider = _Groove(object_name, after)
        self.slider.setRange(low, high)
        row = QHBoxLayout()
        row.addWidget(self._caption)
        row.addStretch(1)
        row.addWidget(self.figure)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        self._groove_row = QHBoxLayout()
        self._groove_row.setSpacing(GAP_M_PX)
        self._groove_row.addWidget(self.slider)
        layout.addLayout(self._groove_row)
        self._showing = False
        self.slider.valueChanged.connect(self._on_value_changed)
        self.slider.sliderReleased.connect(self.released)
        self._on_value_changed(self.slider.value())

    def show_value(self, value: int) -> None:
        """Show a value without emitting ``moved``, unless the knob is being dragged."""
        if not self.slider.isSliderDown() and value != self.slider.value():
            self._showing = True
            self.slider.setValue(value)
            self._showing = False

    def describe(self, caption: str, tip: str) -> None:
        """Write the caption and describe the slider."""
        self._caption.setText(caption)
        describe(self.slider, caption, tip)
        self.figure.setText(self._write(self.slider.value()))

    def refresh(self) -> None:
        """Write the figure anew."""
        self.figure.setText(self._write(self.slider.value()))

    def _on_value_changed(self, value: int) -> None:
        self.figure.setText(self._write(value))
        if not self._showing:
            self.moved.emit(value)


class SplitSlider(FigureSlider):
    """The share of rows to train on; the rest, in the test colour, is kept back.

    Attributes
    ----------
    by_class
        Whether each class keeps its share on both sides; hidden where there are no classes.
    """

    def __init__(self, object_name: str, write: Callable[[int], str]) -> None:
        super().__init__(object_name, 10, 100, write, after="test")
        self.figure.setTextFormat(Qt.TextFormat.RichText)
        self.slider.setPageStep(10)
        self.by_class = QCheckBox()
        self.by_class.setObjectName(f"{object_name}_by_class")
        self._groove_row.addWidget(self.by_class)


KNOB_PX = 14


class PositionSlider(QSlider):
    """A slider that jumps to the place that is pressed, and is dragged on from there.

    ``sliderPressed`` comes before the first new value, so that a video is held before it is sought.
    """

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("video_position")

    def _value_at(self, x: float) -> int:
        span = self.width() - KNOB_PX
        offset = round(x - KNOB_PX / 2)
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), offset, span)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the place under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._value_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self.setValue(self._value_at(event.position().x()))
            event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            event.accept()
