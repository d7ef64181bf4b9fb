"""Build data sets from their descriptions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct

from foundation.text import Names
from model.data.dataset import Dataset, check_dataset
from model.data.derived import check_derivable, derived_dataset
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
    """Build the data set of an experiment or a data source.

    Parameters
    ----------
    source
        An experiment, or its data source.
    split
        How rows are held out; by default the experiment's split, or none for a data source.
    seed
        By default the experiment's seed, or 0 for a data source.

    Returns
    -------
    Dataset
        Inputs and targets as float64, one row per example, scaled if the data source says so,
        with derived inputs if the experiment lists features.

    Raises
    ------
    ModelError
        If the data cannot be built or read, with a code that begins with ``data.`` or
        ``features.``; ``data.kind`` if `source` does not describe data.
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
        The columns, and the data source they were built from.
    features
        Terms, at least one.

    Raises
    ------
    ModelError
        Codes ``features.pictures``, ``features.column``, and those of
        :func:`model.data.dataset.check_dataset`: a square can be too large.
    """
    check_derivable(data)
    derived = derived_dataset(dataset, features)
    check_dataset(derived)
    return derived


def depends_on_seed(experiment: Experiment) -> bool:
    """Return whether the seed changes the data: by noise, a pattern or a random split.

    Parameters
    ----------
    experiment
        The experiment; its data are built once to find out.

    Returns
    -------
    bool
        Whether building the data drew a random number.

    Raises
    ------
    ModelError, OSError
        If the data cannot be built or read.
    """
    generator = streams(0).data
    before = generator.bit_generator.state
    experiment.data.build(experiment.split, generator)
    return bool(generator.bit_generator.state != before)
