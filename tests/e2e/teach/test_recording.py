"""Recording from a camera on the network, in the place of a webcam."""

from __future__ import annotations

from PySide6.QtWidgets import QInputDialog, QLineEdit

from tests.e2e.reader import SOON_MS
from tests.e2e.teach.teacher import LONG_MS, Teacher
from tests.e2e.vision.camera import Camera
from tests.vision.mjpeg_server import Mood


def choose_address(teacher: Teacher, address: str) -> None:
    """Choose a network stream to record from."""
    teacher.pick("recording_settings", "recording_address")
    teacher.wait(lambda: teacher.is_open("address_dialog"), "the address is asked for", SOON_MS)
    field = teacher.find("address_dialog", QInputDialog).findChild(QLineEdit)
    assert field is not None
    teacher.wait(field.hasFocus, "the field has the keyboard", SOON_MS)
    teacher.press("Ctrl+A")
    teacher.type(address)
    teacher.press("Enter")
    teacher.come_back()


def new_class(teacher: Teacher, name: str, key: int) -> None:
    """Make a class and type its name."""
    teacher.click("add_class")
    teacher.wait(lambda: teacher.focus == f"class_{key}_name_field", "the name is asked for")
    teacher.type(name)
    teacher.press("Enter")
    teacher.wait(lambda: name in teacher.classes, f"{name} is there", SOON_MS)


def recorded(teacher: Teacher) -> int:
    """Return how many images the recording under way has."""
    return 0 if teacher.state.recording is None else teacher.state.recording.count


def test_images_are_recorded_while_the_button_is_held(teacher: Teacher, camera: Camera) -> None:
    choose_address(teacher, camera.address)
    new_class(teacher, "bardak", 0)
    assert teacher.classes == {"bardak": "0 images"}
    teacher.hold("class_0_record", lambda: recorded(teacher) >= 1, "the first image is there")
    teacher.wait(lambda: teacher.state.recording is None, "it has ended", SOON_MS)
    # The camera shows one picture all the time: it counts once.
    assert teacher.classes == {"bardak": "1 image"}
    teacher.press("Ctrl+Z")
    teacher.wait(lambda: teacher.classes == {"bardak": "0 images"}, "all of it is one step")


def test_the_camera_is_pulled_out_while_recording(teacher: Teacher, camera: Camera) -> None:
    choose_address(teacher, camera.address)
    new_class(teacher, "bardak", 0)

    def has_ended() -> bool:
        if recorded(teacher) >= 1:
            camera.turn(Mood.STALL)
        return teacher.state.recording is None

    teacher.hold("class_0_record", has_ended, "the recording ends by itself")
    teacher.wait(lambda: "recorded before stay" in teacher.complaint, "it is said", LONG_MS)
    assert teacher.classes == {"bardak": "1 image"}
