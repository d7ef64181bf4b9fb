"""Histograms of the weights, one a layer: negative ones outlined in orange, positive ones blue."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from gui.build_tab.state import BuildState
from gui.format import nice_step, show_integer, show_short, tick
from gui.theme import BODY_PX, CAPTION_PX, active, font
from gui.widgets.panel import Panel
from model.experiment import FloatArray

_BARS = 40
_LAYER_PX, _MOST_PX = 57, 130
_HEAD_PX, _FOOT_PX = 20.0, 15.0


class _Layer(Struct, frozen=True, eq=False):
    """One layer's figures: its number (0 for the output), counts a bar, how many, deviation."""

    number: int
    counts: np.ndarray
    size: int
    deviation: float


def _drawable(weights: FloatArray) -> FloatArray:
    """Return weights that an axis can hold: endless ones at an eighth of the largest number."""
    most = np.finfo(weights.dtype).max / 8
    return np.clip(np.nan_to_num(weights), -most, most)


def histogram(values: FloatArray, reach: float) -> np.ndarray:
    """Count values in equal bars from ``-reach`` to ``reach``; zero lies between two bars.

    What lies beyond counts in the outermost bars.
    """
    index = np.floor(values.ravel() * (0.5 * _BARS / reach)).astype(np.intp) + _BARS // 2
    return np.bincount(np.clip(index, 0, _BARS - 1), minlength=_BARS)


class WeightsView(Panel):
    """Show every layer's weights, biases left out, on one common scale."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("weights_view")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._layers: list[_Layer] = []
        self._reach = 1.0
        self._network: object = None

    @property
    def counts(self) -> list[np.ndarray]:
        """The bars of every layer, as shown."""
        return [layer.counts for layer in self._layers]

    def show_state(self, state: BuildState) -> None:
        """Count the weights of the network shown."""
        if state.network is self._network:
            return
        self._network = state.network
        weights = [_drawable(w) for w in state.network.weights]
        largest = max((float(np.abs(w).max()) for w in weights if w.size), default=0.0)
        self._reach = self._steady_reach(largest)
        last = len(weights) - 1
        before = len(self._layers)
        self._layers = [
            _Layer(
                0 if index == last else index + 1,
                histogram(w, self._reach),
                w.size,
                _deviation(w),
            )
            for index, w in enumerate(weights)
        ]
        if len(self._layers) != before:
            self.updateGeometry()
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription("; ".join(self._heads(layer)[0] for layer in self._layers))

    def _steady_reach(self, largest: float) -> float:
        """Return a round half-width that holds all weights, kept while it is not far too wide."""
        if largest == 0.0 or 0.4 * self._reach <= largest <= self._reach:
            return self._reach
        largest = max(largest, 1e-6)
        step = nice_step(largest / 4)
        return float(np.ceil(largest / step) * step)

    def sizeHint(self) -> QSize:
        """Return the room for all layers."""
        return QSize(240, max(1, len(self._layers)) * _LAYER_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the same height with less width; the dock scrolls up and down."""
        return QSize(120, self.sizeHint().height())

    def _heads(self, layer: _Layer) -> tuple[str, str]:
        number = show_integer(layer.size)
        if layer.number == 0:
            left = self.tr("Output · {n}").format(n=number)
        elif len(self._layers) == 2:
            left = self.tr("Hidden · {n}").format(n=number)
        else:
            left = self.tr("Hidden {layer} · {n}").format(layer=layer.number, n=number)
        return left, f"σ {show_short(layer.deviation, 2)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint one histogram under the other."""
        if not self._layers:
            return
        painter = QPainter(self)
        height = min(float(_MOST_PX), self.height() / len(self._layers))
        for index, layer in enumerate(self._layers):
            self._paint_layer(painter, QRectF(0, index * height, self.width(), height), layer)

    def _paint_layer(self, painter: QPainter, rect: QRectF, layer: _Layer) -> None:
        theme = active()
        body, caption = font(BODY_PX), font(CAPTION_PX)
        painter.setFont(body)
        painter.setPen(QColor(theme.t1))
        base = rect.top() + QFontMetricsF(body).ascent() + 1
        left, right = self._heads(layer)
        painter.drawText(QPointF(0, base), left)
        painter.setPen(QColor(theme.t2))
        across = QFontMetricsF(body).horizontalAdvance(right)
        painter.drawText(QPointF(rect.right() - across, base), right)
        floor = round(rect.bottom() - _FOOT_PX) + 0.5
        top = rect.top() + _HEAD_PX
        tallest = max(1, int(layer.counts.max()))
        width = rect.width() / _BARS
        for bar, number in enumerate(layer.counts.tolist()):
            if not number:
                continue
            tall = max(1.0, (floor - top) * number / tallest)
            box = QRectF(bar * width + 0.5, floor - tall, width - 1.5, tall)
            if bar < _BARS // 2:
                tint = QColor(theme.neg)
                tint.setAlphaF(0.35)
                painter.fillRect(box, tint)
                painter.setPen(QPen(QColor(theme.neg), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box)
            else:
                painter.fillRect(box.adjusted(0, 0, 0.5, 0), QColor(theme.pos))
        painter.setPen(QColor(theme.line2))
        painter.drawLine(QPointF(0, floor), QPointF(rect.right(), floor))
        self._paint_scale(painter, rect, floor, QFontMetricsF(caption))

    def _paint_scale(
        self, painter: QPainter, rect: QRectF, floor: float, metrics: QFontMetricsF
    ) -> None:
        painter.setFont(font(CAPTION_PX))
        painter.setPen(QColor(active().t2))
        base = floor + metrics.ascent() + 1
        step = nice_step(self._reach / 4)
        for text, at in (
            (tick(-self._reach, step), 0.0),
            ("0", 0.5),
            (tick(self._reach, step), 1.0),
        ):
            across = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(at * (rect.width() - across), base), text)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._describe()

    def restyle(self) -> None:
        """Put on the theme in use."""
        self._describe()


def _deviation(weights: np.ndarray) -> float:
    """Return the standard deviation; infinity where a weight's square is beyond all numbers."""
    with np.errstate(over="ignore"):
        return float(weights.std()) if weights.size else 0.0
