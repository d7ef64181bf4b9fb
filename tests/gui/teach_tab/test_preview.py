"""The live preview: bars, label, threshold, and where its pictures come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS, choose_language
from gui.teach_tab.class_bars import ClassBars
from gui.teach_tab.evaluation import Threshold
from gui.teach_tab.state import PreviewKind
from gui.teach_tab.tab import TeachTab
from gui.window import GlassnetWindow
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import PATIENT_MS, at_rest, import_now, train_now
from tests.vision.mjpeg_server import MjpegServer
from vision.teaching.collection import Collection, with_class
from vision.teaching.project import Project, write_project

COFFEE = ASSETS / "images" / "coffee.png"


def show(tab: TeachTab, qtbot: QtBot, path: Path) -> None:
    """Show a picture to the head, and wait until it has been looked at."""
    before = tab.model.state.preview.look
    tab.model.preview_file(path)
    qtbot.waitUntil(lambda: tab.model.state.preview.look not in (None, before), timeout=PATIENT_MS)


def shares(tab: TeachTab) -> list[float | None]:
    return [row.share for row in tab.right.preview.bars.rows]


def painted(tab: TeachTab, threshold: float | None) -> bool:
    """Tell whether the bars look as they do with their ticks there."""
    bars = tab.right.preview.bars
    same = ClassBars("same")
    same.setParent(bars.parentWidget())
    same.resize(bars.size())
    same.show_shares(bars.rows, threshold)
    return same.grab().toImage() == bars.grab().toImage()


def test_a_picture_gets_a_bar_a_class_and_a_label(
    taught: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    path = next((drawn / "stars").iterdir())
    show(taught, qtbot, path)
    found = shares(taught)
    assert found[1] is not None
    assert found[1] == max(share for share in found if share is not None)
    badge = taught.right.preview.view.badge
    assert badge is not None
    assert badge.title == "stars"
    assert badge.is_sure


def test_below_the_threshold_it_is_not_sure(taught: TeachTab, qtbot: QtBot) -> None:
    show(taught, qtbot, COFFEE)
    taught.model.set_settings(replace(taught.model.state.settings, threshold=1.0))
    badge = taught.right.preview.view.badge
    assert badge is not None
    assert badge.title == "not sure"
    assert not badge.is_sure
    assert painted(taught, threshold=1.0)
    assert not painted(taught, threshold=0.5)
    assert "set by hand" in taught.right.preview.calibration.text()


def test_how_the_threshold_was_found_is_said(taught: TeachTab) -> None:
    found = taught.model.state.calibrated
    assert found is not None
    assert not found.is_calibrated  # six held-out images are too few
    said = taught.right.preview.calibration.text()
    assert "too few right answers" in said
    assert "50.0%" in said


@pytest.mark.parametrize(
    ("refused", "english", "turkish"),
    [
        (
            0,
            "11 of 12 right answers on held-out images pass, and 2 of 2 wrong ones.",
            "2’si aşıyor",
        ),
        (1, "11 of 12 right answers on held-out images pass, and 1 of 2 wrong ones.", "1’i aşıyor"),
        (2, "11 of 12 right answers on held-out images pass, and 0 of 2 wrong ones.", "hiçbiri"),
    ],
)
def test_how_many_wrong_answers_pass_the_threshold_is_said(
    taught: TeachTab,
    qapp: QApplication,
    qtbot: QtBot,
    refused: int,
    english: str,
    turkish: str,
) -> None:
    preview = taught.right.preview
    found = Threshold(0.9, kept=11, right=12, refused=refused, wrong=2, is_calibrated=True)
    preview.show_state(replace(taught.model.state, calibrated=found))
    assert english in preview.calibration.text()
    assert "It rests on 12 images only" in preview.calibration.text()
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: turkish in preview.calibration.text())


def test_before_the_first_training_there_are_classes_and_no_figures(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    show(tab, qtbot, COFFEE)
    assert shares(tab) == [None, None, None]
    assert painted(tab, threshold=None)
    assert tab.right.preview.view.badge is None
    assert not tab.right.preview.view.image.isNull()
    train_now(tab, qtbot)
    qtbot.waitUntil(lambda: None not in shares(tab), timeout=PATIENT_MS)


def test_a_class_that_came_since_has_no_figure(taught: TeachTab, drawn: Path, qtbot: QtBot) -> None:
    show(taught, qtbot, COFFEE)
    taught.model.add_class("new")
    assert shares(taught)[3] is None
    assert None not in shares(taught)[:3]


def test_a_class_left_out_has_its_bar_until_the_head_knows_it_no_more(
    taught: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    show(taught, qtbot, next((drawn / "discs").iterdir()))
    badge = taught.right.preview.view.badge
    assert badge is not None
    assert badge.title == "discs"
    taught.model.leave_out_class(0, True)
    found = [share for share in shares(taught) if share is not None]
    assert len(found) == 3
    assert max(found) == found[0], "the bars are of the same answer as the label"
    train_now(taught, qtbot)
    qtbot.waitUntil(lambda: len(shares(taught)) == 2, timeout=PATIENT_MS)


def test_another_project_is_not_told_what_the_head_before_said(
    taught: TeachTab, drawn: Path, window: GlassnetWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "other.glassteach"
    other_names = with_class(with_class(Collection(), "cup"), "plate")
    write_project(Project(other_names), other)
    mine = tmp_path / "mine.glassteach"
    write_project(taught.model.project()(), mine)
    taught.model.document.mark_saved(mine)
    show(taught, qtbot, next((drawn / "stars").iterdir()))
    window.open_path(other)
    qtbot.waitUntil(lambda: taught.model.state.path == other, timeout=PATIENT_MS)
    assert shares(taught) == [None, None]
    before = taught.right.preview.view.badge
    assert before is None
    assert not taught.right.preview.view.image.isNull()
    window.open_path(mine)
    qtbot.waitUntil(lambda: taught.right.preview.view.badge is not None, timeout=PATIENT_MS)
    at_rest(taught, qtbot)
    assert taught.right.preview.view.badge.title == "stars"


def test_the_last_frame_of_a_video_is_looked_at_by_a_new_head(
    tab: TeachTab, drawn: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 20, (320, 240))
    writer.write(np.full((240, 320, 3), 90, np.uint8))
    writer.release()
    show(tab, qtbot, clip)
    qtbot.waitUntil(lambda: tab.model.state.preview.fps == 0.0, timeout=PATIENT_MS)
    train_now(tab, qtbot)
    qtbot.waitUntil(lambda: None not in shares(tab), timeout=PATIENT_MS)


def test_a_picture_that_is_dropped_is_looked_at(taught: TeachTab, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(COFFEE))])
    drop = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    taught.right.preview.dropEvent(drop)
    qtbot.waitUntil(lambda: taught.model.state.preview.look is not None, timeout=PATIENT_MS)
    assert drop.isAccepted()
    assert taught.model.state.preview.kind is PreviewKind.PICTURE
    assert taught.model.state.preview.name == COFFEE.name


def test_the_drawing_has_the_values_of_the_picture(taught: TeachTab, qtbot: QtBot) -> None:
    taught.window().resize(1440, 900)
    qtbot.waitUntil(taught.centre.head.isVisible, timeout=PATIENT_MS)
    show(taught, qtbot, COFFEE)
    drawing = taught.centre.head.view.drawing
    look = taught.model.state.preview.look
    assert drawing is not None
    assert look is not None
    assert drawing.features is look.features
    assert not drawing.picture.isNull()
    assert [row.share for row in drawing.classes] == shares(taught)


def test_the_menu_offers_files_cameras_and_an_address(tab: TeachTab) -> None:
    menu = tab.right.preview.source_menu
    menu.aboutToShow.emit()
    names = [action.objectName() for action in menu.actions() if action.objectName()]
    assert names == ["preview_picture", "preview_camera_0", "preview_address", "preview_mirrored"]


def test_a_source_of_the_same_name_is_said_in_the_language_in_use(
    taught: TeachTab, qtbot: QtBot, qapp: QApplication
) -> None:
    show(taught, qtbot, COFFEE)
    choose_language(qapp, "tr")
    button = taught.right.preview.source_button
    wanted = f"Önizlemenin kaynağı: {COFFEE.name}"
    qtbot.waitUntil(lambda: button.accessibleName() == wanted)
    assert button.toolTip().startswith("Bir kamera")


def test_an_empty_preview_says_what_can_be_done(tab: TeachTab) -> None:
    button = find(tab, QPushButton, "preview_start")
    assert button.isVisible()
    assert button.accessibleName() == "Start the camera"


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize("beside_a_lesson_px", [0, 330])
def test_nothing_of_the_right_column_is_cut(
    taught: TeachTab, qtbot: QtBot, width: int, beside_a_lesson_px: int, qapp: QApplication
) -> None:
    taught.window().resize(1440, 800)
    with MjpegServer(20) as server:
        taught.model.set_address(server.address)
        taught.model.preview_camera()
        view = taught.right.preview.view
        qtbot.waitUntil(lambda: " fps · " in view.figure, timeout=PATIENT_MS)
        choose_language(qapp, "tr")
        taught.window().resize(width, 800)
        taught.make_room(beside_a_lesson_px)
        right = taught.right
        parts = (view, right.preview.source_button, right.preview.bars, right.confusion.grid)
        try:
            qtbot.waitUntil(
                lambda: all(p.mapTo(right, p.rect().topRight()).x() < right.width() for p in parts),
                timeout=PATIENT_MS,
            )
        finally:
            taught.make_room(0)
            taught.model.stop_preview()
            qtbot.waitUntil(lambda: taught.model.is_idle, timeout=PATIENT_MS)
