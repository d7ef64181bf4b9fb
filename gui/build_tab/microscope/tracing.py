"""Computes the numbers of a step from the state shown."""

from __future__ import annotations

from typing import NamedTuple

from gui.build_tab.state import BuildState, rows_to_choose
from model.data import Dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.insight.step.one_step import OneStep, one_step
from model.training import Snapshot
from model.training.live import continued_from_snapshot

MAX_NUMBERS_LIVE = 1_000_000
"""Maximum values in the training rows for which batch steps are shown during training.

A batch step copies them.
"""


class StepRequest(NamedTuple):
    """The requested step.

    Attributes
    ----------
    source
        The experiment before the step, or the running training's snapshot.
    experiment
        The experiment before the step, with the weights of `source`.
    row
        Number of the row in the user's row order.
    of_batch
        Whether the step is the trainer's, on its batch.
    made
        The training rows of a step just made, empty for all of them; ``None`` for a step yet to be
        made.
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

    def is_same_as(self, other: StepRequest | None) -> bool:
        """Return whether another request is for the same step."""
        return (
            other is not None
            and self.source is other.source
            and self.experiment.training == other.experiment.training
            and self.dataset is other.dataset
            and (self.row, self.of_batch, self.made) == (other.row, other.of_batch, other.made)
        )


class StepMade(NamedTuple):
    """A step that the user has just made.

    Attributes
    ----------
    rows
        The training rows used, empty for all of them.
    shown
        The row chosen at that time.
    is_alone
        Whether it was a step on that row alone rather than the trainer's.
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


def step_request(state: BuildState, made: StepMade | None) -> StepRequest | None:
    """Return the step to show for a state; ``None`` if no row is chosen.

    Right after a step, this is that step, from the weights before it. A step on a single row,
    without penalties and dropout, differs from the trainer's and uses the current weights.
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
        return StepRequest(before, before, dataset, row, x, target, mask, of_batch, made.rows)
    if not 0 <= state.row < rows_to_choose(dataset):
        return None
    experiment = state.experiment if made is None else made.before
    source: Experiment | Snapshot = experiment
    if state.running and state.snapshot is not None:
        experiment = continued_from_snapshot(experiment, state.snapshot)
        source = state.snapshot
    x, y = state.rows_at([state.row])
    (mask,) = dataset.mask_at([state.row])
    rows = None if made is None else made.rows
    return StepRequest(source, experiment, dataset, state.row, x[0], y[0], mask, of_batch, rows)


def is_slow_batch(state: BuildState) -> bool:
    """Return whether the trainer's next step is too slow to show during training."""
    return state.running and state.dataset.x_train.size > MAX_NUMBERS_LIVE


class Tracer:
    """Computes a step's numbers.

    Attributes
    ----------
    wanted
        The requested step.
    step
        Its numbers; ``None`` if they cannot be computed.
    error
        The reason if they cannot be computed.
    """

    def __init__(self) -> None:
        self.wanted: StepRequest | None = None
        self.step: OneStep | None = None
        self.error: ModelError | None = None

    def follow(self, wanted: StepRequest | None) -> None:
        """Compute a step's numbers, unless they are cached."""
        if wanted is not None and wanted.is_same_as(self.wanted):
            return
        self.wanted, self.step, self.error = wanted, None, None
        if wanted is None:
            return
        try:
            self.step = one_step(
                wanted.experiment,
                wanted.dataset,
                wanted.x,
                wanted.target,
                wanted.mask,
                of_batch=wanted.of_batch,
            )
        except ModelError as error:
            self.error = _numbered(error, wanted.row)


def _numbered(error: ModelError, row: int) -> ModelError:
    """Return an error about a step's single row, with its number in the window."""
    if "row" not in error.values:
        return error
    return ModelError(error.code, error.template, **{**error.values, "row": row + 1})
