"""Averages that fade away become zero, at the same steps whoever runs, and move no weight."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from model.experiment import (
    Experiment,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PointsData,
    StopSpec,
    TrainingSpec,
)
from model.experiment.training import Optimiser as OptimiserName
from model.training import Trainer
from model.training.optimisers import CLEAR_EVERY, Optimiser
from tests.model.training.changes import changed_settings

AVERAGING: list[OptimiserName] = ["momentum", "nesterov", "rmsprop", "adam", "adamw"]


def subnormal(values: np.ndarray) -> int:
    return int(((values != 0.0) & (np.abs(values) < np.finfo(values.dtype).tiny)).sum())


def fade(name: OptimiserName, steps: int, *, remade_at: int = -1) -> tuple[np.ndarray, Optimiser]:
    """Step on a gradient whose first half is 0 after the first step."""
    theta = np.linspace(0.5, 1.5, 1000, dtype=np.float32)
    gradient = np.random.default_rng(3).normal(size=1000).astype(np.float32)
    # Decays that make every average fade within the steps.
    spec = OptimiserSpec(name, beta2=0.9)
    optimiser = Optimiser(spec, theta, gradient)
    optimiser.rate[...] = 1e-3
    for step in range(steps):
        if step == remade_at:
            optimiser = Optimiser(spec, theta, gradient, optimiser.slots, optimiser.steps)
            optimiser.rate[...] = 1e-3
        optimiser.step()
        gradient[:500] = 0.0
    return theta, optimiser


@pytest.mark.parametrize("name", AVERAGING)
def test_no_average_stays_subnormal_and_a_new_optimiser_clears_at_the_same_steps(
    name: OptimiserName,
) -> None:
    theta, optimiser = fade(name, 40 * CLEAR_EVERY)
    again, other = fade(name, 40 * CLEAR_EVERY, remade_at=333)
    assert_array_equal(theta, again)
    for slot, same in zip(optimiser.slots, other.slots, strict=True):
        assert not subnormal(slot)
        assert_array_equal(slot, same)
    assert not optimiser.slots[0][:500].any()
    assert optimiser.slots[0][500:].all()


def fading() -> Experiment:
    """Return an experiment in float32 of which `DARK` makes one input's averages fade."""
    points = tuple((x, y, float(x > y)) for x in (0.1, 0.5, 0.9) for y in (0.2, 0.4, 0.8))
    training = TrainingSpec(
        optimiser=OptimiserSpec("momentum"),
        learning_rate=0.01,
        batch_size=4,
        stop=StopSpec(epochs=400),
        dtype="float32",
    )
    return Experiment(
        data=PointsData(points),
        network=NetworkSpec(2, (LayerSpec(3, "tanh"), LayerSpec(1, "sigmoid"))),
        training=training,
    )


DARK = PointsData(((0.1, 0.0, 1.0), (0.4, 0.0, 1.0), (0.6, 0.0, 0.0), (0.9, 0.0, 0.0)) * 3)


def test_the_time_machine_clears_at_the_same_steps() -> None:
    trainer = Trainer(fading())
    wanted = {}
    for epoch in range(1, 401):
        if epoch == 8:
            trainer.post(changed_settings(trainer, data=DARK))
        trainer.step_epoch()
        wanted[epoch] = trainer.experiment()
    velocity = wanted[400].progress.slots[0]
    assert velocity.size > (velocity == 0.0).sum() >= 3
    for epoch in range(201, 400, 2):  # an even epoch is kept and need not be made again
        assert trainer.history.restore(epoch) == wanted[epoch]
    branch = Trainer(wanted[251])
    branch.run()
    assert branch.experiment() == wanted[400]
