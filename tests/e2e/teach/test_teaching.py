"""From two folders to a classifier that runs in Vision, and back after everything went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from tests.e2e.reader import SOON_MS
from tests.e2e.teach.teacher import LONG_MS, Teacher
from tests.e2e.vision.viewer import Viewer
from vision.teaching.project import read_project


def test_two_folders_become_a_classifier(
    qtbot: QtBot, teacher: Teacher, mixed_up: Path, unseen: Path, tmp_path: Path
) -> None:
    window = teacher.window
    assert isinstance(window, GlassnetWindow)
    teacher.drop(
        mixed_up, teacher.find("teach_centre"), done=lambda: teacher.is_open("class_folder_dialog")
    )
    teacher.answer("class_folder_dialog", "class_folder_teach", back=False)
    teacher.answer("import_report", "import_report_close")
    assert teacher.classes == {"stars": "13 images", "stripes": "11 images"}
    assert "are held out to test it" in teacher.text("classes_foot")

    teacher.train()
    teacher.preview(unseen / "stars" / "000.png", "stars")
    teacher.preview(unseen / "stripes" / "000.png", "stripes")

    # The picture in the wrong folder is found in the matrix, and moved.
    assert teacher.count_in(0, 1) == 1
    teacher.open_cell(0, 1)
    assert teacher.text("viewer_name") == "stars"
    teacher.pick("viewer_move", "move_to_1")
    teacher.wait(lambda: not teacher.is_open("picture_viewer"), "nothing is left to look at")
    teacher.come_back()
    assert teacher.classes == {"stars": "12 images", "stripes": "12 images"}
    assert teacher.state.pictures_of(1)[-1].name.startswith("wrong-")
    assert teacher.text("status_state") == "Changed since training"
    teacher.train()
    assert teacher.count_in(0, 1) == 0

    model = tmp_path / "kinds.onnx"
    teacher.pick("teach_export", "teach_onnx")
    teacher.name_file("teach_export_dialog", model)
    teacher.wait(model.exists, "the model is written", LONG_MS)

    teacher.pick("class_1_menu", "class_1_remove")
    teacher.wait(lambda: list(teacher.classes) == ["stars"], "the class is gone", SOON_MS)
    teacher.press("Ctrl+Z")
    teacher.wait(lambda: "stripes" in teacher.classes, "the class is back", SOON_MS)
    assert teacher.classes["stripes"] == "12 images"

    project = tmp_path / "kinds.glassteach"
    teacher.press("Ctrl+S")
    teacher.name_file("save_dialog", project)
    teacher.wait(lambda: not window.session.teach.document.is_modified, "it is saved", LONG_MS)
    assert read_project(project).project.collection.names == ("stars", "stripes")

    teacher.click("teach_use_in_vision")
    teacher.wait(
        lambda: window.header.tabs.currentIndex() == window.VISION, "Vision is in front", LONG_MS
    )
    viewer = Viewer(qtbot, window)
    viewer.drop_on_stage(unseen / "stripes" / "000.png", "classified as stripes")
    assert {name for name, _ in viewer.bars} == {"stars", "stripes"}


def test_the_exported_file_opens_in_vision_with_its_names(
    qtbot: QtBot, teacher: Teacher, mixed_up: Path, unseen: Path, tmp_path: Path
) -> None:
    window = teacher.window
    assert isinstance(window, GlassnetWindow)
    teacher.press("i")
    teacher.name_file("import_folder_dialog", mixed_up, back=False)
    teacher.answer("import_report", "import_report_close")
    teacher.press("Space")
    teacher.wait(lambda: teacher.text("status_state") == "Head trained", "it is trained", LONG_MS)
    model = tmp_path / "kinds.onnx"
    teacher.pick("teach_export", "teach_onnx")
    teacher.name_file("teach_export_dialog", model)
    teacher.wait(model.exists, "the model is written", LONG_MS)
    viewer = Viewer(qtbot, window)
    viewer.drop(
        model,
        viewer.find("stage_view"),
        done=lambda: (
            (report := window.session.vision.state.models.report) is not None
            and report.choice.model == model
        ),
    )
    viewer.drop_on_stage(unseen / "stars" / "000.png", "classified as stars")


@pytest.mark.parametrize("by_keyboard", [False, True])
def test_images_are_moved_and_removed_from_the_window_of_all(
    teacher: Teacher, mixed_up: Path, by_keyboard: bool
) -> None:
    teacher.push("import_folder", by_keyboard)
    teacher.name_file("import_folder_dialog", mixed_up, back=False)
    teacher.answer("import_report", "import_report_close")
    if by_keyboard:
        teacher.reach("class_0_thumbnails")
        teacher.press("Enter")
    else:
        teacher.click("class_0_thumbnails")
    teacher.wait(lambda: teacher.is_open("class_pictures_dialog"), "all images are shown")
    view = teacher.find("class_pictures", QListView)
    first = view.visualRect(view.model().index(0, 0)).center()
    teacher.click(view.viewport(), first)
    teacher.press("Del")
    teacher.wait(lambda: teacher.classes["stars"] == "12 images", "one is removed", SOON_MS)
    teacher.click(view.viewport(), first)
    teacher.pick("pictures_move", "move_to_1")
    teacher.wait(lambda: teacher.classes["stripes"] == "12 images", "one is moved", SOON_MS)
    teacher.press("Escape")
    teacher.wait(lambda: not teacher.is_open("class_pictures_dialog"), "it is closed", SOON_MS)
    teacher.come_back()
    teacher.press("Ctrl+Z", times=2)
    teacher.wait(lambda: teacher.classes["stars"] == "13 images", "all is as it was", SOON_MS)
