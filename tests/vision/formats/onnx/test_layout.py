"""Models are given to OpenCV in a form of which it makes what ONNX defines."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import onnx
import pytest
from onnx import helper

from tests.onnx_reference import reference_outputs
from tests.vision.onnx_models import Array, linear_classifier, network, noise
from tests.vision.refused import refused
from vision.engine import ComputeChoice, Engine
from vision.errors import Fault
from vision.formats.onnx.check import counting_operators
from vision.formats.onnx.layout import with_explicit_pads
from vision.formats.reader import parse_model
from vision.models.opening import IMAGENET_RGB, suggest_preprocessing
from vision.networks.probe import read_net_at, temporary_copy


def padding(operator: str, settings: str, side: int | str, weights: Array) -> bytes:
    """Return a network of one node that pads a picture of two planes as it needs."""
    is_convolution = operator.startswith("Conv")
    kernel = [*weights.shape[2:]]
    return network(
        f"""(float[1, 2, {side}, {side}] x) => (float[1, 2, H, W] y) {{
            y = {operator} <kernel_shape = {kernel}, {settings}> (x{", w" * is_convolution})
        }}""",
        **({"w": weights} if is_convolution else {}),
    )


@pytest.mark.parametrize("engine", [cv2.dnn.ENGINE_NEW, cv2.dnn.ENGINE_CLASSIC])
@pytest.mark.parametrize("mode", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("operator", ["Conv", "MaxPool", "AveragePool"])
@pytest.mark.parametrize(
    ("side", "strides", "kernel"),
    [(22, [2, 2], (3, 3)), (23, [2, 2], (2, 2)), (22, [1, 1], (2, 2)), (9, [2, 1], (5, 4))],
)
def test_what_a_node_pads_is_the_same_in_opencv(
    operator: str, mode: str, side: int, strides: list[int], kernel: tuple[int, int], engine: int
) -> None:
    weights, picture = noise(2, 2, *kernel, seed=1), noise(1, 2, side, side).clip(-1, 1)
    # ONNX's evaluator gets SAME_LOWER wrong where it pools: it is SAME_UPPER of all turned.
    step = -1 if mode == "SAME_LOWER" else 1
    turn = np.s_[:, :, ::step, ::step]
    upper = f'strides = {strides}, auto_pad = "SAME_UPPER"'
    judge = onnx.load_from_string(padding(operator, upper, side, weights[turn].copy()))
    [found_by_onnx] = reference_outputs(judge, {"x": picture[turn]})
    wanted = np.asarray(found_by_onnx)[turn]
    model = padding(operator, f'strides = {strides}, auto_pad = "{mode}"', side, weights)
    file = parse_model(model)
    with temporary_copy(file.data) as path:
        net = read_net_at(path, engine)
    net.setInput(picture)
    found = net.forward()
    assert found.shape == wanted.shape
    # A product of 50 numbers is rounded 50 times.
    assert found == pytest.approx(wanted, abs=50 * float(np.finfo(np.float32).eps) * 50)


def test_a_transposed_convolution_says_what_it_pads() -> None:
    weights, settings = noise(2, 2, 3, 3), 'auto_pad = "SAME_UPPER", strides = [2, 2]'
    model = padding("ConvTranspose", settings, 5, weights)
    [node] = onnx.load_from_string(with_explicit_pads(model)).graph.node
    said = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    assert said == {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]}


@pytest.mark.parametrize(
    ("side", "settings"),
    [
        ("H", 'auto_pad = "SAME_UPPER", strides = [2, 2]'),
        (8, 'auto_pad = "VALID"'),
        (8, "pads = [1, 1, 1, 1]"),
    ],
)
def test_what_depends_on_the_picture_or_is_said_already_stays(
    side: int | str, settings: str
) -> None:
    model = padding("MaxPool", settings, side, noise(2, 2, 3, 3))
    assert onnx.load_from_string(with_explicit_pads(model)) == onnx.load_from_string(model)


def test_an_output_that_is_called_a_single_number_has_the_shape_that_follows() -> None:
    # As converters of PaddlePaddle's models write it.
    data, _, _ = linear_classifier(softmax=True)
    model = onnx.load_from_string(data)
    model.graph.output[0].type.tensor_type.shape.ClearField("dim")
    file = parse_model(model.SerializeToString())
    assert file.structure is not None
    assert file.structure.outputs[0].shape == ("N", 3)
    assert Engine(file).output_names == ("p",)


@pytest.mark.parametrize(
    ("operator", "constant", "scales"),
    [
        ("Div", 255, True),
        ("Mul", 1 / 255, True),
        ("Mul", 1 / 127.5, True),
        ("Sub", [123.675, 116.28, 103.53], True),
        ("Add", -128, True),
        ("Div", [0.229, 0.224, 0.225], False),
        ("Sub", [0.485, 0.456, 0.406], False),
        ("Mul", 2, False),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_a_network_that_scales_pixels_itself_is_given_pixels(
    operator: str, constant: float | list[float], scales: bool, last: bool
) -> None:
    order = [0, 3, 1, 2] if last else [0, 1, 2, 3]
    data = network(
        f"""(float[1, {"8, 8, 3" if last else "3, 8, 8"}] image) => (float[1, 3] scores) {{
            second = Transpose <perm = {order}> (image)
            scaled = {operator} (second, constant)
            pool = GlobalAveragePool (scaled)
            scores = Flatten (pool)
        }}""",
        constant=np.asarray(constant, np.float32).reshape(-1, 1, 1),
    )
    file = parse_model(data)
    usual = replace(IMAGENET_RGB, size_wh=(8, 8))
    pixels = replace(usual, mean=(0, 0, 0), scale=1, std=(1, 1, 1))
    assert suggest_preprocessing(file) == (pixels if scales else usual)


def test_what_counts_what_it_finds_is_refused_before_it_finds_nothing() -> None:
    data = network(
        """(float[1, 3, 8, 8] x) => (float[2, N] y) {
            flat = Flatten (x)
            places = NonZero (flat)
            y = Cast <to = 1> (places)
        }"""
    )
    with refused(Fault.MODEL_UNSUPPORTED, "how many numbers NonZero gives depends on the picture"):
        Engine(parse_model(data), ComputeChoice.NEW_CPU)


def test_what_counts_sides_is_not_refused() -> None:
    data = network(
        """(float[1, 3, 8, 8] x) => (float[1, 3, 8, 8] y) {
            sides = Shape (x)
            places = NonZero (sides)
            numbers = Cast <to = 1> (places)
            sum = ReduceSum <keepdims = 0> (numbers)
            y = Mul (x, sum)
        }"""
    )
    assert counting_operators(data) == ()
