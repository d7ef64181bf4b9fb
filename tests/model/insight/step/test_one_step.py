"""One step on one example: its numbers are the trainer's, and each can be made again by hand."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from model import backprop
from model.data.cache import dataset_of
from model.defaults import default_experiment
from model.edits.network import with_chosen_data
from model.experiment import (
    Activation,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    TableData,
    TrainingSpec,
    TruthTableData,
)
from model.initialisers import initialise
from model.insight.step.one_step import OneStep, one_step
from model.places import UnitAt
from model.training import Snapshot, Trainer
from model.training.live import at_snapshot


def xor(activation: Activation = "relu", optimiser: str = "sgd") -> Experiment:
    experiment = default_experiment()
    layers = (
        replace(experiment.network.layers[0], activation=activation),
        experiment.network.layers[1],
    )
    training = experiment.training
    spec = replace(training.optimiser, name=optimiser)
    return initialise(
        replace(
            experiment,
            network=replace(experiment.network, layers=layers),
            training=replace(training, optimiser=spec),
        )
    )


def step_on(experiment: Experiment, row: int) -> OneStep:
    data = dataset_of(experiment)
    assert data.table_x is not None
    assert data.table_y is not None
    return one_step(experiment, data, data.table_x[row], data.table_y[row])


@pytest.mark.parametrize("row", range(4))
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "softplus", "elu"])
def test_numbers_are_those_of_the_textbook(row: int, activation: Activation) -> None:
    experiment = xor(activation)
    step, network = step_on(experiment, row), experiment.network
    x, t = step.x[None], step.target[None]
    layers = backprop.forward(network, x)
    loss, gradients = backprop.loss_and_gradients(network, x, t, experiment.training.loss)
    assert step.loss == pytest.approx(loss, rel=1e-12)
    rate = experiment.training.learning_rate
    for layer, spec in enumerate(network.layers):
        assert spec.weights is not None
        for number in range(spec.units):
            unit = step.unit(UnitAt(layer, number))
            assert unit.z == pytest.approx(layers[layer].z[0, number], rel=1e-12, abs=1e-15)
            assert unit.a == pytest.approx(layers[layer].a[0, number], rel=1e-12, abs=1e-15)
            blame = gradients[layer].delta[0, number]
            assert unit.blame == pytest.approx(blame, rel=1e-12, abs=1e-15)
            for source in range(len(unit.weights)):
                old, gradient, new = unit.value(source)
                assert old == spec.weights[source, number]
                wanted = gradients[layer].weights[source, number]
                assert gradient == pytest.approx(wanted, rel=1e-12, abs=1e-15)
                assert new == pytest.approx(old - rate * wanted, rel=1e-12, abs=1e-15)


def test_what_comes_back_is_the_sum_of_its_parts_and_the_chain_its_product() -> None:
    step = step_on(xor("tanh"), 1)
    hidden = step.unit(UnitAt(0, 2))
    assert hidden.parts is not None
    assert hidden.dl_da == pytest.approx(float((hidden.parts[0] * hidden.parts[1]).sum()))
    assert hidden.blame == pytest.approx(hidden.dl_da * hidden.slope)
    assert hidden.gradients == pytest.approx(hidden.blame * hidden.x)
    output = step.unit(UnitAt(1, 0))
    assert output.dl_da is None  # cross-entropy of a sigmoid is differentiated as one
    assert output.blame == pytest.approx(float(step.outputs[0] - step.target[0]))


def test_a_squared_loss_has_its_own_slope() -> None:
    experiment = xor()
    experiment = replace(experiment, training=replace(experiment.training, loss="squared"))
    step = step_on(experiment, 1)
    unit = step.unit(UnitAt(1, 0))
    assert unit.dl_da == pytest.approx(float(step.outputs[0] - step.target[0]))
    assert unit.parts is None
    assert unit.blame == pytest.approx(unit.dl_da * unit.slope)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_the_new_weights_are_those_of_a_step_on_a_batch_of_one(optimiser: str) -> None:
    experiment = xor("tanh", optimiser)
    training = replace(experiment.training, batch_size=1)
    trainer = Trainer(replace(experiment, training=training))
    trainer.step_batch()  # a first one, so that the optimiser has something to remember
    before = trainer.experiment()
    snapshot = trainer.step_batch()
    (row,) = snapshot.rows
    data = dataset_of(before)
    step = one_step(before, data, data.x_train[row], data.y_train[row])
    after = trainer.experiment().network
    for layer, spec in enumerate(after.layers):
        assert spec.weights is not None
        assert spec.biases is not None
        for number in range(spec.units):
            unit = step.unit(UnitAt(layer, number))
            assert unit.new_weights == pytest.approx(spec.weights[:, number], rel=1e-12, abs=1e-15)
            assert unit.new_bias == pytest.approx(spec.biases[number], rel=1e-12, abs=1e-15)
    outputs = backprop.forward(after, step.x[None])[-1].a[0]
    assert step.outputs_after == pytest.approx(outputs, rel=1e-12)


def test_a_small_step_lowers_the_loss() -> None:
    experiment = xor("tanh")
    training = replace(experiment.training, learning_rate=0.01)
    step = step_on(replace(experiment, training=training), 1)
    assert step.loss_after < step.loss


def test_the_numeric_gradient_agrees() -> None:
    experiment = xor("tanh")
    penalised = replace(experiment, training=replace(experiment.training, l2=0.1, l1=0.1))
    step = step_on(penalised, 1)
    at = UnitAt(0, 1)
    for row in range(3):
        check = step.check(at, row)
        assert check.passed
        assert check.analytic == pytest.approx(step.unit(at).value(row)[1], rel=1e-12, abs=1e-15)


def test_a_pinned_weight_keeps_its_value() -> None:
    experiment = xor("tanh")
    layers = experiment.network.layers
    pinned = replace(layers[0], pinned=((1, 0), (2, 0)))
    network = replace(experiment.network, layers=(pinned, layers[1]))
    unit = step_on(replace(experiment, network=network), 1).unit(UnitAt(0, 0))
    assert unit.pinned == {1, 2}
    assert unit.new_weights[1] == unit.weights[1]
    assert unit.new_bias == unit.bias
    assert unit.gradients[1] != 0.0


def test_a_layer_without_bias_has_none() -> None:
    experiment = xor()
    layers = experiment.network.layers
    bare = replace(layers[0], use_bias=False, biases=np.zeros(4))
    network = replace(experiment.network, layers=(bare, layers[1]))
    unit = step_on(replace(experiment, network=network), 1).unit(UnitAt(0, 0))
    assert unit.bias is None
    assert unit.new_bias is None


def test_a_row_that_may_be_answered_anyhow_teaches_nothing() -> None:
    experiment = xor("tanh")
    data = dataset_of(experiment)
    assert data.table_x is not None
    assert data.table_y is not None
    step = one_step(experiment, data, data.table_x[1], data.table_y[1], np.zeros(1))
    assert not step.counts
    assert step.loss == 0.0
    assert step.unit(UnitAt(0, 0)).gradients == pytest.approx(np.zeros(2))


def test_each_output_is_free_or_not_by_itself() -> None:
    rows, targets = ((0.0, 1.0), (1.0, 1.0)), ((1.0, None), (None, None))
    data = TruthTableData(("a", "b"), ("p", "q"), rows, targets)
    experiment = initialise(with_chosen_data(default_experiment(), data))
    built = dataset_of(experiment)
    assert built.table_x is not None
    assert built.table_y is not None
    steps = [
        one_step(experiment, built, built.table_x[row], built.table_y[row], built.mask_at([row])[0])
        for row in (0, 1)
    ]
    p, q, hidden = UnitAt(1, 0), UnitAt(1, 1), UnitAt(0, 0)
    assert [step.counts for step in steps] == [True, False]
    assert [[step.is_free(at) for at in (p, q, hidden)] for step in steps] == [
        [False, True, False],
        [True, True, False],
    ]
    assert steps[0].unit(p).blame != 0.0
    assert steps[0].unit(q).blame == 0.0
    assert (steps[1].loss, steps[1].loss_after) == (0.0, 0.0)


def test_a_step_unit_has_the_slope_of_a_step() -> None:
    layer = LayerSpec(1, "step", weights=np.array([[1.0], [1.0]]), biases=np.array([0.5]))
    training = TrainingSpec(optimiser=OptimiserSpec("perceptron"), loss="perceptron")
    experiment = Experiment(
        data=GateData("and"), network=NetworkSpec(2, (layer,)), training=training
    )
    unit = step_on(experiment, 1).unit(UnitAt(0, 0))
    assert unit.slope == 0.0
    assert unit.blame == unit.a - 0.0 == 1.0  # the error itself, which no slope has a part in


def test_drop_out_is_left_out() -> None:
    experiment = xor("tanh")
    layers = experiment.network.layers
    dropping = replace(layers[0], dropout=0.5)
    network = replace(experiment.network, layers=(dropping, layers[1]))
    with_it = step_on(replace(experiment, network=network), 1)
    assert with_it.unit(UnitAt(0, 0)).a == step_on(experiment, 1).unit(UnitAt(0, 0)).a


def test_weights_beyond_all_numbers_are_shown_and_said() -> None:
    experiment = xor("identity")
    layers = experiment.network.layers
    assert layers[0].weights is not None
    assert layers[1].weights is not None
    huge = [replace(layer, weights=np.full_like(layer.weights, 1e200)) for layer in layers]
    step = step_on(replace(experiment, network=replace(experiment.network, layers=tuple(huge))), 3)
    assert not step.is_finite
    assert step.unit(UnitAt(1, 0)).z == np.inf
    assert step_on(experiment, 3).is_finite


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("row", [0, 2])
def test_no_gradient_is_measured_where_a_weight_is_no_number(value: float, row: int) -> None:
    experiment = xor("tanh")
    first, output = experiment.network.layers
    assert first.weights is not None
    assert first.biases is not None
    numbers = np.vstack([first.weights, first.biases])
    numbers[row, 1] = value
    first = replace(first, weights=numbers[:2], biases=numbers[2])
    broken = replace(experiment, network=replace(experiment.network, layers=(first, output)))
    for of_batch in (False, True):
        data = dataset_of(broken)
        step = one_step(broken, data, data.x_train[1], data.y_train[1], of_batch=of_batch)
        assert step.check(UnitAt(1, 0), 0) is None
        assert step.check(UnitAt(0, 0), 1) is None


def test_missing_weights_are_drawn() -> None:
    experiment = default_experiment()
    assert experiment.network.layers[0].weights is None
    drawn, given = step_on(experiment, 1), step_on(initialise(experiment), 1)
    assert drawn.loss == given.loss


def test_a_table_of_classes_has_a_softmax() -> None:
    experiment = initialise(with_chosen_data(default_experiment(), TableData("iris", "standard")))
    data = dataset_of(experiment)
    step = one_step(experiment, data, data.x_train[5], data.y_train[5])
    assert float(step.outputs.sum()) == pytest.approx(1.0)
    for number in range(3):
        unit = step.unit(UnitAt(1, number))
        assert unit.blame == pytest.approx(float(step.outputs[number] - step.target[number]))


def test_gates_of_more_outputs_are_followed_too() -> None:
    experiment = initialise(with_chosen_data(default_experiment(), GateData("half_adder", 2)))
    step = step_on(experiment, 3)
    assert len(step.outputs) == 2
    assert step.unit(UnitAt(1, 1)).parts is None


def trained(optimiser: str, *, epochs: int = 3, **settings: object) -> Experiment:
    """Return XOR trained for a few epochs and a step, so that its optimiser remembers something."""
    base = xor("tanh", optimiser)
    training = replace(base.training, **{"learning_rate": 0.1, "batch_size": 3, **settings})
    trainer = Trainer(replace(base, training=training))
    for _ in range(epochs):
        trainer.step_epoch()
    trainer.step_batch()
    return trainer.experiment()


def batch_on(experiment: Experiment, row: int = 0) -> OneStep:
    data = dataset_of(experiment)
    assert data.table_x is not None
    assert data.table_y is not None
    return one_step(experiment, data, data.table_x[row], data.table_y[row], of_batch=True)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"])
def test_a_step_on_the_batch_is_the_trainers_next(optimiser: str, dropout: float) -> None:
    experiment = trained(optimiser, l2=0.01, l1=0.002, clip_norm=0.4)
    layers = experiment.network.layers
    dropped = (replace(layers[0], dropout=dropout), layers[1])
    experiment = replace(experiment, network=replace(experiment.network, layers=dropped))
    step = batch_on(experiment)
    trainer = Trainer(experiment)
    rows = trainer.step_batch().rows
    assert step.batch is not None
    assert step.batch.rows == rows
    after = trainer.experiment().network
    for layer, spec in enumerate(after.layers):
        assert spec.weights is not None
        assert spec.biases is not None
        for number in range(spec.units):
            unit = step.unit(UnitAt(layer, number))
            np.testing.assert_array_equal(unit.new_weights, spec.weights[:, number])
            assert unit.new_bias == spec.biases[number]
    outputs = backprop.forward(after, step.x[None])[-1].a[0]
    np.testing.assert_allclose(step.outputs_after, outputs, rtol=1e-12)


def test_the_terms_of_the_batch_make_the_new_weight() -> None:
    step = batch_on(trained("adam", l2=0.01))
    for layer, units, inputs in ((0, 4, 2), (1, 1, 4)):
        for number in range(units):
            at = UnitAt(layer, number)
            unit = step.unit(at)
            for row in range(inputs + 1):
                terms = step.terms(at, row)
                old, gradient, new = unit.value(row)
                assert terms["weight"] == old
                assert terms["gradient"] == gradient
                assert terms["mean"] == pytest.approx(
                    0.9 * terms["mean_before"] + 0.1 * terms["taken"], rel=1e-12
                )
                assert old - terms["change"] == pytest.approx(new, rel=1e-12, abs=1e-15)


def test_the_gradient_of_the_batch_is_measured_a_second_way() -> None:
    step = batch_on(trained("momentum", l2=0.01))
    for at, row in ((UnitAt(0, 1), 0), (UnitAt(0, 2), 2), (UnitAt(1, 0), 3)):
        check = step.check(at, row)
        assert check is not None
        assert check.passed
        assert check.analytic == pytest.approx(step.unit(at).value(row)[1], rel=1e-12)


def test_drop_out_says_what_it_multiplies_and_has_no_second_measure() -> None:
    experiment = trained("sgd", batch_size=2)
    layers = experiment.network.layers
    dropped = (replace(layers[0], dropout=0.5), layers[1])
    experiment = replace(experiment, network=replace(experiment.network, layers=dropped))
    step = batch_on(experiment)
    assert step.batch is not None
    kept = [step.kept(UnitAt(0, number)) for number in range(4)]
    assert all(factors is not None and len(factors) == len(step.batch.rows) for factors in kept)
    assert {float(f) for factors in kept if factors is not None for f in factors} == {0.0, 2.0}
    assert step.kept(UnitAt(1, 0)) is None
    assert step.check(UnitAt(0, 0), 0) is None


def test_a_batch_of_one_is_the_row_alone() -> None:
    experiment = trained("adam", batch_size=1)
    (row,) = Trainer(experiment).step_batch().rows
    data = dataset_of(experiment)
    example = data.x_train[row], data.y_train[row]
    batch, alone = (one_step(experiment, data, *example, of_batch=on) for on in (True, False))
    for at in (UnitAt(0, 0), UnitAt(0, 3), UnitAt(1, 0)):
        for place in range(3):
            assert batch.unit(at).value(place) == pytest.approx(
                alone.unit(at).value(place), rel=1e-12
            )


def test_a_snapshot_of_a_run_has_what_the_next_step_starts_from() -> None:
    experiment = trained("adam")
    snapshots: list[Snapshot] = []
    trainer = Trainer(experiment, publish_interval_s=0.0)
    trainer.run(lambda: len(snapshots) > 6, snapshots.append)
    snapshot = snapshots[3]
    at = at_snapshot(experiment, snapshot)
    assert snapshot.batch or snapshot.epoch
    step = batch_on(at)
    again = Trainer(at)
    rows = again.step_batch().rows
    assert step.batch is not None
    assert step.batch.rows == rows
    assert at.progress is not None
    assert len(at.progress.slots) == 3
    other = replace(experiment.training, optimiser=OptimiserSpec("adamw"))
    changed = at_snapshot(replace(experiment, training=other), snapshot).progress
    assert changed is not None
    assert changed.slots == ()
