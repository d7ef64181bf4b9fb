"""Exported networks answer as the network does, elsewhere."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import cv2
import msgspec
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from model import __version__
from model.data import build_dataset
from model.data.scaling import to_data_units
from model.defaults import default_experiment
from model.edits.features import with_features
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    Activation,
    CsvData,
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    PointsData,
    SplitSpec,
    TableData,
    TrainingSpec,
    TruthTableData,
)
from model.export import (
    export_numpy,
    export_onnx,
    numpy_script,
    onnx_model,
)
from model.initialisers import initialise
from model.network import Network
from model.training import Trainer
from model.training.learner import Learner
from tests.model.refusals import refused
from tests.onnx_reference import reference_outputs

ROOT = Path(__file__).parents[2]
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
    is_output = where == "output"
    made = experiment("tanh", activation) if is_output else experiment(activation, "identity")
    path = tmp_path / "network.onnx"
    export_onnx(made, path)
    x = np.random.default_rng(1).normal(size=(9, 2)).astype(np.float32)
    expected = Network.of(made).forward(x)
    (reference,) = reference_outputs(str(path), {"input": x})
    assert_allclose(reference, expected, rtol=1e-6, atol=1e-6)
    answers = through_opencv(path, x, cv2.dnn.ENGINE_NEW)
    assert answers.shape == expected.shape
    assert_allclose(answers, expected, rtol=1e-6, atol=1e-6)


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
    with refused("export.float32") as caught:
        onnx_model(msgspec.structs.replace(made, network=network))
    assert caught.value.values["name"] == "W1"


def script_prints(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def run_script(path: Path) -> tuple[np.ndarray, float]:
    """Run a script in a Python of its own and return the outputs and loss that it prints."""
    *rows, last = script_prints(path).splitlines()
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
    assert_allclose(printed, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("dtype", "digits"), [("float64", 13), ("float32", 4)])
def test_the_script_prints_only_digits_that_are_the_trainers_too(
    dtype: Literal["float64", "float32"], digits: int, tmp_path: Path
) -> None:
    for seed in range(4):
        start = default_experiment(TableData("iris"), hidden=(4,), seed=seed)
        stop = msgspec.structs.replace(start.training.stop, epochs=40)
        training = msgspec.structs.replace(start.training, dtype=dtype, stop=stop)
        trainer = Trainer(msgspec.structs.replace(start, training=training))
        own = trainer.run().snapshot.train_loss
        export_numpy(trainer.experiment(), tmp_path / "iris.py")
        assert script_prints(tmp_path / "iris.py").split()[-5] == f"{own:.{digits}g}"


def test_the_script_keeps_free_answers_apart_and_names_on_one_line(tmp_path: Path) -> None:
    table = TruthTableData(
        input_names=("a\nb", "b\0c"),
        output_names=("y",),
        rows=((0, 0), (0, 1), (1, 0), (1, 1)),
        targets=((0,), (1,), (None,), (0,)),
    )
    made = msgspec.structs.replace(experiment("tanh", "sigmoid", 1), data=table)
    export_numpy(made, tmp_path / "table.py")
    assert run_script(tmp_path / "table.py")[1] == pytest.approx(
        Learner(made).train.loss(), rel=1e-12
    )


def test_large_data_are_cut_and_said_so() -> None:
    made = msgspec.structs.replace(
        experiment("tanh", "sigmoid", 1), data=PlaneData("circle", 200_000)
    )
    script = numpy_script(made)
    assert "only part of the data" in script
    assert len(script) < 10_000_000


# -- Units of the table ----------------------------------------------------------------------------


HOUSES = "size,year,town,price\n" + "".join(
    f"{40 + 4 * k},{2000 + k % 25},{('Ankara', 'Bursa', 'İzmir')[k % 3]},{k * k * 90 - 7_000 * k}\n"
    for k in range(40)
)


def houses(folder: Path, scaling: Literal["none", "standard", "min_max"]) -> Experiment:
    """Return a regression on two columns of numbers and one of words."""
    table = folder / "house.csv"
    table.write_text(HOUSES, encoding="utf-8")
    split = SplitSpec(test_fraction=0.25)
    data = CsvData(str(table), task="regression", scaling=scaling)
    return msgspec.structs.replace(default_experiment(data, hidden=(3,), seed=4), split=split)


def tables(folder: Path) -> Iterator[Experiment]:
    """Return an experiment for each table and scaling."""
    for scaling in ("none", "standard", "min_max"):
        yield houses(folder, scaling)
        for name in ("iris", "titanic"):
            yield default_experiment(TableData(name, scaling), seed=3)


def test_a_table_s_own_rows_go_in_and_answers_in_its_units_come_out(tmp_path: Path) -> None:
    for number, made in enumerate(tables(tmp_path)):
        plain = build_dataset(
            msgspec.structs.replace(made, data=msgspec.structs.replace(made.data, scaling="none"))
        )
        scaled = build_dataset(made)
        answers = Network(initialise(made).network).forward(scaled.x_train)
        wanted = to_data_units(answers, scaled.y_offset, scaled.y_spread)
        assert np.ptp(wanted) > 0.01
        path = tmp_path / f"{number}.onnx"
        export_onnx(made, path)
        rows = plain.x_train.astype(np.float32)
        (reference,) = reference_outputs(str(path), {"input": rows})
        for given in (reference, through_opencv(path, rows, cv2.dnn.ENGINE_NEW)):
            # A few roundings of float32, of answers as large as the largest.
            assert_allclose(given, wanted, rtol=0, atol=2e-6 * np.abs(wanted).max())
        script = runpy.run_path(str(written(numpy_script(made), tmp_path / f"{number}.py")))
        answer = script.get("answer", script["predict"])  # the same where nothing was scaled
        assert_allclose(answer(plain.x_train), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("values", "bound"),
    [
        # Float32 holds them, so that only the scaled value is rounded.
        ((2023.0, 2024.0, 2025.0, 2024.0), 2e-7),
        ((16_000_000.0, 16_000_001.0, 16_000_002.0, 16_000_005.0), 2e-7),
        # Half a unit in the last place of the input, over the spread.
        ((1000.1, 1000.2, 1000.3, 1000.45), 2**-24 * 1000.45 / 0.127 + 2e-7),
    ],
)
def test_a_large_offset_keeps_the_digits_of_a_column(
    values: tuple[float, ...], bound: float, tmp_path: Path
) -> None:
    table = tmp_path / "years.csv"
    table.write_text("x,y\n" + "".join(f"{v},{k}.5\n" for k, v in enumerate(values)))
    # A unit that passes its input on.
    layers = (LayerSpec(1, "identity", weights=np.ones((1, 1)), biases=np.zeros(1)),)
    data = CsvData(str(table), task="regression")
    made = Experiment(data=data, network=NetworkSpec(1, layers))
    dataset = replace(build_dataset(made), y_offset=None, y_spread=None)
    model = onnx_model(made, dataset)
    rows = np.array(values, np.float32)[:, None]
    (scaled,) = reference_outputs(model, {"input": rows})
    assert_allclose(scaled, dataset.x_train, rtol=0, atol=bound)


def test_onnx_names_columns_words_and_scaling(tmp_path: Path) -> None:
    made = houses(tmp_path, "standard")
    data = build_dataset(made)
    model = onnx_model(made)
    properties = {p.key: p.value for p in model.metadata_props}
    names = ["size", "year", "town=Ankara", "town=Bursa", "town=İzmir"]
    assert properties["features"].split("\n") == names
    assert properties["targets"] == "price"
    assert json.loads(properties["categories"]) == {"town": ["Ankara", "Bursa", "İzmir"]}
    scaling = json.loads(properties["scaling"])
    assert set(scaling) == {"x_offset", "x_spread", "y_offset", "y_spread"}
    for name, numbers in scaling.items():
        assert_array_equal(numbers, getattr(data, name))
    assert (model.producer_name, model.producer_version) == ("Glassnet", __version__)


def test_a_scaling_beyond_float32_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "tiny.csv"
    table.write_text("x,y\n1e-60,0\n2e-60,1\n3e-60,0\n")
    with pytest.raises(ModelError) as caught:
        onnx_model(default_experiment(CsvData(str(table))))
    assert (caught.value.code, caught.value.values["name"]) == ("export.float32", "x_factor")


def written(text: str, path: Path) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


DERIVED: dict[str, tuple[Experiment, tuple[str, ...]]] = {
    "xor": (default_experiment(GateData()), ("x1", "x2", "x1*x2")),
    "plane": (default_experiment(PlaneData()), ("x1^2", "sin(x2)", "x1*x2", "x1")),
    "scaled table": (
        default_experiment(TableData("iris")),
        ("sepal_length_cm", "petal_length_cm*petal_width_cm", "sin(sepal_width_cm)"),
    ),
    "no sine": (default_experiment(TableData("titanic")), ("class*female", "class^2")),
}


@pytest.mark.parametrize("name", DERIVED)
def test_derived_inputs_are_made_in_the_file_from_the_tables_own_rows(
    name: str, tmp_path: Path
) -> None:
    made = initialise(with_features(*DERIVED[name]))
    dataset = build_dataset(made)
    columns = dataset.columns
    path = tmp_path / "network.onnx"
    export_onnx(made, path)
    rows = to_data_units(columns.x_train, columns.x_offset, columns.x_spread)
    expected = Network.of(made).forward(dataset.x_train)
    for engine in (cv2.dnn.ENGINE_NEW, cv2.dnn.ENGINE_CLASSIC):
        answers = through_opencv(path, rows, engine)
        assert_allclose(answers, expected, rtol=1e-6, atol=1e-6)
    properties = {p.key: p.value for p in onnx_model(made).metadata_props}
    assert properties["features"].split("\n") == list(columns.feature_names)
    assert properties["inputs"].split("\n") == list(dataset.feature_names)


@pytest.mark.parametrize("name", DERIVED)
def test_the_script_makes_derived_inputs_and_prints_the_same_loss(
    name: str, tmp_path: Path
) -> None:
    made = initialise(with_features(*DERIVED[name]))
    dataset = build_dataset(made)
    path = tmp_path / "network.py"
    export_numpy(made, path)
    outputs, loss = run_script(path)
    x = dataset.x_test if dataset.table_x is None else dataset.table_x
    assert_allclose(outputs, Network.of(made).forward(x), rtol=1e-13, atol=1e-13)
    assert loss == pytest.approx(Learner(made).train.loss(), rel=1e-12)
