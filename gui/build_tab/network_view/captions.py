"""Captions under the units: the gate each computes, and which are dead."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from msgspec.structs import replace

from foundation.text import tr
from gui.build_tab.sources import data_name
from gui.build_tab.state import BuildState
from gui.build_tab.status import count_table
from gui.build_tab.weight_figures import is_finite
from model.data.gates import corners
from model.experiment import GateData
from model.insight.gates import find_dead_units, read_gates

LARGEST_SHARE = 0.01

Captions = dict[tuple[int, int], tuple[str, str]]
"""(layer, unit) -> (text, tone); the tone ``"warn"`` marks a unit that carries nothing."""


class CaptionReader:
    """Reads captions from a state, at a limited rate."""

    def __init__(self) -> None:
        self._due = 0.0
        self._captions: Captions = {}

    def read(self, state: BuildState) -> Captions:
        """Return (layer, unit) -> (text, tone).

        Notes
        -----
        During a run, reading takes at most a hundredth of the time. Hidden units are described as
        "about" a gate; the output equals its gate once every row of the table is right, and has
        none while a row is undecided. Diverged weights get no captions.
        """
        now = perf_counter()
        if state.running and now < self._due:
            return self._captions
        captions: Captions = {}
        if is_finite(state.network):
            captions = {**self._gates(state), **self._dead(state)}
        self._captions = captions
        read = perf_counter()
        self._due = read + (read - now) / LARGEST_SHARE
        return captions

    def _gates(self, state: BuildState) -> Captions:
        table, wanted = state.dataset.columns.table_x, state.dataset.table_y
        if table is None or wanted is None or not np.array_equal(table, corners(2)):
            return {}
        if state.is_large:
            return {}  # of thousands of units nobody reads the gates
        layers = state.experiment.network.layers
        experiment = replace(state.experiment, network=state.network.spec)
        readings = read_gates(experiment, features=state.dataset.features)
        result = {}
        for reading in readings:
            is_output = reading.layer == len(layers) - 1
            if not is_output and not reading.clear:
                continue
            if reading.undecided:
                result[reading.layer, reading.unit] = tr("{n} undecided", n=reading.undecided), ""
                continue
            name = data_name(GateData(reading.gate))
            result[reading.layer, reading.unit] = (
                (f"= {name}", "") if is_output and _all_right(state) else (f"≈ {name}", "")
            )
        return result

    def _dead(self, state: BuildState) -> Captions:
        silent = find_dead_units(state.network, state.dataset.x_train)
        return dict.fromkeys(silent, (tr("dead"), "warn"))


def _all_right(state: BuildState) -> bool:
    counted = count_table(state)
    return counted is not None and counted.all_right
