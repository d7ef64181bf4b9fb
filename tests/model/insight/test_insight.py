"""Gate reader, gradient check, microscope, rounding and landscape."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from model.data import TWO_INPUT_GATES, build_dataset
from model.data.gates import corners
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    Loss,
    NetworkSpec,
    OptimiserSpec,
    PointsData,
    TrainingSpec,
)
from model.initialisers import initialise
from model.insight import check_gradient, landscape, read_gates, round_weights, trace
from model.insight.gates import gate_of, silent_units
from model.insight.landscape import path_epochs, run_landscape
from model.insight.rounding import rounded_to
from model.network import Network
from model.training import Snapshot, Trainer

replace = msgspec.structs.replace


def by_hand(*layers: tuple[list[list[float]], list[float], Activation]) -> Experiment:
    """Return a network with typed weights."""
    specs = tuple(
        LayerSpec(len(b), activation, weights=np.array(w), biases=np.array(b))
        for w, b, activation in layers
    )
    return Experiment(network=NetworkSpec(len(layers[0][0]), specs))


def trained() -> Trainer:
    trainer = Trainer(default_experiment())
    trainer.run(lambda: False, lambda snapshot: None)
    return trainer


def test_every_truth_table_has_its_name() -> None:
    for code, name in enumerate(TWO_INPUT_GATES):
        bits = np.array([bool(code >> (3 - k) & 1) for k in range(4)])
        assert gate_of(bits) == name
    assert TWO_INPUT_GATES[6] == "xor"


def test_a_hand_made_xor_is_read_as_its_circuit() -> None:
    experiment = by_hand(
        ([[-20.0, 20.0], [-20.0, 20.0]], [30.0, -10.0], "sigmoid"),
        ([[20.0], [20.0]], [-30.0], "sigmoid"),
    )
    first, second, output = read_gates(experiment)
    assert (first.gate, second.gate, output.gate) == ("nand", "or", "xor")
    assert output.of_layer_before == "and"
    assert first.of_layer_before is None
    assert all(reading.clear for reading in (first, second, output))
    assert output.values[1] == pytest.approx(1.0, abs=1e-3)


def test_a_relu_pair_and_signed_corners() -> None:
    experiment = by_hand(
        ([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], "relu"), ([[1.0], [-2.0]], [-0.5], "sigmoid")
    )
    assert [r.gate for r in read_gates(experiment)] == ["or", "and", "xor"]
    signs = by_hand(([[1.0], [1.0]], [-1.0], "tanh"))
    assert read_gates(signs, low=-1.0)[0].gate == "and"


def test_networks_of_other_widths_are_not_read() -> None:
    assert read_gates(initialise(Experiment(network=NetworkSpec(3, (LayerSpec(1),))))) == []


@pytest.mark.parametrize("row", [0, 1, 2])
def test_the_two_derivatives_of_a_weight_agree(row: int) -> None:
    check = check_gradient(initialise(default_experiment()), 0, row, 1)
    assert check.passed
    assert check.analytic == pytest.approx(check.numeric, abs=1e-9)
    assert check.analytic != 0.0


def test_the_gradient_check_can_fail_at_a_kink() -> None:
    experiment = by_hand(([[0.0], [0.0]], [0.0], "relu"), ([[1.0]], [0.0], "sigmoid"))
    assert not check_gradient(experiment, 0, 2, 0).passed
    with pytest.raises(ModelError):
        check_gradient(experiment, 0, 3, 0)


def traced(
    hidden: Activation, output: Activation, loss: Loss, optimiser: str = "sgd"
) -> tuple[Experiment, int]:
    """Return a 2-3-outputs experiment with random weights, and how many outputs it has."""
    outputs = 3 if loss == "categorical_cross_entropy" else 1
    data = PointsData(((0.5, 1.0, 0), (-1.0, 0.2, 1), (0.3, -0.4, 2)), 3)
    training = TrainingSpec(
        loss=loss,
        optimiser=msgspec.convert({"name": optimiser}, OptimiserSpec),
        initialiser=InitialiserSpec("normal", 0.8, 0.3),
        learning_rate=0.1,
    )
    layers = (LayerSpec(3, hidden), LayerSpec(outputs, output))
    experiment = Experiment(
        data=data if outputs == 3 else GateData(),
        network=NetworkSpec(2, layers),
        training=training,
        seed=2,
    )
    return initialise(experiment), outputs


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", [a for a in ACTIVATIONS if a != "step"])
def test_the_microscope_shows_what_training_does(loss: Loss, output: Activation) -> None:
    experiment, _ = traced("tanh", output, loss)
    seen = trace(experiment, 1)
    network = Network.of(experiment)
    for (z, a), shown_z, shown_a in zip(
        network.activations(seen.x[None]), seen.z, seen.a, strict=True
    ):
        np.testing.assert_array_equal(z[0], shown_z)
        np.testing.assert_array_equal(a[0], shown_a)
    before = seen.x
    for layer, blame in enumerate(seen.blames):
        np.testing.assert_allclose(
            np.outer(before, blame), seen.weight_gradients[layer], rtol=1e-10, atol=1e-13
        )
        np.testing.assert_allclose(blame, seen.bias_gradients[layer], rtol=1e-10, atol=1e-13)
        new = network.weights[layer] - 0.1 * seen.weight_gradients[layer]
        np.testing.assert_allclose(new, seen.new_weights[layer], rtol=1e-13, atol=1e-15)
        before = seen.a[layer]


@pytest.mark.parametrize("hidden", ["sigmoid", "relu", "softplus"])
def test_every_operation_follows_from_its_terms(hidden: Activation) -> None:
    experiment, _ = traced(hidden, "sigmoid", "squared")
    seen = trace(experiment, 2)
    codes = set()
    for operation in seen.operations:
        codes.add(operation.code)
        values = [value for _, value in operation.terms]
        if operation.code in ("product", "gradient", "blame"):
            assert operation.result == pytest.approx(values[0] * values[1], abs=1e-14)
        elif operation.code == "weighted_sum":
            assert operation.result == pytest.approx(sum(values), abs=1e-14)
        elif operation.code == "passed_back":
            pairs = zip(values[::2], values[1::2], strict=True)
            assert operation.result == pytest.approx(sum(a * b for a, b in pairs), abs=1e-14)
        elif operation.code == "update":
            assert operation.result == pytest.approx(values[0] - values[1] * values[2], abs=1e-14)
        elif operation.code == "loss":
            assert operation.result == pytest.approx((values[0] - values[1]) ** 2 / 2)
    assert codes == {
        "input", "product", "weighted_sum", "activation", "loss", "loss_slope",
        "activation_slope", "blame", "passed_back", "gradient", "update",
    }  # fmt: skip
    names = [operation.name for operation in seen.operations]
    assert names.index("h1.z") < names.index("h1.a") < names.index("y.z") < names.index("L")
    assert names.index("L") < names.index("dL/dy.z") < names.index("dL/dh1.z")


def test_the_microscope_steps_as_the_optimiser_would() -> None:
    experiment, _ = traced("tanh", "sigmoid", "binary_cross_entropy", "adam")
    seen = trace(experiment, 0)
    change = seen.new_weights[1] - Network.of(experiment).weights[1]
    # Adam's first step is the rate, whatever the gradient's size.
    np.testing.assert_allclose(np.abs(change), 0.1, rtol=1e-6)
    with pytest.raises(ModelError) as caught:
        trace(experiment, 4)
    assert caught.value.code == "trace.no_row"


def test_the_microscope_follows_the_perceptron_rule() -> None:
    experiment = Experiment(
        data=GateData("and"),
        network=NetworkSpec(
            2, (LayerSpec(1, "step", weights=np.array([[1.0], [1.0]]), biases=np.array([0.5])),)
        ),
        training=TrainingSpec(
            loss="perceptron", optimiser=OptimiserSpec("perceptron"), learning_rate=1.0
        ),
    )
    seen = trace(experiment, 1)
    assert seen.blames[0].tolist() == [1.0]
    assert seen.new_weights[0].ravel().tolist() == [1.0, 0.0]
    assert seen.new_biases[0].tolist() == [-0.5]


def test_rounding_finds_the_coarsest_step_that_still_passes() -> None:
    trainer = trained()
    rounded = round_weights(trainer.experiment())
    assert rounded is not None
    assert rounded.accuracy == 1.0
    for layer in rounded.experiment.network.layers:
        assert layer.weights is not None
        np.testing.assert_allclose(
            layer.weights / rounded.step, np.round(layer.weights / rounded.step), atol=1e-9
        )
    coarser = [s for s in (10.0, 5.0, 2.0, 1.0, 1 / 2, 1 / 3, 1 / 4) if s > rounded.step]
    for step in coarser:
        outputs = Network.of(rounded_to(trainer.experiment(), step)).forward(corners(2))
        assert ((outputs > 0.5) != (trainer.dataset.y_train > 0.5)).any()


def test_rounding_leaves_pinned_weights_and_may_find_nothing() -> None:
    experiment = trained().experiment()
    layer = replace(experiment.network.layers[0], pinned=((0, 0), (2, 1)))
    layers = (layer, *experiment.network.layers[1:])
    pinned = replace(experiment, network=replace(experiment.network, layers=layers))
    rounded = rounded_to(pinned, 10.0).network.layers[0]
    assert rounded.weights is not None
    assert layer.weights is not None
    assert rounded.weights[0, 0] == layer.weights[0, 0]
    assert rounded.weights[1, 1] != layer.weights[1, 1]
    assert round_weights(experiment, steps=(100.0,)) is None


def test_the_landscape_holds_the_path() -> None:
    path: list[Snapshot] = []
    trainer = Trainer(default_experiment(), publish_interval_s=0.0)
    trainer.run(lambda: False, path.append)
    chosen = path[::10] + path[-1:]
    found = landscape(trainer.experiment(), chosen, size=15)
    assert found.loss.shape == (15, 15)
    assert 0.8 < found.explained <= 1.0
    np.testing.assert_allclose(found.path[-1], 0.0, atol=1e-12)
    np.testing.assert_allclose(found.path_loss, [s.train_loss for s in chosen], rtol=1e-9)
    assert found.u[0] < found.path[:, 0].min()
    assert found.u[-1] > found.path[:, 0].max()
    # The grid's own losses agree with the network's at the plane's points.
    fine = landscape(trainer.experiment(), chosen[-1:], size=3)
    assert fine.loss[1, 1] == pytest.approx(chosen[-1].train_loss, rel=1e-9)
    with pytest.raises(ModelError):
        landscape(trainer.experiment(), [])


def test_tracing_a_data_set_row_uses_the_table_where_there_is_one() -> None:
    noisy = replace(default_experiment(), data=GateData("xor", copies=5, noise=0.2))
    data = build_dataset(noisy)
    assert trace(initialise(noisy), 3, data).x.tolist() == [1.0, 1.0]


def test_the_path_is_dense_where_it_begins() -> None:
    epochs = path_epochs(0, 1000)
    assert epochs[0] == 0
    assert epochs[-1] == 1000
    assert epochs[1] - epochs[0] < epochs[-1] - epochs[-2]
    assert path_epochs(5, 5) == [5]


def test_the_landscape_of_a_run_is_that_of_its_restored_epochs() -> None:
    trainer = Trainer(default_experiment())
    trainer.run()
    history = trainer.history
    found = run_landscape(history, trainer.dataset)
    assert found is not None
    assert found.epochs.tolist() == path_epochs(0, history.epochs[-1])
    np.testing.assert_allclose(found.path_loss, history.train_loss[found.epochs], rtol=1e-9)
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
    assert silent_units(network, np.array([[1.0], [2.0]])) == [(0, 1), (0, 2)]
    assert silent_units(network, np.array([[0.1], [2.0]])) == [(0, 2)]
    tanh = replace(layers[0], activation="tanh")
    assert silent_units(Network(NetworkSpec(1, (tanh, layers[1]))), np.array([[1.0]])) == []
