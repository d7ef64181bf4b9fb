"""What an experiment learns from: one struct a kind of data, told apart by ``kind`` in a file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import numpy as np

from model.arrays import frozen_array, same_values

PathText = Annotated[str, msgspec.Meta(pattern=r"\A[^\0]*\Z")]
"""A path: no system takes a NUL in one."""


class _Data(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """What all kinds have in common."""


class GateData(_Data, frozen=True, tag="gate"):
    """A named logic gate's truth table, each row repeated and jittered if wanted.

    Attributes
    ----------
    name
        A gate of :mod:`model.data.gates`: ``"xor"``, ``"and"``, ``"half_adder"``, ``"parity"``, ...
    inputs
        How many inputs, 1 to 8; fixed by the gate where its name fixes it.
    copies
        How often each row appears, at least 1.
    noise
        Standard deviation, 0 or more, of the Gaussian added to the inputs of every copy.
    """

    name: str = "xor"
    inputs: int = 2
    copies: int = 1
    noise: float = 0.0


class TruthTableData(_Data, frozen=True, tag="truth_table"):
    """A truth table a person typed: any inputs, any outputs, ``None`` where the answer is free.

    Attributes
    ----------
    input_names, output_names
        One name a column.
    rows
        Input values, ``len(rows) x len(input_names)``.
    targets
        Wanted outputs, ``len(rows) x len(output_names)``; ``None`` is a don't-care.
    copies, noise
        As in :class:`GateData`.
    scaling
        As in :class:`TableData`.
    """

    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    targets: tuple[tuple[float | None, ...], ...]
    copies: int = 1
    noise: float = 0.0
    scaling: Literal["none", "standard", "min_max"] = "none"


class PlaneData(_Data, frozen=True, tag="plane"):
    """Points of the plane drawn from a named pattern, ``"circle"``, ``"spiral"``, ...

    Attributes
    ----------
    name
        A pattern of :mod:`model.data.plane`, or ``"formula"``.
    points
        How many points in all, 2 to 1,000,000.
    noise
        0 to 1. Half of it, of the spiral a quarter, is the standard deviation of what is added to
        the points, of a regression to the targets; that of each cloud is 0.15 more.
    formula
        With ``"formula"``, what gives each point's target, as in ``"x1^2 + x2^2 < 0.5"`` (classes)
        or ``"sin(3 * x1) * x2"`` (a value to predict); else empty. At most 200 characters: numbers,
        ``pi``, ``e``, ``x1``, ``x2``, ``+ - * / ^``, brackets, ``< <= > >=``, ``and or not``, and
        the functions ``sin cos tan exp log sqrt abs sign min max``.
    """

    name: str = "circle"
    points: int = 250
    noise: float = 0.1
    formula: str = ""


class PointsData(_Data, frozen=True, tag="points"):
    """Points a person put on the plane by hand.

    Attributes
    ----------
    points
        ``(x1, x2, target)`` each; the target is a class index, or a value where `regression`.
    classes
        How many classes there are, 2 to 8.
    regression
        Whether the third number is a value to predict.
    """

    points: tuple[tuple[float, float, float], ...] = ()
    classes: int = 2
    regression: bool = False


class TableData(_Data, frozen=True, tag="table"):
    """A table that comes with Glassnet: ``"iris"``, ``"digits"``, ``"symptoms"``, ``"titanic"``.

    Attributes
    ----------
    name
        A table of :mod:`model.data.tables`.
    scaling
        ``"none"``, ``"standard"`` (zero mean, unit variance) or ``"min_max"`` (0 to 1).
    """

    name: str = "iris"
    scaling: Literal["none", "standard", "min_max"] = "none"


class CsvData(_Data, frozen=True, tag="csv"):
    """A person's own table, by its path and how it was read.

    Attributes
    ----------
    path
        Where the file is, seen from the experiment's own folder where it is relative.
    separator, decimal, encoding, header
        How it is written; empty strings and ``None`` mean "find out".
    sheet
        Which sheet of an Excel workbook; empty means the first that holds a value. Of a zip with
        several tables: which of them; empty means the largest.
    skip_lines
        How many lines at the top are no part of the table; ``None`` means "find out".
    features, targets
        Column names; empty means all but the last, and the last, of those that have values. A
        first column without a name among named ones numbers the rows and is left out then, and so
        is one of words that are all different.
    task
        ``"classification"``, ``"regression"``, or ``"auto"`` from the target's values.
    scaling
        As in :class:`TableData`, fitted on the training rows alone.
    missing
        ``"drop"`` the row, or fill with the column's ``"mean"`` (numbers) and mode (words).
    """

    path: PathText
    separator: str = ""
    decimal: str = ""
    encoding: str = ""
    header: bool | None = None
    features: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    task: Literal["auto", "classification", "regression"] = "auto"
    scaling: Literal["none", "standard", "min_max"] = "standard"
    missing: Literal["drop", "mean"] = "drop"
    skip_lines: int | None = None
    sheet: str = ""


class ArraysData(_Data, frozen=True, eq=False, tag="arrays"):
    """Rows of a program's own arrays, which an experiment keeps by value.

    Attributes
    ----------
    x
        Inputs in their own units, shape (rows, features).
    y
        Targets, shape (rows, targets), as :class:`model.Dataset` has them for the task.
    feature_names, target_names
        One name a column.
    class_names, task
        As in :class:`model.Dataset`.
    scaling
        As in :class:`TableData`; the targets of a regression are scaled too.
    test_rows
        The rows kept back for testing, counted from 0; empty where the split draws them.
    """

    x: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...]
    task: Literal["binary", "multilabel", "multiclass", "regression"]
    scaling: Literal["none", "standard", "min_max"] = "none"
    test_rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only, so that frozen data are frozen all through."""
        for name in ("x", "y"):
            value = np.asarray(getattr(self, name), np.float64)
            msgspec.structs.force_setattr(self, name, frozen_array(value))

    def __eq__(self, other: object) -> bool:
        """Compare names and choices, and the rows number by number."""
        astuple = msgspec.structs.astuple
        return isinstance(other, ArraysData) and same_values(astuple(self), astuple(other))

    def __hash__(self) -> int:
        """Hash names and choices: a look through all rows would take too long."""
        return hash(msgspec.structs.astuple(self)[2:])


class IdxData(_Data, frozen=True, tag="idx"):
    """Pictures and labels in the IDX files of MNIST and Fashion-MNIST.

    Attributes
    ----------
    images, labels
        Paths of the training files, gzipped or not; relative as a table's.
    test_images, test_labels
        Paths of the test files; empty where the split is to be drawn from the training files.
    limit
        At most so many training rows; 0 takes all.
    names
        What the labels 0, 1, ... are called; empty for their numbers.
    """

    images: PathText
    labels: PathText
    test_images: PathText = ""
    test_labels: PathText = ""
    limit: int = 0
    names: tuple[str, ...] = ()


ScaledData = TableData | CsvData | ArraysData
"""Kinds whose columns can be scaled."""

DataSpec = GateData | TruthTableData | PlaneData | PointsData | ScaledData | IdxData


class SplitSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How rows are kept back for testing.

    Attributes
    ----------
    test_fraction
        0 (train on all) to 0.9.
    stratify
        Whether each class keeps its share on both sides.
    """

    test_fraction: float = 0.0
    stratify: bool = False
