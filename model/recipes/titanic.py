"""The article "Simple NN: multi-layer perceptron": Titanic, class and sex, one sample at a time.

Mistakes of the published class, all kept here: the sigmoid's derivative is taken at the activated
value; first weights and biases are divided by the He factor instead of multiplied, so they grow
with the layer's width; the slope of ReLU at 0 counts as 1; and one pass over the rows at a rate of
1 / rows hardly moves anything, so the accuracy is that of the start.

The article leaves the coding of the sexes and the slope of ReLU at 0 open. Both were chosen among
twelve variants as the ones whose mean accuracies agree with the printed rates, so these rates are
compatible with this reading and no proof of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from model.activations import activate
from model.data import Dataset
from model.data.scaling import to_own_units
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


@dataclass(frozen=True, slots=True, eq=False)
class PublishedMlp:
    """Where the article's pass ends.

    Attributes
    ----------
    weights, biases
        Shape (units, inputs) and (units,), one of each a layer.
    losses
        (y - t)^2 / 2 of every row before its step.
    """

    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    losses: FloatArray

    def predict(self, x: FloatArray) -> np.ndarray:
        """Return 0 or 1 for every row; an output of exactly one half is 1, as published."""
        z: FloatArray = np.asarray(x, np.float64)
        last = len(self.weights) - 1
        for number, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = activate("sigmoid" if number == last else "relu", z @ w.T + b)
        return (z[:, 0] >= 0.5).astype(np.intp)


def published_mlp(
    x: FloatArray, t: FloatArray, hidden: tuple[int, ...], generator: np.random.Generator
) -> PublishedMlp:
    """Make the article's one pass, mistakes included.

    Parameters
    ----------
    x, t
        Training rows, shapes (rows, inputs) and (rows,), in the order of the pass.
    hidden
        Units of the ReLU layers.
    generator
        Draws the first weights.
    """
    weights, biases = _first_weights((x.shape[1], *hidden, 1), generator)
    losses = np.empty(len(x))
    with np.errstate(all="ignore"):  # wide networks run away: the first weights are too large
        for place, (row, target) in enumerate(zip(x, t, strict=True)):
            losses[place] = _published_step(weights, biases, row, float(target), 1.0 / len(x))
    return PublishedMlp(tuple(weights), tuple(biases), losses)


def _first_weights(
    widths: tuple[int, ...], generator: np.random.Generator
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Draw the article's weights, (units, inputs) a layer, and biases, divided by He's factor."""
    weights: list[FloatArray] = []
    biases: list[FloatArray] = []
    for inputs, units in pairwise(widths):
        divisor = np.sqrt(2.0 / inputs)
        weights.append(generator.normal(size=(units, inputs)) / divisor)
        biases.append(generator.normal(size=units) / divisor)
    return weights, biases


class Passengers(NamedTuple):
    """What is learned from.

    Attributes
    ----------
    data
        The public counts, or a person's own table of class and sex.
    inputs, rows
        How many inputs and rows it has.
    """

    data: TableData | CsvData
    inputs: int
    rows: int


_COLUMNS = frozenset(("pclass", "class", "sex", "gender"))


def passengers(data: DataSpec, inputs: int, rows: int) -> Passengers | None:
    """Return data as the article's, ``None`` for any other.

    Parameters
    ----------
    data
        The public counts; or a table of a person's own, as the article's file, of which two
        columns of class and sex are chosen, and who survived is the target.
    inputs, rows
        Of a table of a person's own; without rows it is not read yet.
    """
    if isinstance(data, TableData) and data.name == "titanic":
        return Passengers(data, *_size_of_counts())
    if not isinstance(data, CsvData) or not rows:
        return None
    chosen, wanted = (
        {name.casefold() for name in names} for names in (data.features, data.targets)
    )
    fits = len(chosen) == 2 and chosen <= _COLUMNS and wanted == {"survived"}
    return Passengers(data, inputs, rows) if fits else None


@cache
def _size_of_counts() -> tuple[int, int]:
    rows, inputs = load_table("titanic").x.shape
    return inputs, rows


def as_published(hidden: tuple[int, ...], seed: int, people: Passengers) -> Experiment:
    """Return the article's one pass, mistakes included, as an experiment.

    Parameters
    ----------
    hidden
        Units of the ReLU layers.
    seed
        Draws the first weights, the split and the order of the pass.
    people
        What is learned from.

    Notes
    -----
    What :func:`published_mlp` does: that a ReLU's slope at 0 counts as 1 changes nothing where no
    weighted sum is exactly 0.
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


def _published_step(
    weights: list[FloatArray], biases: list[FloatArray], row: FloatArray, target: float, rate: float
) -> float:
    """Make the article's step on one row, in place, and return the loss before it."""
    last = len(weights) - 1
    passed, slopes = [row], []
    for number, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = w @ passed[-1] + b
        slopes.append(z >= 0.0)
        passed.append(activate("sigmoid", z) if number == last else np.maximum(z, 0.0))
    y = passed[-1]
    twice = activate("sigmoid", y)
    deltas = [(y - target) * twice * (1.0 - twice)]
    for number in range(last, 0, -1):
        deltas.insert(0, (weights[number].T @ deltas[0]) * slopes[number - 1])
    for number, delta in enumerate(deltas):
        weights[number] = weights[number] - rate * np.outer(delta, passed[number])
        biases[number] = biases[number] - rate * delta
    return float(((y - target) ** 2).sum()) / 2.0


def corrected(hidden: tuple[int, ...] = (8, 4)) -> Experiment:
    """Return the same network, mended: right slopes, He's factor, inputs scaled, many epochs.

    Notes
    -----
    On the passengers of the public counts, since the article's file is not ours to ship.
    """
    return default_experiment(TableData("titanic"), hidden=hidden)


def comparable(hidden: tuple[int, ...], people: Passengers) -> Experiment:
    """Return the corrected network with the article's loss and split, so that curves compare."""
    mended = corrected(hidden)
    return replace(
        mended,
        data=replace(people.data, scaling="standard"),
        split=_split(),
        network=replace(mended.network, inputs=people.inputs),
        training=replace(mended.training, loss="squared"),
    )


FEMALE = 1
"""The column of the public counts' table that is 1 for women and girls."""


def female_column(data: DataSpec, dataset: Dataset) -> int | None:
    """Return which column is 1 for women and girls, ``None`` where its name does not say so."""
    if isinstance(data, TableData):
        return FEMALE
    kinds = [name.casefold().rpartition("=")[2] for name in dataset.feature_names]
    return kinds.index("female") if "female" in kinds else None


class People(NamedTuple):
    """Those of one class and sex.

    Attributes
    ----------
    cabin
        Class, 1 to 3.
    female
        Whether these are women and girls.
    survived, people
        How many of how many.
    """

    cabin: int
    female: bool
    survived: int
    people: int


def people_by_class_and_sex(dataset: Dataset) -> tuple[People, ...]:
    """Count the public counts' passengers, women first, in training and test rows together."""
    x = np.vstack([dataset.x_train, dataset.x_test])
    y = np.vstack([dataset.y_train, dataset.y_test])[:, 0] > 0.5
    own = np.rint(to_own_units(x, dataset.x_offset, dataset.x_spread))
    counted = []
    for female in (True, False):
        for cabin in (1, 2, 3):
            here = (own[:, 0] == cabin) & ((own[:, FEMALE] == 1.0) == female)
            counted.append(People(cabin, female, int(y[here].sum()), int(here.sum())))
    return tuple(counted)


def women_share(dataset: Dataset, female: int = FEMALE) -> float:
    """Return the share of the test rows, or of all, that "every woman survived" is right for.

    Parameters
    ----------
    female
        The column that is 1 for women and girls.
    """
    has_test = len(dataset.x_test) > 0
    x, y = (dataset.x_test, dataset.y_test) if has_test else (dataset.x_train, dataset.y_train)
    own = to_own_units(x, dataset.x_offset, dataset.x_spread)
    men = 1.0 - own[:, [female]]
    return float(np.mean(women_survived(men, men=0) == (y[:, 0] > 0.5)))


def women_survived(x: FloatArray, men: int = 1) -> np.ndarray:
    """Return the answer that needs no network: every woman and girl survived, no man did.

    Parameters
    ----------
    x
        Shape (rows, features), unscaled.
    men
        The column that is 1 for men and boys and 0 for women and girls.
    """
    return (np.asarray(x)[:, men] < 0.5).astype(np.intp)
