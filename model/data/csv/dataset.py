"""Convert a CSV file's columns to a data set: features, targets, gaps, categories, scaling."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from foundation.text import Names
from model.arrays import FloatArray
from model.data.csv.column import FEWEST_DISTINCT, CsvColumn
from model.data.csv.read import CsvTable, read_csv
from model.data.dataset import Dataset, LeftOut, Task, labels
from model.data.rows import dataset_of_rows
from model.data.split import SplitSpec, split_rows
from model.errors import ModelError, require

if TYPE_CHECKING:
    from model.data.sources.csv import CsvData

MAX_CATEGORIES = 100
"""Maximum categories of a feature, and classes of a target."""

MAX_CLASSES = 20
"""Maximum distinct whole numbers of a target that are classes, if they recur."""


class Target(NamedTuple):
    """Targets as arrays.

    Attributes
    ----------
    y
        Targets, shape (rows, targets).
    names, classes
        Names of the columns and of the classes.
    task
        The task that the targets define.
    """

    y: FloatArray
    names: Names
    classes: Names
    task: Task


def csv_dataset(data: CsvData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    """Build the data set of a CSV file.

    Raises
    ------
    ModelError
        Those of :func:`model.data.csv.read.read_csv`, ``data.csv_number``, ``data.csv_unit``,
        ``data.csv_large``, ``data.csv_column``, ``data.csv_alone``, ``data.csv_columns``,
        ``data.csv_categories``, ``data.csv_classes``, ``data.csv_target``, ``data.csv_gaps``,
        ``data.workbook_formulas``, ``experiment.range``.

    Notes ----- Scaling is fitted on the training rows. Regression targets are scaled like the
    features, since a learning rate that suits targets of one size diverges on larger ones;
    `y_offset` and `y_spread` of the data set undo the scaling.
    """
    for what, name, known in (
        ("The task", data.task, ("auto", "classification", "regression")),
        ("What is done about missing values", data.missing, ("drop", "mean")),
    ):
        require(name in known, what, name, ", ".join(known))
    table = read_csv(data)
    features, targets = _choose_columns(table, data)
    keep = _complete_rows(features if data.missing == "drop" else (), targets, table.rows)
    if not keep.any():
        raise ModelError(
            "data.csv_gaps",
            "{file}: no row has all its values. Fill the gaps instead of dropping the rows.",
            file=data.path,
        )
    target = target_of(targets, keep, data)
    classes = labels(target.y) if target.classes else None
    kept = np.flatnonzero(keep)
    train, test = split_rows(len(kept), split, generator, classes)
    parts = [_feature(column, keep, train, data) for column in features]
    categories = tuple(
        (column.name, tuple(name.removeprefix(f"{column.name}=") for name in names))
        for column, (_, names, is_number) in zip(features, parts, strict=True)
        if not is_number
    )
    x = np.column_stack([part for part, _, _ in parts])
    numeric = np.concatenate([np.full(len(names), is_number) for _, names, is_number in parts])
    unread = tuple(name for name in table.sheets if name != table.sheet)
    units = tuple((each.name, each.unit) for each in (*features, *targets) if each.unit)
    joined = tuple((each.name, each.joined) for each in (*features, *targets) if each.joined)
    names = tuple(name for _, names, _ in parts for name in names), target.names, target.classes
    built = dataset_of_rows(x, target.y, (train, test), names, target.task, data.scaling, numeric)
    return replace(
        built,
        categories=categories,
        rows_train=kept[train],
        rows_test=kept[test],
        left_out=LeftOut(
            np.flatnonzero(~keep) + 1,
            table.rows,
            *table.skipped,
            units,
            joined,
            table.sheet,
            unread,
        ),
    )


def _choose_columns(
    table: CsvTable, data: CsvData
) -> tuple[tuple[CsvColumn, ...], tuple[CsvColumn, ...]]:
    """Return the feature and target columns: by name, or the defaults."""
    by_name = {column.name: column for column in table.columns}
    for name in (*data.features, *data.targets):
        if name not in by_name:
            raise ModelError(
                "data.csv_column",
                "{file} has no column {name}. Its columns: {known}.",
                file=data.path,
                name=name,
                known=", ".join(by_name),
            )
    few, last = table.legacy_default_columns()
    targets = tuple(by_name[name] for name in data.targets) or last
    features = tuple(by_name[name] for name in data.features) or tuple(
        column for column in (*few, *last) if column not in targets
    )
    overlap = {column.name for column in features} & {column.name for column in targets}
    if not features:
        raise ModelError(
            "data.csv_alone",
            "{file} has only one column with values, and learning takes two: a feature and a "
            "target.",
            file=data.path,
        )
    if overlap:
        raise ModelError(
            "data.csv_columns",
            "{file}: choose at least one feature column that is no target ({overlap}).",
            file=data.path,
            overlap=", ".join(sorted(overlap)),
        )
    for column in (*features, *targets):
        if column.fault is not None:
            row, text = column.fault
            raise ModelError(
                "data.csv_number",
                "{file}, row {row}, column {column}: {text} is no number.",
                file=data.path,
                row=row,
                column=column.name,
                text=repr(text[:40]),
            )
    return features, targets


def _complete_rows(
    features: tuple[CsvColumn, ...], targets: tuple[CsvColumn, ...], rows: int
) -> np.ndarray:
    """Return the mask of the rows that have all required values."""
    keep = np.ones(rows, np.bool_)
    for column in (*features, *targets):
        keep &= ~column.is_missing
    return keep


def _feature(
    column: CsvColumn, keep: np.ndarray, train: np.ndarray, data: CsvData
) -> tuple[FloatArray, tuple[str, ...], bool]:
    """Return a feature as numeric columns, their names, and whether it was numeric."""
    if column.numbers is not None:
        values = column.numbers[keep].copy()
        gaps = np.isnan(values)
        if gaps.any():
            known = values[train][~gaps[train]]
            values[gaps] = known.mean() if len(known) else 0.0
        return values[:, None], (column.name,), True
    assert column.words is not None
    words = [word for word, kept in zip(column.words, keep, strict=True) if kept]
    kinds, codes = _encode_words(words)
    named = kinds != ""
    if named.sum() > MAX_CATEGORIES:
        raise ModelError(
            "data.csv_categories",
            "{file}: column {column} holds {count} different words. Leave it out, or group them.",
            file=data.path,
            column=column.name,
            count=int(named.sum()),
        )
    one_hot = np.eye(len(kinds))[codes]
    if not named.all() and named.any():
        # A gap is filled with the most common word.
        common = int(np.where(named, np.bincount(codes), 0).argmax())
        one_hot[codes == int(np.flatnonzero(~named)[0])] = np.eye(len(kinds))[common]
        one_hot, kinds = one_hot[:, named], kinds[named]
    return one_hot, tuple(f"{column.name}={kind}" for kind in kinds), False


def _encode_words(words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct words, sorted, and the index of each word among them.

    A NumPy array of strings would reserve the length of the longest word for every row.
    """
    kinds = sorted(set(words))
    places = {kind: place for place, kind in enumerate(kinds)}
    codes = np.fromiter(map(places.__getitem__, words), np.intp, len(words))
    return np.array(kinds, object), codes


def target_of(targets: tuple[CsvColumn, ...], keep: np.ndarray, data: CsvData) -> Target:
    """Return the targets in the form required by the task.

    Raises
    ------
    ModelError
        Codes ``data.csv_target``, ``data.csv_classes``.
    """
    if len(targets) > 1:
        return _multiple_targets(targets, keep, data)
    (column,) = targets
    if column.numbers is None:
        assert column.words is not None
        if data.task == "regression":
            raise ModelError(
                "data.csv_target",
                "{file}: {column} holds words, which a regression cannot predict. "
                "Choose classification.",
                file=data.path,
                column=column.name,
            )
        words = [w for w, kept in zip(column.words, keep, strict=True) if kept]
        kinds, codes = _encode_words(words)
        return _class_target(column, tuple(map(str, kinds)), codes, data)
    values = column.numbers[keep]
    kinds, codes = np.unique(values, return_inverse=True)
    whole = bool((kinds == np.floor(kinds)).all()) and 2 <= len(kinds) <= MAX_CLASSES
    recur = len(values) < FEWEST_DISTINCT or len(kinds) == 2 or 2 * len(kinds) <= len(values)
    if data.task == "regression" or (data.task == "auto" and not (whole and recur)):
        return Target(values[:, None], (column.name,), (), "regression")
    return _class_target(column, tuple(map(_class_name, kinds.tolist())), codes, data)


def _class_name(value: float) -> str:
    """Return a number as a class name: short, but distinct from all others."""
    short = f"{value:g}"
    if float(short) == value:
        return short
    return str(int(value)) if value.is_integer() else repr(value)


def _class_target(
    column: CsvColumn, kinds: tuple[str, ...], codes: np.ndarray, data: CsvData
) -> Target:
    """Return classes as one binary column, or one column per class."""
    if not 2 <= len(kinds) <= MAX_CATEGORIES:
        raise ModelError(
            "data.csv_classes",
            "{file}: classes need 2 to {most} different values, and {column} has {count}. Choose "
            "another target.",
            file=data.path,
            column=column.name,
            count=len(kinds),
            most=MAX_CATEGORIES,
        )
    if len(kinds) == 2:
        return Target(codes.astype(np.float64)[:, None], (column.name,), kinds, "binary")
    return Target(np.eye(len(kinds))[codes], kinds, kinds, "multiclass")


def _multiple_targets(targets: tuple[CsvColumn, ...], keep: np.ndarray, data: CsvData) -> Target:
    """Return several targets, as multilabel if all are 0 or 1, else as regression."""
    columns = []
    for column in targets:
        if column.numbers is None:
            raise ModelError(
                "data.csv_target",
                "{file}: {column} holds words; of several targets each must be a number.",
                file=data.path,
                column=column.name,
            )
        columns.append(column.numbers[keep])
    y = np.column_stack(columns)
    names = tuple(column.name for column in targets)
    if data.task != "regression" and np.isin(y, (0.0, 1.0)).all():
        return Target(y, names, ("0", "1"), "multilabel")
    return Target(y, names, (), "regression")
