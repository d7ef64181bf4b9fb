"""How well many starts do on the test rows: a histogram beside the baseline and the ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from gui.explain import explain
from gui.format import nice_step, percent, show_fixed, steps_between
from gui.theme import CAPTION_PX, GAP_L_PX, GAP_S_PX, active, font
from gui.widgets.basic import describe
from gui.widgets.painting import write_in
from gui.widgets.panel import Panel

if TYPE_CHECKING:
    from model.training.lottery import HeldOutScores  # ensembles are not for the start

_BAR_PX, _TICK_PX, _LINE_PX, _SWATCH_PX = 14, 64, 17.0, 12.0


class AccuracyHistogram(Panel):
    """Show how many starts reach which accuracy, R² of a regression, on the test rows."""

    def __init__(self) -> None:
        super().__init__("lottery_accuracy")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._scores: HeldOutScores | None = None
        self._is_regression = False
        explain(self, "baseline", "ceiling")

    def show_scores(self, scores: HeldOutScores | None, is_regression: bool) -> None:
        """Show the scores of a lottery, or nothing where there are none."""
        self._scores, self._is_regression = scores, is_regression
        self.retranslate()
        self.update()

    def written(self, score: float, digits: int = 1) -> str:
        """Return an accuracy as per cent, an R² as a number."""
        return show_fixed(score, 2) if self._is_regression else percent(score, digits)

    def retranslate(self) -> None:
        """Say in the language in use what is painted."""
        name = self.tr("Seeds by their accuracy on the test rows")
        if self._scores is not None:
            name = ", ".join((name, *(text for text, _, _ in self._marks(self._scores))))
        describe(self, name, "")
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for some bars with their scale and the names of the lines."""
        return QSize(240, 90)

    def minimumSizeHint(self) -> QSize:
        """Return the least height in which a bar can still be told from another."""
        return QSize(120, 56)

    def _marks(self, scores: HeldOutScores) -> list[tuple[str, float, Qt.PenStyle]]:
        """Return what the scores are held against: its name, where it is, how its line looks."""
        low, high = self.written(scores.baseline), self.written(scores.ceiling)
        marks = [
            (self.tr("baseline {n}").format(n=low), scores.baseline, Qt.PenStyle.DashLine),
            (self.tr("ceiling {n}").format(n=high), scores.ceiling, Qt.PenStyle.SolidLine),
        ]
        return marks[:1] if self._is_regression else marks

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars, the lines over them, the scale below and the lines' names above."""
        scores = self._scores
        if scores is None or not len(scores.known):
            return
        painter, theme = QPainter(self), active()
        marks = [mark for mark in self._marks(scores) if np.isfinite(mark[1])]
        reach = np.append(scores.known, [at for _, at, _ in marks])
        # The last bar ends at the ceiling, so that none seems to go beyond it.
        step = nice_step(max(float(np.ptp(reach)), 0.01) * _BAR_PX / self.width())
        below = np.floor((scores.ceiling - reach) / step + 1e-9).astype(np.intp)
        bars = int(below.max()) + 1
        counts = np.bincount(bars - 1 - below[: len(scores.known)], minlength=bars)
        box = QRectF(0, _LINE_PX, self.width(), self.height() - 2 * _LINE_PX)
        width = box.width() / bars
        for bar in np.flatnonzero(counts).tolist():
            tall = max(1.0, box.height() * int(counts[bar]) / int(counts.max()))
            left = box.left() + bar * width
            painter.fillRect(
                QRectF(left + 0.5, box.bottom() - tall, width - 1.0, tall), QColor(theme.acc)
            )
        painter.setPen(QColor(theme.line2))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        per_px = bars * step / box.width()
        origin = scores.ceiling - bars * step
        self._paint_scale(painter, box, origin, per_px)
        left = 0.0
        for text, at, style in marks:
            pen = QPen(QColor(theme.t1), 1.5, style)
            painter.setPen(pen)
            x = (at - origin) / per_px
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            middle = _LINE_PX / 2
            painter.drawLine(QPointF(left, middle), QPointF(left + _SWATCH_PX, middle))
            left = self._paint_name(painter, text, left + _SWATCH_PX + GAP_S_PX)

    def _paint_name(self, painter: QPainter, text: str, left: float) -> float:
        """Write the name of a line and return where the next one may begin."""
        write_in(painter, active().t2, CAPTION_PX)
        metrics = QFontMetricsF(font(CAPTION_PX))
        painter.drawText(QPointF(left, metrics.ascent()), text)
        return left + metrics.horizontalAdvance(text) + GAP_L_PX

    def _paint_scale(self, painter: QPainter, box: QRectF, origin: float, per_px: float) -> None:
        write_in(painter, active().t2, CAPTION_PX)
        metrics = QFontMetricsF(font(CAPTION_PX))
        step = nice_step(_TICK_PX * per_px)
        for value in steps_between(origin, origin + box.width() * per_px, step):
            text = self.written(value, 0 if (100 * step).is_integer() else 1)
            across = metrics.horizontalAdvance(text)
            x = min(max((value - origin) / per_px - across / 2, 0.0), box.right() - across)
            painter.drawText(QPointF(x, box.bottom() + metrics.ascent() + 1), text)
