"""The coarsest weights that still give every answer, checked row by row in plain Python."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from msgspec.structs import replace

from model.data import build_dataset
from model.defaults import default_experiment
from model.experiment import (
    Activation,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    TruthTableData,
)
from model.insight.rounding import (
    STEPS,
    Attempt,
    Roundings,
    rounded_to,
    try_roundings,
)
from model.training import train
from tests.model.scalar_oracle import activate

ROWS: dict[str, dict[tuple[int, ...], tuple[int, ...]]] = {
    "xor": {(0, 0): (0,), (0, 1): (1,), (1, 0): (1,), (1, 1): (0,)},
    "and": {(0, 0): (0,), (0, 1): (0,), (1, 0): (0,), (1, 1): (1,)},
    "majority": {(a, b, c): (int(a + b + c >= 2),) for a in (0, 1) for b in (0, 1) for c in (0, 1)},
    "half_adder": {(0, 0): (0, 0), (0, 1): (0, 1), (1, 0): (0, 1), (1, 1): (1, 0)},
}
"""Every row of each table with its answers; the half adder's are carry and sum."""

UNDECIDED = 0.0005


def answers(experiment: Experiment, row: tuple[int, ...]) -> list[float]:
    """Return the outputs for a row, by single sums."""
    values = [float(value) for value in row]
    for layer in experiment.network.layers:
        w, b = layer.weights.tolist(), layer.biases.tolist()
        z = [
            sum(v * line[unit] for v, line in zip(values, w, strict=True)) + b[unit]
            for unit in range(layer.units)
        ]
        values = activate(layer.activation, z)
    return values


def all_right(experiment: Experiment, gate: str) -> bool:
    """Tell whether every row of a gate's table is right, none undecided."""
    return all(
        (output - 0.5) * (1 if wanted else -1) > UNDECIDED
        for row, targets in ROWS[gate].items()
        for output, wanted in zip(answers(experiment, row), targets, strict=True)
    )


def trained(gate: str, seed: int, activation: Activation = "tanh") -> Experiment:
    """Return a network that has learned a gate."""
    experiment = default_experiment(GateData(gate, len(next(iter(ROWS[gate])))), seed=seed)
    layers = experiment.network.layers
    hidden = tuple(replace(layer, activation=activation) for layer in layers[:-1])
    network = replace(experiment.network, layers=(*hidden, layers[-1]))
    return train(replace(experiment, network=network))


@pytest.mark.parametrize("activation", ["tanh", "elu"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("gate", ROWS)
def test_the_coarsest_weights_give_every_answer(
    gate: str, seed: int, activation: Activation
) -> None:
    experiment = trained(gate, seed, activation)
    found = try_roundings(experiment, build_dataset(experiment))
    assert all_right(experiment, gate)
    assert found.accuracy == found.coarsest.accuracy == 1.0
    step = found.coarsest.step
    rounded = rounded_to(experiment, step)
    assert all_right(rounded, gate)
    assert (found.rows, rounded.progress) == (len(ROWS[gate]), experiment.progress)
    assert [attempt.step for attempt in found.attempts] == list(STEPS)
    for attempt in found.attempts:
        assert attempt.keeps == all_right(rounded_to(experiment, attempt.step), gate)
    for layer, old in zip(rounded.network.layers, experiment.network.layers, strict=True):
        assert_rounded(layer.weights, old.weights, step)
        assert_rounded(layer.biases, old.biases, step)


def assert_rounded(values: np.ndarray, old: np.ndarray, step: float) -> None:
    """Hold numbers to the multiples of a step that are nearest to the old ones."""
    exact = Fraction(step).limit_denominator(100)
    for value, before in zip(values.ravel().tolist(), old.ravel().tolist(), strict=True):
        multiple = round(Fraction(value) / exact)
        assert value == float(multiple * exact)  # 3 tenths read 0.3
        # A weight in the middle of two may go either way, by the rounding of the quotient.
        assert abs(Fraction(before) - multiple * exact) <= exact / 2 + Fraction(1, 10**12)


def test_rows_that_are_not_trained_on_stay_right() -> None:
    """Rows kept back for testing count where they are rows of the table.

    The line x1 + .3 x2 - .2 answers x1 OR x2, at (0, 1) by a tenth. In quarters it is
    x1 + .25 x2 - .25, which leaves that row undecided; in fifths x1 + .4 x2 - .2, which does not.
    """
    layer = LayerSpec(1, "sigmoid", weights=np.array([[1.0], [0.3]]), biases=np.array([-0.2]))
    experiment = Experiment(data=GateData("or"), network=NetworkSpec(2, (layer,)))
    data = build_dataset(experiment)
    some = [0, 2, 3]
    without = dataclasses.replace(data, x_train=data.x_train[some], y_train=data.y_train[some])
    # Trained on, the noise of that row's copy does not tell either.
    moved = data.x_train + np.array([[0.0], [1.0], [0.0], [0.0]])
    for rows in (without, dataclasses.replace(data, x_train=moved)):
        found = try_roundings(experiment, rows)
        keeps = {attempt.step: attempt.keeps for attempt in found.attempts}
        assert not keeps[1 / 4]
        assert keeps[1 / 5]


def test_a_multiple_is_the_number_that_is_read() -> None:
    layer = LayerSpec(
        3, "sigmoid", weights=np.array([[0.31, 0.69, -0.0001]]), biases=np.array([-0.32, 1.1, 2.0])
    )
    experiment = Experiment(network=NetworkSpec(1, (layer,)))
    tenths = rounded_to(experiment, 1 / 10).network.layers[0]
    assert repr(tenths.weights.tolist()) == "[[0.3, 0.7, 0.0]]"
    assert tenths.biases.tolist() == [-0.3, 1.1, 2.0]
    thirds = rounded_to(experiment, 1 / 3).network.layers[0]
    assert thirds.weights.tolist() == [[1 / 3, 2 / 3, 0.0]]
    fives = rounded_to(experiment, 5.0).network.layers[0]
    assert fives.biases.tolist() == [0.0, 0.0, 0.0]


def test_pinned_weights_stay_and_there_may_be_nothing() -> None:
    experiment = trained("xor", 0)
    layer = replace(experiment.network.layers[0], pinned=((0, 0), (2, 1)))
    layers = (layer, *experiment.network.layers[1:])
    pinned = replace(experiment, network=replace(experiment.network, layers=layers))
    rounded = rounded_to(pinned, 10.0).network.layers[0]
    assert rounded.weights[0, 0] == layer.weights[0, 0]
    assert rounded.biases[1] == layer.biases[1]
    assert rounded.weights[1, 1] != layer.weights[1, 1]
    assert try_roundings(experiment, build_dataset(experiment), lambda: True) is None
    assert Roundings(1.0, 4, (Attempt(10.0, 0.5, 2, keeps=False),)).coarsest is None


def exchanging() -> Experiment:
    """Return a unit that swaps its mistake for another one when its weights become integers.

    The line 1.4 x1 + .4 x2 - 1.6 answers 1 at (1, 1), by .2, and at (1.2, .2), by .16, where 0 is
    wanted. In integers it is x1 - 2, which answers 0 at both. In halves it is 1.5 x1 + .5 x2 - 1.5,
    which answers 1 at both again; in twos, 2 x1 - 2, the first row is undecided.
    """
    layer = LayerSpec(1, "sigmoid", weights=np.array([[1.4], [0.4]]), biases=np.array([-1.6]))
    rows, targets = ((1.0, 1.0), (1.2, 0.2)), ((1.0,), (0.0,))
    data = TruthTableData(("x1", "x2"), ("y",), rows, targets)
    return Experiment(data=data, network=NetworkSpec(2, (layer,)))


def test_a_row_that_is_lost_is_not_made_up_for_by_another() -> None:
    experiment = exchanging()
    found = try_roundings(experiment, build_dataset(experiment))
    by_step = {attempt.step: attempt for attempt in found.attempts}
    integers = by_step[1.0]
    assert (found.accuracy, integers.accuracy, integers.lost) == (0.5, 0.5, 1)
    assert not integers.keeps
    assert found.coarsest is by_step[1 / 2]


def test_a_regression_may_lose_a_hundredth_of_r_squared() -> None:
    """The answer .96 x, rounded to x, leaves .04^2 of the spread of y = .96 x over .96^2: .0017."""
    layer = LayerSpec(1, "identity", weights=np.array([[0.96], [0.0]]), biases=np.array([0.0]))
    experiment = Experiment(data=GateData("or"), network=NetworkSpec(2, (layer,)))
    x = np.column_stack([np.linspace(-1.0, 1.0, 9), np.zeros(9)])
    rows = dataclasses.replace(
        build_dataset(experiment),
        task="regression",
        x_train=x,
        y_train=0.96 * x[:, :1],
        mask_train=None,
        table_x=None,
        table_y=None,
    )
    found = try_roundings(experiment, rows)
    kept = {attempt.step: attempt.accuracy for attempt in found.attempts if attempt.keeps}
    assert max(kept) == 1.0
    assert kept[1.0] == pytest.approx(1.0 - (0.04 / 0.96) ** 2, abs=1e-12)
