"""The seed lottery: a seed's outcome is its own, and single training agrees to rounding."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal

from model.data.gates import corners
from model.defaults import default_experiment
from model.experiment import (
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    PointsData,
    SplitSpec,
    StopSpec,
    TableData,
    TrainingSpec,
)
from model.initialisers import initialise
from model.network import Network
from model.training import Trainer
from model.training.ensemble.population import Population
from model.training.ensemble.trainer import Member
from tests.model.refusals import refused

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


SINGLE_PRECISION = Experiment(
    training=TrainingSpec(
        dtype="float32",
        optimiser=OptimiserSpec("adam"),
        learning_rate=0.05,
        stop=StopSpec(epochs=30, loss_below=0.2),
    )
)
HELD = replace(
    default_experiment(),
    network=NetworkSpec(
        2, (LayerSpec(4, "tanh", pinned=((0, 0), (2, 3))), LayerSpec(1, "sigmoid"))
    ),
    training=replace(default_experiment().training, clip_norm=0.05, stop=StopSpec(epochs=25)),
)


def ended(member: Member) -> tuple[object, ...]:
    """Return all that is promised of a member, to the last bit."""
    arrays = [
        a for layer in member.experiment.network.layers for a in (layer.weights, layer.biases)
    ]
    bits = tuple(b"" if array is None else array.tobytes() for array in arrays)
    return member.reason, member.epoch, member.train_loss, member.accuracy, bits


def after(experiment: Experiment, seed: int, epochs: int) -> Experiment:
    """Return a member after so many epochs, whatever its own stop rules say."""
    if epochs == 0:
        return initialise(replace(experiment, seed=seed))
    training = replace(experiment.training, stop=StopSpec(epochs=epochs))
    return Population(replace(experiment, training=training), [seed]).run()[seed].experiment


# -- One outcome on one kernel ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "experiment",
    [default_experiment(), MOONS, CLASSES, REGRESSION, PERCEPTRON, SINGLE_PRECISION, HELD],
    ids=["xor", "moons", "classes", "regression", "perceptron", "float32", "held"],
)
def test_an_outcome_depends_on_neither_cut_nor_neighbours(experiment: Experiment) -> None:
    whole = Population(experiment, range(300), threads=1).run()
    assert tuple(whole) == tuple(range(300))
    backwards = Population(experiment, range(299, -1, -1), threads=2).run()
    assert tuple(backwards) == tuple(range(299, -1, -1))
    parts = Population(experiment, range(128, 300)).run()
    for members in (backwards, parts, *(Population(experiment, [s]).run() for s in (0, 77, 299))):
        for seed, member in members.items():
            assert ended(member) == ended(whole[seed]), seed


def assert_near(member: Experiment, start: Experiment) -> None:
    """Hold a member to an epoch of single training, which sums up in another order.

    A weight is rounded a few times, and its change comes of sums of at most a hundred terms, of
    which a thousandth may be left; adam divides it by its own size.
    """
    trainer = Trainer(start)
    trainer.step_epoch()
    networks = start.network, trainer.experiment().network, member.network
    for layers in zip(*(network.layers for network in networks), strict=True):
        for old, single, together in zip(
            *(layer.weights_and_biases for layer in layers), strict=True
        ):
            change, size = np.abs(single - old).max(), np.abs(single).max()
            bound = np.finfo(start.training.dtype).eps * (1e5 * change + 10.0 * size)
            assert np.abs(together - single).max() <= bound


def test_every_seed_learns_from_its_own_split() -> None:
    # Seeds 0 and 2 keep the same one of four rows back, by chance; the others keep another.
    base = replace(default_experiment(), split=SplitSpec(test_fraction=0.25))
    base = replace(base, training=replace(base.training, stop=StopSpec(epochs=1)))
    for seed, member in Population(base, (0, 2, 1, 3)).run().items():
        assert_near(member.experiment, initialise(replace(base, seed=seed)))


# -- Single training, to rounding ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("experiment", "seed", "epochs"),
    [
        *((default_experiment(GateData("half_adder", 2)), 7, epochs) for epochs in (0, 6, 120)),
        *((default_experiment(GateData("parity", 3)), 7, epochs) for epochs in (0, 6, 120)),
        *((REGRESSION, 12, epochs) for epochs in (0, 1, 24)),
        *((HELD, 12, epochs) for epochs in (0, 1, 24)),
        # An optimiser that remembers is only known at its start: a member's memory is not kept.
        *((one, seed, 0) for one in (MOONS, CLASSES, SINGLE_PRECISION) for seed in (3, 40)),
    ],
)
def test_an_epoch_of_a_member_is_the_single_trainers(
    experiment: Experiment, seed: int, epochs: int
) -> None:
    start = after(experiment, seed, epochs)
    assert_near(after(experiment, seed, epochs + 1), start)


def test_a_perceptron_takes_the_very_same_steps() -> None:
    # One row a step: its changes are 0 or 1, which no order of sums rounds.
    members = Population(PERCEPTRON, (3, 1, 40)).run()
    for seed, member in members.items():
        trainer = Trainer(replace(PERCEPTRON, seed=seed))
        reason = trainer.run().reason
        assert (member.reason, member.epoch) == (reason, trainer.epoch)
        weights = member.experiment.network.layers[0].weights
        assert_array_equal(weights, trainer.network.weights[0])


@pytest.mark.parametrize(
    "data",
    [GateData("xor"), PlaneData("spiral"), TableData("titanic"), TableData("iris")],
    ids=["xor", "spiral", "titanic", "iris"],
)
def test_a_member_opens_alone_as_it_ended(data: GateData | PlaneData | TableData) -> None:
    base = default_experiment(data)
    training = replace(base.training, stop=StopSpec(epochs=40))
    for member in Population(replace(base, training=training), (3, 40)).run().values():
        snapshot = Trainer(member.experiment).snapshot()
        # Sums of at most a thousand losses.
        assert member.train_loss == pytest.approx(snapshot.train_loss, rel=1e-12)
        assert snapshot.train_accuracy == member.accuracy


# -- How a member ends -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [3, 1, 40, 7])
def test_the_margin_ends_a_member_when_it_is_reached(seed: int) -> None:
    xor = default_experiment()
    member = Population(xor, [seed]).run()[seed]
    assert member.reason == "margin"
    before, now = (
        np.abs(Network.of(after(xor, seed, epoch)).forward(corners(2)) - 0.5).min()
        for epoch in (member.epoch - 1, member.epoch)
    )
    # Answers are sums of five terms, rounded in another order.
    assert before < xor.training.stop.margin + 1e-14
    assert now > xor.training.stop.margin - 1e-14


def test_a_low_loss_ends_a_member_when_it_is_reached() -> None:
    population = Population(SINGLE_PRECISION, range(8))
    members = population.run()
    table = population.losses()
    assert {member.reason for member in members.values()} == {"loss_below", "epochs"}
    for seed, member in members.items():
        own = table[: member.epoch + 1, seed]
        assert own[-1] == member.train_loss
        assert (own[:-1] >= SINGLE_PRECISION.training.stop.loss_below).all()
        assert np.isnan(table[member.epoch + 1 :, seed]).all()
        if member.reason == "epochs":
            assert member.epoch == 30


def test_diverged_networks_are_told_apart() -> None:
    wild = Experiment(
        network=NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "identity"))),
        training=TrainingSpec(
            loss="squared", learning_rate=2.2, l2=0.9, stop=StopSpec(epochs=4000)
        ),
    )
    members = Population(wild, range(12)).run()
    diverged = [member for member in members.values() if member.reason == "diverged"]
    assert diverged
    for member in diverged:
        drawn = initialise(replace(wild, seed=member.seed)).network.layers[0].weights
        assert_array_equal(member.experiment.network.layers[0].weights, drawn)
        assert np.isnan(member.accuracy)
        assert not np.isfinite(member.train_loss)


def test_stopping_keeps_what_was_reached() -> None:
    endless = replace(MOONS, training=replace(MOONS.training, stop=StopSpec()))
    calls = iter([False] * 5 + [True])
    members = Population(endless, range(4)).run(lambda: next(calls))
    assert {(member.reason, member.epoch) for member in members.values()} == {("stopped", 5)}
    assert members[2].experiment.network == after(MOONS, 2, 5).network


@pytest.mark.parametrize(
    ("experiment", "seeds", "code"),
    [
        (Experiment(), (), "population.empty"),
        (Experiment(), (1, 1), "population.seeds"),
        (Experiment(), (0, -1), "seed.negative"),
        (
            Experiment(network=NetworkSpec(2, (LayerSpec(4, "tanh", dropout=0.5), LayerSpec(1)))),
            (0,),
            "population.dropout",
        ),
    ],
)
def test_what_makes_no_lottery_is_refused(
    experiment: Experiment, seeds: tuple[int, ...], code: str
) -> None:
    with refused(code):
        Population(experiment, seeds)
