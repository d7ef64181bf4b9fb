"""Converted Caffe networks compute what OpenCV 4.14's own Caffe reader computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from foundation.text import Text
from tests.vision.golden.caffe_files import Net
from tests.vision.golden.caffe_nets import (
    SSD_CLASSES,
    detectors,
    every_net,
    googlenet,
    net_of,
    old_format,
    single_layers,
)
from tests.vision.onnx_models import known_file
from vision.engine import ComputeChoice, Engine
from vision.errors import Fault, VisionError
from vision.formats.caffe.convert import TRANSLATORS, convert_caffe
from vision.formats.model_file import ModelFormat
from vision.formats.onnx.structure import read_structure
from vision.heads.kind import Head
from vision.models.opening import CAFFE_TUTORIAL, open_classifier

GOLDEN = np.load(Path(__file__).parents[2] / "golden" / "caffe.npz")


def engine_of(net: Net, choice: ComputeChoice = ComputeChoice.AUTO) -> Engine:
    return Engine(known_file(convert_caffe(net.prototxt, net.caffemodel)[0]), choice)


def test_there_is_a_golden_output_for_every_net_and_a_net_for_every_layer() -> None:
    nets = {net.name: net.prototxt.decode() for net in every_net()}
    assert set(GOLDEN.files) == set(nets)
    missing = [kind for kind in TRANSLATORS if f'type: "{kind}"' not in "".join(nets.values())]
    assert missing == []


@pytest.mark.parametrize("choice", [ComputeChoice.AUTO, ComputeChoice.CLASSIC_CPU])
@pytest.mark.parametrize("name", [net.name for net in single_layers()])
def test_each_layer_agrees_with_the_old_reader(name: str, choice: ComputeChoice) -> None:
    net = next(net for net in single_layers() if net.name == name)
    engine = engine_of(net, choice)
    [output] = engine.forward(net.inputs()["data"]).values()
    assert output.shape == GOLDEN[name].shape
    assert np.abs(output - GOLDEN[name]).max() <= 1e-5


@pytest.mark.parametrize("choice", [ComputeChoice.AUTO, ComputeChoice.CLASSIC_CPU])
@pytest.mark.parametrize("old", [False, True])
def test_a_googlenet_of_22_layers_agrees_with_the_old_reader(
    old: bool, choice: ComputeChoice
) -> None:
    net = googlenet(old=old)
    engine = engine_of(net, choice)
    output = engine.forward(net.inputs()["data"])["prob"]
    golden = GOLDEN[net.name]
    assert output.shape == golden.shape == (1, 1000)
    assert np.abs(output - golden).max() <= 1e-5
    # The probabilities are not all alike, so that the agreement says something.
    assert golden.max() > 5 / 1000
    assert output.argmax() == golden.argmax()


@pytest.mark.parametrize("choice", [ComputeChoice.AUTO, ComputeChoice.CLASSIC_CPU])
@pytest.mark.parametrize("name", [net.name for net in detectors()])
def test_an_ssd_gives_the_boxes_of_the_old_reader(name: str, choice: ComputeChoice) -> None:
    net = next(net for net in detectors() if net.name == name)
    onnx, head = convert_caffe(net.prototxt, net.caffemodel)
    engine = Engine(known_file(onnx), choice)
    [output] = engine.forward(net.inputs()["data"]).values()
    assert head == Head(
        kind="corners",
        boxes_output="detection_out",
        background=0,
        score=pytest.approx(0.4),  # type: ignore[arg-type]  # only compared
        overlap=1.0,
    )
    # It takes a box for each of its classes, here all that reach the least score.
    corners, scores = output[0, :, :4], output[0, :, 4:]
    rows = [
        [0, index, scores[row, index], *corners[row]]
        for index in range(1, SSD_CLASSES)
        for row in np.flatnonzero(scores[:, index] > 0.4)
    ]
    ours = np.array(sorted(rows, key=lambda row: (row[1], -row[2])))
    # It fills up with rows of zeros.
    golden = GOLDEN[name][0, 0][GOLDEN[name][0, 0, :, 2] > 0]
    golden = golden[np.lexsort((-golden[:, 2], golden[:, 1]))]
    assert len(golden) > 5
    assert ours.shape == golden.shape
    assert np.abs(ours - golden).max() <= 1e-5


def test_settings_that_the_old_reader_overlooked_follow_caffes_rule() -> None:
    # OpenCV 4.14 reads neither LRN's k nor Concat's concat_dim, so NumPy is the judge here.
    net = net_of(
        "lrn k : 1 6 7 9\nLRN data > out | lrn_param { local_size: 3 alpha: 0.2 beta: 0.5 k: 2 }"
    )
    x = net.inputs()["data"]
    squares = np.pad(x**2, ((0, 0), (1, 1), (0, 0), (0, 0)))
    sums = squares[:, :-2] + squares[:, 1:-1] + squares[:, 2:]
    [output] = engine_of(net).forward(net.inputs()["data"]).values()
    assert output == pytest.approx(x / (2 + 0.2 / 3 * sums) ** 0.5, abs=1e-5)

    net = net_of(
        "old concat : 1 2 3 4\n"
        "Sigmoid data > left\nConcat left data > out | concat_param { concat_dim: 3 }"
    )
    x = net.inputs()["data"]
    [output] = engine_of(net).forward(net.inputs()["data"]).values()
    assert output == pytest.approx(np.concatenate([1 / (1 + np.exp(-x)), x], axis=3), abs=1e-5)


def test_a_batch_is_taken_although_the_prototxt_names_one_picture() -> None:
    net = old_format()
    engine = engine_of(net)
    blob = net.inputs()["data"]
    both = engine.forward(np.concatenate([blob * 0, blob]))["prob"]
    assert both.shape == (2, 10)
    assert both[1] == pytest.approx(GOLDEN[net.name][0], abs=1e-5)


def test_the_tutorials_three_files_open_as_a_classifier(tmp_path: Path) -> None:
    net = googlenet(old=True)
    (tmp_path / "net.prototxt").write_bytes(net.prototxt)
    (tmp_path / "net.caffemodel").write_bytes(net.caffemodel)
    lines = [f"n{i:08d} name {i}, other name" for i in range(1000)]
    (tmp_path / "synset_words.txt").write_text("\n".join(lines))
    classifier = open_classifier(
        tmp_path / "net.caffemodel", tmp_path / "net.prototxt", tmp_path / "synset_words.txt"
    )
    assert classifier.engine.file.format is ModelFormat.CAFFE
    assert classifier.preprocessing == CAFFE_TUTORIAL
    assert classifier.softmax_needed is False
    picture = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    result = classifier.predict(picture)
    assert result.best.label == f"name {result.best.index}"
    assert result.probabilities.sum() == pytest.approx(1, abs=1e-4)


SMALL = b"""
input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
layer { name: "c" type: "Convolution" bottom: "data" top: "c"
        convolution_param { num_output: 2 kernel_size: 3 } }
"""


def small_weights(units: int = 2) -> bytes:
    net = Net("small", {"data": (1, 3, 8, 8)})
    blobs = [net.weights(units, 3, 3, 3), net.weights(units)]
    net.layer("Convolution", "data", "c", "", blobs, name="c")
    return net.caffemodel


def convert_fault(prototxt: bytes, caffemodel: bytes | None = None) -> VisionError:
    with pytest.raises(VisionError) as caught:
        convert_caffe(prototxt, small_weights() if caffemodel is None else caffemodel, "n.prototxt")
    assert "\n" not in caught.value.sentence()
    return caught.value


def test_unknown_layers_are_all_named_at_once() -> None:
    text = SMALL + b'layer { name: "r" type: "ROIPooling" bottom: "c" top: "r" }\n'
    text += b'layer { name: "d" type: "Deconvolution" bottom: "r" top: "d" }\n'
    error = convert_fault(text)
    assert error.code is Fault.CAFFE_LAYERS_UNKNOWN
    assert error.values["layers"] == "r (ROIPooling), d (Deconvolution)"


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (b'layer { name: "x" type: "ReLU" bottom: "nothing" top: "x" }', "nothing produces"),
        (b'layer { name: "x" type: "ReLU" top: "x" }', "no input"),
        (
            b'layer { name: "x" type: "InnerProduct" bottom: "c" top: "x" '
            b"inner_product_param { num_output: 3 } }",
            "missing from the caffemodel",
        ),
        (
            b'layer { name: "x" type: "Eltwise" bottom: "c" bottom: "data" top: "x" }',
            "does not match",
        ),
        (b'layer { name: "x" type: "Concat" bottom: "c" bottom: "data" top: "x" }', "joined"),
        (b'layer { name: "x" type: "Pooling" bottom: "c" top: "x" }', "kernel"),
        (
            b'layer { name: "x" type: "Reshape" bottom: "c" top: "x" '
            b"reshape_param { shape { dim: 7 } } }",
            "cannot become",
        ),
        (
            b'layer { name: "x" type: "Softmax" bottom: "c" top: "x" softmax_param { axis: 9 } }',
            "axis",
        ),
    ],
)
def test_layers_that_do_not_fit_are_named_with_the_reason(extra: bytes, words: str) -> None:
    error = convert_fault(SMALL + extra)
    assert error.code is Fault.CAFFE_SHAPE
    assert error.values["layer"] == "x"
    assert words in error.sentence()
    assert isinstance(error.values["reason"], Text)  # else nobody reads it in Turkish


def test_weights_of_another_network_are_told_apart() -> None:
    error = convert_fault(SMALL, small_weights(units=5))
    assert error.code is Fault.CAFFE_SHAPE
    assert "5 x 3 x 3 x 3" in error.sentence()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b'name: "nothing"',
        b'layer { name: "d" type: "Input" top: "d" }',
        b'layer { name: "r" type: "ReLU" bottom: "d" top: "r" }',
        b"\xff\xfe",
        SMALL.replace(b"input_dim: 8", b"input_dim: x"),
    ],
)
def test_a_prototxt_that_is_no_network_is_named_with_its_line(text: bytes) -> None:
    assert convert_fault(text).code is Fault.PROTOTXT_SYNTAX


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.99])
def test_a_truncated_caffemodel_is_damaged(share: float) -> None:
    data = small_weights()
    assert convert_fault(SMALL, data[: int(len(data) * share)]).code is Fault.CAFFE_DAMAGED


def test_training_layers_are_left_out() -> None:
    text = (
        SMALL
        + b'layer { name: "l" type: "SomeLoss" bottom: "c" top: "l" include { phase: TRAIN } }'
        + b'layer { name: "m" type: "SomeLoss" bottom: "c" top: "m" exclude { phase: TEST } }'
    )
    structure = read_structure(convert_caffe(text, small_weights())[0])
    assert [info.name for info in structure.outputs] == ["c"]
    assert dict(structure.operators) == {"Conv": 1}


# A square of 6 x 6 holds 0 to 35, row by row; the windows are of 3 x 3, two apart. Rounded down
# there are two a side; rounded up a third, of which only two columns or rows lie inside, by which
# an average is divided.
DOWN_MAX, UP_MAX = [[14, 16], [26, 28]], [[14, 16, 17], [26, 28, 29], [32, 34, 35]]
DOWN_MEAN, UP_MEAN = [[7, 9], [19, 21]], [[7, 9, 10.5], [19, 21, 22.5], [28, 30, 31.5]]


@pytest.mark.parametrize("choice", [ComputeChoice.NEW_CPU, ComputeChoice.CLASSIC_CPU])
@pytest.mark.parametrize(
    ("rounding", "is_down"),
    [
        ("", False),
        ("round_mode: CEIL", False),
        ("round_mode: 0", False),
        ("round_mode: FLOOR", True),
        ("round_mode: 1", True),
        ("ceil_mode: true", False),
        ("ceil_mode: false", True),
    ],
)
@pytest.mark.parametrize(
    ("method", "down", "up"), [("MAX", DOWN_MAX, UP_MAX), ("AVE", DOWN_MEAN, UP_MEAN)]
)
def test_pooling_rounds_as_the_layer_says(
    method: str,
    down: list[list[float]],
    up: list[list[float]],
    rounding: str,
    is_down: bool,
    choice: ComputeChoice,
) -> None:
    settings = f"pool: {method} kernel_size: 3 stride: 2 {rounding}"
    net = net_of(f"pooling : 1 1 6 6\nPooling data > y | pooling_param {{ {settings} }}")
    engine = engine_of(net, choice)
    picture = np.arange(36, dtype=np.float32).reshape(1, 1, 6, 6)
    [output] = engine.forward(picture).values()
    np.testing.assert_allclose(output[0, 0], down if is_down else up, atol=1e-5)
