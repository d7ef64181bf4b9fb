"""How the state that panels show is made: at rest from an experiment, in a run from a snapshot."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from gui.build_tab.names import in_words
from gui.build_tab.state.build_state import BuildState, rows_to_choose
from gui.build_tab.state.measurer import measured, takes_long
from gui.settings import language
from model.data import Dataset
from model.data.cache import dataset_of
from model.experiment import CsvData, Experiment, IdxData, NetworkSpec, PointsData
from model.insight.plane import Bounds, plane_around
from model.network import Network
from model.training import Snapshot
from model.training.live import network_with

__all__ = ["StateMaker"]


class StateMaker:
    """Make states, and keep what is dear to make as long as it stays the same."""

    def __init__(self) -> None:
        self._dataset: tuple[tuple[object, ...], Dataset] | None = None
        self._said: tuple[Dataset, str, Dataset] | None = None
        self._bare: tuple[NetworkSpec, NetworkSpec] | None = None
        self._bounds: Bounds | None = None

    def forget(self) -> None:
        """Have the data read anew where their file has changed, as another document's are."""
        self._dataset = self._bounds = None

    def take_newest(self, experiment: Experiment) -> bool:
        """Take the rows that the files of the data hold now; tell whether they are others.

        Rows that the network has no place for stay away: the data are to be chosen again first.
        """
        if self._dataset is None or not isinstance(experiment.data, CsvData | IdxData):
            return False
        newest, network = dataset_of(experiment), experiment.network
        if newest is self._dataset[1] or self._dataset[0] != _key(experiment):
            return False
        if (newest.inputs, newest.outputs) != (network.inputs, network.layers[-1].units):
            return False
        self._dataset = (_key(experiment), newest)
        return True

    def dataset_of(self, experiment: Experiment) -> Dataset:
        """Return the data of an experiment, their names in the language in use.

        Raises
        ------
        ModelError, OSError
            Where they cannot be made or read.
        """
        key = _key(experiment)
        if self._dataset is None or self._dataset[0] != key:
            self._dataset = (key, dataset_of(experiment))
        dataset, spoken = self._dataset[1], language()
        if self._said is None or self._said[:2] != (dataset, spoken):
            self._said = (dataset, spoken, in_words(dataset, experiment.data))
        return self._said[2]

    def at_rest(self, experiment: Experiment, row: int, snapshot: Snapshot | None) -> BuildState:
        """Return the state that shows an experiment's own weights, with figures where quick."""
        dataset = self.dataset_of(experiment)
        if snapshot is None and not takes_long(experiment, dataset):
            snapshot = measured(experiment, dataset)
        return BuildState(
            experiment=experiment,
            dataset=dataset,
            network=Network.of(experiment),
            snapshot=snapshot,
            row=row if row < rows_to_choose(dataset) else -1,
            bounds=self._bounds_of(experiment, dataset),
        )

    def in_a_run(self, experiment: Experiment, row: int, snapshot: Snapshot) -> BuildState:
        """Return the state that shows a running training's weights."""
        dataset = self.dataset_of(experiment)
        return BuildState(
            experiment=experiment,
            dataset=dataset,
            network=network_with(
                self._bare_network(experiment.network), snapshot.weights, snapshot.biases
            ),
            snapshot=snapshot,
            row=row if row < rows_to_choose(dataset) else -1,
            running=True,
            bounds=self._bounds_of(experiment, dataset),
        )

    def _bounds_of(self, experiment: Experiment, dataset: Dataset) -> Bounds | None:
        """Return a plane for points made by hand that stays while they are edited.

        It grows for a point outside; what moved under the pointer would be missed by the next
        click.
        """
        if not isinstance(experiment.data, PointsData):
            self._bounds = None
            return None
        wanted, kept = plane_around(dataset), self._bounds or plane_around(dataset)
        x1, x2, _ = np.transpose(experiment.data.points)
        low_1, high_1, low_2, high_2 = kept
        if x1.min() < low_1 or x1.max() > high_1 or x2.min() < low_2 or x2.max() > high_2:
            kept = (
                min(low_1, wanted[0]),
                max(high_1, wanted[1]),
                min(low_2, wanted[2]),
                max(high_2, wanted[3]),
            )
        self._bounds = kept
        return kept

    def _bare_network(self, spec: NetworkSpec) -> NetworkSpec:
        """Return a network without weights, kept while it is the same."""
        if self._bare is None or self._bare[0] is not spec:
            layers = tuple(replace(layer, weights=None, biases=None) for layer in spec.layers)
            self._bare = (spec, replace(spec, layers=layers))
        return self._bare[1]


def _key(experiment: Experiment) -> tuple[object, ...]:
    return experiment.data, experiment.split, experiment.seed
