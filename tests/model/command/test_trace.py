"""``trace``: what it prints, held to numbers worked out on paper, and one line for every fault."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from model.command.trace import trace_text
from model.experiment import (
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    TableData,
    TrainingSpec,
    TruthTableData,
)
from model.files import write_experiment
from model.insight import trace
from tests.command_line import run_here
from tests.model.insight.random_experiments import random_experiment


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return run_here("trace", *words)


def by_hand() -> Experiment:
    """Return the 2-2-1 network that `test_numbers_worked_out_on_paper` works out."""
    hidden = LayerSpec(
        2, "relu", weights=np.array([[1.0, -1.0], [2.0, 1.0]]), biases=np.array([0.0, 1.0])
    )
    output = LayerSpec(1, "identity", weights=np.array([[1.0], [-1.0]]), biases=np.array([0.5]))
    training = TrainingSpec(
        loss="squared",
        optimiser=OptimiserSpec("sgd"),
        learning_rate=0.1,
        batch_size=2,
        shuffle=False,
        l2=0.5,
    )
    return Experiment(network=NetworkSpec(2, (hidden, output)), training=training)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "by-hand.glassnet"
    write_experiment(by_hand(), path)
    return path


def test_numbers_worked_out_on_paper(file: Path) -> None:
    """XOR's second row through 2-2-1, ReLU then identity, squared loss, rate .1, batches of 2.

    W1 = ((1, -1), (2, 1)), b1 = (0, 1); W2 = (1, -1), b2 = .5. Row 2 is x = (0, 1), t = 1.

    Forward: z1 = (2, 1 + 1) = (2, 2), a1 = (2, 2); z2 = 2 - 2 + .5 = .5 = a2.
    Loss: (.5 - 1)^2 / 2 = .125. dL/da2 = .5 - 1 = -.5; da2/dz2 = 1; dL/dz2 = -.5.
    dL/dW2 = (2 * -.5, 2 * -.5) = (-1, -1); dL/db2 = -.5.
    dL/da1 = (1 * -.5, -1 * -.5) = (-.5, .5); both ReLUs are on: dL/dz1 = (-.5, .5).
    dL/dW1 = ((0, 0), (-.5, .5)); dL/db1 = (-.5, .5).
    After .1 of that: W1 = ((1, -1), (2.05, .95)), b1 = (.05, .95); W2 = (1.1, -.9), b2 = .55.

    The next step takes rows 1 and 2. Row 1 is x = (0, 0), t = 0: z1 = (0, 1), a1 = (0, 1),
    a2 = -1 + .5 = -.5, dL/dz2 = -.5; the first ReLU is off, so dL/dz1 = (0, .5);
    dL/dW2 = (0, -.5), dL/db2 = -.5, dL/dW1 = 0, dL/db1 = (0, .5).
    Mean of both: dL/dW2 = (-.5, -.75), dL/db2 = -.5, dL/dW1 = ((0, 0), (-.25, .25)),
    dL/db1 = (-.25, .5). L2 adds .5 W: dL/dW2 = (0, -1.25), dL/dW1 = ((.5, -.5), (.75, .75)).
    After .1 of that: W1 = ((.95, -.95), (1.925, .925)), b1 = (.025, .95);
    W2 = (1, -.875), b2 = .55.
    """
    done = run(file, "--row", 2, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "row": 2,
        "raw": [0.0, 1.0],
        "inputs": [0.0, 1.0],
        "targets": [1.0],
        "outputs": [0.5],
        "loss": 0.125,
        "layers": [
            {
                "z": [2.0, 2.0],
                "a": [2.0, 2.0],
                "dL_da": [-0.5, 0.5],
                "da_dz": [1.0, 1.0],
                "dL_dz": [-0.5, 0.5],
                "dL_dW": [[0.0, 0.0], [-0.5, 0.5]],
                "dL_db": [-0.5, 0.5],
                "W": [[1.0, -1.0], [2.0, 1.0]],
                "b": [0.0, 1.0],
                "W_after": [[1.0, -1.0], near([2.05, 0.95])],
                "b_after": near([0.05, 0.95]),
            },
            {
                "z": [0.5],
                "a": [0.5],
                "dL_da": [-0.5],
                "da_dz": [1.0],
                "dL_dz": [-0.5],
                "dL_dW": [[-1.0], [-1.0]],
                "dL_db": [-0.5],
                "W": [[1.0], [-1.0]],
                "b": [0.5],
                "W_after": [near([1.1]), near([-0.9])],
                "b_after": near([0.55]),
            },
        ],
        "batch": {
            "rows": [1, 2],
            "dL_dW": [[[0.5, -0.5], [0.75, 0.75]], [[0.0], [-1.25]]],
            "dL_db": [[-0.25, 0.5], [-0.5]],
            "W_after": [
                [near([0.95, -0.95]), near([1.925, 0.925])],
                [near([1.0]), near([-0.875])],
            ],
            "b_after": [near([0.025, 0.95]), near([0.55])],
        },
    }


def near(values: list[float]) -> object:
    """Return decimals that numbers below 3 reach in three roundings: rate, product, difference."""
    return pytest.approx(values, rel=0.0, abs=3 * 2.3e-16)


def test_a_person_reads_the_eight_steps(file: Path) -> None:
    done = run(file, "--row", 2)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    heads = [line for line in lines if line[:1].isdigit()]
    assert [head[:2] for head in heads] == [f"{number}." for number in range(1, 9)]
    for wanted in (
        "h1.z = 0 + 2 + 0 = 2",
        "h2.z = 0 + 1 + 1 = 2",
        "y.z = 2 + (-2) + 0.5 = 0.5",
        "y.a - target = 0.5 - 1 = -0.5",
        "dL/dh2.a = (-1) * (-0.5) = 0.5",
        "dL/dw(h1→y) = 2 * (-0.5) = -1",
        "w(h1→y) = 1.1 (weight 1, gradient -1, rate 0.1, change -0.1)",
        "w(x₂→h1): 2 to 1.925",
    ):
        assert wanted in lines
    assert "rows 1, 2;" in done.stdout


SIX_DIGITS = 5e-6
"""By how much of itself a number of six digits is off at most."""


@pytest.mark.parametrize("number", range(0, 60, 3))
def test_every_printed_sum_and_product_comes_to_the_number_behind_it(number: int) -> None:
    experiment, data = random_experiment(number)
    found = trace(experiment, 0, data)
    checked = 0
    for line in map(str.strip, trace_text(found).splitlines()):
        parts = line.split(" = ")[1:]
        if len(parts) == 2 and "..." not in line:  # such as "h1.z = 0 + 0.5 * (-2) = -1"
            worked, size = eval(parts[0]), eval(re.sub("(?<!e)-", "+", parts[0]))
            assert float(parts[1]) == pytest.approx(worked, rel=0.0, abs=3 * SIX_DIGITS * size)
        elif (
            parts and ", change " in parts[0]
        ):  # such as "b(y) = 1.1 (weight 1, rate 0.1, change 1)"
            new, _, rest = parts[0].rstrip(")").partition(" (")
            pairs = [term.rpartition(" ") for term in rest.split(", ")]
            terms = {key: float(value) for key, _, value in pairs}
            moved = 0.0 if terms.get("pinned") else terms["change"] + terms.get("decay", 0.0)
            error = 2 * SIX_DIGITS * (abs(terms["weight"]) + abs(moved))
            assert float(new) == pytest.approx(terms["weight"] - moved, rel=0.0, abs=error)
        else:
            continue
        checked += 1
    assert checked >= sum(w.size for w in found.weights)


def test_every_number_of_a_small_network_is_printed_once(tmp_path: Path) -> None:
    path = tmp_path / "wide.glassnet"
    layers = (LayerSpec(9, "tanh"), LayerSpec(1, "sigmoid"))
    write_experiment(Experiment(network=NetworkSpec(2, layers)), path)
    text = run(path, "--row", 2).stdout
    assert "..." not in text
    assert text.count("\n  x₁ = 0\n") == text.count("\n  x₂ = 1\n") == 1
    for unit in range(1, 10):
        assert text.count(f"\n  h{unit}.z = ") == 1
        assert text.count(f"\n  dL/dw(x₂→h{unit}) = ") == 1
        assert text.count(f"\n  w(h{unit}→y): ") == 1
    (gap,) = re.findall(r"largest gap to these gradients is (.*)\.\n", text)
    assert 0.0 < float(gap) < 1e-9  # see test_central_differences_agree


def test_without_a_row_the_first_is_traced(file: Path) -> None:
    assert json.loads(run(file, "--json").stdout)["row"] == 1


def test_derived_inputs_are_printed_beside_the_raw_ones(tmp_path: Path) -> None:
    path = tmp_path / "xor.glassnet"
    weights = np.array([[1.0], [1.0], [-2.0]])
    unit = LayerSpec(1, "sigmoid", weights=weights, biases=np.array([-0.5]))
    features = ("x1", "x2", "x1*x2")
    write_experiment(Experiment(features=features, network=NetworkSpec(3, (unit,))), path)
    found = json.loads(run(path, "--row", 4, "--json").stdout)
    assert (found["raw"], found["inputs"]) == ([1, 1], [1, 1, 1])
    assert found["layers"][0]["z"] == [-0.5]
    assert "x₁·x₂" in run(path, "--row", 4).stdout


def test_rows_of_noisy_copies_are_those_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    noisy = Experiment(
        data=GateData("xor", copies=4, noise=0.05),
        network=NetworkSpec(2, (LayerSpec(1, "sigmoid"),)),
        training=TrainingSpec(batch_size=12),
    )
    write_experiment(noisy, path)
    rows = json.loads(run(path, "--row", "1", "--json").stdout)["batch"]["rows"]
    assert len(rows) == 12
    assert set(rows) == {1, 2, 3, 4}
    assert f"takes the rows {rows[0]}, {rows[1]}" in run(path, "--row", "1").stdout


def test_softmax_and_free_answers(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    digits = Experiment(
        data=TableData("digits"),
        network=NetworkSpec(64, (LayerSpec(10, "softmax", use_bias=False),)),
        training=TrainingSpec(loss="categorical_cross_entropy", batch_size=3),
    )
    write_experiment(digits, path)
    found = json.loads(run(path, "--row", "1797", "--json").stdout)
    (layer,) = found["layers"]
    assert np.shape(layer["da_dz"]) == (10, 10)
    assert layer["b"] == layer["b_after"] == [0.0] * 10
    assert len(found["batch"]["rows"]) == 3
    assert min(found["batch"]["rows"]) >= 1
    text = run(path, "--row", "1797").stdout
    assert "..." in text
    assert len(text.splitlines()) < 64 * 10  # of so many weights not each has its line

    table = TruthTableData(("a", "b"), ("p", "q"), ((0, 1), (1, 1)), ((None, 1), (0, 1)))
    write_experiment(
        Experiment(data=table, network=NetworkSpec(2, (LayerSpec(2, "sigmoid"),))), path
    )
    assert json.loads(run(path, "--row", 1, "--json").stdout)["targets"] == [None, 1.0]
    assert re.search(r"dL/dq\.a = .*target q 1", run(path, "--row", 1).stdout)


def test_a_number_that_json_has_not_is_null(tmp_path: Path) -> None:
    path = tmp_path / "large.glassnet"
    layer = LayerSpec(1, "identity", weights=np.array([[1e308], [1e308]]), biases=np.zeros(1))
    training = TrainingSpec(loss="squared")
    write_experiment(Experiment(network=NetworkSpec(2, (layer,)), training=training), path)
    done = run(path, "--row", 4, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout, parse_constant=pytest.fail)
    assert found["layers"][0]["z"] == [None]
    assert found["layers"][0]["W"] == [[1e308], [1e308]]
    text = run(path, "--row", 4).stdout
    assert "y.z = 1e+308 + 1e+308 + 0 = inf" in text
    assert "largest gap to these gradients is nan." in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--row", "0"), "{file} has no row 0; its rows are 1 to 4. Choose one of them."),
        (("--row", "5"), "{file} has no row 5; its rows are 1 to 4. Choose one of them."),
        (("--row", "-1"), "{file} has no row -1"),
        (("--row", "two"), "--row"),
        (("--rows", "1"), "--rows"),
    ],
)
def test_a_bad_row_is_one_line(words: tuple[str, ...], said: str, file: Path) -> None:
    done = run(file, *words, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert said.format(file=file) in done.stderr
