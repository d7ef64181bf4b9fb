"""Exported networks answer as the network does, elsewhere."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from onnx.reference import ReferenceEvaluator

from model.data import build_dataset
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    CsvData,
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    Loss,
    NetworkSpec,
    PlaneData,
    PointsData,
    SplitSpec,
    TrainingSpec,
    TruthTableData,
)
from model.export import export_numpy, export_onnx, numpy_script, onnx_model
from model.initialise import initialise
from model.network import Network
from model.training.learner import Learner

POINTS = PointsData(points=((0.5, 1.0, 0), (-1.0, 0.2, 1), (0.3, -0.4, 2)), classes=3)


def experiment(hidden: Activation, output: Activation, outputs: int = 3) -> Experiment:
    """Return a network of random weights and biases with two hidden layers."""
    layers = (
        LayerSpec(5, hidden),
        LayerSpec(4, hidden, use_bias=False),
        LayerSpec(outputs, output),
    )
    training = TrainingSpec(
        loss="squared", initialiser=InitialiserSpec("normal", scale=1.5, bias=0.2)
    )
    data = POINTS if outputs == 3 else GateData()
    drawn = Experiment(data=data, network=NetworkSpec(2, layers), training=training, seed=5)
    return initialise(drawn)


def through_opencv(path: Path, x: np.ndarray, engine: int) -> np.ndarray:
    net = cv2.dnn.readNetFromONNX(str(path), engine=engine)
    net.setInput(x.astype(np.float32), "input")
    return np.asarray(net.forward()).copy()


@pytest.mark.parametrize(
    ("activation", "where"),
    # Softmax belongs to the output layer and is refused elsewhere.
    [(a, w) for a in ACTIVATIONS for w in ("hidden", "output") if (a, w) != ("softmax", "hidden")],
)
def test_onnx_agrees_in_opencv_and_the_reference(
    activation: Activation, where: str, tmp_path: Path
) -> None:
    hidden, output = ("tanh", activation) if where == "output" else (activation, "identity")
    made = experiment(hidden, output)
    path = tmp_path / "network.onnx"
    export_onnx(made, path)
    x = np.random.default_rng(1).normal(size=(9, 2)).astype(np.float32)
    expected = Network.of(made).forward(x)
    (reference,) = ReferenceEvaluator(str(path)).run(None, {"input": x})
    np.testing.assert_allclose(reference, expected, rtol=1e-6, atol=1e-6)
    answers = through_opencv(path, x, cv2.dnn.ENGINE_NEW)
    assert answers.shape == expected.shape
    np.testing.assert_allclose(answers, expected, rtol=1e-6, atol=1e-6)


def test_onnx_names_what_goes_in_and_out() -> None:
    model = onnx_model(experiment("relu", "softmax"))
    properties = {p.key: p.value for p in model.metadata_props}
    assert properties["classes"].split("\n") == ["0", "1", "2"]
    assert [i.name for i in model.graph.input] == ["input"]
    assert [o.name for o in model.graph.output] == ["output"]


def test_a_weight_beyond_float32_is_refused() -> None:
    made = experiment("relu", "identity")
    huge = msgspec.structs.replace(made.network.layers[0], weights=np.full((2, 5), 1e39))
    network = msgspec.structs.replace(made.network, layers=(huge, *made.network.layers[1:]))
    with pytest.raises(ModelError) as caught:
        onnx_model(msgspec.structs.replace(made, network=network))
    assert caught.value.code == "export.float32"
    assert caught.value.values["name"] == "W1"


def run_script(path: Path) -> tuple[np.ndarray, float]:
    """Run a script in a Python of its own and return the outputs and loss that it prints."""
    done = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    *rows, last = done.stdout.splitlines()
    name, loss, *_ = last.split()
    assert name == "loss"
    return np.array([[float(v) for v in row.split()] for row in rows]), float(loss)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_script_prints_the_outputs(activation: Activation, tmp_path: Path) -> None:
    hidden = "tanh" if activation == "softmax" else activation
    made = experiment(hidden, activation)
    export_numpy(made, tmp_path / "network.py")
    printed, _ = run_script(tmp_path / "network.py")
    expected = Network.of(made).forward(build_dataset(made).x_train)
    np.testing.assert_allclose(printed, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_script_prints_the_training_loss(loss: Loss, tmp_path: Path) -> None:
    output: Activation = "softmax" if loss == "categorical_cross_entropy" else "sigmoid"
    made = experiment("tanh", output, 3)
    made = msgspec.structs.replace(made, training=msgspec.structs.replace(made.training, loss=loss))
    export_numpy(made, tmp_path / "network.py")
    printed = run_script(tmp_path / "network.py")[1]
    assert printed == pytest.approx(Learner(made).train.loss(), rel=1e-12)


def test_the_script_keeps_free_answers_and_test_rows_apart(tmp_path: Path) -> None:
    table = TruthTableData(
        input_names=("a\nb", "b"),
        output_names=("y",),
        rows=((0, 0), (0, 1), (1, 0), (1, 1)),
        targets=((0,), (1,), (None,), (0,)),
    )
    made = msgspec.structs.replace(experiment("tanh", "sigmoid", 1), data=table)
    export_numpy(made, tmp_path / "table.py")
    assert run_script(tmp_path / "table.py")[1] == pytest.approx(
        Learner(made).train.loss(), rel=1e-12
    )
    plane = msgspec.structs.replace(
        made, data=PlaneData("circle", 40), split=SplitSpec(test_fraction=0.25)
    )
    export_numpy(plane, tmp_path / "plane.py")
    printed, loss = run_script(tmp_path / "plane.py")
    data = build_dataset(plane)
    np.testing.assert_allclose(printed, Network.of(plane).forward(data.x_test), atol=1e-12)
    assert loss == pytest.approx(Learner(plane).train.loss(), rel=1e-12)


def test_large_data_are_cut_and_said_so() -> None:
    made = msgspec.structs.replace(
        experiment("tanh", "sigmoid", 1), data=PlaneData("circle", 200_000)
    )
    script = numpy_script(made)
    assert "only part of the data" in script
    assert len(script) < 10_000_000


# -- Units of the table ----------------------------------------------------------------------------


def test_script_and_onnx_carry_the_scaling_of_a_table(tmp_path: Path) -> None:
    sizes, rooms = np.linspace(40, 200, 40), np.arange(40) % 5 + 1
    rows = np.column_stack((sizes, rooms, 900 * sizes + 7_000 * rooms))
    table = tmp_path / "house.csv"
    table.write_text(
        "size,rooms,price\n" + "\n".join(",".join(map(repr, r)) for r in rows.tolist())
    )
    made = default_experiment(CsvData(str(table)), hidden=(3,), seed=4)
    data = build_dataset(made)
    network = Network(initialise(made).network)
    scaled = (rows[:, :2] - data.x_offset) / data.x_spread
    wanted = network.forward(scaled) * data.y_spread + data.y_offset
    namespace = runpy.run_path(str(written(numpy_script(made, data), tmp_path / "house.py")))
    np.testing.assert_allclose(namespace["answer"](rows[:, :2]), wanted, rtol=1e-12)
    assert np.ptp(wanted) > 100
    properties = {p.key: p.value for p in onnx_model(made, data).metadata_props}
    for name in ("x_offset", "x_spread", "y_offset", "y_spread"):
        numbers = [float(line) for line in properties[name].split("\n")]
        np.testing.assert_array_equal(numbers, getattr(data, name))


def test_what_was_not_scaled_has_no_scaling() -> None:
    made = default_experiment(GateData("xor"))
    assert "def answer" not in numpy_script(made)
    assert "x_offset" not in {p.key for p in onnx_model(made).metadata_props}


def written(text: str, path: Path) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
