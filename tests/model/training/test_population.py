"""The seed lottery: every network ends as it would have ended alone."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from model.data import truth_table
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import (
    DataSpec,
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    PointsData,
    StopSpec,
    TableData,
    TrainingSpec,
)
from model.training import Trainer
from model.training.population import Population

replace = msgspec.structs.replace

MOONS = Experiment(
    data=PlaneData("moons", 40),
    network=NetworkSpec(2, (LayerSpec(5, "relu"), LayerSpec(3, "tanh"), LayerSpec(1, "sigmoid"))),
    training=TrainingSpec(
        optimiser=OptimiserSpec("adam"),
        learning_rate=0.02,
        batch_size=12,
        l2=1e-3,
        stop=StopSpec(epochs=40),
    ),
)
CLASSES = Experiment(
    data=PointsData(((0.5, 1.0, 0), (-1.0, 0.2, 1), (0.3, -0.4, 2), (0.9, -0.8, 1)), 3),
    network=NetworkSpec(2, (LayerSpec(4, "elu", use_bias=False), LayerSpec(3, "softmax"))),
    training=TrainingSpec(
        loss="categorical_cross_entropy",
        optimiser=OptimiserSpec("rmsprop"),
        learning_rate=0.01,
        stop=StopSpec(epochs=60, loss_below=0.3),
    ),
)
REGRESSION = Experiment(
    data=PlaneData("regression_gaussian", 30),
    network=NetworkSpec(2, (LayerSpec(4, "softplus"), LayerSpec(1, "identity"))),
    training=TrainingSpec(loss="huber", learning_rate=0.2, l1=1e-3, stop=StopSpec(epochs=30)),
)
PERCEPTRON = Experiment(
    data=GateData("and"),
    network=NetworkSpec(2, (LayerSpec(1, "step"),)),
    training=TrainingSpec(
        loss="perceptron",
        optimiser=OptimiserSpec("perceptron"),
        learning_rate=1.0,
        batch_size=1,
        stop=StopSpec(epochs=50, margin=0.5),
    ),
)


def alone(experiment: Experiment, seed: int) -> tuple[Trainer, str]:
    trainer = Trainer(replace(experiment, seed=seed))
    return trainer, trainer.run(lambda: False, lambda snapshot: None).reason


def assert_as_alone(experiment: Experiment, *, exact: bool) -> None:
    """Compare members with single runs: to the last bit, or to rounding."""
    seeds = (3, 1, 40, 7, 12, 5)
    members = Population(experiment, seeds).run()
    assert tuple(members) == seeds
    for seed in seeds:
        trainer, reason = alone(experiment, seed)
        member = members[seed]
        assert (member.reason, member.epoch) == (reason, trainer.epoch)
        assert member.accuracy == pytest.approx(trainer.snapshot().train_accuracy, rel=1e-9)
        for layer, *expected in zip(
            member.experiment.network.layers,
            trainer.network.weights,
            trainer.network.biases,
            strict=True,
        ):
            for found, wanted in zip((layer.weights, layer.biases), expected, strict=True):
                assert found is not None
                if exact:
                    np.testing.assert_array_equal(found, wanted)
                else:
                    np.testing.assert_allclose(found, wanted, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize(
    ("gate", "inputs"),
    [("xor", 2), ("and", 2), ("nor", 2), ("half_adder", 2), ("parity", 3), ("full_adder", 3)],
)
def test_a_gate_ends_as_it_would_alone_bit_for_bit(gate: str, inputs: int) -> None:
    assert_as_alone(default_experiment(GateData(gate, inputs)), exact=True)


@pytest.mark.parametrize(
    "experiment",
    [MOONS, CLASSES, REGRESSION, PERCEPTRON],
    ids=["moons", "classes", "regression", "perceptron"],
)
def test_a_small_network_ends_as_it_would_alone_bit_for_bit(experiment: Experiment) -> None:
    assert_as_alone(experiment, exact=True)


@pytest.mark.parametrize(
    "data",
    [
        PlaneData("spiral"),
        PlaneData("regression_plane"),
        PlaneData("regression_gaussian"),
        TableData("titanic"),
    ],
    ids=["spiral", "regression_plane", "regression_gaussian", "titanic"],
)
def test_any_network_ends_as_it_would_alone_to_rounding(data: DataSpec) -> None:
    # Stacked products of these shapes add in another order: up to 2e-14 after 40 epochs.
    base = default_experiment(data)
    stop = replace(base.training.stop, epochs=40)
    assert_as_alone(replace(base, training=replace(base.training, stop=stop)), exact=False)


def test_results_do_not_depend_on_the_threads() -> None:
    seeds = range(300)
    one = Population(default_experiment(), seeds, threads=1).run()
    two = Population(default_experiment(), seeds, threads=2).run()
    for seed in seeds:
        assert one[seed].epoch == two[seed].epoch
        assert one[seed].experiment.network == two[seed].experiment.network


def test_the_curves_are_those_of_single_runs() -> None:
    population = Population(default_experiment(), range(8))
    population.run()
    table = population.losses()
    assert table.shape[1] == 8
    trainer, _ = alone(default_experiment(), 5)
    own = trainer.history.train_loss
    np.testing.assert_allclose(table[: len(own), 5], own, rtol=1e-12)
    assert np.isnan(table[len(own) :, 5]).all()


def test_diverged_networks_are_told_apart() -> None:
    wild = Experiment(
        network=NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "identity"))),
        training=TrainingSpec(
            loss="squared", learning_rate=2.2, l2=0.9, stop=StopSpec(epochs=4000)
        ),
    )
    members = Population(wild, range(12)).run()
    reasons = {seed: member.reason for seed, member in members.items()}
    assert "diverged" in reasons.values()
    for seed, reason in reasons.items():
        assert alone(wild, seed)[1] == reason
        if reason == "diverged":
            assert members[seed].experiment.network.layers[0].weights is not None
            assert np.isnan(members[seed].accuracy)


def test_stopping_keeps_what_was_reached() -> None:
    endless = replace(MOONS, training=replace(MOONS.training, stop=StopSpec()))
    calls = iter([False] * 5 + [True] * 5)
    members = Population(endless, range(4)).run(lambda: next(calls))
    assert {member.reason for member in members.values()} == {"stopped"}
    trainer = Trainer(replace(endless, seed=2))
    for _ in range(members[2].epoch):
        trainer.step_epoch()
    weights = members[2].experiment.network.layers[0].weights
    np.testing.assert_array_equal(weights, trainer.network.weights[0])


def test_pinned_weights_stay_and_clipping_is_by_network() -> None:
    layer = LayerSpec(4, "tanh", pinned=((0, 0), (2, 3)))
    base = default_experiment()
    pinned = replace(
        base,
        network=NetworkSpec(2, (layer, LayerSpec(1, "sigmoid"))),
        training=replace(base.training, clip_norm=0.05, stop=StopSpec(epochs=25)),
    )
    members = Population(pinned, range(5)).run()
    for seed, member in members.items():
        trainer, _ = alone(pinned, seed)
        for layer_spec, weights in zip(
            member.experiment.network.layers, trainer.network.weights, strict=True
        ):
            assert layer_spec.weights is not None
            np.testing.assert_allclose(layer_spec.weights, weights, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("seeds", "code"),
    [((), "population.empty"), ((1, 1), "population.seeds"), ((0, -1), "seed.negative")],
)
def test_seeds_that_make_no_lottery(seeds: tuple[int, ...], code: str) -> None:
    with pytest.raises(ModelError) as caught:
        Population(default_experiment(), seeds)
    assert caught.value.code == code


def test_dropped_units_are_refused() -> None:
    layers = (LayerSpec(4, "tanh", dropout=0.5), LayerSpec(1, "sigmoid"))
    with pytest.raises(ModelError) as caught:
        Population(replace(Experiment(), network=NetworkSpec(2, layers)), range(3))
    assert caught.value.code == "population.dropout"


@pytest.mark.parametrize(
    ("hidden", "activation", "bias", "least", "most"),
    [
        # How often XOR is solved from 1,000 starts, as measured before this code was written:
        # tanh Xavier 98 %, ReLU He 53 %, with hidden biases at 0.1 78 %, two tanh 53 %.
        (4, "tanh", 0.0, 0.95, 1.0),
        (4, "relu", 0.0, 0.45, 0.62),
        (4, "relu", 0.1, 0.68, 0.86),
        (2, "tanh", 0.0, 0.45, 0.62),
    ],
)
def test_success_rates_of_random_starts(
    hidden: int, activation: str, bias: float, least: float, most: float
) -> None:
    initialiser = InitialiserSpec("he" if activation == "relu" else "xavier", bias=bias)
    layer = msgspec.convert({"units": hidden, "activation": activation}, LayerSpec)
    experiment = Experiment(
        network=NetworkSpec(2, (layer, LayerSpec(1, "sigmoid"))),
        training=TrainingSpec(
            optimiser=OptimiserSpec("adam"),
            learning_rate=0.05,
            initialiser=initialiser,
            stop=StopSpec(epochs=1000),
        ),
    )
    members = Population(experiment, range(400)).run()
    x, y = truth_table("xor")
    assert len(x) == len(y) == 4
    rate = np.mean([member.accuracy == 1.0 for member in members.values()])
    assert least <= rate <= most
