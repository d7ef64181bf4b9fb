"""Measure the loss around a run's path, from the weights that its history can give back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from gui.build_tab.dock.landscape_view import LandscapeResult
from model.data import Dataset
from model.experiment import Experiment
from model.insight import landscape
from model.training import Snapshot

__all__ = ["RestorableHistory", "landscape_work", "path_epochs"]

_PATH_POINTS = 40


class RestorableHistory(Protocol):
    """What is read of a run's history."""

    @property
    def epochs(self) -> range:
        """The epochs that can be gone back to."""

    def restore(self, epoch: int) -> Experiment:
        """Return the experiment at the end of an epoch."""


def path_epochs(first: int, last: int) -> list[int]:
    """Return the epochs to draw the path by: dense at the start, where weights move fastest."""
    shares = np.linspace(0.0, 1.0, _PATH_POINTS) ** 2
    return sorted({first + round(share * (last - first)) for share in shares.tolist()})


def _snapshot(epoch: int, experiment: Experiment) -> Snapshot:
    """Return a snapshot that holds an old epoch's weights; its figures are not asked for."""
    layers = experiment.network.layers
    weights = tuple(layer.weights for layer in layers if layer.weights is not None)
    biases = tuple(layer.biases for layer in layers if layer.biases is not None)
    nothing = float("nan")
    return Snapshot(
        run_id=0,
        epoch=epoch,
        step=0,
        batch=0,
        train_loss=nothing,
        test_loss=None,
        train_accuracy=nothing,
        test_accuracy=None,
        train_rows=0,
        learning_rate=nothing,
        weights=weights,
        biases=biases,
    )


def landscape_work(
    history: RestorableHistory, dataset: Dataset
) -> Callable[[Callable[[], bool], Callable[[Any], None]], LandscapeResult | None]:
    """Return the measuring as work for a :class:`gui.workers.RunController`.

    The work returns ``None`` where it was stopped before the path was restored.
    """
    epochs = path_epochs(history.epochs.start, history.epochs.stop - 1)

    def work(
        should_stop: Callable[[], bool], publish: Callable[[Any], None]
    ) -> LandscapeResult | None:
        path = []
        for epoch in epochs:
            if should_stop():
                return None
            restored = history.restore(epoch)
            path.append(_snapshot(epoch, restored))
        found = landscape(restored, path, dataset)
        bounds = (
            float(found.u[0]),
            float(found.u[-1]),
            float(found.v[0]),
            float(found.v[-1]),
        )
        return LandscapeResult(found.loss, bounds, found.path, np.array(epochs), found.explained)

    return work
