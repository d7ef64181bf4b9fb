"""The verdict, the doctor's cards and the landscape, worked out on real workers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.panel import DockPanel
from gui.build_tab.output_panel.hull_drawing import hull
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.state import Activity, BuildState
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.data import build_dataset
from model.defaults import default_experiment
from model.experiment import (
    CsvData,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
)
from model.initialisers import initialise
from model.insight import examine
from model.network import Network
from model.places import WeightAt
from tests.gui.build_tab.insight_hands import Looking
from tests.gui.build_tab.plot_states import state_of, trained
from tests.gui.finding import find

CORNERS = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])


@pytest.fixture
def output(panel: OutputPanel) -> OutputPanel:
    return panel


def test_hull_holds_all_points_and_only_corners() -> None:
    points = np.random.default_rng(2).normal(size=(40, 2))
    corners = hull(np.vstack([points, points[:3], [points.mean(axis=0)]]))
    edges = np.roll(corners, -1, axis=0) - corners
    for corner, edge in zip(corners, edges, strict=True):
        apart = points - corner
        assert (edge[0] * apart[:, 1] - edge[1] * apart[:, 0] >= -1e-12).all()
    assert len(hull(np.array([[0.0, 0], [1, 1], [2, 2]]))) == 2


def state_with(weights: np.ndarray, biases: np.ndarray) -> BuildState:
    """Return XOR with given first weights of two ReLU units."""
    experiment = initialise(
        replace(
            Experiment(),
            network=NetworkSpec(2, (LayerSpec(2, "relu"), LayerSpec(1, "sigmoid"))),
        )
    )
    layers = experiment.network.layers
    first = replace(layers[0], weights=weights, biases=biases)
    network = replace(experiment.network, layers=(first, layers[1]))
    experiment = replace(experiment, network=network)
    return BuildState(experiment, build_dataset(experiment.data), Network(network))


def test_other_data_leave_no_verdict_of_the_old_ones(
    output: OutputPanel, looking: Looking, qtbot: QtBot
) -> None:
    """XOR's remedy is a product of two columns, of which NOT has one; its file has findings."""
    dead = state_with(np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.1, -1.0]))
    findings = tuple(examine(dead.experiment, dead.dataset))
    assert findings
    looking.at(state_with(np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.1, 1.5])))
    qtbot.waitUntil(lambda: looking.insight.view.verdict is not None, timeout=10_000)
    verdict = looking.insight.view.verdict
    assert verdict is not None
    assert verdict.remedy
    assert not looking.insight.view.findings
    experiment = initialise(default_experiment(GateData("not", 1)))
    looking.insight.show_saved_findings(experiment, findings)
    dataset = build_dataset(experiment.data)
    looking.at(BuildState(experiment, dataset, Network(experiment.network)))
    assert looking.insight.view.verdict is None
    assert output.verdict.isHidden()


def test_a_dead_unit_is_named_and_its_remedy_brings_it_back(
    output: OutputPanel, looking: Looking, build_model: BuildModel, qtbot: QtBot
) -> None:
    state = state_with(np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.1, -1.0]))
    build_model.document.load(state.experiment, None)
    looking.at(state)
    cards = output.doctor.cards
    qtbot.waitUntil(lambda: bool(cards) and cards[0].isVisible())
    card = cards[0]
    assert card.title.text() == "Unit h₂ is dead"
    qtbot.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    mended = Network(build_model.document.experiment.network).activations(CORNERS)[0][1]
    assert mended[:, 1].max() > 0


def test_what_a_lesson_locks_is_not_offered(
    output: OutputPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    """One unit on XOR: the doctor would add a hidden layer, the verdict an input."""
    build_model.state_changed.connect(output.show_state)
    build_model.insight.resume()
    one = replace(default_experiment(), network=NetworkSpec(2, (LayerSpec(1, "sigmoid"),)))
    build_model.document.load(initialise(one), None)
    remedy, cards = output.verdict.remedy, output.doctor.cards
    qtbot.waitUntil(lambda: remedy.isVisible() and bool(cards) and cards[0].isVisible())
    fix = cards[0].fix
    assert fix.text() == "Add 4 hidden units"
    assert fix.isEnabled()
    assert remedy.isEnabled()
    build_model.lock(("layers", "inputs"))
    assert not fix.isEnabled()
    assert fix.toolTip().startswith("Locked by the lesson: layers.")
    assert not remedy.isEnabled()
    assert remedy.toolTip().startswith("Locked by the lesson: inputs.")
    build_model.lock(())
    assert fix.isEnabled()
    assert remedy.isEnabled()
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert len(build_model.document.experiment.network.layers) == 2


def test_closing_while_a_look_is_under_way(
    output: OutputPanel, looking: Looking, qtbot: QtBot
) -> None:
    trainer, snapshots = trained(GateData("xor"), (4,), 0.0, 50)
    state, insight = state_of(trainer, snapshots[-1]), looking.insight
    looking.at(state, trainer.history)
    was_idle = insight.is_idle
    assert not was_idle
    insight.request_close()
    qtbot.waitUntil(lambda: insight.is_idle)
    looking.at(dataclasses.replace(state, activity=Activity.TRAINING), trainer.history)
    assert insight.is_idle, "nothing begins while the window closes"
    assert output.verdict.isHidden()
    insight.resume()
    qtbot.waitUntil(output.verdict.isVisible)


def shows_old(dock: DockPanel) -> str:
    """Return what the landscape says where it is older than the weights, and offers to draw."""
    is_offered = dock.landscape.again.property("tone") == "primary"
    return find(dock, QLabel, "landscape_kept").text() if is_offered else ""


def test_a_rising_test_loss_offers_the_way_back(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    trainer, _ = trained(GateData("xor", copies=8, noise=0.3), (8, 8), 0.5, 400)
    document.load(trainer.history.restore(0), None)
    bench.model.train()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=60_000)
    history = bench.model.state.run.history
    assert history is not None
    test = history.test_loss
    assert test is not None
    best = int(test.argmin())
    assert test[-1] > 1.1 * test[best]  # else there is nothing to find
    cards = bench.output.doctor.cards
    qtbot.waitUntil(lambda: any(card.rewind.isVisible() for card in cards), timeout=20_000)
    card = next(card for card in cards if card.rewind.isVisible())
    qtbot.mouseClick(card.rewind, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bench.model.state.epoch == best)


@pytest.mark.parametrize("batch", [0, 1], ids=["after some epochs", "in the first epoch"])
def test_a_run_that_diverged_is_mended_by_a_click(
    qtbot: QtBot, tmp_path: Path, batch: int, bench: Workbench, document: ExperimentDocument
) -> None:
    x = np.random.default_rng(3).normal(size=(300, 2))
    table = np.column_stack([x, x[:, 0] * x[:, 1] + 2.0])
    path = tmp_path / "own.csv"
    path.write_text("a,b,y\n" + "\n".join(",".join(f"{v:.6f}" for v in row) for row in table))
    experiment = default_experiment(CsvData(str(path)))
    training = replace(
        experiment.training,
        optimiser=OptimiserSpec("sgd"),
        learning_rate=900.0,
        batch_size=batch,
    )
    document.edit("own table", replace(experiment, training=training))
    cards = bench.output.doctor.cards
    qtbot.waitUntil(lambda: bench.is_idle and not any(c.isVisible() for c in cards), timeout=10_000)
    qtbot.mouseClick(bench.bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(card.fix.isVisible() for card in cards), timeout=20_000)
    card = cards[0]
    assert card.title.text() == "The loss ran away"
    assert card.fix.text() == "Start anew at a rate of 0.5"
    qtbot.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    assert document.experiment.training.learning_rate == 0.5
    assert document.experiment.progress is None


def test_the_landscape_of_a_run_is_measured_and_shown(
    build_model: BuildModel, qtbot: QtBot
) -> None:
    model = build_model
    model.document.load(trained()[0].history.restore(0), None)
    model.set_speed(None)
    model.train()
    qtbot.waitUntil(lambda: not model.is_training, timeout=20_000)
    dock = DockPanel(model)
    qtbot.addWidget(dock)
    dock.resize(292, 282)
    dock.show()
    dock.choose("landscape")
    model.state_changed.connect(dock.show_state)
    dock.show_state(model.state)
    qtbot.mouseClick(dock.landscape.start, Qt.MouseButton.LeftButton)
    assert not dock.landscape.start.isEnabled()
    qtbot.waitUntil(lambda: model.state.insight.landscape is not None)
    result = model.state.insight.landscape
    assert result is not None
    assert (result.epochs[0], result.epochs[-1]) == (0, 120)
    assert dock.landscape.surface.isVisible()
    assert shows_old(dock) == ""
    model.set_weights({WeightAt(0, 0, 0): 9.0}, "")
    assert shows_old(dock) == "Drawn for epoch 120; the weights have changed since."
    model.document.undo_stack.undo()
    assert shows_old(dock) == ""
    model.document.undo_stack.redo()
    dock.landscape.again.click()
    qtbot.waitUntil(lambda: model.state.insight.landscape is not result)
    model.show_epoch(60)
    assert shows_old(dock).startswith("Drawn for epoch 120")
