"""How the state that panels show is made: at rest from an experiment, in a run from a snapshot."""

from __future__ import annotations

from msgspec.structs import replace

from gui.build_tab.names import in_words
from gui.build_tab.state.build_state import BuildState, rows_to_choose
from gui.build_tab.state.measurer import measured, takes_long
from gui.settings import language
from model.data import Dataset
from model.data.cache import dataset_of
from model.experiment import Experiment, NetworkSpec
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

    def forget(self) -> None:
        """Have the data read anew where their file has changed, as another document's are."""
        self._dataset = None

    def dataset_of(self, experiment: Experiment) -> Dataset:
        """Return the data of an experiment, their names in the language in use.

        Raises
        ------
        ModelError, OSError
            Where they cannot be made or read.
        """
        key = (experiment.data, experiment.split, experiment.seed)
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
        )

    def _bare_network(self, spec: NetworkSpec) -> NetworkSpec:
        """Return a network without weights, kept while it is the same."""
        if self._bare is None or self._bare[0] is not spec:
            layers = tuple(replace(layer, weights=None, biases=None) for layer in spec.layers)
            self._bare = (spec, replace(spec, layers=layers))
        return self._bare[1]
