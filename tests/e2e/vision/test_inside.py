"""Look inside the network: from the label to the pixels, by mouse and by keys, and live."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QComboBox

from gui.vision_tab.inside.inside_model import PICTURE, InsideState
from tests.e2e.vision.camera import Camera
from tests.e2e.vision.test_streams import type_address
from tests.e2e.vision.viewer import FRAME_MS, Viewer
from tests.gui.vision_tab.conftest import COFFEE


def state_of(viewer: Viewer) -> InsideState:
    return viewer.tab.model.inside.state


def look_inside(viewer: Viewer) -> None:
    viewer.click("task_inside")
    viewer.wait(lambda: state_of(viewer).view is not None, "the maps are there", FRAME_MS)


def test_from_the_label_to_the_pixels_in_five_clicks(viewer: Viewer) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    look_inside(viewer)  # 1
    viewer.click("inside_why", QPoint(30, 10))  # 2: the term that adds most, in its map
    assert viewer.text("inside_cell_name") == "conv 49, map 1\xa0214"
    maps = viewer.tab.inside_page.maps
    with_ring = maps.cell_rect(1212).toRect().adjusted(-2, -2, 2, 2)
    assert maps.visibleRegion().boundingRect().contains(with_ring)
    viewer.click("inside_strip", QPoint(170, 50))  # 3: the first layer, where it reacts most
    assert viewer.text("inside_cell_name").startswith("conv 1, map ")
    viewer.click("inside_map", QPoint(120, 140))  # 4: any other cell of it
    assert viewer.text("inside_verdict") == "OpenCV says the same"
    viewer.click("inside_kernel", QPoint(60, 40))  # 5: a number of its patch
    assert state_of(viewer).place == PICTURE
    assert "what the network is given" in viewer.plain("inside_sums")


def test_the_way_there_by_another_map(viewer: Viewer) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    look_inside(viewer)
    why = "Why espresso: 11.01 = the sum of 1\N{NO-BREAK SPACE}280"
    assert viewer.text("inside_why_title").startswith(why)

    viewer.click("inside_why", QPoint(30, 10))
    assert viewer.text("inside_cell_name") == "conv 49, map 1\xa0214"
    assert viewer.text("inside_verdict") == "OpenCV says the same"

    viewer.click("inside_strip", QPoint(170, 50))
    viewer.click("inside_maps", QPoint(105, 30))
    viewer.click("inside_map", QPoint(120, 140))
    assert viewer.text("inside_cell_name") == "conv 1, map 2"
    assert viewer.text("inside_caption").startswith("Cell (")
    assert "depends on 3 × 3 pixels" in viewer.text("inside_caption")
    assert "(bias)" in viewer.plain("inside_sums")
    assert "HardSigmoid: min(max(0," in viewer.plain("inside_sums")
    assert viewer.text("inside_verdict") == "OpenCV says the same"

    viewer.click("inside_kernel", QPoint(60, 40))
    assert state_of(viewer).place == PICTURE
    assert "what the network is given" in viewer.plain("inside_sums")

    viewer.click("task_classification")
    viewer.wait_for_label("espresso")


def test_the_same_way_by_keys(viewer: Viewer) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    # The arrows of the tasks would turn to the others' models on the way.
    viewer.press("i")
    viewer.wait(lambda: state_of(viewer).view is not None, "the maps are there", FRAME_MS)
    viewer.reach("inside_why")
    viewer.press("Enter")
    assert viewer.text("inside_cell_name") == "conv 49, map 1\xa0214"
    viewer.reach("inside_strip")
    viewer.press("Home")
    viewer.press("Right")
    viewer.reach("inside_map")
    cell = state_of(viewer).cell
    row = cell.row + 1 if cell.row < 111 else cell.row
    viewer.press("Down")
    assert state_of(viewer).cell.row == row
    assert viewer.text("inside_verdict") == "OpenCV says the same"
    viewer.reach("inside_follow")
    viewer.press("Space")
    assert state_of(viewer).place == PICTURE


def test_a_kernel_is_opened_in_build_and_trained_there(viewer: Viewer) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    look_inside(viewer)
    viewer.click("inside_open_kernel")
    window = viewer.window
    viewer.wait(lambda: window.header.tabs.currentIndex() == window.BUILD, "Build is in front")
    experiment = window.document.experiment
    assert experiment.network.inputs == 27
    assert [layer.units for layer in experiment.network.layers] == [1]
    viewer.click("train")
    viewer.wait(lambda: window.session.build.state.epoch > 5, "it learns", FRAME_MS)
    viewer.click("train")


def test_a_detector_is_looked_into(viewer: Viewer) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    viewer.click("task_detection")
    viewer.wait(lambda: "1 object, coffee cup" in viewer.sentence, "the cup is found", FRAME_MS)
    look_inside(viewer)
    assert viewer.text("inside_layer_title").startswith("conv 1 · 32 maps of 150 × 150")
    assert viewer.text("inside_verdict") == "OpenCV says the same"
    viewer.click("task_detection")
    viewer.wait(lambda: viewer.find("objects_list").isVisible(), "its objects are back")


def test_a_camera_is_looked_into_live(viewer: Viewer, camera: Camera) -> None:
    type_address(viewer, camera.address)
    viewer.wait_for_label("espresso")
    look_inside(viewer)
    box = viewer.find("inside_layers", QComboBox)
    assert box.currentText() == "conv 1"
    for _ in range(3):
        seen = state_of(viewer).view
        viewer.wait(lambda seen=seen: state_of(viewer).view is not seen, "a newer frame", FRAME_MS)
        assert viewer.text("inside_verdict") == "OpenCV says the same"
    assert "live, with fewer frames" in viewer.text("inside_note")
