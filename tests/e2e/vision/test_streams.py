"""A camera on the network that stalls, dies and comes back; the window stays alive throughout."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QInputDialog, QLineEdit

from tests.e2e.reader import SOON_MS
from tests.e2e.vision.camera import Camera
from tests.e2e.vision.viewer import FRAME_MS, Viewer
from tests.vision.mjpeg_server import Mood

# Of the 300 that three seconds bring on an idle machine.
MIN_BEATS = 30


class Pulse(QObject):
    """Count how often the event loop comes round to a timer.

    Attributes
    ----------
    beats
        How often it did.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.beats = 0
        timer = QTimer(self)
        timer.setInterval(10)
        timer.timeout.connect(self._on_timeout)
        timer.start()

    def _on_timeout(self) -> None:
        self.beats += 1


def type_address(viewer: Viewer, address: str) -> None:
    """Open the camera's menu, choose the network address and type it."""
    viewer.pick("source_camera", "camera_address")
    viewer.wait(
        lambda: any(
            box.isVisible() for box in viewer.window.findChildren(QInputDialog, "address_dialog")
        ),
        "the address is asked for",
        SOON_MS,
    )
    field = viewer.find("address_dialog", QInputDialog).findChild(QLineEdit)
    assert field is not None
    viewer.wait(field.hasFocus, "the field has the keyboard", SOON_MS)
    viewer.press("Ctrl+A")
    viewer.type(address.removeprefix("http://"))  # as in a browser, it need not be typed
    viewer.press("Enter")
    viewer.come_back()


def test_a_camera_stalls_dies_and_comes_back(viewer: Viewer, camera: Camera) -> None:
    type_address(viewer, camera.address)
    viewer.wait_for_label("espresso")
    assert viewer.text("status_state") == "Live"
    assert viewer.title == camera.address
    assert viewer.card == ""
    first = viewer.frame
    viewer.wait(lambda: viewer.frame > first + 3, "frames come", FRAME_MS)

    pulse = Pulse(viewer.window)
    camera.turn(Mood.STALL)
    viewer.wait(lambda: "no new picture for 3" in viewer.card, "the stall is said", FRAME_MS)
    # A window that waits for the camera beats once or twice in those three seconds.
    assert pulse.beats > MIN_BEATS
    assert viewer.card.startswith(camera.address)
    assert "Glassnet keeps trying" in viewer.card
    assert viewer.text("status_state") == "Waiting"
    assert viewer.badge.title == ""
    camera.turn(Mood.STREAM)
    viewer.wait(lambda: viewer.card == "", "the stall is over", FRAME_MS)
    viewer.wait_for_label("espresso")
    assert viewer.text("status_state") == "Live"

    camera.kill()
    viewer.wait(lambda: "Glassnet keeps trying" in viewer.card, "the death is said", FRAME_MS)
    viewer.wait(lambda: "refused" in viewer.card, "the reason is said", FRAME_MS)
    # The rest of the tab goes on working meanwhile.
    viewer.click("label_switch")
    viewer.click("label_switch")
    assert viewer.text("status_state") == "Waiting"
    camera.start()
    viewer.wait(lambda: viewer.card == "", "it comes back by itself", FRAME_MS)
    viewer.wait_for_label("espresso")
    back = viewer.frame
    viewer.wait(lambda: viewer.frame > back + 3, "frames come again", FRAME_MS)


def test_a_camera_that_sends_garbage_is_said_and_left(viewer: Viewer, camera: Camera) -> None:
    camera.turn(Mood.WRONG_TYPE)
    type_address(viewer, camera.address)
    viewer.wait(lambda: "Glassnet keeps trying" in viewer.card, "the page is said", FRAME_MS)
    camera.turn(Mood.GARBAGE)
    viewer.wait(lambda: "that is no picture" in viewer.card, "the noise is said", FRAME_MS)
    camera.turn(Mood.STREAM)
    viewer.click("stage_card_button")
    viewer.wait_for_label("espresso")
    viewer.click("source_image")
    viewer.wait(lambda: viewer.card.startswith("Drop a picture"), "the stage is free")
    viewer.wait(lambda: viewer.text("status_state") == "Ready", "the camera is let go")
    assert viewer.title == ""


def test_nobody_at_an_address(viewer: Viewer, camera: Camera) -> None:
    address = camera.address
    camera.kill()
    type_address(viewer, address)
    viewer.wait(lambda: "refused" in viewer.card, "it is said", FRAME_MS)
    assert viewer.find("stage_card_button").isVisible()
    type_address(viewer, "front door")
    viewer.wait(lambda: "front door" in viewer.complaint, "it is no address", SOON_MS)
    # What was there before goes on trying.
    assert "refused" in viewer.card
    assert viewer.text("status_state") == "Waiting"


def test_a_camera_is_searched_for_objects_and_looked_into_live(
    viewer: Viewer, camera: Camera
) -> None:
    viewer.click("task_detection")
    viewer.wait(lambda: "boxes of 23 names" in viewer.plain("preflight_text"), "it is loaded")
    type_address(viewer, camera.address)
    viewer.wait(
        lambda: any(one.startswith("Coffee cup") for one in viewer.the_objects()),
        "the cup is found",
        FRAME_MS,
    )
    viewer.wait(lambda: "in " in viewer.plain("objects_names"), "frames are counted", FRAME_MS)
    viewer.click("task_inside")
    inside = viewer.vision.model.inside
    viewer.wait(lambda: inside.state.view is not None, "the maps are there", FRAME_MS)
    for _ in range(3):
        seen = inside.state.view
        viewer.wait(lambda seen=seen: inside.state.view is not seen, "a newer frame", FRAME_MS)
        assert viewer.text("inside_verdict") == "OpenCV says the same"
    assert "live, with fewer frames" in viewer.text("inside_note")
