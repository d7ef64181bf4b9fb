"""The present run with its trainer, and the earlier ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.build_tab.names import data_name
from gui.build_tab.runs import RunRecord, past_run
from model.edits.network import same_task
from model.experiment import DataSpec, Experiment
from model.training import History, Message, Trainer

__all__ = ["RunKeeper"]


class RunKeeper(QObject):
    """Keep one trainer in step with the document, and make runs that are over earlier ones.

    Parameters
    ----------
    name_of
        What the run of a seed is called beside its line, translated.

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

    def __init__(self, name_of: Callable[[int], str], parent: QObject) -> None:
        super().__init__(parent)
        self._name_of = name_of
        self.trainer: Trainer | None = None
        self.synced: Experiment | None = None
        self.run_id = 0
        self.earlier: list[RunRecord] = []
        # Of each earlier run its seed and how many had it before; None: a person has named it.
        self._seeds: list[tuple[int, int] | None] = []
        self._data: list[DataSpec] = []  # of each earlier run
        self._shown_data = ""

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
        name = data_name(data)
        if name != self._shown_data:
            self._shown_data = name
            for index, other in enumerate(self._data):
                self._set_visible(index, data_name(other) == name)
            self.changed.emit()

    def end(self) -> None:
        """Put the present run among the earlier ones, where it has come anywhere."""
        if self.trainer is not None:
            self._put_away()
            self.changed.emit()

    def _put_away(self) -> None:
        if self.trainer is not None and self.synced is not None:
            seed = self.synced.seed
            seen = sum(before is not None and before[0] == seed for before in self._seeds)
            name = self._numbered(seed, seen)
            run = past_run(self.synced, self.trainer.history, name)
            if run is not None:
                self.earlier.append(run)
                self._seeds.append((seed, seen))
                self._data.append(self.synced.data)
        self.trainer = self.synced = None

    def _numbered(self, seed: int, seen: int) -> str:
        """Return the name of a run that `seen` others with its seed came before."""
        name = self._name_of(seed)
        return f"{name} ({seen + 1})" if seen else name

    def forget(self) -> None:
        """Drop every run, the present one too: the document that they belong to is gone."""
        self.trainer = self.synced = None
        self.earlier.clear()
        self._seeds.clear()
        self._data.clear()
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
        self._seeds[index] = None
        self.changed.emit()

    def retranslate(self) -> None:
        """Name runs and data anew in the language in use, but for runs a person has named."""
        for index, (run, own, data) in enumerate(
            zip(self.earlier, self._seeds, self._data, strict=True)
        ):
            name = run.name if own is None else self._numbered(*own)
            settings = {**run.settings, "data": data_name(data)}
            self.earlier[index] = dataclasses.replace(run, name=name, settings=settings)
        self.changed.emit()
