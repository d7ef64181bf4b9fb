"""The weights that survive a change of a network's inputs or a layer's units."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from model.arrays import FloatArray, make_read_only
from model.experiment.network import LayerSpec, NetworkSpec
from model.layers.kind import Move


def input_changes(network: NetworkSpec, first: int, units: np.ndarray) -> dict[int, Move]:
    """Return the changes of the layers affected by moved inputs or units.

    Parameters
    ----------
    network
        Network to change.
    first
        First layer that is affected.
    units
        Previous index of each unit that it reads, negative for a new one.

    Returns
    -------
    dict
        Changes by layer number, up to the last layer affected.
    """
    moves: dict[int, Move] = {}
    for number in range(first, len(network.layers)):
        layer, shape = network.layers[number], network.flow[number]
        cells = np.arange(np.prod(shape[1:], dtype=int))
        places = (units[:, None] * len(cells) + cells).ravel()
        moves[number] = layer.kind.moved(layer, shape, places)
        units = moves[number].units
        if np.array_equal(units, np.arange(layer.units)):
            break
    return moves


def moved(network: NetworkSpec, moves: dict[int, Move]) -> tuple[LayerSpec, ...]:
    """Return a network's layers with the changed ones replaced.

    Changed layers have no weights, nor biases if their units changed.
    """
    layers = list(network.layers)
    for number, (rows, units) in moves.items():
        layer = layers[number]
        row_now = {was: now for now, was in enumerate(rows.tolist()) if was >= 0}
        row_now[network.weight_rows(number)] = len(rows)  # the bias
        unit_now = {was: now for now, was in enumerate(units.tolist()) if was >= 0}
        pinned = sorted(
            (row_now[row], unit_now[unit])
            for row, unit in layer.pinned
            if row in row_now and unit in unit_now
        )
        keeps = np.array_equal(units, np.arange(layer.units))
        layers[number] = replace(
            layer,
            units=len(units),
            weights=None,
            biases=layer.biases if keeps else None,
            pinned=tuple(pinned),
        )
    return tuple(layers)


def with_kept_weights(drawn: NetworkSpec, old: NetworkSpec, moves: dict[int, Move]) -> NetworkSpec:
    """Return a newly drawn network with all surviving weights of the old one."""
    for number, (rows, units) in moves.items():
        layer, before = drawn.layers[number], old.layers[number]
        if before.weights is not None:
            layer = replace(
                layer, weights=_kept(layer.weights_and_biases[0], before.weights, rows, units)
            )
        if before.biases is not None:
            one = np.zeros(1, int)
            biases = _kept(layer.weights_and_biases[1][None], before.biases[None], one, units)
            layer = replace(layer, biases=make_read_only(biases[0]))
        drawn = drawn.with_layer(number, layer)
    return drawn


def _kept(drawn: FloatArray, old: FloatArray, rows: np.ndarray, units: np.ndarray) -> FloatArray:
    """Return `drawn` with the remaining rows and units copied from `old`."""
    stays = (rows >= 0)[:, None] & (units >= 0)
    result = np.where(stays, old[np.ix_(rows, units)] if old.size else drawn, drawn)
    return make_read_only(result)  # else the layer would copy it once more
