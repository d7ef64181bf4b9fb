"""What every Build panel shows: one present state, computed once and shared."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property, lru_cache

import numpy as np

from gui.build_tab.runs import RunRecord
from model.data import Dataset
from model.experiment import Experiment, FloatArray, NetworkSpec
from model.network import Network
from model.places import INPUTS, UnitAt
from model.training import History, RunResult, Snapshot
from model.training.live import epoch_of

__all__ = [
    "FIRST_ROW",
    "LONE_MARGIN",
    "MAP_SIDE",
    "READY",
    "Activity",
    "Bounds",
    "BuildState",
    "DataStatus",
    "RunView",
    "Selection",
    "has_no_width",
    "has_unit",
    "input_range",
    "plane_around",
    "plane_for_points",
    "rows_to_choose",
]

MAP_SIDE = 50

LONE_MARGIN = 0.58
"""Shown to each side of rows that lie in one place: as wide a plane as the first points by hand."""

Bounds = tuple[float, float, float, float]

FIRST_ROW = 1
"""The row that is chosen when other data are: of a gate, 0 1."""


class Activity(Enum):
    """What Build is doing; nothing is being done at rest."""

    REST = auto()
    PREPARING = auto()
    TRAINING = auto()
    STEPPING = auto()
    TRAVELLING = auto()


@dataclass(frozen=True)
class DataStatus:
    """Whether the rows of the experiment on show can be had.

    Attributes
    ----------
    share
        How much of them is read, 0 to 1, while they are being read; else ``None``.
    error
        Why they cannot be read.
    is_given_up
        Whether a person has given the reading up; Train reads them again.
    """

    share: float | None = None
    error: Exception | None = None
    is_given_up: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether the rows are there."""
        return self.share is None and self.error is None and not self.is_given_up


READY = DataStatus()


@dataclass(frozen=True)
class RunView:
    """The present run and the earlier ones.

    Attributes
    ----------
    history
        Losses and weights of the present run by epoch, which grow while it trains, or ``None``.
    earlier
        Runs that are over, oldest first.
    first_epoch, last_epoch
        Of the present run; twice the epoch shown where there is none.
    wanted_epoch
        The epoch that is gone to, else the one whose weights are shown.
    epochs_per_second
        Measured over the last half second; 0 at rest.
    result
        Why the run ended that led to what is shown, and with what, or ``None``.
    right_since
        The epoch since which every row of its truth table has been right, where that is known.
    """

    history: History | None = None
    earlier: tuple[RunRecord, ...] = ()
    first_epoch: int = 0
    last_epoch: int = 0
    wanted_epoch: int = 0
    epochs_per_second: float = 0.0
    result: RunResult | None = None
    right_since: int | None = None


@dataclass(frozen=True)
class Selection:
    """What a person is looking at; each ``None`` for nothing.

    Attributes
    ----------
    unit
        The unit that was chosen; its card is open.
    pointed
        The unit of the drawing that the pointer, or else the keyboard, is on.
    lit
        The unit that a finding under the pointer is about.
    mistakes
        The rows that are wrong, as a person can choose them, while only those are listed.
    """

    unit: UnitAt | None = None
    pointed: UnitAt | None = None
    lit: UnitAt | None = None
    mistakes: tuple[int, ...] | None = None


@dataclass(frozen=True)
class BuildState:
    """The experiment, its data and the network with the weights now shown.

    Panels receive it by ``show_state(state)`` and draw what differs from the state they showed
    before. What several panels need (activations of the chosen row, response maps) is computed when
    first asked for and kept, so that no panel computes what another has.

    Attributes
    ----------
    experiment
        What the document holds.
    dataset
        The rows made from ``experiment.data``; while others are read the ones before, where they
        have the same columns, else none.
    network
        The weights to show: the document's, a running training's, or an old epoch's. Not to be
        changed.
    snapshot
        The figures that belong to those weights, or ``None`` before the first step.
    row
        Index of the chosen row: into ``dataset.table_x`` where there is a truth table, else into
        the training rows followed by the test rows; -1 for none.
    activity
        What is being done.
    data
        Whether the rows of `experiment` are in `dataset`.
    run
        The present run, the earlier ones, and the epochs that can be gone to.
    bounds
        The plane, where it is other than the data alone would have it.
    selection
        What a person is looking at.
    refusals
        How many edits were refused so far. A panel shows its controls anew when it grows: one of
        them still says what a person wanted.
    """

    experiment: Experiment
    dataset: Dataset
    network: Network
    snapshot: Snapshot | None = None
    row: int = -1
    activity: Activity = Activity.REST
    bounds: Bounds | None = None
    selection: Selection = Selection()
    refusals: int = 0
    data: DataStatus = READY
    run: RunView = RunView()

    @property
    def running(self) -> bool:
        """Whether the weights shown are those of a training under way."""
        return self.activity is Activity.TRAINING

    def kept_in(self, other: BuildState) -> BuildState:
        """Return `other` with what was computed of this one, where it shows the same values."""
        if (self.running, self.row, self.bounds) != (other.running, other.row, other.bounds):
            return other
        values = ("experiment", "dataset", "network", "snapshot")
        if any(getattr(self, name) is not getattr(other, name) for name in values):
            return other
        state = copy.copy(self)
        for name in ("activity", "selection", "refusals", "data", "run"):
            object.__setattr__(state, name, getattr(other, name))
        return state

    def differs_in_units_alone(self, other: BuildState) -> bool:
        """Tell whether `other` is the same but for the units that a person looks at."""
        return (
            self.experiment is other.experiment
            and self.dataset is other.dataset
            and self.network is other.network
            and self.snapshot is other.snapshot
            and self.bounds == other.bounds
            and self.data is other.data
            and (self.row, self.activity, self.refusals)
            == (other.row, other.activity, other.refusals)
            and self.run == other.run
            and self.selection.mistakes == other.selection.mistakes
            and self.selection != other.selection
        )

    @property
    def epoch(self) -> int:
        """The epoch of the weights shown, also while their figures are still being worked out."""
        return epoch_of(self.experiment) if self.snapshot is None else self.snapshot.epoch

    def rows_at(self, rows: Sequence[int] | np.ndarray) -> tuple[FloatArray, FloatArray]:
        """Return inputs and targets of rows that a person can choose, shape (rows, ...) each."""
        dataset, rows = self.dataset, np.asarray(rows, dtype=np.intp)
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

    @cached_property
    def row_x(self) -> FloatArray | None:
        """The chosen row's inputs, shape (inputs,), or ``None``."""
        is_there = 0 <= self.row < rows_to_choose(self.dataset)
        return self.rows_at([self.row])[0][0] if is_there else None

    @cached_property
    def row_values(self) -> list[tuple[FloatArray, FloatArray]] | None:
        """Sums and activations (z, a) of every layer for the chosen row, each of shape (units,)."""
        if self.row_x is None:
            return None
        return [(z[0], a[0]) for z, a in self.network.activations(self.row_x[None, :])]

    @cached_property
    def used_rows(self) -> tuple[int, ...]:
        """The rows, as `row` counts them, that a single step has just used; empty otherwise."""
        rows = () if self.snapshot is None else self.snapshot.rows
        table = self.dataset.table_x
        if table is None or not rows:
            return tuple(sorted(rows))
        # A row is drawn several times, with noise, or held back: it is the nearest of the table.
        x = self.dataset.x_train[list(rows)]
        nearest = np.abs(table[None] - x[:, None]).sum(axis=2).argmin(axis=1)
        return tuple(np.unique(nearest).tolist())

    @cached_property
    def table_outputs(self) -> FloatArray | None:
        """The answers to the truth table's rows, shape (rows, outputs), or ``None``."""
        table = self.dataset.table_x
        return None if table is None else self.network.forward(table)

    @property
    def plane(self) -> Bounds:
        """Bounds (x1 low, x1 high, x2 low, x2 high) that hold all points with a margin."""
        return plane_around(self.dataset) if self.bounds is None else self.bounds

    @cached_property
    def maps(self) -> list[FloatArray] | None:
        """Every unit's activation over the input plane, or ``None`` unless there are two inputs.

        One array a layer, shape (units, MAP_SIDE, MAP_SIDE), row 0 at the lowest x2, column 0 at
        the lowest x1; float32 while training runs.
        """
        if self.experiment.network.inputs != 2:
            return None
        grid = _grid_of(self.plane, np.float32 if self.running else np.float64)
        passed = self.network.activations_of_columns(grid)
        return [a.reshape(-1, MAP_SIDE, MAP_SIDE) for a in passed]


def rows_to_choose(dataset: Dataset) -> int:
    """Return how many rows a person can choose from: a truth table's, else all there are."""
    table = dataset.table_x
    return len(dataset.x_train) + len(dataset.x_test) if table is None else len(table)


def has_no_width(span: float, size: float) -> bool:
    """Tell whether all rows have one value, `size` or less: no axis can be made of so little."""
    return span <= 1e-9 * max(1.0, size)


@lru_cache(maxsize=2)
def plane_around(dataset: Dataset) -> Bounds:
    """Return the part of the plane that is shown of a data set with two inputs or more."""
    (x1_low, x1_high), (x2_low, x2_high) = input_range(dataset, 0), input_range(dataset, 1)
    span = max(x1_high - x1_low, x2_high - x2_low)
    if has_no_width(span, max(abs(x1_high), abs(x2_high))):
        margin = LONE_MARGIN
    else:
        margin = 0.5 if dataset.table_x is not None and span <= 1.0 else 0.08 * span
    return x1_low - margin, x1_high + margin, x2_low - margin, x2_high + margin


@lru_cache(maxsize=4)
def input_range(dataset: Dataset, column: int) -> tuple[float, float]:
    """Return the least and the largest value of an input over all rows."""
    columns = [x[:, column] for x in (dataset.x_train, dataset.x_test) if len(x)]
    if not columns:
        return 0.0, 1.0
    return min(float(c.min()) for c in columns), max(float(c.max()) for c in columns)


@lru_cache(maxsize=4)
def _grid_of(bounds: Bounds, dtype: type[np.floating]) -> FloatArray:
    """Return the points of the maps as columns, shape (2, MAP_SIDE * MAP_SIDE)."""
    x1_low, x1_high, x2_low, x2_high = bounds
    x1, x2 = np.meshgrid(
        np.linspace(x1_low, x1_high, MAP_SIDE), np.linspace(x2_low, x2_high, MAP_SIDE)
    )
    return np.stack([x1.ravel(), x2.ravel()]).astype(dtype)


def plane_for_points(points: FloatArray, dataset: Dataset, kept: Bounds | None) -> Bounds:
    """Return the plane of points made by hand: the one that was shown, grown for points outside it.

    What moved under the pointer would be missed by the next click.

    Parameters
    ----------
    points
        x1, x2 and target of each, shape (points, 3).
    dataset
        Their rows.
    kept
        What was shown of them before.
    """
    wanted = plane_around(dataset)
    low_1, high_1, low_2, high_2 = kept = kept or wanted
    x1, x2 = points[:, 0], points[:, 1]
    if x1.min() >= low_1 and x1.max() <= high_1 and x2.min() >= low_2 and x2.max() <= high_2:
        return kept
    return (
        min(low_1, wanted[0]),
        max(high_1, wanted[1]),
        min(low_2, wanted[2]),
        max(high_2, wanted[3]),
    )


def has_unit(network: NetworkSpec, at: UnitAt) -> bool:
    """Tell whether a network has a unit at a place."""
    if at.layer == INPUTS:
        return at.unit < network.inputs
    return at.layer < len(network.layers) and at.unit < network.layers[at.layer].units
