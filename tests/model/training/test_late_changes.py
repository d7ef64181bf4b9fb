"""Changes that arrive when a run is over already, and those made before it diverged."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal

from model.defaults import default_experiment
from model.experiment import (
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    StopSpec,
    TrainingSpec,
)
from model.training import SetWeight, Trainer
from model.training.live import with_result
from tests.model.training.changes import changed_settings


def short() -> Experiment:
    spec = default_experiment()
    return replace(spec, training=replace(spec.training, stop=StopSpec(epochs=20)))


def test_a_change_after_the_last_look_waits_for_the_next_step() -> None:
    trainer = Trainer(short())
    before = trainer.run()
    waiting = trainer.waiting
    assert waiting == ()
    late = SetWeight(0, 0, 0, 3.25), changed_settings(trainer, data=GateData("and"))
    for message in late:
        trainer.post(message)
    waiting = trainer.waiting
    assert waiting == late
    reached = with_result(replace(short(), data=GateData("and")), trainer.experiment(), waiting)
    assert reached.network.layers[0].weights[0, 0] == 3.25
    assert (reached.progress.epoch, reached.progress.step) == (
        before.snapshot.epoch,
        before.snapshot.step,
    )
    after = trainer.step_epoch()
    assert trainer.waiting == ()
    assert after.epoch == before.snapshot.epoch + 1
    assert trainer.dataset.y_train[:, 0].tolist() == [0.0, 0.0, 0.0, 1.0]
    alike = Trainer(reached).step_epoch()
    assert alike.train_loss == after.train_loss
    assert_array_equal(alike.weights[0], after.weights[0])
    restored = trainer.history.learner_at(after.epoch)
    assert_array_equal(restored.theta, trainer.learner.theta)


def calm(epochs: int) -> tuple[Trainer, TrainingSpec]:
    """Return a trainer that has come to an epoch in peace, and its settings."""
    layers = (LayerSpec(4, "relu"), LayerSpec(1, "identity"))
    training = TrainingSpec(loss="squared", learning_rate=0.01, stop=StopSpec(epochs=epochs))
    trainer = Trainer(Experiment(network=NetworkSpec(2, layers), training=training))
    trainer.run()
    return trainer, training


@pytest.mark.parametrize("epochs", [60, 603], ids=["at a checkpoint", "between checkpoints"])
@pytest.mark.parametrize("arrives", ["before", "after"])
def test_settings_survive_a_divergence_wherever_they_came(arrives: str, epochs: int) -> None:
    trainer, training = calm(epochs)
    wild = replace(training, learning_rate=1e200, stop=StopSpec())
    pinned = ((0, 0),)
    first, last = trainer.learner.settings.network.layers
    network = NetworkSpec(2, (replace(first, pinned=pinned), last))
    if arrives == "before":
        trainer.post(
            changed_settings(trainer, learning_rate=1e200, stop=StopSpec(), network=network)
        )
    else:
        trainer.post(changed_settings(trainer, learning_rate=1e200, stop=StopSpec()))
    trainer.post(SetWeight(0, 0, 1, 7.0))
    result = trainer.run(onward=True)
    assert result.reason == "diverged"
    if arrives == "after":
        trainer.post(changed_settings(trainer, network=network))
        trainer.step_epoch()
    after = trainer.experiment()
    assert after.training == wild
    assert after.network.layers[0].pinned == pinned
    assert np.isfinite(trainer.snapshot().train_loss)


@pytest.mark.parametrize("epochs", [60, 603], ids=["at a checkpoint", "between checkpoints"])
def test_the_replay_after_a_divergence_gives_the_same_bits(epochs: int) -> None:
    trainer, _ = calm(epochs)
    trainer.post(changed_settings(trainer, learning_rate=1e200))
    trainer.post(SetWeight(0, 0, 1, 7.0))
    assert trainer.run(onward=True).reason == "diverged"
    trainer.post(changed_settings(trainer, learning_rate=0.02))
    for _ in range(41):
        trainer.step_epoch()
    restored = trainer.history.learner_at(trainer.epoch)
    assert_array_equal(restored.theta, trainer.learner.theta)


def test_a_change_within_an_epoch_counts_from_the_next_step_on() -> None:
    spec = default_experiment(PlaneData("circle", points=20))
    training = replace(spec.training, batch_size=4, stop=StopSpec(epochs=1))
    trainer = Trainer(replace(spec, training=training))
    trainer.step_batch()
    theta = trainer.learner.theta.copy()
    trainer.post(changed_settings(trainer, learning_rate=0.0))
    trainer.run(onward=True)
    assert_array_equal(trainer.learner.theta, theta)
    restored = trainer.history.learner_at(trainer.epoch)
    assert_array_equal(restored.theta, theta)
