"""What the user can point at on the canvas: units and weights, by their place in the network."""

from __future__ import annotations

from msgspec import Struct

INPUTS = -1
"""The number of the input column where a layer's number is asked for; hidden layers start at 0."""


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
        The layer it leads into.
    row
        The unit it comes from; the number of inputs of the layer means the bias.
    unit
        The unit it leads to.
    """

    layer: int
    row: int
    unit: int


Target = UnitAt | WeightAt
