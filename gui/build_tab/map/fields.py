"""What a network answers over a plane through its inputs, and which rows it gets right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from gui.build_tab.state import (
    LONE_MARGIN,
    MAP_SIDE,
    BuildState,
    has_no_width,
    input_range,
)
from model.data import Dataset
from model.experiment import FloatArray
from model.metrics import (
    OPEN,
    RIGHT,
    WRONG,
    baseline,
    confusion,
    decide,
    decision_threshold,
    outcomes,
    r_squared,
)

__all__ = [
    "Plane",
    "Reading",
    "class_names",
    "output_scale",
    "plane_of",
    "plane_outputs",
    "plane_unit",
]

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Plane:
    """A plane through the input space.

    Attributes
    ----------
    first, second
        The inputs along x and y; `second` is -1 where there is only one input.
    held
        The values of all inputs where they are not varied, shape (inputs,).
    bounds
        Low and high of x, low and high of y.
    """

    first: int
    second: int
    held: FloatArray
    bounds: Bounds


def plane_of(state: BuildState, first: int, second: int) -> Plane:
    """Return the plane of two inputs; the others are held at the chosen row, or their mean."""
    held = _means_of(state.dataset) if state.row_x is None else np.asarray(state.row_x)
    if state.experiment.network.inputs == 2 and (first, second) == (0, 1):
        return Plane(0, 1, held, state.plane)
    along_x = _ends(state, first)
    return Plane(
        first, second, held, (*along_x, *(_ends(state, second) if second >= 0 else (-1.0, 1.0)))
    )


def _ends(state: BuildState, column: int) -> tuple[float, float]:
    """Return one input's range over all rows with a margin."""
    low, high = input_range(state.dataset, column)
    span = high - low
    if has_no_width(span, max(abs(low), abs(high))):
        return low - LONE_MARGIN, high + LONE_MARGIN
    margin = 0.5 * span if state.dataset.table_x is not None else 0.08 * span
    return low - margin, high + margin


@lru_cache(maxsize=2)
def _means_of(dataset: Dataset) -> FloatArray:
    """Return the mean of every input, shape (inputs,)."""
    return np.asarray(dataset.x_train.mean(axis=0))


def plane_outputs(state: BuildState, plane: Plane, side: int = MAP_SIDE) -> FloatArray:
    """Return every output over the plane, shape (outputs, side, side), row 0 at the lowest y."""
    if side == MAP_SIDE and (plane.first, plane.second) == (0, 1) and state.maps is not None:
        return state.maps[-1]
    grid = _grid(plane, side)
    return np.asarray(state.network.forward(grid).T.reshape(-1, side, side))


def plane_unit(
    state: BuildState, plane: Plane, layer: int, unit: int, side: int = MAP_SIDE
) -> tuple[FloatArray, FloatArray]:
    """Return a unit's weighted sums and activations over the plane, shape (side, side) each.

    Layer -1 is the inputs, for which both are the input itself.
    """
    grid = _grid(plane, side)
    if layer < 0:
        z = a = grid[:, unit]
    else:
        sums, activations = state.network.activations(grid)[layer]
        z, a = sums[:, unit], activations[:, unit]
    return z.reshape(side, side), a.reshape(side, side)


def _grid(plane: Plane, side: int) -> FloatArray:
    """Return the inputs at `side` by `side` places of the plane, shape (side * side, inputs)."""
    x_low, x_high, y_low, y_high = plane.bounds
    grid = np.repeat(plane.held[None, :], side * side, axis=0)
    grid[:, plane.first] = np.tile(np.linspace(x_low, x_high, side), side)
    if plane.second >= 0:
        grid[:, plane.second] = np.repeat(np.linspace(y_low, y_high, side), side)
    return grid


def class_names(state: BuildState) -> tuple[str, ...]:
    """Return what the classes are called; none for a regression."""
    dataset = state.dataset
    if dataset.task == "regression":
        return ()
    if dataset.task == "multiclass":
        return dataset.class_names or tuple(str(k) for k in range(dataset.outputs))
    return dataset.class_names or ("0", "1")


def output_scale(state: BuildState, output: int) -> tuple[float, float]:
    """Return the middle and half-width of an output's scale: (value - middle) / half is -1 to 1."""
    if state.dataset.task == "regression":
        y = state.dataset.y_train[:, output]
        low, high = float(y.min()), float(y.max())
        return 0.5 * (low + high), max(0.5 * (high - low), 1e-9)
    threshold = decision_threshold(state.experiment)
    return threshold, 0.5 if threshold > 0 else 1.0


@dataclass(frozen=True, eq=False)
class Reading:
    """The network's answers to the rows, computed when first asked for.

    Attributes
    ----------
    state
        Whose answers they are.
    test
        Whether they are for the test rows.
    """

    state: BuildState
    test: bool

    @property
    def x(self) -> FloatArray:
        """The rows, shape (rows, inputs)."""
        return self.state.dataset.x_test if self.test else self.state.dataset.x_train

    @property
    def y(self) -> FloatArray:
        """Their targets, shape (rows, outputs)."""
        return self.state.dataset.y_test if self.test else self.state.dataset.y_train

    @property
    def mask(self) -> FloatArray | None:
        """0 where a target is free."""
        return self.state.dataset.mask_test if self.test else self.state.dataset.mask_train

    @property
    def cost(self) -> int:
        """How many products the answers take."""
        return len(self.x) * self.state.network.parameter_count()

    @cached_property
    def outputs(self) -> FloatArray:
        """The answers, shape (rows, outputs)."""
        return self.state.network.forward(self.x)

    @cached_property
    def accuracy(self) -> float:
        """Share of rows right, R squared for a regression."""
        if self.state.dataset.task == "regression":
            return r_squared(self.outputs, self.y)
        return float(np.mean(self.outcomes == RIGHT)) if len(self.y) else float("nan")

    @cached_property
    def baseline(self) -> float:
        """The same for an answer that ignores the inputs."""
        return baseline(self.state.dataset.y_train, self.y, self.state.dataset.task)

    @cached_property
    def outcomes(self) -> np.ndarray:
        """Whether each row is right, wrong or undecided, see :func:`model.metrics.outcomes`."""
        return self._judge(slice(None))

    def outcomes_of(self, output: int) -> np.ndarray:
        """Return the same for one output of several."""
        several = self.state.dataset.task != "multiclass"
        return self._judge(slice(output, output + 1)) if several else self.outcomes

    def _judge(self, outputs: slice) -> np.ndarray:
        task = self.state.dataset.task
        if task == "regression" or len(self.x) == 0:
            return np.full(len(self.x), RIGHT)
        threshold = decision_threshold(self.state.experiment)
        mask = None if self.mask is None else self.mask[:, outputs]
        return outcomes(self.outputs[:, outputs], self.y[:, outputs], task, threshold, mask)

    @property
    def mistaken(self) -> np.ndarray:
        """Whether each row is wrong in any output, shape (rows,)."""
        return self.outcomes == WRONG

    @property
    def undecided(self) -> int:
        """How many rows are neither right nor wrong."""
        return int(np.count_nonzero(self.outcomes == OPEN))

    def confusion(self, output: int) -> np.ndarray | None:
        """Count rows by true class (row) and answer (column); ``None`` for a regression.

        Where rows are undecided, a last column counts those.
        """
        task = self.state.dataset.task
        if task == "regression" or len(self.x) == 0:
            return None
        answers = decide(self.outputs, task, decision_threshold(self.state.experiment))
        if task == "multiclass":
            return confusion(answers, self.y.argmax(axis=1), self.y.shape[1])
        actual = (self.y[:, output] > 0.5).astype(np.intp)
        counted = slice(None) if self.mask is None else self.mask[:, output] > 0
        return confusion(answers[counted, output], actual[counted], 2)
