"""Items on the canvas, units and weights, identified by their place in the network."""

from __future__ import annotations

from msgspec import Struct

INPUTS = -1
"""Layer index of the input column; hidden layers start at 0."""


class UnitAt(Struct, frozen=True, order=True):
    """A unit's place.

    Attributes
    ----------
    layer
        Index into ``experiment.network.layers``, or :data:`INPUTS`.
    unit
        Index in its layer.
    """

    layer: int
    unit: int


class WeightAt(Struct, frozen=True, order=True):
    """A weight's or bias's place.

    Attributes
    ----------
    layer
        Layer that the weight leads into.
    row
        Unit that the weight comes from; the layer's number of inputs means the bias.
    unit
        Unit that the weight leads to.
    """

    layer: int
    row: int
    unit: int


Target = UnitAt | WeightAt
