"""Every number that is recomputed is the one that OpenCV gave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.vision.look.inside.networks import converted_googlenet, public_network
from tests.vision.onnx_models import Array, known_file, noise
from tests.vision.onnx_models import network as model
from tests.vision.refused import refused
from vision.classification import Classifier
from vision.engine import Engine
from vision.errors import Fault
from vision.formats.model_file import ModelFile
from vision.formats.reader import parse_model
from vision.look.inside.activations import Activation
from vision.look.inside.cell import (
    Cell,
    Explanation,
    Source,
    explain,
    scores_of,
    strongest_cell,
    strongest_map,
    trace_to_map,
)
from vision.look.inside.graph import Kind, Layer
from vision.look.inside.network import Forward, InsideNetwork
from vision.look.inside.receptive import receptive_field
from vision.pictures.files import read_picture

CELLS = 200


def explained(network: InsideNetwork, forward: Forward, layer: Layer, cell: Cell) -> Explanation:
    """Return how a cell is computed, which must be known."""
    found = explain(network.graph, forward, layer, cell)
    assert found is not None, (layer.operator, cell)
    return found


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
        found = explained(network, forward, layer, cell)
        assert found.gap <= 1e-4 * found.magnitude, (layer.operator, layer.number, cell)
        # What it says it reads is what lies there.
        part = tuple(int(generator.integers(side)) for side in found.values.shape)
        if found.inside[part]:
            source = found.sources(*part)
            assert forward.maps(source.tensor)[source.cell] == np.float32(found.values[part])
    return set(kinds)


def run(file: ModelFile, blob: Array) -> tuple[InsideNetwork, Forward]:
    network = InsideNetwork(file, blob.shape)
    return network, network.run(blob)


@pytest.fixture(scope="module")
def coffee(bundled: Classifier, images: Path) -> tuple[InsideNetwork, Forward, Array]:
    blob = bundled.preprocessing.blob(read_picture(images / "coffee.png"))
    return *run(bundled.engine.file, blob), blob


def test_the_bundled_network(coffee: tuple[InsideNetwork, Forward, Array]) -> None:
    network, forward, _ = coffee
    kinds = hold_against_opencv(network, forward, seed=0)
    assert kinds == {Kind.CONVOLUTION, Kind.SUM, Kind.MEAN, Kind.REARRANGEMENT, Kind.DENSE}
    assert sum(layer.kind is Kind.CONVOLUTION for layer in network.graph.layers) == 49
    assert 4.6e6 < network.graph.weight_count < 4.7e6
    assert network.graph.picture == "image"


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
    logits = Engine(bundled.engine.file).forward(blob)["logits"]
    np.testing.assert_array_equal(forward.tensors["logits"], logits)
    layer = scores_of(network.graph, 1000)
    assert layer is not None
    for index in (int(logits.argmax()), int(logits.argmin()), 0):
        found = explained(network, forward, layer, Cell(index, 0, 0))
        assert found.bias is not None
        assert found.products.size == 1280
        logit = logits[0, index]
        assert abs(found.products.sum() + found.bias - logit) <= 1e-5 * abs(logit)
        sizes = [abs(float(found.products[place])) for place in found.largest(4)]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[0] == np.abs(found.products).max()
        # The largest term is the mean of a map.
        feature = found.largest(1)[0]
        spread = trace_to_map(network.graph, forward, found.sources(*feature))
        maps = forward.maps(spread.tensor)
        assert maps.shape == (1280, 7, 7)
        assert spread.cell.channel == feature[0]
        assert maps[spread.cell] == maps[feature[0]].max()
        assert found.values[feature] == pytest.approx(maps[feature[0]].mean(), rel=1e-5)


def test_nothing_outside_the_receptive_field_changes_a_cell(
    coffee: tuple[InsideNetwork, Forward, Array],
) -> None:
    network, forward, blob = coffee
    layer = next(one for one in network.graph.layers if one.maps_shape[1:] == (28, 28))
    cell = strongest_cell(forward, layer, 3)
    box = receptive_field(network.graph, layer, cell)
    before = float(forward.maps(layer.output)[cell])
    assert 1 < box.width < 112
    outside, inside = np.zeros_like(blob), np.array(blob)
    keep = np.s_[:, :, box.top : box.bottom, box.left : box.right]
    outside[keep] = blob[keep]
    inside[keep] = 0
    same, other = (network.run(one).maps(layer.output)[cell] for one in (outside, inside))
    assert same == pytest.approx(before, rel=1e-5)
    assert abs(other - before) > 0.01


def small(
    graph: str, /, opset: int = 17, **weights: npt.ArrayLike
) -> tuple[InsideNetwork, Forward]:
    """Return a network of a graph that makes y of x, and its forward pass on 2 planes of noise."""
    network = InsideNetwork(
        known_file(model(f"(float[1, 2, 6, 7] x) => (float y) {graph}", opset, **weights)),
        (1, 2, 6, 7),
    )
    return network, network.run(noise(1, 2, 6, 7))


@pytest.mark.parametrize(
    ("operator", "by_hand"),
    [
        ("Relu", lambda z: max(z, 0)),
        ("LeakyRelu <alpha = 0.3>", lambda z: max(z, 0.3 * z)),
        ("HardSigmoid <alpha = 0.25, beta = 0.4>", lambda z: min(max(0.25 * z + 0.4, 0), 1)),
        ("HardSwish", lambda z: z * min(max(z / 6 + 0.5, 0), 1)),
        ("Sigmoid", lambda z: 1 / (1 + np.exp(-z))),
        ("Tanh", np.tanh),
        ("Elu <alpha = 0.7>", lambda z: z if z > 0 else 0.7 * (np.exp(z) - 1)),
        ("Softplus", lambda z: np.log(1 + np.exp(z))),
        ("Mish", lambda z: z * np.tanh(np.log(1 + np.exp(z)))),
    ],
)
def test_an_activation_after_a_strided_padded_grouped_convolution(
    operator: str, by_hand: Callable[[float], float]
) -> None:
    weights, bias = noise(4, 1, 3, 2, seed=5), np.asarray([0.5, -0.5, 1, 0], np.float32)
    settings = "group = 2, strides = [2, 3], pads = [1, 0, 2, 1], dilations = [1, 2]"
    graph = f"{{ z = Conv <{settings}> (x, w, b) y = {operator} (z) }}"
    network, forward = small(graph, opset=18, w=weights, b=bias)
    (layer,) = network.graph.layers
    padded = np.pad(forward.tensors["x"][0], ((0, 0), (1, 2), (0, 1)))
    for cell in (Cell(0, 0, 0), Cell(1, 3, 1), Cell(3, 2, 1)):
        found = explained(network, forward, layer, cell)
        plane, top, left = cell.channel // 2, 2 * cell.row, 3 * cell.column
        patch = padded[plane, top : top + 3, left : left + 3 : 2]
        total = float((patch * weights[cell.channel, 0]).sum() + bias[cell.channel])
        assert found.total == pytest.approx(total, abs=1e-5)
        assert found.result == pytest.approx(by_hand(total), abs=1e-5)
        assert found.is_explained_by_rounding


@pytest.mark.parametrize(
    "steps",
    [
        "s = Sigmoid (c) y = Mul (c, s)",
        "s = HardSigmoid (c) y = Mul (s, c)",
        "p = Softplus (c) t = Tanh (p) y = Mul (c, t)",
        "d = Div (c, root) e = Erf (d) a = Add (e, one) m = Mul (c, a) y = Mul (m, half)",
    ],
    ids=["SiLU", "HardSwish", "Mish", "GELU"],
)
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "tried first"])
def test_what_opencv_joins_to_one_operator_is_seen_step_by_step(steps: str, is_known: bool) -> None:
    data = model(
        f"""(float[1, 3, 9, 9] x) => (float z)
        <float root = {{1.4142135623730951}}, float one = {{1}}, float half = {{0.5}}> {{
            c = Conv (x, w) {steps} z = GlobalAveragePool (y)
        }}""",
        w=noise(4, 3, 3, 3, seed=4),
    )
    file = known_file(data) if is_known else parse_model(data, "m.onnx")
    network, forward = run(file, noise(1, 3, 9, 9))
    for layer in network.graph.layers:
        assert forward.maps(layer.output).shape == layer.maps_shape
        found = explain(network.graph, forward, layer, Cell(2, 0, 0))
        assert found is None or found.is_explained_by_rounding
    assert sum(layer.kind is Kind.OTHER for layer in network.graph.layers) <= 1  # Erf


def test_what_follows_padding_that_the_graph_reckons_is_explained() -> None:
    # As PyTorch writes F.pad(x, (1, 2, 0, 3)): from the last side to the first, turned round.
    network, forward = small(
        """<int64[4] sides = {1, 2, 0, 3}, int64[1] two = {2}, int64[1] zero = {0},
        int64[1] back = {-1}, int64[1] far = {-9223372036854775807}, int64[2] pairs = {-1, 2}> {
            shape = Shape (x)
            one = Gather (shape, zero)
            three = Add (one, two)
            again = Sub (three, one)
            four = Mul (again, two)
            none = ConstantOfShape (four)
            whole = Cast <to = 7> (none)
            all = Concat <axis = 0> (sides, whole)
            turned = Reshape (all, pairs)
            rows = Slice (turned, back, far, zero, back)
            columns = Transpose <perm = [1, 0]> (rows)
            pads = Reshape (columns, back)
            padded = Pad (x, pads)
            c = Conv (padded, w)
            same = Cast <to = 1> (c)
            y = Relu (same)
        }""",
        w=noise(4, 2, 3, 3, seed=4),
    )
    _, conv = network.graph.layers
    assert (conv.kind, conv.shape) == (Kind.CONVOLUTION, (1, 4, 7, 8))
    assert explained(network, forward, conv, Cell(3, 6, 7)).is_explained_by_rounding
    assert np.array_equal(forward.tensors["padded"][0, :, :6, 1:8], forward.tensors["x"][0])


def test_a_convolution_whose_bias_is_cut_out_of_a_longer_one_is_explained() -> None:
    network, forward = small(
        "<int64[1] first = {2}, int64[1] end = {6}>"
        "{ b = Slice (all, first, end) y = Conv (x, w, b) }",
        w=noise(4, 2, 3, 3, seed=4),
        all=np.arange(8, dtype=np.float32),
    )
    (conv,) = network.graph.layers
    assert explained(network, forward, conv, Cell(3, 3, 4)).is_explained_by_rounding


RELU = "{ y = Relu (x) }"


def test_a_gap_is_told() -> None:
    network, forward = small(RELU)
    (layer,) = network.graph.layers
    wrong = {**forward.tensors, "y": forward.tensors["y"] * np.float32(1.01)}
    cell = strongest_cell(forward, layer, 0)
    found = explained(network, Forward(wrong, 0.0), layer, cell)
    assert found.gap == pytest.approx(0.01 * found.result, rel=1e-3)
    assert not found.is_explained_by_rounding


def test_what_is_not_a_number_is_the_cell_to_look_at() -> None:
    network, forward = small(
        "{ z = Conv (x, w, b) y = Tanh (z) }",
        w=noise(2, 2, 1, 1),
        b=np.asarray([0.5, np.nan], np.float32),
    )
    (layer,) = network.graph.layers
    assert strongest_map(forward, layer) == 1
    cell = strongest_cell(forward, layer, 1)
    assert cell == Cell(1, 2, 3)
    found = explained(network, forward, layer, cell)
    assert np.isnan([found.total, found.result, found.forward_value]).all()
    assert found.gap == 0
    assert found.is_explained_by_rounding
    for activation in (Activation("Relu", ()), Activation("HardSigmoid", (0.2, 0.5))):
        assert np.isnan(activation(np.nan))


@pytest.mark.parametrize("found", [np.finfo(np.float32).max, -np.inf, np.nan, np.inf])
def test_infinity_is_not_the_same_as_any_other_number(found: float) -> None:
    network, forward = small(RELU)
    (layer,) = network.graph.layers
    tensors = {name: np.array(values) for name, values in forward.tensors.items()}
    tensors["x"][0, 1, 2, 3] = np.inf
    tensors["y"][0, 1, 2, 3] = found
    cell = explained(network, Forward(tensors, 0.0), layer, Cell(1, 2, 3))
    assert cell.is_explained_by_rounding == (found == np.inf)


def test_what_is_not_explained_is_there_and_named() -> None:
    network, forward = small(
        """<float[4] s = {1, 1, 2, 2}> {
            r = Resize <mode = "nearest"> (x, , s) y = Relu (r)
        }"""
    )
    resize, relu = network.graph.layers
    assert (resize.kind, resize.operator) == (Kind.OTHER, "Resize")
    assert forward.maps(resize.output).shape == (2, 12, 14)
    assert explain(network.graph, forward, resize, Cell(0, 0, 0)) is None
    # Of what is not known, all of the picture counts.
    assert receptive_field(network.graph, relu, Cell(0, 0, 0)) == (0, 0, 6, 7)


def test_a_flat_picture_has_its_kernels_back() -> None:
    weights = noise(84, 5)
    network, forward = small(
        "{ f = Flatten (x) m = MatMul (f, w) y = Add (m, b) }", w=weights, b=noise(5)
    )
    layer = scores_of(network.graph, 5)
    assert layer is not None
    found = explained(network, forward, layer, Cell(2, 0, 0))
    assert found.weights is not None
    np.testing.assert_allclose(found.weights, weights[:, 2].reshape(2, 6, 7), rtol=1e-6)
    assert found.sources(1, 4, 5) == Source("x", Cell(1, 4, 5))
    assert found.is_explained_by_rounding


def test_what_is_too_much_to_look_into_is_refused_in_one_sentence() -> None:
    chain = " ".join(f"t{n + 1} = Softmax (t{n})" for n in range(2001))
    many = model(f"(float[1, 4] t0) => (float[1, 4] t2001) {{ {chain} }}")
    with refused(Fault.MODEL_INSIDE, "2001 layers, more than 2000"):
        InsideNetwork(known_file(many), (1, 4))
    large = model(
        """(float[1, 3, 1, 1] x) => (float[1, 3, 8000, 8000] y)
        <int64[4] s = {1, 3, 8000, 8000}> { e = Expand (x, s) y = Softmax (e) }"""
    )
    with refused(Fault.MODEL_INSIDE, "its maps would need 1536 MB"):
        InsideNetwork(known_file(large), (1, 3, 1, 1))
    pooled = model(
        """(float[1, 2, 6, 7] x) => (float[1, 2, 5, 6] y) {
            p = LpPool <kernel_shape = [2, 2], p = 2> (x) y = Relu (p)
        }"""
    )
    with refused(Fault.MODEL_INSIDE, "OpenCV does not give the maps of all its layers"):
        InsideNetwork(known_file(pooled), (1, 2, 6, 7))


def test_a_length_that_the_graph_counts_is_no_batch() -> None:
    # As YOLO makes the places of its cells.
    data = model(
        """(float[N, 2, h, w] x) => (float[N, 2, h, w] y)
        <int64 two = {2}, float zero = {0}, float one = {1}, int64[4] rows = {1, 1, -1, 1},
        float[h] r> {
            shape = Shape (x)
            h = Gather (shape, two)
            height = Cast <to = 1> (h)
            r = Range (zero, height, one)
            places = Reshape (r, rows)
            a = Relu (x)
            y = Add (a, places)
        }"""
    )
    network = InsideNetwork(known_file(data), (1, 2, 6, 7))
    assert network.run(noise(1, 2, 6, 7)).maps("a").shape == (2, 6, 7)
    assert all(layer.output != "r" for layer in network.graph.layers if layer.shape)
