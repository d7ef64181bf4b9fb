"""The figures of a network at rest: at once, or from a worker where measuring takes long."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui.build_tab.state.build_state import BuildState
from gui.workers import LatestTask
from model.data import Dataset
from model.errors import ModelError
from model.experiment import Experiment
from model.training import Snapshot, Trainer

__all__ = ["Measurer", "measured", "takes_long"]

MOST_AT_ONCE = 10_000_000
"""Products that are made without a pause that a person would notice."""

MOST_MEASURED = 1_000_000
"""Larger data are measured by training alone: a trainer copies them."""


def takes_long(experiment: Experiment, dataset: Dataset, looks: int = 1) -> bool:
    """Tell whether looking at every row, as a new trainer or a step does once, is a pause."""
    products = inputs = experiment.network.inputs
    for layer in experiment.network.layers:
        products += inputs * layer.units
        inputs = layer.units
    return (len(dataset.x_train) + len(dataset.x_test)) * products * looks > MOST_AT_ONCE


def measured(experiment: Experiment, dataset: Dataset) -> Snapshot | None:
    """Return the figures of an experiment at rest, ``None`` where there are none."""
    try:
        return Trainer(experiment, dataset).snapshot()
    except ModelError:
        return None


class Measurer(LatestTask):
    """Measure what is shown without figures because that takes long.

    Signals
    -------
    measured(Experiment, Snapshot)
        Its figures, ``None`` where there are none.
    failed(Exception, str)
        Something unexpected, and the traceback's text.
    """

    measured = Signal(object, object)
    failed = Signal(object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._experiment: Experiment | None = None

    def follow(self, state: BuildState) -> None:
        """Measure a state where it lacks figures; one that is shown no more is given up."""
        experiment, dataset = state.experiment, state.dataset
        lacks_figures = state.snapshot is None and takes_long(experiment, dataset)
        if state.running or not lacks_figures or dataset.x_train.size > MOST_MEASURED:
            self.cancel()
        elif self._experiment is not experiment or not self.is_wanted:
            self._experiment = experiment
            self.start(
                lambda should_stop, publish: measured(experiment, dataset),
                lambda snapshot: self.measured.emit(experiment, snapshot),
                self.failed.emit,
            )
