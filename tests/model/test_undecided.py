"""An answer that reads 0.500 is neither right nor wrong, wherever answers are counted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import replace

from model.data.dataset import Task
from model.experiment import (
    Activation,
    Experiment,
    GateData,
    LayerSpec,
    Loss,
    NetworkSpec,
)
from model.export import export_numpy
from model.insight import read_gates
from model.lessons.challenges import Challenge, check_challenge
from model.metrics import (
    OPEN,
    RIGHT,
    WRONG,
    accuracy,
    confusion,
    decide,
    margins,
    outcomes,
)
from model.recipes.one_unit import one_unit_experiment
from model.training import Trainer


@pytest.fixture(scope="module")
def trained() -> Experiment:
    """Return OR without a bias after the article's 10,000 epochs."""
    trainer = Trainer(one_unit_experiment(GateData("or"), rows=4, inputs=2, use_bias=False))
    trainer.run()
    return trainer.experiment()


# -- The definition --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "answer"),
    [(0.5, -1), (0.50049, -1), (0.49951, -1), (0.50051, 1), (0.49949, 0), (0.0, 0), (1.0, 1)],
)
def test_within_half_a_thousandth_of_the_threshold_there_is_no_answer(
    output: float, answer: int
) -> None:
    assert decide(np.array([[output]]), "binary").tolist() == [[answer]]
    assert decide(np.array([[output - 0.5]]), "binary", 0.0).tolist() == [[answer]]


def test_two_classes_that_are_level_at_the_top_are_no_answer() -> None:
    outputs = np.array(
        [[0.3, 0.4, 0.3], [0.4, 0.4, 0.2], [0.1, 0.4502, 0.4498], [0.45, 0.1, 0.4494], [0, 0, 0]]
    )
    assert decide(outputs, "multiclass").tolist() == [1, -1, -1, 0, -1]
    assert decide(np.array([[1.0], [0.2]]), "multiclass").tolist() == [0, 0]


def test_of_several_outputs_one_that_is_wrong_decides() -> None:
    y = np.tile([1.0, 0.0], (5, 1))
    outputs = np.array([[0.9, 0.1], [0.5, 0.1], [0.5, 0.9], [0.5, 0.5], [0.5, 0.1]])
    mask = np.ones((5, 2))
    mask[4, 0] = 0.0
    expected = [RIGHT, OPEN, WRONG, OPEN, RIGHT]
    assert outcomes(outputs, y, "multilabel", mask=mask).tolist() == expected
    assert accuracy(outputs, y, "multilabel", mask=mask) == 2 / 5


def test_undecided_rows_have_a_column_of_their_own() -> None:
    actual = np.array([0, 0, 1, 1, 1])
    assert confusion(np.array([0, 1, 1, 1, 0]), actual, 2).tolist() == [[1, 1], [1, 2]]
    matrix = confusion(np.array([0, -1, 1, 1, -1]), actual, 2)
    assert matrix.tolist() == [[1, 0, 1], [0, 2, 1]]


unit = st.floats(0.0, 1.0) | st.sampled_from([0.5, 0.4996, 0.5004, 1 / 3])


@given(
    arrays(np.float64, (6, 3), elements=unit),
    arrays(np.int64, 6, elements=st.integers(0, 2)),
    st.sampled_from(["binary", "multilabel", "multiclass"]),
)
def test_every_row_is_right_wrong_or_undecided_and_margins_agree(
    outputs: np.ndarray, labels: np.ndarray, task: Task
) -> None:
    y = np.eye(3)[labels]
    if task == "binary":
        outputs, y = outputs[:, :1], y[:, :1]
    judged = outcomes(outputs, y, task)
    apart = margins(outputs, y, task)
    assert ((apart > 0.0) == (judged == RIGHT)).all()
    assert (judged[apart < 0.0] != RIGHT).all()
    assert accuracy(outputs, y, task) == (judged == RIGHT).mean()


# -- OR without a bias -----------------------------------------------------------------------------


def test_a_challenge_is_not_met_by_it(trained: Experiment) -> None:
    (condition,) = check_challenge(Challenge(data=GateData("or")), trained)
    assert not condition.met
    assert condition.found == "0.75, 1 undecided"


def test_it_is_no_gate(trained: Experiment) -> None:
    (reading,) = read_gates(trained)
    assert (reading.gate, reading.undecided, reading.clear) == ("", 1, False)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_a_hidden_unit_is_a_gate_at_nought_only_where_nought_is_off(
    activation: Activation,
) -> None:
    hidden = LayerSpec(1, activation, weights=np.ones((2, 1)), biases=np.zeros(1))
    output = LayerSpec(1, "sigmoid", weights=np.ones((1, 1)), biases=np.full(1, -0.7))
    reading = read_gates(Experiment(network=NetworkSpec(2, (hidden, output))))[0]
    assert (reading.gate, reading.clear) == (("or", True) if activation == "relu" else ("", False))


@pytest.mark.parametrize("loss", ["squared", "binary_cross_entropy"])
def test_the_script_counts_the_same(tmp_path: Path, trained: Experiment, loss: Loss) -> None:
    training = replace(trained.training, loss=loss)
    export_numpy(replace(trained, training=training), tmp_path / "or.py")
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "or.py"], capture_output=True, text=True, check=True
    )
    last = done.stdout.splitlines()[-1].split()
    assert last[2:] == ["accuracy", "0.75", "undecided", "1"]
