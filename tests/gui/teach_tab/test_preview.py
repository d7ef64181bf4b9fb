"""The live preview: bars, label, threshold, and where its pictures come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS, choose_language
from gui.teach_tab.evaluation import Threshold
from gui.teach_tab.tab import TeachTab
from gui.window import GlassnetWindow
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import at_rest, import_now, train_now
from vision.teaching.collection import Collection, with_class
from vision.teaching.project import Project, write_project

COFFEE = ASSETS / "images" / "coffee.png"


def show(tab: TeachTab, qtbot: QtBot, path: Path) -> None:
    """Show a picture to the head, and wait until it has been looked at."""
    before = tab.model.state.preview.look
    tab.model.preview_file(path)
    qtbot.waitUntil(lambda: tab.model.state.preview.look not in (None, before))


def shares(tab: TeachTab) -> list[float | None]:
    return [row.share for row in tab.right.preview.bars.rows]


def test_a_picture_gets_a_bar_a_class_and_a_label(
    taught: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    model, preview = taught.model, taught.right.preview
    assert not model.state.calibrated.is_calibrated  # six held-out images are too few
    assert "too few right answers" in preview.calibration.text()
    assert "50.0%" in preview.calibration.text()
    show(taught, qtbot, next((drawn / "stars").iterdir()))
    assert shares(taught)[1] == max(shares(taught))
    assert (preview.view.badge.title, preview.view.badge.is_sure) == ("stars", True)
    model.set_settings(replace(model.state.settings, threshold=1.0))
    assert (preview.view.badge.title, preview.view.badge.is_sure) == ("not sure", False)
    assert "set by hand" in preview.calibration.text()
    model.leave_out_class(1, True)
    model.add_class("new")
    *known, new = shares(taught)
    assert new is None, "the head does not know it"
    assert known[1] == max(known), "the bars are of the same answer as the label"


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
    tab: TeachTab, drawn: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    preview = tab.right.preview
    assert find(tab, QPushButton, "preview_start").accessibleName() == "Start the camera"
    import_now(tab, drawn, qtbot)
    (tmp_path / "bad.png").write_bytes(b"no picture")
    tab.model.preview_file(tmp_path / "bad.png")
    qtbot.waitUntil(lambda: tab.model.messages.shown is not None)
    show(tab, qtbot, COFFEE)
    assert tab.model.messages.shown is None, "the complaint about the other image is gone"
    assert shares(tab) == [None, None, None]
    assert preview.view.badge is None
    assert not preview.view.image.isNull()
    train_now(tab, qtbot)
    qtbot.waitUntil(lambda: None not in shares(tab))


def test_another_project_is_not_told_what_the_head_before_said(
    taught: TeachTab, drawn: Path, window: GlassnetWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    mine, other = tmp_path / "mine.glassteach", tmp_path / "other.glassteach"
    write_project(Project(with_class(Collection(), "cup")), other)
    write_project(taught.model.project()(), mine)
    taught.model.document.mark_saved(mine)
    view = taught.right.preview.view
    show(taught, qtbot, next((drawn / "stars").iterdir()))
    window.open_path(other)
    qtbot.waitUntil(lambda: taught.model.state.path == other)
    assert shares(taught) == [None]
    assert view.accessibleDescription() == ""
    assert not view.image.isNull()
    window.open_path(mine)
    qtbot.waitUntil(lambda: view.badge is not None)
    at_rest(taught, qtbot)
    assert view.badge.title == "stars"


def test_the_drawing_has_the_values_of_the_picture(taught: TeachTab, qtbot: QtBot) -> None:
    taught.window().resize(1440, 900)
    head = taught.centre.head
    qtbot.waitUntil(head.isVisible)
    show(taught, qtbot, COFFEE)
    assert head.view.drawing.features is taught.model.state.preview.look.features
    assert not head.view.drawing.picture.isNull()
    assert [row.share for row in head.view.drawing.classes] == shares(taught)


def test_the_menu_offers_files_cameras_and_an_address(tab: TeachTab) -> None:
    menu = tab.right.preview.source_menu
    menu.aboutToShow.emit()
    names = [action.objectName() for action in menu.actions() if action.objectName()]
    assert names == ["preview_picture", "preview_camera_0", "preview_address", "preview_mirrored"]
