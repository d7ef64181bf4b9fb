"""The two-input function (gate) that each unit computes, and dead units."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from model.data.derived import Feature, derive
from model.data.gates import TWO_INPUT_GATES, corners
from model.experiment import Experiment, FloatArray, LayerSpec
from model.metrics import UNDECIDED, decision_threshold
from model.network import Network


class GateReading(Struct, frozen=True):
    """The function that a unit computes.

    Attributes
    ----------
    layer, unit
        Place of the unit; hidden layers first.
    gate
        Name from :data:`model.data.gates.TWO_INPUT_GATES`, as a function of the inputs; empty if
        the unit is undecided at some corner.
    undecided
        Number of corners at which the unit is neither on nor off.
    values
        Activations at the corners 00, 01, 10, 11.
    clear
        Whether on and off are far apart: the gap between them is at least half of the range of the
        activations at the corners, or the unit is constant.
    """

    layer: int
    unit: int
    gate: str
    undecided: int
    values: tuple[float, ...]
    clear: bool


MAX_SAMPLED_ROWS = 2000
"""Maximum number of rows examined for dead units, see `sample_rows`."""

_FIRST_ROWS = 100


def sample_rows(rows: FloatArray, most: int = MAX_SAMPLED_ROWS) -> FloatArray:
    """Return at most `most` rows, spread evenly over a table that may be sorted by class."""
    return rows[:: max(1, -(-len(rows) // most))]


def find_dead_units(network: Network, rows: FloatArray) -> list[tuple[int, int]]:
    """Return the dead units: hidden ReLU units that answer 0 on every examined row.

    Parameters
    ----------
    network
        Network to examine.
    rows
        Inputs, shape (rows, inputs); only the rows chosen by `sample_rows` are examined.

    Returns
    -------
    list of tuple
        Layer, counted from 0, and unit of each.
    """
    layers = network.layers[:-1]
    if len(rows) == 0 or not any(layer.activation_kind.can_die for layer in layers):
        return []
    silent: list[tuple[int, int]] = []
    for most in (_FIRST_ROWS, MAX_SAMPLED_ROWS):  # who answers one of a few is not dead
        passed = network.activations(sample_rows(rows, most))
        silent = [
            (index, unit)
            for index, (layer, (z, _)) in enumerate(zip(layers, passed, strict=False))
            for unit in dead_units_in(layer, z)
        ]
        if not silent or len(rows) <= most:
            break
    return silent


def dead_units_in(layer: LayerSpec, z: FloatArray) -> list[int]:
    """Return the dead units of a hidden layer with weighted sums `z`, shape (rows, units)."""
    return np.flatnonzero((z <= 0.0).all(axis=0)).tolist() if layer.activation_kind.can_die else []


def gate_of(on: np.ndarray) -> str:
    """Return the gate whose truth table is `on`, for the corners 00, 01, 10, 11."""
    code = int("".join("1" if bit else "0" for bit in on), 2)
    return TWO_INPUT_GATES[code]


def _clear(values: FloatArray, on: np.ndarray) -> bool:
    """Return whether on and off values are far apart."""
    if on.all() or not on.any():
        return True
    gap = values[on].min() - values[~on].max()
    return bool(gap >= 0.5 * (values.max() - values.min()))


def read_gates(experiment: Experiment, features: tuple[Feature, ...] = ()) -> list[GateReading]:
    """Read every unit of a network with two input columns as a gate.

    Parameters
    ----------
    experiment
        Experiment with weights.
    features
        Derived inputs of the two columns, if any.

    Returns
    -------
    list of GateReading
        Layer by layer, unit by unit; empty if the network has neither two inputs nor derived ones.

    Notes
    -----
    A hidden unit is on if z > 0 (for a sigmoid, a > 1/2), an output unit if it answers 1. Within
    `model.metrics.UNDECIDED` of the threshold it is neither, except that a step or a ReLU is off at
    0.
    """
    if not features and experiment.network.inputs != 2:
        return []
    network = Network.of(experiment)
    passed = network.activations(derive(features, corners(2)))
    readings: list[GateReading] = []
    last = len(passed) - 1
    for layer, (z, a) in enumerate(passed):
        values, level = (a, decision_threshold(experiment)) if layer == last else (z, 0.0)
        on = values > level
        near = np.abs(values - level) <= UNDECIDED
        if layer < last and experiment.network.layers[layer].activation in ("step", "relu"):
            near[:] = False
        open_ = near.any(axis=0)
        readings += [
            GateReading(
                layer=layer,
                unit=unit,
                gate="" if open_[unit] else gate_of(on[:, unit]),
                undecided=int(near[:, unit].sum()),
                values=tuple(float(v) for v in a[:, unit]),
                clear=not open_[unit] and _clear(a[:, unit], on[:, unit]),
            )
            for unit in range(a.shape[1])
        ]
    return readings
