"""A data set as named arrays, one row per example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from msgspec import Struct

from foundation.text import Names, Text
from model.arrays import FloatArray, Mask
from model.errors import ModelError, require

if TYPE_CHECKING:
    from model.data.derived import Feature
    from model.data.source import DataSource

MAX_NAMED = 10
"""Maximum omitted rows, or columns, listed by name."""

LARGEST = 1e150
"""Largest magnitude accepted; squares of larger numbers may overflow."""

Task = Literal["binary", "multilabel", "multiclass", "regression"]


class LeftOut(Struct, frozen=True, eq=False):
    """The parts of a file that were left out, or read incompletely.

    Attributes
    ----------
    gaps
        Numbers of the rows with missing values, counted from 1 below the header, shape
        (count,).
    rows
        Number of rows in the file, including these.
    top, comments, blank, bottom
        Number of lines that are not rows: above the table, comments, blank lines, and a total
        or notes below it.
    units
        Columns whose numbers have a unit in the file, as (name, unit).
    joined
        Columns with thousands separators in the file, as (name, example).
    sheet, unread
        Of a file with several sheets or tables: the one that was read, and the others.
    """

    gaps: np.ndarray
    rows: int
    top: int = 0
    comments: int = 0
    blank: int = 0
    bottom: int = 0
    units: tuple[tuple[str, str], ...] = ()
    joined: tuple[tuple[str, str], ...] = ()
    sheet: str = ""
    unread: Names = ()

    def sentences(self) -> list[Text]:
        """Return the omissions as English sentences, one per kind."""
        found = []
        if self.unread:
            found.append(
                Text(
                    "Only {sheet} was read. The file has more: {unread}.",
                    sheet=self.sheet,
                    unread=self.unread,
                )
            )
        if len(self.gaps):
            found.append(
                Text(
                    "{n} of {rows} rows left out for missing values: {some}.",
                    n=len(self.gaps),
                    rows=self.rows,
                    some=_first_items(self.gaps.tolist()),
                )
            )
        kinds = (
            Text("{n} at the top", n=self.top),
            Text("{n} with a comment", n=self.comments),
            Text("{n} blank", n=self.blank),
            Text("{n} at the end", n=self.bottom),
        )
        if lines := tuple(kind for kind in kinds if kind.values["n"]):
            found.append(Text("Lines passed over: {lines}.", lines=lines))
        if self.units:
            columns = _first_items([f"{name} ({unit})" for name, unit in self.units])
            found.append(Text("Numbers read without their unit: {columns}.", columns=columns))
        if self.joined:
            columns = _first_items([f"{name} ({example})" for name, example in self.joined])
            found.append(Text("Thousands separators removed: {columns}.", columns=columns))
        return found


def _first_items(things: Sequence[object]) -> object:
    """Return the first of many items, and the number of further ones."""
    some, more = tuple(things[:MAX_NAMED]), len(things) - MAX_NAMED
    return Text("{some} and {n} more", some=some, n=more) if more > 0 else some


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and test rows as a network reads them, with the names of the inputs.

    Attributes
    ----------
    x_train, x_test
        Inputs, NumPy arrays of shape (rows, features); (0, features) if there are no test rows.
    y_train, y_test
        Targets, shape (rows, targets). Classes are 0 and 1 (``binary``, ``multilabel``) or one
        column per class (``multiclass``).
    feature_names, target_names
        One name per column.
    class_names
        Names of 0 and 1, or of the columns (``multiclass``); empty for a regression.
    task
        ``"binary"`` (one column, two classes), ``"multilabel"`` (several such columns),
        ``"multiclass"`` (one class of several) or ``"regression"`` (values).
    mask_train, mask_test
        Mask in the shape of the targets, 0 for a don't-care and else 1; ``None`` if there are
        no don't-cares.
    table_x, table_y, table_mask
        Noise-free rows of a truth table; ``None`` for other data.
    y_offset, y_spread
        Scaling of the targets, ``value = y * y_spread + y_offset``, shape (targets,); ``None``
        if unscaled.
    x_offset, x_spread
        The same for the inputs, shape (features,).
    categories
        Each column of words with its words, in the order of the features derived from them.
    left_out
        The parts of the file that were left out; ``None`` for data that are not a user's table.
    rows_train, rows_test
        Index of each row in the truth table or file, from 0, with incomplete rows counted,
        shape (rows,); ``None`` if there is no such numbering, see :attr:`row_numbers`.
    source, features
        For derived inputs: the data set of the original columns, and the definition of each
        input.
    built_from
        The data source that the rows were built from; ``None`` if constructed from arrays.

    Raises
    ------
    ModelError
        Codes ``data.shape``, and ``experiment.range`` for an unknown task.
    """

    x_train: FloatArray
    y_train: FloatArray
    x_test: FloatArray
    y_test: FloatArray
    feature_names: Names
    target_names: Names
    class_names: Names
    task: Task
    mask_train: Mask = None
    mask_test: Mask = None
    table_x: FloatArray | None = None
    table_y: FloatArray | None = None
    table_mask: Mask = None
    y_offset: FloatArray | None = None
    y_spread: FloatArray | None = None
    x_offset: FloatArray | None = None
    x_spread: FloatArray | None = None
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    left_out: LeftOut | None = None
    rows_train: np.ndarray | None = None
    rows_test: np.ndarray | None = None
    source: Dataset | None = None
    features: tuple[Feature, ...] = ()
    built_from: DataSource | None = None

    def __post_init__(self) -> None:
        """Raise for an unknown task, or inputs and targets whose shapes do not match."""
        require(self.task in get_args(Task), "The task", self.task, ", ".join(get_args(Task)))
        for part, x, y in (
            ("training", self.x_train, self.y_train),
            ("test", self.x_test, self.y_test),
        ):
            check_rows(x, y, part)

    @property
    def columns(self) -> Dataset:
        """The data set of the original columns; this one if no inputs are derived."""
        return self if self.source is None else self.source

    @property
    def inputs(self) -> int:
        """Number of features."""
        return int(self.x_train.shape[1])

    @property
    def outputs(self) -> int:
        """Number of targets."""
        return int(self.y_train.shape[1])

    @property
    def rows_by_number(self) -> list[tuple[FloatArray, FloatArray, FloatArray | None]]:
        """Inputs, targets and mask of all rows in their numbered order, from 0.

        The rows of the truth table if there is one, else the training rows and then the test rows.
        Shape (rows, features) for inputs, (rows, targets) for targets and mask.
        """
        if self.table_x is not None and self.table_y is not None:
            return [(self.table_x, self.table_y, self.table_mask)]
        return [
            (self.x_train, self.y_train, self.mask_train),
            (self.x_test, self.y_test, self.mask_test),
        ]

    @property
    def row_numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """The number of each training and test row, from 1, shape (rows,) each.

        If the data have no numbering, the test rows follow the training rows.
        """
        train, test, count = self.rows_train, self.rows_test, len(self.x_train)
        return (
            (np.arange(count) if train is None else train) + 1,
            (np.arange(count, count + len(self.x_test)) if test is None else test) + 1,
        )

    def row(self, number: int) -> tuple[FloatArray, FloatArray] | None:
        """Return a row's inputs and targets, shape (features,) and (targets,), or ``None``.

        `number` is the index in :attr:`rows_by_number`, from 0.
        """
        for x, y, _ in self.rows_by_number:
            if 0 <= number < len(x):
                return x[number], y[number]
            number -= len(x)
        return None

    def mask_at(self, rows: Sequence[int] | np.ndarray) -> FloatArray:
        """Return the target mask of rows, shape (rows, targets): 1, or 0 for a don't-care.

        The rows are indices in :attr:`rows_by_number`.
        """
        chosen = np.asarray(rows, dtype=np.intp)
        parts = self.rows_by_number
        if all(mask is None for _, _, mask in parts):
            return np.ones((len(chosen), self.outputs))
        masks = [np.ones_like(y) if mask is None else mask for _, y, mask in parts]
        return np.asarray(np.concatenate(masks)[chosen])

    def x_scaling(self, column: int) -> tuple[float, float]:
        """Return offset and spread of a feature column, 0 and 1 if unscaled."""
        if self.x_offset is None or self.x_spread is None:
            return 0.0, 1.0
        return float(self.x_offset[column]), float(self.x_spread[column])

    def indices_by_number(self, trained: Sequence[int]) -> tuple[int, ...]:
        """Return the indices in :attr:`rows_by_number` of rows of `x_train`.

        Both count from 0. A truth table's row may be drawn several times, with noise, or held out.
        """
        if self.table_x is None or self.rows_train is None:
            return tuple(trained)
        return tuple(self.rows_train[list(trained)].tolist())

    def x_in_data_units(self, column: int, value: float) -> float:
        """Return a feature's scaled value in the unit of the data."""
        offset, spread = self.x_scaling(column)
        return value * spread + offset

    def y_in_data_units(self, column: int, value: float) -> float:
        """Return a target's scaled value in the unit of the data."""
        if self.y_offset is None or self.y_spread is None:
            return value
        return value * float(self.y_spread[column]) + float(self.y_offset[column])

    @property
    def labels_train(self) -> np.ndarray:
        """The class index of every training row; see :func:`labels`."""
        return labels(self.y_train)

    @property
    def labels_test(self) -> np.ndarray:
        """The class index of every test row."""
        return labels(self.y_test)

    @cached_property
    def class_counts(self) -> tuple[np.ndarray, np.ndarray]:
        """The number of training rows and test rows per class, shape (classes,) each."""
        classes = max(2, self.outputs)
        train, test = (
            np.bincount(labels(y), minlength=classes) for y in (self.y_train, self.y_test)
        )
        return train, test

    @cached_property
    def x_means(self) -> FloatArray:
        """The mean of each feature over the training rows, shape (features,); 0 without rows."""
        return np.asarray(self.x_train.mean(axis=0)) if len(self.x_train) else np.zeros(self.inputs)

    @cached_property
    def x_ranges(self) -> FloatArray:
        """The minimum and maximum of each feature over all rows, shape (features, 2)."""
        return _ranges(self.x_train, self.x_test)

    @cached_property
    def y_ranges(self) -> FloatArray:
        """The minimum and maximum of each target over the training rows, shape (targets, 2)."""
        return _ranges(self.y_train)

    def precompute(self) -> None:
        """Compute all cached values in advance, so that the window need not wait."""
        columns = self.columns
        _ = columns.x_means, columns.x_ranges, self.y_ranges, self.class_counts


def _ranges(*parts: FloatArray) -> FloatArray:
    """Return the minimum and maximum of each column, shape (columns, 2)."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return np.tile([0.0, 1.0], (parts[0].shape[1], 1))
    low = np.min([part.min(axis=0) for part in filled], axis=0)
    high = np.max([part.max(axis=0) for part in filled], axis=0)
    return np.column_stack([low, high])


def labels(y: FloatArray) -> np.ndarray:
    """Return class indices: the largest of several columns, or one column thresholded at 0.5.

    Parameters
    ----------
    y
        Targets or outputs, shape (rows, outputs).

    Returns
    -------
    numpy.ndarray
        Shape (rows,), integers from 0.
    """
    if y.shape[1] == 1:
        return (y[:, 0] > 0.5).astype(np.intp)
    return np.asarray(y.argmax(axis=1))


def check_rows(x: FloatArray, y: FloatArray, part: str = "training") -> None:
    """Raise unless inputs and targets are two-dimensional and have equally many rows.

    Raises
    ------
    ModelError
        Code ``data.shape``.
    """
    shapes = np.shape(x), np.shape(y)
    if len(shapes[0]) != 2 or len(shapes[1]) != 2 or shapes[0][0] != shapes[1][0]:
        raise ModelError(
            "data.shape",
            "The {part} inputs have shape {x} and the targets {y}; both need two "
            "dimensions, and one row an example.",
            part=part,
            x=shapes[0],
            y=shapes[1],
        )


def check_dataset(data: Dataset) -> None:
    """Raise if nothing can be learned from the data.

    Raises
    ------
    ModelError
        Codes ``data.empty``, ``data.names``, ``data.not_finite`` (with row and column, from 1).
    """
    for part, x, y in (
        ("training", data.x_train, data.y_train),
        ("test", data.x_test, data.y_test),
    ):
        for values, names in ((x, data.feature_names), (y, data.target_names)):
            if values.shape[1] != len(names):
                raise ModelError(
                    "data.names",
                    "There are {columns} columns but {names} names.",
                    columns=values.shape[1],
                    names=len(names),
                )
            if not np.isfinite(values).all():
                row, column = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
                raise ModelError(
                    "data.not_finite",
                    "Row {row} of the {part} data has no finite number in column {column}.",
                    row=row + 1,
                    part=part,
                    column=names[column],
                )
    if len(data.x_train) == 0 or data.inputs == 0 or data.outputs == 0:
        raise ModelError(
            "data.empty",
            "There are no rows to train on. Add rows, or make the test share smaller.",
        )
