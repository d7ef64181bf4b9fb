"""The article "Simple NN: multi-layer perceptron": Titanic, class and sex, one sample at a time.

Mistakes of the published class, all kept here: the sigmoid's derivative is taken at the
activated value; initial weights and biases are divided by the He factor instead of
multiplied, so they grow with the layer's width; the slope of ReLU at 0 is taken as 1; and
one pass over the rows at a rate of 1 / rows hardly changes anything, so the accuracy
stays at its initial value.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import NamedTuple, TypeGuard

import numpy as np
from msgspec.structs import replace

from model.data import Dataset
from model.data.scaling import to_data_units
from model.data.tables import load_table
from model.defaults import default_experiment
from model.experiment import (
    CsvData,
    DataSpec,
    Experiment,
    FloatArray,
    LayerSpec,
    NetworkSpec,
    SplitSpec,
    StopSpec,
    TableData,
    TrainingSpec,
)
from model.recipes.articles import articles


def _first_weights(
    widths: tuple[int, ...], generator: np.random.Generator
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return the article's weights, (units, inputs), and biases, divided by He's factor."""
    weights: list[FloatArray] = []
    biases: list[FloatArray] = []
    for inputs, units in pairwise(widths):
        divisor = np.sqrt(2.0 / inputs)
        weights.append(generator.normal(size=(units, inputs)) / divisor)
        biases.append(generator.normal(size=units) / divisor)
    return weights, biases


class Passengers(NamedTuple):
    """The data of the article's passengers, with the numbers of inputs and rows.

    Attributes
    ----------
    data
        The public counts, or the user's own table of class and sex.
    inputs, rows
        Number of inputs and of rows.
    """

    data: TableData | CsvData
    inputs: int
    rows: int


_COLUMNS = frozenset(("pclass", "class", "sex", "gender"))


def are_counts(data: DataSpec) -> TypeGuard[TableData]:
    """Return whether data are the public counts."""
    return isinstance(data, TableData) and data.name == "titanic"


def passengers(data: DataSpec, inputs: int, rows: int) -> Passengers | None:
    """Return data as :class:`Passengers`, ``None`` if they are not the article's.

    Parameters
    ----------
    data
        The public counts, or a user's table like the article's file, with two columns, class
        and sex, as features and the survival as target.
    inputs, rows
        Size of a user's table; 0 rows if it has not been read.
    """
    if are_counts(data):
        return Passengers(data, *_counts_size())
    if not isinstance(data, CsvData) or not rows:
        return None
    chosen, wanted = (
        {name.casefold() for name in names} for names in (data.features, data.targets)
    )
    fits = len(chosen) == 2 and chosen <= _COLUMNS and wanted == {"survived"}
    return Passengers(data, inputs, rows) if fits else None


@cache
def _counts_size() -> tuple[int, int]:
    rows, inputs = load_table("titanic").x.shape
    return inputs, rows


def as_published(hidden: tuple[int, ...], seed: int, people: Passengers) -> Experiment:
    """Return the article's single pass, mistakes included, as an experiment.

    Parameters
    ----------
    hidden
        Units of the ReLU layers.

    Notes ----- The article's slope of 1 for ReLU at 0 makes no difference unless a weighted sum
    is exactly 0.
    """
    data, split = replace(people.data, scaling="none"), _split()
    widths = (people.inputs, *hidden, 1)
    weights, biases = _first_weights(widths, np.random.default_rng(seed))
    last = len(hidden)
    layers = tuple(
        LayerSpec(len(b), "sigmoid" if number == last else "relu", weights=w.T, biases=b)
        for number, (w, b) in enumerate(zip(weights, biases, strict=True))
    )
    training = TrainingSpec(
        loss="squared",
        learning_rate=1.0 / (people.rows - round(people.rows * split.test_fraction)),
        batch_size=1,
        stop=StopSpec(epochs=1),
        slope_at="a",
    )
    network = NetworkSpec(people.inputs, layers)
    return Experiment(data=data, split=split, network=network, training=training, seed=seed)


def _split() -> SplitSpec:
    return SplitSpec(test_fraction=articles().titanic.test_fraction)


def corrected(hidden: tuple[int, ...], people: Passengers) -> Experiment:
    """Return the corrected network: right slopes, He's factor, scaled inputs, many epochs.

    It has the article's loss and split, so that curves are comparable.
    """
    mended = default_experiment(TableData("titanic"), hidden=hidden)
    return replace(
        mended,
        data=replace(people.data, scaling="standard"),
        split=_split(),
        network=replace(mended.network, inputs=people.inputs),
        training=replace(mended.training, loss="squared"),
    )


FEMALE = 1
"""Index of the public counts' column that is 1 for women and girls."""


def female_column(data: DataSpec, dataset: Dataset) -> int | None:
    """Return the index of the column named "female", ``None`` if there is none."""
    if isinstance(data, TableData):
        return FEMALE
    kinds = [name.casefold().rpartition("=")[2] for name in dataset.columns.feature_names]
    return kinds.index("female") if "female" in kinds else None


class People(NamedTuple):
    """The people of one class and sex.

    Attributes
    ----------
    cabin
        Class, 1 to 3.
    female
        Whether they are women and girls.
    survived, people
        Number of survivors, and of all people.
    """

    cabin: int
    female: bool
    survived: int
    people: int


def people_by_class_and_sex(dataset: Dataset) -> tuple[People, ...]:
    """Count the passengers by class and sex, women first, in training and test rows."""
    dataset = dataset.columns  # whichever of them the network reads
    x = np.vstack([dataset.x_train, dataset.x_test])
    y = np.vstack([dataset.y_train, dataset.y_test])[:, 0] > 0.5
    own = np.rint(to_data_units(x, dataset.x_offset, dataset.x_spread))
    counted = []
    for female in (True, False):
        for cabin in (1, 2, 3):
            here = (own[:, 0] == cabin) & ((own[:, FEMALE] == 1.0) == female)
            counted.append(People(cabin, female, int(y[here].sum()), int(here.sum())))
    return tuple(counted)


def women_share(dataset: Dataset, female: int = FEMALE) -> float:
    """Return the accuracy of the rule "every woman survived, no man did".

    It is measured on the test rows, or on all rows if there are none. `female` is the index of
    the column that is 1 for women and girls.
    """
    dataset = dataset.columns
    has_test = len(dataset.x_test) > 0
    x, y = (dataset.x_test, dataset.y_test) if has_test else (dataset.x_train, dataset.y_train)
    own = to_data_units(x, dataset.x_offset, dataset.x_spread)
    return float(np.mean((own[:, female] > 0.5) == (y[:, 0] > 0.5)))
