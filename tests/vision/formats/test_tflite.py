"""TFLite networks are written as ONNX: what they give is what their own arithmetic gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.vision.onnx_models import Array, noise
from tests.vision.other_formats import (
    Tensor,
    TfliteOperator,
    TfliteTensor,
    constant,
    tflite_convolution,
    tflite_network,
)
from tests.vision.refused import refused
from tests.vision.tflite_bytes import (
    DEPTHWISE,
    RESHAPE,
    SIDE,
    STEP,
    TRANSPOSED,
    Bytes,
)
from vision.errors import Fault, VisionError
from vision.formats.model_file import ModelFormat
from vision.formats.reader import parse_model
from vision.models.opening import open_classifier
from vision.pictures.preprocessing import Preprocessing


def test_a_classifier_in_bytes_gives_what_integers_give(tmp_path: Path) -> None:
    network = Bytes()
    path = tmp_path / "m.tflite"
    path.write_bytes(network.file())
    classifier = open_classifier(path)
    assert classifier.engine.file.format is ModelFormat.TFLITE
    # The file says how a level becomes a number.
    assert classifier.preprocessing == Preprocessing(
        (SIDE, SIDE), mean=(128,) * 3, scale=1 / 64, swap_rb=True
    )
    found = []
    for seed in range(6):
        picture = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
        result = classifier.predict(picture)
        assert not result.softmax_applied
        expected = network.scores(picture[:, :, ::-1])
        np.testing.assert_allclose(result.probabilities, expected, atol=3 * STEP)
        found.append(int(result.probabilities.argmax()) == int(expected.argmax()))
    assert sum(found) >= 5


def run(tensors: Sequence[Tensor], operators: list[TfliteOperator], x: Array, output: int) -> Array:
    """Return what a network of floats gives for a picture (H, W, C)."""
    from vision.engine import Engine

    engine = Engine(parse_model(tflite_network(tensors, operators, (output,)), "m.tflite"))
    assert engine.file.structure is not None
    blob = np.ascontiguousarray(x.transpose(2, 0, 1)[None])
    return engine.forward(blob)["output0"]


def test_a_reshape_is_of_channels_last() -> None:
    x = noise(4, 6, 3)
    tensors: list[Tensor] = [(1, 4, 6, 3), (1, 8, 9), (1, 3, 8, 3)]
    operators = [
        TfliteOperator(22, (0,), (1,), RESHAPE),
        TfliteOperator(22, (1,), (2,), RESHAPE),
    ]
    np.testing.assert_array_equal(run(tensors, operators, x, 1)[0], x.reshape(8, 9))
    expected = x.reshape(3, 8, 3).transpose(2, 0, 1)
    np.testing.assert_array_equal(run(tensors, operators, x, 2)[0], expected)


def test_a_size_that_a_network_works_out_is_known_from_its_tensors() -> None:
    x = noise(4, 6, 3)
    one = np.ones(1, np.int32)
    rest = np.array(-1, np.int32)
    tensors: list[Tensor] = [
        (1, 4, 6, 3),
        TfliteTensor((4,), "int32"),
        one,
        TfliteTensor((), "int32"),
        rest,
        TfliteTensor((2,), "int32"),
        (1, 72),
    ]
    operators = [
        TfliteOperator(77, (0,), (1,)),  # SHAPE
        TfliteOperator(45, (1, 2, 2, 2), (3,)),  # STRIDED_SLICE
        TfliteOperator(83, (3, 4), (5,)),  # PACK
        TfliteOperator(22, (0, 5), (6,), RESHAPE),
    ]
    np.testing.assert_array_equal(run(tensors, operators, x, 6)[0], x.ravel())


@pytest.mark.parametrize("padding", [0, 1], ids=["same", "valid"])
def test_a_transposed_convolution_spreads_each_value_over_its_kernel(padding: int) -> None:
    x, kernel, bias = noise(4, 6, 3), noise(2, 3, 3, 3), noise(2)
    rows, columns = (8, 12) if padding == 0 else (9, 13)
    tensors: list[Tensor] = [
        (1, 4, 6, 3),
        np.array([1, rows, columns, 2], np.int32),
        kernel,
        bias,
        (1, rows, columns, 2),
    ]
    options = (("b", padding), ("i", 2), ("i", 2), ("b", 1))  # with ReLU
    operators = [TfliteOperator(67, (1, 2, 0, 3), (4,), TRANSPOSED, options)]
    spread = np.zeros((9, 13, 2), np.float32)
    for row, column in np.ndindex(4, 6):
        given = np.einsum("c,ohwc->hwo", x[row, column], kernel)
        spread[2 * row : 2 * row + 3, 2 * column : 2 * column + 3] += given
    expected = np.maximum(spread[:rows, :columns] + bias, 0)
    found = run(tensors, operators, x, 4)[0].transpose(1, 2, 0)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_network_may_take_its_channels_second_as_those_of_pytorch_do() -> None:
    x, kernel = noise(4, 6, 3), noise(2, 1, 1, 3)
    order = np.array([0, 2, 3, 1], np.int32)
    tensors: list[Tensor] = [
        (1, 3, 4, 6),
        order,
        (1, 4, 6, 3),
        kernel,
        (1, 4, 6, 2),
    ]
    operators = [TfliteOperator(39, (0, 1), (2,)), tflite_convolution((2, 3), 4, padding=1)]
    found = run(tensors, operators, x, 4)
    expected = np.einsum("hwc,ouvc->ohw", x, kernel)
    np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("code", "numpy"), [(0, np.add), (18, np.multiply), (41, np.subtract), (55, np.maximum)]
)
def test_a_constant_is_spread_over_channels_last(code: int, numpy: np.ufunc) -> None:
    x, one = noise(4, 6, 3), noise(3)
    tensors: list[Tensor] = [
        (1, 4, 6, 3),
        one,
        (1, 4, 6, 3),
    ]
    found = run(tensors, [TfliteOperator(code, (0, 1), (2,))], x, 2)
    np.testing.assert_allclose(found[0].transpose(1, 2, 0), numpy(x, one), rtol=1e-6)


def test_axes_are_those_of_channels_last() -> None:
    x = noise(4, 6, 3)
    axes, pads = np.array([1, 2], np.int32), np.array([0, 0, 1, 2, 0, 3, 1, 0], np.int32)
    order = np.array([0, 2, 3, 1], np.int32)
    shape = (1, 4, 6, 3)
    tensors: list[Tensor] = [
        shape,
        axes,
        (1, 3),
        pads,
        (1, 7, 9, 4),
        order,
        (1, 6, 3, 4),
        (1, 4, 12, 3),
    ]
    mean = run(tensors, [TfliteOperator(40, (0, 1), (2,))], x, 2)
    np.testing.assert_allclose(mean[0], x.mean((0, 1)), rtol=1e-4, atol=1e-6)
    padded = run(tensors, [TfliteOperator(34, (0, 3), (4,))], x, 4)
    expected = np.pad(x, ((1, 2), (0, 3), (1, 0)))
    np.testing.assert_array_equal(padded[0].transpose(1, 2, 0), expected)
    turned = run(tensors, [TfliteOperator(39, (0, 5), (6,))], x, 6)
    np.testing.assert_array_equal(turned[0].transpose(1, 2, 0), x.transpose(1, 2, 0))
    joined = run(tensors, [TfliteOperator(2, (0, 0), (7,), 10, (("i", 2),))], x, 7)
    np.testing.assert_array_equal(joined[0].transpose(1, 2, 0), np.concatenate([x, x], axis=1))


def test_half_numbers_become_weights() -> None:
    x = noise(4, 6, 3)
    kernel = noise(2, 1, 1, 3).astype(np.float16)
    tensors: list[Tensor] = [
        (1, 4, 6, 3),
        kernel,
        kernel.shape,
        (1, 4, 6, 2),
    ]
    operators = [TfliteOperator(6, (1,), (2,)), tflite_convolution((0, 2), 3, padding=1)]
    found = run(tensors, operators, x, 3)
    expected = np.einsum("hwc,ouvc->ohw", x, kernel.astype(np.float32))
    np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-6)


def test_what_is_not_known_of_bytes_is_named() -> None:
    tensors: list[Tensor] = [
        TfliteTensor((1, 4, 4, 3), "uint8", None, (0.1,), (0,)),
        TfliteTensor((1, 8, 8, 3), "uint8", None, (0.1,), (0,)),
    ]
    operators = [
        TfliteOperator(5, (0,), (1,)),
        TfliteOperator(32, (0,), (1,), name="TFLite_Detection_PostProcess"),
    ]
    with refused(Fault.TFLITE_OPERATORS, "DEPTH_TO_SPACE, TFLite_Detection_PostProcess"):
        parse_model(tflite_network(tensors, operators, (1,)), "m.tflite")


def test_what_opencv_cannot_run_either_is_named_as_tflite_names_it(tmp_path: Path) -> None:
    tensors: list[Tensor] = [(1, 4, 4, 3), (1, 4, 4, 3), (1, 4, 4, 3)]
    operators = [TfliteOperator(101, (0,), (1,)), TfliteOperator(94, (1,), (2,))]
    path = tmp_path / "m.tflite"
    path.write_bytes(tflite_network(tensors, operators, (2,)))
    with refused(Fault.TFLITE_OPERATORS, operators="ABS, FILL"):
        open_classifier(path)


def test_weights_without_their_zeros_are_named_and_not_damaged() -> None:
    few = np.ones(5, np.float32)
    tensors: list[Tensor] = [
        (1, 4, 4, 3),
        TfliteTensor((4, 1, 1, 3), values=few, is_sparse=True),
        (4, 1, 1, 3),
        (1, 4, 4, 4),
    ]
    operators = [TfliteOperator(124, (1,), (2,)), tflite_convolution((0, 2), 3, padding=1)]
    with refused(Fault.TFLITE_OPERATORS, operators="DENSIFY"):
        parse_model(tflite_network(tensors, operators, (3,)), "m.tflite")


def test_a_network_of_two_pictures_is_not_damaged() -> None:
    tensors: list[Tensor] = [(1, 4, 4, 3) for _ in range(3)]
    operators = [TfliteOperator(0, (0, 1), (2,))]
    with refused(Fault.MODEL_INPUTS, count=2, names="t0, t1"):
        parse_model(tflite_network(tensors, operators, (2,), inputs=(0, 1)), "m.tflite")


def test_a_network_whose_output_nothing_makes_is_refused() -> None:
    with refused(Fault.MODEL_NOT_A_MODEL, "it has no outputs"):
        parse_model(tflite_network([(1, 4, 4, 3), (1, 2)], [], (1,)), "m.tflite")


def test_the_scales_of_a_bias_may_name_the_side_of_its_kernel() -> None:
    x = noise(4, 6, 3)
    kernel = np.array([[[[1, 2, -3]]]], np.int8)
    scales = (0.5, 0.25, 0.125)
    bias = np.array([4, -8, 16], np.int32)
    tensors: list[Tensor] = [
        (1, 4, 6, 3),
        constant(kernel, scales),
        replace(constant(bias, scales), axis=3),
        (1, 4, 6, 3),
    ]
    options = (("b", 1), ("i", 1), ("i", 1), ("i", 1), ("b", 0))
    found = run(tensors, [TfliteOperator(4, (0, 1, 2), (3,), DEPTHWISE, options)], x, 3)
    expected = (x * kernel[0, 0, 0] + bias) * np.asarray(scales, np.float32)
    np.testing.assert_allclose(found[0].transpose(1, 2, 0), expected, rtol=1e-5, atol=1e-6)


def test_a_scale_that_makes_a_weight_infinite_is_no_warning(tmp_path: Path) -> None:
    kernel = np.full((2, 1, 1, 3), 100, np.int8)
    tensors: list[Tensor] = [
        (1, 4, 4, 3),
        constant(kernel, (3e38,)),
        (1, 4, 4, 2),
    ]
    path = tmp_path / "m.tflite"
    path.write_bytes(tflite_network(tensors, [tflite_convolution((0, 1), 2, padding=1)], (2,)))
    with pytest.raises(VisionError):
        open_classifier(path)


@pytest.mark.parametrize(
    "kernel", [(2, 3, 3, 5), (3, 5, 5, 3)], ids=["other channels", "larger than the picture"]
)
def test_weights_that_do_not_fit_are_refused(kernel: tuple[int, ...]) -> None:
    tensors: list[Tensor] = [
        (1, 4, 4, 3),
        np.zeros(kernel, np.float32),
        (1, 2, 2, kernel[0]),
    ]
    data = tflite_network(tensors, [tflite_convolution((0, 1), 2, padding=1)], (2,))
    with refused(Fault.MODEL_NOT_A_MODEL):
        parse_model(data, "m.tflite")
