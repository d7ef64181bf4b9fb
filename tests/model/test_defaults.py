"""What Glassnet proposes learns what it is proposed for."""

from __future__ import annotations

import numpy as np
import pytest

from model.data import GATES, PLANES, TABLES, build_dataset
from model.data.cache import quick_shape
from model.defaults import default_experiment, fit_to, matching_initialiser
from model.experiment import (
    ACTIVATIONS,
    DataSpec,
    Experiment,
    GateData,
    PlaneData,
    PointsData,
    TableData,
    TruthTableData,
)
from model.metrics import baseline
from model.training import Trainer
from model.training.ensemble.population import Population


def test_xor_is_solved_from_at_least_95_of_the_first_100_seeds() -> None:
    experiment = default_experiment(hidden=(4,))
    members = Population(experiment, range(100)).run()
    assert sum(member.accuracy == 1.0 for member in members.values()) >= 95
    epochs = np.array([member.epoch for member in members.values()])
    assert 50 < np.median(epochs) < 500


@pytest.mark.parametrize("gate", GATES)
def test_every_gate_is_learned(gate: str) -> None:
    result = Trainer(default_experiment(GateData(gate))).run()
    assert result.reason == "margin"
    assert result.snapshot.train_accuracy == 1.0


@pytest.mark.parametrize("inputs", [3, 4, 5])
def test_parity_is_learned(inputs: int) -> None:
    experiment = default_experiment(GateData("parity", inputs))
    members = Population(experiment, range(10)).run()
    assert sum(member.accuracy == 1.0 for member in members.values()) >= 8


@pytest.mark.parametrize(
    ("data", "least"),
    [
        (PlaneData("circle"), 0.88),
        (PlaneData("quadrants"), 0.9),
        (PlaneData("gaussians"), 0.96),
        (PlaneData("spiral"), 0.9),
        (PlaneData("moons"), 0.96),
        (PlaneData("regression_plane"), 0.9),
        (PlaneData("regression_gaussian"), 0.75),
        (TableData("iris"), 0.9),
        (TableData("digits"), 0.94),
        (TableData("titanic"), 0.74),
    ],
    ids=lambda value: value.name if isinstance(value, PlaneData | TableData) else None,
)
def test_patterns_and_tables_are_learned_on_rows_not_seen(data: DataSpec, least: float) -> None:
    reached = []
    for seed in range(3):
        experiment = default_experiment(data, seed=seed)
        snapshot = Trainer(experiment).run().snapshot
        assert snapshot.test_accuracy is not None
        reached.append(snapshot.test_accuracy)
        dataset = build_dataset(experiment)
        assert snapshot.test_accuracy > baseline(dataset.y_train, dataset.y_test, dataset.task)
    assert np.median(reached) >= least


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["circle", "quadrants", "gaussians", "spiral", "moons"])
def test_what_a_tile_proposes_learns_its_own_rows_from_any_start(name: str) -> None:
    members = Population(default_experiment(PlaneData(name)), range(10)).run()
    assert {member.reason for member in members.values()} == {"epochs"}
    assert min(member.accuracy for member in members.values()) >= 0.95


def test_proposals_cover_every_pattern_and_table() -> None:
    for name in PLANES:
        default_experiment(PlaneData(name))
    for name in TABLES:
        default_experiment(TableData(name))
    three = PointsData(((0.0, 1.0, 0.0), (1.0, 0.0, 2.0), (0.5, 0.5, 1.0)), 3)
    assert default_experiment(three).network.layers[-1].activation == "softmax"
    values = TruthTableData(("a",), ("y",), ((0,), (1,)), ((2.5,), (1,)))
    assert default_experiment(values).training.loss == "squared"


def test_rectifiers_start_with_positive_biases() -> None:
    for activation in ACTIVATIONS:
        rectifier = activation in ("relu", "leaky_relu", "elu", "softplus")
        assert (matching_initialiser(activation).bias > 0.0) == rectifier


def refitted(experiment: Experiment, data: DataSpec) -> Experiment:
    shapes = quick_shape(experiment), quick_shape(experiment, data)
    return fit_to(experiment, data, old=shapes[0], dataset=shapes[1])


@pytest.mark.parametrize(
    "data",
    [GateData("and"), GateData("full_adder"), PlaneData("spiral"), TableData("iris"),
     PlaneData("regression_plane"), GateData("parity", 5)],
)  # fmt: skip
def test_a_network_is_fitted_to_other_data(data: DataSpec) -> None:
    trained = Trainer(default_experiment(seed=2))
    trained.step_epoch()
    fitted = refitted(trained.experiment(), data)
    assert fitted.progress is None
    assert fitted.network.layers[0].units == 4
    Trainer(fitted).step_epoch()
    kept = fitted.network.layers[0].weights
    assert (kept is not None) == (fitted.network.inputs == 2)
    back = refitted(fitted, GateData("xor"))
    Trainer(back).step_epoch()
