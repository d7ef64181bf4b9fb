"""Rows and figures of the experiment on show, computed immediately or on a worker."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from gui.build_tab.state import READY, DataStatus
from gui.workers import LatestTask
from gui.workers.reading import reading
from model.data import Dataset
from model.data.cache import RowsKey, dataset_of, is_quickly_available, quick_shape, rows_key
from model.data.shape import empty_dataset, shape_for_network
from model.errors import ModelError
from model.experiment import Experiment
from model.experiment.checks import check_columns
from model.training import Snapshot
from model.training.live import measure_figures, takes_long

MAX_MEASURED = 1_000_000
"""Maximum number of values in the data measured here.

For larger data only training supplies figures, since a trainer copies the data.
"""

type _Key = tuple[RowsKey, tuple[int, int]]
"""The key of the rows, and the network's numbers of inputs and outputs."""


class DerivedData:
    """Keeps rows and figures for the experiment on show.

    Owns the thread that reads large files, and the one that measures large networks.

    Parameters
    ----------
    on_change
        Called when rows, reading progress or figures have changed.
    on_failure
        Called with the error that prevented reading or measuring, and the traceback text.

    Attributes
    ----------
    dataset
        The rows, or the previous ones shown until they are ready.
    status
        Whether `dataset` holds the rows of the current experiment.
    """

    def __init__(
        self,
        parent: QObject,
        on_change: Callable[[], None],
        on_failure: Callable[[Exception, str], None],
    ) -> None:
        self._on_change, self._on_failure = on_change, on_failure
        self._reader, self._measurer = LatestTask(parent), LatestTask(parent)
        self._key: _Key | None = None
        self._rows_key: _Key | None = None  # whose rows `dataset` holds
        self._experiment: Experiment | None = None
        self._measuring: Experiment | None = None
        self._figures: tuple[Experiment, Dataset, Snapshot | None] | None = None
        self.status = READY
        self.dataset: Dataset

    @property
    def is_idle(self) -> bool:
        """Whether no thread is running."""
        return self._reader.is_idle and self._measurer.is_idle

    # -- Rows --------------------------------------------------------------------------------------

    def check(self, experiment: Experiment) -> None:
        """Build small data sets now, so that an edit to invalid data is refused.

        Raises
        ------
        ModelError, OSError
            The rows cannot be made or read, or their columns do not fit the network.
        """
        if _key_of(experiment) != self._key and is_quickly_available(experiment):
            check_columns(experiment, dataset_of(experiment))

    def follow(self, experiment: Experiment) -> None:
        """Provide an experiment's rows, immediately if cached, otherwise from a worker."""
        key = _key_of(experiment)
        if key == self._rows_key and key != self._key:  # back to what has been shown meanwhile
            self._reader.cancel()
            self._key, self._experiment, self.status = key, experiment, READY
        elif key != self._key:
            self._take(experiment, key)

    def read_again(self) -> None:
        """Reread the rows after a failure or a cancellation."""
        if self._experiment is not None:
            self._take(self._experiment, self._key)

    def use_newest_files(self, experiment: Experiment) -> bool:
        """Use the current content of the data's files; return whether it may have changed."""
        before = self.dataset
        if experiment.data.paths:
            self._take(experiment, _key_of(experiment))
        return self.dataset is not before or not self.status.is_ready

    def forget(self) -> None:
        """Reread the rows of the next experiment if their file has changed."""
        self._key = self._rows_key = None

    def cancel_reading(self) -> None:
        """Stop reading at the user's request."""
        if self.status.share is not None:
            self._reader.cancel()
            self.status = DataStatus(is_given_up=True)
            self._on_change()

    def cancel(self) -> None:
        """Ask both threads to stop."""
        self.cancel_reading()
        self._measurer.cancel()

    def _take(self, experiment: Experiment, key: _Key | None) -> None:
        before, self._key, self._experiment = self._key, key, experiment
        self._reader.cancel()
        try:
            if is_quickly_available(experiment):
                dataset = dataset_of(experiment)
                check_columns(experiment, dataset)
                self._have(dataset)
                return
            if before is None or key is None or not _have_same_inputs(before[0], key[0]):
                self.dataset, self._rows_key = empty_dataset(quick_shape(experiment)), None
        except (ModelError, OSError) as error:
            self._fail(error, "")
            return
        self.status = DataStatus(share=0.0)

        def read() -> Dataset:
            found = dataset_of(experiment)
            check_columns(experiment, found)
            found.precompute()
            return found

        self._reader.start(reading(read), self._on_read, self._on_unreadable, self._on_progressed)

    def _fail(self, error: Exception, details: str) -> None:
        assert self._experiment is not None
        self.dataset, self._rows_key = empty_dataset(shape_for_network(self._experiment)), None
        self.status = DataStatus(error=error)
        self._on_failure(error, details)

    def _on_progressed(self, share: float) -> None:
        percent = int(100 * share) / 100
        if self.status.share is not None and percent != self.status.share:
            self.status = DataStatus(share=percent)
            self._on_change()

    def _have(self, dataset: Dataset) -> None:
        self.dataset, self.status, self._rows_key = dataset, READY, self._key

    def _on_read(self, dataset: Dataset) -> None:
        self._have(dataset)
        self._on_change()

    def _on_unreadable(self, error: Exception, details: str) -> None:
        self._fail(error, details)
        self._on_change()

    # -- Figures -----------------------------------------------------------------------------------

    def figures_of(self, experiment: Experiment) -> Snapshot | None:
        """Return an experiment's figures at rest; ``None`` until a worker has them."""
        dataset = self.dataset
        if self._figures is not None:
            known, of, snapshot = self._figures
            if known is experiment and of is dataset:
                return snapshot
        if not takes_long(experiment, dataset):
            self.store_figures(experiment, measure_figures(experiment, dataset))
            return self.figures_of(experiment)
        if dataset.x_train.size > MAX_MEASURED:
            self._measurer.cancel()
        elif self._measuring is not experiment or not self._measurer.is_awaiting_result:
            self._measuring = experiment

            def take(snapshot: Snapshot | None) -> None:
                self._figures = (experiment, dataset, snapshot)
                self._on_change()

            self._measurer.start(
                lambda should_stop, publish: measure_figures(experiment, dataset),
                take,
                self._on_failure,
            )
        return None

    def store_figures(self, experiment: Experiment, snapshot: Snapshot | None) -> None:
        """Store an experiment's figures measured by training."""
        self._measurer.cancel()
        self._figures = (experiment, self.dataset, snapshot)

    def skip_figures(self) -> None:
        """Skip measuring while training supplies its figures."""
        self._measurer.cancel()


def _key_of(experiment: Experiment) -> _Key:
    network = experiment.network
    return rows_key(experiment), (network.inputs, network.layers[-1].units)


def _have_same_inputs(before: RowsKey, key: RowsKey) -> bool:
    """Return whether two large data sets differ at most in scaling, split and seed."""
    (old, *_, old_features), (new, *_, new_features) = before, key
    if old_features != new_features:
        return False
    return old.with_scaling("none") == new.with_scaling("none")
