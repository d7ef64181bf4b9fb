"""Gate reader, gradient check and landscape."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_allclose

from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import (
    Activation,
    Experiment,
    LayerSpec,
    NetworkSpec,
    TrainingSpec,
    TruthTableData,
)
from model.insight import check_gradient, read_gates
from model.insight.gates import MAX_SAMPLED_ROWS, find_dead_units
from model.insight.landscape import path_epochs, run_landscape
from model.network import Network
from model.training import Trainer
from tests.model.refusals import refused


def by_hand(*layers: tuple[list[list[float]], list[float], Activation]) -> Experiment:
    """Return a network with typed weights."""
    specs = tuple(
        LayerSpec(len(b), activation, weights=np.array(w), biases=np.array(b))
        for w, b, activation in layers
    )
    return Experiment(network=NetworkSpec(len(layers[0][0]), specs))


def test_a_hand_made_xor_is_read_as_its_circuit() -> None:
    experiment = by_hand(
        ([[-20.0, 20.0], [-20.0, 20.0]], [30.0, -10.0], "sigmoid"),
        ([[20.0], [20.0]], [-30.0], "sigmoid"),
    )
    first, second, output = read_gates(experiment)
    assert (first.gate, second.gate, output.gate) == ("nand", "or", "xor")
    assert all(reading.clear for reading in (first, second, output))
    assert output.values[1] == pytest.approx(1.0, abs=1e-3)


def test_a_unit_is_clear_by_what_it_answers_not_by_its_sums() -> None:
    """Sums −1, 2, −5, −2 are spread out; their tanh is 0.96 once and near −1 else."""
    experiment = by_hand(([[-4.0], [3.0]], [-1.0], "tanh"), ([[4.0]], [0.0], "sigmoid"))
    unit = read_gates(experiment)[0]
    assert (unit.gate, unit.clear) == ("b_and_not_a", True)
    weak = by_hand(([[-0.4], [0.3]], [-0.1], "tanh"), ([[4.0]], [0.0], "sigmoid"))
    assert not read_gates(weak)[0].clear


def test_a_relu_pair_is_read() -> None:
    experiment = by_hand(
        ([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], "relu"), ([[1.0], [-2.0]], [-0.5], "sigmoid")
    )
    assert [r.gate for r in read_gates(experiment)] == ["or", "and", "xor"]


def large(hidden: LayerSpec, inputs: tuple[float, float], target: float) -> Experiment:
    """Return a unit and an identity output on one row."""
    output = LayerSpec(1, "identity", weights=np.array([[2.0]]), biases=np.array([0.5]))
    return Experiment(
        data=TruthTableData(("a", "b"), ("y",), (inputs,), ((target,),)),
        network=NetworkSpec(2, (hidden, output)),
        training=TrainingSpec(loss="squared"),
    )


def test_a_wrong_derivative_does_not_pass() -> None:
    """At the corner of a ReLU the slope counts as 0 and is not, however large the loss."""
    small = by_hand(([[0.0], [0.0]], [0.0], "relu"), ([[1.0]], [1.0], "sigmoid"))
    relu = LayerSpec(1, "relu", weights=np.array([[1.0], [0.0]]), biases=np.array([-1000.0]))
    for experiment in (small, large(relu, (1000.0, 2.0), 2.5e5)):
        assert not check_gradient(experiment, 0, 2, 0).passed
    with pytest.raises(ModelError):
        check_gradient(small, 0, 3, 0)


@pytest.mark.parametrize(
    ("inputs", "target", "weights"),
    [
        ((1.0, 0.0), 1.0, (0.5, -0.5)),
        ((1000.0, 2.0), 250_000.0, (0.001, 0.002)),
        ((1.0, 2.0), 1e9, (1e-7, 0.0)),
        ((3e4, 1e-4), 1.0, (1e-5, 1e-5)),
        ((1.0, 1.0), 1.0, (3e6, -3e6)),
    ],
)
@pytest.mark.parametrize("hidden", ["tanh", "sigmoid", "softplus"])
def test_large_numbers_are_no_kink(
    hidden: Activation,
    inputs: tuple[float, float],
    target: float,
    weights: tuple[float, float],
) -> None:
    """Unscaled columns make central differences coarse, large losses make them rough."""
    unit = LayerSpec(1, hidden, weights=np.array(weights)[:, None], biases=np.array([0.3]))
    experiment = large(unit, inputs, target)
    for row in (0, 1, 2):
        check = check_gradient(experiment, 0, row, 0)
        assert check.passed, check
    assert check_gradient(experiment, 1, 0, 0).passed


def test_the_losses_of_the_grid_are_those_of_the_network_at_its_points() -> None:
    trainer = Trainer(default_experiment())
    trainer.run(lambda: True)
    found = run_landscape(trainer.history, trainer.dataset)  # of epoch 0 alone, in the middle
    middle = found.loss[len(found.v) // 2, len(found.u) // 2]
    assert middle == pytest.approx(trainer.snapshot().train_loss, rel=1e-9)


def test_a_single_weight_spans_no_plane() -> None:
    trainer = Trainer(
        Experiment(
            data=TruthTableData(("a",), ("y",), ((1.0,), (2.0,)), ((1.0,), (2.0,))),
            network=NetworkSpec(1, (LayerSpec(1, "identity", use_bias=False),)),
            training=TrainingSpec(loss="squared"),
        )
    )
    trainer.run(lambda: True)
    with refused("landscape.size"):
        run_landscape(trainer.history, trainer.dataset)


def test_the_landscape_of_a_run_is_that_of_its_restored_epochs() -> None:
    trainer = Trainer(default_experiment())
    trainer.run()
    history = trainer.history
    found = run_landscape(history, trainer.dataset)
    assert found.epochs.tolist() == path_epochs(0, history.epochs[-1])
    assert_allclose(found.path_loss, history.train_loss[found.epochs], rtol=1e-9)
    assert found.loss.shape == (len(found.v), len(found.u))
    assert 0.8 < found.explained <= 1.0
    assert_allclose(found.path[-1], 0.0, atol=1e-12)
    assert found.u[0] < found.path[:, 0].min() <= found.path[:, 0].max() < found.u[-1]
    assert found.bounds == (found.u[0], found.u[-1], found.v[0], found.v[-1])
    assert run_landscape(history, trainer.dataset, lambda: True) is None


def test_a_relu_that_answers_no_row_is_silent() -> None:
    layers = (
        LayerSpec(
            3, "relu", weights=np.array([[1.0, -1.0, 0.0]]), biases=np.array([0.0, 0.5, 0.0])
        ),
        LayerSpec(1, "sigmoid", weights=np.full((3, 1), -1.0), biases=np.zeros(1)),
    )
    network = Network(NetworkSpec(1, layers))
    assert find_dead_units(network, np.array([[1.0], [2.0]])) == [(0, 1), (0, 2)]
    assert find_dead_units(network, np.array([[0.1], [2.0]])) == [(0, 2)]
    tanh = replace(layers[0], activation="tanh")
    assert find_dead_units(Network(NetworkSpec(1, (tanh, layers[1]))), np.array([[1.0]])) == []
    # A table in order of its classes has the rows that the second unit answers at its end.
    in_order = np.repeat([[1.0], [0.1]], MAX_SAMPLED_ROWS, axis=0)
    assert find_dead_units(network, in_order) == [(0, 2)]
