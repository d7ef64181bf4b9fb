"""What perceptrons alone reach on the data, worked out on a worker and kept for the last few."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.build_tab.state import BuildState
from gui.workers import LatestTask
from model.data import Dataset
from model.experiment import DataSpec, PlaneData, PointsData
from model.insight import LinearClassifier, linear_classifier
from model.training.live import MOST_AT_ONCE

__all__ = ["PerceptronRun", "is_compared"]

_KEPT = 4


def is_compared(data: DataSpec, dataset: Dataset) -> bool:
    """Tell whether perceptrons are trained on the data, to compare them with the network.

    Notes
    -----
    Rows of a truth table, and two classes on the plane, are judged exactly instead: there a line,
    or the place where the hulls meet, says more than a share of rows.
    """
    if dataset.task == "regression" or dataset.table_x is not None:
        return False
    on_plane = isinstance(data, PlaneData | PointsData) and dataset.inputs == 2
    return dataset.task != "binary" or not on_plane


class PerceptronRun(LatestTask):
    """Train a linear classifier on the data shown, unless it is known from before.

    Signals
    -------
    found(LinearClassifier)
        What it reaches on the data shown; ``None`` where it is not known yet, or not sought.
    failed(Exception, str)
        Something unexpected, and the traceback's text.
    """

    found = Signal(object)
    failed = Signal(object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: list[tuple[weakref.ref[np.ndarray], LinearClassifier]] = []
        self._rows: np.ndarray | None = None
        self._is_settled = False

    def follow(self, state: BuildState) -> None:
        """Take the state shown; large data wait until training rests."""
        dataset = state.dataset
        if dataset.x_train is not self._rows:
            self.cancel()
            self._rows = dataset.x_train
            known = self._known_for(dataset.x_train)
            is_sought = is_compared(state.experiment.data, dataset)
            self._is_settled = known is not None or not is_sought
            self.found.emit(known if is_sought else None)
        if self._is_settled:
            return
        if state.running and dataset.x_train.size * dataset.outputs > MOST_AT_ONCE:
            self.cancel()
        elif not self.is_wanted:
            self.start(_work_on(dataset), self._on_trained, self._on_untrainable)

    def _known_for(self, rows: np.ndarray) -> LinearClassifier | None:
        return next((found for of, found in self._known if of() is rows), None)

    def _on_trained(self, found: LinearClassifier) -> None:
        if self._rows is not None:
            self._known = [(weakref.ref(self._rows), found), *self._known[: _KEPT - 1]]
            self._is_settled = True
            self.found.emit(found)

    def _on_untrainable(self, error: Exception, details: str) -> None:
        """Say so once, not at every frame of a training: the same data would fail again."""
        self._is_settled = True
        self.failed.emit(error, details)


def _work_on(
    dataset: Dataset,
) -> Callable[[Callable[[], bool], Callable[[Any], None]], LinearClassifier]:
    """Return the work of one training."""

    def work(should_stop: Callable[[], bool], publish: Callable[[Any], None]) -> LinearClassifier:
        return linear_classifier(dataset, should_stop)

    return work
