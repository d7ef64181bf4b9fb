"""Networks of other programs, and our own exports, come back number for number."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from msgspec.structs import replace
from onnx import TensorProto, helper, numpy_helper

from model.command.wanted import experiment_at
from model.data import build_dataset
from model.data.derived import derive
from model.data.scaling import to_data_units, to_scaled
from model.defaults import default_experiment
from model.edits.features import with_features
from model.edits.tables import recognised
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    Activation,
    CsvData,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    PointsData,
    TableData,
    TruthTableData,
)
from model.export import export_onnx
from model.importing import read_network
from model.initialisers import initialise
from model.network import Network

FOREIGN = Path(__file__).parent / "foreign"
ANSWERS: dict[str, dict[str, list[list[float]]]] = json.loads(
    (FOREIGN / "answers.json").read_text(encoding="utf-8")
)


def answers(experiment: Experiment, rows: Any) -> np.ndarray:
    """Return what an experiment answers to rows of its columns, both in their own units.

    This is `model.predict` written once more, which holds what is read against the file.
    """
    data = build_dataset(experiment)
    x = to_scaled(np.asarray(rows, np.float64), data.columns.x_offset, data.columns.x_spread)
    found = Network.of(experiment).forward(derive(data.features, x))
    return to_data_units(found, data.y_offset, data.y_spread)


def layers_of(experiment: Experiment) -> list[tuple[int, str, bool]]:
    return [(each.units, each.activation, each.use_bias) for each in experiment.network.layers]


def as_float32(experiment: Experiment) -> Experiment:
    """Return an experiment with weights that a float32 file holds."""
    layers = tuple(
        replace(
            each,
            weights=np.float64(np.float32(each.weights)),
            biases=np.float64(np.float32(each.biases)),
        )
        for each in initialise(experiment).network.layers
    )
    return replace(experiment, network=replace(experiment.network, layers=layers))


# -- Other libraries -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ANSWERS)
def test_a_network_of_another_library_answers_as_it_did_there(name: str) -> None:
    found = read_network(FOREIGN / f"{name}.onnx")
    wanted = ANSWERS[name]["answers"]
    np.testing.assert_allclose(
        answers(found.experiment, ANSWERS[name]["rows"]), wanted, rtol=2e-5, atol=1e-6
    )
    assert found.trip.rows == 50
    assert found.experiment.title == name
    data = found.experiment.data
    assert isinstance(data, TruthTableData)
    assert answers(found.experiment, data.rows) == pytest.approx(np.array(data.targets))


def test_layers_names_and_scaling_of_scikit_learn_are_kept() -> None:
    found = read_network(FOREIGN / "sklearn_iris.onnx")
    experiment = found.experiment
    assert layers_of(experiment) == [(5, "tanh", True), (3, "softmax", True)]
    assert isinstance(experiment.data, TruthTableData)
    assert experiment.data.output_names == ("setosa", "versicolor", "virginica")
    assert experiment.data.scaling == "standard"
    data = build_dataset(experiment)
    assert data.x_offset == pytest.approx([5.843333, 3.057333, 3.758, 1.199333], abs=1e-6)
    assert data.x_spread == pytest.approx([0.825301, 0.434411, 1.759404, 0.759693], abs=1e-6)
    inside = {
        each.name: numpy_helper.to_array(each)
        for each in onnx.load(FOREIGN / "sklearn_iris.onnx").graph.initializer
    }
    first, last = experiment.network.layers
    np.testing.assert_array_equal(first.weights, inside["coefficient"])
    np.testing.assert_array_equal(last.weights, inside["coefficient1"])
    np.testing.assert_array_equal(last.biases, inside["intercepts1"][0])
    assert str(found.notes[0]) == "Left out behind its answers: ArgMax, ZipMap."


def test_a_table_that_is_scaled_is_no_gate_whatever_its_rows() -> None:
    table = GateData("xor").truth_table()
    assert table is not None
    assert recognised(table) == GateData("xor")
    scaled = replace(table, scaling="standard")
    assert recognised(scaled) == scaled
    assert build_dataset(scaled).x_train.tolist() == [[-1, -1], [-1, 1], [1, -1], [1, 1]]


def test_data_on_show_are_kept_where_they_fit_and_scaled_as_they_are() -> None:
    present = default_experiment(TableData("iris"))
    found = read_network(FOREIGN / "sklearn_iris.onnx", present)
    experiment = found.experiment
    assert (experiment.data, experiment.split) == (present.data, present.split)
    assert experiment.training.loss == "categorical_cross_entropy"
    np.testing.assert_allclose(
        answers(experiment, ANSWERS["sklearn_iris"]["rows"]),
        ANSWERS["sklearn_iris"]["answers"],
        rtol=1e-5,
    )
    data = build_dataset(experiment)
    guesses = Network.of(experiment).forward(data.x_test).argmax(axis=1)
    assert np.mean(guesses == data.labels_test) > 0.8
    assert "scaled in another way" in str(found.notes[-1])


@pytest.mark.parametrize("present", [TableData("titanic"), PlaneData("circle")])
def test_data_that_do_not_fit_are_not_kept(present: TableData | PlaneData) -> None:
    found = read_network(FOREIGN / "pytorch_plain_new.onnx", default_experiment(present))
    assert isinstance(found.experiment.data, TruthTableData)


# -- Our own exports -------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_comes_back_bit_for_bit(activation: Activation, tmp_path: Path) -> None:
    hidden: Activation = "tanh" if activation == "softmax" else activation
    points = PointsData(points=((0.5, 1.0, 0), (-1.0, 0.2, 1), (0.3, -0.4, 2)), classes=3)
    layers = (LayerSpec(5, hidden), LayerSpec(4, "tanh", use_bias=False), LayerSpec(3, activation))
    made = as_float32(Experiment(data=points, network=NetworkSpec(2, layers), seed=3))
    export_onnx(made, tmp_path / "own.onnx")
    found = read_network(tmp_path / "own.onnx", made)
    assert found.experiment.network == made.network
    assert found.experiment.data == made.data
    assert found.trip.difference < 1e-6
    assert found.notes == ()


def houses(folder: Path) -> Experiment:
    """Return a regression of years and words, scaled."""
    lines = [f"{1990 + k % 30},{'ab'[k % 2]},{1000 * k + 5e4}" for k in range(40)]
    (folder / "houses.csv").write_text("\n".join(["year,kind,price", *lines]), encoding="utf-8")
    return default_experiment(CsvData(str(folder / "houses.csv"), task="regression"))


def derived(folder: Path) -> Experiment:
    made = default_experiment(TableData("iris"))
    products = ("petal_length_cm*petal_width_cm", "sepal_width_cm^2")
    return with_features(made, ("petal_length_cm", *products, "sin(sepal_length_cm)"))


KINDS: tuple[Callable[[Path], Experiment], ...] = (
    houses,
    derived,
    lambda folder: with_features(default_experiment(PlaneData("spiral")), ("x1", "x1*x2")),
    lambda folder: default_experiment(TableData("digits")),
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("has_data", [True, False])
def test_an_export_comes_back_with_scaling_names_and_inputs(
    kind: Callable[[Path], Experiment], has_data: bool, tmp_path: Path
) -> None:
    made = as_float32(kind(tmp_path))
    export_onnx(made, tmp_path / "own.onnx")
    found = read_network(tmp_path / "own.onnx", made if has_data else None).experiment
    data = build_dataset(made)
    columns = data.columns
    rows = to_data_units(columns.x_train[:20], columns.x_offset, columns.x_spread)
    np.testing.assert_allclose(answers(found, rows), answers(made, rows), rtol=1e-6, atol=1e-6)
    assert found.features == made.features
    if has_data:
        assert found.data == made.data
        assert found.network == made.network
    else:
        assert isinstance(found.data, TruthTableData)
        assert found.data.input_names == columns.feature_names
        assert found.data.output_names == data.target_names
        assert found.network.layers[:-1] == made.network.layers[:-1]


# -- What Build lacks, and files that are no good --------------------------------------------------


def node(operator: str, inputs: str, output: str, **attributes: Any) -> Any:
    return helper.make_node(operator, inputs.split(), [output], name=f"{output}_node", **attributes)


def written(
    path: Path,
    nodes: Sequence[Any],
    shape: Sequence[int | str] = ("rows", 2),
    **weights: Any,
) -> Path:
    """Write a graph from `x` to the output of its last node."""
    arrays = {"W": np.eye(2), "b": np.ones(2), **weights}
    graph = helper.make_graph(
        nodes,
        "made",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_empty_tensor_value_info(nodes[-1].output[0])],
        [numpy_helper.from_array(np.asarray(a, np.float32), name) for name, a in arrays.items()],
    )
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


DENSE = node("Gemm", "x W b", "z")


def refused(path: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_network(path)
    assert str(path) in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("nodes", "named"),
    [
        ([DENSE, node("LeakyRelu", "z", "y", alpha=0.2)], "LeakyRelu (y_node) with alpha = 0.2"),
        ([DENSE, node("Softmax", "z", "a"), node("MatMul", "a W", "y")], "Softmax (a_node)"),
        ([DENSE, node("Relu", "z", "a"), node("Add", "a x", "y")], "Add (y_node)"),
        ([DENSE, node("LSTM", "z W W", "y")], "LSTM (y_node)"),
        ([DENSE, node("Gelu", "z", "y", domain="com.other")], "com.other::Gelu"),
        ([node("Relu", "x", "a"), node("Gemm", "a W b", "y")], "Relu (a_node)"),
        ([node("Conv", "x W", "c"), node("Gemm", "c W b", "y")], "Conv (c_node): for pictures"),
        ([node("MatMul", "x three", "y"), node("MatMul", "y W", "z")], "MatMul (z_node)"),
        ([node("RandomNormal", "", "r", shape=[2, 2]), node("MatMul", "x r", "y")], "RandomNormal"),
    ],
)
def test_what_is_no_layer_of_build_is_named(
    nodes: Sequence[Any], named: str, tmp_path: Path
) -> None:
    error = refused(written(tmp_path / "net.onnx", nodes, three=np.ones((2, 3))))
    assert (error.code, named in str(error)) == ("onnx.lacks", True), str(error)


@pytest.mark.parametrize(
    ("nodes", "weights", "code"),
    [
        ([node("Gemm", "x W b", "y")], {"W": [[np.nan, 0], [0, 1]]}, "onnx.weights"),
        ([node("Gemm", "x W b", "y")], {"b": [0, np.inf]}, "onnx.weights"),
        ([node("Add", "x round", "a"), node("Gemm", "a W b", "round")], {}, "onnx.order"),
        ([DENSE, *(node("Relu", "z", f"a{k}") for k in range(10_000))], {}, "onnx.nodes"),
        ([node("Identity", "x", "y")], {}, "onnx.no_layer"),
        (
            [node("Gemm", f"{'x' if k == 0 else f'a{k}'} W b", f"a{k + 1}") for k in range(11)],
            {"W": np.ones((1000, 1000)), "b": np.ones(1000)},
            "network.too_large",
        ),
        ([node("Gemm", "x W b", "y")], {"W": np.ones((1025, 2))}, "onnx.inputs"),
        ([node("Gemm", "x W b", "y", alpha="no number")], {}, "onnx.damaged"),
    ],
)
def test_a_file_that_is_no_good_is_refused_in_a_sentence(
    nodes: Sequence[Any], weights: dict[str, Any], code: str, tmp_path: Path
) -> None:
    assert refused(written(tmp_path / "net.onnx", nodes, **weights)).code == code


def test_a_shape_that_grows_without_end_is_not_worked_out(tmp_path: Path) -> None:
    grow = [node("Concat", f"s{k} s{k}" if k else "s s", f"s{k + 1}", axis=0) for k in range(40)]
    nodes = [node("Shape", "x", "s"), *grow, node("Reshape", "x s40", "r"), DENSE]
    assert refused(written(tmp_path / "net.onnx", nodes)).code == "onnx.lacks"


@pytest.mark.parametrize("content", [b"", b"no network", b"\x08\x08" * 50])
def test_what_is_no_onnx_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    assert refused(path).code == "onnx.damaged"


@pytest.mark.parametrize("location", ["../weights", "/etc/hostname", "sub/weights", "link"])
def test_weights_are_read_from_the_files_own_folder_alone(location: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    for place in (tmp_path / "weights", folder / "sub" / "weights"):
        place.write_bytes(bytes(16))
    (folder / "link").symlink_to(tmp_path / "weights")
    path = written(folder / "net.onnx", [DENSE])
    model = onnx.load(path)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    path.write_bytes(model.SerializeToString())
    assert refused(path).code == "onnx.outside"


def test_a_network_that_answers_differently_is_not_opened(tmp_path: Path) -> None:
    # Each row is added to the one before it: no chain of dense layers does that.
    nodes = [
        node("Reshape", "x half", "r"),
        node("Gemm", "r V b", "z"),
        node("Reshape", "z s", "y"),
    ]
    path = written(tmp_path / "net.onnx", nodes, V=np.ones((4, 2)))
    model = onnx.load(path)
    for name, values in (("half", [25, 4]), ("s", [50, 1])):
        model.graph.initializer.append(numpy_helper.from_array(np.array(values), name))
    path.write_bytes(model.SerializeToString())
    assert refused(path).code == "onnx.run"


def test_the_command_line_reads_such_a_file_where_it_reads_an_experiment() -> None:
    notes: list[str] = []
    experiment = experiment_at(FOREIGN / "sklearn_iris.onnx", notes.append)
    assert layers_of(experiment) == [(5, "tanh", True), (3, "softmax", True)]
    assert notes[0] == "Left out behind its answers: ArgMax, ZipMap."
