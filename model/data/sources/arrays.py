"""Rows stored in an experiment by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from foundation.text import Names
from model.arrays import frozen_array, same_values
from model.data.dataset import Dataset, Task, check_rows, labels
from model.data.rows import dataset_of_rows
from model.data.scaling import Scaling
from model.data.source import DataSource
from model.data.split import SplitSpec, split_rows
from model.errors import ModelError

if TYPE_CHECKING:
    from numpy.random import Generator

MAX_KEPT_NUMBERS = 300_000
"""Maximum numbers stored in an experiment by value, about 8 MB in its file."""


class ArraysData(DataSource, frozen=True, eq=False, tag="arrays"):
    """Rows from the caller's arrays, stored in an experiment by value.

    Attributes
    ----------
    x
        Unscaled inputs, shape (rows, features).
    y
        Targets, shape (rows, targets), encoded for the task as in :class:`model.Dataset`.
    feature_names, target_names
        One name per column.
    class_names, task
        As in :class:`model.Dataset`.
    scaling
        As in :class:`TableData`; the targets of a regression are scaled too.
    test_rows
        Indices of the rows held out for testing, from 0; empty if the split draws them.
    """

    x: np.ndarray
    y: np.ndarray
    feature_names: Names
    target_names: Names
    class_names: Names
    task: Task
    scaling: Scaling = "none"
    test_rows: tuple[int, ...] = ()

    order = 6
    offers_scaling = True

    def __post_init__(self) -> None:
        """Make the arrays read-only, so that the data are immutable."""
        for name in ("x", "y"):
            value = np.asarray(getattr(self, name), np.float64)
            msgspec.structs.force_setattr(self, name, frozen_array(value))

    def __eq__(self, other: object) -> bool:
        """Compare names, choices and all numbers."""
        astuple = msgspec.structs.astuple
        return isinstance(other, ArraysData) and same_values(astuple(self), astuple(other))

    def __hash__(self) -> int:
        """Hash names and choices only: hashing all rows would take too long."""
        return hash(msgspec.structs.astuple(self)[2:])

    @classmethod
    def of_rows(cls, dataset: Dataset) -> ArraysData:
        """Return data with a copy of the rows of a data set."""
        kept_back = range(len(dataset.x_train), len(dataset.x_train) + len(dataset.x_test))
        return cls(
            np.concatenate([dataset.x_train, dataset.x_test]),
            np.concatenate([dataset.y_train, dataset.y_test]),
            dataset.feature_names,
            dataset.target_names,
            dataset.class_names,
            dataset.task,
            test_rows=tuple(kept_back),
        )

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        check_rows(self.x, self.y)
        rows = np.arange(len(self.x))
        is_test = np.isin(rows, self.test_rows)
        parts = rows[~is_test], rows[is_test]
        if not self.test_rows:
            classes = labels(self.y) if self.task in ("binary", "multiclass") else None
            parts = split_rows(len(rows), split, generator, classes)
        names = self.feature_names, self.target_names, self.class_names
        return dataset_of_rows(self.x, self.y, parts, names, self.task, self.scaling)

    @property
    def default_split(self) -> SplitSpec:
        return SplitSpec()

    @property
    def has_test_rows(self) -> bool:
        return bool(self.test_rows)

    def check_kept(self) -> None:
        """Raise if there are too many numbers.

        Raises
        ------
        ModelError
            Code ``file.arrays``.
        """
        count = self.x.size + self.y.size
        if count > MAX_KEPT_NUMBERS:
            raise ModelError(
                "file.arrays",
                "The experiment's arrays hold {count} numbers, and a file keeps up to {most}. "
                "Write them to a table (.csv), and train on named_data of its path.",
                count=count,
                most=MAX_KEPT_NUMBERS,
            )


def data_of(dataset: Dataset) -> DataSource:
    """Return a data set's source, or its rows by value if it has none."""
    return dataset.built_from or ArraysData.of_rows(dataset)
