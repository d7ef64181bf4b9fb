"""Data sets of a program's own arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from msgspec.structs import replace

from model.data.build import build_dataset
from model.data.csv.dataset import MOST_CATEGORIES, are_classes, class_name
from model.data.dataset import Dataset, labels
from model.data.scaling import Scaling
from model.data.shape import input_names, output_names
from model.data.split import split_rows
from model.data.tables import task_of
from model.errors import ModelError, require
from model.experiment import ArraysData, FloatArray, SplitSpec
from model.randomness import streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

TASKS = ("auto", "classification", "regression")


def dataset(
    x: ArrayLike,
    y: ArrayLike,
    names: Sequence[str] | None = None,
    test: float = 0.2,
    *,
    task: Literal["auto", "classification", "regression"] = "auto",
    scaling: Scaling = "standard",
    seed: int = 0,
) -> Dataset:
    """Make a data set of arrays of your own.

    Parameters
    ----------
    x
        Inputs, shape (rows, features): an array, or lists of numbers.
    y
        Targets, shape (rows,): values, or classes by words, numbers or truth values. Several
        columns, shape (rows, targets), are values; of 0 and 1 they are yes or no each, and classes
        where just one of each row is 1.
    names
        What the columns of `x` are called.
    test
        The share of the rows kept back for testing, 0 to 0.9; each class keeps its share.
    task
        ``"auto"`` takes words, and few whole numbers that recur, for classes.
    scaling
        ``"none"``, ``"standard"`` (zero mean, unit variance) or ``"min_max"`` (0 to 1), fitted on
        the training rows.
    seed
        Decides which rows are kept back.

    Returns
    -------
    Dataset
        To be proposed a network for, by :func:`model.default_experiment`.

    Raises
    ------
    ModelError
        Codes ``data.arrays``, ``data.array_classes``, ``data.split``, ``experiment.range`` and
        those of :func:`model.data.dataset.check_dataset`.
    """
    require(task in TASKS, "The task", task, ", ".join(TASKS))
    inputs, targets = _numbers("inputs", x), np.asarray(y)
    if inputs.ndim == 1:
        inputs = inputs[:, None]
    columns, classes = _columns(targets, task)
    kind = task_of(classes)
    if columns.shape[1:] > (1,) and kind == "binary":
        kind = "multilabel"
    data = ArraysData(
        inputs,
        columns,
        input_names(inputs.shape[-1]) if names is None else tuple(map(str, names)),
        classes if kind == "multiclass" else output_names(columns.shape[-1]),
        classes,
        kind,
    )
    build_dataset(data)  # what is wrong is named by the row as it was given
    groups = labels(columns) if kind in ("binary", "multiclass") else None
    split = SplitSpec(test, stratify=True)
    _, kept_back = split_rows(len(inputs), split, streams(seed).data, groups)
    return build_dataset(replace(data, scaling=scaling, test_rows=tuple(kept_back.tolist())))


def _numbers(part: str, values: ArrayLike) -> FloatArray:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError) as fault:
        raise ModelError(
            "data.arrays",
            "The {part} are no rows of numbers, all of one length: {fault}. Give each word a "
            "column of 0 and 1.",
            part=part,
            fault=str(fault).rstrip("."),
        ) from fault


def _columns(targets: np.ndarray, task: str) -> tuple[FloatArray, tuple[str, ...]]:
    """Return targets as a network learns them, shape (rows, targets), and their classes."""
    is_alone = targets.ndim == 1 or targets.shape[1:] == (1,)
    if is_alone and task != "regression" and targets.dtype.kind not in "iuf":
        kinds, codes = np.unique(targets.astype(str), return_inverse=True)
        return _coded(tuple(kinds.tolist()), codes)
    values = _numbers("targets", targets)
    kinds, codes = np.unique(values, return_inverse=True)
    if is_alone:
        are_values = task == "auto" and not are_classes(values.ravel(), kinds)
        if task == "regression" or are_values:
            return values.reshape(-1, 1), ()
        return _coded(tuple(map(class_name, kinds.tolist())), codes)
    if task == "regression" or not set(kinds.tolist()) <= {0.0, 1.0}:
        return values, ()
    is_one_of_many = values.ndim == 2 and (values.sum(axis=1) == 1.0).all()
    return values, tuple(map(str, range(values.shape[-1] if is_one_of_many else 2)))


def _coded(classes: tuple[str, ...], codes: np.ndarray) -> tuple[FloatArray, tuple[str, ...]]:
    """Return classes as one column of 0 and 1, or one column each."""
    if not 2 <= len(classes) <= MOST_CATEGORIES:
        raise ModelError(
            "data.array_classes",
            "Classes need 2 to {most} different targets, and there are {count}. Give other "
            "targets, or task='regression' for values.",
            most=MOST_CATEGORIES,
            count=len(classes),
        )
    rows = np.eye(len(classes))[codes.ravel()]
    return rows if len(classes) > 2 else rows[:, 1:], classes
