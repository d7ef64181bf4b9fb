"""A person asks where things are and cuts a person out: pictures, a video, crops, a file."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QListView, QSlider

from gui.settings import ASSETS
from tests.e2e.vision.camera import Camera
from tests.e2e.vision.test_streams import type_address
from tests.e2e.vision.viewer import FRAME_MS, Viewer, read_table
from tests.gui.vision_tab.conftest import COFFEE
from tests.gui.vision_tab.media import write_video
from tests.vision.finders import yolox_model
from tests.vision.golden.caffe_nets import mobilenet_ssd
from vision.command import detect_pictures

ASTRONAUT = ASSETS / "images" / "astronaut.png"


def objects(viewer: Viewer) -> list[str]:
    """Return what the list of objects says."""
    model = viewer.find("objects_list", QListView).model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def click_share(viewer: Viewer, name: str, share: float) -> None:
    """Click a slider at a share of its length."""
    slider = viewer.find(name, QSlider)
    viewer.click(slider, QPoint(round(share * slider.width()), slider.height() // 2))


def test_objects_are_found_filtered_and_written(viewer: Viewer, tmp_path: Path) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    viewer.click("task_detection")
    viewer.wait(lambda: objects(viewer) == ["Coffee cup 55.5%"], "the cup is found", FRAME_MS)
    assert viewer.badge.title == ""
    click_share(viewer, "objects_overlap", 0.98)
    viewer.wait(lambda: len(objects(viewer)) > 10, "boxes that overlap are shown")
    click_share(viewer, "objects_score", 0.9)
    viewer.wait(lambda: objects(viewer) == [], "nothing is that sure")
    click_share(viewer, "objects_score", 0.3)
    click_share(viewer, "objects_overlap", 0.5)
    viewer.wait(lambda: len(objects(viewer)) == 1, "the cup is back")
    viewer.drop_on_stage(ASTRONAUT, "astronaut.png: ")
    viewer.wait(lambda: objects(viewer)[0].startswith("Person"), "she is found", FRAME_MS)
    viewer.click("objects_save_crops")
    viewer.name_file("crops_dialog", tmp_path)
    viewer.wait(lambda: "1 crop in" in viewer.sentence, "the crop is written")
    crop = cv2.imread(str(tmp_path / "Person" / "astronaut-1.png"))
    assert crop is not None
    assert min(crop.shape[:2]) > 300


def test_limits_are_moved_by_keys(viewer: Viewer) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    viewer.click("task_detection")
    viewer.wait(lambda: objects(viewer) == ["Coffee cup 55.5%"], "the cup is found", FRAME_MS)
    viewer.reach("objects_score")
    viewer.press("End")
    viewer.wait(lambda: objects(viewer) == [], "nothing is that sure")
    viewer.press("Home")
    viewer.wait(lambda: len(objects(viewer)) > 1, "nothing is too unsure")
    viewer.reach("objects_overlap")
    few = len(objects(viewer))
    viewer.press("End")
    viewer.wait(lambda: len(objects(viewer)) > few, "boxes that overlap are shown")


def test_detectors_of_ones_own_are_dropped(viewer: Viewer, tmp_path: Path) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    yolox = tmp_path / "yolox.onnx"
    yolox.write_bytes(yolox_model())
    stage = viewer.find("stage_view")
    viewer.drop(yolox, stage, done=lambda: "boxes of 80 names" in viewer.plain("preflight_text"))
    assert "the head of YOLOX" in viewer.plain("preflight_text")
    assert viewer.find("task_detection", QAbstractButton).isChecked()
    viewer.wait(lambda: shown_boxes(viewer) == boxes_by(yolox), "its boxes are shown", FRAME_MS)
    net = mobilenet_ssd()
    (tmp_path / "mobilenet.prototxt").write_bytes(net.prototxt)
    weights = tmp_path / "mobilenet.caffemodel"
    weights.write_bytes(net.caffemodel)
    viewer.drop(weights, stage, done=lambda: "boxes of 20 names" in viewer.plain("preflight_text"))
    viewer.wait(lambda: shown_boxes(viewer) == boxes_by(weights), "its boxes are shown", FRAME_MS)


def shown_boxes(viewer: Viewer) -> list[str]:
    return sorted(objects(viewer))


def boxes_by(model: Path) -> list[str]:
    """Return what the command finds with a model in the cup of coffee."""
    [report], _ = detect_pictures([COFFEE], model=model)
    return sorted(f"{box['label']} {100 * box['score']:.1f}%" for box in report["boxes"])


def test_objects_are_found_in_a_stream(viewer: Viewer, camera: Camera) -> None:
    viewer.click("task_detection")
    viewer.wait(lambda: "boxes of 23 names" in viewer.plain("preflight_text"), "it is loaded")
    type_address(viewer, camera.address)
    viewer.wait(
        lambda: any(one.startswith("Coffee cup") for one in objects(viewer)),
        "the cup is found",
        FRAME_MS,
    )
    viewer.wait(lambda: "in " in viewer.plain("objects_names"), "frames are counted", FRAME_MS)


def test_a_video_is_searched_and_counted(viewer: Viewer, tmp_path: Path) -> None:
    viewer.click("task_detection")
    viewer.wait(lambda: "boxes of 23 names" in viewer.plain("preflight_text"), "it is loaded")
    viewer.click("record_csv")
    viewer.name_file("record_dialog", tmp_path / "boxes.csv")
    video = write_video(tmp_path / "cup.avi", 30, 10)
    viewer.drop(
        video,
        viewer.find("stage_view"),
        done=lambda: any(one.startswith("Coffee cup") for one in objects(viewer)),
    )
    viewer.wait(lambda: "in " in viewer.plain("objects_names"), "frames are counted", FRAME_MS)
    viewer.wait(lambda: viewer.text("status_state") == "Ended", "the video has ended", FRAME_MS)
    viewer.click("record_csv")
    viewer.wait(lambda: "Saved boxes.csv" in viewer.sentence, "the table is written")
    rows = read_table(tmp_path / "boxes.csv")
    # The video's first half shows the cup, its second half the cat; it is 320 pixels wide.
    assert {row["label"] for row in rows} >= {"Coffee cup", "Cat"}
    first = next(row for row in rows if row["label"] == "Coffee cup")
    assert 80 < float(first["x1"]) < 110


def test_a_person_is_cut_out_and_saved(viewer: Viewer, tmp_path: Path) -> None:
    viewer.drop_on_stage(ASTRONAUT, "astronaut.png")
    viewer.click("task_mask")
    viewer.wait(lambda: "of the picture" in viewer.plain("cut_share"), "there is a mask", FRAME_MS)
    viewer.click("cut_blur")
    viewer.click("cut_remove")
    click_share(viewer, "cut_threshold", 0.6)
    viewer.click("cut_save")
    path = tmp_path / "cut.png"
    viewer.name_file("cut_dialog", path)
    viewer.wait(lambda: "Saved cut.png" in viewer.sentence, "it is saved")
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    assert pixels[100, 220, 3] == 255
    assert pixels[40, 20, 3] == 0
    original = cv2.imread(str(ASTRONAUT))
    assert np.array_equal(pixels[300:340, 130:170, :3], original[300:340, 130:170])
