"""The trainer: what it publishes, when it stops, and what a person may change on the way."""

from __future__ import annotations

import dataclasses
import threading
from itertools import count
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_allclose

from model.defaults import default_experiment
from model.experiment import (
    CsvData,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    SplitSpec,
    StopSpec,
    TrainingSpec,
)
from model.files import decode, encode
from model.training import (
    SetSpeed,
    SetWeight,
    Snapshot,
    Trainer,
)
from tests.model.refusals import refused
from tests.model.training.changes import changed_settings


def stopping(experiment: Experiment, **rules: float) -> Experiment:
    """Return the experiment with other stop rules."""
    stop = msgspec.convert(rules, StopSpec)
    return replace(experiment, training=replace(experiment.training, stop=stop))


def plane(**training: Any) -> Experiment:
    """Return 60 points, a third of them for testing, in batches of 16."""
    spec = TrainingSpec(
        batch_size=16, optimiser=OptimiserSpec("adam"), learning_rate=0.03, **training
    )
    return Experiment(data=PlaneData("circle", 60), split=SplitSpec(0.3), training=spec, seed=4)


def after(trainer: Trainer, epochs: int) -> Trainer:
    """Train some epochs by single steps."""
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer


def same_weights(a: Trainer, b: Trainer) -> bool:
    return all(map(np.array_equal, a.network.weights, b.network.weights)) and all(
        map(np.array_equal, a.network.biases, b.network.biases)
    )


def test_the_loss_of_an_epoch_is_that_of_its_weights() -> None:
    seen: list[Snapshot] = []
    trainer = Trainer(stopping(plane(), epochs=7), publish_interval_s=0.0)
    trainer.run(publish=seen.append)
    assert [s.epoch for s in seen if s.batch == 0] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert trainer.history.epochs == range(8)
    data = trainer.dataset
    for snapshot in (s for s in seen if s.batch == 0):
        x, t = data.x_train, data.y_train
        a = np.tanh(x @ snapshot.weights[0] + snapshot.biases[0])
        p = 1 / (1 + np.exp(-(a @ snapshot.weights[1] + snapshot.biases[1])))
        loss = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
        assert snapshot.train_loss == pytest.approx(loss, rel=1e-12)
        assert trainer.history.train_loss[snapshot.epoch] == snapshot.train_loss
        assert snapshot.train_accuracy == np.mean((p > 0.5) == (t > 0.5))
    test_loss = trainer.history.test_loss
    assert test_loss[-1] == seen[-1].test_loss


def test_publishing_is_limited_by_time_and_nothing_is_lost() -> None:
    seen: list[Snapshot] = []
    trainer = Trainer(stopping(default_experiment(), epochs=2000), publish_interval_s=3600.0)
    result = trainer.run(publish=seen.append)
    assert [s.epoch for s in seen] == [0, 2000]
    assert result.reason == "epochs"
    assert len(trainer.history) == 2001
    assert np.isfinite(trainer.history.train_loss).all()


def test_a_snapshot_is_not_written_to_again() -> None:
    trainer = Trainer(default_experiment())
    snapshot = trainer.step_epoch()
    copies = [w.copy() for w in snapshot.weights]
    after(trainer, 5)
    assert all(map(np.array_equal, copies, snapshot.weights))
    assert not np.array_equal(copies[0], trainer.network.weights[0])


def network(*layers: LayerSpec) -> NetworkSpec:
    return NetworkSpec(2, layers)


DROPPING = network(
    LayerSpec(8, "relu", dropout=0.4), LayerSpec(8, "tanh", dropout=0.2), LayerSpec(1, "sigmoid")
)


@pytest.mark.parametrize(
    "spec",
    [
        replace(plane(), training=replace(plane().training, batch_size=0)),
        replace(plane(), training=replace(plane().training, batch_size=1)),
        plane(),
        plane(shuffle=False),
        replace(plane(), network=DROPPING),
    ],
    ids=["whole", "one by one", "batches", "in order", "drop-out"],
)
def test_a_run_stopped_anywhere_goes_on_exactly_from_its_file(spec: Experiment) -> None:
    whole = after(Trainer(spec), 6)
    halves = after(Trainer(spec), 1)
    calls = count()
    assert halves.run(lambda: next(calls) == 3).reason == "stopped"
    halves = Trainer(decode(encode(halves.experiment())))
    while halves.epoch < 6:
        halves.step_batch()
    assert halves.step == whole.step
    assert same_weights(whole, halves)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"epochs": 5}, "epochs"),
        ({"epochs": 9999, "loss_below": 0.3}, "loss_below"),
        ({"epochs": 9999, "margin": 0.3}, "margin"),
        ({"seconds": 1e-9}, "seconds"),
    ],
)
def test_each_rule_stops_the_run(rules: dict[str, float], reason: str) -> None:
    trainer = Trainer(stopping(default_experiment(), **rules))
    result = trainer.run()
    assert result.reason == reason
    losses = trainer.history.train_loss
    if reason == "loss_below":
        assert losses[-1] < 0.3 <= losses[:-1].min()
    if reason == "margin":
        errors = np.abs(trainer.network.forward(trainer.dataset.x_train) - trainer.dataset.y_train)
        assert errors.max() <= 0.2


@pytest.mark.parametrize("rules", [{"loss_below": 0.3}, {"margin": 0.3}, {}])
def test_a_run_goes_on_from_where_a_rule_has_ended_it(rules: dict[str, float]) -> None:
    spec = stopping(default_experiment(), epochs=300, **rules)
    trainer = Trainer(spec)
    ended = trainer.run(onward=True)
    assert ended.reason == next(iter(rules), "epochs")
    assert trainer.run().snapshot.epoch == ended.snapshot.epoch
    for again in (1, 2):
        # The rule that has fired is set aside, that of epochs holds, and is then set further.
        result = trainer.run(onward=True)
        assert result.reason == "epochs"
        assert result.snapshot.epoch == 300 * (again if rules else again + 1)
    assert len(trainer.history.train_loss) == trainer.epoch + 1


def test_a_rule_that_was_set_aside_counts_again_when_it_is_changed() -> None:
    trainer = Trainer(stopping(default_experiment(), loss_below=0.3))
    trainer.run()
    calls = count()

    def change() -> bool:
        call = next(calls)
        if call == 5:
            trainer.post(changed_settings(trainer, learning_rate=0.4))  # not a change of the rule
        if call == 20:
            trainer.post(changed_settings(trainer, stop=StopSpec(loss_below=0.1)))
        return False

    result = trainer.run(change, onward=True)
    assert result.reason == "loss_below"
    losses = trainer.history.train_loss
    assert losses[-1] < 0.1 <= losses[-2]


def test_patience_waits_for_the_test_loss() -> None:
    layers = (LayerSpec(30, "relu"), LayerSpec(1, "sigmoid"))
    noisy = replace(
        plane(), data=PlaneData("circle", 60, noise=0.5), network=NetworkSpec(2, layers)
    )
    trainer = Trainer(stopping(noisy, epochs=5000, patience=10))
    assert trainer.run().reason == "patience"
    losses = trainer.history.test_loss
    assert int(losses.argmin()) == len(losses) - 1 - 10


def test_weights_that_single_precision_cannot_hold_are_refused() -> None:
    spec = default_experiment()
    layers = spec.network.layers
    weights = np.zeros((2, layers[0].units))
    weights[1, 0] = -1e39
    network = replace(spec.network, layers=(replace(layers[0], weights=weights), *layers[1:]))
    large = replace(spec, network=network)
    Trainer(large)
    with refused("network.not_finite") as caught:
        Trainer(replace(large, training=replace(spec.training, dtype="float32")))
    assert caught.value.values == {"layer": 1, "what": "weights"}


@pytest.mark.parametrize(
    ("batch", "rate", "stop_at"), [(0, 50.0, -1), (16, 1e200, 2)], ids=["whole", "within an epoch"]
)
def test_divergence_ends_at_the_last_finite_weights(batch: int, rate: float, stop_at: int) -> None:
    training = TrainingSpec(
        loss="squared", learning_rate=rate, batch_size=batch, stop=StopSpec(epochs=1000)
    )
    layers = network(LayerSpec(4, "relu"), LayerSpec(1, "identity"))
    trainer = Trainer(replace(plane(), network=layers, training=training))
    calls = count()
    result = trainer.run(lambda: next(calls) == stop_at)
    assert result.reason == "diverged"
    assert np.isfinite(result.snapshot.train_loss)
    assert all(np.isfinite(w).all() for w in result.snapshot.weights)
    assert trainer.epoch == result.snapshot.epoch == trainer.history.epochs[-1]
    with np.errstate(all="ignore"):
        trainer.step_epoch()
    assert trainer.history.diverged


def test_a_message_that_cannot_be_applied_changes_nothing() -> None:
    trainer = Trainer(stopping(default_experiment(), epochs=20))
    layers = trainer.learner.settings.network.layers
    step = NetworkSpec(2, (replace(layers[0], activation="step"), *layers[1:]))
    pinned = NetworkSpec(2, (replace(layers[0], pinned=((9, 9),)), *layers[1:]))
    for code, message in (
        ("experiment.range", changed_settings(trainer, learning_rate=float("nan"))),
        ("network.no_such_weight", SetWeight(9, 0, 0, 1.0)),
        ("network.not_finite", SetWeight(0, 0, 0, float("inf"))),
        ("network.inputs", changed_settings(trainer, data=GateData("full_adder"))),
        ("training.loss_domain", changed_settings(trainer, loss="categorical_cross_entropy")),
        ("training.step_gradient", changed_settings(trainer, network=step)),
        ("network.no_such_weight", changed_settings(trainer, network=pinned)),
        ("training.dtype_live", changed_settings(trainer, dtype="float32")),
    ):
        with refused(code):
            trainer.learner.apply(message)
    trainer.post(SetWeight(9, 0, 0, 1.0))
    trainer.run()
    assert [fault.code for _, fault in trainer.rejected] == ["network.no_such_weight"]
    other = Trainer(stopping(default_experiment(), epochs=20))
    other.run()
    assert same_weights(trainer, other)


def test_settings_and_data_change_on_the_way() -> None:
    trainer = after(Trainer(plane()), 3)
    moons = PlaneData("moons", 80)
    trainer.post(changed_settings(trainer, data=moons, batch_size=8, loss="squared"))
    snapshot = trainer.step_epoch()
    assert len(trainer.dataset.x_train) == 56
    assert snapshot.step == 3 * 3 + 7
    assert trainer.experiment().data == PlaneData("moons", 80)


def test_of_data_changed_twice_between_two_steps_only_the_last_are_read() -> None:
    trainer = Trainer(default_experiment())
    trainer.post(changed_settings(trainer, data=CsvData("gone.csv")))
    trainer.post(changed_settings(trainer, data=GateData("and")))
    trainer.step_batch()
    assert not trainer.rejected
    assert trainer.experiment().data == GateData("and")


def test_a_step_of_an_epoch_ends_between_two_batches() -> None:
    trainer = Trainer(plane())
    asked = count(1)
    snapshot = trainer.step_epoch(lambda: next(asked) == 2)
    assert (snapshot.epoch, snapshot.batch) == (0, 2)
    assert trainer.step_epoch().epoch == 1


def test_messages_arrive_from_another_thread_while_it_runs() -> None:
    stop = threading.Event()
    trainer = Trainer(stopping(default_experiment(), epochs=0))
    seen = threading.Event()

    def publish(snapshot: Snapshot) -> None:
        if snapshot.biases[0][1] == 2.25:
            seen.set()

    worker = threading.Thread(target=trainer.run, args=(stop.is_set, publish))
    worker.start()
    first, *others = trainer.learner.settings.network.layers
    pinned = NetworkSpec(2, (replace(first, pinned=((2, 1),)), *others))
    trainer.post(changed_settings(trainer, network=pinned))
    trainer.post(SetWeight(0, 2, 1, 2.25))
    arrived = seen.wait(20)
    lengths = [len(trainer.history.train_loss) for _ in range(50)]
    stop.set()
    worker.join(20)
    assert arrived
    assert not worker.is_alive()
    assert lengths == sorted(lengths)


def test_the_speed_limit_holds_and_a_stop_breaks_it() -> None:
    trainer = Trainer(stopping(default_experiment(), seconds=0.25))
    trainer.post(SetSpeed(100.0))
    trainer.run()
    assert 5 <= trainer.epoch <= 40
    slow = Trainer(stopping(default_experiment(), epochs=0))
    slow.post(SetSpeed(0.001))
    calls = iter([False, False, True, True, True])
    assert slow.run(lambda: next(calls)).reason == "stopped"


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_a_single_step_says_which_rows_it_took(batch_size: int) -> None:
    experiment = default_experiment()
    experiment = replace(
        experiment, training=replace(experiment.training, batch_size=batch_size), seed=3
    )
    trainer = Trainer(experiment)
    whole, taken = trainer.dataset, []
    while trainer.epoch == 0:
        before = replace(trainer.experiment(), progress=None)
        snapshot = trainer.step_batch()
        rows = list(snapshot.rows)
        alone = dataclasses.replace(whole, x_train=whole.x_train[rows], y_train=whole.y_train[rows])
        same = Trainer(replace(before, training=replace(before.training, batch_size=0)), alone)
        assert_allclose(same.step_batch().weights[0], snapshot.weights[0], rtol=1e-12)
        taken += rows
    assert sorted(taken) == [0, 1, 2, 3]
    assert trainer.step_epoch().rows == ()


def test_losses_between_two_batches_are_those_of_the_weights_on_show() -> None:
    experiment = default_experiment(PlaneData("moons", points=60))
    training = replace(experiment.training, batch_size=10, learning_rate=3.0)
    trainer = Trainer(replace(experiment, training=training, split=SplitSpec(0.3)))
    assert_measured(trainer, trainer.step_batch())
    stops = iter([*5 * [False], True])  # after the first batch of the next epoch
    assert_measured(trainer, trainer.run(lambda: next(stops)).snapshot)


def assert_measured(trainer: Trainer, snapshot: Snapshot) -> None:
    """Hold a snapshot within an epoch, and one made anew, to the losses of its weights."""
    assert snapshot.batch == 1
    still = Trainer(replace(trainer.experiment(), progress=None)).snapshot()
    opened = Trainer(decode(encode(trainer.experiment()))).snapshot()
    assert opened.batch == 1
    for each in (snapshot, opened):
        assert each.train_loss == pytest.approx(still.train_loss, rel=1e-12)
        assert each.test_loss == pytest.approx(still.test_loss, rel=1e-12)
