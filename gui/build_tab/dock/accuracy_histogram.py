"""A histogram of many starts' test scores, with the baseline and the ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from foundation.text import tr
from gui.explain import explain
from gui.format import nice_step, percent, show_fixed
from gui.plots.axes import Plot, cosmetic_pen
from gui.theme import active
from gui.widgets.basic import describe, label
from gui.widgets.layouts import vbox
from gui.widgets.panel import Panel

if TYPE_CHECKING:
    from model.training.ensemble.lottery import HeldOutScores  # ensembles are not for the start

_BARS = 20
"""Approximate number of bars between the lowest and the highest value."""


class AccuracyHistogram(Panel):
    """A histogram of the starts' test accuracies, or R² values for regression."""

    def __init__(self) -> None:
        super().__init__("lottery_accuracy")
        self._scores: HeldOutScores | None = None
        self._is_regression = False
        self._names = label("caption", "lottery_lines")
        explain(self._names, "baseline", "ceiling")
        self._plot = Plot("lottery_histogram")
        self._plot.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a screen reader reads it
        self._plot.axes["left"].whole = True
        self._bars = pg.BarGraphItem(x0=[], x1=[], height=[])
        self._lines = pg.InfiniteLine(angle=90), pg.InfiniteLine(angle=90)
        for item in (self._bars, *self._lines):
            self._plot.box.addItem(item)
        vbox(self._names, (self._plot, 1), on=self, gap=0, margins=0)
        self.retranslate()

    def show_scores(self, scores: HeldOutScores | None, is_regression: bool) -> None:
        """Show the scores of a lottery, or nothing if `scores` is ``None``."""
        self._scores, self._is_regression = scores, is_regression
        self.restyle()
        self.retranslate()

    def score_text(self, score: float) -> str:
        """Format an accuracy as per cent, or R² as a number."""
        return show_fixed(score, 2) if self._is_regression else percent(score)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        describe(self._plot, tr("Seeds by their accuracy on the test rows"), "")
        if self._scores is not None:
            low, high = (
                self.score_text(self._scores.baseline),
                self.score_text(self._scores.ceiling),
            )
            self._names.setText(tr("– – baseline {low}   — ceiling {high}", low=low, high=high))

    def restyle(self) -> None:
        """Apply the current theme and redraw."""
        self._plot.apply_theme()
        theme, scores = active(), self._scores
        for line, dashes in zip(self._lines, ((4.0, 3.0), ()), strict=True):
            line.setPen(cosmetic_pen(theme.t1, 1.5, dashes))
        if scores is None or not len(scores.known):
            return
        scale = 1.0 if self._is_regression else 100.0
        values, high = scale * scores.known, scale * scores.ceiling
        low = min(*values, scale * scores.baseline)
        step = nice_step(max(high - low, 0.01 * scale) / _BARS)
        # The last bar ends at the ceiling, so that none seems to go beyond it.
        edges = high - step * np.arange(int((high - low) / step) + 1, -1, -1)
        counts, _ = np.histogram(values, edges)
        self._bars.setOpts(
            x0=edges[:-1], x1=edges[1:], height=counts, brush=theme.acc, pen=theme.bg2
        )
        for line, at in zip(self._lines, (scale * scores.baseline, high), strict=True):
            line.setPos(at)
        self._plot.axes["bottom"].whole = not self._is_regression
        self._plot.box.setXRange(edges[0], edges[-1] + step / 2.0, padding=0)
        self._plot.box.setYRange(0.0, 1.05 * counts.max(), padding=0)
