"""Make data sets from rows, with splitting and optional scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foundation.text import Names
from model.arrays import FloatArray
from model.data.dataset import Dataset, Task, labels
from model.data.scaling import Scaling, scale_columns, scaling_of_targets
from model.data.split import SplitSpec, split_rows

if TYPE_CHECKING:
    from numpy.random import Generator

MAX_POINTS = 1_000_000


def dataset_of_rows(
    x: FloatArray,
    y: FloatArray,
    parts: tuple[np.ndarray, np.ndarray],
    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    task: Task,
    scaling: Scaling = "none",
    scaled: np.ndarray | None = None,
) -> Dataset:
    """Make a data set of split rows, scaled if requested.

    The targets of a regression are scaled with the inputs.

    Parameters
    ----------
    x, y
        Inputs and targets of all rows, shape (rows, features) and (rows, targets).
    parts
        Indices of the training rows and of the test rows.
    names
        Names of the features, targets and classes.
    """
    train, test = parts
    of_targets = scaling_of_targets(task, scaling)
    x_train, x_test, x_offset, x_spread = x[train], x[test], None, None
    chosen = slice(None) if scaled is None else scaled
    parts_of_x = scale_columns(x_train[:, chosen], x_test[:, chosen], scaling)
    x_train[:, chosen], x_test[:, chosen], offset, spread = parts_of_x
    if offset is not None and spread is not None:
        x_offset, x_spread = np.zeros(x.shape[1]), np.ones(x.shape[1])
        x_offset[chosen], x_spread[chosen] = offset, spread
    y_train, y_test, y_offset, y_spread = scale_columns(y[train], y[test], of_targets)
    return Dataset(
        x_train,
        y_train,
        x_test,
        y_test,
        *names,
        task,
        x_offset=x_offset,
        x_spread=x_spread,
        y_offset=y_offset,
        y_spread=y_spread,
        rows_train=train,
        rows_test=test,
    )


def labelled_dataset(
    rows: tuple[FloatArray, FloatArray],
    classes: Names,
    names: tuple[tuple[str, ...], str],
    split: SplitSpec,
    generator: Generator,
    scaling: Scaling = "none",
) -> Dataset:
    """Split and scale rows with one target, a class or a value.

    The target is a class if `classes` are given, otherwise a value.

    Parameters
    ----------
    rows
        Inputs and targets, shape (rows, features) and (rows, targets).
    names
        Names of the features and of the target.
    """
    x, y = rows
    features, target = names
    parts = split_rows(len(x), split, generator, labels(y) if classes else None)
    task: Task = "regression" if not classes else "multiclass" if len(classes) > 2 else "binary"
    targets = classes if task == "multiclass" else (target,)
    return dataset_of_rows(x, y, parts, (features, targets, classes), task, scaling)
