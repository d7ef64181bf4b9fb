"""The verdict, the doctor's cards and the landscape, worked out on real workers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.dock_wiring import DockWiring
from gui.build_tab.dock.landscape_run import path_epochs
from gui.build_tab.dock.panel import DockPanel
from gui.build_tab.output.insight_wiring import InsightWiring
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.output_panel.perceptron_cards import hull
from gui.build_tab.state.build_state import BuildState
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
    PlaneData,
)
from model.initialisers import initialise
from model.insight.verdict import best_line, verdict_of
from model.network import Network
from tests.gui.build_tab.plot_states import state_of, trained

CORNERS = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])


@pytest.fixture
def output(panel: OutputPanel) -> OutputPanel:
    return panel


@pytest.fixture
def wiring(output: OutputPanel, build_model: BuildModel, qtbot: QtBot) -> Iterator[InsightWiring]:
    result = InsightWiring(build_model, output)
    yield result
    result.request_close()
    qtbot.waitUntil(lambda: result.looks.is_idle)


@pytest.mark.parametrize("targets", list(product((0, 1), repeat=4)))
def test_best_line_equals_brute_force_on_every_gate(targets: tuple[int, ...]) -> None:
    kinds = np.array(targets)
    most = 0
    for w1, w2, b in product((-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2), np.arange(-3.25, 3.5, 0.5)):
        answer = CORNERS @ np.array([w1, w2]) + b > 0
        most = max(most, int((answer == (kinds == 1)).sum()))
    assert best_line(CORNERS, kinds) == most


def test_best_line_is_never_beaten_by_random_lines() -> None:
    rng = np.random.default_rng(5)
    x, kinds = rng.normal(size=(25, 2)), rng.integers(0, 2, 25)
    found = best_line(x, kinds)
    for _ in range(4000):
        angle, offset = rng.random() * 2 * np.pi, rng.normal()
        answer = x @ np.array([np.cos(angle), np.sin(angle)]) + offset > 0
        assert (answer == (kinds == 1)).sum() <= found


def test_hull_holds_all_points_and_only_corners() -> None:
    points = np.random.default_rng(2).normal(size=(40, 2))
    corners = hull(np.vstack([points, points[:3], [points.mean(axis=0)]]))
    edges = np.roll(corners, -1, axis=0) - corners
    for corner, edge in zip(corners, edges, strict=True):
        apart = points - corner
        assert (edge[0] * apart[:, 1] - edge[1] * apart[:, 0] >= -1e-12).all()
    assert len(hull(np.array([[0.0, 0], [1, 1], [2, 2]]))) == 2


@pytest.mark.parametrize(("gate", "separable"), [("and", True), ("or", True), ("xor", False)])
def test_verdict_on_gates(gate: str, separable: bool) -> None:
    verdict = verdict_of(build_dataset(GateData(gate)))
    assert verdict is not None
    assert verdict.separable == separable
    if separable:
        assert verdict.line is not None
        sides = verdict.points @ np.array(verdict.line[:2]) + verdict.line[2] > 0
        np.testing.assert_array_equal(sides, verdict.kinds == 1)
    else:
        assert verdict.crossing
        assert verdict.meeting == pytest.approx((0.5, 0.5))
        assert verdict.best == 3


def test_an_adder_is_judged_by_the_output_that_fails() -> None:
    dataset = build_dataset(GateData("half_adder"))
    verdict = verdict_of(dataset)
    assert verdict is not None
    assert not verdict.separable
    kinds = dataset.table_y[:, verdict.output]  # type: ignore[index]  # a gate has a table
    np.testing.assert_array_equal(kinds, [0, 1, 1, 0])


def test_a_regression_has_no_verdict() -> None:
    assert verdict_of(build_dataset(PlaneData("regression_plane"))) is None


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


def test_a_dead_unit_is_named_and_its_remedy_brings_it_back(
    output: OutputPanel, wiring: InsightWiring, build_model: BuildModel, qtbot: QtBot
) -> None:
    state = state_with(np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.1, -1.0]))
    build_model.document.load(state.experiment, None)
    output.show_state(state)
    wiring.show_state(state, None)
    card = output.doctor.cards[0]
    qtbot.waitUntil(card.isVisible)
    assert "2" in card.title.text()
    assert "dead" in card.title.text()
    qtbot.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    mended = Network(build_model.document.experiment.network).activations(CORNERS)[0][1]
    assert mended[:, 1].max() > 0


def test_the_verdict_follows_the_data(
    output: OutputPanel, wiring: InsightWiring, qtbot: QtBot
) -> None:
    for gate, answer in (("xor", "No"), ("and", "Yes")):
        trainer, snapshots = trained(GateData(gate), (4,), 0.0, 50)
        state = state_of(trainer, snapshots[-1])
        output.show_state(state)
        wiring.show_state(state, trainer.history)
        qtbot.waitUntil(lambda answer=answer: output.verdict.answer.text() == answer)
        assert output.verdict.isVisible()


def test_closing_while_a_look_is_under_way(wiring: InsightWiring, qtbot: QtBot) -> None:
    trainer, snapshots = trained(GateData("xor"), (4,), 0.0, 50)
    with qtbot.waitSignal(wiring.looks.state_changed):
        wiring.show_state(state_of(trainer, snapshots[-1]), trainer.history)
    wiring.request_close()
    qtbot.waitUntil(wiring.request_close)
    wiring.show_state(state_of(trainer, snapshots[-1]), trainer.history)
    QApplication.processEvents()
    assert wiring.looks.is_idle


def test_the_landscape_of_a_run_is_measured_and_shown(
    build_model: BuildModel, qtbot: QtBot
) -> None:
    trainer, _ = trained()
    build_model.document.load(trainer.history.restore(0), None)
    build_model.set_speed(None)
    build_model.train()
    qtbot.waitUntil(lambda: not build_model.training.is_running, timeout=20_000)
    dock = DockPanel()
    qtbot.addWidget(dock)
    dock.resize(292, 282)
    dock.show()
    dock.choose("landscape")
    wiring = DockWiring(build_model, dock)
    with qtbot.waitSignal(wiring.landscape.completed) as done:
        qtbot.mouseClick(dock.landscape.start, Qt.MouseButton.LeftButton)
    result = done.args[0]
    assert result.epochs[0] == 0
    assert result.epochs[-1] == 120
    assert 0.5 < result.kept <= 1.0
    assert dock.landscape.surface.isVisible()
    x_low, x_high, y_low, y_high = result.bounds
    columns = np.linspace(x_low, x_high, result.loss.shape[1])
    rows = np.linspace(y_low, y_high, result.loss.shape[0])
    end = result.path[-1]
    nearest = result.loss[np.abs(rows - end[1]).argmin(), np.abs(columns - end[0]).argmin()]
    start = result.path[0]
    at_start = result.loss[np.abs(rows - start[1]).argmin(), np.abs(columns - start[0]).argmin()]
    assert nearest < at_start


def test_the_path_is_dense_where_it_begins() -> None:
    epochs = path_epochs(0, 1000)
    assert epochs[0] == 0
    assert epochs[-1] == 1000
    assert epochs[1] - epochs[0] < epochs[-1] - epochs[-2]
    assert path_epochs(5, 5) == [5]


def test_a_rising_test_loss_offers_the_way_back(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    trainer, _ = trained(GateData("xor", copies=8, noise=0.3), (8, 8), 0.5, 400)
    document.load(trainer.history.restore(0), None)
    bench.model.train()
    qtbot.waitUntil(lambda: not bench.model.training.is_running, timeout=60_000)
    history = bench.model.training.run.history
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
    card = bench.output.doctor.cards[0]
    qtbot.waitUntil(lambda: bench.insight.is_idle and not card.isVisible(), timeout=10_000)
    qtbot.mouseClick(bench.bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.isVisible() and card.fix.isVisible(), timeout=20_000)
    assert card.title.text() == "The loss ran away"
    assert card.fix.text() == "Halve the learning rate"
    qtbot.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    assert document.experiment.training.learning_rate == 450.0
