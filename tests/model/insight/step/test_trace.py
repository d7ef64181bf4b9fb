"""The microscope's numbers against an oracle of single numbers, and against the trainer itself."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal

from model.data import Dataset, build_dataset
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import (
    CsvData,
    Experiment,
    GateData,
    LayerSpec,
    Loss,
    NetworkSpec,
    TableData,
    TrainingSpec,
)
from model.insight import trace
from model.insight.step.gradient_check import numeric_gradient
from model.insight.step.one_step import with_rows
from model.insight.step.trace import Trace
from model.training import Trainer
from tests.model.insight import step_oracle
from tests.model.insight.random_experiments import random_experiment
from tests.model.refusals import refused
from tests.model.scalar_oracle import (
    Layer,
    Place,
    Row,
    follow,
    mean_gradient,
    plain_layers,
)

# The oracle adds exactly and calls libm; each function of both is right within 4 units in the last
# place. Where sums cancel to nothing, up to ABSOLUTE is left of them, see
# `test_every_number_of_a_step_is_the_oracles`. Where they cancel in part, as much is left beside
# the sum: 1e-10 of it while that is a ten-thousandth of its terms.
RELATIVE, ABSOLUTE = 1e-10, 1e-14
NEAR: dict[str, Any] = {"rtol": RELATIVE, "atol": ABSOLUTE}

# -- The oracle's side -----------------------------------------------------------------------------


def plain_settings(experiment: Experiment) -> step_oracle.Settings:
    """Return how it learns as the oracle has it."""
    training, spec = experiment.training, experiment.training.optimiser
    return step_oracle.Settings(
        loss=training.loss,
        optimiser=spec.name,
        momentum=spec.momentum,
        beta1=spec.beta1,
        beta2=spec.beta2,
        epsilon=spec.epsilon,
        weight_decay=spec.weight_decay,
        l1=training.l1,
        l2=training.l2,
        clip_norm=training.clip_norm,
        pinned={
            (number, row, unit)
            for number, layer in enumerate(experiment.network.layers)
            for row, unit in layer.pinned
        },
    )


def plain_rate(experiment: Experiment, epoch: int) -> float:
    """Return the learning rate of an epoch."""
    base, schedule = experiment.training.learning_rate, experiment.training.schedule
    if schedule.name == "step":
        return base * schedule.factor ** (epoch // schedule.every)
    if schedule.name == "cosine":
        return base * (1.0 + math.cos(math.pi * min(1.0, epoch / schedule.every))) / 2.0
    return base


def follow_row(
    layers: list[Layer],
    loss: Loss,
    data: Dataset,
    row: int,
    factors: list[list[float]] | None = None,
) -> Row:
    """Let the oracle follow a row: of the training rows, or behind them of the test rows."""
    x = np.concatenate((data.x_train, data.x_test))[row].tolist()
    y = np.concatenate((data.y_train, data.y_test))[row].tolist()
    counts = [1.0] * len(y)
    if data.mask_train is not None and data.mask_test is not None:
        counts = np.concatenate((data.mask_train, data.mask_test))[row].tolist()
    return follow(layers, x, y, counts, loss, factors)


def by_layer(values: dict[Place, float], seen: Trace) -> tuple[list, list]:
    """Return numbers of single weights as matrices and biases, 0 where a layer has none."""
    weights = [np.zeros_like(w) for w in seen.weights]
    biases = [np.zeros_like(b) for b in seen.biases]
    for (layer, row, unit), value in values.items():
        if row < len(weights[layer]):
            weights[layer][row, unit] = value
        else:
            biases[layer][unit] = value
    return weights, biases


def all_of(layers: list[Layer]) -> dict[Place, float]:
    """Return every weight and bias of the oracle's network by its place."""
    return {
        (number, row, unit): layer.get(row, unit)
        for number, layer in enumerate(layers)
        for row, unit in layer.places
    }


def assert_near(found: tuple[np.ndarray, ...], wanted: list) -> None:
    for one, other in zip(found, wanted, strict=True):
        assert_allclose(one, other, **NEAR)


def assert_row(seen: Trace, wanted: Row) -> None:
    """Hold a row's numbers to the oracle's."""
    assert seen.loss == pytest.approx(wanted.loss, rel=RELATIVE, abs=ABSOLUTE)
    assert_near(seen.z, wanted.z)
    assert_near(seen.a, wanted.a)
    assert_near(seen.loss_slopes, wanted.dl_da)
    assert_near(seen.deltas, wanted.dl_dz)
    for found, slopes in zip(seen.slopes, wanted.da_dz, strict=True):
        assert_allclose(found, slopes if found.ndim == 2 else np.diag(slopes), **NEAR)
    weights, biases = by_layer(wanted.gradient, seen)
    assert_near(seen.weight_gradients, weights)
    assert_near(seen.bias_gradients, biases)


@pytest.mark.parametrize("number", range(60))
def test_every_number_of_a_step_is_the_oracles(number: int) -> None:
    """Train up to four steps, tracing every row before each; the oracle trains beside it.

    Each number agrees to 1e-10 of itself. Beside that stands 1e-14, for a number that is the rest
    of a sum which cancels: the oracle adds exactly, and a sum of n terms of size s keeps an error
    of n s 1.1e-16, whatever is left of it; with 20 terms of about 1 that is 2e-15, four layers deep
    below 1e-14. A purely relative bound cannot hold there, as of two sums of which one is 0.
    """
    experiment, data = random_experiment(number)
    trainer = Trainer(experiment, data)
    layers, memory = plain_layers(experiment.network.layers), step_oracle.Memory()
    settings, loss = plain_settings(experiment), experiment.training.loss
    for _ in range(1 + number % 4):
        present, rate = trainer.experiment(), plain_rate(experiment, trainer.epoch)
        for row in range(len(data.x_train) + len(data.x_test)):
            seen = trace(present, row, data)
            wanted = follow_row(layers, loss, data, row)
            assert_row(seen, wanted)
            after, _ = step_oracle.step(layers, wanted.gradient, settings, rate, memory)
            weights, biases = by_layer(all_of(after), seen)
            assert_near(seen.new_weights, weights)
            assert_near(seen.new_biases, biases)
            then = follow_row(after, loss, data, row)
            assert_near((seen.outputs_after,), [then.a[-1]])
            assert seen.loss_after == pytest.approx(then.loss, rel=RELATIVE, abs=ABSOLUTE)
        batch = seen.batch
        rows = [follow_row(layers, loss, data, row) for row in batch.rows]
        assert batch.loss == pytest.approx(
            math.fsum(row.loss for row in rows) / len(rows), rel=RELATIVE, abs=ABSOLUTE
        )
        gradient = step_oracle.penalised(layers, mean_gradient(rows), settings)
        weights, biases = by_layer(gradient, seen)
        assert_near(batch.weight_gradients, weights)
        assert_near(batch.bias_gradients, biases)
        before = memory
        layers, memory = step_oracle.step(layers, gradient, settings, rate, memory)
        weights, biases = by_layer(all_of(layers), seen)
        assert_near(batch.new_weights, weights)
        assert_near(batch.new_biases, biases)
        flat = [layer.get(*place) for layer in layers for place in layer.places]
        assert_allclose(batch.update.weights, flat, **NEAR)
        places = [(k, *place) for k, layer in enumerate(layers) for place in layer.places]
        for code in ("velocity", "mean", "square"):
            kept = getattr(memory, code)
            assert (batch.update.term(code) is not None) == bool(kept)
            if kept:
                remembered = [kept[place] for place in places]
                assert_allclose(batch.update.term(code), remembered, **NEAR)
                remembered = [getattr(before, code).get(place, 0.0) for place in places]
                found = batch.update.term(f"{code}_before")
                assert_allclose(found, remembered, **NEAR)
        assert (batch.update.number, batch.update.rate) == (memory.steps, rate)
        assert seen.update.number == memory.steps
        taken = trainer.step_batch().rows
        assert taken in ((), batch.rows)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("number", [n for n in range(1, 29) if n % 7])
def test_the_batch_is_the_trainers_next_step_bit_for_bit(
    number: int, dropout: float, dtype: str
) -> None:
    experiment, data = random_experiment(number, dropout)
    experiment = replace(experiment, training=replace(experiment.training, dtype=dtype))
    trainer = Trainer(experiment, data)
    for _ in range(4):
        batch = trace(trainer.experiment(), 0, data).batch
        assert_array_equal(batch.update.term("weight"), trainer.learner.theta)
        taken = trainer.step_batch().rows
        assert taken in ((), batch.rows)
        for found, is_now in zip(batch.new_weights, trainer.network.weights, strict=True):
            assert_array_equal(found, is_now)
        for found, is_now in zip(batch.new_biases, trainer.network.biases, strict=True):
            assert_array_equal(found, is_now)


def test_a_row_has_the_files_numbers_and_a_batch_the_trainers() -> None:
    """In float32 a trainer rounds the weights of a file; the row's formulas do not."""
    experiment, data = random_experiment(2)
    experiment = replace(experiment, training=replace(experiment.training, dtype="float32"))
    seen = trace(experiment, 0, data)
    for found, layer in zip(seen.weights, experiment.network.layers, strict=True):
        assert_array_equal(found, layer.weights)
    assert_row(
        seen,
        follow_row(plain_layers(experiment.network.layers), experiment.training.loss, data, 0),
    )
    theta = Trainer(experiment, data).learner.theta
    assert_array_equal(seen.batch.update.term("weight"), theta)
    assert not np.array_equal(seen.update.term("weight"), theta)


def test_what_a_step_drops_is_told() -> None:
    experiment, data = random_experiment(16, 0.5)
    seen = trace(experiment, 0, data)
    (kept,) = seen.batch.kept
    assert kept.shape == (len(seen.batch.rows), experiment.network.layers[0].units)
    assert set(kept.ravel()) == {0.0, 2.0}
    layers, settings = (
        plain_layers(experiment.network.layers),
        plain_settings(experiment),
    )
    rows = [
        follow_row(layers, experiment.training.loss, data, row, [factors.tolist()])
        for row, factors in zip(seen.batch.rows, kept, strict=True)
    ]
    gradient = step_oracle.penalised(layers, mean_gradient(rows), settings)
    weights, biases = by_layer(gradient, seen)
    assert_near(seen.batch.weight_gradients, weights)
    assert_near(seen.batch.bias_gradients, biases)
    # The row itself drops nothing.
    assert_row(seen, follow_row(layers, experiment.training.loss, data, 0))


# -- Numeric gradients -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [n for n in range(60) if n % 7])
def test_central_differences_agree(number: int) -> None:
    """Their error is h^2 / 6 times a third derivative below 100, and 2 u L / h of rounding."""
    experiment, data = random_experiment(number)
    seen = trace(experiment, 0, data)
    alone = with_rows(data, seen.x[None], seen.target[None], seen.mask[None])
    analytic = np.asarray(seen.update.term("gradient"))
    numeric = numeric_gradient(seen.experiment, alone, range(len(analytic)))
    bound = 1e-10 * 100 / 6 + 4.0 * 1.1e-16 * (1.0 + abs(seen.loss)) / 1e-5
    assert_allclose(numeric, analytic, rtol=0.0, atol=bound)


# -- Particular networks ---------------------------------------------------------------------------


def test_what_is_nearly_right_keeps_its_digits() -> None:
    """At z = 40 and t = 1 dL/dz is -sigmoid(-40), and dL/da is -1 / sigmoid(40)."""
    layer = LayerSpec(1, "sigmoid", weights=np.array([[20.0], [20.0]]), biases=np.zeros(1))
    experiment = Experiment(
        data=GateData("or"), network=NetworkSpec(2, (layer,)), training=TrainingSpec()
    )
    seen = trace(experiment, 3)
    rest = math.exp(-40.0) / (1.0 + math.exp(-40.0))
    assert seen.deltas[0][0] == pytest.approx(-rest, rel=1e-12)
    assert seen.slopes[0][0] == pytest.approx(rest * (1.0 - rest), rel=1e-12)
    assert seen.loss == pytest.approx(math.log1p(math.exp(-40.0)), rel=1e-12)
    assert seen.loss_slopes[0][0] == pytest.approx(-1.0, rel=1e-12)


def test_rows_are_those_of_the_window() -> None:
    """A truth table's own rows, else the training rows and behind them the test rows."""
    noisy = replace(default_experiment(), data=GateData("xor", copies=5, noise=0.2))
    data = build_dataset(noisy)
    assert trace(noisy, 3, data).x.tolist() == [1.0, 1.0]
    with refused("trace.no_row") as caught:
        trace(noisy, 4, data)
    experiment, rows = random_experiment(1)
    trained = len(rows.x_train)
    assert_array_equal(trace(experiment, trained, rows).x, rows.x_test[0])
    assert_array_equal(trace(experiment, trained - 1, rows).x, rows.x_train[-1])
    for row in (-1, trained + 2):
        with pytest.raises(ModelError) as caught:
            trace(experiment, row, rows)
        assert caught.value.values["last"] == trained + 2


def test_the_raw_row_is_that_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "fruit.csv"
    path.write_text("mass,kind,colour,price\n100,apple,red,1.5\n150,pear,green,2.5\n90,fig,red,3\n")
    data = CsvData(str(path), features=("mass", "kind", "colour"), targets=("price",))
    built = build_dataset(data)
    experiment = Experiment(
        data=data,
        network=NetworkSpec(built.inputs, (LayerSpec(1, "identity"),)),
        training=TrainingSpec(loss="squared"),
    )
    seen = trace(experiment, 1)
    assert seen.raw == (150.0, "pear", "green")
    assert len(seen.x) == 6
    assert seen.x[0] != 150.0
    iris = replace(
        experiment,
        data=TableData("iris", "standard"),
        network=NetworkSpec(4, (LayerSpec(3, "softmax"),)),
        training=TrainingSpec(loss="categorical_cross_entropy"),
    )
    # (value - mean) / deviation and back: a few roundings of numbers below 10.
    assert trace(iris, 0).raw == (5.1, 3.5, 1.4, 0.2)
