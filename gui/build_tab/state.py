"""The state that all Build panels show, computed once and shared."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from model.data import Dataset
from model.edits.locks import Lock
from model.experiment import Experiment, FloatArray, NetworkSpec
from model.insight import Finding, Landscape, LinearClassifier
from model.insight.answers import Answers
from model.insight.plane import MAP_SIDE, Bounds, grid_columns, plane_around
from model.insight.rounding import Roundings
from model.insight.separation.verdict import Verdict
from model.insight.step.walk import Part, Place
from model.metrics import decision_threshold
from model.network import Network
from model.places import INPUTS, Target, UnitAt, WeightAt
from model.recipes import Recipe, Version, recipe_for
from model.training import History, RunResult, Snapshot
from model.training.live import epoch_of
from model.training.runs import Losses, RunRecord

if TYPE_CHECKING:
    from model.training.ensemble.lottery import Lottery
    from model.training.ensemble.sweep import Sweep

MAX_AT_ONCE = 3_000_000
"""Multiplications up to which all outputs are computed in the GUI thread."""

MAX_MAPPED = 200_000
"""Maximum parameters of a network mapped over the plane, which takes at most 50 ms."""

FIRST_ROW = 1
"""Index of the row chosen for new data; 0 1 for a gate."""


class Activity(Enum):
    """Build's current activity."""

    REST = auto()
    PREPARING = auto()
    TRAINING = auto()
    STEPPING = auto()
    TRAVELLING = auto()


class DataStatus(Struct, frozen=True):
    """The availability of the current experiment's rows.

    Attributes
    ----------
    share
        Share of the rows read, 0 to 1; ``None`` when not reading.
    error
        The error that prevented reading, if any.
    is_given_up
        Whether the user has cancelled reading; Train reads the rows again.
    """

    share: float | None = None
    error: Exception | None = None
    is_given_up: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether the rows are available."""
        return self.share is None and self.error is None and not self.is_given_up


READY = DataStatus()


class RunView(Struct, frozen=True):
    """The current run and the earlier ones.

    Attributes
    ----------
    history
        Losses and weights of the current run by epoch, growing while it trains, or ``None``.
    saved
        Losses of the current run from before its file was saved, without weights, or ``None``.
    earlier
        Finished runs, oldest first.
    first_epoch, last_epoch
        Range of the current run; both are the epoch shown if there is no run.
    wanted_epoch
        The epoch being replayed to, otherwise the one whose weights are shown.
    epochs_per_second
        Speed over the last half second; 0 at rest.
    result
        Result of the run that led to the state shown, with the reason for its end, or ``None``.
    right_since
        First epoch since which every row of the truth table has been right; ``None`` if unknown.
    """

    history: History | None = None
    saved: Losses | None = None
    earlier: tuple[RunRecord, ...] = ()
    first_epoch: int = 0
    last_epoch: int = 0
    wanted_epoch: int = 0
    epochs_per_second: float = 0.0
    result: RunResult | None = None
    right_since: int | None = None

    def nearest(self, epoch: int) -> int:
        """Return the nearest epoch of the run, including those with only losses."""
        first = self.first_epoch if self.saved is None else int(self.saved.epochs[0])
        return min(max(epoch, first), self.last_epoch)


class Selection(Struct, frozen=True):
    """The user's selection in the panels; each field is ``None`` for nothing.

    Attributes
    ----------
    unit
        The chosen unit, whose card is open.
    pointed
        The unit of the drawing under the pointer, or else with keyboard focus.
    lit
        The unit to which the finding under the pointer refers.
    mistakes
        Whether only the wrong rows are listed.
    part
        The part of a training step that the microscope shows of `unit`; ``None`` while it is
        closed.
    weight
        The weight into `unit` whose gradient is explained; ``None`` for the first one.
    of_batch
        Whether the microscope shows the trainer's step on a batch rather than one on a single row.
    """

    unit: UnitAt | None = None
    pointed: UnitAt | None = None
    lit: UnitAt | None = None
    mistakes: bool = False
    part: Part | None = None
    weight: WeightAt | None = None
    of_batch: bool = False

    @property
    def place(self) -> Place | None:
        """The microscope's place; for an input, which has no sum, the first unit's inputs."""
        if self.part is None:
            return None
        if self.unit is None or self.unit.layer == INPUTS:
            return Place(self.part if self.unit is None else Part.INPUTS, UnitAt(0, 0))
        return Place(self.part, self.unit)


class InsightView(Struct, frozen=True, eq=False):
    """The known results of background analyses of the current state.

    Attributes
    ----------
    findings
        Findings of the training doctor, worst first.
    saved_findings
        Findings saved with the experiment that are not among the current ones; dropped when the
        experiment changes.
    verdict
        Proof whether a perceptron can solve the task; ``None`` if there is none.
    perceptrons
        Results of perceptrons alone, for comparison with the network if there is no proof.
    answers
        Outputs for all training and all test rows, if computing them takes long.
    lottery
        Results of many random starts of the experiment.
    lottery_share
        Progress of a running lottery, 0 to 1; ``None`` when none is running.
    sweep
        Results of random starts with other learning rates and widths, as far as known.
    sweep_share
        Progress of a running sweep, 0 to 1; ``None`` when none is running.
    landscape, landscape_of
        The loss around the path of a run, and the weights at the path's end.
    measures_landscape
        Whether a landscape is being measured.
    roundings
        The network's results with rounded weights; ``None`` until requested and computed.
    """

    findings: tuple[Finding, ...] = ()
    saved_findings: tuple[Finding, ...] = ()
    verdict: Verdict | None = None
    perceptrons: LinearClassifier | None = None
    answers: tuple[Answers, Answers] | None = None
    lottery: Lottery | None = None
    lottery_share: float | None = None
    sweep: Sweep | None = None
    sweep_share: float | None = None
    landscape: Landscape | None = None
    landscape_of: NetworkSpec | None = None
    measures_landscape: bool = False
    roundings: Roundings | None = None


_NOTHING_SELECTED, _NO_RUN, _NOTHING_FOUND = Selection(), RunView(), InsightView()


@dataclass(frozen=True, eq=False)
class BuildState:
    """The experiment, its data and the network with the weights shown.

    Panels receive it by ``show_state(state)`` and redraw what differs from their previous state.
    Values that several panels need (activations of the chosen row, response maps) are computed on
    demand and cached, so that they are computed once.

    Attributes
    ----------
    experiment
        The document's experiment, or its substitute on show: an old epoch, rounded weights.
    dataset
        The rows of ``experiment.data``. While they are being read: the previous rows if they have
        the same columns, otherwise none.
    network
        The network with the weights shown: the document's, a running training's, or an old epoch's.
        Read-only.
    snapshot
        The figures for these weights, or ``None`` before the first step.
    row
        Index of the chosen row: into ``dataset.table_x`` if there is a truth table, otherwise into
        the training rows followed by the test rows; -1 for none.
    activity
        The current activity.
    data
        Whether `dataset` holds the rows of `experiment`.
    run
        The current run, the earlier ones, and the epochs that can be shown.
    bounds
        Bounds of the plane; ``None`` derives them from the data.
    selection
        The user's selection.
    refusals
        Number of refused edits so far. When it grows, panels reset their controls, one of which
        still shows the refused value.
    insight
        Results of background analyses, computed on workers.
    locks
        Parts locked by a lesson; edits of them are refused.
    rounding_step
        Step to whose multiples the weights shown are rounded in a preview; ``None`` if not rounded.
    """

    experiment: Experiment
    dataset: Dataset
    network: Network
    snapshot: Snapshot | None = None
    row: int = -1
    activity: Activity = Activity.REST
    bounds: Bounds | None = None
    selection: Selection = _NOTHING_SELECTED
    refusals: int = 0
    data: DataStatus = READY
    run: RunView = _NO_RUN
    insight: InsightView = _NOTHING_FOUND
    locks: frozenset[Lock] = frozenset()
    rounding_step: float | None = None

    @property
    def running(self) -> bool:
        """Whether the weights shown are from a running training."""
        return self.activity is Activity.TRAINING

    def _has_the_values_of(self, other: BuildState) -> bool:
        values = ("experiment", "dataset", "network", "snapshot")
        is_same = all(getattr(self, name) is getattr(other, name) for name in values)
        return is_same and (self.row, self.bounds) == (other.row, other.bounds)

    def reuse_caches_for(self, other: BuildState) -> BuildState:
        """Return `other` with those cached values of this state that are still valid."""
        if self.running != other.running or not self._has_the_values_of(other):
            return other
        state = copy.copy(self)
        for name in ("activity", "selection", "refusals", "data", "run", "insight", "locks"):
            object.__setattr__(state, name, getattr(other, name))
        return state

    def shows_the_same_as(self, other: BuildState) -> bool:
        """Return whether `other` differs at most in selection and analyses."""
        one, two = (
            (each.activity, each.refusals, each.data, each.locks, each.run, each.selection.mistakes)
            for each in (self, other)
        )
        return self._has_the_values_of(other) and one == two

    @property
    def epoch(self) -> int:
        """The epoch of the weights shown, even while their figures are being computed."""
        return epoch_of(self.experiment) if self.snapshot is None else self.snapshot.epoch

    @property
    def has_old_landscape(self) -> bool:
        """Whether the landscape was measured for other weights than those shown."""
        drawn = self.insight.landscape_of
        return drawn is not None and (self.running or drawn != self.experiment.network)

    def rows_at(self, rows: Sequence[int] | np.ndarray) -> tuple[FloatArray, FloatArray]:
        """Return inputs and targets of rows that the user can choose, shape (rows, ...) each."""
        return _rows_at(self.dataset, np.asarray(rows, dtype=np.intp))

    def columns_at(self, rows: Sequence[int] | np.ndarray) -> FloatArray:
        """Return the columns from which rows' inputs are derived, shape (rows, columns)."""
        return _rows_at(self.dataset.columns, np.asarray(rows, dtype=np.intp))[0]

    @cached_property
    def recipe(self) -> Recipe | None:
        """The recipe of the data's article, created on demand."""
        return recipe_for(self.experiment, len(self.dataset.x_train) + len(self.dataset.x_test))

    @cached_property
    def version(self) -> Version | None:
        """The experiment's version of :attr:`recipe`, trained or not; ``None`` for neither."""
        if self.recipe is None:
            return None
        history = self.run.history
        return self.recipe.version_of(self.experiment, None if history is None else history.start)

    @cached_property
    def row_x(self) -> FloatArray | None:
        """The chosen row's inputs, shape (inputs,), or ``None``."""
        is_there = 0 <= self.row < rows_to_choose(self.dataset)
        return self.rows_at([self.row])[0][0] if is_there else None

    @cached_property
    def row_columns(self) -> FloatArray | None:
        """The columns from which the chosen row's inputs are derived, shape (columns,)."""
        return None if self.row_x is None else self.columns_at([self.row])[0]

    @cached_property
    def row_values(self) -> list[tuple[FloatArray, FloatArray]] | None:
        """Sums and activations (z, a) of every layer for the chosen row, each of shape (units,)."""
        if self.row_x is None:
            return None
        return [(z[0], a[0]) for z, a in self.network.activations(self.row_x[None, :])]

    @property
    def steps(self) -> tuple[int, int] | None:
        """The steps done in the current epoch, and their total; ``None`` between epochs."""
        if self.snapshot is None or not self.snapshot.batch or self.running:
            return None
        size = max(self.experiment.training.batch_size, 1)
        return self.snapshot.batch, -(-len(self.dataset.x_train) // size)

    def row_number(self, row: int) -> tuple[int, bool]:
        """Return a row's number, from 1, and whether it is a test row."""
        trained = len(self.dataset.x_train)
        is_test = self.dataset.table_x is None and row >= trained
        return (row - trained if is_test else row) + 1, is_test

    @cached_property
    def used_rows(self) -> tuple[int, ...]:
        """The rows, numbered as `row`, used by the last single step; empty otherwise."""
        rows = () if self.snapshot is None else self.snapshot.rows
        return tuple(sorted(set(self.rows_of(rows))))

    def rows_of(self, trained: Sequence[int]) -> tuple[int, ...]:
        """Return the numbers, as in `row`, of training rows."""
        return self.dataset.indices_by_number(trained)

    @property
    def is_large(self) -> bool:
        """Whether the network has too many units to map and read one by one."""
        return self.network.parameter_count() > MAX_MAPPED

    @cached_property
    def table_outputs(self) -> FloatArray | None:
        """The outputs for the truth table, shape (rows, outputs); ``None`` if there is none."""
        table = self.dataset.table_x
        return None if table is None else self.network.forward(table)

    @cached_property
    def all_answers(self) -> tuple[Answers, Answers]:
        """The outputs for all training and test rows, computed on demand."""
        threshold = decision_threshold(self.experiment)
        train, test = (Answers(self.network, self.dataset, threshold, of) for of in (False, True))
        return train, test

    def answers(self, test: bool) -> Answers | None:
        """Return the outputs for the training or the test rows.

        ``None`` if there are no such rows, or if they take long and are not known yet; they are not
        computed during training.
        """
        answers = self.all_answers[test]
        if len(answers.x) == 0:
            return None
        if answers.cost <= MAX_AT_ONCE:
            return answers
        known = None if self.insight.answers is None else self.insight.answers[test]
        if known is None or known.network is not self.network:
            return None
        return known if known.dataset is self.dataset else None

    @property
    def lacks_answers(self) -> bool:
        """Whether the outputs take long to compute and are not known yet."""
        return any(
            len(answers.x) > 0 and self.answers(answers.test) is None
            for answers in self.all_answers
        )

    @property
    def mistakes(self) -> np.ndarray | None:
        """The wrong rows, numbered as `row`, of the test set if there is one.

        ``None`` if rows cannot be filtered that way, or this is not known. Shape (mistakes,).
        """
        dataset = self.dataset
        if dataset.table_x is not None or dataset.task == "regression":
            return None
        has_test = len(dataset.x_test) > 0
        answers = self.answers(has_test)
        if answers is None:
            return None
        return np.flatnonzero(answers.wrong_rows) + (len(dataset.x_train) if has_test else 0)

    @property
    def plane(self) -> Bounds:
        """Bounds (x1 low, x1 high, x2 low, x2 high) around all points with a margin."""
        return plane_around(self.dataset) if self.bounds is None else self.bounds

    @property
    def has_maps(self) -> bool:
        """Whether units can be mapped over the plane of two columns.

        The network must read only two columns and inputs derived from them, and have at most
        `MAX_MAPPED` parameters.
        """
        is_known = not self.experiment.features or self.dataset.source is not None
        is_plane = is_known and self.dataset.columns.inputs == 2
        return is_plane and self.network.parameter_count() <= MAX_MAPPED

    @cached_property
    def maps(self) -> list[FloatArray] | None:
        """Every unit's activation over the plane of two columns; ``None`` if not `has_maps`.

        One array per layer, shape (units, MAP_SIDE, MAP_SIDE), row 0 at the lowest x2, column 0 at
        the lowest x1; float32 while training runs.
        """
        if not self.has_maps:
            return None
        passed = self.network.activations_of_columns(self._map_columns)
        return [a.reshape(-1, MAP_SIDE, MAP_SIDE) for a in passed]

    @property
    def _map_columns(self) -> FloatArray:
        dtype = np.float32 if self.running else np.float64
        return grid_columns(self.plane, dtype, self.dataset.features)

    @cached_property
    def output_maps(self) -> tuple[FloatArray, FloatArray] | None:
        """The output layer's weighted sums and activations over the plane of :attr:`maps`."""
        if self.maps is None:
            return None
        *hidden, answers = self.maps
        below = hidden[-1].reshape(len(hidden[-1]), -1) if hidden else self._map_columns
        sums = self.network.sums_of_columns(-1, below)
        return sums.reshape(answers.shape), answers


def _rows_at(dataset: Dataset, rows: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """Return x and y of rows, numbered as in `rows_to_choose`."""
    if dataset.table_x is not None and dataset.table_y is not None:
        return dataset.table_x[rows], dataset.table_y[rows]
    trained = len(dataset.x_train)
    is_test = rows >= trained
    x = np.empty((len(rows), dataset.inputs), dataset.x_train.dtype)
    y = np.empty((len(rows), dataset.outputs), dataset.y_train.dtype)
    for chosen, x_of, y_of, first in (
        (~is_test, dataset.x_train, dataset.y_train, 0),
        (is_test, dataset.x_test, dataset.y_test, trained),
    ):
        x[chosen], y[chosen] = x_of[rows[chosen] - first], y_of[rows[chosen] - first]
    return x, y


def rows_to_choose(dataset: Dataset) -> int:
    """Return how many rows the user can choose from: a truth table's, otherwise all."""
    table = dataset.table_x
    return len(dataset.x_train) + len(dataset.x_test) if table is None else len(table)


def corresponding_row(old: Dataset, row: int, new: Dataset) -> int:
    """Return the row of `new` that corresponds to the chosen one of `old`, -1 for none."""
    if not 0 <= row < rows_to_choose(old) or (old.inputs, old.outputs) != (new.inputs, new.outputs):
        return -1
    wanted = np.hstack(_rows_at(old, np.array([row])))
    rows = np.hstack(_rows_at(new, np.arange(rows_to_choose(new))))
    same = ((rows == wanted) | (np.isnan(rows) & np.isnan(wanted))).all(axis=1)
    return min(map(int, np.flatnonzero(same)), key=lambda other: abs(other - row), default=-1)


def has_unit(network: NetworkSpec, at: UnitAt) -> bool:
    """Return whether a network has a unit at this place."""
    if at.layer == INPUTS:
        return at.unit < network.inputs
    return at.layer < len(network.layers) and at.unit < network.layers[at.layer].units


def has_weight(network: NetworkSpec, at: WeightAt) -> bool:
    """Return whether a network has this weight; the row after the last is the bias."""
    if not has_unit(network, UnitAt(at.layer, at.unit)):
        return False
    return at.row < network.weight_rows(at.layer) + network.layers[at.layer].use_bias


def has_target(network: NetworkSpec, at: Target) -> bool:
    """Return whether a network has the user's target."""
    return has_unit(network, at) if isinstance(at, UnitAt) else has_weight(network, at)
