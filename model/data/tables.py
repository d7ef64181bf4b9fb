"""Tables that come with Glassnet."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
from msgspec import Struct

from model.data.dataset import Dataset, Task, labels
from model.data.scaling import Scaling, scale_columns, scaling_of_targets
from model.data.split import split_rows
from model.errors import ModelError
from model.experiment import FloatArray, SplitSpec

FOLDER = Path(__file__).parents[2] / "assets" / "datasets"

SYMPTOM_ROWS = "1001 1000 0011 0100 1100 0011 0001 0010"
"""The article's training rows: loss of smell, weight loss, runny nose, body pain."""

SYMPTOM_TARGETS = "11001100"
"""Its answers. Row 6 repeats row 3 with the other answer; the article's table has 1011 there."""


class Table(Struct, frozen=True, eq=False):
    """Rows with names.

    Attributes
    ----------
    x
        Shape (rows, features).
    y
        Shape (rows, targets); one column a class where there are more than two classes.
    feature_names, class_names, target
        What columns, classes and the target are called.
    """

    x: FloatArray
    y: FloatArray
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target: str


def _text(name: str, lines: int | None = None) -> str:
    """Read a file of `assets/datasets`, or its first lines."""
    path = FOLDER / name
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise ModelError(
            "data.table_missing",
            "The table {file} is missing from this installation: {fault}.",
            file=str(path),
            fault=fault.strerror or str(fault),
        ) from fault
    if path.suffix == ".gz":
        with gzip.open(io.BytesIO(content), "rt", encoding="utf-8") as file:
            return "".join(islice(file, lines))
    return content.decode()


def _read(name: str) -> list[list[str]]:
    """Read a table of `assets/datasets`, header first."""
    return list(csv.reader(io.StringIO(_text(name))))


def _iris() -> Table:
    header, *rows = _read("iris.csv")
    species = tuple(dict.fromkeys(row[-1] for row in rows))
    y = np.eye(3)[[species.index(row[-1]) for row in rows]]
    x = np.array([row[:-1] for row in rows], np.float64)
    return Table(x, y, tuple(header[:-1]), species, "species")


def first_digits(count: int | None = None) -> Table:
    """Return the digits, or the first of them, which are read sooner than all 1,797."""
    header, *lines = _text("digits.csv.gz", None if count is None else count + 1).splitlines()
    values = np.loadtxt(lines, delimiter=",")
    y = np.eye(10)[values[:, -1].astype(np.intp)]
    names = tuple(header.split(",")[:-1])
    return Table(values[:, :-1], y, names, tuple("0123456789"), "digit")


def _symptoms() -> Table:
    x = np.array([[float(c) for c in row] for row in SYMPTOM_ROWS.split()])
    y = np.array([[float(c)] for c in SYMPTOM_TARGETS])
    names = ("loss of smell", "weight loss", "runny nose", "body pain")
    return Table(x, y, names, ("no", "yes"), "ill")


def _titanic() -> Table:
    """Return one row a passenger: class 1 to 3, and 1 for a woman or girl; the crew left out."""
    _, *rows = _read("titanic.csv")
    x, y = [], []
    for cabin, sex, _, survived, people in rows:
        if cabin != "crew":
            x += [(float(cabin), float(sex == "female"))] * int(people)
            y += [(float(survived),)] * int(people)
    return Table(np.array(x), np.array(y), ("class", "female"), ("died", "survived"), "survived")


TABLES: dict[str, Callable[[], Table]] = {
    "iris": _iris,
    "digits": first_digits,
    "symptoms": _symptoms,
    "titanic": _titanic,
}
"""Every table by its name."""


def load_table(name: str) -> Table:
    """Return a table by its name.

    Raises
    ------
    ModelError
        Code ``data.unknown_table`` or ``data.table_missing``.
    """
    if name not in TABLES:
        raise ModelError(
            "data.unknown_table",
            "There is no table called {name}. Known tables: {known}.",
            name=name,
            known=", ".join(TABLES),
        )
    return TABLES[name]()


def table_dataset(
    table: Table, split: SplitSpec, scaling: Scaling, generator: np.random.Generator
) -> Dataset:
    """Split and scale a table."""
    classes = table.class_names
    parts = split_rows(len(table.x), split, generator, labels(table.y) if classes else None)
    task = task_of(classes)
    targets = classes if task == "multiclass" else (table.target,)
    names = table.feature_names, targets, classes
    return dataset_of_rows(table.x, table.y, parts, names, task, scaling)


def task_of(classes: tuple[str, ...]) -> Task:
    """Return what is asked for by one target that has these classes, or none."""
    return "regression" if not classes else "multiclass" if len(classes) > 2 else "binary"


def dataset_of_rows(
    x: FloatArray,
    y: FloatArray,
    parts: tuple[np.ndarray, np.ndarray],
    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    task: Task,
    scaling: Scaling = "none",
) -> Dataset:
    """Scale rows; the targets of a regression too, where inputs are.

    Parameters
    ----------
    x, y
        Inputs and targets of all rows, shape (rows, features) and (rows, targets).
    parts
        Which of them are for training and for testing.
    names
        Of features, targets and classes.
    """
    train, test = parts
    of_targets = scaling_of_targets(task, scaling)
    x_train, x_test, x_offset, x_spread = scale_columns(x[train], x[test], scaling)
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
