"""Edits of the derived inputs, as pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from foundation.text import Names
from model.data.cache import quick_shape
from model.data.derived import check_derivable, features_of
from model.data.terms import Kind, Term, check_features, parse_term, plain_name
from model.errors import ModelError
from model.experiment import Experiment, NetworkSpec
from model.experiment.resizing import input_changes, moved, with_kept_weights
from model.initialisers import initialise

_ORDER: tuple[Kind, ...] = ("column", "product", "square", "sine")
_Key = tuple[Kind, tuple[str, ...]]


def listed(experiment: Experiment) -> tuple[str, ...]:
    """Return the input features; the plain columns if none are set."""
    return experiment.features or _plain(_column_names(experiment))


def with_features(experiment: Experiment, terms: Names) -> Experiment:
    """Return the network with the given inputs; inputs that remain keep their weights.

    Parameters
    ----------
    experiment
        Experiment to edit.
    terms
        Terms as described in :mod:`model.data.terms`. All columns alone, in their order, are stored
        as no terms.

    Raises
    ------
    ModelError
        Codes ``features.none``, ``features.pictures``, ``features.column``, and those of
        :func:`model.data.terms.check_features`.
    """
    check_derivable(experiment.data)
    if not terms:
        raise ModelError(
            "features.none", "At least one input must stay, or there is nothing to learn from."
        )
    check_features(terms)
    names = _column_names(experiment)
    features_of(terms, names)
    return with_inputs(experiment, terms, names, names)


def with_feature_toggled(experiment: Experiment, term: str) -> Experiment:
    """Return the network with an input added, or removed if it is there.

    A new input is inserted by kind (columns, products, squares, sines) and by column order.
    """
    terms, key = listed(experiment), parse_term(term).key
    kept = tuple(each for each in terms if parse_term(each).key != key)
    if len(kept) == len(terms):
        names = _column_names(experiment)
        new, *others = (_rank(each, names) for each in (term, *terms))
        place = sum(other <= new for other in others)
        kept = (*terms[:place], term, *terms[place:])
    return with_features(experiment, kept)


def _rank(term: str, names: Sequence[str]) -> tuple[int, ...]:
    """Return a sort key for inputs: by kind, then by columns."""
    (feature,) = features_of((term,), names)
    return _ORDER.index(feature.kind), *sorted((feature.first, feature.second))


def carry_over_terms(
    features: Names, before: Sequence[str], after: Sequence[str]
) -> tuple[str, ...]:
    """Return the terms that remain valid for other columns, and a term for each new column."""
    there = set(map(plain_name, after))
    known = set(map(plain_name, before))
    kept = [text for text in features if there.issuperset(parse_term(text).key[1])]
    new = [name for name in after if plain_name(name) not in known]
    return (*kept, *_plain(new))


def with_inputs(
    experiment: Experiment, terms: Names, before: Sequence[str], after: Sequence[str]
) -> Experiment:
    """Return the network with other inputs, over columns that may be renamed."""
    old, plain = _keys(experiment.features or _plain(before)), _keys(_plain(after))
    new = _keys(terms) or plain
    features = () if new == plain else terms
    if (new, features) == (old, experiment.features):
        return experiment
    network = experiment.network
    where = {key: place for place, key in enumerate(old)}
    moves = input_changes(network, 0, np.array([where.get(key, -1) for key in new]))
    changed = replace(
        experiment,
        features=features,
        network=NetworkSpec(len(new), moved(network, moves)),
        progress=None,
    )
    if network.layers[0].weights is None:
        return changed
    drawn = initialise(changed)
    return replace(drawn, network=with_kept_weights(drawn.network, network, moves))


def _column_names(experiment: Experiment) -> tuple[str, ...]:
    return quick_shape(replace(experiment, features=())).feature_names


def _plain(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(Term("column", (name,))) for name in names)


def _keys(terms: Sequence[str]) -> list[_Key]:
    return [parse_term(text).key for text in terms]
