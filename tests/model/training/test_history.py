"""The time machine: any epoch comes back bit for bit, in bounded memory."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal

import model.training.history as history_module
from model.defaults import default_experiment
from model.experiment import (
    Experiment,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    ScheduleSpec,
    SplitSpec,
    StopSpec,
    TrainingSpec,
)
from model.training import SetWeight, Trainer
from tests.model.refusals import refused
from tests.model.training.changes import changed_settings


def spec(epochs: int) -> Experiment:
    """Return an experiment with everything random: batches, order, drop-out, Adam, a schedule."""
    layers = (LayerSpec(6, "relu", dropout=0.25), LayerSpec(1, "sigmoid"))
    training = TrainingSpec(
        optimiser=OptimiserSpec("adam"),
        learning_rate=0.02,
        batch_size=9,
        schedule=ScheduleSpec("cosine", every=50),
        stop=StopSpec(epochs=epochs),
    )
    return Experiment(
        data=PlaneData("moons", 50),
        split=SplitSpec(0.2),
        network=NetworkSpec(2, layers),
        training=training,
        seed=11,
    )


def run(experiment: Experiment) -> Trainer:
    trainer = Trainer(experiment)
    trainer.run()
    return trainer


def test_what_a_run_began_as_is_made_once_and_known_only_where_it_was_untrained() -> None:
    trainer = run(spec(3))
    start = trainer.history.start
    assert start == trainer.history.restore(0)
    assert trainer.history.start is start, "it is asked for with every frame"
    assert run(replace(trainer.experiment(), training=spec(5).training)).history.start is None
    within = Trainer(spec(3))
    within.step_batch()
    later = run(within.experiment())
    assert later.history.first_epoch == 0
    assert later.history.start is None


@pytest.mark.parametrize("kept", [4, 256])
def test_any_epoch_equals_a_run_stopped_there(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "KEPT_MAX", kept)
    monkeypatch.setattr(history_module, "KEPT_FEWEST", kept)
    trainer = run(spec(40))
    for epoch in (0, 1, 2, 7, 16, 31, 39, 40):
        restored = trainer.history.restore(epoch)
        stopped = run(spec(epoch)) if epoch else Trainer(spec(0))
        # The stop rule differs on purpose; everything learned must not.
        assert replace(restored, training=spec(0).training) == replace(
            stopped.experiment(), training=spec(0).training
        )


def test_going_on_from_the_past_repeats_the_run() -> None:
    trainer = run(spec(20))
    branch = Trainer(trainer.history.restore(8))
    branch.run()
    assert branch.experiment() == trainer.experiment()
    assert_array_equal(branch.history.train_loss, trainer.history.train_loss[8:])


def test_changes_on_the_way_are_replayed_where_they_were_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history_module, "KEPT_MAX", 2)
    monkeypatch.setattr(history_module, "KEPT_FEWEST", 2)
    trainer = Trainer(spec(0))
    wanted = {}
    for epoch in range(1, 31):
        if epoch == 5:
            trainer.post(changed_settings(trainer, learning_rate=0.2))
        if epoch == 12:
            trainer.step_batch()
            trainer.post(SetWeight(0, 1, 2, -3.0))
        trainer.step_epoch()
        wanted[epoch] = trainer.experiment()
    for epoch in (4, 5, 11, 12, 13, 29, 30):
        assert trainer.history.restore(epoch) == wanted[epoch]


def test_memory_is_bounded_and_losses_are_all_there() -> None:
    trainer = run(spec(1500))
    history = trainer.history
    kept = [epoch for epoch in history.epochs if history.epochs_to_replay(epoch) == 0]
    assert 1 < len(kept) <= history_module.KEPT_MAX
    nbytes = sum(history.learner_at(epoch).checkpoint(0).nbytes for epoch in kept)
    assert nbytes <= history_module.KEPT_BYTES
    assert len(trainer.history.train_loss) == 1501
    test_loss = trainer.history.test_loss
    assert len(test_loss) == 1501


def test_a_test_set_switched_on_and_off_on_the_way_leaves_gaps() -> None:
    experiment = spec(0)
    whole, split = SplitSpec(), experiment.split
    trainer = Trainer(replace(experiment, split=whole))
    for _ in range(2000):  # more than a column's first room
        trainer.step_epoch()
    loss = trainer.history.test_loss
    assert loss is None
    trainer.post(changed_settings(trainer, split=split))
    for _ in range(5):
        trainer.step_epoch()
    trainer.post(changed_settings(trainer, split=whole))
    for _ in range(3000):
        trainer.step_epoch()
    loss = trainer.history.test_loss
    assert len(loss) == len(trainer.history.train_loss) == 5006
    # The change is made before the next step, when epoch 2000 is measured once more.
    assert_array_equal(np.flatnonzero(np.isfinite(loss)), np.arange(2000, 2005))


def test_an_epoch_that_never_was_is_refused() -> None:
    trainer = run(spec(3))
    for epoch in (-1, 4):
        with refused("history.no_epoch"):
            trainer.history.restore(epoch)


def test_a_view_that_someone_holds_stays_as_it_was() -> None:
    trainer = run(spec(10))
    view = trainer.history.train_loss
    copy = view.copy()
    for _ in range(1100):
        trainer.step_epoch()
    assert_array_equal(view, copy)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0


def test_restoring_while_training_goes_on() -> None:
    base = default_experiment()
    trainer = Trainer(replace(base, training=replace(base.training, stop=StopSpec())))
    stop = threading.Event()
    worker = threading.Thread(target=trainer.run, args=(stop.is_set, lambda snapshot: None))
    worker.start()
    try:
        restored = []
        while len(restored) < 20:
            length = len(trainer.history)
            if length > 2:
                restored.append((length // 2, trainer.history.restore(length // 2)))
    finally:
        stop.set()
        worker.join(20)
    for epoch, experiment in restored:
        assert experiment == trainer.history.restore(epoch)


def test_which_losses_are_of_the_present_data_is_known() -> None:
    trainer = run(spec(5))
    assert trainer.history.same_data_from == 0
    trainer.post(changed_settings(trainer, learning_rate=0.01))
    trainer.step_epoch()
    assert trainer.history.same_data_from == 0
    trainer.post(changed_settings(trainer, data=PlaneData("moons", 40), split=SplitSpec()))
    trainer.step_epoch()
    assert trainer.history.same_data_from == 6
