"""What a regression answers against what it should: a point a row, right on the diagonal."""

from __future__ import annotations

import numpy as np

from gui.plots.plane_map import PlaneMap
from gui.plots.points import MOST_POINTS, Points
from gui.theme import active
from model.insight.answers import Answers

_MARGIN = 0.08
_DIAGONAL = np.array([[[0.0, 0.0], [1.0, 1.0]]])


class FitPlot(PlaneMap):
    """Show targets across and answers up, both in the units of the data; test rows hollow."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fit_plot")
        self._names = ("", "")
        self.retranslate()

    def show_answers(self, train: Answers | None, test: Answers | None, output: int) -> None:
        """Show the rows whose answers are known, for one of several outputs."""
        known = [answers for answers in (train, test) if answers is not None]
        if not known:
            return
        rows = sum(len(answers.x) for answers in known)
        step = max(1, -(-rows // MOST_POINTS))
        pairs = [answers.in_own_units(output) for answers in known]
        y, answered = (np.nan_to_num(np.concatenate([p[k][::step] for p in pairs])) for k in (0, 1))
        low, high = min(y.min(), answered.min()), max(y.max(), answered.max())
        margin = _MARGIN * (high - low) or 0.5
        ends = float(low - margin), float(high + margin)
        self.show_plane((*ends, *ends), self._names)
        half = max(float(np.ptp(y)) / 2, 1e-9)
        parts = [np.arange(0, len(answers.x), step) for answers in known]
        tests = [np.full(len(row), of.test) for row, of in zip(parts, known, strict=True)]
        self.show_points(
            Points(
                y,
                answered,
                np.zeros(len(y), dtype=np.intp),
                np.clip((y - y.min()) / half - 1.0, -1.0, 1.0),
                np.concatenate(tests),
                np.concatenate(parts),
                step,
            )
        )
        self.restyle()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._names = (self.tr("target"), self.tr("answer"))

    def restyle(self) -> None:
        """Put on the theme in use."""
        ground = np.full((2, 2), int(active().bg2.lstrip("#"), 16) | 0xFF000000, dtype=np.uint32)
        self.show_field(ground, _DIAGONAL)
