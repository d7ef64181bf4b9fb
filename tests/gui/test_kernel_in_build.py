"""A kernel that is looked at in Vision becomes a unit of Build, by one click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import helper
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from model.experiment import Experiment, LayerSpec, TruthTableData
from tests.gui.finding import find
from tests.gui.vision_tab.conftest import COFFEE, PATIENT_MS, next_result
from tests.vision.onnx_models import model_bytes
from vision.look.inside.graph import Kind

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def inside(qtbot: QtBot, window: GlassnetWindow) -> VisionTab:
    """Return the Vision tab in front, looking inside the network that named the coffee."""
    window.show_tab(window.VISION)
    tab = window.vision_tab
    with next_result(qtbot, tab):
        tab.open_path(COFFEE)
    # What is said of the model moves what is below it.
    qtbot.waitUntil(lambda: not tab.model.state.is_busy, timeout=PATIENT_MS)
    QApplication.processEvents()
    click(qtbot, tab, "task_inside")
    qtbot.waitUntil(lambda: tab.model.inside.state.view is not None, timeout=PATIENT_MS)
    return tab


def click(qtbot: QtBot, where: QWidget, name: str) -> None:
    button = next(
        one
        for kind in (QPushButton, QToolButton)
        for one in where.findChildren(kind, name)
        if one.isVisible()
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answers(experiment: Experiment) -> np.ndarray:
    """Return what the one unit gives for its rows, by NumPy."""
    data, (unit,) = experiment.data, experiment.network.layers
    assert isinstance(data, TruthTableData)
    sums = np.array(data.rows) @ unit.weights[:, 0] + unit.biases[0]
    return {"relu": np.maximum(sums, 0), "identity": sums}[unit.activation]


def wanted(experiment: Experiment) -> np.ndarray:
    assert isinstance(experiment.data, TruthTableData)
    return np.array(experiment.data.targets, float)[:, 0]


def open_kernel(qtbot: QtBot, window: GlassnetWindow, inside: VisionTab) -> Experiment:
    click(qtbot, inside, "inside_open_kernel")
    assert window.pages.currentWidget() is window.tab(window.BUILD)
    return window.document.experiment


def test_the_first_kernel_is_a_unit_of_27_inputs(
    qtbot: QtBot, window: GlassnetWindow, inside: VisionTab
) -> None:
    model = inside.model.inside
    model.choose_layer(0)
    model.choose_map(21)
    model.choose_cell(50, 60)
    told = model.state.explanation
    assert told is not None
    experiment = open_kernel(qtbot, window, inside)
    data, network = experiment.data, experiment.network
    assert isinstance(data, TruthTableData)
    assert (network.inputs, [layer.units for layer in network.layers]) == (27, [1])
    assert (data.input_names[0], data.input_names[-1]) == ("R (0, 0)", "B (2, 2)")
    assert data.output_names == ("conv 1, map 22",)
    np.testing.assert_allclose(data.rows[0], told.values.ravel())
    assert wanted(experiment)[0] == told.forward_value
    assert len(data.rows) == 100
    # With the network's own weights every row is right.
    np.testing.assert_allclose(answers(experiment), wanted(experiment), atol=1e-5)
    state = window.session.build.state
    assert state.dataset.columns.inputs == 27
    assert state.row == 0
    assert window.header.title.text().startswith("conv 1, map 22")


def test_a_depthwise_kernel_is_a_unit_of_9_inputs(
    qtbot: QtBot, window: GlassnetWindow, inside: VisionTab
) -> None:
    model = inside.model.inside
    view = model.state.view
    depthwise = next(
        place
        for place, layer in enumerate(view.graph.layers)
        if layer.kind is Kind.CONVOLUTION and layer.attributes.get("group", 1) > 1
    )
    model.choose_layer(depthwise)
    cell = model.state.cell
    experiment = open_kernel(qtbot, window, inside)
    assert experiment.network.inputs == 9
    assert isinstance(experiment.data, TruthTableData)
    assert experiment.data.input_names[4] == f"map {cell.channel + 1} (1, 1)"
    # The strongest cell stands at the layer's bound, at which a unit of Build does not stop.
    told = model.state.explanation
    assert told.forward_value == 1 < wanted(experiment)[0]
    np.testing.assert_allclose(answers(experiment), wanted(experiment), rtol=1e-4, atol=1e-4)


def test_what_is_no_weighted_sum_cannot_be_opened(inside: VisionTab) -> None:
    model = inside.model.inside
    view = model.state.view
    button = find(inside, QPushButton, "inside_open_kernel")
    offered = set()
    for place, layer in enumerate(view.graph.layers):
        model.choose_layer(place)
        if button.isVisibleTo(inside.cell_panel):
            offered.add(layer.kind)
    assert offered == {Kind.CONVOLUTION, Kind.DENSE}


@pytest.mark.parametrize(
    ("operator", "activation", "note"),
    [
        ("Relu", "relu", ""),
        ("HardSwish", "identity", "Build has no HardSwish"),
    ],
)
def test_an_activation_goes_along_where_build_has_it(
    qtbot: QtBot,
    window: GlassnetWindow,
    inside: VisionTab,
    tmp_path: Path,
    operator: str,
    activation: str,
    note: str,
) -> None:
    random = np.random.default_rng(1)
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["c"]),
        helper.make_node("BatchNormalization", ["c", "g", "b", "b", "v"], ["n"]),
        helper.make_node(operator, ["n"], ["r"]),
        helper.make_node("GlobalAveragePool", ["r"], ["p"]),
        helper.make_node("Flatten", ["p"], ["y"]),
    ]
    weights = {
        "w": random.standard_normal((4, 3, 3, 3)).astype(np.float32),
        **{name: random.uniform(0.5, 1.5, 4).astype(np.float32) for name in "bgv"},
    }
    path = tmp_path / "m.onnx"
    path.write_bytes(model_bytes(nodes, {"x": [1, 3, 16, 16]}, {"y": [1, 4]}, weights))
    with next_result(qtbot, inside):
        inside.open_path(path)
    model = inside.model.inside
    qtbot.waitUntil(
        lambda: model.state.view is not None and len(model.state.view.graph.layers) < 5,
        timeout=PATIENT_MS,
    )
    model.choose_layer(0)
    assert note in find(inside, QLabel, "inside_about").text()
    told = model.state.explanation
    experiment = open_kernel(qtbot, window, inside)
    (unit,) = experiment.network.layers
    assert isinstance(unit, LayerSpec)
    assert unit.activation == activation
    np.testing.assert_allclose(answers(experiment), wanted(experiment), rtol=1e-4, atol=1e-4)
    if note:
        assert wanted(experiment)[0] == pytest.approx(told.scaled, rel=1e-5)
