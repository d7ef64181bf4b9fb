"""Make arrays from the description of data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct

from foundation.text import Names
from model.data.dataset import Dataset, check_dataset
from model.data.derived import check_offered, derived_dataset
from model.data.source import DataSource
from model.data.split import SplitSpec
from model.errors import ModelError
from model.randomness import streams

if TYPE_CHECKING:
    from model.data.sources import DataSpec
    from model.experiment import Experiment


def build_dataset(
    source: Experiment | DataSpec, split: SplitSpec | None = None, seed: int | None = None
) -> Dataset:
    """Make the arrays that an experiment learns from.

    Parameters
    ----------
    source
        An experiment, or the data part of one.
    split
        How rows are kept back; the experiment's own, or none, by default.
    seed
        The experiment's own, or 0, by default.

    Returns
    -------
    Dataset
        Inputs and targets as float64, rows as examples, scaled where the data ask for it; derived
        where the experiment lists features.

    Raises
    ------
    ModelError
        Where the data cannot be made or read; the code begins with ``data.`` or ``features.``;
        ``data.kind`` for something that is no data.
    """
    features: Names = ()
    if isinstance(source, DataSource):
        data = source
    elif isinstance(source, Struct):
        data, features = source.data, source.features
        split = source.split if split is None else split
        seed = source.seed if seed is None else seed
    else:
        raise ModelError(
            "data.kind",
            "A {kind} describes no data. named_data(name) returns what does.",
            kind=type(source).__name__,
        )
    generator = streams(seed or 0).data
    built = replace(data.build(split or SplitSpec(), generator), built_from=data)
    check_dataset(built)
    return with_derived(built, data, features) if features else built


def with_derived(dataset: Dataset, data: DataSpec, features: Names) -> Dataset:
    """Return the data set with the inputs derived from its columns.

    Parameters
    ----------
    dataset, data
        The columns, and what they were made from.
    features
        Terms, at least one.

    Raises
    ------
    ModelError
        Codes ``features.pictures``, ``features.column``, and those of
        :func:`model.data.dataset.check_dataset`: a square can be too large.
    """
    check_offered(data)
    derived = derived_dataset(dataset, features)
    check_dataset(derived)
    return derived


def depends_on_seed(experiment: Experiment) -> bool:
    """Return whether the seed changes the data: by noise, a pattern or a random split.

    Parameters
    ----------
    experiment
        Whose data and split; they are made once to find out.

    Returns
    -------
    bool
        Whether the generator of the data was asked for a number.

    Raises
    ------
    ModelError, OSError
        Where the data cannot be made or read.
    """
    generator = streams(0).data
    before = generator.bit_generator.state
    experiment.data.build(experiment.split, generator)
    return bool(generator.bit_generator.state != before)
