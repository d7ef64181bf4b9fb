"""Data sets from the caller's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from msgspec.structs import replace

from model.data.build import build_dataset
from model.data.csv.column import CsvColumn
from model.data.csv.dataset import target_of
from model.data.dataset import Dataset, labels
from model.data.scaling import Scaling
from model.data.shape import input_names, output_names
from model.data.sources.arrays import ArraysData
from model.data.sources.csv import CsvData
from model.data.split import SplitSpec, split_rows
from model.errors import ModelError
from model.randomness import streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


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
    """Make a data set from arrays.

    Parameters
    ----------
    x
        Inputs, shape (rows, features): an array, or lists of numbers.
    y
        Targets, shape (rows,): values, or classes given as words, numbers or booleans. Several
        columns, shape (rows, targets), are values, or a yes/no answer each if all are 0 and 1.
    names
        Names of the columns of `x`.
    test
        Share of the rows held out for testing, 0 to 0.9, stratified by class.
    task
        ``"auto"`` treats words, and few recurring whole numbers, as classes.
    scaling
        ``"none"``, ``"standard"`` (zero mean, unit variance) or ``"min_max"`` (0 to 1), fitted
        on the training rows.
    seed
        Seed for choosing the held-out rows.

    Returns
    -------
    Dataset
        The data set; :func:`model.default_experiment` proposes a network for it.

    Raises
    ------
    ModelError
        Codes ``data.arrays``, ``data.csv_classes``, ``data.csv_target``, ``data.split``,
        ``experiment.range`` and those of :func:`model.data.dataset.check_dataset`.
    """
    inputs = _array("inputs", x, np.float64)
    if inputs.ndim == 1:
        inputs = inputs[:, None]
    try:
        targets = np.asarray(y, np.float64)
    except (TypeError, ValueError):
        targets = _array("targets", y, np.str_)
    found = target_of(_columns(targets), np.ones(len(targets), np.bool_), CsvData("y", task=task))
    features = input_names(inputs.shape[-1]) if names is None else tuple(map(str, names))
    data = ArraysData(inputs, found.y, features, found.names, found.classes, found.task)
    build_dataset(data)  # what is wrong is named by the row as it was given
    groups = labels(found.y) if found.task in ("binary", "multiclass") else None
    split = SplitSpec(test, stratify=True)
    _, kept_back = split_rows(len(inputs), split, streams(seed).data, groups)
    return build_dataset(replace(data, scaling=scaling, test_rows=tuple(kept_back.tolist())))


def _array(part: str, values: ArrayLike, dtype: type[np.generic]) -> np.ndarray:
    try:
        return np.asarray(values, dtype)
    except (TypeError, ValueError) as fault:
        raise ModelError(
            "data.arrays",
            "The {part} are no rows of numbers, all of one length: {fault}. Give each word a "
            "column of 0 and 1.",
            part=part,
            fault=str(fault).rstrip("."),
        ) from fault


def _columns(targets: np.ndarray) -> tuple[CsvColumn, ...]:
    """Return targets of shape (rows,) or (rows, targets) as columns."""
    columns = targets.reshape(len(targets), -1).T
    named = zip(output_names(len(columns)), columns, strict=True)
    if targets.dtype.kind == "f":
        return tuple(CsvColumn(name, column, None) for name, column in named)
    return tuple(CsvColumn(name, None, tuple(column.tolist())) for name, column in named)
