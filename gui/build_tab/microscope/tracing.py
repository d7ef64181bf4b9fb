"""From the state shown to the numbers of a step: at once, or on a worker for large networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject

from gui.build_tab.state import BuildState, rows_to_choose
from gui.workers import LatestTask
from model.data import Dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.insight.step.one_step import OneStep, one_step
from model.training import Snapshot
from model.training.live import at_snapshot

MOST_AT_ONCE = 2_000
"""Parameters; the numbers of a larger network are worked out on a worker."""

MOST_NUMBERS_AT_ONCE, MOST_NUMBERS_LIVE = 20_000, 1_000_000
"""Numbers of all training rows, which a step on a batch copies: at once, and in a running training.
"""


class Wanted(NamedTuple):
    """The requested step.

    Attributes
    ----------
    source
        The experiment before the step, or the running training's snapshot.
    experiment
        The experiment before the step, its weights those of `source`.
    row
        The row as the user counts it.
    of_batch
        Whether the step is the trainer's, on its batch.
    made
        The training rows of a step that was just made, none for all of them; ``None`` where it is
        yet to be made.
    """

    source: Experiment | Snapshot
    experiment: Experiment
    dataset: Dataset
    row: int
    x: FloatArray
    target: FloatArray
    mask: FloatArray | None
    of_batch: bool = False
    made: tuple[int, ...] | None = None

    def is_same_as(self, other: Wanted | None) -> bool:
        """Return whether another request is for the same step."""
        return (
            other is not None
            and self.source is other.source
            and self.experiment.training == other.experiment.training
            and self.dataset is other.dataset
            and (self.row, self.of_batch, self.made) == (other.row, other.of_batch, other.made)
        )

    def is_like(self, other: Wanted | None) -> bool:
        """Return whether another request has the same columns and layers."""
        if other is None or self.dataset is not other.dataset:
            return False
        mine, others = (each.experiment.network.layers for each in (self, other))
        return [layer.units for layer in mine] == [layer.units for layer in others]


class StepMade(NamedTuple):
    """A step that the user has just made.

    Attributes
    ----------
    rows
        Which training rows it used, none for all of them.
    shown
        The row that was chosen then.
    is_alone
        Whether it was a step on that row alone, and not the trainer's.
    """

    before: Experiment
    after: Experiment
    rows: tuple[int, ...]
    shown: int
    is_alone: bool = False


def step_made(old: BuildState, new: BuildState) -> StepMade | None:
    """Return the single step between two states, if there is one."""
    snapshot, before = new.snapshot, old.experiment
    if snapshot is None or new.running or old.running:
        return None
    done = 0 if before.progress is None else before.progress.step
    if new.experiment is before or snapshot.step != done + 1 or new.dataset is not old.dataset:
        return None
    return StepMade(before, new.experiment, snapshot.rows, new.row)


def wanted_of(state: BuildState, made: StepMade | None) -> Wanted | None:
    """Return the step to show for a state; ``None`` without a row.

    Right after a step it is that one, made from the weights before it. A step on a row alone,
    without penalties and drop-out, is another one than the trainer's, and of the weights there are.
    """
    dataset, of_batch = state.dataset, state.selection.of_batch and not is_slow_batch(state)
    is_shown = made is not None and made.after is state.experiment and made.shown == state.row
    if made is None or not is_shown or of_batch == made.is_alone:
        made = None
    if made is not None and len(made.rows) == 1:
        (used,) = made.rows
        mask = None if dataset.mask_train is None else dataset.mask_train[used]
        x, target = dataset.x_train[used], dataset.y_train[used]
        (row,) = state.rows_of(made.rows)
        before = made.before
        return Wanted(before, before, dataset, row, x, target, mask, of_batch, made.rows)
    if not 0 <= state.row < rows_to_choose(dataset):
        return None
    experiment = state.experiment if made is None else made.before
    source: Experiment | Snapshot = experiment
    if state.running and state.snapshot is not None:
        experiment = at_snapshot(experiment, state.snapshot)
        source = state.snapshot
    x, y = state.rows_at([state.row])
    (mask,) = dataset.mask_at([state.row])
    rows = None if made is None else made.rows
    return Wanted(source, experiment, dataset, state.row, x[0], y[0], mask, of_batch, rows)


def is_slow_batch(state: BuildState) -> bool:
    """Return whether the trainer's next step takes too long to follow during training."""
    return state.running and state.dataset.x_train.size > MOST_NUMBERS_LIVE


class Tracer:
    """Computes one step after another; only the newest request counts.

    Attributes
    ----------
    wanted
        Which step is known, or under way.
    step
        Its numbers; ``None`` until they are known, and where they cannot be.
    error
        Why they cannot be.
    """

    def __init__(self, parent: QObject, show: Callable[[], None]) -> None:
        self._task, self._show = LatestTask(parent), show
        self.wanted: Wanted | None = None
        self.step: OneStep | None = None
        self.error: Exception | None = None

    def follow(self, wanted: Wanted | None) -> None:
        """Request a step's numbers, unless they are known or in progress."""
        if wanted is not None and wanted.is_same_as(self.wanted):
            return
        is_like = wanted is not None and wanted.is_like(self.wanted)
        is_of_run = wanted is not None and isinstance(wanted.source, Snapshot)
        if is_of_run and is_like and self._task.is_wanted:
            return  # the one under way comes to its end first, or in a run none ever would
        self._task.cancel()
        self.wanted, self.error = wanted, None
        if not is_like:
            self.step = None
        if wanted is None:
            return
        experiment, dataset = wanted.experiment, wanted.dataset
        example = wanted.x, wanted.target, wanted.mask
        of_batch, numbers = wanted.of_batch, dataset.x_train.size if wanted.of_batch else 0
        if experiment.network.parameter_count() <= MOST_AT_ONCE and numbers <= MOST_NUMBERS_AT_ONCE:
            self.step = None
            try:
                self.step = one_step(experiment, dataset, *example, of_batch=of_batch)
            except ModelError as error:
                self.error = _numbered(error, wanted.row)
            return
        self._task.start(
            lambda should_stop, publish: one_step(experiment, dataset, *example, of_batch=of_batch),
            self._on_known,
            self._on_failed,
        )

    @property
    def is_up_to_date(self) -> bool:
        """Whether `step` is the requested one, and none is in progress."""
        return not self._task.is_wanted

    @property
    def is_idle(self) -> bool:
        """Whether no thread is running."""
        return self._task.is_idle

    def cancel(self) -> None:
        """Cancel and forget what is in progress."""
        self._task.cancel()
        self.wanted = self.step = self.error = None

    def _on_known(self, step: OneStep) -> None:
        self.step = step
        self._show()

    def _on_failed(self, error: Exception, details: str) -> None:
        row = None if self.wanted is None else self.wanted.row
        self.step, self.error = None, error if row is None else _numbered(error, row)
        self._show()


def _numbered(error: Exception, row: int) -> Exception:
    """Return an error about a step's single row, with its number in the window."""
    if not isinstance(error, ModelError) or "row" not in error.values:
        return error
    return ModelError(error.code, error.template, **{**error.values, "row": row + 1})
