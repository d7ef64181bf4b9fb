"""Other activations and drop-out in a run: weights and averages stay, and the replay repeats it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal

from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import Experiment, OptimiserSpec, PlaneData, StopSpec
from model.initialisers import untrained
from model.training import SetSettings, Trainer
from model.training.live import live_messages


def started(batch: int = 0) -> tuple[Experiment, Trainer]:
    """Return an experiment under Adam, and its trainer after ten epochs."""
    made = default_experiment(PlaneData("circle", points=60))
    training = replace(
        made.training, optimiser=OptimiserSpec("adam"), batch_size=batch, stop=StopSpec()
    )
    experiment = untrained(replace(made, training=training))
    trainer = Trainer(experiment)
    for _ in range(10):
        trainer.step_epoch()
    return experiment, trainer


def tell(trainer: Trainer, old: Experiment, new: Experiment) -> None:
    messages = live_messages(old, new)
    assert [type(message) for message in messages] == [SetSettings]
    for message in messages:
        trainer.post(message)


@pytest.mark.parametrize("batch", [0, 7])
def test_another_activation_keeps_weights_and_averages(batch: int) -> None:
    experiment, trainer = started(batch)
    before = trainer.experiment()
    changed = edits.with_activation(experiment, 0, "relu")
    tell(trainer, experiment, changed)
    alike = Trainer(replace(edits.with_activation(before, 0, "relu"), progress=before.progress))
    for _ in range(3):
        assert trainer.step_epoch().train_loss == alike.step_epoch().train_loss
    assert_array_equal(trainer.learner.theta, alike.learner.theta)
    assert trainer.experiment().network.layers[0].activation == "relu"


def test_the_replay_repeats_it_and_drops_the_same_units() -> None:
    experiment, trainer = started(batch=7)
    changed = edits.with_dropout(edits.with_activation(experiment, 0, "relu"), 0, 0.25)
    tell(trainer, experiment, changed)
    for _ in range(30):
        trainer.step_epoch()
    for epoch in (10, 11, 27, 40):
        assert trainer.history.learner_at(epoch).epoch == epoch
    restored = trainer.history.learner_at(40)
    assert_array_equal(restored.theta, trainer.learner.theta)
