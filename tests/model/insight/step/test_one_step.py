"""One step on one example: its numbers are the trainer's, and each can be made again by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal

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
    TrainingSpec,
    TruthTableData,
)
from model.initialisers import initialise
from model.insight.step.one_step import OneStep, one_step
from model.places import UnitAt
from model.training import Snapshot, Trainer
from model.training.live import continued_from_snapshot
from tests.model.refusals import refused

NEAR: Any = {"rel": 1e-12, "abs": 1e-15}


def xor(activation: Activation = "tanh", optimiser: str = "sgd", **layer: object) -> Experiment:
    """Return XOR with weights drawn, `layer` changed of its hidden layer."""
    experiment = default_experiment()
    spec = replace(experiment.training.optimiser, name=optimiser)
    drawn = initialise(
        replace(experiment, training=replace(experiment.training, optimiser=spec))
    ).network
    first = replace(drawn.layers[0], activation=activation, **layer)
    training = replace(experiment.training, optimiser=spec)
    return replace(experiment, network=drawn.with_layer(0, first), training=training)


def step_on(experiment: Experiment, row: int, *, of_batch: bool = False) -> OneStep:
    data = dataset_of(experiment)
    mask = data.mask_at([row])[0]
    return one_step(experiment, data, data.table_x[row], data.table_y[row], mask, of_batch=of_batch)


def trained(optimiser: str, dropout: float = 0.0, **settings: object) -> Experiment:
    """Return XOR trained for a few epochs and a step, so that its optimiser remembers something."""
    base = xor("tanh", optimiser)
    training = replace(base.training, **{"learning_rate": 0.1, "batch_size": 3, **settings})
    trainer = Trainer(replace(base, training=training))
    for _ in range(3):
        trainer.step_epoch()
    trainer.step_batch()
    made = trainer.experiment()
    first = replace(made.network.layers[0], dropout=dropout)
    return replace(made, network=made.network.with_layer(0, first))


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "squared"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_numbers_are_those_of_the_textbook(activation: Activation, loss: str) -> None:
    experiment = xor(activation)
    training = replace(experiment.training, loss=loss, learning_rate=0.01)
    experiment = replace(experiment, training=training)
    step, network = step_on(experiment, 1), experiment.network
    x, t = step.x[None], step.target[None]
    layers = backprop.forward(network, x)
    value, gradients = backprop.loss_and_gradients(network, x, t, loss)
    assert step.loss == pytest.approx(value, **NEAR)
    assert step.loss_after < step.loss
    for layer, spec in enumerate(network.layers):
        for number in range(spec.units):
            unit = step.unit(UnitAt(layer, number))
            z, a, blame = (
                values[0, number]
                for values in (layers[layer].z, layers[layer].a, gradients[layer].delta)
            )
            assert (unit.z, unit.a, unit.blame) == pytest.approx((z, a, blame), **NEAR)
            if unit.dl_da is not None:
                assert unit.blame == pytest.approx(unit.dl_da * unit.slope, **NEAR)
            for source, old in enumerate(spec.weights[:, number]):
                gradient = gradients[layer].weights[source, number]
                wanted = old, gradient, old - 0.01 * gradient
                assert unit.value(source) == pytest.approx(wanted, **NEAR)
                assert gradient == pytest.approx(blame * unit.x[source], **NEAR)
    output, hidden = step.unit(UnitAt(1, 0)), step.unit(UnitAt(0, 2))
    assert output.parts is None
    assert hidden.dl_da == pytest.approx((hidden.parts[0] * hidden.parts[1]).sum())
    error = float(step.outputs[0] - step.target[0])
    if loss == "squared":
        assert output.dl_da == pytest.approx(error)
    else:  # cross-entropy and sigmoid are differentiated as one
        assert output.dl_da is None
        assert output.blame == pytest.approx(error)


def test_pinned_weights_and_missing_biases_stay_as_they_are() -> None:
    unit = step_on(xor(pinned=((1, 0), (2, 0)), dropout=0.5), 1).unit(UnitAt(0, 0))
    assert unit.a == step_on(xor(), 1).unit(UnitAt(0, 0)).a, "a step on one row drops nothing"
    assert unit.pinned == {1, 2}
    assert (unit.new[1], unit.new[-1]) == (unit.weights[1], unit.bias)
    assert unit.gradients[1] != 0.0
    bare = step_on(xor(use_bias=False, biases=np.zeros(4)), 1).unit(UnitAt(0, 0))
    assert (bare.bias, len(bare.new)) == (None, len(bare.weights))


def test_each_output_is_free_or_not_by_itself() -> None:
    rows, targets = ((0.0, 1.0), (1.0, 1.0)), ((1.0, None), (None, None))
    data = TruthTableData(("a", "b"), ("p", "q"), rows, targets)
    experiment = initialise(with_chosen_data(default_experiment(), data))
    steps = [step_on(experiment, row) for row in (0, 1)]
    p, q, hidden = UnitAt(1, 0), UnitAt(1, 1), UnitAt(0, 0)
    assert [step.counts for step in steps] == [True, False]
    assert [[step.is_dont_care(at) for at in (p, q, hidden)] for step in steps] == [
        [False, True, False],
        [True, True, False],
    ]
    assert steps[0].unit(p).blame != 0.0
    assert steps[0].unit(q).blame == 0.0
    assert (steps[1].loss, steps[1].loss_after) == (0.0, 0.0)
    assert not steps[1].unit(hidden).gradients.any()


def test_a_step_unit_has_the_slope_of_a_step() -> None:
    layer = LayerSpec(1, "step", weights=np.array([[1.0], [1.0]]), biases=np.array([0.5]))
    training = TrainingSpec(optimiser=OptimiserSpec("perceptron"), loss="perceptron")
    network = NetworkSpec(2, (layer,))
    experiment = Experiment(data=GateData("and"), network=network, training=training)
    unit = step_on(experiment, 1).unit(UnitAt(0, 0))
    assert unit.slope == 0.0
    assert unit.blame == unit.a - 0.0 == 1.0  # the error itself, which no slope has a part in


@pytest.mark.parametrize("row", [0, 2])
def test_sums_beyond_all_numbers_are_shown_and_weights_beyond_them_refused(row: int) -> None:
    first = xor("identity").network.layers[0]
    numbers = np.vstack([first.weights, first.biases])
    numbers[row, 1] = 1e200
    broken = xor("identity", weights=numbers[:2], biases=numbers[2])
    output = replace(broken.network.layers[1], weights=np.full((4, 1), 1e200))
    broken = replace(broken, network=broken.network.with_layer(1, output))
    for of_batch in (False, True):
        step = step_on(broken, 3, of_batch=of_batch)
        assert not step.is_finite
        assert not np.isfinite(step.unit(UnitAt(1, 0)).z)
    assert step_on(xor(), 3).is_finite
    numbers[row, 1] = np.inf
    with refused("network.not_finite"):
        step_on(xor("identity", weights=numbers[:2], biases=numbers[2]), 3)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
def test_a_step_on_the_batch_is_the_trainers_next(optimiser: str, dropout: float) -> None:
    experiment = trained(optimiser, dropout, l2=0.01, l1=0.002, clip_norm=0.4)
    step, trainer = step_on(experiment, 0, of_batch=True), Trainer(experiment)
    assert step.batch.rows == trainer.step_batch().rows
    after = trainer.experiment().network
    for layer, spec in enumerate(after.layers):
        for number in range(spec.units):
            unit = step.unit(UnitAt(layer, number))
            assert_array_equal(unit.new, [*spec.weights[:, number], spec.biases[number]])
    outputs = backprop.forward(after, step.x[None])[-1].a[0]
    assert_allclose(step.outputs_after, outputs, rtol=1e-12)
    kept = [step.kept(UnitAt(0, number)) for number in range(4)]
    assert step.kept(UnitAt(1, 0)) is None
    if dropout:
        assert {float(factor) for factors in kept for factor in factors} <= {0.0, 2.0}
        assert step.check(UnitAt(0, 0), 0) is None
    else:
        assert kept == [None] * 4


@pytest.mark.parametrize("of_batch", [False, True])
def test_gradients_are_measured_a_second_way(of_batch: bool) -> None:
    step = step_on(trained("momentum", l2=0.01, l1=0.1), 1, of_batch=of_batch)
    for at, row in ((UnitAt(0, 1), 0), (UnitAt(0, 2), 2), (UnitAt(1, 0), 3)):
        check = step.check(at, row)
        assert check.passed
        assert check.analytic == pytest.approx(step.unit(at).value(row)[1], **NEAR)


def test_a_snapshot_of_a_run_has_what_the_next_step_starts_from() -> None:
    experiment = trained("adam")
    snapshots: list[Snapshot] = []
    trainer = Trainer(experiment, publish_interval_s=0.0)
    trainer.run(lambda: len(snapshots) > 6, snapshots.append)
    at = continued_from_snapshot(experiment, snapshots[3])
    assert step_on(at, 0, of_batch=True).batch.rows == Trainer(at).step_batch().rows
    assert len(at.progress.slots) == 3
    other = replace(experiment.training, optimiser=OptimiserSpec("adamw"))
    assert (
        continued_from_snapshot(replace(experiment, training=other), snapshots[3]).progress.slots
        == ()
    )
