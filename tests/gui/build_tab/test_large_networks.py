"""Networks of millions of weights: opened from a small file, shown without a map of each unit."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.edits import network as edits
from model.errors import ModelError
from model.experiment import MAX_PARAMETERS, LayerSpec, NetworkSpec
from model.files import read_experiment
from tests.gui.build_tab.reading_hands import settle


def test_only_a_small_network_is_computed_over_the_plane_for_each_unit(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    assert bench.model.state.maps is not None
    wide = edits.with_layer_added(edits.with_units(document.experiment, 0, 600), 1, 600)
    document.load(wide, None)
    assert bench.model.state.maps is None
    qtbot.waitUntil(lambda: bench.model.is_idle, timeout=20_000)
    assert document.experiment.network.layers[1].units == 600


def test_every_weight_of_a_large_network_is_counted(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    bench.dock.choose("weights")
    document.load(
        edits.with_layer_added(edits.with_units(document.experiment, 0, 500), 1, 500), None
    )
    settle(qtbot, bench)
    counts = bench.dock.weights.view.counts
    assert [int(bars.sum()) for bars in counts] == [1000, 250_000, 500]


def test_a_small_file_cannot_ask_for_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "wide.glassnet"
    layer = '{"units": 7000, "activation": "relu"}'
    path.write_text(
        '{"schema_version": 2, "network": {"inputs": 2, "layers": '
        f'[{layer}, {layer}, {{"units": 1, "activation": "sigmoid"}}]}}}}'
    )
    with pytest.raises(ModelError) as caught:
        read_experiment(path)
    assert caught.value.code == "network.too_large"


def test_no_edit_makes_a_network_that_its_file_could_not_bring_back(
    build_model: BuildModel, document: ExperimentDocument
) -> None:
    layers = (LayerSpec(2_000, "relu"), LayerSpec(4_900, "relu"), LayerSpec(1, "sigmoid"))
    largest = structs.replace(document.experiment, network=NetworkSpec(2, layers))
    document.load(largest, None)
    loaded = document.experiment
    for layer, units in ((0, 2_040), (1, 5_000)):
        build_model.set_units(layer, units)
        told = build_model.messages.shown
        assert told is not None
        assert isinstance(told.reason, ModelError)
        assert told.reason.code == "network.too_large"
        assert told.reason.values["most"] == MAX_PARAMETERS
        assert document.experiment is loaded
        build_model.messages.clear()
