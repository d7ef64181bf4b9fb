"""The dock's first page: a histogram of each layer's weights, and the rounding bar.

Negative weights are outlined in orange, positive ones are blue.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.rounding_bar import RoundingBar
from gui.build_tab.state import BuildState
from gui.build_tab.weight_figures import BARS, WeightFigures, weight_figures
from gui.format import nice_step, show_integer, show_short, tick
from gui.theme import BODY_PX, CAPTION_PX, GAP_L_PX, GAP_M_PX, active, font
from gui.widgets.basic import scroll_area
from gui.widgets.layouts import UNBOUNDED_PX, vbox
from gui.widgets.painting import set_text_style, with_alpha
from gui.widgets.panel import Panel

_LAYER_PX, _MAX_PX = 57, 130
_HEAD_PX, _FOOT_PX = 20.0, 15.0


class WeightsView(Panel):
    """Histograms of every layer's weights, without biases, on a common scale."""

    def __init__(self) -> None:
        super().__init__("weights_view")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._figures = WeightFigures()
        self._network: object = None

    @property
    def counts(self) -> list[np.ndarray]:
        """Counts per bar, one array per layer."""
        return [layer.counts for layer in self._figures.layers]

    def show_state(self, state: BuildState) -> None:
        """Show the weights of the network."""
        if state.network is self._network:
            return
        self._network, layers = state.network, len(self._figures.layers)
        self._figures = weight_figures(state.network, self._figures)
        if len(self._figures.layers) != layers:
            self.updateGeometry()
        self.update()

    def in_words(self) -> str:
        """Describe each layer's weights: number, spread, and most frequent values."""
        said = []
        text = tr("{layer}: between {low} and {high}, most from {start} to {end}.")
        reach, width = self._figures.reach, 2 * self._figures.reach / BARS
        for index, layer in enumerate(self._figures.layers):
            bars = np.flatnonzero(layer.counts)
            if not len(bars):
                continue
            most = int(layer.counts.argmax())
            edges = (bars[0], bars[-1] + 1, most, most + 1)
            low, high, start, end = (show_short(at * width - reach, 2) for at in edges)
            head = ", ".join(filter(None, self._heads(index)))
            said.append(text.format(layer=head, low=low, high=high, start=start, end=end))
        return " ".join(said)

    def sizeHint(self) -> QSize:
        """Return the size for all layers."""
        return QSize(240, max(1, len(self._figures.layers)) * _LAYER_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the same height with less width; the dock scrolls vertically."""
        return QSize(120, self.sizeHint().height())

    def _heads(self, index: int) -> tuple[str, str]:
        layers = self._figures.layers
        number, deviation = show_integer(layers[index].size), layers[index].deviation
        if index == len(layers) - 1:
            left = tr("Output · {n}", n=number)
        elif len(layers) == 2:
            left = tr("Hidden · {n}", n=number)
        else:
            left = tr("Hidden {layer} · {n}", layer=index + 1, n=number)
        return left, "" if deviation is None else f"σ {show_short(deviation, 2)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the histograms one below the other."""
        layers = self._figures.layers
        if not layers:
            return
        painter = QPainter(self)
        height = min(float(_MAX_PX), self.height() / len(layers))
        for index in range(len(layers)):
            self._paint_layer(painter, QRectF(0, index * height, self.width(), height), index)

    def _paint_layer(self, painter: QPainter, rect: QRectF, index: int) -> None:
        theme = active()
        body, caption = font(BODY_PX), font(CAPTION_PX)
        painter.setFont(body)
        painter.setPen(QColor(theme.t1))
        base = rect.top() + QFontMetricsF(body).ascent() + 1
        left, right = self._heads(index)
        painter.drawText(QPointF(0, base), left)
        painter.setPen(QColor(theme.t2))
        across = QFontMetricsF(body).horizontalAdvance(right)
        painter.drawText(QPointF(rect.right() - across, base), right)
        floor = round(rect.bottom() - _FOOT_PX) + 0.5
        top = rect.top() + _HEAD_PX
        counts = self._figures.layers[index].counts
        tallest = max(1, int(counts.max()))
        width = rect.width() / BARS
        for bar, number in enumerate(counts.tolist()):
            if not number:
                continue
            tall = max(1.0, (floor - top) * number / tallest)
            box = QRectF(bar * width + 0.5, floor - tall, width - 1.5, tall)
            if bar < BARS // 2:
                painter.fillRect(box, with_alpha(theme.neg, 0.35))
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
        set_text_style(painter, active().t2, CAPTION_PX)
        base = floor + metrics.ascent() + 1
        step = nice_step(self._figures.reach / 4)
        for text, at in (
            (tick(-self._figures.reach, step), 0.0),
            ("0", 0.5),
            (tick(self._figures.reach, step), 1.0),
        ):
            across = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(at * (rect.width() - across), base), text)


_BESIDE_PX, _BAR_PX, _MIN_PX = 460, 250, 40


class WeightsPage(QWidget):
    """The rounding bar above the histograms, or beside them in a wide dock."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self.view, self.rounding = WeightsView(), RoundingBar(model)
        rounding = (self.rounding, 0, Qt.AlignmentFlag.AlignTop)
        histograms = scroll_area(self.view)
        histograms.setMinimumHeight(_MIN_PX)  # a sentence of two lines needs its height first
        parts = rounding, (histograms, 1)
        self._layout = vbox(*parts, on=self, gap=GAP_M_PX, margins=0)

    def show_state(self, state: BuildState) -> None:
        """Show the weights, and how far they can be rounded."""
        self.view.show_state(state)
        self.rounding.show_state(state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the rounding bar beside the histograms if the dock is wide."""
        super().resizeEvent(event)
        is_beside = event.size().width() >= _BESIDE_PX
        if is_beside == (self._layout.direction() == QBoxLayout.Direction.RightToLeft):
            return
        way = QBoxLayout.Direction
        self._layout.setDirection(way.RightToLeft if is_beside else way.TopToBottom)
        self._layout.setSpacing(GAP_L_PX if is_beside else GAP_M_PX)
        self.rounding.setMinimumWidth(_BAR_PX if is_beside else 0)
        self.rounding.setMaximumWidth(_BAR_PX if is_beside else UNBOUNDED_PX)
