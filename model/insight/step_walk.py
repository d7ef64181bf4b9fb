"""The parts of one training step, in the order in which a person would compute them by hand."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from model.experiment import NetworkSpec
from model.places import INPUTS, Target, UnitAt, WeightAt


class Part(Enum):
    """What is computed; the value is which of the eight steps it belongs to, and which of it."""

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
        """Which of the eight steps, from 1."""
        return self.value[0]


STEPS = 8


def first_part(step: int) -> Part:
    """Return what one of the eight steps begins with, from 1."""
    return next(part for part in Part if part.step == step)


class Place(NamedTuple):
    """Where a person is: what is computed, and of which unit."""

    part: Part
    at: UnitAt


def place_after(place: Place, network: NetworkSpec) -> Place | None:
    """Return what is computed next, ``None`` after the prediction.

    Forward goes unit by unit from the first layer on, back from the last layer on; each unit has
    its sum and its activation, then its blame and its new weights.
    """
    part, at = place
    if part is Part.PREDICT:
        return None
    if part in (Part.SUM, Part.BLAME):
        return Place(Part.ACTIVATION if part is Part.SUM else Part.UPDATE, at)
    if part is Part.ACTIVATION:
        unit = _unit_after(at, network, 1)
        return Place(Part.ERROR, at) if unit is None else Place(Part.SUM, unit)
    if part is Part.ERROR:
        return Place(Part.BLAME, UnitAt(len(network.layers) - 1, 0))
    if part is Part.UPDATE:
        unit = _unit_after(at, network, -1)
        return Place(Part.AGAIN, at) if unit is None else Place(Part.BLAME, unit)
    if part is Part.AGAIN:
        return Place(Part.PREDICT, UnitAt(len(network.layers) - 1, 0))
    following = {
        Part.INPUTS: Part.BIAS,
        Part.BIAS: Part.WEIGHTS,
        Part.WEIGHTS: Part.SUM,
    }
    return Place(following[part], at)


def place_before(place: Place, network: NetworkSpec) -> Place | None:
    """Return what was computed before, ``None`` at the inputs: the way of `place_after` back."""
    part, at = place
    last = len(network.layers) - 1
    if part is Part.INPUTS:
        return None
    if part is Part.SUM:
        unit = _unit_before(at, network, 1)
        return Place(Part.WEIGHTS, at) if unit is None else Place(Part.ACTIVATION, unit)
    if part is Part.ERROR:
        return Place(Part.ACTIVATION, UnitAt(last, network.layers[last].units - 1))
    if part is Part.BLAME:
        unit = _unit_before(at, network, -1)
        return Place(Part.ERROR, at) if unit is None else Place(Part.UPDATE, unit)
    if part in (Part.AGAIN, Part.PREDICT):
        end = UnitAt(0, network.layers[0].units - 1)
        return Place(Part.UPDATE if part is Part.AGAIN else Part.AGAIN, end)
    preceding = {
        Part.BIAS: Part.INPUTS,
        Part.WEIGHTS: Part.BIAS,
        Part.ACTIVATION: Part.SUM,
        Part.UPDATE: Part.BLAME,
    }
    return Place(preceding[part], at)


def _unit_after(at: UnitAt, network: NetworkSpec, way: int) -> UnitAt | None:
    """Return the next unit of its layer, or the first of the next layer that way."""
    if at.unit + 1 < network.layers[at.layer].units:
        return UnitAt(at.layer, at.unit + 1)
    layer = at.layer + way
    return UnitAt(layer, 0) if 0 <= layer < len(network.layers) else None


def _unit_before(at: UnitAt, network: NetworkSpec, way: int) -> UnitAt | None:
    """Return the unit that :func:`_unit_after` leads on from to this one."""
    if at.unit > 0:
        return UnitAt(at.layer, at.unit - 1)
    layer = at.layer - way
    if not 0 <= layer < len(network.layers):
        return None
    return UnitAt(layer, network.layers[layer].units - 1)


def terms_of(place: Place, network: NetworkSpec, weight: WeightAt | None) -> frozenset[Target]:
    """Return the units and weights that a part is about.

    Parameters
    ----------
    weight
        The weight that a person chose; blame and new weights are then about it.
    """
    part, at = place
    last = len(network.layers) - 1
    inputs = network.inputs_of(at.layer)
    into = {WeightAt(at.layer, row, at.unit) for row in range(inputs)}
    bias = WeightAt(at.layer, inputs, at.unit)
    outputs = {UnitAt(last, unit) for unit in range(network.layers[last].units)}
    terms: set[Target] = {at}
    if part is Part.INPUTS:
        terms = {UnitAt(at.layer - 1 if at.layer else INPUTS, unit) for unit in range(inputs)}
    elif part is Part.BIAS:
        terms |= {bias}
    elif part is Part.WEIGHTS:
        terms |= into
    elif part is Part.SUM:
        terms |= into | {bias}
    elif part in (Part.ERROR, Part.PREDICT):
        terms = set(outputs)
    elif part is Part.BLAME:
        after = 0 if at.layer == last else network.layers[at.layer + 1].units
        terms |= {WeightAt(at.layer + 1, at.unit, unit) for unit in range(after)}
        terms |= set() if weight is None else {weight}
    elif part is Part.UPDATE:
        terms |= into | {bias} if weight is None else {weight}
    return frozenset(terms)
