"""Every number that is recomputed is the one that OpenCV gave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.vision.look.inside.networks import converted_googlenet, public_network
from tests.vision.onnx_models import Array, known_file, model_bytes
from vision.classification import Classifier
from vision.engine import Engine
from vision.errors import Fault, VisionError
from vision.formats.model_file import ModelFile, ModelFormat
from vision.formats.reader import parse_model
from vision.look.inside.activations import Activation
from vision.look.inside.cell import (
    Cell,
    Source,
    explain,
    scores_of,
    spread_source,
    strongest_cell,
    strongest_map,
)
from vision.look.inside.graph import Graph, Kind
from vision.look.inside.network import Forward, InsideNetwork
from vision.look.inside.receptive import receptive_field
from vision.pictures.files import read_picture

CELLS = 200


def hold_against_opencv(network: InsideNetwork, forward: Forward, seed: int) -> set[Kind]:
    """Recompute random cells, as many of each kind as can be; return the kinds that were met."""
    generator = np.random.default_rng(seed)
    kinds = sorted({layer.kind for layer in network.graph.layers})
    for number in range(CELLS):
        kind = kinds[number % len(kinds)]
        layers = [layer for layer in network.graph.layers if layer.kind is kind]
        layer = layers[generator.integers(len(layers))]
        sides = forward.maps(layer.output).shape
        cell = Cell(*(int(generator.integers(side)) for side in sides))
        told = explain(network.graph, forward, layer, cell)
        assert told is not None, (layer.operator, cell)
        assert told.gap <= 1e-4 * told.magnitude, (layer.operator, layer.number, cell)
        # What it says it reads is what lies there.
        part = tuple(int(generator.integers(side)) for side in told.values.shape)
        if told.inside[part]:
            source = told.sources(*part)
            assert forward.maps(source.tensor)[source.cell] == np.float32(told.values[part])
    return set(kinds)


def run(file: ModelFile, blob: Array) -> tuple[InsideNetwork, Forward]:
    network = InsideNetwork(file, blob.shape)
    assert not network.is_by_reference
    return network, network.run(blob)


@pytest.fixture(scope="module")
def coffee(bundled: Classifier, images: Path) -> tuple[InsideNetwork, Forward, Array]:
    blob = bundled.preprocessing.blob(read_picture(images / "coffee.png"))
    network, forward = run(bundled.engine.file, blob)
    return network, forward, blob


def noise(*shape: int) -> Array:
    return np.random.default_rng(2).standard_normal(shape).astype(np.float32)


def test_the_bundled_network(coffee: tuple[InsideNetwork, Forward, Array]) -> None:
    network, forward, _ = coffee
    kinds = hold_against_opencv(network, forward, seed=0)
    assert kinds == {Kind.CONVOLUTION, Kind.SUM, Kind.MEAN, Kind.REARRANGEMENT, Kind.DENSE}
    assert sum(layer.kind is Kind.CONVOLUTION for layer in network.graph.layers) == 49
    assert 4.6e6 < network.graph.weight_count < 4.7e6


def test_googlenet_by_the_converter(tmp_path: Path) -> None:
    network, forward = run(converted_googlenet(tmp_path), 50 * noise(1, 3, 224, 224))
    kinds = hold_against_opencv(network, forward, seed=1)
    assert {Kind.LOCAL_NORMALISATION, Kind.JOIN, Kind.MAXIMUM, Kind.SOFTMAX, Kind.DENSE} < kinds


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shufflenet", {Kind.CONVOLUTION, Kind.REARRANGEMENT, Kind.JOIN, Kind.SUM, Kind.MEAN}),
        ("densenet121", {Kind.CONVOLUTION, Kind.SCALE, Kind.JOIN, Kind.MAXIMUM, Kind.MEAN}),
        ("squeezenet", {Kind.CONVOLUTION, Kind.JOIN, Kind.MAXIMUM, Kind.SOFTMAX}),
    ],
)
def test_a_public_network(name: str, expected: set[Kind]) -> None:
    network, forward = run(public_network(name), noise(1, 3, 224, 224))
    assert expected <= hold_against_opencv(network, forward, seed=3)


def test_the_terms_of_the_last_layer_sum_to_the_logit(
    bundled: Classifier, coffee: tuple[InsideNetwork, Forward, Array]
) -> None:
    network, forward, blob = coffee
    logits = bundled.engine.forward(blob)["logits"][0]
    layer = scores_of(network.graph, 1000)
    assert layer is not None
    for index in (int(logits.argmax()), int(logits.argmin()), 0):
        told = explain(network.graph, forward, layer, Cell(index, 0, 0))
        assert told is not None
        assert told.bias is not None
        assert told.products.size == 1280
        assert abs(told.products.sum() + told.bias - logits[index]) <= 1e-5 * abs(logits[index])
        sizes = [abs(float(told.products[place])) for place in told.largest(4)]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[0] == np.abs(told.products).max()
        # The largest term is the mean of a map.
        feature = told.largest(1)[0]
        spread = spread_source(network.graph, forward, told.sources(*feature))
        maps = forward.maps(spread.tensor)
        assert maps.shape == (1280, 7, 7)
        assert spread.cell.channel == feature[0]
        assert maps[spread.cell] == maps[feature[0]].max()
        assert told.values[feature] == pytest.approx(maps[feature[0]].mean(), rel=1e-5)


def test_nothing_outside_the_receptive_field_changes_a_cell(
    coffee: tuple[InsideNetwork, Forward, Array],
) -> None:
    network, forward, blob = coffee
    layers = [layer for layer in network.graph.layers if layer.maps_shape[1:] == (28, 28)]
    layer = layers[0]
    cell = strongest_cell(forward, layer, 3)
    box = receptive_field(network.graph, layer, cell)
    before = float(forward.maps(layer.output)[cell])
    assert 1 < box.width < 112
    outside, inside = np.array(blob), np.array(blob)
    keep = np.s_[:, :, box.top : box.bottom, box.left : box.right]
    outside[:] = 0
    outside[keep] = blob[keep]
    inside[keep] = 0
    same = network.run(outside).maps(layer.output)[cell]
    other = network.run(inside).maps(layer.output)[cell]
    assert same == pytest.approx(before, rel=1e-5)
    assert abs(other - before) > 0.01


def small(
    nodes: list[onnx.NodeProto], weights: dict[str, Array], shape: list[int]
) -> tuple[Graph, Forward]:
    data = model_bytes(nodes, {"x": [1, 2, 6, 7]}, {"y": shape}, weights)
    network = InsideNetwork(known_file(data), (1, 2, 6, 7))
    return network.graph, network.run(noise(1, 2, 6, 7))


@pytest.mark.parametrize(
    ("operator", "attributes", "by_hand"),
    [
        ("Relu", {}, lambda z: max(z, 0)),
        ("LeakyRelu", {"alpha": 0.3}, lambda z: max(z, 0.3 * z)),
        ("HardSigmoid", {"alpha": 0.25, "beta": 0.4}, lambda z: min(max(0.25 * z + 0.4, 0), 1)),
        ("HardSwish", {}, lambda z: z * min(max(z / 6 + 0.5, 0), 1)),
        ("Sigmoid", {}, lambda z: 1 / (1 + np.exp(-z))),
        ("Tanh", {}, np.tanh),
        ("Elu", {"alpha": 0.7}, lambda z: z if z > 0 else 0.7 * (np.exp(z) - 1)),
        ("Softplus", {}, lambda z: np.log(1 + np.exp(z))),
        ("Mish", {}, lambda z: z * np.tanh(np.log(1 + np.exp(z)))),
    ],
)
def test_an_activation_after_a_strided_padded_grouped_convolution(
    operator: str, attributes: dict[str, Any], by_hand: Callable[[float], float]
) -> None:
    weights = np.random.default_rng(5).standard_normal((4, 1, 3, 2)).astype(np.float32)
    settings: dict[str, Any] = {
        "group": 2,
        "strides": [2, 3],
        "pads": [1, 0, 2, 1],
        "dilations": [1, 2],
    }
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["z"], **settings),
        helper.make_node(operator, ["z"], ["y"], **attributes),
    ]
    bias = np.asarray([0.5, -0.5, 1, 0], np.float32)
    graph, forward = small(nodes, {"w": weights, "b": bias}, [1, 4, 4, 2])
    (layer,) = graph.layers
    x = forward.tensors["x"][0]
    padded = np.pad(x, ((0, 0), (1, 2), (0, 1)))
    for cell in (Cell(0, 0, 0), Cell(1, 3, 1), Cell(3, 2, 1)):
        told = explain(graph, forward, layer, cell)
        assert told is not None
        patch = padded[
            cell.channel // 2,
            2 * cell.row : 2 * cell.row + 3,
            3 * cell.column : 3 * cell.column + 3 : 2,
        ]
        total = float((patch * weights[cell.channel, 0]).sum() + bias[cell.channel])
        assert told.total == pytest.approx(total, abs=1e-5)
        assert told.result == pytest.approx(by_hand(total), abs=1e-5)
        assert told.agrees


@pytest.mark.parametrize(
    "steps",
    [
        [("Sigmoid", "c", "s"), ("Mul", "c s", "y")],
        [("HardSigmoid", "c", "s"), ("Mul", "s c", "y")],
        [("Softplus", "c", "p"), ("Tanh", "p", "t"), ("Mul", "c t", "y")],
        [
            ("Div", "c root", "d"),
            ("Erf", "d", "e"),
            ("Add", "e one", "a"),
            ("Mul", "c a", "m"),
            ("Mul", "m half", "y"),
        ],
    ],
    ids=["SiLU", "HardSwish", "Mish", "GELU"],
)
def test_what_opencv_joins_to_one_operator_is_seen_step_by_step(
    steps: list[tuple[str, str, str]],
) -> None:
    numbers = {"root": 2**0.5, "one": 1.0, "half": 0.5}
    weights: dict[str, Array] = {
        name: np.asarray(value, np.float32)
        for name, value in numbers.items()
        if any(name in inputs.split() for _, inputs, _ in steps)
    }
    weights["w"] = np.random.default_rng(4).standard_normal((4, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"]),
        *(helper.make_node(name, inputs.split(), [output]) for name, inputs, output in steps),
        helper.make_node("GlobalAveragePool", ["y"], ["z"]),
    ]
    data = model_bytes(nodes, {"x": [1, 3, 9, 9]}, {"z": [1, 4, 1, 1]}, weights)
    network, forward = run(known_file(data), noise(1, 3, 9, 9))
    assert not network.is_by_reference
    for layer in network.graph.layers:
        assert forward.maps(layer.output).shape == layer.maps_shape
        told = explain(network.graph, forward, layer, Cell(2, 0, 0))
        assert told is None or told.agrees
    assert sum(layer.kind is Kind.OTHER for layer in network.graph.layers) <= 1  # Erf


def test_a_network_that_has_to_be_tried_first_is_computed_by_opencv_all_the_same() -> None:
    weights = {"w": np.random.default_rng(4).standard_normal((4, 3, 3, 3)).astype(np.float32)}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"]),
        helper.make_node("Sigmoid", ["c"], ["s"]),
        helper.make_node("Mul", ["c", "s"], ["y"]),
        helper.make_node("GlobalAveragePool", ["y"], ["z"]),
    ]
    data = model_bytes(nodes, {"x": [1, 3, 9, 9]}, {"z": [1, 4, 1, 1]}, weights)
    network = InsideNetwork(parse_model(data, "m.onnx"), (1, 3, 9, 9))
    forward = network.run(noise(1, 3, 9, 9))
    assert not network.is_by_reference
    sums = forward.maps("c")
    assert forward.maps("s") == pytest.approx(1 / (1 + np.exp(-sums)), abs=1e-6)


def test_what_follows_padding_that_the_graph_reckons_is_explained() -> None:
    make = helper.make_node
    weights: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "w": np.random.default_rng(4).standard_normal((4, 2, 3, 3)).astype(np.float32),
        "sides": np.asarray([1, 2, 0, 3], np.int64),
        "two": np.asarray([2], np.int64),
        "zero": np.asarray([0], np.int64),
        "back": np.asarray([-1], np.int64),
        "far": np.asarray([-(2**63) + 1], np.int64),
        "pairs": np.asarray([-1, 2], np.int64),
    }
    # As PyTorch writes F.pad(x, (1, 2, 0, 3)): from the last side to the first, turned round.
    nodes = [
        make("Shape", ["x"], ["shape"]),
        make("Gather", ["shape", "zero"], ["one"]),
        make("Add", ["one", "two"], ["three"]),
        make("Sub", ["three", "one"], ["again"]),
        make("Mul", ["again", "two"], ["four"]),
        make("ConstantOfShape", ["four"], ["none"]),
        make("Cast", ["none"], ["whole"], to=TensorProto.INT64),
        make("Concat", ["sides", "whole"], ["all"], axis=0),
        make("Reshape", ["all", "pairs"], ["turned"]),
        make("Slice", ["turned", "back", "far", "zero", "back"], ["rows"]),
        make("Transpose", ["rows"], ["columns"], perm=[1, 0]),
        make("Reshape", ["columns", "back"], ["pads"]),
        make("Pad", ["x", "pads"], ["padded"]),
        make("Conv", ["padded", "w"], ["c"]),
        make("Cast", ["c"], ["same"], to=TensorProto.FLOAT),
        make("Relu", ["same"], ["y"]),
    ]
    data = model_bytes(nodes, {"x": [1, 2, 6, 7]}, {"y": [1, 4, 7, 8]}, weights)
    network, forward = run(known_file(data), noise(1, 2, 6, 7))
    _, conv = network.graph.layers
    assert (conv.kind, conv.shape) == (Kind.CONVOLUTION, (1, 4, 7, 8))
    told = explain(network.graph, forward, conv, Cell(3, 6, 7))
    assert told is not None
    assert told.agrees
    assert np.array_equal(forward.tensors["padded"][0, :, :6, 1:8], forward.tensors["x"][0])


def test_a_convolution_whose_bias_is_cut_out_of_a_longer_one_is_explained() -> None:
    weights: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "w": np.random.default_rng(4).standard_normal((4, 3, 3, 3)).astype(np.float32),
        "all": np.arange(8, dtype=np.float32),
        "first": np.asarray([2], np.int64),
        "end": np.asarray([6], np.int64),
    }
    nodes = [
        helper.make_node("Slice", ["all", "first", "end"], ["b"]),
        helper.make_node("Conv", ["x", "w", "b"], ["y"]),
    ]
    data = model_bytes(nodes, {"x": [1, 3, 9, 9]}, {"y": [1, 4, 7, 7]}, weights)
    network, forward = run(known_file(data), noise(1, 3, 9, 9))
    (conv,) = network.graph.layers
    told = explain(network.graph, forward, conv, Cell(3, 6, 6))
    assert told is not None
    assert told.agrees


def test_a_gap_is_told() -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    graph, forward = small(nodes, {}, [1, 2, 6, 7])
    (layer,) = graph.layers
    cell = strongest_cell(forward, layer, 0)
    wrong = {**forward.tensors, "y": forward.tensors["y"] * np.float32(1.01)}
    told = explain(graph, Forward(wrong, 0.0), layer, cell)
    assert told is not None
    assert told.gap == pytest.approx(0.01 * told.result, rel=1e-3)
    assert not told.agrees


def test_what_is_not_a_number_is_the_cell_to_look_at() -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["z"]),
        helper.make_node("Tanh", ["z"], ["y"]),
    ]
    weights = {"w": noise(2, 2, 1, 1), "b": np.asarray([0.5, np.nan], np.float32)}
    graph, forward = small(nodes, weights, [1, 2, 6, 7])
    (layer,) = graph.layers
    assert strongest_map(forward, layer) == 1
    cell = strongest_cell(forward, layer, 1)
    assert cell == Cell(1, 2, 3)
    told = explain(graph, forward, layer, cell)
    assert told is not None
    assert np.isnan([told.total, told.result, told.found]).all()
    assert told.gap == 0
    assert told.agrees


@pytest.mark.parametrize("operator", ["Relu", "HardSigmoid"])
def test_nan_stays_nan_after_an_activation(operator: str) -> None:
    numbers = {"Relu": (), "HardSigmoid": (0.2, 0.5)}[operator]
    assert np.isnan(Activation(operator, numbers)(np.nan))


@pytest.mark.parametrize("found", [np.finfo(np.float32).max, -np.inf, np.nan])
def test_infinity_is_not_the_same_as_any_other_number(found: float) -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    graph, forward = small(nodes, {}, [1, 2, 6, 7])
    (layer,) = graph.layers
    tensors = {name: np.array(values) for name, values in forward.tensors.items()}
    tensors["x"][0, 1, 2, 3] = np.inf
    tensors["y"][0, 1, 2, 3] = found
    told = explain(graph, Forward(tensors, 0.0), layer, Cell(1, 2, 3))
    assert told is not None
    assert not told.agrees
    tensors["y"][0, 1, 2, 3] = np.inf
    told = explain(graph, Forward(tensors, 0.0), layer, Cell(1, 2, 3))
    assert told is not None
    assert told.agrees


def test_what_is_not_explained_is_there_and_named() -> None:
    nodes = [
        helper.make_node("Resize", ["x", "", "s"], ["r"], mode="nearest"),
        helper.make_node("Relu", ["r"], ["y"]),
    ]
    scales = np.asarray([1, 1, 2, 2], np.float32)
    graph, forward = small(nodes, {"s": scales}, [1, 2, 12, 14])
    resize, relu = graph.layers
    assert (resize.kind, resize.operator) == (Kind.OTHER, "Resize")
    assert forward.maps(resize.output).shape == (2, 12, 14)
    assert explain(graph, forward, resize, Cell(0, 0, 0)) is None
    # Of what is not known, all of the picture counts.
    assert receptive_field(graph, relu, Cell(0, 0, 0)) == (0, 0, 6, 7)


def test_a_flat_picture_has_its_kernels_back() -> None:
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["m"]),
        helper.make_node("Add", ["m", "b"], ["y"]),
    ]
    weights = noise(84, 5)
    graph, forward = small(nodes, {"w": weights, "b": noise(5)}, [1, 5])
    layer = scores_of(graph, 5)
    assert layer is not None
    told = explain(graph, forward, layer, Cell(2, 0, 0))
    assert told is not None
    assert told.weights is not None
    np.testing.assert_allclose(told.weights, weights[:, 2].reshape(2, 6, 7), rtol=1e-6)
    assert told.sources(1, 4, 5) == Source("x", Cell(1, 4, 5))
    assert told.agrees


def test_a_network_of_too_many_layers_or_too_large_maps_is_refused() -> None:
    chain = [
        helper.make_node("Softmax", [f"t{n}" if n else "x"], [f"t{n + 1}"]) for n in range(2001)
    ]
    data = model_bytes(chain, {"x": [1, 4]}, {"t2001": [1, 4]})
    with pytest.raises(VisionError, match="2001 layers, more than 2000") as many:
        InsideNetwork(known_file(data), (1, 4))
    assert many.value.code is Fault.MODEL_INSIDE
    large = [
        helper.make_node("Expand", ["x", "s"], ["e"]),
        helper.make_node("Softmax", ["e"], ["y"]),
    ]
    shape = np.asarray([1, 3, 8000, 8000], np.int64)
    data = model_bytes(large, {"x": [1, 3, 1, 1]}, {"y": [1, 3, 8000, 8000]}, {"s": shape})
    with pytest.raises(VisionError, match="its maps would need 1536 MB"):
        InsideNetwork(known_file(data), (1, 3, 1, 1))


def test_other_formats_are_refused_in_one_sentence() -> None:
    file = ModelFile("m.pb", ModelFormat.TENSORFLOW, b"", None)
    with pytest.raises(VisionError, match="it is neither ONNX nor Caffe"):
        InsideNetwork(file, (1, 3, 8, 8))


def test_engine_outputs_are_those_of_the_plain_network(
    bundled: Classifier, coffee: tuple[InsideNetwork, Forward, Array]
) -> None:
    network, forward, blob = coffee
    plain = Engine(bundled.engine.file).forward(blob)
    np.testing.assert_array_equal(forward.tensors["logits"], plain["logits"])
    assert network.graph.picture == "image"


def test_maps_that_are_held_stay_and_the_others_are_filled_again(bundled: Classifier) -> None:
    file = bundled.engine.file
    blobs = [noise(1, 3, 224, 224) * scale for scale in (0.5, 1, 2)]
    alone = [InsideNetwork(file, blob.shape).run(blob).maps("logits") for blob in blobs]
    network = InsideNetwork(file, blobs[0].shape)
    held = network.run(blobs[0])
    # Of the second forward a person may look at one map, long after the forward is gone.
    one_map = network.run(blobs[1]).maps("logits")[7]
    third = network.run(blobs[2])
    lies_at = id(third.tensors["logits"])
    np.testing.assert_array_equal(third.maps("logits"), alone[2])
    del third
    again = network.run(blobs[0])
    assert id(again.tensors["logits"]) == lies_at
    for name, maps in held.tensors.items():
        np.testing.assert_array_equal(again.tensors[name], maps)
    np.testing.assert_array_equal(held.maps("logits"), alone[0])
    np.testing.assert_array_equal(one_map, alone[1][7])


def test_onnx_computes_the_maps_where_opencv_cannot() -> None:
    nodes = [
        helper.make_node("LpPool", ["x"], ["p"], kernel_shape=[2, 2], p=2),
        helper.make_node("Relu", ["p"], ["y"]),
    ]
    data = model_bytes(nodes, {"x": [1, 2, 6, 7]}, {"y": [1, 2, 5, 6]})
    network = InsideNetwork(known_file(data), (1, 2, 6, 7))
    assert network.is_by_reference
    x = noise(1, 2, 6, 7)
    forward = network.run(x)
    by_hand = np.sqrt((x[0, 1, 2:4, 3:5] ** 2).sum())
    assert forward.maps("y")[1, 2, 3] == pytest.approx(by_hand, rel=1e-5)
    told = explain(network.graph, forward, network.graph.layers[1], Cell(1, 2, 3))
    assert told is not None
    assert told.agrees


def test_onnx_normalises_a_batch_as_a_trained_network_does() -> None:
    names = ("scale", "shift", "mean", "variance")
    weights = {
        name: np.asarray(values, np.float32)
        for name, values in zip(names, ([2, 1], [0.5, 0], [0.1, -1], [4, 0.25]), strict=True)
    }
    nodes = [
        helper.make_node("LpPool", ["x"], ["p"], kernel_shape=[2, 2], p=2),
        helper.make_node("BatchNormalization", ["p", *names], ["y"]),
    ]
    data = model_bytes(nodes, {"x": [1, 2, 6, 7]}, {"y": [1, 2, 5, 6]}, weights, opset=11)
    network = InsideNetwork(known_file(data), (1, 2, 6, 7))
    assert network.is_by_reference
    forward = network.run(noise(1, 2, 6, 7))
    wanted = 2 * (forward.maps("p")[0] - 0.1) / np.sqrt(4 + 1e-5) + 0.5
    assert forward.maps("y")[0] == pytest.approx(wanted, rel=1e-5)


def test_a_length_that_the_graph_counts_is_no_batch() -> None:
    make = helper.make_node
    weights: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "two": np.asarray(2, np.int64),
        "zero": np.asarray(0, np.float32),
        "one": np.asarray(1, np.float32),
        "rows": np.asarray([1, 1, -1, 1], np.int64),
    }
    # As YOLO makes the places of its cells.
    nodes = [
        make("Shape", ["x"], ["shape"]),
        make("Gather", ["shape", "two"], ["h"]),
        make("Cast", ["h"], ["height"], to=TensorProto.FLOAT),
        make("Range", ["zero", "height", "one"], ["r"]),
        make("Reshape", ["r", "rows"], ["places"]),
        make("Relu", ["x"], ["a"]),
        make("Add", ["a", "places"], ["y"]),
    ]
    sides: list[int | str] = ["N", 2, "h", "w"]
    model = onnx.load_from_string(model_bytes(nodes, {"x": sides}, {"y": sides}, weights))
    model.graph.value_info.append(helper.make_tensor_value_info("r", TensorProto.FLOAT, ["h"]))
    network = InsideNetwork(known_file(model.SerializeToString()), (1, 2, 6, 7))
    forward = network.run(noise(1, 2, 6, 7))
    assert forward.maps("a").shape == (2, 6, 7)
    assert all(layer.output != "r" for layer in network.graph.layers if layer.shape)
