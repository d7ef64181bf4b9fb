"""Inputs derived from the columns of a data set: products, squares and sines.

Columns are scaled before inputs are derived from them. For the plane, whose points are
never scaled, this is TensorFlow Playground's order. For a scaled table it removes a
column's mean before squaring: the square of a year is almost a multiple of the year itself,
by 4000, so a network could not distinguish the two, and in an exported file's float32 the
relevant digits would be lost. The square of a standardised column measures how far a value
is from the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.arrays import FloatArray
from model.data.terms import Kind, Term, parse_term, plain_name
from model.errors import ModelError

if TYPE_CHECKING:
    from model.data.dataset import Dataset
    from model.data.source import DataSource


class Feature(NamedTuple):
    """An input derived from columns, which are given by their indices.

    Attributes
    ----------
    kind
        How the input is derived.
    first, second
        Indices of the columns; `second` equals `first` if there is only one.
    """

    kind: Kind
    first: int
    second: int


def derive(features: Sequence[Feature], columns: FloatArray) -> FloatArray:
    """Return the network's inputs, shape (rows, features), in the columns' dtype.

    Parameters
    ----------
    features
        Definitions of the inputs; if empty, the inputs are the columns themselves.
    columns
        Shape (rows, columns).
    """
    if not features:
        return columns
    inputs = np.empty((len(columns), len(features)), columns.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused by its row
        for place, (kind, first, second) in enumerate(features):
            if kind == "sine":
                np.sin(columns[:, first], out=inputs[:, place])
            elif kind == "column":
                inputs[:, place] = columns[:, first]
            else:
                np.multiply(columns[:, first], columns[:, second], out=inputs[:, place])
    return inputs


def features_of(terms: Sequence[str], names: Sequence[str]) -> tuple[Feature, ...]:
    """Parse terms into features, with columns found by name.

    Parameters
    ----------
    terms
        Terms in the notation of :mod:`model.data.terms`.

    Raises
    ------
    ModelError
        Codes ``features.term``, ``features.column``.
    """
    return tuple(_find_feature(parse_term(text), names) for text in terms)


def _find_feature(term: Term, names: Sequence[str]) -> Feature:
    places = [_column_index(name, names) for name in term.columns]
    return Feature(term.kind, places[0], places[-1])


def _column_index(name: str, names: Sequence[str]) -> int:
    """Return the index of a column; subscript digits may be typed as plain ones."""
    if name in names:
        return names.index(name)
    plain = [plain_name(each) for each in names]
    if plain_name(name) not in plain:
        raise ModelError(
            "features.column",
            "The data have no column {name}. Their columns: {known}.",
            name=name,
            known=", ".join(names[:20]) + (", ..." if len(names) > 20 else ""),
        )
    return plain.index(plain_name(name))


def input_features(dataset: Dataset) -> tuple[Feature, ...]:
    """Return the feature of each input of a data set, plain columns included."""
    return dataset.features or tuple(Feature("column", k, k) for k in range(dataset.inputs))


def possible_features(columns: int) -> tuple[Feature, ...]:
    """Return all inputs that can be derived from `columns` columns, in drawing order."""
    each = range(columns)
    pairs = combinations(each, 2)
    return (
        *(Feature("column", k, k) for k in each),
        *(Feature("product", first, second) for first, second in pairs),
        *(Feature("square", k, k) for k in each),
        *(Feature("sine", k, k) for k in each),
    )


def term_of(feature: Feature, names: Sequence[str]) -> str:
    """Return a feature in the notation of files, with its columns' names."""
    places = (feature.first, feature.second)[: 2 if feature.kind == "product" else 1]
    return str(Term(feature.kind, tuple(names[place] for place in places)))


def feature_name(feature: Feature, names: Sequence[str]) -> str:
    """Return an input's display name: x₁, x₁·x₂, x₁², sin x₁."""
    first, second = names[feature.first], names[feature.second]
    match feature.kind:
        case "product":
            return f"{first}·{second}"
        case "square":
            return f"{first}²"
        case "sine":
            return f"sin({first})" if " " in first else f"sin {first}"
        case _:
            return first


def check_derivable(data: DataSource) -> None:
    """Raise if no inputs can be derived from the data.

    Raises
    ------
    ModelError
        Code ``features.pictures``.
    """
    if data.is_pictures:
        raise ModelError(
            "features.pictures",
            "Pictures have no derived inputs: each pixel is one. Take the features out.",
        )


def derived_dataset(dataset: Dataset, terms: Sequence[str]) -> Dataset:
    """Return the data set with inputs derived by terms; unchanged if there are none.

    Raises
    ------
    ModelError
        Code ``features.column``.

    Notes ----- Inputs that are plain columns keep the columns' offset and spread. For other
    inputs these are 0 and 1, since values derived from scaled columns have no other unit.
    """
    return with_features(dataset, features_of(terms, dataset.feature_names))


def with_features(dataset: Dataset, features: tuple[Feature, ...]) -> Dataset:
    """Return the data set with inputs derived by parsed features."""
    if not features:
        return dataset
    offset = spread = None
    if dataset.x_offset is not None and dataset.x_spread is not None:
        plain = np.array([feature.kind == "column" for feature in features])
        places = [feature.first for feature in features]
        offset = np.where(plain, dataset.x_offset[places], 0.0)
        spread = np.where(plain, dataset.x_spread[places], 1.0)
    table = dataset.table_x
    return replace(
        dataset,
        x_train=derive(features, dataset.x_train),
        x_test=derive(features, dataset.x_test),
        table_x=None if table is None else derive(features, table),
        feature_names=tuple(feature_name(each, dataset.feature_names) for each in features),
        x_offset=offset,
        x_spread=spread,
        categories=(),
        source=dataset,
        features=features,
    )
