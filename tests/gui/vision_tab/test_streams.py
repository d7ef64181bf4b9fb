"""Videos and network streams on the stage: playing, holding, seeking, stalling, coming back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.vision_tab.state import SourceKind, VisionState
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.told import told
from tests.gui.vision_tab.conftest import COFFEE, PATIENT_MS
from tests.gui.vision_tab.media import write_video
from tests.vision.mjpeg_server import MjpegServer, Mood
from tests.vision.onnx_models import linear_classifier
from vision.engine import LOADS

pytestmark = pytest.mark.timeout(240)


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
    qtbot: QtBot, tab: VisionTab, video: Path, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    before = LOADS.count
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 3, timeout=PATIENT_MS)
    assert tab.source_bar.sources.current == SourceKind.VIDEO
    assert tab.stage.transport_bar.isVisible()
    assert tab.title() == "clip.avi"
    assert tab.status().goes_on
    # At the end the video is held, and Play begins anew.
    qtbot.waitUntil(lambda: tab.model.state.source.is_frozen, timeout=PATIENT_MS)
    assert tab.status().state == "Ended"
    assert not tab.status().goes_on, "a screen reader says what came of it"
    assert tab.title() == "clip.avi"
    assert tab.stage.position.maximum() == 39
    # On a busy machine the very last frames may come too late and be passed over.
    assert tab.stage.position.value() > 20
    assert "cat" in shown_label(tab)
    assert LOADS.count == before
    qtbot.mouseClick(tab.stage.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: 0 < tab.stage.position.value() < 39, timeout=PATIENT_MS)


def test_the_position_is_sought_while_held(qtbot: QtBot, tab: VisionTab, video: Path) -> None:
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    qtbot.keyClick(tab, Qt.Key.Key_F)
    assert tab.model.state.source.is_frozen
    tab.stage.position.setFocus()
    qtbot.keyClick(tab.stage.position, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: "cat" in shown_label(tab), timeout=PATIENT_MS)
    qtbot.keyClick(tab.stage.position, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: "espresso" in shown_label(tab), timeout=PATIENT_MS)
    assert tab.model.state.source.is_frozen
    assert tab.stage.position.value() == 0


def test_the_knob_stays_at_the_frame_sought_last(qtbot: QtBot, tab: VisionTab, video: Path) -> None:
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    qtbot.keyClick(tab, Qt.Key.Key_F)
    knob = tab.stage.position
    frames: list[int] = []
    knobs: list[int] = []

    def look(state: VisionState) -> None:
        if state.live is not None and state.live.frame is not None:
            frames.append(state.live.frame.index)
            knobs.append(knob.value())

    tab.model.state_changed.connect(look)
    for index in range(1, knob.maximum() + 1):
        knob.setValue(index)
    last = knob.value()
    frames.clear()
    knobs.clear()
    qtbot.waitUntil(lambda: bool(frames) and frames[-1] == last, timeout=PATIENT_MS)
    assert len(set(frames)) > 1
    assert set(knobs) == {last}
    assert dict(tab.status().figures)["frame"] == str(last + 1) == str(knob.maximum() + 1)


def test_holding_a_frame_puts_it_into_the_history_and_resume_goes_on(
    qtbot: QtBot, tab: VisionTab, video: Path
) -> None:
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    qtbot.mouseClick(tab.source_bar.freeze_button, Qt.MouseButton.LeftButton)
    # Where the bar is short of room the word is only spoken; the icon stays.
    assert tab.source_bar.freeze_button.accessibleName() == "Resume"
    assert len(tab.model.state.history) == 1
    assert tab.title() == "clip.avi, frozen"
    held = processed(tab)
    qtbot.mouseClick(tab.source_bar.freeze_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: processed(tab) > held + 2, timeout=PATIENT_MS)
    assert not tab.model.state.source.is_frozen
    # Its entry is marked only as long as it is on the stage.
    qtbot.waitUntil(lambda: tab.model.state.history_row is None, timeout=PATIENT_MS)


def test_settings_change_a_held_frame(qtbot: QtBot, tab: VisionTab, video: Path) -> None:
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    qtbot.keyClick(tab, Qt.Key.Key_F)
    held = processed(tab)
    qtbot.mouseClick(tab.xray.swap_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: processed(tab) > held, timeout=PATIENT_MS)
    reading = tab.model.state.result
    assert reading is not None
    assert not reading.preprocessing.swap_rb


def test_the_latency_of_a_stream_counts_frames(qtbot: QtBot, tab: VisionTab, video: Path) -> None:
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 3, timeout=PATIENT_MS)
    qtbot.keyClick(tab, Qt.Key.Key_F)
    live = tab.model.state.live
    assert live is not None
    assert live.frame_age_ms > 0
    assert live.processed == processed(tab)


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
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    assert not tab.stage.card.isVisible()


@pytest.mark.thorough
def test_a_typed_address_shows_its_stream_and_survives_a_stall(
    qtbot: QtBot, tab: VisionTab
) -> None:
    with MjpegServer(fps=30) as server:
        tab.source_bar.sources.button(SourceKind.CAMERA).click()
        menu = tab.source_bar.camera_menu
        next(a for a in menu.actions() if a.objectName() == "camera_address").trigger()
        menu.close()
        dialog = find(tab, QInputDialog, "address_dialog")
        field = dialog.findChild(QLineEdit)
        assert field is not None
        field.selectAll()
        # As in a browser, http:// need not be typed.
        qtbot.keyClicks(field, server.address.removeprefix("http://"))
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: processed(tab) > 2, timeout=PATIENT_MS)
        assert tab.source_bar.sources.current == SourceKind.CAMERA
        server.mood = Mood.STALL
        qtbot.waitUntil(tab.stage.card.isVisible, timeout=PATIENT_MS)
        assert "keeps trying" in tab.stage.card_text.text()
        server.mood = Mood.STREAM
        qtbot.waitUntil(lambda: not tab.stage.card.isVisible(), timeout=PATIENT_MS)
        qtbot.waitUntil(lambda: shown_label(tab) != "", timeout=PATIENT_MS)
        tab.model.stop()
        qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=PATIENT_MS)


def test_an_address_nobody_serves_is_said_on_the_stage(qtbot: QtBot, tab: VisionTab) -> None:
    with MjpegServer() as server:
        address = server.address
    tab.model.open_address(address)
    qtbot.waitUntil(
        lambda: (
            tab.stage.card.isVisible()
            and "127.0.0.1" in tab.stage.card_text.text()
            and tab.stage.card_button.isVisible()
        ),
        timeout=PATIENT_MS,
    )
    assert tab.stage.card_button.text() == "Try again"


def test_an_address_that_is_none_is_refused(qtbot: QtBot, tab: VisionTab) -> None:
    with told(qtbot, tab.model.messages) as failed:
        tab.model.open_address("front door")
    assert "front door" in failed[0]


def test_a_picture_takes_the_stage_from_a_video(
    qtbot: QtBot, tab: VisionTab, video: Path, classify: Callable[[Path], None]
) -> None:
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    classify(COFFEE)
    assert tab.source_bar.sources.current == SourceKind.IMAGE
    assert not tab.stage.transport_bar.isVisible()
    assert tab.title() == "coffee.png"
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=PATIENT_MS)
    assert tab.title() == "coffee.png"


def test_a_picture_does_not_stop_the_model_that_a_video_was_loading(
    qtbot: QtBot, tab: VisionTab, video: Path, tmp_path: Path
) -> None:
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    model = tmp_path / "own.onnx"
    model.write_bytes(linear_classifier()[0])
    tab.open_path(model)
    session = tab.model.worker.session
    qtbot.waitUntil(lambda: session.choice.model == model, timeout=PATIENT_MS)  # it is being tried
    tab.open_path(COFFEE)
    qtbot.waitUntil(lambda: tab.title() == "coffee.png", timeout=PATIENT_MS)
    qtbot.waitUntil(lambda: not tab.model.state.is_busy, timeout=PATIENT_MS)
    assert tab.model.state.models.refusal is None
    shown = tab.model.state.result
    assert shown is not None
    assert shown.model.choice.model == model


def test_a_card_on_the_stage_follows_the_language(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    with MjpegServer() as gone:
        address = gone.address
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    tab.model.open_address(address)
    card = tab.stage.card_text
    qtbot.waitUntil(lambda: "the connection was refused" in card.text(), timeout=PATIENT_MS)
    choose_language(application, "tr")
    qtbot.waitUntil(lambda: "bağlantı reddedildi" in card.text(), timeout=PATIENT_MS)
    assert "Glassnet" in card.text()
    broken = tmp_path / "empty.avi"
    broken.write_bytes(b"")
    tab.open_path(broken)
    qtbot.waitUntil(lambda: "empty.avi" in card.text(), timeout=PATIENT_MS)
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=PATIENT_MS)
    choose_language(application, "en")
    qtbot.waitUntil(lambda: card.text() == "empty.avi cannot be opened.", timeout=PATIENT_MS)


def test_closing_while_a_video_plays_does_not_wait(qtbot: QtBot, video: Path) -> None:
    tab = VisionTab()
    qtbot.addWidget(tab)
    tab.show()
    tab.open_path(video)
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    assert not tab.request_close()
    qtbot.waitUntil(tab.request_close, timeout=1_000)


def test_the_camera_menu_offers_an_address_and_mirrors_the_view(
    qtbot: QtBot, tab: VisionTab
) -> None:
    qtbot.mouseClick(tab.source_bar.sources.button(SourceKind.CAMERA), Qt.MouseButton.LeftButton)
    menu = tab.source_bar.camera_menu
    assert menu.isVisible()
    names = [action.objectName() for action in menu.actions()]
    assert "camera_0" in names
    assert "camera_address" in names
    mirror = next(action for action in menu.actions() if action.objectName() == "camera_mirrored")
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(mirror).center())
    assert not menu.isVisible()
    # The segment is chosen only once a camera is.
    assert tab.source_bar.sources.current == SourceKind.IMAGE
    tab.source_bar.open_camera_menu()
    mirror = next(action for action in menu.actions() if action.objectName() == "camera_mirrored")
    assert mirror.isChecked()
    menu.close()
    qtbot.waitUntil(lambda: len(menu.findChildren(QMenu)) == 1)
