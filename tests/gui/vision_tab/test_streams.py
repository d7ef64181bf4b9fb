"""Videos and network streams on the stage: playing, holding, seeking, stalling, coming back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.vision_tab.state import SourceKind
from gui.vision_tab.tab import VisionTab
from tests.gui.told import told
from tests.gui.vision_tab.conftest import COFFEE, Classify
from tests.gui.vision_tab.media import write_video
from tests.vision.mjpeg_server import MjpegServer
from vision.engine import LOADS


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.avi")


def processed(tab: VisionTab) -> int:
    """Return how many frames of the stream were classified."""
    return update.processed if (stream := tab.model.stream) and (update := stream.update) else 0


def shown_label(tab: VisionTab) -> str:
    """Return what the badge on the stage says."""
    badge = tab.stage.view.badge
    return f"{badge.title} {badge.figure}" if badge is not None else ""


def test_a_video_plays_to_its_end_with_one_loading_of_the_model(
    qtbot: QtBot, tab: VisionTab, video: Path, classify: Classify
) -> None:
    classify(COFFEE)
    before = LOADS.count
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 3)
    assert tab.source_bar.sources.current == SourceKind.VIDEO
    assert tab.stage.transport_bar.isVisible()
    assert tab.title() == "clip.avi"
    assert tab.status().goes_on
    # At the end the video is held, and Play begins anew.
    qtbot.waitUntil(lambda: tab.model.state.source.is_frozen)
    assert tab.status().state == "Ended"
    assert not tab.status().goes_on, "a screen reader says what came of it"
    assert tab.title() == "clip.avi"
    assert tab.stage.position.maximum() == 39
    # On a busy machine the very last frames may come too late and be passed over.
    assert tab.stage.position.value() > 20
    assert "cat" in shown_label(tab)
    assert LOADS.count == before
    qtbot.mouseClick(tab.stage.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: 0 < tab.stage.position.value() < 39)


def test_a_held_frame_enters_the_history_follows_settings_and_resume_goes_on(
    qtbot: QtBot, tab: VisionTab, video: Path
) -> None:
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 3)
    qtbot.mouseClick(tab.source_bar.freeze_button, Qt.MouseButton.LeftButton)
    # Where the bar is short of room the word is only spoken; the icon stays.
    assert tab.source_bar.freeze_button.accessibleName() == "Resume"
    assert len(tab.model.state.history) == 1
    assert tab.title() == "clip.avi, frozen"
    assert tab.model.state.live.frame_age_ms > 0
    held = processed(tab)
    assert tab.model.state.live.processed == held
    qtbot.mouseClick(tab.xray.swap_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: processed(tab) > held)
    assert not tab.model.state.result.preprocessing.swap_rb
    qtbot.mouseClick(tab.source_bar.freeze_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: processed(tab) > held + 3)
    assert not tab.model.state.source.is_frozen
    # Its entry is marked only as long as it is on the stage.
    qtbot.waitUntil(lambda: tab.model.state.history_row is None)


def test_a_file_that_is_no_video_is_said_on_the_stage(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video")
    with told(qtbot, tab.model.messages):
        tab.open_path(bad)
    assert tab.stage.card.isVisible()
    assert "bad.mp4" in tab.stage.card_text.text()
    assert tab.stage.card_button.text() == "Try again"
    write_video(tmp_path / "good.avi").replace(bad)
    qtbot.mouseClick(tab.stage.card_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: processed(tab) > 1)
    assert not tab.stage.card.isVisible()


def test_an_address_nobody_serves_is_said_on_the_stage_in_the_language_in_use(
    qtbot: QtBot, tab: VisionTab, qapp: QApplication
) -> None:
    with MjpegServer() as gone:
        address = gone.address
    tab.model.open_address(address)
    card = tab.stage.card_text
    qtbot.waitUntil(lambda: "the connection was refused" in card.text())
    assert "127.0.0.1" in card.text()
    qtbot.waitUntil(tab.stage.card_button.isVisible)
    assert tab.stage.card_button.text() == "Try again"
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: "bağlantı reddedildi" in card.text())


def test_closing_while_a_video_plays_does_not_wait(qtbot: QtBot, video: Path) -> None:
    tab = VisionTab()
    qtbot.addWidget(tab)
    tab.show()
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 1)
    assert not tab.request_close()
    qtbot.waitUntil(tab.request_close, timeout=1_000)


def test_the_camera_menu_offers_an_address_and_mirrors_the_view(
    qtbot: QtBot, tab: VisionTab
) -> None:
    qtbot.mouseClick(tab.source_bar.sources.button(SourceKind.CAMERA), Qt.MouseButton.LeftButton)
    menu = tab.source_bar.camera_menu
    names = [action.objectName() for action in menu.actions()]
    assert {"camera_0", "camera_address"} <= set(names)
    mirror = menu.actions()[names.index("camera_mirrored")]
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(mirror).center())
    assert not menu.isVisible()
    # The segment is chosen only once a camera is.
    assert tab.source_bar.sources.current == SourceKind.IMAGE
    tab.source_bar.open_camera_menu()
    assert menu.actions()[names.index("camera_mirrored")].isChecked()
    menu.close()
    qtbot.waitUntil(lambda: len(menu.findChildren(QMenu)) == 1)
