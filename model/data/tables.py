"""Tables bundled with Glassnet."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
from msgspec import Struct

from foundation.text import Names
from model.arrays import FloatArray
from model.data.scaling import Scaling
from model.data.source import Proposal
from model.errors import ModelError

FOLDER = Path(__file__).parents[2] / "assets" / "datasets"

SYMPTOM_ROWS = "1001 1000 0011 0100 1100 0011 0001 0010"
"""The article's training rows: loss of smell, weight loss, runny nose, body pain."""

SYMPTOM_TARGETS = "11001100"
"""Targets of these rows.

Row 6 repeats row 3 with the other target; the article's table has 1011 there.
"""


class Table(Struct, frozen=True, eq=False):
    """A table's rows and names.

    Attributes
    ----------
    x
        Inputs, shape (rows, features).
    y
        Targets, shape (rows, targets); one column per class if there are more than two classes.
    feature_names, class_names, target
        Names of the columns, of the classes, and of the target.
    """

    x: FloatArray
    y: FloatArray
    feature_names: Names
    class_names: Names
    target: str


def _text(name: str, lines: int | None = None) -> str:
    """Read a file of `assets/datasets`, or only its first lines."""
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
    """Read a table of `assets/datasets`, its header first."""
    return list(csv.reader(io.StringIO(_text(name))))


def _iris() -> Table:
    header, *rows = _read("iris.csv")
    species = tuple(dict.fromkeys(row[-1] for row in rows))
    y = np.eye(3)[[species.index(row[-1]) for row in rows]]
    x = np.array([row[:-1] for row in rows], np.float64)
    return Table(x, y, tuple(header[:-1]), species, "species")


def first_digits(count: int | None = None) -> Table:
    """Return the first `count` digits, by default all 1,797, which take longer to read."""
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
    """Return one row per passenger, without the crew: class 1 to 3, and 1 if female."""
    _, *rows = _read("titanic.csv")
    x, y = [], []
    for cabin, sex, _, survived, people in rows:
        if cabin != "crew":
            x += [(float(cabin), float(sex == "female"))] * int(people)
            y += [(float(survived),)] * int(people)
    return Table(np.array(x), np.array(y), ("class", "female"), ("died", "survived"), "survived")


class Bundled(Struct, frozen=True):
    """A bundled table.

    Attributes
    ----------
    load
        Reads the table.
    proposal
        The proposed network and training.
    scaling
        The recommended scaling of its columns.
    is_split
        Whether the proposal holds out rows for testing.
    is_pictures
        Whether its columns are the pixels of pictures.
    """

    load: Callable[[], Table]
    proposal: Proposal
    scaling: Scaling = "none"
    is_split: bool = True
    is_pictures: bool = False


TABLES: dict[str, Bundled] = {
    "iris": Bundled(_iris, Proposal((8,), "relu", "adam", 0.01, 10, 150), "standard"),
    "digits": Bundled(
        first_digits, Proposal((32,), "relu", "adam", 0.005, 32, 40), "min_max", is_pictures=True
    ),
    "symptoms": Bundled(_symptoms, Proposal((), "tanh", "sgd", 0.5, 0, 2000), is_split=False),
    "titanic": Bundled(_titanic, Proposal((8, 4), "relu", "adam", 0.01, 32, 60), "standard"),
}
"""Every table by name."""


def load_table(name: str) -> Table:
    """Return a bundled table by name.

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
    return TABLES[name].load()
