"""The bundled detector finds what it should; limits, labels and damaged outputs are handled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.vision.finders import YOLO_5_WH, yolo_5_model, yolo_10_model
from tests.vision.golden.caffe_nets import detectors
from tests.vision.onnx_models import constant_model, known_file, network, with_metadata
from tests.vision.refused import refused
from vision.detections import Limits
from vision.engine import Engine
from vision.errors import Fault
from vision.formats.labels import Labels
from vision.heads.kind import Head
from vision.heads.ssd import ssd_anchors
from vision.heads.yolo import yolox_cells
from vision.models.opening import input_size, open_classifier, open_detector
from vision.models.preflight import preflight
from vision.networks.detector import DetectionResult, Detector
from vision.networks.findings import Check
from vision.pictures.files import read_picture
from vision.pictures.preprocessing import Preprocessing

YOLO_RGB = Preprocessing(scale=1 / 255, swap_rb=True, letterbox=True)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return open_detector()


@pytest.mark.parametrize(
    ("name", "label", "score", "corners"),
    [
        # Scores of the reference runtime; the boxes lie round what is seen in the picture.
        ("astronaut.png", "Person", 0.583, (16, 15, 364, 510)),
        ("chelsea.png", "Cat", 0.851, (3, 1, 423, 300)),
        ("coffee.png", "Coffee cup", 0.555, (173, 22, 420, 324)),
    ],
)
def test_the_bundled_detector_finds_what_the_reference_finds(
    detector: Detector, images: Path, name: str, label: str, score: float, corners: tuple[int, ...]
) -> None:
    result = detector.predict(read_picture(images / name))
    assert result.best is not None
    assert result.best.label == label
    assert result.best.probability == pytest.approx(score, abs=0.002)
    assert result.selection.kept.xyxy[0] == pytest.approx(corners, abs=2)
    assert result.proposed == 1917


def test_limits_are_moved_without_another_forward_pass(detector: Detector, images: Path) -> None:
    result = detector.predict(read_picture(images / "coffee.png"))
    chosen = result.select(Limits(0.3, 0.5))
    assert (len(chosen.kept), len(chosen.dropped)) == (1, 20)
    weaker = result.select(Limits(0.05, 1.0))
    assert len(weaker.kept) == len(result.candidates) > 21
    assert not len(result.select(Limits(1.0)).kept)


SIDE = 32
COUNT = len(ssd_anchors((SIDE, SIDE)))


def constant_detector(
    boxes: np.ndarray, scores: np.ndarray, labels: Labels | None = None
) -> Detector:
    """Return an SSD that says the same of every picture."""
    data = constant_model(f"float[1, 3, {SIDE}, {SIDE}] image", b=boxes[None], s=scores[None])
    head = Head(kind="ssd", boxes_output="b", scores_output="s", background=0)
    return Detector(Engine(known_file(data)), Preprocessing((SIDE, SIDE)), head, labels)


def flat(classes: int = 4, logit: float = -9.0) -> tuple[np.ndarray, np.ndarray]:
    scores = np.full((COUNT, classes), -9.0)
    scores[0, 2] = logit
    return np.zeros((COUNT, 4)), scores


PICTURE = np.zeros((64, 128, 3), np.uint8)


def test_a_picture_without_objects_gives_an_empty_result() -> None:
    result = constant_detector(*flat()).predict(PICTURE)
    assert result.top == ()
    assert result.best is None
    assert result.selection.kept.xyxy.shape == (0, 4)


def test_corners_are_pixels_of_the_picture() -> None:
    result = constant_detector(*flat(logit=9.0)).predict(PICTURE)
    x, y, width, height = ssd_anchors((SIDE, SIDE))[0]
    wanted = [
        max(0, (x - width / 2) * 128),
        max(0, (y - height / 2) * 64),
        (x + width / 2) * 128,
        (y + height / 2) * 64,
    ]
    assert result.selection.kept.xyxy[0] == pytest.approx(wanted, abs=1e-4)
    assert result.top[0].label == "class 2"


@pytest.mark.parametrize(("count", "fits"), [(4, True), (3, True), (2, False), (5, False)])
def test_there_is_a_label_a_class_the_background_aside(count: int, fits: bool) -> None:
    names = tuple("abcde"[:count])
    detector = constant_detector(*flat(logit=9.0), labels=Labels(names))
    if fits:
        # Where the background has a name, the third class is the third name.
        assert detector.predict(PICTURE).top[0].label == ("c" if count == 4 else "b")
        return
    with refused(Fault.LABELS_MISMATCH):
        detector.predict(PICTURE)


def test_damaged_weights_are_said_to_be_damaged() -> None:
    boxes, scores = flat()
    with refused(Fault.OUTPUT_NOT_FINITE):
        constant_detector(boxes, scores * np.nan).predict(PICTURE)


def test_some_boxes_that_are_no_numbers_do_not_cost_the_others() -> None:
    boxes, scores = flat(logit=9.0)
    boxes[1:] = np.nan
    scores[1:, 3] = 9.0
    assert len(constant_detector(boxes, scores).predict(PICTURE).candidates) == 1


def test_a_head_that_does_not_fit_is_named_with_the_shapes() -> None:
    detector = constant_detector(*flat())
    detector.head = Head(kind="yolox", boxes_output="b")
    with refused(Fault.OUTPUT_NOT_BOXES, f"1 x {COUNT} x 4"):
        detector.predict(PICTURE)


def test_a_letterbox_keeps_boxes_where_they_are() -> None:
    detector = constant_detector(*flat(logit=9.0))
    detector.preprocessing = Preprocessing((SIDE, SIDE), letterbox=True)
    result = detector.predict(PICTURE)
    # 128 x 64 becomes 32 x 16: the tensor reaches as far down again below the picture.
    x, y, width, height = ssd_anchors((SIDE, SIDE))[0]
    assert result.selection.kept.xyxy[0, 2:] == pytest.approx(
        [(x + width / 2) * 128, min(64, (y + height / 2) * 128)], abs=1e-4
    )


def test_each_command_names_the_other_kind_of_model(images: Path, tmp_path: Path) -> None:
    models = images.parent / "models"
    for source in ("ssd_mobilenet_v2_oid.onnx", "efficientnet_lite0.onnx"):
        (tmp_path / source).write_bytes((models / source).read_bytes())
    # Without a description beside them, they are known by what they give.
    found = open_detector(tmp_path / "ssd_mobilenet_v2_oid.onnx").predict(
        read_picture(images / "chelsea.png")
    )
    assert isinstance(found, DetectionResult)
    assert found.best is not None
    assert found.best.index == 8
    with refused(Fault.MODEL_OTHER_TASK):
        open_classifier(tmp_path / "ssd_mobilenet_v2_oid.onnx")
    with refused(Fault.MODEL_OTHER_TASK):
        open_detector(tmp_path / "efficientnet_lite0.onnx")


def test_a_caffe_pair_of_ones_own_is_a_detector(tmp_path: Path) -> None:
    net = detectors()[0]
    (tmp_path / "n.prototxt").write_bytes(net.prototxt)
    (tmp_path / "n.caffemodel").write_bytes(net.caffemodel)
    (tmp_path / "n.txt").write_text("cat\ndog\ncow\n")
    report = preflight(tmp_path / "n.caffemodel", tmp_path / "n.prototxt", tmp_path / "n.txt")
    assert [finding.sentence() for finding in report.failures] == []
    found = report.predictor
    assert isinstance(found, Detector)
    # MobileNet-SSD's own preprocessing, and the limits of its DetectionOutput.
    assert found.preprocessing == Preprocessing((64, 48), (127.5, 127.5, 127.5), 1 / 127.5)
    assert found.limits == Limits(pytest.approx(0.4), 1.0)  # type: ignore[arg-type]  # only compared
    picture = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    result = found.predict(picture)
    [output] = found.engine.forward(found.preprocessing.blob(picture)).values()
    scores = output[0, :, 5:].max(axis=1)
    assert result.proposed == len(scores)
    assert result.top[0].probability == pytest.approx(float(scores.max()), abs=1e-6)
    assert result.top[0].label in ("cat", "dog", "cow")
    assert any(finding.check is Check.RECOGNISED for finding in report.findings)


def test_a_yolox_without_a_description_is_read_in_a_letterbox(tmp_path: Path) -> None:
    cells = len(yolox_cells((64, 64)))
    scores = np.zeros((1, cells, 85), np.float32)
    scores[0, 0, 4:6] = 0.9
    model = tmp_path / "yolox.onnx"
    model.write_bytes(constant_model("float[1, 3, 64, 64] image", output=scores))
    found = open_detector(model)
    assert found.head.kind == "yolox"
    assert found.preprocessing == Preprocessing((64, 64), letterbox=True)
    result = found.predict(PICTURE)
    assert result.top[0].label == "person"
    # The first cell's box is 8 pixels of the tensor wide round its corner, half of it outside.
    assert result.selection.kept.xyxy[0] == pytest.approx([0, 0, 8, 8])


def test_a_yolo_of_version_8_says_its_size_and_its_names_itself(tmp_path: Path) -> None:
    table = np.zeros((1, 7, len(yolox_cells((64, 64)))), np.float32)
    table[0, :, 3] = [32, 32, 16, 8, 0.1, 0.9, 0.2]
    data = constant_model("float[N, 3, H, W] images", output0=table)
    path = tmp_path / "yolo.onnx"
    path.write_bytes(
        with_metadata(data, imgsz="[64, 64]", names="{0: 'ant', 1: 'bumble bee', 2: 'cow'}")
    )
    found = open_detector(path)
    assert found.head.kind == "yolo_8"
    assert found.preprocessing == replace(YOLO_RGB, size_wh=(64, 64))
    picture = np.zeros((100, 200, 3), np.uint8)  # in the letterbox it is 64 x 32
    result = found.predict(picture)
    assert [(best.label, round(best.probability, 3)) for best in result.top] == [
        ("bumble bee", 0.9)
    ]
    assert result.selection.kept.xyxy[0] == pytest.approx([75, 87.5, 125, 100])


def test_a_yolo_5_finds_the_same_by_its_boxes_and_by_its_grids(
    images: Path, tmp_path: Path
) -> None:
    picture = read_picture(images / "astronaut.png")
    results = []
    for name, boxes in (("boxes", True), ("grids", False)):
        # Its authors write a list, or since version 6.1 a dictionary.
        model = yolo_5_model(boxes=boxes, grids=not boxes)
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(with_metadata(model, stride="32", names="['ant', 'bee', 'cow']"))
        found = open_detector(path)
        assert found.preprocessing == replace(YOLO_RGB, size_wh=YOLO_5_WH)
        found.limits = Limits(0.2, 0.45)
        results.append(found.predict(picture))
    first, second = results
    assert {one.label for one in first.top} <= {"ant", "bee", "cow"}
    assert 5 < len(first.selection.kept) == len(second.selection.kept)
    assert second.candidates.xyxy == pytest.approx(first.candidates.xyxy, abs=0.01)
    assert second.candidates.scores == pytest.approx(first.candidates.scores, abs=1e-5)


def test_a_yolo_5_of_any_size_is_used_at_the_size_it_learned_on() -> None:
    data = network(
        "(float[N, 3, H, W] images) => (float[N, 1, h, w] output0) { output0 = Conv (images, w) }",
        w=np.ones((1, 3, 1, 1), np.float32),
    )
    assert input_size(known_file(data)) == (224, 224, 3)
    said = with_metadata(data, stride="32", names="{0: 'ant'}")
    assert input_size(known_file(said)) == (640, 640, 3)


def test_a_yolo_10_drops_nothing_that_it_has_chosen(images: Path, tmp_path: Path) -> None:
    path = tmp_path / "yolo10.onnx"
    path.write_bytes(yolo_10_model())
    report = preflight(path)
    found = report.predictor
    assert isinstance(found, Detector)
    assert found.preprocessing == replace(YOLO_RGB, size_wh=(64, 64))
    checks = [finding.check for finding in report.findings]
    assert Check.LABELS_UNCOUNTED in checks
    assert Check.LABELS_NUMBERED not in checks
    result = found.predict(read_picture(images / "astronaut.png"))
    assert result.proposed == 20
    assert 5 < len(result.selection.kept) == (result.candidates.scores >= 0.3).sum()
    assert not len(result.selection.dropped)
    # Labels may be given; a class without one has its number.
    found.labels = Labels(("ant",))
    named = {one.label for one in found.predict(read_picture(images / "astronaut.png")).top}
    assert named <= {"ant", "class 1", "class 2"}
