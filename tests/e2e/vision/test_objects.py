"""Detectors of one's own, held against what the command finds with them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QAbstractButton

from tests.e2e.vision.viewer import FRAME_MS, Viewer
from tests.gui.vision_tab.conftest import COFFEE
from tests.vision.finders import yolox_model
from tests.vision.golden.caffe_nets import mobilenet_ssd
from vision.command import detect_pictures


def test_detectors_of_ones_own_are_dropped(viewer: Viewer, tmp_path: Path) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    yolox, weights = tmp_path / "yolox.onnx", tmp_path / "mobilenet.caffemodel"
    yolox.write_bytes(yolox_model())
    net = mobilenet_ssd()
    weights.with_suffix(".prototxt").write_bytes(net.prototxt)
    weights.write_bytes(net.caffemodel)
    for model, said in ((yolox, "boxes of 80 names"), (weights, "boxes of 20 names")):
        viewer.drop_on_stage(model, said)
        [report], _ = detect_pictures([COFFEE], model=model)
        boxes = sorted(f"{box['label']} {100 * box['score']:.1f}%" for box in report["boxes"])
        viewer.wait(
            lambda boxes=boxes: sorted(viewer.the_objects()) == boxes,
            "its boxes are shown",
            FRAME_MS,
        )
        assert viewer.find("task_detection", QAbstractButton).isChecked()
