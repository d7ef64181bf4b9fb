"""A network's answers to the rows of a data set, and their correctness."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct

from model.arrays import Mask
from model.data import Dataset
from model.experiment import Experiment, FloatArray
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
from model.network import Network


def class_names(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of the classes, empty for a regression."""
    if dataset.task == "regression":
        return ()
    if dataset.task == "multiclass":
        return dataset.class_names or tuple(str(k) for k in range(dataset.outputs))
    return dataset.class_names or ("0", "1")


def output_scale(experiment: Experiment, dataset: Dataset, output: int) -> tuple[float, float]:
    """Return the centre and half-width of an output's scale.

    ``(value - centre) / half`` is -1 to 1.
    """
    if dataset.task == "regression":
        if len(dataset.y_train) == 0:
            return 0.0, 1.0
        low, high = dataset.y_ranges[output].tolist()
        return 0.5 * (low + high), max(0.5 * (high - low), 1e-9)
    threshold = decision_threshold(experiment)
    return threshold, 0.5 if threshold > 0 else 1.0


def targets_to_draw(
    experiment: Experiment,
    dataset: Dataset,
    y: FloatArray,
    mask: Mask,
    output: int,
) -> tuple[np.ndarray, FloatArray | None]:
    """Return each row's class and, for a regression, its scaled target.

    `y` and `mask` have shape (rows, outputs), the results (rows,). The class is -1 where the mask
    is 0 (don't-care), and 0 for a regression; the target is scaled to -1 to 1 on the output's
    scale.
    """
    if dataset.task == "multiclass":
        return y.argmax(axis=1), None
    if dataset.task == "regression":
        middle, half = output_scale(experiment, dataset, output)
        return np.zeros(len(y), np.intp), np.clip((y[:, output] - middle) / half, -1.0, 1.0)
    kind = (y[:, output] > 0.5).astype(np.intp)
    return kind if mask is None else np.where(mask[:, output] == 0.0, -1, kind), None


class Answers(Struct, frozen=True, eq=False, dict=True):
    """A network's answers to the training or test rows, computed on first use.

    Attributes
    ----------
    network
        Network that answers.
    dataset
        Data set with the rows.
    threshold
        Output at which an answer changes from 0 to 1, see :func:`model.metrics.decision_threshold`.
    test
        Whether the test rows are used instead of the training rows.
    """

    network: Network
    dataset: Dataset
    threshold: float
    test: bool

    @property
    def x(self) -> FloatArray:
        """The rows, shape (rows, inputs)."""
        return self.dataset.x_test if self.test else self.dataset.x_train

    @property
    def y(self) -> FloatArray:
        """Their targets, shape (rows, outputs)."""
        return self.dataset.y_test if self.test else self.dataset.y_train

    @property
    def mask(self) -> FloatArray | None:
        """Mask of the targets, 0 for don't-cares."""
        return self.dataset.mask_test if self.test else self.dataset.mask_train

    @property
    def cost(self) -> int:
        """The number of multiplications for all answers."""
        return len(self.x) * self.network.parameter_count()

    @cached_property
    def outputs(self) -> FloatArray:
        """The answers, shape (rows, outputs)."""
        return self.network.forward(self.x)

    @cached_property
    def accuracy(self) -> float:
        """The fraction of right rows; R squared for a regression."""
        if self.dataset.task == "regression":
            return r_squared(self.outputs, self.y)
        return float(np.mean(self.outcomes == RIGHT)) if len(self.y) else float("nan")

    def in_data_units(self, output: int) -> tuple[FloatArray, FloatArray]:
        """Return targets and answers of one output in the unit of the data.

        Both have shape (rows,).
        """
        y, answers = self.y[:, output], self.outputs[:, output]
        offset, spread = self.dataset.y_offset, self.dataset.y_spread
        if offset is None or spread is None:
            return y, answers
        return y * spread[output] + offset[output], answers * spread[output] + offset[output]

    def rms_error(self, output: int) -> float:
        """Return the root mean squared error of one output in the unit of the data."""
        y, answers = self.in_data_units(output)
        return float(np.sqrt(np.mean((answers - y) ** 2))) if len(y) else float("nan")

    @cached_property
    def baseline(self) -> float:
        """The accuracy or R squared of answers that ignore the inputs."""
        if len(self.y) == 0:
            return float("nan")
        return baseline(self.dataset.y_train, self.y, self.dataset.task)

    @cached_property
    def outcomes(self) -> np.ndarray:
        """Whether each row is right, wrong or undecided, see :func:`model.metrics.outcomes`."""
        return self._judge(slice(None))

    def outcomes_of(self, output: int) -> np.ndarray:
        """Return the outcomes of a single output."""
        several = self.dataset.task != "multiclass" and self.dataset.outputs > 1
        return self._judge(slice(output, output + 1)) if several else self.outcomes

    def _judge(self, outputs: slice) -> np.ndarray:
        task = self.dataset.task
        if task == "regression" or len(self.x) == 0:
            return np.full(len(self.x), RIGHT)
        mask = None if self.mask is None else self.mask[:, outputs]
        return outcomes(self.outputs[:, outputs], self.y[:, outputs], task, self.threshold, mask)

    @property
    def wrong_rows(self) -> np.ndarray:
        """Whether each row is wrong in any output, shape (rows,)."""
        return np.asarray(self.outcomes == WRONG)

    @property
    def undecided(self) -> int:
        """The number of rows that are neither right nor wrong."""
        return int(np.count_nonzero(self.outcomes == OPEN))

    def confusion(self, output: int) -> np.ndarray | None:
        """Count rows by true class (row) and answer (column); ``None`` for a regression.

        If rows are undecided, a last column counts them.
        """
        task = self.dataset.task
        if task == "regression" or len(self.x) == 0:
            return None
        answers = decide(self.outputs, task, self.threshold)
        if task == "multiclass":
            return confusion(answers, self.y.argmax(axis=1), self.y.shape[1])
        actual = (self.y[:, output] > 0.5).astype(np.intp)
        counted = slice(None) if self.mask is None else self.mask[:, output] > 0
        return confusion(answers[counted, output], actual[counted], 2)
