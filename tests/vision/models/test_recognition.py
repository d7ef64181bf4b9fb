"""What a network is for is told from what it gives, and what is of no use here is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from tests.vision.onnx_models import noise
from vision.formats.onnx.structure import OnnxStructure, TensorInfo
from vision.heads.kind import decode
from vision.heads.ssd import ssd_anchors
from vision.heads.yolo import yolox_cells
from vision.models.recognition import READINGS, read_as, recognise
from vision.result import Task

type Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

SIDE = (320, 320)
CELLS, ANCHORS = len(yolox_cells(SIDE)), len(ssd_anchors(SIDE))
GRIDS = {f"g{side}": (1, 3, side, side, 85) for side in (40, 20, 10)}


def outputs(**shapes: tuple[int, ...]) -> dict[str, Array]:
    random = np.random.default_rng(0)
    return {name: random.random(shape, np.float32) for name, shape in shapes.items()}


def graph(
    operators: Mapping[str, int] | None = None, ends: Sequence[TensorInfo] = (), **metadata: str
) -> OnnxStructure:
    """Return what is known of a graph."""
    return OnnxStructure(17, Counter(operators or {}), (), tuple(ends), metadata=metadata)


def told(values: dict[str, Array], structure: OnnxStructure | None = None) -> str:
    """Return the head that a network is read by, the task of another one, or what it is."""
    found = recognise(values, SIDE, structure=structure)
    if found.head is not None:
        assert found.task is Task.DETECTION
        return found.head.kind
    return str(found.kind) if found.task is None else found.task.value


@pytest.mark.parametrize(
    ("shapes", "kind"),
    [
        ({"boxes": (1, ANCHORS, 4), "scores": (1, ANCHORS, 24)}, "ssd"),
        ({"scores": (1, ANCHORS, 24), "boxes": (1, ANCHORS, 4)}, "ssd"),
        ({"boxes": (1, ANCHORS, 4), "scores": (1, ANCHORS, 4)}, "ssd"),
        ({"out": (1, CELLS, 85)}, "yolox"),
        ({"out": (CELLS, 6)}, "yolox"),
        ({"output0": (1, 3 * CELLS, 85)}, "yolo_5"),
        # For large pictures, with a fourth grid.
        ({"output0": (1, 3 * (CELLS + 25), 85)}, "yolo_5"),
        ({"out": (1, 3 * CELLS, 6), "g8": (1, 3, 40, 40, 6)}, "yolo_5"),
        (dict(GRIDS), "yolo_5_grids"),
        ({"output0": (1, 84, CELLS)}, "yolo_8"),
        ({"output0": (1, 84, CELLS + 25)}, "yolo_8"),
        ({"detection_out": (1, 1, 100, 7)}, "rows"),
    ],
)
def test_the_heads_that_are_read_are_recognised(
    shapes: dict[str, tuple[int, ...]], kind: str
) -> None:
    assert told(outputs(**shapes)) == kind
    reason = recognise(outputs(**shapes), SIDE).reason
    assert any(letter.isdigit() for letter in reason)


def test_what_shapes_do_not_tell_numbers_do() -> None:
    pixels = outputs(out=(1, CELLS, 85))
    pixels["out"][0, :, :2] *= 320
    assert told(pixels) == "yolox_pixels"
    joints = outputs(output0=(1, 56, CELLS))
    joints["output0"][0, 5:] *= 320
    assert "version 8 or later with more than boxes" in told(joints)


@pytest.mark.parametrize(
    ("operators", "kind"),
    [
        ({"MaxPool": 3, "Sigmoid": 60}, "yolo_5_grids"),
        ({"MaxPool": 8, "Sigmoid": 92}, "yolo_7_grids"),
        ({"MaxPool": 6, "LeakyRelu": 58}, "yolo_5_grids"),
    ],
    ids=["5", "7", "7 tiny"],
)
def test_anchors_of_version_7_are_told_by_what_its_graph_is_made_of(
    operators: dict[str, int], kind: str
) -> None:
    assert told(outputs(**GRIDS), graph(operators)) == kind
    # Without one of them, or with something else, they are no grids to be read.
    assert recognise(outputs(**GRIDS, more=(1, 32, 80, 80)), SIDE).head is None
    fewer = {name: shape for name, shape in GRIDS.items() if name != "g20"}
    assert recognise(outputs(**fewer), SIDE).head is None


def raw_maps(sides: tuple[int, ...], *, last: bool = False) -> dict[str, Array]:
    """Return the maps of a YOLO as its last convolutions give them for an empty picture."""
    random = np.random.default_rng(0)
    maps: dict[str, Array] = {}
    for side in sides:
        drawn = random.normal(0, 1, (1, 3, 85, side, side))
        drawn[:, :, 4] -= 8
        values = drawn.reshape(1, -1, side, side).astype(np.float32)
        maps[f"conv{side}"] = values.transpose(0, 2, 3, 1) if last else values
    return maps


@pytest.mark.parametrize(
    ("sides", "operators", "kind"),
    [
        ((40, 20, 10), {"Conv": 75, "LeakyRelu": 72}, "yolo_3_grids"),
        ((40, 20, 10), {"LeakyRelu": 73, "MaxPool": 3}, "yolo_3_grids"),
        ((10, 20), {"LeakyRelu": 11, "MaxPool": 6}, "yolo_3_grids"),
        ((10, 20), {"LeakyRelu": 19, "MaxPool": 3}, "yolo_4_grids"),
        ((40, 20, 10), {"Mish": 72, "LeakyRelu": 35, "MaxPool": 3}, "yolo_4_grids"),
        (
            (40, 20, 10),
            {"Softplus": 72, "Tanh": 72, "LeakyRelu": 35, "MaxPool": 3},
            "yolo_4_grids",
        ),
        ((40, 20, 10), {"Sigmoid": 57, "MaxPool": 3}, "yolo_5_grids"),
        ((40, 20, 10), {"Sigmoid": 92, "MaxPool": 8}, "yolo_7_grids"),
        ((40, 20, 10), {"LeakyRelu": 58, "MaxPool": 6}, "yolo_5_grids"),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_maps_before_boxes_are_made_of_them_tell_the_version_by_their_operators(
    sides: tuple[int, ...], operators: dict[str, int], kind: str, last: bool
) -> None:
    maps = raw_maps(sides, last=last)
    assert told(maps, graph(operators)) == kind
    # Of other planes a third means no objectness.
    others = outputs(**{name: one.shape for name, one in maps.items()})
    assert "several kinds of maps" in told(others, graph(operators))


def test_maps_that_end_in_a_sigmoid_are_no_powers() -> None:
    done: dict[str, Array] = {
        name: (1 / (1 + np.exp(-one))).astype(np.float32)
        for name, one in raw_maps((40, 20, 10)).items()
    }
    assert told(done, graph({"Mish": 100})) == "yolo_7_grids"
    assert told(done, graph({"Sigmoid": 60})) == "yolo_5_grids"


def test_chosen_boxes_are_told_by_the_names_of_the_outputs() -> None:
    shapes = {"num_dets": (1, 1), "det_boxes": (1, 100, 4), "det_scores": (1, 100)}
    drawn = outputs(**shapes, det_classes=(1, 100))
    values = {name: np.floor(one) for name, one in drawn.items()}
    assert told(values) == "chosen"
    # TensorFlow's own have the other order of corners, and other names may stand for anything.
    turned = {name.replace("det_", "detection_"): one for name, one in values.items()}
    assert "not known" in told(turned)
    assert "not known" in told(dict(zip("abcd", values.values(), strict=True)))


def test_rows_that_a_network_has_chosen_are_told_by_their_numbers() -> None:
    values = outputs(output0=(1, 300, 6))
    table = values["output0"][0]
    table[:, 2:4] += table[:, :2]
    table[:, 5] = np.floor(table[:, 5] * 80)
    assert told(values) == "yolo_10"
    # It drops what overlaps itself.
    head = recognise(values, SIDE).head
    assert head is not None
    assert head.overlap == 1
    table[:, 2:4] *= 0.1
    assert "not known" in told(values)
    assert told(values, graph(end2end="True")) == "yolo_10"
    table[0, 5] = 0.5
    assert "not known" in told(values, graph(end2end="True"))


def test_a_few_zeros_are_no_rows_that_a_network_has_chosen() -> None:
    zeros = outputs(output0=(1, 2, 6))
    zeros["output0"][:] = 0
    assert recognise(zeros, SIDE).task is None
    assert told(zeros, graph(end2end="True")) == told(zeros, graph(names="{0: 'ant'}")) == "yolo_10"
    # So many rows are written for a picture with nothing in it.
    assert told({"output0": np.zeros((1, 100, 6), np.float32)}) == "yolo_10"
    zeros["output0"][0, 0, 4] = 0.5
    assert told(zeros) == "yolo_10"


@pytest.mark.parametrize("task", ["pose", "segment", "obb"])
def test_a_yolo_says_itself_that_it_gives_more_than_boxes(task: str) -> None:
    said = graph(task=task, imgsz="[320, 320]", names="{0: 'ant'}")
    assert "more than boxes" in told(outputs(output0=(1, 300, 57)), said)
    # In another program's file the word may mean anything.
    assert told(outputs(out=(1, 1, 256, 256)), graph(task=task)) == "mask"


@pytest.mark.parametrize("shape", [(1, 500, 4), (1, 500, 1, 4)])
def test_corners_are_told_from_other_boxes(shape: tuple[int, ...]) -> None:
    # The second is what is made of a YOLO 4 of Darknet's.
    values = outputs(boxes=shape, scores=(1, 500, 10))
    values["boxes"].sort(axis=-1)
    head = recognise(values, SIDE).head
    assert head is not None
    assert head.kind == "corners"
    assert len(decode(head, values, SIDE, 0.5).found) > 400
    values["boxes"] *= -40
    assert "a head that is not known" in told(values)


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ({"regressors": (1, 896, 16), "classificators": (1, 896, 1)}, "faces"),
        (
            {"cls_8": (1, 9, 1), "obj_8": (1, 9, 1), "bbox_8": (1, 9, 4), "kps_8": (1, 9, 10)},
            "face",
        ),
        ({"boxes": (1, 4420, 4), "scores": (1, 4420, 2)}, "faces"),
        ({"a": (1, 2016, 18), "b": (1, 2016, 1)}, "hands"),
        ({"conv2d_21": (1, 1, 1, 1404), "conv2d_31": (1, 1, 1, 1)}, "landmarks"),
        ({"landmarks": (1, 136)}, "landmarks"),
        ({"heatmaps": (1, 17, 64, 48)}, "pose"),
        ({"ld_3d": (1, 195), "output_poseflag": (1, 1)}, "landmarks"),
        ({"a": (1, 63), "b": (1, 1), "c": (1, 1), "d": (1, 63)}, "landmarks"),
        ({"points": (1, 213), "iris": (1, 15)}, "landmarks"),
        ({"a": (1, 18), "b": (1, 1)}, "box in space"),
        (
            {"output0": (1, 3 * CELLS, 117), "output1": (1, 32, 80, 80)},
            "version 5 or 7 with more than boxes",
        ),
        ({"output0": (1, 116, CELLS), "output1": (1, 32, 80, 80)}, "more than boxes"),
        ({"cls": (1, 1600, 80), "dis": (1, 1600, 32)}, "not known"),
        ({"output0": (1, 300, 6)}, "not known"),
        ({"boxes": (1, 100, 4), "scores": (1, 100), "classes": (1, 100), "n": (1,)}, "not known"),
        ({"boxes": (50, 4), "labels": (50,), "scores": (50,)}, "not known"),
        ({"out": (1, 21, 320, 320)}, "21 classes"),
        ({"out": (1, 3, 320, 320)}, "pictures of pictures"),
        ({"out": (1, 512, 20, 20)}, "maps"),
        ({"embedding": (1, 512)}, "compares"),
        ({"output_crop": (1, 4)}, "part of a picture to cut out"),
        # What reads text gives one row of scores for each place along a line.
        ({"out": (1, 40, 97)}, "reading text"),
        ({"out": (26, 1, 37)}, "reading text"),
        ({"out": (1, 320, 320, 21)}, "21 classes"),
        ({"boxes": (1, 107, 107, 4), "faces": (1, 107, 107, 2)}, "several kinds of maps"),
        ({"p": (1, 256, 10, 10), "pool": (1, 256, 5, 5)}, "neither scores"),
        ({"p": (1, 1)}, "a single number"),
        ({"p3": (1, 144, 40, 40), "p4": (1, 144, 20, 20), "p5": (1, 144, 10, 10)}, "several kinds"),
    ],
)
def test_what_is_of_no_use_here_is_named(shapes: dict[str, tuple[int, ...]], words: str) -> None:
    assert recognise(outputs(**shapes), SIDE).task is None
    assert words in told(outputs(**shapes))


@pytest.mark.parametrize(
    "shape", [(1, 1, 256, 256), (1, 2, 128, 128), (1, 256, 256, 1), (1, 128, 128, 2)]
)
def test_one_or_two_planes_are_a_mask(shape: tuple[int, ...]) -> None:
    assert told(outputs(out=shape)) == "mask"
    assert recognise(outputs(out=(256, 256)), SIDE).task is None


@pytest.mark.parametrize(
    "shapes",
    [
        {"logits": (1, 1000)},
        {"features": (1, 1280), "logits": (1, 1000)},
        {"tokens": (1, 197, 768), "logits": (1, 1000)},
        {"pool": (1, 1000, 1, 1)},
        {"p": (1, 136), "features": (1, 512)},
        {"out": (10,)},
        {"logits": (1, 6)},
        {"features": (4, 4), "logits": (1, 4)},
        {"logits": (1, 1000), "maps": (1, 24, 40, 40)},
    ],
)
def test_classifiers_stay_classifiers(shapes: dict[str, tuple[int, ...]]) -> None:
    assert told(outputs(**shapes)) == "classification"


def test_numbers_of_classes_are_no_scores() -> None:
    whole = graph(ends=[TensorInfo("i", (1, 5), element=7)])
    assert "best classes alone" in told(outputs(p=(1, 5), i=(1, 5)), whole)
    assert "numbers of classes" in told(outputs(i=(1,)), whole)
    assert told(outputs(p=(1, 1000), i=(1, 5)), whole) == "classification"


@pytest.mark.parametrize("shape", [(1, 1, 320, 320), (1, 320, 320), (1, 320, 320, 1)])
def test_depths_and_numbers_of_classes_are_no_mask(shape: tuple[int, ...]) -> None:
    values = outputs(out=shape)
    assert told(values) == "mask"
    values["out"] *= 20
    assert "a depth or a class" in told(values)
    values["out"] -= 10  # logits
    assert told(values) == "mask"


def test_the_user_has_the_last_word() -> None:
    values = outputs(boxes=(1, 50, 4), scores=(1, 50, 3))
    chosen = read_as("corners", values).head
    assert chosen is not None
    assert (chosen.boxes_output, chosen.scores_output) == ("boxes", "scores")
    assert read_as("mask", values).task is Task.MASK
    assert read_as("labels", values).task is Task.CLASSIFICATION
    for choice in set(READINGS) - {"automatic", "labels", "mask"}:
        found = read_as(choice, values)
        assert found.task is Task.DETECTION
        assert found.head is not None
        assert found.head.kind == choice


@pytest.mark.parametrize(
    ("shapes", "size", "words"),
    [
        # MediaPipe's hand: 21 places on the picture and in space, whether it is one, and which.
        ({"a": (1, 63), "b": (1, 1), "c": (1, 1), "d": (1, 63)}, (224, 224), "landmarks"),
        # 63 classes, and features beside them, are scores; so are those of tiny pictures.
        ({"a": (1, 63), "b": (1, 1280)}, (224, 224), ""),
        ({"prob": (1, 10)}, (13, 11), ""),
    ],
)
def test_landmarks_are_no_scores(
    shapes: dict[str, tuple[int, ...]], size: tuple[int, int], words: str
) -> None:
    found = recognise(outputs(**shapes), size)
    assert found.task is (None if words else Task.CLASSIFICATION)
    assert words in str(found.kind)


def ends_with(operator: str) -> OnnxStructure:
    """Return what a graph is made of whose output "fc1" is computed by an operator."""
    return OnnxStructure(17, Counter(), (), (TensorInfo("fc1", None),), {"fc1": operator})


@pytest.mark.parametrize("count", [128, 512])
def test_features_in_place_of_scores_are_told_where_it_is_sure(count: int) -> None:
    # As the networks of OpenCV's and InsightFace's that compare faces end.
    numbers = noise(1, count)
    found = recognise({"fc1": numbers}, SIDE, structure=ends_with("BatchNormalization"))
    assert found.task is None
    assert "compares faces" in found.kind
    assert f"not a list of classes but {count} numbers" in str(found.reason)
    unit = recognise({"y": numbers / np.linalg.norm(numbers)}, SIDE)
    assert unit.task is None
    assert "a vector of length 1" in str(unit.reason)


@pytest.mark.parametrize("count", [2, 10, 100, 128, 256, 512, 1000, 1001])
def test_what_may_be_scores_is_read_as_them(count: int) -> None:
    logits = noise(1, count)
    sure = np.zeros((1, count), np.float32)
    sure[0, 1] = 1  # a probability of 1, and so a vector of length 1
    for values, last in ((logits, "Gemm"), (logits, "MatMul"), (logits, "Add"), (sure, "Softmax")):
        assert told({"fc1": values}, ends_with(last)) == "classification"
    # Networks of few bits end with a normalisation of their scores, of as many as there are labels;
    # of another number than that of a face's features, it is one of scores anyway.
    few = ends_with("BatchNormalization")
    found = recognise({"fc1": logits}, SIDE, structure=few, classes=count)
    assert found.task is Task.CLASSIFICATION
    assert count in (128, 256, 512, 1001) or told({"fc1": logits}, few) == "classification"
