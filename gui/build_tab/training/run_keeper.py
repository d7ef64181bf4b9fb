"""The present run with its trainer, and the earlier ones."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, Signal

from gui.build_tab.names import data_name
from model.edits.network import same_task
from model.experiment import DataSpec, Experiment
from model.training import History, Message, Trainer
from model.training.runs import RunRecord, past_run

__all__ = ["RunKeeper"]


class RunKeeper(QObject):
    """Keep one trainer in step with the document, and make runs that are over earlier ones.

    Attributes
    ----------
    trainer
        The present run's, or ``None``.
    synced
        The document's value that the trainer stands at, or ``None``.
    run_id
        Of the present run; snapshots of others are stale.
    earlier
        Runs that are over, oldest first.

    Signals
    -------
    changed()
        There are other runs, the present one has come further between two trainings, or one is
        called or shown otherwise.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.trainer: Trainer | None = None
        self.synced: Experiment | None = None
        self.run_id = 0
        self.earlier: list[RunRecord] = []
        self._shown_data: DataSpec | None = None

    @property
    def history(self) -> History | None:
        """Losses of the present run, or ``None``."""
        return None if self.trainer is None else self.trainer.history

    def span(self, shown: int) -> tuple[int, int]:
        """Return the present run's first and newest epoch; `shown` twice where there is none."""
        history = self.history
        if history is None:
            return shown, shown
        return history.first_epoch, max(history.epochs.stop - 1, history.first_epoch)

    def begin(self, trainer: Trainer, experiment: Experiment) -> None:
        """Take a trainer that was made for `experiment`; the run before becomes an earlier one."""
        self._put_away()
        self.turn_to(experiment.data)
        self.run_id = trainer.run_id
        self.trainer, self.synced = trainer, experiment
        self.changed.emit()

    def turn_to(self, data: DataSpec) -> None:
        """Leave the runs on these data in the plot: losses on others compare with nothing there."""
        shown, self._shown_data = self._shown_data, data
        if shown is None or data_name(shown) != data_name(data):
            for index, run in enumerate(self.earlier):
                self._set_visible(index, data_name(run.data) == data_name(data))
            self.changed.emit()

    def end(self) -> None:
        """Put the present run among the earlier ones, where it has come anywhere."""
        if self.trainer is not None:
            self._put_away()
            self.changed.emit()

    def _put_away(self) -> None:
        if self.trainer is not None and self.synced is not None:
            seed = self.synced.seed
            before = sum(run.seed == seed and not run.name for run in self.earlier)
            run = past_run(self.synced, self.trainer.history, before)
            if run is not None:
                self.earlier.append(run)
        self.trainer = self.synced = None

    def forget(self) -> None:
        """Drop every run, the present one too: the document that they belong to is gone."""
        self.trainer = self.synced = None
        self.earlier.clear()
        self.changed.emit()

    def follow(self, old: Experiment, new: Experiment, messages: list[Message] | None) -> bool:
        """Bring the trainer from `old` to `new`; tell whether it was in step and could."""
        if self.trainer is None or messages is None or self.synced != old:
            return False
        for message in messages:
            self.trainer.post(message)
        self.synced = new
        return True

    def holds(self, experiment: Experiment) -> bool:
        """Tell whether an experiment is the present run at one of its epochs, by its settings."""
        run = self.synced
        return run is not None and run.seed == experiment.seed and same_task(run, experiment)

    def show(self, index: int, visible: bool) -> None:
        """Show or hide an earlier run's line."""
        self._set_visible(index, visible)
        self.changed.emit()

    def _set_visible(self, index: int, visible: bool) -> None:
        self.earlier[index] = dataclasses.replace(self.earlier[index], visible=visible)

    def rename(self, index: int, name: str) -> None:
        """Call an earlier run by another name."""
        self.earlier[index] = dataclasses.replace(self.earlier[index], name=name)
        self.changed.emit()
