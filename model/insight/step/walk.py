"""The parts of one training step, in the order of a computation by hand."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache, partial
from typing import NamedTuple

from model.experiment import NetworkSpec
from model.places import INPUTS, Target, UnitAt, WeightAt


class Part(Enum):
    """A part of a step; its value is the step's number, from 1, and the part's index in it."""

    INPUTS = (1, 0)
    BIAS = (2, 0)
    WEIGHTS = (3, 0)
    SUM = (4, 0)
    ACTIVATION = (4, 1)
    ERROR = (5, 0)
    BLAME = (6, 0)
    UPDATE = (6, 1)
    AGAIN = (7, 0)
    PREDICT = (8, 0)

    @property
    def step(self) -> int:
        """The number of the step, from 1."""
        return self.value[0]


STEPS = 8


def first_part(step: int) -> Part:
    """Return the first part of one of the eight steps, counted from 1."""
    return next(part for part in Part if part.step == step)


class Place(NamedTuple):
    """The user's position in the walk: a part and a unit."""

    part: Part
    at: UnitAt


_GIVEN = Part.INPUTS, Part.BIAS, Part.WEIGHTS
"""Parts that show a unit's givens, wherever that unit is."""


def place_after(place: Place, network: NetworkSpec) -> Place | None:
    """Return the next place, ``None`` after the prediction.

    The forward pass goes unit by unit from the first layer, the backward pass from the last; each
    unit has its sum and its activation, then its blame and its new weights.
    """
    if place.part in _GIVEN:
        parts = *_GIVEN, Part.SUM
        return Place(parts[parts.index(place.part) + 1], place.at)
    return _place_at_offset(place, network, 1)


def place_before(place: Place, network: NetworkSpec) -> Place | None:
    """Return the previous place, ``None`` at the inputs."""
    if place.part is Part.INPUTS:
        return None
    if place.part in _GIVEN:
        return Place(_GIVEN[_GIVEN.index(place.part) - 1], place.at)
    before = _place_at_offset(place, network, -1)
    # The error is of all outputs, so the unit stays the one that the user comes from.
    return Place(Part.ERROR, place.at) if before and before.part is Part.ERROR else before


def _place_at_offset(place: Place, network: NetworkSpec, by: int) -> Place | None:
    """Return the place `by` places further; a part without a unit occurs once."""
    way = _all_places(network.sizes[1:])
    if place.part in (Part.ERROR, Part.AGAIN, Part.PREDICT):
        place = next(one for one in way if one.part is place.part)
    index = way.index(place) + by
    return way[index] if index < len(way) else None


@lru_cache(maxsize=1)
def _all_places(units: tuple[int, ...]) -> tuple[Place, ...]:
    """Return every place of a step in order, given the number of units in each layer."""
    there = [UnitAt(layer, unit) for layer, count in enumerate(units) for unit in range(count)]
    back = sorted(there, key=lambda at: (-at.layer, at.unit))
    return (
        *(Place(part, there[0]) for part in _GIVEN),
        *(Place(part, at) for at in there for part in (Part.SUM, Part.ACTIVATION)),
        Place(Part.ERROR, there[-1]),
        *(Place(part, at) for at in back for part in (Part.BLAME, Part.UPDATE)),
        Place(Part.AGAIN, back[-1]),
        Place(Part.PREDICT, back[0]),
    )


def terms_of(place: Place, network: NetworkSpec, weight: WeightAt | None) -> frozenset[Target]:
    """Return the units and weights that a part refers to.

    Parameters
    ----------
    weight
        Weight chosen by the user, to which blame and new weights then refer.
    """
    part, at = place
    last = len(network.layers) - 1
    bias_row = network.weight_rows(at.layer)
    into = {WeightAt(at.layer, row, at.unit) for row in range(bias_row)}
    bias = WeightAt(at.layer, bias_row, at.unit)
    outputs = {UnitAt(last, unit) for unit in range(network.layers[last].units)}
    terms: set[Target] = {at}
    if part is Part.INPUTS:
        read = network.reads(at.layer, at.unit).tolist()
        terms = {UnitAt(at.layer - 1 if at.layer else INPUTS, unit) for unit in read}
    elif part is Part.BIAS:
        terms |= {bias}
    elif part is Part.WEIGHTS:
        terms |= into
    elif part is Part.SUM:
        terms |= into | {bias}
    elif part in (Part.ERROR, Part.PREDICT):
        terms = set(outputs)
    elif part is Part.BLAME:
        if at.layer < last:
            rows, readers = (each.tolist() for each in network.readers(at.layer, at.unit))
            terms |= set(map(partial(WeightAt, at.layer + 1), rows, readers))
        terms |= set() if weight is None else {weight}
    elif part is Part.UPDATE:
        terms |= into | {bias} if weight is None else {weight}
    return frozenset(terms)
